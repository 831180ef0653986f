//! Pairs of connected sockets.

use std::{
    io::{ErrorKind, Read},
    net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket},
    time::Instant,
};

use crate::{kernel, not_here, waiting::DEADLINE};

/// Two ends of a TCP connection. Blocking calls on them end with an error after [`DEADLINE`].
#[must_use]
pub fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (far, _) = listener.accept().unwrap();
    for end in [&near, &far] {
        end.set_nodelay(true).unwrap();
        end.set_read_timeout(Some(DEADLINE)).unwrap();
        end.set_write_timeout(Some(DEADLINE)).unwrap();
    }
    (near, far)
}

/// Two UDP sockets that are connected to each other.
#[must_use]
pub fn udp_pair() -> (UdpSocket, UdpSocket) {
    let [near, far] = [(); 2].map(|()| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    near.connect(far.local_addr().unwrap()).unwrap();
    far.connect(near.local_addr().unwrap()).unwrap();
    for end in [&near, &far] {
        end.set_read_timeout(Some(DEADLINE)).unwrap();
    }
    (near, far)
}

/// Waits until `len` bytes have arrived, without taking them.
pub fn wait_for_data(socket: &TcpStream, len: usize) {
    let end = Instant::now() + DEADLINE;
    let mut room = vec![0; len];
    while socket.peek(&mut room).unwrap() < len {
        assert!(Instant::now() < end, "{len} bytes did not arrive in {DEADLINE:?}");
        std::thread::yield_now();
    }
}

/// Reads all that there is, and then a reset.
///
/// # Panics
///
/// If it ends otherwise, but for what Wine makes of a reset.
pub fn ends_by_a_reset(mut stream: TcpStream) {
    let mut room = vec![0; 65_536];
    let last = loop {
        match stream.read(&mut room) {
            Ok(1..) => {}
            last => break last,
        }
    };
    match last {
        Ok(_) if kernel().is_wine() => {
            not_here("a reset that comes while no receive is pending: may read as an end on Wine");
        }
        Ok(_) => panic!("an end, and no reset"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error:?}"),
    }
}
