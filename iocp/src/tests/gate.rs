//! The lock between cancelling and closing: a handle value is used only while it is ours.

use std::{sync::mpsc::channel, thread, time::Duration};

use super::{allocations::allocated, buffer, config, drain, finish, io, port, recv, scripts};
use crate::{
    sim::{Kernel, OwnedSocket, Point, Script, SocketSpec},
    CancelOutcome, CompletionKind, CompletionPort, Config, Error, Packets, Wait,
};

/// Long enough for a thread that nothing holds up.
const MOMENT: Option<Duration> = Some(Duration::from_millis(if cfg!(miri) { 300 } else { 30 }));

// Behaviour 16.
#[test]
fn a_socket_is_closed_only_after_the_canceller_inside_has_left() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
        let canceller = ticket.canceller();
        let hold = kernel.hold(&socket, Point::Cancel);
        thread::scope(|scope| {
            let inside = scope.spawn(move || canceller.cancel());
            hold.wait_for_call();
            let (begun, begins) = channel();
            let closing = scope.spawn(move || {
                begun.send(()).unwrap();
                drop(socket);
            });
            begins.recv().unwrap();
            let nothing = port.wait(&mut Packets::with_capacity(1), MOMENT).unwrap();
            assert_eq!(nothing, Wait::TimedOut);
            assert!(!peer.is_over(), "still open");
            hold.release();
            assert_eq!(inside.join().unwrap().unwrap(), CancelOutcome::Requested);
            closing.join().unwrap();
            assert!(peer.is_over(), "closed");
        });
        drain(&port);
        assert!(finish(ticket).result().is_err());
    }
}

/// `cancel_all` holds it too, and nobody who submits needs it.
#[test]
fn a_canceller_inside_holds_up_no_submit_and_no_completion() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let hold = kernel.hold(&socket, Point::Cancel);
        thread::scope(|scope| {
            let inside = scope.spawn(|| socket.cancel_all());
            hold.wait_for_call();
            let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
            assert!(peer.send(b"goes on"));
            super::io(&port, &mut packets);
            assert_eq!(finish(ticket).buffer(), b"goes on");
            hold.release();
            inside.join().unwrap().unwrap();
        });
    }
}

/// Behaviour 16: the gate is another handle's by then, and that one has operations of its own.
#[test]
fn a_late_canceller_leaves_the_next_handle_of_its_gate_alone() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (first, _peer) = kernel.stream_pair();
    let stuck = kernel.stick(&first).unwrap();
    let first = port.associate_socket(first, 0).unwrap();
    let late = recv(&first, port.operation(buffer(), 1).unwrap());
    drop(first);
    let (second, peer) = kernel.stream_pair();
    let second = port.associate_socket(second, 0).unwrap();
    let ticket = recv(&second, port.operation(buffer(), 2).unwrap());
    let before = kernel.counts().cancels;
    assert_eq!(late.cancel().unwrap(), CancelOutcome::AlreadyDone);
    assert_eq!(late.canceller().cancel().unwrap(), CancelOutcome::AlreadyDone);
    assert_eq!(kernel.counts().cancels, before, "no system call");
    // It ends as cancelled, as it was: at the end of its own handle.
    assert_eq!(stuck.finish(0xC000_0120, 0), 1);
    io(&port, &mut packets);
    assert_eq!(finish(late).result().unwrap_err().kind, CompletionKind::Cancelled);
    assert!(peer.send(b"goes on"));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).buffer(), b"goes on");
}

/// And what the system ends on the next handle is not taken for cancelled by the program.
#[test]
fn a_gate_begins_anew_with_each_handle() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let mut operation = port.operation(buffer(), 1).unwrap();
    for key in 0..3 {
        let (socket, _peer) = kernel.stream_pair();
        let stuck = kernel.stick(&socket).unwrap();
        let socket = port.associate_socket(socket, key).unwrap();
        let ticket = recv(&socket, operation);
        assert_eq!((socket.key(), socket.in_flight()), (key, 1));
        assert_eq!(stuck.finish(0xC000_0120, 0), 1);
        io(&port, &mut packets);
        assert!(matches!(
            packets.iter().next(),
            Some(crate::Packet::Io { key: reported, .. }) if *reported == key
        ));
        let completed = finish(ticket);
        assert_eq!(completed.result().unwrap_err().kind, CompletionKind::AbortedBySystem);
        operation = completed.into_operation();
        socket.cancel_all().unwrap();
    }
}

/// More than a step of them at a time, and no more memory for those that come later.
#[test]
fn gates_are_used_again_and_their_memory_goes_with_the_port() {
    // More than a page, or more than a step.
    const MANY: usize = if cfg!(miri) { 130 } else { 5_000 };
    let kernel = Kernel::new(Script::default());
    let port = port();
    let associate = |count: usize| -> Vec<_> {
        let socket = || kernel.socket(SocketSpec::default());
        (0..count).map(|_| port.associate_socket(socket(), 0).unwrap()).collect()
    };
    let mut all = associate(MANY);
    let reserved = kernel.counts().reserved;
    assert!(reserved > if cfg!(miri) { 1 } else { 2 }, "slots, and gates");
    for round in 0..if cfg!(miri) { 1 } else { 3 } {
        all.truncate(MANY / (round + 2));
        let missing = MANY - all.len();
        all.extend(associate(missing));
        assert_eq!(kernel.counts().reserved, reserved);
    }
    drop(all);
    drop(port);
    assert_eq!(kernel.counts().reserved, 0);
}

#[test]
fn associating_a_handle_after_another_allocates_nothing() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let sockets: Vec<_> = (0..100).map(|_| kernel.socket(SocketSpec::default())).collect();
    let mut done: Vec<OwnedSocket> = Vec::with_capacity(sockets.len());
    let mut before = allocated();
    for (index, socket) in sockets.into_iter().enumerate() {
        if index == 1 {
            before = allocated();
        }
        done.push(port.associate_socket(socket, 0).unwrap().into_inner());
    }
    assert_eq!(allocated(), before);
}

#[test]
fn a_gate_that_has_no_memory_is_the_systems_error_and_gives_the_socket_back() {
    let kernel = Kernel::new(Script::default());
    let port = CompletionPort::with_config(&Config { max_operations: 4, ..config() }).unwrap();
    let socket = kernel.socket(SocketSpec::default());
    kernel.fail_commits(1);
    let refused = port.associate_socket(socket, 0).unwrap_err();
    assert!(matches!(refused.error, Error::Os { call: "VirtualAlloc", .. }));
    assert_eq!(kernel.counts().reserved, 2, "the reservation is there for the next");
    port.associate_socket(refused.value, 0).unwrap();
    assert_eq!(kernel.counts().reserved, 2);
}
