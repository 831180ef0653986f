//! Associating handles, the array of packets, and operations of other ports.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{io::Write, net::TcpStream, os::windows::io::AsRawHandle};

use iocp::{CompletionPort, Error};
use iocp_tests::{
    kernel,
    net::tcp_pair,
    not_here, raw,
    waiting::{done, finish, pending},
    Kernel,
};

#[track_caller]
fn refused_again(port: &CompletionPort, socket: TcpStream) {
    let address = socket.local_addr().unwrap();
    let refused = port.associate_with_key(socket, 9).unwrap_err();
    assert!(matches!(refused.error, Error::NotAssociable), "{:?}", refused.error);
    assert_eq!(refused.error.raw_os_error(), Some(87));
    assert_eq!(refused.value.local_addr().unwrap(), address, "the socket came back");
}

/// Behaviour 22: a file object belongs to one port for its whole life, whatever handle names it.
#[test]
fn a_socket_cannot_be_associated_twice_through_any_handle_with_any_port() {
    let (near, mut far) = tcp_pair();
    let (first, second) = (CompletionPort::new().unwrap(), CompletionPort::new().unwrap());
    let clones = [(); 4].map(|()| near.try_clone().unwrap());
    let duplicate = raw::duplicate(&near);
    let value = raw::socket_value(&near);
    let socket = first.associate(near).unwrap();
    let [a, b, c, d] = clones;
    refused_again(&first, a);
    refused_again(&second, b);
    // The system's own answer, by the same handle and by another one.
    let again = [value, raw::socket_value(&duplicate)]
        .map(|value| raw::associate(value, first.as_raw_handle().cast(), 1));
    assert_eq!(again, [Err(87), Err(87)]);
    if kernel().is_wine() {
        // Its winsock knows only the handles that it made itself.
        not_here(
            "a socket copied by DuplicateHandle, through the safe layer: not a socket on Wine",
        );
        let refused = second.associate(duplicate).unwrap_err();
        assert!(matches!(refused.error, Error::HandleClosed), "{:?}", refused.error);
    } else {
        refused_again(&second, TcpStream::from(duplicate));
    }
    // It still works where it is.
    let ticket = pending(socket.recv(first.operation(Vec::with_capacity(8), 0).unwrap()));
    far.write_all(b"works").unwrap();
    assert_eq!(finish(&first, ticket).into_buffer(), b"works");
    // Nor does the end of its port set it free.
    first.close().unwrap();
    refused_again(&second, c);
    drop((socket, first));
    refused_again(&second, d);
    let (other, _peer) = tcp_pair();
    let other = second.associate(other).unwrap();
    let sent = done(&second, other.send(second.operation(vec![1; 3], 0).unwrap()));
    assert_eq!(sent.result(), Ok(3));
}

/// Behaviour 22: Wine 8 refuses without a code; that of an earlier failure is not taken for it.
#[test]
fn a_second_association_is_told_from_an_earlier_failure() {
    let (near, _far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let clone = near.try_clone().unwrap();
    let _socket = port.associate(near).unwrap();
    let bogus = std::ptr::without_provenance_mut(0x5150);
    assert_eq!(raw::cancel(raw::socket_value(&clone), bogus), Err(1168));
    refused_again(&port, clone);
}
