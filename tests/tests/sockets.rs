//! Receiving, sending, connecting and accepting, as the kernel does it.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{Read, Write},
    net::Shutdown,
};

use iocp::{CompletionKind, CompletionPort, Config, NtStatus, Packet, Submitted};
use iocp_tests::{
    net::{tcp_pair, wait_for_data},
    raw,
    waiting::{assert_no_packet, done, finish, pending, wait_for},
};

fn port(skip_on_success: bool) -> CompletionPort {
    CompletionPort::with_config(&Config { skip_on_success, ..Config::default() }).unwrap()
}

/// Behaviour 8: skip mode on, data already there.
#[test]
fn data_that_is_already_there_is_ready_at_once_and_sends_no_packet_in_skip_mode() {
    let (near, mut far) = tcp_pair();
    let port = port(true);
    let socket = port.associate(near).unwrap();
    assert!(socket.skips_on_success());
    far.write_all(b"early").unwrap();
    wait_for_data(&socket, 5);
    match socket.recv(port.operation(Vec::with_capacity(16), 7).unwrap()) {
        Submitted::Ready(completed) => {
            assert_eq!(completed.result(), Ok(5));
            assert_eq!(completed.token(), 7);
            assert_eq!(completed.into_buffer(), b"early");
        }
        other => panic!("not ready: {other:?}"),
    }
    assert_no_packet(&port);
    assert_eq!(port.stats().in_flight, 0);
}

/// Behaviour 9: skip mode off, data already there.
#[test]
fn data_that_is_already_there_is_pending_with_exactly_one_packet_without_skip_mode() {
    let (near, mut far) = tcp_pair();
    let port = port(false);
    let socket = port.associate_with_key(near, 70).unwrap();
    assert!(!socket.skips_on_success());
    far.write_all(b"early").unwrap();
    wait_for_data(&socket, 5);
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(16), 7).unwrap()));
    match wait_for(&port, 1)[..] {
        [Packet::Io { id, token: 7, key: 70, status: NtStatus::SUCCESS, bytes: 5 }] => {
            assert_eq!(id, ticket.id());
        }
        ref other => panic!("{other:?}"),
    }
    let completed = finish(&port, ticket);
    assert_eq!(completed.result(), Ok(5));
    assert_eq!(completed.into_buffer(), b"early");
    assert_no_packet(&port);
}

/// Behaviour 17: the peer resets the connection while a receive is pending.
#[test]
fn a_reset_by_the_peer_is_reported_as_one_and_never_as_an_end() {
    let (near, far) = tcp_pair();
    let port = port(true);
    let socket = port.associate(near).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(16), 0).unwrap()));
    raw::reset_on_close(&far);
    drop(far);
    let completed = finish(&port, ticket);
    let error = completed.result().unwrap_err();
    assert_eq!(error.kind, CompletionKind::Reset);
    assert_eq!(error.status, NtStatus::CONNECTION_RESET);
    assert_eq!(error.status.0, 0xC000_020D);
    assert_eq!(error.bytes, 0);
    assert_eq!(std::io::Error::from(error).raw_os_error(), Some(10_054));
}

/// Behaviour 18: the peer ends its side in order.
#[test]
fn the_end_of_the_peer_is_zero_bytes_every_time() {
    let (near, mut far) = tcp_pair();
    let port = port(true);
    let socket = port.associate(near).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(16), 0).unwrap()));
    far.write_all(b"last").unwrap();
    far.shutdown(Shutdown::Write).unwrap();
    let mut completed = finish(&port, ticket);
    assert_eq!(completed.result(), Ok(4));
    for _ in 0..3 {
        completed = done(&port, socket.recv(completed.into_operation()));
        assert_eq!(completed.result(), Ok(0));
        assert_eq!(completed.buffer(), b"last", "nothing is added");
    }
    // The other direction is still open.
    let answer = port.operation(b"answer".to_vec(), 0).unwrap();
    assert_eq!(done(&port, socket.send(answer)).result(), Ok(6));
    let mut room = [0; 6];
    far.read_exact(&mut room).unwrap();
    assert_eq!(&room, b"answer");
}
