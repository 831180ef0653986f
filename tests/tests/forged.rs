//! Forged and repeated packets: anyone in the process may post anything to a port.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{io::Write, net::TcpStream};

use iocp::{AssociatedSocket, CompletionPort, Operation, Packet};
use iocp_sys::OVERLAPPED_ENTRY;
use iocp_tests::{
    net::tcp_pair,
    raw,
    waiting::{assert_no_packet, finish, pending, wait_for},
};

/// Runs one receive on the socket and looks at its entry on the way: gives the operation back with
/// its slot's address and the socket's key. An operation keeps its slot.
fn spy(
    port: &CompletionPort,
    socket: &AssociatedSocket<TcpStream>,
    far: &mut TcpStream,
    operation: Operation<Vec<u8>>,
) -> (Operation<Vec<u8>>, OVERLAPPED_ENTRY) {
    let ticket = pending(socket.recv(operation));
    far.write_all(b"x").unwrap();
    let entry = raw::steal(port, 1)[0];
    assert!(!ticket.is_done());
    raw::repost(port, &entry);
    let mut operation = finish(port, ticket).into_operation();
    assert_eq!(operation.buffer(), b"x");
    operation.buffer_mut().clear();
    (operation, entry)
}

fn operation(port: &CompletionPort, token: usize) -> Operation<Vec<u8>> {
    port.operation(Vec::with_capacity(64), token).unwrap()
}

