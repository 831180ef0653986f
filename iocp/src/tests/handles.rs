//! Handles: associated once, closed at once, never used after.

use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{Arc, Mutex},
    thread,
};

use super::{
    buffer, config, drain, finish, io, is_quiet, pending, port, ready, recv, scripts, NOW,
};
use crate::{
    os::{self, Borrowed, Code, Handle},
    sim::{AsSocket, BorrowedSocket, Kernel, OwnedSocket, Point, Script, SocketSpec},
    CancelOutcome, CompletionKind, CompletionPort, Config, Error, InFlight, Packets, Submitted,
};

/// Behaviour 14: the last handle dropped with a receive pending.
#[test]
fn dropping_a_socket_closes_it_at_once_and_ends_its_operations() {
    let others = [0xC000_0120, 0xC000_013B, 0xC000_0241, 0x8000_000A];
    for close_status in std::iter::once(None).chain(others.map(Some)) {
        for script in scripts() {
            let kernel = Kernel::new(Script { close_status, ..script });
            let (port, mut packets) = (port(), Packets::with_capacity(8));
            let (socket, peer) = kernel.stream_pair();
            let socket = port.associate_socket(socket, 0).unwrap();
            let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
            drop(socket);
            assert!(peer.is_over(), "the peer sees it now");
            io(&port, &mut packets);
            let kind = finish(ticket).result().unwrap_err().kind;
            assert!(matches!(kind, CompletionKind::Cancelled | CompletionKind::LocalClose));
        }
    }
}

/// How often a drop cancels with so many operations that are over, and with one that is in flight.
fn cancels_at_drop(finished: usize, in_flight: bool, lets_go: bool) -> u32 {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    // Each slot was used on another socket before.
    let (other, other_peer) = kernel.stream_pair();
    let other = port.associate_socket(other, 0).unwrap();
    let mut idle: Vec<_> = (0..4).map(|_| port.operation(buffer(), 1).unwrap()).collect();
    let mut receive = |socket: &crate::AssociatedSocket<_>, peer: &crate::sim::Peer, operation| {
        let ticket = recv(socket, operation);
        assert!(peer.send(b"x"));
        io(&port, &mut packets);
        finish(ticket).into_operation()
    };
    idle = idle.into_iter().map(|idle| receive(&other, &other_peer, idle)).collect();
    let (socket, peer) = kernel.stream_pair();
    let clone = socket.try_clone().unwrap();
    let socket = port.associate_socket(socket, 0).unwrap();
    for _ in 0..2 {
        for at in 0..finished {
            let again = receive(&socket, &peer, idle.remove(at));
            idle.insert(at, again);
        }
    }
    let before = kernel.counts().cancels;
    let ticket = in_flight.then(|| recv(&socket, idle.remove(finished)));
    let ticket = if lets_go { ticket.map(crate::InFlight::detach).and(None) } else { ticket };
    drop(socket);
    let cancels = kernel.counts().cancels - before;
    if let Some(ticket) = ticket {
        let mut packets = Packets::with_capacity(8);
        io(&port, &mut packets);
        assert_eq!(finish(ticket).result().unwrap_err().kind, CompletionKind::Cancelled);
    }
    drop(clone);
    assert!(peer.is_over());
    cancels
}

/// Two slots are remembered; with more it does not ask.
#[test]
fn a_socket_is_cancelled_at_its_drop_if_anything_is_in_flight_on_it() {
    for finished in 0..=2 {
        assert_eq!(cancels_at_drop(finished, false, false), 0, "{finished}");
    }
    for finished in 0..=3 {
        for lets_go in [false, true] {
            assert_eq!(cancels_at_drop(finished, true, lets_go), 1, "{finished}");
        }
    }
    assert_eq!(cancels_at_drop(3, false, false), 1);
}

/// Behaviour 14: a duplicate keeps the connection; the operations end all the same.
#[test]
fn dropping_a_socket_with_a_clone_cancels_but_keeps_the_connection() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    let clone = socket.try_clone().unwrap();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    drop(socket);
    assert_eq!(peer.try_recv(&mut [0; 4]), None, "still connected");
    io(&port, &mut packets);
    assert_eq!(finish(ticket).result().unwrap_err().kind, CompletionKind::Cancelled);
    drop(clone);
    assert_eq!(peer.try_recv(&mut [0; 4]), Some(0));
}

/// A socket whose own drop does things to its operations.
struct Busy {
    socket: OwnedSocket,
    tickets: Arc<Mutex<Vec<InFlight<Vec<u8>>>>>,
    panics: bool,
}

