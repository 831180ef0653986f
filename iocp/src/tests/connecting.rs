//! Connections: accepted, made, ended, reset.

use std::net::SocketAddr;

use super::{buffer, drain, finish, io, is_quiet, pending, port, ready, recv, scripts, LIMIT};
use crate::{
    sim::{Answer, Kernel, OwnedSocket, Script, SocketSpec},
    stream_socket, AcceptError, AssociatedSocket, CompletionKind, CompletionPort, Config, Error,
    Packets, Submitted, Wait,
};

fn address() -> SocketAddr {
    ([127, 0, 0, 1], 80).into()
}

/// Behaviour 17: a reset is an error, never an end.
#[test]
fn a_reset_by_the_peer_is_never_a_clean_end() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
        peer.reset();
        io(&port, &mut packets);
        let error = finish(ticket).result().unwrap_err();
        assert_eq!((error.kind, error.status.0), (CompletionKind::Reset, 0xC000_020D));
        assert_eq!(error.raw_os_error(), Some(10_054));
    }
}

/// Behaviour 18: the end, and again the end.
#[test]
fn the_end_of_the_peer_is_zero_bytes_for_ever() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        assert!(peer.send(b"last"));
        peer.shut_down();
        let mut operation = port.operation(buffer(), 1).unwrap();
        for expected in [4, 0, 0] {
            let ticket = recv(&socket, operation);
            io(&port, &mut packets);
            let completed = finish(ticket);
            assert_eq!(completed.result(), Ok(expected));
            operation = completed.into_operation();
        }
        let ticket = pending(socket.send(port.operation("still open", 2).unwrap()));
        io(&port, &mut packets);
        assert_eq!(finish(ticket).result(), Ok(10), "half closed");
    }
}

#[test]
fn an_accept_gives_the_connection_and_serves_again() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let listener = port.associate_socket(kernel.listener(address()), 0).unwrap();
        let mut operation = port.accept_operation(1).unwrap();
        for early in [false, true, true] {
            let connect = || kernel.connect(address()).unwrap();
            let waiting = early.then(connect);
            let ticket = pending(listener.accept(operation));
            let peer = waiting.unwrap_or_else(connect);
            io(&port, &mut packets);
            let accepted = finish(ticket).accepted(&listener);
            let (socket, from) = accepted.result.unwrap();
            assert_eq!(from.ip(), address().ip());
            // Whoever wants the plain socket has it.
            let socket: AssociatedSocket<OwnedSocket> = match early {
                true => port.associate_accepted(socket, 7).unwrap(),
                false => port.associate_socket(socket.into(), 7).unwrap(),
            };
            assert_eq!(socket.key(), 7);
            assert!(peer.send(b"hello"));
            let ticket = recv(&socket, port.operation(buffer(), 2).unwrap());
            io(&port, &mut packets);
            assert_eq!(finish(ticket).buffer(), b"hello");
            operation = accepted.operation;
        }
    }
}

/// It is in skip mode where a socket whose kind was asked would be, and in no other case.
#[test]
fn an_accepted_socket_has_the_kind_of_its_listener() {
    for skip_on_success in [false, true] {
        let kernel = Kernel::new(Script::default());
        let config = Config { skip_on_success, ..super::config() };
        let port = CompletionPort::with_config(&config).unwrap();
        let listener = port.associate_socket(kernel.listener(address()), 0).unwrap();
        let _peer = kernel.connect(address()).unwrap();
        let operation = port.accept_operation(1).unwrap();
        let completed = match listener.accept(operation) {
            Submitted::Ready(completed) => completed,
            other => {
                io(&port, &mut Packets::with_capacity(1));
                finish(pending(other))
            }
        };
        let (socket, _) = completed.accepted(&listener).result.unwrap();
        let socket: AssociatedSocket<OwnedSocket> = port.associate_accepted(socket, 0).unwrap();
        assert_eq!(socket.skips_on_success(), skip_on_success);
        // A probe is for streams only.
        assert!(socket.probe(port.operation((), 2).unwrap()).pending().is_ok());
    }
}

