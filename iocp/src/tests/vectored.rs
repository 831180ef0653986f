//! Several buffers of one operation, of several types.

use std::sync::{
    atomic::{AtomicUsize, Ordering},
    Arc,
};

use super::{finish, io, pending, port, scripts, Counted, LIMIT};
use crate::{
    sim::{Kernel, Script},
    BufferPool, CompletionKind, ControlKind, Datagram, Error, Message, Packets, Submitted,
};

#[test]
fn a_header_and_a_body_of_different_types_are_sent_as_one_message() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let header: &'static [u8] = b"4:";
        let message = (header, b"body".to_vec(), String::from("."));
        let operation = port.vectored_operation(message, 1).unwrap();
        assert!(port.stats().bytes >= 7);
        let ticket = pending(socket.send_vectored(operation));
        io(&port, &mut Packets::with_capacity(4));
        assert_eq!(finish(ticket).result(), Ok(7));
        let mut arrived = [0; 16];
        assert_eq!(peer.recv(&mut arrived), Some(7));
        assert_eq!(&arrived[..7], b"4:body.");
    }
}

#[test]
fn the_rooms_of_a_tuple_are_filled_in_turn_and_a_full_one_is_passed_over() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let pool = BufferPool::new(64, 1);
        let head: Box<[u8]> = Box::new([0; 2]);
        let rooms = (head, Vec::new(), pool.take(), Vec::with_capacity(8));
        let ticket = pending(socket.recv_vectored(port.vectored_operation(rooms, 1).unwrap()));
        assert!(peer.send(b"0123456"));
        io(&port, &mut Packets::with_capacity(4));
        let (head, full, body, rest) = finish(ticket).into_buffer();
        assert_eq!(
            (&*head, full.len(), &body[..], &rest[..]),
            (&b"01"[..], 0, &b"23456"[..], &b""[..])
        );
    }
}

#[test]
fn a_tuple_without_any_room_is_refused_and_comes_back() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let rooms = (Vec::<u8>::new(), Vec::<u8>::new());
    match socket.recv_vectored(port.vectored_operation(rooms, 1).unwrap()) {
        Submitted::Refused(failed) => assert!(matches!(failed.error, Error::NoRoom)),
        other => panic!("not refused: {other:?}"),
    }
}

/// A pooled buffer lies in the slot, and goes back also when its ticket was dropped.
#[test]
fn a_pooled_buffer_goes_back_to_its_pool_when_its_orphan_is_done() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, _peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let pool = BufferPool::new(64, 1);
        drop(super::recv(&socket, port.operation(pool.take(), 1).unwrap()));
        super::drain(&port);
        assert_eq!(pool.kept(), 1);
        assert!(std::mem::size_of_val(&pool.take()) <= 3 * std::mem::size_of::<usize>());
    }
}

