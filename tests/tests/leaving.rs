//! Leaving a port, and coming to another one.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::net::UdpSocket;

use iocp::{CompletionPort, Error};
use iocp_tests::{
    kernel, not_here,
    waiting::{assert_no_packet, finish, pending},
};

// Behaviour 64.
#[test]
fn a_socket_leaves_its_port_for_another_when_nothing_is_in_flight() {
    let (first, second) = (CompletionPort::new().unwrap(), CompletionPort::new().unwrap());
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let send = |bytes: &[u8]| {
        UdpSocket::bind("127.0.0.1:0").unwrap().send_to(bytes, address).unwrap();
    };
    let socket = first.associate_socket(socket, 1).unwrap();
    let ticket = pending(socket.recv(first.operation(Vec::with_capacity(8), 0).unwrap()));
    let refused = socket.leave().unwrap_err();
    assert_eq!(refused.error, Error::Busy);
    let socket = refused.value;
    send(b"one");
    assert_eq!(finish(&first, ticket).result(), Ok(3));
    let socket = match socket.leave() {
        Ok(socket) => socket,
        Err(refused) => {
            assert!(kernel().is_wine(), "{refused:?}");
            return not_here("leaving a port: this Wine cannot");
        }
    };
    let socket = second.associate_socket(socket, 2).unwrap();
    let ticket = pending(socket.recv(second.operation(Vec::with_capacity(8), 0).unwrap()));
    send(b"two!");
    assert_eq!(finish(&second, ticket).result(), Ok(4));
    assert_no_packet(&first);
}
