//! How operations end that nothing arrives for: cancels, closes, the ends of threads.

use std::thread;

use super::{windows, Op, Port};
use crate::{
    os::{self, Code, Issued},
    sim::Kernel,
};

const CANCELLED: usize = 0xC000_0120;
const ABORTED: usize = 0xC000_0241;

/// Facts CAN05, CAN06.
#[test]
fn a_cancel_from_any_thread_ends_what_is_pending_once() {
    let kernel = &Kernel::new(windows());
    let (socket, _peer) = kernel.stream_pair();
    let (port, op) = (Port::of(&socket, 5), Op::new());
    assert_eq!(op.recv(&socket, 8), Issued::Pending);
    let cancel = || {
        let _entered = kernel.enter();
        os::cancel(os::borrow_socket(&socket), std::ptr::null_mut())
    };
    thread::scope(|scope| assert_eq!(scope.spawn(cancel).join().unwrap(), Ok(())));
    assert_eq!(op.cancel(&socket), Err(Code::NOT_FOUND), "its packet is not taken yet");
    port.assert_packet(5, &op, CANCELLED, 0);
}

/// A completion that comes before the cancel wins, although nobody has taken its packet (fact CAN06).
#[test]
fn a_cancel_does_not_find_what_is_done() {
    let kernel = Kernel::new(windows());
    let (socket, peer) = kernel.stream_pair();
    let (port, op) = (Port::of(&socket, 5), Op::new());
    assert_eq!(op.recv(&socket, 8), Issued::Pending);
    assert!(peer.send(b"data"));
    assert_eq!(op.cancel(&socket), Err(Code::NOT_FOUND));
    port.assert_packet(5, &op, 0, 4);
}

/// Fact BLOCK08.
#[test]
fn a_cancel_by_a_block_that_two_operations_share_ends_both() {
    let kernel = Kernel::new(windows());
    let (socket, _peer) = kernel.stream_pair();
    let (port, op) = (Port::of(&socket, 5), Op::new());
    for _ in 0..2 {
        assert_eq!(op.recv(&socket, 8), Issued::Pending);
    }
    assert_eq!(op.cancel(&socket), Ok(()));
    for _ in 0..2 {
        assert_eq!(port.take(0, false).map(|taken| taken.status), Ok(CANCELLED));
    }
    port.assert_empty();
}

/// Facts TCP12, TCP13.
#[test]
fn a_close_aborts_what_a_connection_has_pending_and_cancels_what_others_have() {
    let kernel = Kernel::new(windows());
    for (pair, status) in [(kernel.stream_pair(), ABORTED), (kernel.datagram_pair(), CANCELLED)] {
        let (socket, _peer) = pair;
        let (port, op) = (Port::of(&socket, 5), Op::new());
        assert_eq!(op.recv(&socket, 8), Issued::Pending);
        drop(socket);
        port.assert_packet(5, &op, status, 0);
    }
}

/// Facts CAN02, TCP14.
#[test]
fn what_sends_a_packet_outlives_the_thread_that_started_it() {
    let kernel = &Kernel::new(windows());
    let (socket, peer) = kernel.stream_pair();
    let (port, op) = (Port::of(&socket, 5), Op::new());
    in_a_thread(kernel, || assert_eq!(op.recv(&socket, 8), Issued::Pending));
    port.assert_empty();
    assert!(peer.send(b"data"));
    port.assert_packet(5, &op, 0, 4);
}

/// Facts CAN01, CAN03, CAN04.
#[test]
fn with_an_event_or_without_a_packet_an_operation_ends_with_its_thread() {
    for (associated, hidden) in [(false, false), (true, false), (true, true)] {
        let kernel = &Kernel::new(windows());
        let (socket, _peer) = kernel.stream_pair();
        let (port, event) = (Port::new(), os::event_create(true).unwrap());
        if associated {
            port.associate(&socket, 5);
        }
        // The lowest bit keeps the packet away.
        let op = Op::with_event(event.borrow().value().0 | usize::from(hidden));
        in_a_thread(kernel, || assert_eq!(op.recv(&socket, 8), Issued::Pending));
        assert_eq!(os::event_wait(event.borrow(), 0), Ok(true));
        assert_eq!(op.block(), (CANCELLED, 0));
        if associated && !hidden {
            port.assert_packet(5, &op, CANCELLED, 0);
        }
        port.assert_empty();
    }
}

/// Returns when the thread has ended, with all that is its own.
fn in_a_thread(kernel: &Kernel, work: impl FnOnce() + Send) {
    thread::scope(|scope| {
        let work = || {
            let _entered = kernel.enter();
            work();
        };
        // A scope ends before the thread's own values: a join waits for them.
        scope.spawn(work).join().unwrap();
    });
}
