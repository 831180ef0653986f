//! Datagrams with their addresses.

use std::{
    net::SocketAddr,
    sync::{atomic::Ordering, Arc},
};

use super::{buffer, drain, finish, io, is_quiet, pending, port, ready, scripts, Counted, NOW};
use crate::{
    sim::{Answer, Kernel, Script, SocketSpec, LONGEST_DATAGRAM},
    CompletionKind, Datagram, Error, NtStatus, Packets, Submitted,
};

fn address(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

fn room(bytes: usize) -> Datagram<Vec<u8>> {
    Datagram::new(Vec::with_capacity(bytes))
}

#[test]
fn a_datagram_comes_with_its_sender_and_is_answered_with_the_same_operation() {
    for script in scripts() {
        for early in [true, false] {
            let kernel = Kernel::new(script);
            let (port, mut packets) = (port(), Packets::with_capacity(8));
            let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
            let peer = kernel.datagram_peer(address(0));
            let operation = port.operation(room(16), 1).unwrap();
            assert_eq!(operation.buffer().address(), None);
            if early {
                assert!(peer.send_to(b"question", address(7)));
            }
            let ticket = pending(socket.recv_from(operation));
            if !early {
                assert!(is_quiet(&port, &mut packets));
                assert!(peer.send_to(b"question", address(7)));
            }
            assert_eq!(io(&port, &mut packets), (ticket.id(), 8));
            let completed = finish(ticket);
            assert_eq!(completed.result(), Ok(8));
            assert_eq!(completed.buffer().buffer(), b"question");
            assert_eq!(completed.buffer().address(), peer.address());
            let mut operation = completed.into_operation();
            operation.buffer_mut().buffer_mut().truncate(5);
            let ticket = pending(socket.send_to(operation));
            assert_eq!(io(&port, &mut packets).1, 5);
            assert_eq!(finish(ticket).result(), Ok(5));
            let mut answer = [0; 16];
            assert_eq!(peer.recv_from(&mut answer), Some((5, address(7))));
            assert_eq!(&answer[..5], b"quest");
        }
    }
}

// Behaviour 10.
#[test]
fn a_truncated_datagram_completes_exactly_once_with_what_fitted_and_its_sender() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
        let peer = kernel.datagram_peer(address(0));
        assert!(peer.send_to(b"datagram", address(7)));
        assert!(peer.send_to(b"next", address(7)));
        let ticket = pending(socket.recv_from(port.operation(room(4), 1).unwrap()));
        assert_eq!(io(&port, &mut packets), (ticket.id(), 4));
        let completed = finish(ticket);
        let error = completed.result().unwrap_err();
        assert_eq!((error.kind, error.bytes), (CompletionKind::Truncated, 4));
        assert_eq!(error.status, NtStatus::BUFFER_OVERFLOW);
        assert_eq!(completed.buffer().buffer(), b"data");
        assert_eq!(completed.buffer().address(), peer.address());
        assert!(is_quiet(&port, &mut packets), "one packet");
        let mut operation = completed.into_operation();
        operation.buffer_mut().buffer_mut().clear();
        let ticket = pending(socket.recv_from(operation));
        io(&port, &mut packets);
        assert_eq!(finish(ticket).buffer().buffer(), b"next", "the rest of the first is lost");
    }
}

#[test]
fn an_empty_datagram_is_zero_bytes_and_no_end() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
        let peer = kernel.datagram_peer(address(0));
        assert!(peer.send_to(b"", address(7)));
        assert!(peer.send_to(b"more", address(7)));
        let mut operation = port.operation(room(16), 1).unwrap();
        for expected in [&b""[..], b"more"] {
            let ticket = pending(socket.recv_from(operation));
            io(&port, &mut packets);
            let completed = finish(ticket);
            assert_eq!(completed.result(), Ok(expected.len()));
            assert_eq!(completed.buffer().buffer(), expected);
            assert_eq!(completed.buffer().address(), peer.address());
            operation = completed.into_operation();
        }
    }
}

#[test]
fn a_closed_port_met_earlier_ends_a_pending_receive_and_leaves_the_socket_good() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
        let waiting = pending(socket.recv_from(port.operation(room(16), 1).unwrap()));
        let mut lost = Datagram::new(b"to nobody".to_vec());
        lost.set_address(&address(99));
        let sent = pending(socket.send_to(port.operation(lost, 2).unwrap()));
        let mut seen = Vec::new();
        while seen.len() < 2 {
            port.wait(&mut packets, super::LIMIT).unwrap();
            seen.extend(packets.iter().copied());
        }
        assert_eq!(finish(sent).result(), Ok(9), "a send tells nothing of it");
        let completed = finish(waiting);
        let error = completed.result().unwrap_err();
        assert_eq!(error.kind, CompletionKind::Unreachable);
        assert_eq!(error.status, NtStatus::PORT_UNREACHABLE);
        assert_eq!(error.raw_os_error(), Some(10_054));
        assert!(completed.buffer().buffer().is_empty());
        let peer = kernel.datagram_peer(address(99));
        assert!(peer.send_to(b"here now", address(7)));
        let ticket = pending(socket.recv_from(completed.into_operation()));
        io(&port, &mut packets);
        assert_eq!(finish(ticket).buffer().buffer(), b"here now");
    }
}

