//! A driver whose cancel routine is slow: who waits for it, and who does not.

use std::{sync::mpsc::channel, thread};

use super::{buffer, drain, finish, io, port, recv, scripts, LIMIT, NOW};
use crate::{
    sim::{Hold, Kernel, Point, Script},
    CancelOutcome, CompletionKind, Error, Packets, Submitted, Wait,
};

const CANCELLED: u32 = 0xC000_0120;

/// Runs it on another thread, to whose end the held cancel must not be needed.
fn meanwhile<T: Send>(hold: &Hold, what: &str, run: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let (sender, done) = channel();
        scope.spawn(move || sender.send(run()));
        done.recv_timeout(LIMIT.unwrap()).unwrap_or_else(|error| {
            hold.release();
            panic!("{what} waits for a cancel of another handle: {error}")
        })
    })
}

#[test]
fn a_slow_cancel_holds_up_neither_the_other_handles_nor_the_close_of_the_port() {
    for script in scripts() {
        let kernel = &Kernel::new(script);
        let (port, packets) = (&port(), &mut Packets::with_capacity(1));
        let pair = || {
            let (socket, peer) = kernel.stream_pair();
            (port.associate_socket(socket, 0).unwrap(), peer)
        };
        let ((slow, _peer), (other, other_peer)) = (pair(), pair());
        let ticket = recv(&slow, port.operation(buffer(), 1).unwrap());
        let of_other = recv(&other, port.operation(buffer(), 2).unwrap());
        let canceller = ticket.canceller();
        let hold = &kernel.hold(&slow, Point::Cancel);
        thread::scope(|scope| {
            let inside = scope.spawn(move || canceller.cancel());
            hold.wait_for_call();
            meanwhile(hold, "an association, submit and drop", || {
                let _inside = kernel.enter();
                let (next, _peer) = pair();
                let operation = port.operation(buffer(), 3).unwrap();
                recv(&next, operation).detach();
            });
            meanwhile(hold, "a cancel", || of_other.cancel()).unwrap();
            meanwhile(hold, "a drop", || drop(other));
            assert!(other_peer.is_over(), "closed");
            meanwhile(hold, "a wait", || {
                while !of_other.is_done() {
                    port.wait(packets, LIMIT).unwrap();
                }
            });
            assert!(finish(of_other).result().is_err());
            let last = port.operation(buffer(), 4).unwrap();
            meanwhile(hold, "a close", || port.close()).unwrap();
            // The handle whose cancel is inside has been told all the same.
            let refused = meanwhile(hold, "a submit", || slow.recv(last));
            assert!(matches!(&refused, Submitted::Refused(it) if it.error == Error::Closed));
            let waited = meanwhile(hold, "a wait after the close", || loop {
                match port.wait(packets, LIMIT) {
                    Ok(Wait::Packets(_)) => {}
                    other => return other,
                }
            });
            assert!(matches!(waited, Err(Error::Closed)));
            assert!(!ticket.is_done());
            hold.release();
            assert_eq!(inside.join().unwrap().unwrap(), CancelOutcome::Requested);
        });
        drain(port);
        assert!(finish(ticket).result().is_err());
    }
}

/// Whether the program cancelled it is a question to the gate.
#[test]
fn a_slow_cancel_holds_up_no_look_at_the_result_of_another_operation() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(1));
    let (socket, _peer) = kernel.stream_pair();
    let stuck = kernel.stick(&socket).unwrap();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ended = recv(&socket, port.operation(buffer(), 1).unwrap());
    let ticket = recv(&socket, port.operation(buffer(), 2).unwrap());
    assert_eq!(stuck.finish(CANCELLED, 0), 1);
    io(&port, &mut packets);
    let hold = kernel.hold(&socket, Point::Cancel);
    thread::scope(|scope| {
        let inside = scope.spawn(|| ticket.cancel());
        hold.wait_for_call();
        let ended = meanwhile(&hold, "a result", || finish(ended));
        assert_eq!(ended.result().unwrap_err().kind, CompletionKind::AbortedBySystem);
        hold.release();
        assert_eq!(inside.join().unwrap().unwrap(), CancelOutcome::Requested);
    });
    drain(&port);
}

/// The gate is another handle's by then: neither a late cancel nor a late result waits for that one's.
#[test]
fn a_slow_cancel_holds_up_nobody_who_had_the_gate_before() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (first, _first_peer) = kernel.stream_pair();
    let stuck = kernel.stick(&first).unwrap();
    let first = port.associate_socket(first, 0).unwrap();
    let late = recv(&first, port.operation(buffer(), 1).unwrap());
    drop(first);
    let (second, _peer) = kernel.stream_pair();
    let second = port.associate_socket(second, 0).unwrap();
    let ticket = recv(&second, port.operation(buffer(), 2).unwrap());
    let hold = kernel.hold(&second, Point::Cancel);
    thread::scope(|scope| {
        let inside = scope.spawn(|| ticket.cancel());
        hold.wait_for_call();
        let outcome = meanwhile(&hold, "a late cancel", || late.cancel());
        assert_eq!(outcome.unwrap(), CancelOutcome::AlreadyDone);
        assert_eq!(stuck.finish(CANCELLED, 0), 1);
        io(&port, &mut packets);
        let late = meanwhile(&hold, "a late result", || finish(late));
        assert_eq!(late.result().unwrap_err().kind, CompletionKind::Cancelled);
        hold.release();
        assert_eq!(inside.join().unwrap().unwrap(), CancelOutcome::Requested);
    });
    drain(&port);
}

/// The drop of a handle cancels everything on it, and may be slow at that: whoever cancels one of its
/// operations meanwhile finds the handle closed.
#[test]
fn a_slow_drop_of_a_handle_holds_up_no_cancel_of_its_operations() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, _peer) = kernel.stream_pair();
    let hold = kernel.hold(&socket, Point::Cancel);
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    thread::scope(|scope| {
        let dropping = scope.spawn(move || drop(socket));
        hold.wait_for_call();
        let outcome = meanwhile(&hold, "a cancel beside the drop", || ticket.cancel());
        assert_eq!(outcome.unwrap(), CancelOutcome::AlreadyDone);
        hold.release();
        dropping.join().unwrap();
    });
    drain(&port);
    assert_eq!(finish(ticket).result().unwrap_err().kind, CompletionKind::Cancelled);
    assert_eq!(port.wait(&mut Packets::with_capacity(1), NOW).unwrap(), Wait::TimedOut);
}

/// Many handles are associated while the port is closed: none of them stays open for submits.
#[test]
fn handles_associated_beside_a_close_are_told_of_it() {
    let rounds = if cfg!(miri) { 4 } else { 100 };
    for seed in 0..rounds {
        let kernel = &Kernel::new(Script { seed, ..Script::default() });
        let port = &port();
        let operation = port.operation(buffer(), 1).unwrap();
        let (socket, _peer) = kernel.stream_pair();
        thread::scope(|scope| {
            let associating = scope.spawn(move || port.associate_socket(socket, 0));
            port.close().unwrap();
            let Ok(socket) = associating.join().unwrap() else { return };
            let refused = socket.recv(operation);
            assert!(matches!(&refused, Submitted::Refused(it) if it.error == Error::Closed));
        });
    }
}
