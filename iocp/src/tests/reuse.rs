//! Ending connections, and using their sockets again.

use std::net::SocketAddr;

use super::{buffer, finish, io, is_quiet, pending, port, ready, recv, scripts};
use crate::{
    sim::{Kernel, OwnedSocket, Peer, Script, SocketSpec},
    Accept, AcceptError, AssociatedSocket, Completed, CompletionKind, CompletionPort, Error,
    Operation, Packets, Submitted,
};

fn address() -> SocketAddr {
    ([127, 0, 0, 1], 80).into()
}

/// The result of an operation, at once or from its packet.
fn done<B: Send + 'static>(port: &CompletionPort, submitted: Submitted<B>) -> Completed<B> {
    match submitted {
        Submitted::Ready(completed) => completed,
        other => {
            let ticket = pending(other);
            if !ticket.is_done() {
                io(port, &mut Packets::with_capacity(1));
            }
            finish(ticket)
        }
    }
}

fn code<B: Send + 'static>(submitted: Submitted<B>) -> Option<i32> {
    ready(submitted).raw_os_error()
}

/// A listener, a connection to it, the peer, and the operation to accept with.
struct Served {
    port: CompletionPort,
    listener: AssociatedSocket<OwnedSocket>,
    socket: AssociatedSocket<OwnedSocket>,
    peer: Peer,
    operation: Operation<Accept>,
}

impl Served {
    fn new(kernel: &Kernel) -> Self {
        let port = port();
        let listener = port.associate_socket(kernel.listener(address()), 0).unwrap();
        let peer = kernel.connect(address()).unwrap();
        let accepted = done(&port, listener.accept(port.accept_operation(1).unwrap()));
        let accepted = accepted.accepted(&listener);
        let (socket, _) = accepted.result.unwrap();
        let socket = port.associate_accepted(socket, 7).unwrap();
        Self { port, listener, socket, peer, operation: accepted.operation }
    }

    fn without(&self) -> Operation<()> {
        self.port.operation((), 2).unwrap()
    }
}

#[test]
fn a_disconnect_is_an_orderly_end_for_the_peer_and_a_second_one_is_no_error() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let served = Served::new(&kernel);
        let send = served.socket.send(served.port.operation("last", 3).unwrap());
        assert_eq!(done(&served.port, send).result(), Ok(4));
        let ended = done(&served.port, served.socket.disconnect(served.without()));
        assert_eq!(ended.result(), Ok(0));
        let mut arrived = [0; 8];
        assert_eq!(served.peer.recv(&mut arrived), Some(4));
        assert_eq!(served.peer.recv(&mut arrived), Some(0), "an end, no reset");
        let again = done(&served.port, served.socket.disconnect(ended.into_operation()));
        assert_eq!(again.result(), Ok(0));
        assert_eq!(served.peer.recv(&mut arrived), Some(0));
        assert!(is_quiet(&served.port, &mut Packets::with_capacity(1)));
    }
}

#[test]
fn a_socket_serves_one_connection_after_another_without_being_made_or_associated_again() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let Served { port, listener, socket, mut peer, mut operation } = Served::new(&kernel);
        let value = socket.as_raw_socket();
        let mut data = port.operation(buffer(), 2).unwrap();
        for round in 0..3_u8 {
            assert!(peer.send(&[round; 3]));
            let received = done(&port, socket.recv(data));
            assert_eq!(received.buffer(), &[round; 3]);
            data = received.into_operation();
            data.buffer_mut().clear();
            // One side or the other ends first.
            if round == 1 {
                peer.shut_down();
            }
            let submits = kernel.counts().submits;
            let ending = socket.disconnect_for_reuse(data);
            drop(peer);
            let ended = done(&port, ending);
            assert_eq!(ended.result(), Ok(0));
            data = ended.into_operation();
            let accepting = listener.accept_into(operation, &socket);
            peer = kernel.connect(address()).unwrap();
            let accepted = done(&port, accepting).accepted_into(&listener, &socket);
            assert_eq!(accepted.result.unwrap().ip(), address().ip());
            operation = accepted.operation;
            assert_eq!(kernel.counts().submits - submits, 2);
        }
        assert_eq!((socket.as_raw_socket(), socket.key()), (value, 7));
    }
}

#[test]
fn a_disconnect_for_reuse_waits_for_the_peer_and_can_be_cancelled() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let served = Served::new(&kernel);
        let ticket = pending(served.socket.disconnect_for_reuse(served.without()));
        assert!(is_quiet(&served.port, &mut Packets::with_capacity(1)));
        assert_eq!(served.peer.recv(&mut [0]), Some(0), "the peer sees the end");
        ticket.cancel().unwrap();
        io(&served.port, &mut Packets::with_capacity(1));
        assert_eq!(finish(ticket).result().unwrap_err().kind, CompletionKind::Cancelled);
        // Dropped, it is cancelled as every other operation, and frees its slot.
        drop(pending(served.socket.disconnect_for_reuse(served.without())));
        super::drain(&served.port);
        assert_eq!(served.port.stats().operations, 1, "the accept");
    }
}

