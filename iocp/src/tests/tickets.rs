//! Tickets: dropped, forgotten, detached, cancelled, late.

use std::{
    sync::{atomic::AtomicUsize, atomic::Ordering, Arc},
    thread,
    time::Duration,
};

use super::{
    buffer, drain, finish, forget, io, is_quiet, port, recv, scripts, Counted, LIMIT, NOW,
};
use crate::{
    sim::{Kernel, OwnedSocket, Point, Script},
    AssociatedSocket, CancelOutcome, Completed, CompletionKind, CompletionPort, IoBufMut, NtStatus,
    Operation, Packet, Packets, Wait,
};

/// Behaviour 1: a ticket dropped with a receive pending; the peer sends.
#[test]
fn a_dropped_ticket_frees_its_buffer_once_and_only_after_the_completion() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let drops = Arc::new(AtomicUsize::new(0));
        let operation = port.operation(Counted::new(&drops), 1).unwrap();
        drop(recv(&socket, operation));
        assert_eq!(drops.load(Ordering::SeqCst), 0, "before its packet is taken");
        assert!(peer.send(b"late"));
        let drained = port.drain(&mut packets, LIMIT).unwrap();
        assert_eq!(drained, Wait::Packets(0), "an orphan is reported: {packets:?}");
        assert_eq!(drops.load(Ordering::SeqCst), 1);
        let stats = port.stats();
        assert_eq!((stats.in_flight, stats.operations, stats.bytes), (0, 0, 0), "{script:?}");
    }
}

/// Behaviour 1, where the kernel does not heed the cancel: the data come all the same.
#[test]
fn a_dropped_ticket_keeps_its_buffer_while_the_kernel_writes() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, _peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let stuck = kernel.stick(&socket).unwrap();
        let drops = Arc::new(AtomicUsize::new(0));
        drop(recv(&socket, port.operation(Counted::new(&drops), 1).unwrap()));
        drop(socket);
        assert!(is_quiet(&port, &mut Packets::with_capacity(1)));
        assert_eq!(drops.load(Ordering::SeqCst), 0);
        assert_eq!(stuck.finish(0, 10), 1);
        drain(&port);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    }
}

/// Behaviour 2: a ticket forgotten.
#[test]
fn a_forgotten_ticket_is_still_reported_and_leaks_its_buffer() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let drops = Arc::new(AtomicUsize::new(0));
        forget(recv(&socket, port.operation(Counted::new(&drops), 1).unwrap()));
        assert!(peer.send(b"hello"));
        assert_eq!(io(&port, &mut packets).1, 5);
        let stats = port.stats();
        assert_eq!((stats.in_flight, stats.operations), (0, 1));
        assert_eq!(drops.load(Ordering::SeqCst), 0);
    }
}

/// Behaviour 12: cancel, and cancel again.
#[test]
fn a_cancelled_operation_says_so_and_a_second_cancel_finds_it_done() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, _peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
        assert_eq!(ticket.cancel().unwrap(), CancelOutcome::Requested);
        io(&port, &mut packets);
        assert_eq!(ticket.cancel().unwrap(), CancelOutcome::AlreadyDone);
        let completed = finish(ticket);
        assert_eq!(completed.status(), NtStatus::CANCELLED);
        let error = completed.result().unwrap_err();
        assert_eq!((error.kind, error.bytes), (CompletionKind::Cancelled, 0));
        assert_eq!(error.raw_os_error(), Some(995));
    }
}

/// A receive that the system ends with this status and so many bytes, whatever was sent.
fn ended<B: IoBufMut>(
    kernel: &Kernel,
    port: &CompletionPort,
    socket: &AssociatedSocket<OwnedSocket>,
    operation: Operation<B>,
    (status, bytes): (u32, usize),
) -> Completed<B> {
    let stuck = kernel.stick(socket).unwrap();
    let ticket = recv(socket, operation);
    assert_eq!(stuck.finish(status, bytes), 1);
    io(port, &mut Packets::with_capacity(8));
    finish(ticket)
}

/// Behaviour 12: what somebody else ended is told apart.
#[test]
fn an_operation_that_nobody_here_cancelled_was_aborted_by_the_system() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let operation = port.operation(buffer(), 1).unwrap();
    let aborted = ended(&kernel, &port, &socket, operation, (NtStatus::CANCELLED.0, 0));
    assert_eq!(aborted.result().unwrap_err().kind, CompletionKind::AbortedBySystem);
}

/// A success that is not zero: the bytes are there.
#[test]
fn a_success_with_another_status_than_zero_is_one() {
    const MORE_ENTRIES: u32 = 0x105;
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let operation = port.operation(vec![0_u8; 4].into_boxed_slice(), 1).unwrap();
    let completed = ended(&kernel, &port, &socket, operation, (MORE_ENTRIES, 3));
    assert_eq!((completed.result(), completed.status().0), (Ok(3), MORE_ENTRIES));
}