#[test]
fn a_closed_port_met_earlier_is_the_answer_of_the_next_receive_and_owes_no_packet() {
    let kernel = Kernel::new(Script { answer: Answer::AtOnce, ..Script::default() });
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
    let mut lost = Datagram::new(b"to nobody".to_vec());
    lost.set_address(&address(99));
    let sent = pending(socket.send_to(port.operation(lost, 2).unwrap()));
    io(&port, &mut packets);
    drop(finish(sent));
    let failed = ready(socket.recv_from(port.operation(room(16), 1).unwrap()));
    assert_eq!(failed.raw_os_error(), Some(10_054));
    assert!(is_quiet(&port, &mut packets));
    let peer = kernel.datagram_peer(address(99));
    assert!(peer.send_to(b"here now", address(7)));
    let ticket = pending(socket.recv_from(failed.into_operation()));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).result(), Ok(8));
}

/// `WSAEMSGSIZE` of a send is an error (`STATUS_INVALID_BUFFER_SIZE`), not the receive's warning.
#[test]
fn a_datagram_that_is_too_long_to_send_fails_and_owes_no_packet() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
        let peer = kernel.datagram_peer(address(8));
        let mut long = Datagram::new(vec![1; LONGEST_DATAGRAM + 1]);
        long.set_address(&address(8));
        let failed = ready(socket.send_to(port.operation(long, 1).unwrap()));
        assert_eq!(failed.raw_os_error(), Some(10_040));
        assert!(is_quiet(&port, &mut packets));
        let mut operation = failed.into_operation();
        operation.buffer_mut().buffer_mut().truncate(LONGEST_DATAGRAM);
        let ticket = pending(socket.send_to(operation));
        assert_eq!(io(&port, &mut packets).1 as usize, LONGEST_DATAGRAM);
        assert_eq!(finish(ticket).result(), Ok(LONGEST_DATAGRAM));
        assert_eq!(peer.recv(&mut [0; 4]), Some(4));
    }
}

#[test]
fn what_cannot_be_sent_or_filled_is_refused_before_any_call() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
    let nowhere = port.operation(Datagram::new(b"where to?".to_vec()), 1).unwrap();
    let Submitted::Refused(failed) = socket.send_to(nowhere) else { panic!("no address") };
    assert!(matches!(failed.error, Error::Unsupported(_)));
    let full = port.operation(Datagram::new(Vec::new()), 1).unwrap();
    let Submitted::Refused(failed) = socket.recv_from(full) else { panic!("no room") };
    assert!(matches!(failed.error, Error::NoRoom));
    assert_eq!(kernel.counts().submits, 0);
}

#[test]
fn a_receive_on_a_socket_without_an_address_fails() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let unbound = kernel.socket(SocketSpec { stream: false, ..SocketSpec::default() });
    let socket = port.associate_socket(unbound, 0).unwrap();
    let failed = ready(socket.recv_from(port.operation(room(16), 1).unwrap()));
    assert_eq!(failed.raw_os_error(), Some(10_022));
    let peer = kernel.datagram_peer(address(8));
    let mut first = Datagram::new(b"hello".to_vec());
    first.set_address(&address(8));
    drop(pending(socket.send_to(port.operation(first, 1).unwrap())));
    let (count, from) = peer.recv_from(&mut [0; 8]).unwrap();
    assert_eq!(count, 5);
    assert!(peer.send_to(b"back", from), "the first send gave it an address");
    let ticket = pending(socket.recv_from(failed.into_operation()));
    drain(&port);
    assert_eq!(finish(ticket).buffer().buffer(), b"back");
}

#[test]
fn a_connected_socket_hears_its_peer_only() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, peer) = kernel.datagram_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = pending(socket.recv(port.operation(buffer(), 1).unwrap()));
    let sent = pending(socket.send(port.operation("who are you?", 2).unwrap()));
    let (count, at) = peer.recv_from(&mut [0; 16]).unwrap();
    assert_eq!(count, 12);
    io(&port, &mut packets);
    drop(finish(sent));
    let stranger = kernel.datagram_peer(address(0));
    assert!(stranger.send_to(b"not me", at));
    assert!(is_quiet(&port, &mut packets));
    assert!(peer.send(b"me"));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).buffer(), b"me");
}

// Behaviour 1.
#[test]
fn a_dropped_ticket_keeps_buffer_and_address_until_the_kernel_has_written_them() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
        let peer = kernel.datagram_peer(address(0));
        for cancelled in [true, false] {
            let drops = Arc::default();
            let datagram = Datagram::new(Counted::new(&drops));
            let ticket = pending(socket.recv_from(port.operation(datagram, 1).unwrap()));
            if cancelled {
                drop(ticket);
            } else {
                ticket.detach();
                assert!(peer.send_to(b"too late", address(7)));
            }
            assert_eq!(drops.load(Ordering::SeqCst), 0, "the kernel has it");
            drain(&port);
            assert_eq!(drops.load(Ordering::SeqCst), 1);
        }
        port.wait(&mut packets, NOW).unwrap();
        assert_eq!((packets.len(), port.stats().operations), (0, 0));
    }
}

#[test]
fn dropping_the_socket_frees_its_address_and_ends_its_receives() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
        let ticket = pending(socket.recv_from(port.operation(room(16), 1).unwrap()));
        drop(socket);
        let _again = kernel.datagram_socket(address(7));
        io(&port, &mut packets);
        let kind = finish(ticket).result().unwrap_err().kind;
        assert!(matches!(kind, CompletionKind::Cancelled | CompletionKind::LocalClose));
    }
}