#[test]
fn an_accepted_socket_that_is_refused_comes_back() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let listener = port.associate_socket(kernel.listener(address()), 0).unwrap();
    let _peer = kernel.connect(address()).unwrap();
    let ticket = pending(listener.accept(port.accept_operation(1).unwrap()));
    io(&port, &mut packets);
    let (socket, _) = finish(ticket).accepted(&listener).result.unwrap();
    port.close().unwrap();
    let refused = port.associate_accepted::<OwnedSocket>(socket, 0).unwrap_err();
    assert!(matches!(refused.error, Error::Closed));
    let other = super::port();
    other.associate_socket(refused.value, 0).unwrap();
}

#[test]
fn an_accept_is_finished_with_a_listener_of_its_own_port_only() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let listener = port.associate_socket(kernel.listener(address()), 0).unwrap();
    let other =
        super::port().associate_socket(kernel.listener(([127, 0, 0, 1], 81).into()), 0).unwrap();
    let _peer = kernel.connect(address()).unwrap();
    let ticket = pending(listener.accept(port.accept_operation(1).unwrap()));
    io(&port, &mut packets);
    let error = finish(ticket).accepted(&other).result.unwrap_err();
    assert!(matches!(error, AcceptError::Setup(Error::WrongPort)), "{error:?}");
}

#[test]
fn an_accept_that_is_dropped_closes_its_socket_when_the_kernel_lets_go() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let listener = port.associate_socket(kernel.listener(address()), 0).unwrap();
        drop(pending(listener.accept(port.accept_operation(1).unwrap())));
        super::drain(&port);
        let peer = kernel.connect(address()).unwrap();
        drop(listener);
        assert_eq!(peer.try_recv(&mut [0]), None, "reset: nobody accepted it");
    }
}

/// Behaviour 41: connecting to a port where somebody, or nobody, listens.
#[test]
fn a_connect_reaches_its_listener_or_is_refused() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let listener = port.associate_socket(kernel.listener(address()), 0).unwrap();
        let socket = port.associate_socket(stream_socket(&address()).unwrap(), 0).unwrap();
        let ticket = pending(socket.connect(port.connect_operation(address(), 1).unwrap()));
        io(&port, &mut packets);
        let completed = finish(ticket);
        assert_eq!(completed.address(), address());
        completed.connected(&socket).unwrap();
        let ticket = pending(listener.accept(port.accept_operation(1).unwrap()));
        io(&port, &mut packets);
        finish(ticket).accepted(&listener).result.unwrap();
    }
}

/// Behaviour 41: refused, at once or later.
#[test]
fn a_connect_to_a_closed_port_is_refused() {
    for answer in [Answer::AtOnce, Answer::Pending] {
        let kernel = Kernel::new(Script { answer, ..Script::default() });
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let socket = port.associate_socket(kernel.socket(SocketSpec::default()), 0).unwrap();
        let submitted = socket.connect(port.connect_operation(address(), 1).unwrap());
        let completed = match submitted.pending() {
            Ok(ticket) => {
                io(&port, &mut packets);
                finish(ticket)
            }
            Err(other) => ready(other),
        };
        assert_eq!(completed.kind(), Some(CompletionKind::Refused), "{answer:?}");
        assert_eq!(completed.raw_os_error(), Some(10_061));
        completed.connected(&socket).unwrap_err();
    }
}

/// A send that does not fit stays pending until the peer reads.
#[test]
fn a_send_is_pending_while_the_peer_does_not_read() {
    let kernel = Kernel::new(Script { window: 8, ..Script::default() });
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = pending(socket.send(port.operation("more than eight bytes", 1).unwrap()));
    assert!(super::is_quiet(&port, &mut packets));
    let (mut arrived, mut some) = (Vec::new(), [0; 5]);
    while arrived.len() < 21 {
        let count = peer.recv(&mut some).unwrap();
        arrived.extend_from_slice(&some[..count]);
    }
    assert_eq!(arrived, b"more than eight bytes");
    io(&port, &mut packets);
    assert_eq!(finish(ticket).result(), Ok(21));
}