/// Its slot was used before, by an operation that was cancelled here.
#[test]
fn an_operation_cancelled_once_does_not_answer_for_its_next_use() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    ticket.cancel().unwrap();
    io(&port, &mut packets);
    let cancelled = finish(ticket);
    assert_eq!(cancelled.result().unwrap_err().kind, CompletionKind::Cancelled);
    let again = cancelled.into_operation();
    let aborted = ended(&kernel, &port, &socket, again, (NtStatus::CANCELLED.0, 0));
    assert_eq!(aborted.result().unwrap_err().kind, CompletionKind::AbortedBySystem);
}

#[test]
fn a_detached_operation_runs_to_its_end_unreported() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let drops = Arc::new(AtomicUsize::new(0));
        recv(&socket, port.operation(Counted::new(&drops), 1).unwrap()).detach();
        assert!(is_quiet(&port, &mut packets));
        assert_eq!(drops.load(Ordering::SeqCst), 0);
        assert!(peer.send(b"data"));
        drain(&port);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
        assert_eq!(kernel.counts().cancels, 0);
    }
}

/// Behaviour 16: a canceller used late never reaches the next operation in the same place.
#[test]
fn a_late_canceller_does_nothing_to_the_next_operation() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    let late = ticket.canceller();
    assert!(peer.send(b"one"));
    let (first, _) = io(&port, &mut packets);
    let ticket = recv(&socket, finish(ticket).into_operation());
    assert_eq!(ticket.id().index, first.index, "the same place");
    let before = kernel.counts().cancels;
    assert_eq!(late.cancel().unwrap(), CancelOutcome::AlreadyDone);
    assert_eq!(kernel.counts().cancels, before, "no system call");
    assert!(peer.send(b"two"));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).buffer(), b"onetwo");
}

/// A canceller inside the system while its operation ends holds up the reuse of the slot.
#[test]
fn a_slow_canceller_delays_reuse_and_never_the_completion() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    let (first, second) = (ticket.canceller(), ticket.canceller());
    let hold = kernel.hold(&socket, Point::Cancel);
    thread::scope(|scope| {
        let slow = scope.spawn(move || first.cancel());
        hold.wait_for_call();
        assert_eq!(second.cancel().unwrap(), CancelOutcome::Requested, "one is inside");
        assert!(peer.send(b"data"));
        io(&port, &mut packets);
        let operation = finish(ticket).into_operation();
        let (begun, begins) = std::sync::mpsc::channel();
        let on = &socket;
        let resubmit = scope.spawn(move || {
            begun.send(()).unwrap();
            recv(on, operation)
        });
        begins.recv().unwrap();
        // Long enough for a submit that nothing holds up.
        let moment = Some(Duration::from_millis(30));
        assert_eq!(port.wait(&mut packets, moment).unwrap(), Wait::TimedOut);
        assert_eq!(kernel.counts().submits, 1, "held up");
        hold.release();
        assert_eq!(slow.join().unwrap().unwrap(), CancelOutcome::AlreadyDone);
        let ticket = resubmit.join().unwrap();
        assert!(peer.send(b"more"));
        io(&port, &mut packets);
        assert_eq!(finish(ticket).buffer(), b"datamore");
    });
}

/// The slot of an operation that was freed meanwhile is left to the canceller inside.
#[test]
fn a_slot_freed_under_a_canceller_is_freed_by_the_canceller() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    let (id, canceller) = (ticket.id(), ticket.canceller());
    let hold = kernel.hold(&socket, Point::Cancel);
    thread::scope(|scope| {
        let slow = scope.spawn(move || canceller.cancel());
        hold.wait_for_call();
        assert!(peer.send(b"data"));
        io(&port, &mut packets);
        drop(finish(ticket).into_buffer());
        let other = port.operation(buffer(), 2).unwrap();
        assert_ne!(other.held().index(), id.index, "still the canceller's");
        hold.release();
        assert_eq!(slow.join().unwrap().unwrap(), CancelOutcome::AlreadyDone);
        let again = port.operation(buffer(), 3).unwrap();
        assert_eq!(again.held().index(), id.index, "free again");
    });
    assert_eq!(port.stats().operations, 0);
}

/// Behaviour 26: the submitting thread ends.
#[test]
fn an_operation_outlives_the_thread_that_submitted_it() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let operation = port.operation(buffer(), 9).unwrap();
        let ticket =
            thread::scope(|scope| scope.spawn(|| recv(&socket, operation)).join().unwrap());
        assert!(peer.send(b"later"));
        let (id, bytes) = io(&port, &mut packets);
        assert_eq!((id, bytes), (ticket.id(), 5));
        assert_eq!(finish(ticket).buffer(), b"later");
    }
}

#[test]
fn a_packet_carries_token_key_status_and_count() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 77).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 5).unwrap());
    assert!(!ticket.is_done());
    let ticket = ticket.finish().unwrap_err();
    assert!(peer.send(b"abc"));
    assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::Packets(1));
    let expected =
        Packet::Io { id: ticket.id(), token: 5, key: 77, status: NtStatus::SUCCESS, bytes: 3 };
    assert_eq!(packets.iter().next(), Some(&expected));
    assert!(ticket.is_done());
    assert_eq!(finish(ticket).token(), 5);
}