/// Behaviour 3: pointers to everything but the operation in flight, with all sorts of keys.
#[test]
fn forged_pointers_and_keys_are_foreign_or_refused_and_harm_nothing() {
    let (near, mut far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate_socket(near, 77).unwrap();
    let (idle, entry) = spy(&port, &socket, &mut far, operation(&port, 1));
    let (live, _) = spy(&port, &socket, &mut far, operation(&port, 2));
    let ticket = pending(socket.recv(live));
    let (slot, live_key) = (entry.lpOverlapped as usize, entry.lpCompletionKey);
    let on_stack = 0_u64;
    let on_heap = Box::new([0_u64; 16]);
    let pointers = [
        ("null", 0),
        ("1", 1),
        ("misaligned", slot + 1),
        ("interior", slot + 64),
        ("an idle slot", slot),
        ("the base of the chunk", slot & !0xFFFF),
        // Reserved and not committed: a look at it would be a fault.
        ("beyond the committed part", (slot & !0xFFFF) + (1 << 20)),
        ("the heap", std::ptr::from_ref(&*on_heap) as usize),
        ("the stack", std::ptr::from_ref(&on_stack) as usize),
        ("the last address", usize::MAX),
    ];
    let keys = [("key 0", 0), ("a live key", live_key), ("an unknown key", live_key + 8 * 1000)];
    let before = port.stats();
    for (pointer_name, pointer) in pointers {
        for (key_name, key) in keys {
            let seen = port.stats();
            raw::post(&port, 4096, key, pointer);
            raw::post(&port, 1, 7, 0x5150);
            let packets = wait_for_end(&port);
            let stats = port.stats();
            let what = format!("{pointer_name}, {key_name}: {packets:?}");
            // The mark is a foreign packet, too.
            let refused = stats.stale_packets - seen.stale_packets;
            let foreign = stats.foreign_packets - seen.foreign_packets - 1;
            assert_eq!(refused + foreign, 1, "{what}");
            assert_eq!(packets.len() as u64, foreign, "{what}");
            for packet in packets {
                let Packet::Foreign(packet) = packet else { panic!("{what}") };
                assert_eq!(packet.overlapped() as usize, pointer, "{what}");
                assert_eq!((packet.key(), packet.bytes()), (key, 4096), "{what}");
            }
            assert!(!ticket.is_done(), "{what}");
        }
    }
    assert_eq!(port.stats().in_flight, before.in_flight);
    far.write_all(b"real").unwrap();
    assert_eq!(finish(&port, ticket).into_buffer(), b"real");
    assert_eq!(idle.into_buffer(), b"");
    assert_no_packet(&port);
}

/// Takes packets up to our own mark (key 7, pointer 0x5150), which is left out.
fn wait_for_end(port: &CompletionPort) -> Vec<Packet> {
    let is_mark = |packet: &Packet| {
        matches!(packet, Packet::Foreign(foreign) if foreign.key() == 7
            && foreign.overlapped() as usize == 0x5150)
    };
    let mut packets = Vec::new();
    loop {
        let next = iocp_tests::waiting::wait_for_any(port);
        let end = next.iter().any(is_mark);
        packets.extend(next.into_iter().filter(|packet| !is_mark(packet)));
        if end {
            return packets;
        }
    }
}

/// Behaviour 4: a packet for the slot in flight, before its data.
#[test]
fn a_forged_packet_for_the_slot_in_flight_is_refused_and_the_real_one_counts() {
    let (near, mut far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate_socket(near, 0).unwrap();
    let (operation, entry) = spy(&port, &socket, &mut far, operation(&port, 3));
    let ticket = pending(socket.recv(operation));
    let before = port.stats();
    for _ in 0..3 {
        raw::post(&port, 64, entry.lpCompletionKey, entry.lpOverlapped as usize);
    }
    assert_no_packet(&port);
    assert_eq!(port.stats().stale_packets, before.stale_packets + 3);
    assert!(!ticket.is_done());
    far.write_all(b"truth").unwrap();
    match wait_for(&port, 1)[..] {
        [Packet::Io { id, token: 3, bytes: 5, .. }] => assert_eq!(id, ticket.id()),
        ref other => panic!("{other:?}"),
    }
    assert_eq!(finish(&port, ticket).into_buffer(), b"truth");
    assert_no_packet(&port);
}

/// Behaviour 4: the system's own packet, twice.
#[test]
fn a_repeated_packet_completes_its_operation_once() {
    let (near, mut far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate_socket(near, 0).unwrap();
    let ticket = pending(socket.recv(operation(&port, 3)));
    far.write_all(b"once").unwrap();
    let entry = raw::steal(&port, 1)[0];
    raw::repost(&port, &entry);
    raw::repost(&port, &entry);
    assert!(matches!(wait_for(&port, 1)[..], [Packet::Io { token: 3, bytes: 4, .. }]));
    assert_eq!(finish(&port, ticket).into_buffer(), b"once");
    assert_no_packet(&port);
    assert_eq!(port.stats().stale_packets, 1);
}

/// Behaviour 5: a packet that comes when its slot serves another socket.
#[test]
fn a_stale_packet_does_not_touch_the_next_use_of_its_slot_on_another_socket() {
    let port = CompletionPort::new().unwrap();
    let (near, mut far) = tcp_pair();
    let first = port.associate_socket(near, 0).unwrap();
    let (near, mut other_far) = tcp_pair();
    let second = port.associate_socket(near, 0).unwrap();
    let (other, spied) = spy(&port, &second, &mut other_far, operation(&port, 2));
    // The operation finishes by a packet ahead of the second copy.
    let ticket = pending(first.recv(operation(&port, 1)));
    far.write_all(b"early").unwrap();
    let entry = raw::steal(&port, 1)[0];
    raw::repost(&port, &entry);
    let mut reused = finish(&port, ticket).into_operation();
    reused.buffer_mut().clear();
    let ticket = pending(second.recv(reused));
    raw::repost(&port, &entry);
    // The same with the key of the right socket: nobody has written a status yet.
    raw::post(&port, 64, spied.lpCompletionKey, entry.lpOverlapped as usize);
    assert_no_packet(&port);
    assert_eq!(port.stats().stale_packets, 2);
    assert!(!ticket.is_done());
    other_far.write_all(b"second").unwrap();
    assert_eq!(finish(&port, ticket).into_buffer(), b"second");
    assert_eq!(port.stats().in_flight, 0);
    drop(other);
}

/// Behaviour 3: keys that the crate uses itself, posted by somebody else.
#[test]
fn forged_packets_with_the_keys_of_the_crate_wake_or_report_and_harm_nothing() {
    let (near, mut far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate_socket(near, 0).unwrap();
    let ticket = pending(socket.recv(operation(&port, 1)));
    for key in 0..8 {
        for pointer in [0, 1, usize::MAX] {
            raw::post(&port, u32::MAX, key, pointer);
        }
    }
    far.write_all(b"real").unwrap();
    assert_eq!(finish(&port, ticket).into_buffer(), b"real");
    assert!(!port.is_closed(), "only its owner closes a port");
    assert_eq!(port.stats().in_flight, 0);
    assert_no_packet(&port);
}