impl AsSocket for Busy {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        self.socket.as_socket()
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut tickets = self.tickets.lock().unwrap();
        for ticket in tickets.iter() {
            assert_eq!(ticket.cancel().unwrap(), CancelOutcome::AlreadyDone);
        }
        tickets.clear();
        drop(tickets);
        assert!(!self.panics, "the drop of the socket panics");
    }
}

/// Behaviour 14: an S whose own drop drops tickets of that handle, or panics.
#[test]
fn a_socket_whose_drop_drops_its_tickets_or_panics_locks_nothing() {
    for script in scripts() {
        for panics in [false, true] {
            let kernel = Kernel::new(script);
            let port = port();
            let (socket, _peer) = kernel.stream_pair();
            let tickets = Arc::default();
            let busy = Busy { socket, tickets: Arc::clone(&tickets), panics };
            let socket = port.associate_socket(busy, 0).unwrap();
            for token in 0..3 {
                let ticket = pending(socket.recv(port.operation(buffer(), token).unwrap()));
                tickets.lock().unwrap().push(ticket);
            }
            let dropped = catch_unwind(AssertUnwindSafe(|| drop(socket)));
            assert_eq!(dropped.is_err(), panics);
            drain(&port);
            assert_eq!(port.stats().operations, 0);
        }
    }
}

/// Behaviour 16: cancelling after the socket is gone, its handle value being another's by now.
#[test]
fn cancelling_after_the_drop_leaves_a_recycled_handle_alone() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (first, _first_peer) = kernel.stream_pair();
    let first = port.associate_socket(first, 0).unwrap();
    let value = first.as_raw_socket();
    let ticket = recv(&first, port.operation(buffer(), 1).unwrap());
    let (dropped, canceller) =
        (recv(&first, port.operation(buffer(), 2).unwrap()), ticket.canceller());
    drop(first);
    let second = kernel.socket(SocketSpec::default());
    assert_eq!(second.as_raw_socket(), value, "the value is recycled");
    let before = kernel.counts().cancels;
    assert_eq!(ticket.cancel().unwrap(), CancelOutcome::AlreadyDone);
    assert_eq!(canceller.cancel().unwrap(), CancelOutcome::AlreadyDone);
    drop(dropped);
    assert_eq!(kernel.counts().cancels, before, "no system call");
    while port.wait(&mut packets, NOW).unwrap() != crate::Wait::TimedOut {}
    drop(finish(ticket));
    assert_eq!(port.stats().in_flight, 0);
}

/// Answers with whichever socket it is told.
struct Liar {
    truth: OwnedSocket,
    lie: OwnedSocket,
    lies: std::sync::atomic::AtomicBool,
}

impl AsSocket for Liar {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        if self.lies.load(std::sync::atomic::Ordering::Relaxed) {
            self.lie.as_socket()
        } else {
            self.truth.as_socket()
        }
    }
}

/// Behaviour 16: an `as_socket` that answers with another socket than the associated one.
#[test]
fn a_source_that_answers_with_another_socket_is_refused() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (truth, _peer) = kernel.stream_pair();
    let (lie, _other) = kernel.stream_pair();
    let socket = port.associate_socket(Liar { truth, lie, lies: false.into() }, 0).unwrap();
    socket.lies.store(true, std::sync::atomic::Ordering::Relaxed);
    let Submitted::Refused(failed) = socket.recv(port.operation(buffer(), 1).unwrap()) else {
        panic!("the lie is believed")
    };
    assert!(matches!(failed.error, Error::HandleClosed));
    assert_eq!(kernel.counts().submits, 0, "nothing was submitted");
    socket.lies.store(false, std::sync::atomic::Ordering::Relaxed);
    drop(pending(socket.recv(failed.value)));
    drain(&port);
}

