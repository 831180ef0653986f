//! The limits of a port: operations, bytes, and the packet that says that there is room again.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::io::Write;

use iocp::{CompletionPort, Config, Error, Packet};
use iocp_tests::{
    net::tcp_pair,
    waiting::{assert_no_packet, finish, pending, wait_for},
};

/// Behaviour 28: two operations at most.
#[test]
fn the_third_of_two_operations_is_refused_until_one_is_freed_and_room_is_told_once() {
    let config = Config::default().max_operations(2);
    let port = CompletionPort::with_config(&config).unwrap();
    let (near, mut far) = tcp_pair();
    let socket = port.associate_socket(near, 0).unwrap();
    let first = pending(socket.recv(port.operation(Vec::with_capacity(8), 1).unwrap()));
    let second = pending(socket.recv(port.operation(Vec::with_capacity(8), 2).unwrap()));
    for _ in 0..3 {
        let refused = port.operation(b"mine".to_vec(), 3).unwrap_err();
        assert!(matches!(refused.error, Error::Full(_)), "{:?}", refused.error);
        assert_eq!(refused.value, b"mine", "the buffer came back");
    }
    assert_no_packet(&port);
    far.write_all(b"one").unwrap();
    assert!(matches!(wait_for(&port, 1)[..], [Packet::Io { token: 1, .. }]));
    // The charge is the operation's, not the submit's: it is freed with it.
    let buffer = first.finish().unwrap().into_buffer();
    assert_eq!(buffer, b"one");
    let third = port.operation(b"mine".to_vec(), 3).unwrap();
    assert_eq!(wait_for(&port, 1), [Packet::Drained], "there is room again");
    drop(third);
    drop(second);
    let last = port.operation(Vec::<u8>::new(), 4).unwrap();
    drop(last);
    // Told once: the releases since then say nothing. Only our own packet comes.
    assert_no_packet(&port);
}

/// Behaviour 28: the bytes are limited as the operations are.
#[test]
fn more_bytes_than_allowed_are_full_and_a_buffer_that_never_fits_is_too_large() {
    let config = Config::default().max_bytes(100);
    let port = CompletionPort::with_config(&config).unwrap();
    let held = port.operation(Vec::<u8>::with_capacity(80), 0).unwrap();
    let refused = port.operation(Vec::<u8>::with_capacity(40), 0).unwrap_err();
    assert!(matches!(refused.error, Error::Full(_)), "{:?}", refused.error);
    let refused = port.operation(Vec::<u8>::with_capacity(101), 0).unwrap_err();
    assert!(matches!(refused.error, Error::TooLarge), "{:?}", refused.error);
    assert_eq!(refused.value.capacity(), 101);
    assert_eq!(port.stats().bytes, 80);
    drop(held);
    assert_eq!((port.stats().bytes, port.stats().operations), (0, 0));
    let (near, mut far) = tcp_pair();
    let socket = port.associate_socket(near, 0).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(100), 0).unwrap()));
    far.write_all(b"fits").unwrap();
    assert_eq!(finish(&port, ticket).into_buffer(), b"fits");
}