/// Several buffers in one call, filled and sent one after the other.
#[test]
fn vectored_buffers_are_sent_and_filled_in_turn() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let buffers = ["one ", "two ", "", "three ", "four ", "five"];
        let operation = port.vectored_operation(buffers, 1).unwrap();
        let ticket = pending(socket.send_vectored(operation));
        io(&port, &mut packets);
        assert_eq!(finish(ticket).result(), Ok(23));
        let mut arrived = [0; 32];
        assert_eq!(peer.recv(&mut arrived), Some(23));
        assert_eq!(&arrived[..23], b"one two three four five");
        assert!(peer.send(b"0123456789"));
        let rooms = [Vec::with_capacity(4), Vec::new(), Vec::with_capacity(32)];
        let operation = port.vectored_operation(rooms, 2).unwrap();
        let ticket = pending(socket.recv_vectored(operation));
        io(&port, &mut packets);
        let [first, none, rest] = finish(ticket).into_buffer();
        assert!(none.is_empty() && first.len() == first.capacity());
        assert_eq!([first, rest].concat(), b"0123456789");
    }
}

#[test]
fn a_connection_is_made_and_accepted_with_its_first_bytes() {
    for script in scripts() {
        for early in [false, true] {
            let kernel = Kernel::new(script);
            let (port, mut packets) = (port(), Packets::with_capacity(8));
            let listener = port.associate_socket(kernel.listener(address()), 0).unwrap();
            let mut accept = Some(port.accept_operation_with_data(6, 1).unwrap());
            let socket = stream_socket(&address()).unwrap();
            let socket = port.associate_socket(socket, 0).unwrap();
            let connect = port.connect_operation_with_data(address(), b"first!!".to_vec(), 2);
            let connect = connect.unwrap();
            let mut accepting = || pending(listener.accept(accept.take().unwrap()));
            let before = (!early).then(&mut accepting);
            let connecting = pending(socket.connect(connect));
            let ticket = before.unwrap_or_else(accepting);
            while !connecting.is_done() || !ticket.is_done() {
                assert_ne!(port.wait(&mut packets, LIMIT).unwrap(), Wait::TimedOut);
            }
            let connected = finish(connecting);
            assert_eq!(connected.result(), Ok(7));
            connected.connected(&socket).unwrap();
            assert_eq!(connected.into_operation().into_buffer().into_data(), b"first!!");
            let accepted = finish(ticket).accepted(&listener);
            assert_eq!(accepted.operation.buffer().first_data(), b"first!");
            let (stream, _peer) = accepted.result.unwrap();
            let stream = port.associate_accepted(stream, 0).unwrap();
            let rest = recv(&stream, port.operation(buffer(), 3).unwrap());
            io(&port, &mut packets);
            assert_eq!(&finish(rest).buffer()[..], b"!");
        }
    }
}

#[test]
fn an_accept_that_waits_for_first_bytes_is_done_by_an_end_a_reset_or_a_cancel() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let listener = port.associate_socket(kernel.listener(address()), 0).unwrap();
        let mut operation = port.accept_operation_with_data(16, 1).unwrap();
        for way in 0..3 {
            let ticket = pending(listener.accept(operation));
            let peer = kernel.connect(address()).unwrap();
            assert!(is_quiet(&port, &mut packets), "nothing has come");
            match way {
                0 => peer.shut_down(),
                1 => peer.reset(),
                _ => drop(ticket.cancel().unwrap()),
            }
            io(&port, &mut packets);
            let completed = finish(ticket);
            let kind = [None, Some(CompletionKind::Reset), Some(CompletionKind::Cancelled)][way];
            assert_eq!(completed.kind(), kind);
            let accepted = completed.accepted(&listener);
            assert_eq!((accepted.result.is_ok(), way), (way == 0, way));
            assert!(accepted.operation.buffer().first_data().is_empty());
            operation = accepted.operation;
        }
        drop(pending(listener.accept(operation)));
        let _peer = kernel.connect(address()).unwrap();
        drop(listener);
        drain(&port);
    }
}
