//! Cancelling: by ticket, by canceller, and late.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::Write,
    net::TcpStream,
    os::windows::io::{AsSocket, BorrowedSocket},
    sync::atomic::{AtomicBool, Ordering},
};

use iocp::{CancelOutcome, CompletionKind, CompletionPort, Error, NtStatus, Submitted};
use iocp_tests::{
    net::tcp_pair,
    not_here, raw,
    waiting::{finish, pending, wait_until},
};

/// Behaviour 12: the first cancel ends the operation, a later one finds nothing.
#[test]
fn a_cancelled_receive_says_so_and_cannot_be_cancelled_again() {
    let (near, _far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate_socket(near, 0).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(16), 0).unwrap()));
    let canceller = ticket.canceller();
    assert_eq!(ticket.cancel().unwrap(), CancelOutcome::Requested);
    let completed = finish(&port, ticket);
    let error = completed.result().unwrap_err();
    assert_eq!((error.kind, error.status), (CompletionKind::Cancelled, NtStatus::CANCELLED));
    assert_eq!((error.status.0, error.bytes), (0xC000_0120, 0));
    assert_eq!(error.raw_os_error(), Some(995));
    assert_eq!(canceller.cancel().unwrap(), CancelOutcome::AlreadyDone);
    assert_eq!(completed.into_buffer(), b"");
    // What the system itself says about nothing to cancel.
    assert_eq!(raw::cancel(raw::socket_value(&*socket), 0x5150), Err(1168));
}

/// Behaviour 16: a socket that is gone is not cancelled on, whoever has its handle's value now.
#[test]
fn a_late_cancel_does_not_reach_a_new_socket_with_the_same_handle_value() {
    let port = CompletionPort::new().unwrap();
    let (near, _far) = tcp_pair();
    let value = raw::socket_value(&near);
    let socket = port.associate_socket(near, 0).unwrap();
    let tickets: Vec<_> = (0..3)
        .map(|_| pending(socket.recv(port.operation(Vec::with_capacity(8), 0).unwrap())))
        .collect();
    let canceller = tickets[0].canceller();
    drop(socket);
    // One of these gets the value again.
    let mut others: Vec<(TcpStream, TcpStream)> = (0..20).map(|_| tcp_pair()).collect();
    let found = others.iter().position(|(near, _)| raw::socket_value(near) == value);
    let found = found.or_else(|| {
        let index = others.iter().position(|(_, far)| raw::socket_value(far) == value)?;
        let (near, far) = others.swap_remove(index);
        others.push((far, near));
        Some(others.len() - 1)
    });
    if found.is_none() {
        not_here("a handle value that is used again: the system gave other values");
    }
    let (near, mut far) = others.swap_remove(found.unwrap_or(0));
    let recycled = port.associate_socket(near, 0).unwrap();
    let innocent = pending(recycled.recv(port.operation(Vec::with_capacity(8), 9).unwrap()));
    // By canceller, by ticket, and by the drop of tickets.
    assert_eq!(canceller.cancel().unwrap(), CancelOutcome::AlreadyDone);
    for ticket in &tickets {
        assert_eq!(ticket.cancel().unwrap(), CancelOutcome::AlreadyDone);
    }
    drop(tickets);
    wait_until(&port, || port.stats().in_flight == 1);
    assert!(!innocent.is_done());
    far.write_all(b"safe").unwrap();
    let completed = finish(&port, innocent);
    assert_eq!(completed.result(), Ok(4));
    assert_eq!(completed.into_buffer(), b"safe");
}

/// Says that it is another socket than it was.
struct Liar {
    honest: TcpStream,
    other: TcpStream,
    lies: AtomicBool,
}

impl AsSocket for Liar {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        if self.lies.load(Ordering::SeqCst) {
            self.other.as_socket()
        } else {
            self.honest.as_socket()
        }
    }
}

/// Behaviour 16: nothing is submitted on a socket that was not the one associated.
#[test]
fn a_source_that_answers_with_another_socket_is_refused_at_the_submit() {
    let port = CompletionPort::new().unwrap();
    let (honest, mut far) = tcp_pair();
    let (other, _other_far) = tcp_pair();
    let lies = AtomicBool::new(false);
    let socket = port.associate_socket(Liar { honest, other, lies }, 0).unwrap();
    let operation = port.operation(Vec::with_capacity(8), 0).unwrap();
    socket.lies.store(true, Ordering::SeqCst);
    let Submitted::Refused(failed) = socket.recv(operation) else { panic!("it was submitted") };
    assert!(matches!(failed.error, Error::HandleClosed), "{:?}", failed.error);
    assert_eq!(port.stats().in_flight, 0);
    socket.lies.store(false, Ordering::SeqCst);
    let ticket = pending(socket.recv(failed.value));
    far.write_all(b"honest").unwrap();
    assert_eq!(finish(&port, ticket).into_buffer(), b"honest");
}
