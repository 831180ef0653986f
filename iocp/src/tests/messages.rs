//! Datagrams with control messages.

use std::net::{IpAddr, SocketAddr};

use super::{drain, finish, io, is_quiet, pending, port, ready, scripts};
use crate::{
    sim::{Kernel, LONGEST_DATAGRAM},
    CompletionKind, ControlKind, ControlMessage, Error, Message, PacketInfo, Packets,
};

fn address(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

fn room(bytes: usize) -> Message<Vec<u8>> {
    Message::new(Vec::with_capacity(bytes))
}

#[test]
fn a_message_comes_with_what_was_asked_for_and_is_answered_from_where_it_was_sent_to() {
    for script in scripts() {
        for early in [true, false] {
            let kernel = Kernel::new(script);
            let (port, mut packets) = (port(), Packets::with_capacity(8));
            let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
            let peer = kernel.datagram_peer(address(0));
            socket.ask_for(ControlKind::PacketInfo).unwrap();
            let mut operation = port.operation(room(16), 1).unwrap();
            for round in 0..2 {
                if round == 1 {
                    socket.ask_for(ControlKind::HopLimit).unwrap();
                }
                if early {
                    assert!(peer.send_to(b"question", address(7)));
                }
                let ticket = pending(socket.recv_msg(operation));
                if !early {
                    assert!(is_quiet(&port, &mut packets));
                    assert!(peer.send_to(b"question", address(7)));
                }
                assert_eq!(io(&port, &mut packets), (ticket.id(), 8));
                let completed = finish(ticket);
                assert_eq!(completed.result(), Ok(8));
                let message = completed.buffer();
                assert_eq!(
                    (&message.buffer()[..], message.address()),
                    (&b"question"[..], peer.address())
                );
                let info = PacketInfo { address: IpAddr::from([127, 0, 0, 1]), interface: 1 };
                assert_eq!(message.packet_info(), Some(info));
                assert_eq!(message.hop_limit(), (round == 1).then_some(64));
                assert!(!message.is_control_truncated());
                let mut answer = completed.into_operation();
                answer.buffer_mut().set_control(&[ControlMessage::PacketInfo(info)]).unwrap();
                let ticket = pending(socket.send_msg(answer));
                assert_eq!(io(&port, &mut packets).1, 8);
                let mut bytes = [0; 16];
                assert_eq!(peer.recv_from(&mut bytes), Some((8, address(7))));
                operation = finish(ticket).into_operation();
                operation.buffer_mut().buffer_mut().clear();
            }
        }
    }
}

#[test]
fn what_the_system_does_not_send_is_a_result_and_the_operation_comes_back() {
    let kernel = Kernel::new(crate::sim::Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
    assert!(matches!(socket.ask_for(ControlKind::Ecn), Err(Error::Os { .. })));
    let mut message = Message::new(vec![0; 4]);
    message.set_address(&address(9));
    let elsewhere = PacketInfo { address: IpAddr::from([10, 0, 0, 1]), interface: 0 };
    message.set_control(&[ControlMessage::PacketInfo(elsewhere)]).unwrap();
    let completed = ready(socket.send_msg(port.operation(message, 0).unwrap()));
    assert_eq!(completed.result().unwrap_err().raw_os_error(), Some(10_022));
    let mut operation = completed.into_operation();
    let message = operation.buffer_mut();
    let large = [0; 300];
    let other = ControlMessage::Other { level: 1, kind: 2, data: &large };
    assert_eq!(message.set_control(&[other]), Err(Error::TooLarge));
    assert_eq!(message.control().count(), 0);
    message.buffer_mut().resize(LONGEST_DATAGRAM + 1, 0);
    let completed = ready(socket.send_msg(operation));
    assert_eq!(completed.result().unwrap_err().kind, CompletionKind::MessageTooLong);
    assert!(is_quiet(&port, &mut packets));
    // An address that is not set is that of the peer, which there is none.
    let operation = port.operation(Message::new(vec![1]), 0).unwrap();
    assert_eq!(
        ready(socket.send_msg(operation)).result().unwrap_err().raw_os_error(),
        Some(10_057)
    );
}

#[test]
fn a_cancelled_dropped_or_truncated_message_keeps_to_its_buffer() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let socket = port.associate_socket(kernel.datagram_socket(address(7)), 0).unwrap();
        let peer = kernel.datagram_peer(address(0));
        socket.ask_for(ControlKind::PacketInfo).unwrap();
        let mut used = room(4);
        used.set_address(&address(9));
        let ticket = pending(socket.recv_msg(port.operation(used, 1).unwrap()));
        ticket.cancel().unwrap();
        io(&port, &mut packets);
        let completed = finish(ticket);
        assert_eq!(completed.result().unwrap_err().kind, CompletionKind::Cancelled);
        assert_eq!(completed.buffer().control().count(), 0, "nothing came");
        assert_eq!(completed.buffer().address(), None, "from nobody");
        let ticket = pending(socket.recv_msg(completed.into_operation()));
        assert!(peer.send_to(b"longer than that", address(7)));
        io(&port, &mut packets);
        let completed = finish(ticket);
        assert_eq!(completed.result().unwrap_err().kind, CompletionKind::Truncated);
        assert_eq!(completed.buffer().buffer(), b"long");
        assert!(completed.buffer().packet_info().is_some());
        drop(pending(socket.recv_msg(port.operation(room(4), 1).unwrap())));
        drop(completed);
        drop(socket);
        drain(&port);
    }
}