/// Behaviour 22: a second association, by every way.
#[test]
fn a_socket_is_associated_once_in_its_life() {
    let kernel = Kernel::new(Script::default());
    let (first, second) = (port(), port());
    let (socket, _peer) = kernel.stream_pair();
    let clones: Vec<_> = (0..5).map(|_| socket.try_clone().unwrap()).collect();
    let socket = Arc::new(socket);
    let associated = first.associate_socket(Arc::clone(&socket), 0).unwrap();
    let refused = |port: &CompletionPort, socket: OwnedSocket, key| {
        let refused = port.associate_socket(socket, key).unwrap_err();
        assert!(matches!(refused.error, Error::NotAssociable));
        assert_eq!(refused.error.raw_os_error(), Some(87));
        assert!(refused.value.try_clone().is_ok(), "it comes back open");
    };
    assert!(matches!(first.associate_socket(socket, 0).unwrap_err().error, Error::NotAssociable));
    let mut clones = clones.into_iter();
    refused(&first, clones.next().unwrap(), 0);
    refused(&first, clones.next().unwrap(), 7);
    refused(&second, clones.next().unwrap(), 0);
    drop(associated);
    refused(&second, clones.next().unwrap(), 0);
    first.close().unwrap();
    drop(first);
    refused(&second, clones.next().unwrap(), 0);
}

/// Behaviour 23: handles that are none, or of the wrong sort.
#[test]
fn what_is_no_overlapped_socket_is_not_associated() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let plain = kernel.socket(SocketSpec { overlapped: false, ..SocketSpec::default() });
    assert!(matches!(port.associate_socket(plain, 0).unwrap_err().error, Error::NotAssociable));
    let layered = kernel.socket(SocketSpec { ifs: false, ..SocketSpec::default() });
    assert!(matches!(port.associate_socket(layered, 0).unwrap_err().error, Error::Unsupported(_)));
    let raw = port.core.handle();
    let (socket, _peer) = kernel.stream_pair();
    let socket_as_port = os::port_associate(os::borrow_socket(&socket), raw, 1);
    assert_eq!(socket_as_port, Err(Code::INVALID_HANDLE));
    // SAFETY:
    // * The simulated kernel never gives this value out: it names nobody's handle.
    let never = unsafe { Borrowed::new(Handle(usize::MAX)) };
    assert_eq!(os::port_associate(raw, never, 1), Err(Code::INVALID_HANDLE));
    kernel.allow_stale_handles();
    crate::sim::close_raw(socket.as_raw_socket());
    assert!(matches!(port.associate_socket(socket, 0).unwrap_err().error, Error::HandleClosed));
}

/// The socket closed behind our back: the next call fails, and nothing is in flight.
#[test]
fn a_socket_closed_behind_our_back_never_succeeds() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        kernel.allow_stale_handles();
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, _peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
        crate::sim::close_raw(socket.as_raw_socket());
        io(&port, &mut packets);
        let completed = finish(ticket);
        let kind = completed.result().unwrap_err().kind;
        assert_eq!(kind, CompletionKind::LocalClose);
        let failed = ready(socket.recv(completed.into_operation()));
        assert_eq!(failed.raw_os_error(), Some(6));
    }
}

/// Everything on a handle is cancelled while a call on it has not returned yet.
#[test]
fn cancelling_all_reaches_an_operation_whose_call_has_not_returned() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, _peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let operation = port.operation(buffer(), 1).unwrap();
        let hold = kernel.hold(&socket, Point::Return);
        thread::scope(|scope| {
            let submitter = scope.spawn(|| recv(&socket, operation));
            hold.wait_for_call();
            assert_eq!(socket.in_flight(), 1);
            socket.cancel_all().unwrap();
            io(&port, &mut packets);
            hold.release();
            let completed = finish(submitter.join().unwrap());
            assert_eq!(completed.result().unwrap_err().kind, CompletionKind::Cancelled);
        });
        socket.cancel_all().unwrap();
    }
}

#[test]
fn a_call_that_starts_after_everything_was_cancelled_stays_in_flight() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let operation = port.operation(buffer(), 1).unwrap();
    let hold = kernel.hold(&socket, Point::Entry);
    thread::scope(|scope| {
        let submitter = scope.spawn(|| recv(&socket, operation));
        hold.wait_for_call();
        socket.cancel_all().unwrap();
        hold.release();
        let ticket = submitter.join().unwrap();
        assert!(is_quiet(&port, &mut packets));
        assert!(peer.send(b"data"));
        io(&port, &mut packets);
        assert_eq!(finish(ticket).result(), Ok(4));
    });
}

#[test]
fn a_socket_taken_back_is_open_and_its_operations_are_cancelled() {
    let kernel = Kernel::new(Script::default());
    let config = Config { skip_on_success: true, ..config() };
    let port = CompletionPort::with_config(&config).unwrap();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    let socket = socket.into_inner();
    io(&port, &mut Packets::with_capacity(8));
    assert_eq!(finish(ticket).result().unwrap_err().kind, CompletionKind::Cancelled);
    assert!(peer.send(b"open"));
    assert!(socket.try_clone().is_ok());
}
