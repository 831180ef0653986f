//! Streams: the peer's end and reset, what has no room, and std beside the port.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{Read, Write},
    net::Shutdown,
};

use iocp::{CompletionKind, CompletionPort, Config, Error, NtStatus, Submitted};
use iocp_tests::{
    net::{tcp_pair, wait_for_data},
    raw,
    waiting::{assert_no_packet, done, finish, pending},
};

fn port(skip_on_success: bool) -> CompletionPort {
    CompletionPort::with_config(&Config::default().skip_on_success(skip_on_success)).unwrap()
}

/// Behaviour 17: the peer resets the connection while a receive is pending.
#[test]
fn a_reset_by_the_peer_is_reported_as_one_and_never_as_an_end() {
    let (near, far) = tcp_pair();
    let port = port(true);
    let socket = port.associate_socket(near, 0).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(16), 0).unwrap()));
    raw::reset_on_close(&far);
    drop(far);
    let completed = finish(&port, ticket);
    let error = completed.result().unwrap_err();
    assert_eq!(error.kind, CompletionKind::Reset);
    assert_eq!(error.status, NtStatus::CONNECTION_RESET);
    assert_eq!(error.status.0, 0xC000_020D);
    assert_eq!(error.bytes, 0);
    assert_eq!(error.raw_os_error(), Some(10_054));
}

/// Behaviour 18: the peer ends its side in order.
#[test]
fn the_end_of_the_peer_is_zero_bytes_every_time() {
    let (near, mut far) = tcp_pair();
    let port = port(true);
    let socket = port.associate_socket(near, 0).unwrap();
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

/// Behaviour 26: the thread that submitted ends.
#[test]
fn an_operation_outlives_the_thread_that_submitted_it() {
    let (near, mut far) = tcp_pair();
    let port = port(true);
    let socket = port.associate_socket(near, 0).unwrap();
    let ticket = std::thread::scope(|scope| {
        let submit = || pending(socket.recv(port.operation(Vec::with_capacity(8), 0).unwrap()));
        scope.spawn(submit).join().unwrap()
    });
    assert_no_packet(&port);
    assert!(!ticket.is_done());
    far.write_all(b"later").unwrap();
    let completed = finish(&port, ticket);
    assert_eq!(completed.result(), Ok(5));
    assert_eq!(completed.into_buffer(), b"later");
}

/// Behaviour 29b: a receive without room would read as the end of the stream.
#[test]
fn a_receive_into_a_full_buffer_is_refused_and_gives_it_back() {
    let (near, mut far) = tcp_pair();
    let port = port(true);
    let socket = port.associate_socket(near, 0).unwrap();
    far.write_all(b"data").unwrap();
    wait_for_data(&socket, 4);
    let full = Vec::from(*b"full").into_boxed_slice().into_vec();
    assert_eq!(full.len(), full.capacity());
    let Submitted::Refused(failed) = socket.recv(port.operation(full, 0).unwrap()) else {
        panic!("a receive without room was started");
    };
    assert!(matches!(failed.error, Error::NoRoom), "{:?}", failed.error);
    assert_eq!(failed.value.buffer(), b"full");
    let empty: Box<[u8]> = Box::default();
    let Submitted::Refused(failed) = socket.recv(port.operation(empty, 0).unwrap()) else {
        panic!("a receive without room was started");
    };
    assert!(matches!(failed.error, Error::NoRoom), "{:?}", failed.error);
    assert_no_packet(&port);
    // The data is untouched.
    let operation = port.operation(Vec::with_capacity(8), 0).unwrap();
    assert_eq!(done(&port, socket.recv(operation)).into_buffer(), b"data");
}

/// Behaviour 34: blocking calls of std do not disturb the port.
#[test]
fn plain_reads_and_writes_on_an_associated_socket_send_no_packet() {
    for skip_on_success in [true, false] {
        let (near, mut far) = tcp_pair();
        let port = port(skip_on_success);
        let socket = port.associate_socket(near, 0).unwrap();
        (&*socket).write_all(b"ping").unwrap();
        let mut room = [0; 4];
        far.read_exact(&mut room).unwrap();
        far.write_all(b"pong").unwrap();
        (&*socket).read_exact(&mut room).unwrap();
        assert_eq!(&room, b"pong");
        assert_no_packet(&port);
        assert_eq!(port.stats().foreign_packets, 0);
    }
}
