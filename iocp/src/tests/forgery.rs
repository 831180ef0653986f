//! Packets that lie: forged, duplicate, late.

use std::{
    mem::size_of,
    sync::atomic::{AtomicU32, Ordering},
};

use super::{buffer, config, finish, io, is_quiet, port, recv, scripts, LIMIT, NOW};
use crate::{
    core::{keys, slot::Slot, state::Settled},
    sim::{Finish, Kernel, Script},
    CompletionPort, Config, Packet, Packets, Wait,
};

fn forge(port: &CompletionPort, bytes: u32, key: usize, pointer: usize) {
    port.core.port.post(bytes, key, pointer).unwrap();
}

fn address(port: &CompletionPort, index: u32) -> usize {
    port.core.slot(index).block.overlapped() as usize
}

fn key_of(port: &CompletionPort, index: u32) -> usize {
    port.core.slot(index).packet_key.load(Ordering::Relaxed)
}

/// Takes what is there; true if none of it was a completion.
fn nothing_completed(port: &CompletionPort, packets: &mut Packets) -> bool {
    loop {
        match port.wait(packets, NOW).unwrap() {
            Wait::TimedOut => return true,
            Wait::Packets(_) if packets.iter().any(|p| matches!(p, Packet::Io { .. })) => {
                return false
            }
            _ => {}
        }
    }
}

/// Kernels whose early writes meet only atomics.
fn forging_scripts() -> impl Iterator<Item = Script> {
    scripts().into_iter().filter(|script| !script.plain_writes)
}

/// Behaviour 3: every sort of pointer with every sort of key.
#[test]
fn forged_packets_complete_nothing_and_leave_what_is_in_flight_alone() {
    for script in forging_scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let idle = port.operation(buffer(), 2).unwrap();
        let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
        let (live, chunk) =
            (address(&port, ticket.id().index), address(&port, 1) - size_of::<Slot>());
        let on_stack = 0_u64;
        let pointers = [
            0,
            1,
            live + 1,
            live + 8,
            live + size_of::<Slot>() - 8,
            address(&port, idle.held().index()),
            chunk,
            chunk.wrapping_sub(size_of::<Slot>()),
            chunk + 64 * size_of::<Slot>(),
            live,
            std::ptr::from_ref(&on_stack) as usize,
            usize::MAX,
        ];
        let live_key = key_of(&port, ticket.id().index);
        for key in
            [0, live_key, live_key + 8, keys::CLOSE | 1 << 9, keys::USER | 1 << 9, 16, usize::MAX]
        {
            for pointer in pointers {
                forge(&port, 4_000_000, key, pointer);
            }
        }
        assert!(nothing_completed(&port, &mut packets), "{script:?}");
        let stats = port.stats();
        assert_eq!(stats.in_flight, 1);
        assert_eq!(stats.stale_packets + stats.foreign_packets, 12 * 7);
        assert!(peer.send(b"real"));
        assert_eq!(io(&port, &mut packets), (ticket.id(), 4));
        assert_eq!(finish(ticket).buffer(), b"real");
    }
}

/// Behaviour 4: a forged packet for the slot in flight, then real data.
#[test]
fn a_forged_packet_for_the_slot_in_flight_gives_one_completion_with_the_real_count() {
    for script in forging_scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
        let index = ticket.id().index;
        forge(&port, 64, key_of(&port, index), address(&port, index));
        assert!(is_quiet(&port, &mut packets), "it met PENDING");
        assert!(peer.send(b"hello"));
        forge(&port, 64, key_of(&port, index), address(&port, index));
        assert_eq!(io(&port, &mut packets), (ticket.id(), 5));
        assert_eq!(finish(ticket).buffer(), b"hello");
        assert!(nothing_completed(&port, &mut packets));
        assert!(port.stats().stale_packets >= 1);
    }
}

/// Behaviour 5: a slot finished early and used again on another socket; the stale packet comes.
#[test]
fn a_stale_packet_does_not_finish_the_next_operation_in_the_slot() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(1));
    let (first, peer) = kernel.stream_pair();
    let (second, other) = kernel.stream_pair();
    let first = port.associate_socket(first, 0).unwrap();
    let second = port.associate_socket(second, 0).unwrap();
    let ticket = recv(&first, port.operation(buffer(), 1).unwrap());
    let index = ticket.id().index;
    let (key, pointer) = (key_of(&port, index), address(&port, index));
    forge(&port, 64, key, pointer);
    // The status is written now, its packet lies behind the forged one.
    assert!(peer.send(b"one"));
    io(&port, &mut packets);
    let ticket = recv(&second, finish(ticket).into_operation());
    assert_eq!(ticket.id().index, index);
    forge(&port, 64, key_of(&port, index), pointer);
    assert!(is_quiet(&port, &mut packets), "the real packet is stale, the forged one early");
    assert!(!ticket.is_done());
    assert!(other.send(b"two"));
    assert_eq!(io(&port, &mut packets).0, ticket.id());
    assert_eq!(finish(ticket).buffer(), b"onetwo");
    assert_eq!(port.stats().stale_packets, 2);
}

/// Behaviour 5: the same on the same socket, where the key is the same.
#[test]
fn a_stale_packet_of_the_same_socket_does_not_finish_the_next_operation() {
    let kernel = Kernel::new(Script { duplicates: 100, ..Script::default() });
    let (port, mut packets) = (port(), Packets::with_capacity(1));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let mut operation = port.operation(buffer(), 1).unwrap();
    for round in 0..16 {
        let ticket = recv(&socket, operation);
        assert!(is_quiet(&port, &mut packets) || round == 0, "a duplicate met PENDING");
        assert!(peer.send(&[round]));
        assert_eq!(io(&port, &mut packets), (ticket.id(), 1));
        operation = finish(ticket).into_operation();
    }
    assert_eq!(operation.into_buffer(), (0..16).collect::<Vec<u8>>());
}

