//! compio-driver's sockets: the extension functions and the skipping of packets, which its own
//! published tests do not use.
#![cfg(windows)]

use std::{
    io::{ErrorKind, Result, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use behaviour::LIMIT;
use compio_driver::{
    op::{Accept, Connect, Recv, RecvFlags},
    AsRawFd, OpCode, Proactor, PushEntry, SharedFd,
};
use socket2::{Domain, Protocol, Socket, Type};

fn anywhere() -> SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}

fn stream(driver: &mut Proactor) -> SharedFd<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP)).expect("a socket");
    shared(driver, socket)
}

fn shared(driver: &mut Proactor, socket: impl Into<Socket>) -> SharedFd<Socket> {
    let socket = SharedFd::new(socket.into());
    driver.attach(socket.as_raw_fd()).expect("a socket tied to the port");
    socket
}

/// Pushes, and waits for the packet if there is one; says whether there was.
fn finish<O: OpCode + 'static>(driver: &mut Proactor, operation: O) -> (Result<usize>, O, bool) {
    let mut key = match driver.push(operation) {
        PushEntry::Ready(done) => return (done.0, done.1, false),
        PushEntry::Pending(key) => key,
    };
    loop {
        driver.poll(Some(LIMIT)).expect("a packet");
        match driver.pop(key) {
            PushEntry::Ready(done) => return (done.0, done.1, true),
            PushEntry::Pending(pending) => key = pending,
        }
    }
}

#[test]
fn a_connection_is_accepted_with_the_address_of_its_peer() {
    let mut driver = Proactor::new().expect("a driver");
    let listener = TcpListener::bind(anywhere()).expect("a listener");
    let peer = TcpStream::connect(listener.local_addr().expect("an address")).expect("a peer");
    let listener = shared(&mut driver, listener);
    let accepting = Accept::new(listener.clone(), stream(&mut driver));
    let (result, accepting, _) = finish(&mut driver, accepting);
    assert_eq!(result.expect("accepted"), 0);
    accepting.update_context().expect("the context");
    let (socket, address) = accepting.into_addr().expect("an address");
    assert_eq!(address.as_socket(), peer.local_addr().ok());
    let bound = socket.local_addr().expect("an address").as_socket();
    assert_eq!(bound, peer.peer_addr().ok());
}

#[test]
fn a_connection_is_made_and_carries_bytes() {
    let mut driver = Proactor::new().expect("a driver");
    let listener = TcpListener::bind(anywhere()).expect("a listener");
    let address = listener.local_addr().expect("an address");
    let socket = stream(&mut driver);
    socket.bind(&anywhere().into()).expect("bound");
    let (result, connecting, _) = finish(&mut driver, Connect::new(socket.clone(), address.into()));
    assert_eq!(result.expect("connected"), 0);
    connecting.update_context().expect("the context");
    let (mut peer, from) = listener.accept().expect("a peer");
    assert_eq!(socket.local_addr().expect("an address").as_socket(), Some(from));
    peer.write_all(b"hello").expect("written");
    let receiving = Recv::new(socket, Vec::with_capacity(16), RecvFlags::empty());
    let (result, _, _) = finish(&mut driver, receiving);
    assert_eq!(result.expect("received"), 5);
}

#[test]
fn a_receive_that_is_done_at_once_has_no_packet() {
    let mut driver = Proactor::new().expect("a driver");
    let listener = TcpListener::bind(anywhere()).expect("a listener");
    let mut peer = TcpStream::connect(listener.local_addr().expect("an address")).expect("a peer");
    let socket = shared(&mut driver, listener.accept().expect("accepted").0);
    let mut at_once = 0;
    for _ in 0..20 {
        peer.write_all(b"hello").expect("written");
        let mut there = [std::mem::MaybeUninit::uninit(); 5];
        while socket.peek(&mut there).expect("data") < 5 {}
        let receiving = Recv::new(socket.clone(), Vec::with_capacity(16), RecvFlags::empty());
        let (result, _, by_packet) = finish(&mut driver, receiving);
        assert_eq!(result.expect("received"), 5);
        at_once += usize::from(!by_packet);
    }
    assert!(at_once > 0, "data that is there is received at once");
    let empty = driver.poll(Some(Duration::from_millis(50))).expect_err("no packet is left");
    assert_eq!(empty.kind(), ErrorKind::TimedOut);
}
