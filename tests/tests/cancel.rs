//! Cancelling: by ticket, by canceller, late, and in a race against data.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use iocp::{CancelOutcome, CompletionKind, CompletionPort, NtStatus};
use iocp_tests::{
    net::tcp_pair,
    raw,
    waiting::{finish, pending},
};

/// Behaviour 12: the first cancel ends the operation, a later one finds nothing.
#[test]
fn a_cancelled_receive_says_so_and_cannot_be_cancelled_again() {
    let (near, _far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate(near).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(16), 0).unwrap()));
    let canceller = ticket.canceller();
    assert_eq!(ticket.cancel().unwrap(), CancelOutcome::Requested);
    let completed = finish(&port, ticket);
    let error = completed.result().unwrap_err();
    assert_eq!((error.kind, error.status), (CompletionKind::Cancelled, NtStatus::CANCELLED));
    assert_eq!((error.status.0, error.bytes), (0xC000_0120, 0));
    assert_eq!(std::io::Error::from(error).raw_os_error(), Some(995));
    assert_eq!(canceller.cancel().unwrap(), CancelOutcome::AlreadyDone);
    assert_eq!(completed.into_buffer(), b"");
    // What the system itself says about nothing to cancel.
    let nobody = std::ptr::without_provenance_mut(0x5150);
    assert_eq!(raw::cancel(raw::socket_value(&*socket), nobody), Err(1168));
}
