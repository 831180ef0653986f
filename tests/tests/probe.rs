//! Probes: receives without room, which only tell that there is something to receive.

#![cfg(windows)]

use std::{io::Write, net::Shutdown};

use iocp::{CompletionPort, Error, Submitted};
use iocp_tests::{
    net::{tcp_pair, udp_pair},
    waiting::{done, wait_for},
};

/// Each probe is pending on an idle connection, and takes nothing.
#[test]
fn a_probe_of_an_idle_connection_is_done_by_its_first_byte_and_takes_none() {
    let port = CompletionPort::new().unwrap();
    let (near, mut far) = tcp_pair();
    let near = port.associate_socket(near, 0).unwrap();
    let Submitted::Pending(ticket) = near.probe(port.operation((), 1).unwrap()) else {
        panic!("nothing is there yet");
    };
    far.write_all(b"data").unwrap();
    assert_eq!(wait_for(&port, 1).len(), 1);
    assert_eq!(ticket.finish().unwrap().result(), Ok(0));
    // The bytes are still there; whether the call says so at once is the system's choice (fact TCP02).
    let received = done(&port, near.recv(port.operation(Vec::with_capacity(8), 2).unwrap()));
    assert_eq!(received.buffer(), b"data");
    far.shutdown(Shutdown::Write).unwrap();
    let ticket = match near.probe(port.operation((), 3).unwrap()) {
        Submitted::Pending(ticket) => ticket,
        Submitted::Ready(completed) => return assert_eq!(completed.result(), Ok(0)),
        Submitted::Refused(failed) => panic!("{failed:?}"),
    };
    assert_eq!(wait_for(&port, 1).len(), 1);
    assert_eq!(ticket.finish().unwrap().result(), Ok(0));
}

// Behaviour 43.
#[test]
fn a_probe_of_a_datagram_socket_is_refused_and_the_datagram_stays() {
    let port = CompletionPort::new().unwrap();
    let (near, far) = udp_pair();
    far.send(b"one").unwrap();
    let near = port.associate_socket(near, 0).unwrap();
    let Submitted::Refused(failed) = near.probe(port.operation((), 1).unwrap()) else {
        panic!("a probe would eat the datagram");
    };
    assert!(matches!(failed.error, Error::Unsupported(_)), "{:?}", failed.error);
    let mut room = [0; 8];
    assert_eq!(std::net::UdpSocket::recv(&near, &mut room).unwrap(), 3);
}