/// A packet with the key of another handle is refused even where the operation is finished.
#[test]
fn a_packet_with_another_handles_key_is_refused() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(1));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    let index = ticket.id().index;
    forge(&port, 64, key_of(&port, index) + 8, address(&port, index));
    assert!(peer.send(b"real"));
    assert_eq!(io(&port, &mut packets), (ticket.id(), 4));
    assert_eq!(port.stats().stale_packets, 1, "the forged one, which came first");
    assert!(is_quiet(&port, &mut packets));
    assert_eq!(port.stats().stale_packets, 1);
    assert_eq!(finish(ticket).result(), Ok(4));
}

/// A waiter that looked at one use of a slot, and is slow, does not finish the next use.
#[test]
fn a_slow_waiter_does_not_settle_another_generation() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(1));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    let slot = port.core.slot(ticket.id().index);
    let seen = slot.state.load();
    assert!(peer.send(b"one"));
    io(&port, &mut packets);
    let ticket = recv(&socket, finish(ticket).into_operation());
    assert_eq!(slot.state.settle(seen), Settled::Stale);
    assert_eq!(slot.block.outcome().count, 0, "the count of the use before is gone");
    assert!(!ticket.is_done());
    assert!(peer.send(b"two"));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).buffer(), b"onetwo");
}

/// The count and the status are the status block's, whatever the packet says.
#[test]
fn a_packet_that_comes_early_is_refused_and_the_later_one_is_believed() {
    let script = Script { finish: Finish::AtDequeue, duplicates: 100, ..Script::default() };
    for seed in 0..if cfg!(miri) { 2 } else { 32 } {
        let kernel = Kernel::new(Script { seed, ..script });
        let (port, mut packets) = (port(), Packets::with_capacity(1));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
        forge(&port, 1, key_of(&port, ticket.id().index), 0);
        assert!(peer.send(b"data"));
        loop {
            assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
            if let Some(Packet::Io { bytes, .. }) = packets.iter().next() {
                assert_eq!(*bytes, 4);
                break;
            }
        }
        assert_eq!(finish(ticket).result(), Ok(4));
        assert!(nothing_completed(&port, &mut packets));
    }
}

/// Behaviour 21: garbage above the low 32 bits of an entry's `Internal` is not part of a status.
#[test]
fn only_the_low_half_of_internal_is_a_status() {
    for seed in 0..8 {
        let _kernel = Kernel::new(Script { seed, ..Script::default() });
        let (port, mut packets) = (port(), Packets::with_capacity(1));
        forge(&port, 3, 0x1000, 0x2000);
        assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
        let Some(Packet::Foreign(packet)) = packets.iter().next() else { panic!("{packets:?}") };
        assert_eq!(packet.status().0, 0);
        assert_eq!((packet.key(), packet.bytes()), (0x1000, 3));
        assert_eq!(packet.overlapped() as usize, 0x2000);
    }
}

/// Fast I/O may write the status before the count, and a forged packet may come in between.
#[test]
fn a_status_without_its_count_fills_nothing_and_shows_no_earlier_count() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    assert!(peer.send(b"earlier"));
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    io(&port, &mut packets);
    let mut operation = finish(ticket).into_operation();
    *operation.buffer_mut() = buffer();
    let _stuck = kernel.stick(&socket).unwrap();
    let ticket = recv(&socket, operation);
    let (index, id) = (ticket.id().index, ticket.id());
    let status = port.core.slot(index).block.overlapped().cast::<AtomicU32>();
    // SAFETY:
    // * the first half of the block's first field, which is only used as an atomic.
    unsafe { &*status }.store(0, Ordering::Release);
    forge(&port, 7, key_of(&port, index), address(&port, index));
    assert_eq!(io(&port, &mut packets), (id, 0));
    let completed = finish(ticket);
    assert_eq!(completed.result(), Ok(0));
    assert!(completed.buffer().is_empty());
}

// Behaviour 3.
#[test]
fn a_pointer_that_is_no_start_of_a_slot_is_foreign_whatever_its_key() {
    let kernel = Kernel::new(Script::default());
    let config = Config { max_operations: 2_000, ..config() };
    let port = CompletionPort::with_config(&config).unwrap();
    let mut packets = Packets::with_capacity(8);
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    let (index, id) = (ticket.id().index, ticket.id());
    // Of the slot itself its packet would be believed now.
    assert!(peer.send(b"data"));
    let (key, start) = (key_of(&port, index), address(&port, index));
    // The place before the first slot is a header.
    let first = address(&port, 1) - size_of::<Slot>();
    // So much is committed at a time.
    let end = first + 4_096;
    for pointer in
        [start + 1, start + 8, start + 64, start + 127, first, first - 128, end, end + 128]
    {
        forge(&port, 1, key, pointer);
    }
    let (mut foreign, mut own) = (Vec::new(), Vec::new());
    while port.wait(&mut packets, NOW).unwrap() != Wait::TimedOut {
        for packet in &packets {
            match packet {
                Packet::Foreign(packet) => {
                    foreign.push((packet.overlapped() as usize).wrapping_sub(start))
                }
                Packet::Io { id, .. } => own.push(*id),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!((foreign.len(), &foreign[..4]), (8, &[1, 8, 64, 127][..]));
    assert_eq!(own, [id]);
    assert_eq!(finish(ticket).buffer(), b"data");
}