#[test]
fn several_buffers_are_one_datagram_each_way_with_and_without_control_messages() {
    let address = ([127, 0, 0, 1], 7).into();
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let socket = port.associate_socket(kernel.datagram_socket(address), 0).unwrap();
        let peer = kernel.datagram_peer(([127, 0, 0, 1], 0).into());
        let mut arrived = [0; 16];
        let rooms = || (Vec::with_capacity(3), Vec::<u8>::new(), Vec::with_capacity(8));

        let ticket =
            socket.recv_from_vectored(port.vectored_operation(Datagram::new(rooms()), 1).unwrap());
        let ticket = pending(ticket);
        assert!(peer.send_to(b"0123456", address));
        io(&port, &mut packets);
        let completed = finish(ticket);
        assert_eq!(completed.result(), Ok(7));
        let (head, none, rest) = completed.buffer().buffer();
        assert_eq!((&head[..], none.len(), &rest[..]), (&b"012"[..], 0, &b"3456"[..]));
        assert_eq!(completed.buffer().address(), peer.address());
        let ticket = pending(socket.send_to_vectored(completed.into_operation()));
        io(&port, &mut packets);
        assert_eq!(finish(ticket).result(), Ok(7));
        assert_eq!(peer.recv_from(&mut arrived), Some((7, address)));
        assert_eq!(&arrived[..7], b"0123456");

        socket.ask_for(ControlKind::HopLimit).unwrap();
        let message = port.vectored_operation(Message::new(rooms()), 1).unwrap();
        let ticket = pending(socket.recv_msg_vectored(message));
        assert!(peer.send_to(b"abcdefghijklmnop", address));
        io(&port, &mut packets);
        let completed = finish(ticket);
        assert_eq!(completed.kind(), Some(CompletionKind::Truncated));
        assert_eq!(completed.buffer().hop_limit(), Some(64));
        let (head, _, rest) = completed.buffer().buffer();
        assert_eq!((&head[..], &rest[..]), (&b"abc"[..], &b"defghijk"[..]));
        let mut operation = completed.into_operation();
        operation.buffer_mut().set_control(&[]).unwrap();
        let ticket = pending(socket.send_msg_vectored(operation));
        io(&port, &mut packets);
        assert_eq!(finish(ticket).result(), Ok(11));
        assert_eq!(peer.recv_from(&mut arrived), Some((11, address)));
        assert_eq!(&arrived[..11], b"abcdefghijk");

        let nine: [&'static [u8]; 9] = [b"x"; 9];
        let message = port.vectored_operation(Message::new(nine), 1).unwrap();
        match socket.send_msg_vectored(message) {
            Submitted::Refused(failed) => assert_eq!(failed.error, Error::TooLarge),
            other => panic!("not refused: {other:?}"),
        }
    }
}

#[test]
fn several_buffers_come_back_by_a_cancel_or_a_close_and_are_freed_behind_a_dropped_ticket() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let socket =
            port.associate_socket(kernel.datagram_socket(([127, 0, 0, 1], 7).into()), 0).unwrap();
        socket.ask_for(ControlKind::HopLimit).unwrap();
        let drops = Arc::new(AtomicUsize::new(0));
        let rooms = || [Counted::new(&drops), Counted::new(&drops)];
        let is_empty = |rooms: &[Counted; 2]| rooms.iter().all(|room| room.bytes.is_empty());

        let datagram = port.vectored_operation(Datagram::new(rooms()), 1).unwrap();
        let message = port.vectored_operation(Message::new(rooms()), 2).unwrap();
        let datagram = pending(socket.recv_from_vectored(datagram));
        let message = pending(socket.recv_msg_vectored(message));
        datagram.cancel().unwrap();
        message.cancel().unwrap();
        while !datagram.is_done() || !message.is_done() {
            port.wait(&mut packets, LIMIT).unwrap();
        }
        let (datagram, message) = (finish(datagram), finish(message));
        assert_eq!(datagram.kind(), Some(CompletionKind::Cancelled));
        assert_eq!(message.kind(), Some(CompletionKind::Cancelled));
        assert!(is_empty(datagram.buffer().buffer()) && is_empty(message.buffer().buffer()));
        assert_eq!(drops.load(Ordering::SeqCst), 0);

        drop(pending(socket.recv_from_vectored(datagram.into_operation())));
        drop(pending(socket.recv_msg_vectored(message.into_operation())));
        super::drain(&port);
        assert_eq!(drops.load(Ordering::SeqCst), 4, "once each");

        let datagram = port.vectored_operation(Datagram::new(rooms()), 1).unwrap();
        let message = port.vectored_operation(Message::new(rooms()), 2).unwrap();
        let datagram = pending(socket.recv_from_vectored(datagram));
        let message = pending(socket.recv_msg_vectored(message));
        drop(socket);
        while !datagram.is_done() || !message.is_done() {
            port.wait(&mut packets, LIMIT).unwrap();
        }
        let (datagram, message) = (finish(datagram), finish(message));
        assert!(datagram.result().is_err() && message.result().is_err());
        assert!(is_empty(datagram.buffer().buffer()) && is_empty(message.buffer().buffer()));
        drop((datagram, message));
        assert_eq!(drops.load(Ordering::SeqCst), 8);
    }
}
