//! What values say of themselves: in `Debug`, and in small questions.

use std::fmt::Debug;

use super::{buffer, config, drain, finish, io, is_quiet, port, recv, LIMIT};
use crate::{
    core::keys::{next_packet_key, HandleKind},
    sim::{Fault, Kernel, Script},
    CompletionPort, Config, ForeignPacket, NtStatus, Packet, Packets, Submitted, Wait,
};

#[track_caller]
fn shows(value: &impl Debug, parts: &[&str]) {
    let text = format!("{value:?}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}

#[test]
fn what_is_shown_of_a_value_names_it_and_what_it_holds() {
    let kernel = Kernel::new(Script::default());
    let config = Config { skip_on_success: true, ..config() };
    let port = CompletionPort::with_config(&config).unwrap();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    shows(&port, &["CompletionPort", "closed: false", "in_flight: 0"]);
    let operation = port.operation(vec![7, 7], 9).unwrap();
    shows(&operation, &["Operation", "token: 9", "[7, 7]"]);
    drop(operation);
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    shows(&ticket, &["InFlight"]);
    shows(&ticket.canceller(), &["Canceller"]);
    shows(&Submitted::Pending(ticket), &["Pending", "InFlight"]);
    drain(&port);
    assert!(peer.send(b"abc"));
    let Submitted::Ready(completed) = socket.recv(port.operation(buffer(), 1).unwrap()) else {
        panic!("not ready")
    };
    shows(&completed, &["Completed", "Ok(3)", "[97, 98, 99]"]);
    shows(&Submitted::Ready(completed), &["Ready", "Ok(3)"]);
    kernel.fault(&socket, Fault::Fail(10_055));
    let failed = socket.recv(port.operation(buffer(), 1).unwrap());
    shows(&failed, &["Ready", "NoResources"]);
    let Submitted::Refused(refused) = socket.recv(port.operation(Vec::new(), 1).unwrap()) else {
        panic!("not refused")
    };
    shows(&refused, &["Refused", "NoRoom"]);
    assert!(refused.to_string().contains("no room"));
    shows(&Submitted::Refused(refused), &["Refused", "NoRoom"]);
    assert!(peer.send(b"abc"));
    let ready = socket.recv(port.operation(buffer(), 1).unwrap()).park();
    shows(&ready, &["Ready", "Ok(3)"]);
    kernel.fault(&socket, Fault::Fail(10_055));
    let failed = socket.recv(port.operation(buffer(), 1).unwrap()).park();
    shows(&failed, &["Ready", "NoResources"]);
    let parked = socket.recv(port.operation(buffer(), 1).unwrap()).park();
    shows(&parked, &["Ok", "OperationId"]);
    let id = parked.unwrap();
    assert!(peer.send(b"abc"));
    let mut packets = Packets::with_capacity(4);
    assert_eq!(io(&port, &mut packets).0, id);
    shows(&packets, &["Io", "bytes: 3"]);
    port.discard(id).unwrap();
    let full = CompletionPort::with_config(&Config { max_operations: 1, ..config }).unwrap();
    let _only = full.operation(buffer(), 1).unwrap();
    shows(&full.operation(buffer(), 2).unwrap_err(), &["Refused", "Full"]);
}

#[test]
fn packets_say_how_many_fit_and_how_many_came() {
    let _kernel = Kernel::new(Script::default());
    let port = port();
    let mut packets = Packets::with_capacity(3);
    assert_eq!((packets.capacity(), packets.len(), packets.is_empty()), (3, 0, true));
    for token in 0..4 {
        port.post(crate::UserPacket { token, bytes: 0 }).unwrap();
    }
    assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(3));
    assert_eq!((packets.capacity(), packets.len(), packets.is_empty()), (3, 3, false));
    assert_eq!((&packets).into_iter().count(), 3);
    packets.clear();
    assert_eq!((packets.len(), packets.was_woken()), (0, false));
    assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
    if cfg!(not(miri)) {
        assert_eq!(Packets::with_capacity(usize::MAX).capacity(), 1 << 20);
    }
}

// Behaviour 44.
#[test]
fn a_packet_of_other_code_carries_its_number_and_three_values() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    for number in [0, 1, 2, usize::MAX / 8] {
        let key = port.external_key(number).unwrap();
        port.core.port.post(6, key, 4711).unwrap();
        assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
        let expected = Packet::External { key: number, message: 6, value: 4711 };
        assert_eq!(packets.iter().next(), Some(&expected));
    }
    assert_eq!(port.external_key(usize::MAX / 8 + 1), None);
    assert!(is_quiet(&port, &mut packets));
}

#[test]
fn a_foreign_packet_is_given_as_it_came_and_counted() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    port.core.port.post(6, 8, 4711).unwrap();
    assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
    let Some(&Packet::Foreign(foreign)) = packets.iter().next() else { panic!("{packets:?}") };
    let ForeignPacket { .. } = foreign;
    assert_eq!((foreign.key(), foreign.bytes(), foreign.status()), (8, 6, NtStatus::SUCCESS));
    assert_eq!(foreign.overlapped() as usize, 4711);
    assert_eq!((port.stats().foreign_packets, port.stats().stale_packets), (1, 0));
}

#[test]
fn each_handle_has_a_key_of_its_own() {
    let mut seen: Vec<_> = (0..100).map(|_| next_packet_key(HandleKind::Other)).collect();
    seen.dedup();
    assert_eq!(seen.len(), 100);
    assert!(!seen.contains(&7), "a handle whose number is 0");
}

#[test]
fn what_a_handle_says_of_itself_is_what_it_was_given() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 70).unwrap();
    assert_eq!((socket.key(), socket.in_flight()), (70, 0));
    let operation = port.operation(buffer(), 7).unwrap();
    assert_eq!(operation.token(), 7);
    operation.set_token(8);
    assert_eq!(operation.token(), 8);
    let ticket = recv(&socket, operation);
    assert_eq!((socket.in_flight(), ticket.is_done()), (1, false));
    assert!(peer.send(b"x"));
    io(&port, &mut packets);
    assert!(matches!(packets.iter().next(), Some(Packet::Io { token: 8, key: 70, .. })));
    assert_eq!((socket.in_flight(), ticket.is_done()), (0, true));
    let completed = finish(ticket);
    assert_eq!((completed.token(), completed.status()), (8, NtStatus::SUCCESS));
    assert_eq!(completed.into_operation().into_buffer(), b"x");
}
