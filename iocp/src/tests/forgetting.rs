//! Associations that are forgotten: their drop never runs, their gate stays open for ever.

use std::sync::Arc;

use super::{buffer, drain, finish, forget, io, is_quiet, pending, port, recv, scripts};
use crate::{
    os::{self, Borrowed},
    sim::{close_raw, AsSocket, Counts, Kernel, OwnedSocket, Script, SocketSpec},
    AssociatedSocket, CancelOutcome, CompletionKind, CompletionPort, InFlight, Packets,
};

type Ticket = InFlight<Vec<u8>>;

/// How an operation is cancelled without its handle's owner.
const WAYS: [fn(Ticket); 3] = [
    |ticket| drop(ticket),
    |ticket| {
        assert_eq!(ticket.canceller().cancel().unwrap(), CancelOutcome::Requested);
        ticket.detach();
    },
    |ticket| {
        assert_eq!(ticket.cancel().unwrap(), CancelOutcome::Requested);
        ticket.detach();
    },
];

/// Submit on an association that is then forgotten, its socket owned alone or shared.
fn sources() -> [fn(&CompletionPort, OwnedSocket) -> Ticket; 2] {
    fn submit<S: AsSocket + Send + Sync + 'static>(
        port: &CompletionPort,
        socket: AssociatedSocket<S>,
    ) -> Ticket {
        let ticket = pending(socket.recv(port.operation(buffer(), 1).unwrap()));
        forget(socket);
        ticket
    }
    [
        |port, socket| submit(port, port.associate_socket(socket, 0).unwrap()),
        |port, socket| {
            let socket = Arc::new(socket);
            let ticket = submit(port, port.associate_socket(Arc::clone(&socket), 0).unwrap());
            drop(socket);
            ticket
        },
    ]
}

#[test]
fn a_cancel_after_the_association_was_forgotten_reaches_its_own_handle_and_no_other() {
    // Each is much the same to this, and Miri is slow.
    for script in scripts().into_iter().step_by(if cfg!(miri) { 5 } else { 1 }) {
        for source in sources() {
            for cancel in WAYS {
                let kernel = Kernel::new(script);
                let port = port();
                let (socket, peer) = kernel.stream_pair();
                let value = socket.as_raw_socket();
                let ticket = source(&port, socket);
                // Would have the value, had it been closed.
                let others: Vec<_> = (0..8).map(|_| kernel.socket(SocketSpec::default())).collect();
                assert!(others.iter().all(|other| other.as_raw_socket() != value));
                let before = kernel.counts();
                cancel(ticket);
                drain(&port);
                let Counts { cancels, stray_cancels, stale_handles, .. } = kernel.counts();
                assert_eq!((cancels, stray_cancels, stale_handles), (before.cancels + 1, 0, 0));
                assert_eq!(peer.try_recv(&mut [0; 4]), None, "still open");
            }
        }
    }
}

/// What only unsafe code can do, by closing what it promised to keep open: the value is another's. The
/// cancel names the slot's address, and nothing else with that address is in flight.
#[test]
fn a_cancel_on_a_value_that_is_anothers_ends_nothing_of_it() {
    for associates in [false, true] {
        let kernel = Kernel::new(Script::default());
        kernel.allow_stale_handles();
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let (socket, _peer) = kernel.stream_pair();
        let (value, stuck) = (socket.as_raw_socket(), kernel.stick(&socket).unwrap());
        let late = {
            let socket = port.associate_socket(socket, 0).unwrap();
            let late = recv(&socket, port.operation(buffer(), 1).unwrap());
            forget(socket);
            late
        };
        close_raw(value);
        let (other, peer) = kernel.stream_pair();
        assert_eq!(other.as_raw_socket(), value, "the value is recycled");
        if associates {
            let other = port.associate_socket(other, 0).unwrap();
            let ticket = recv(&other, port.operation(buffer(), 2).unwrap());
            assert_eq!(late.cancel().unwrap(), CancelOutcome::AlreadyDone);
            assert!(is_quiet(&port, &mut packets) && !ticket.is_done());
            assert!(peer.send(b"goes on"));
            io(&port, &mut packets);
            assert_eq!(finish(ticket).buffer(), b"goes on");
        } else {
            assert_eq!(kernel.counts().stray_cancels, 0);
            assert_eq!(late.cancel().unwrap(), CancelOutcome::AlreadyDone);
            assert_eq!(kernel.counts().stray_cancels, 1, "the simulated kernel tells");
        }
        // Nor does the slot go to anybody else before its own packet has come.
        assert_eq!(port.stats().in_flight, 1);
        assert_eq!(stuck.finish(0xC000_0120, 0), 1);
        io(&port, &mut packets);
        assert_eq!(finish(late).result().unwrap_err().kind, CompletionKind::Cancelled);
        drain(&port);
    }
}

/// Everything on a handle is cancelled by its owner only, who keeps it open: none of these is reached
/// once the association is forgotten.
#[test]
fn what_ends_a_port_makes_no_system_call_on_a_forgotten_handle() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let handle = os::borrow_socket(&socket).value();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    forget(socket);
    let before = kernel.counts();
    port.close().unwrap();
    assert!(peer.send(b"data"));
    drain(&port);
    assert_eq!(finish(ticket).buffer(), b"data");
    drop(port);
    assert_eq!(kernel.counts().cancels, before.cancels);
    // SAFETY:
    // * What is forgotten keeps the handle open; the simulated kernel would refuse a closed one.
    let handle = unsafe { Borrowed::new(handle) };
    assert!(os::socket_kind(handle).is_ok(), "open for ever");
}