#[test]
fn an_accept_into_a_socket_that_is_dropped_ends_without_its_connection() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let Served { port, listener, socket, peer, operation } = Served::new(&kernel);
        let ending = socket.disconnect_for_reuse(port.operation((), 2).unwrap());
        drop(peer);
        done(&port, ending).result().unwrap();
        let into = pending(listener.accept_into(operation, &socket));
        let next = pending(listener.accept(port.accept_operation(3).unwrap()));
        drop(socket);
        // At once, no client needed; the other accept waits on.
        let mut packets = Packets::with_capacity(1);
        io(&port, &mut packets);
        let completed = finish(into);
        let kind = completed.result().unwrap_err().kind;
        assert_eq!(kind, CompletionKind::AbortedBySystem);
        assert!(is_quiet(&port, &mut packets));
        let peer = kernel.connect(address()).unwrap();
        io(&port, &mut packets);
        let (other, _) = finish(next).accepted(&listener).result.unwrap();
        // Nor with another socket's name is it a connection.
        let other: AssociatedSocket<OwnedSocket> = port.associate_accepted(other, 0).unwrap();
        let accepted = completed.accepted_into(&listener, &other);
        assert!(matches!(accepted.result, Err(AcceptError::Completion(_))));
        assert!(peer.send(b"hello"));
        assert_eq!(done(&port, other.recv(port.operation(buffer(), 4).unwrap())).result(), Ok(5));
    }
}

#[test]
fn a_connection_goes_to_the_socket_that_its_accept_was_given_and_no_other() {
    let kernel = Kernel::new(Script::default());
    let Served { port, listener, socket, peer, operation } = Served::new(&kernel);
    // Connected as it is, it takes no other connection.
    let failed = ready(listener.accept_into(operation, &socket));
    assert_eq!(failed.raw_os_error(), Some(10_022));
    let foreign = super::port();
    let other = foreign.associate_socket(kernel.socket(SocketSpec::default()), 0).unwrap();
    let Submitted::Refused(failed) = listener.accept_into(failed.into_operation(), &other) else {
        panic!("it is another port's")
    };
    assert!(matches!(failed.error, Error::WrongPort));
    let mut operation = failed.value;
    let ending = socket.disconnect_for_reuse(port.operation((), 2).unwrap());
    drop(peer);
    done(&port, ending).result().unwrap();
    // A result taken in the wrong way is an error, and the socket can go on.
    let third = port.associate_socket(kernel.socket(SocketSpec::default()), 0).unwrap();
    for round in 0..3 {
        let accepting = listener.accept_into(operation, &socket);
        let peer = kernel.connect(address()).unwrap();
        let completed = done(&port, accepting);
        let (result, next) = match round {
            0 => {
                let accepted = completed.accepted(&listener);
                (accepted.result.map(drop), accepted.operation)
            }
            1 => {
                let accepted = completed.accepted_into(&listener, &third);
                (accepted.result.map(drop), accepted.operation)
            }
            _ => {
                let accepted = completed.accepted_into(&listener, &socket);
                (accepted.result.map(drop), accepted.operation)
            }
        };
        match result {
            Ok(()) => assert_eq!(round, 2),
            Err(error) => {
                assert!(round < 2 && matches!(error, AcceptError::Setup(Error::HandleClosed)));
            }
        }
        operation = next;
        let ending = socket.disconnect_for_reuse(port.operation((), 2).unwrap());
        drop(peer);
        done(&port, ending).result().unwrap();
    }
    // And one that was not given is not asked for.
    let accepting = listener.accept(operation);
    let _peer = kernel.connect(address()).unwrap();
    let accepted = done(&port, accepting).accepted_into(&listener, &socket);
    assert!(matches!(accepted.result, Err(AcceptError::Setup(Error::HandleClosed))));
}

#[test]
fn what_has_no_connection_is_not_disconnected() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (datagrams, _peer) = kernel.datagram_pair();
    let datagrams = port.associate_socket(datagrams, 0).unwrap();
    for reuse in [false, true] {
        let operation = port.operation((), 1).unwrap();
        let submitted = match reuse {
            false => datagrams.disconnect(operation),
            true => datagrams.disconnect_for_reuse(operation),
        };
        assert!(matches!(
            submitted,
            Submitted::Refused(failed) if matches!(failed.error, Error::Unsupported(_))
        ));
    }
    let socket = port.associate_socket(kernel.socket(SocketSpec::default()), 0).unwrap();
    assert_eq!(code(socket.disconnect(port.operation((), 1).unwrap())), Some(10_057));
    // What is pending when the connection ends, ends too.
    let served = Served::new(&kernel);
    let ticket = recv(&served.socket, served.port.operation(buffer(), 1).unwrap());
    let ending = pending(served.socket.disconnect_for_reuse(served.without()));
    served.peer.shut_down();
    super::drain(&served.port);
    assert_eq!(finish(ticket).result(), Ok(0));
    finish(ending).result().unwrap();
}
