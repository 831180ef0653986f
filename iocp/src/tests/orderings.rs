//! Memory orderings between threads that nothing else orders: for Miri, which shows old values where
//! an ordering is missing, and refuses accesses that race. Elsewhere they only run.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    thread,
    time::Instant,
};

use super::{buffer, finish, port, recv, LIMIT};
use crate::{
    base::status::NtStatus,
    core::state::Phase,
    sim::{Kernel, Script},
    Packets, Wait,
};

const ROUNDS: u64 = if cfg!(miri) { 30 } else { 300 };

/// No generation: the other thread has failed.
const OLD: u64 = u64::MAX - 1;

/// What a forged packet rests on: a waiter sees the new operation, and an old status beside it.
#[test]
fn an_operation_that_is_seen_in_flight_is_seen_with_its_status_preset() {
    let _kernel = Kernel::new(Script::default());
    let port = port();
    let index = port.core.take(0).unwrap();
    let slot = port.core.slot(index);
    let first = slot.state.load().generation();
    // Relaxed: it orders nothing.
    let seen = AtomicU64::new(u64::MAX);
    thread::scope(|scope| {
        scope.spawn(|| {
            let end = Instant::now() + LIMIT.unwrap();
            for generation in first..first + ROUNDS {
                loop {
                    let state = slot.state.load();
                    if state.phase() == Phase::InFlight && state.generation() == generation {
                        break;
                    }
                    assert!(Instant::now() < end, "never in flight");
                    thread::yield_now();
                }
                let finished = slot.block.outcome().status != NtStatus::PENDING;
                seen.store(if finished { OLD } else { generation }, Ordering::Relaxed);
                assert!(!finished, "the status of the operation before");
            }
        });
        for generation in first..first + ROUNDS {
            // SAFETY:
            // * the slot was taken here, and is idle.
            unsafe { slot.block.preset() };
            slot.state.publish(slot.state.load_uncancelled());
            let end = Instant::now() + LIMIT.unwrap();
            while seen.load(Ordering::Relaxed) != generation {
                assert_ne!(seen.load(Ordering::Relaxed), OLD, "seen with an old status");
                assert!(Instant::now() < end, "never seen");
                thread::yield_now();
            }
            // What the kernel leaves in it.
            let status = slot.block.overlapped().cast::<AtomicU32>();
            // SAFETY:
            // * the first half of the block's first field, which is only used as an atomic.
            unsafe { &*status }.store(0, Ordering::Relaxed);
            assert!(slot.state.take_back(generation));
        }
    });
    // SAFETY:
    // * the slot was taken here, is idle, and holds no buffer.
    unsafe { port.core.free(port.core.slot(index)) };
}

/// A slow waiter looks at a status block that is another operation's by then.
#[test]
fn a_block_may_be_looked_at_while_it_is_preset() {
    let _kernel = Kernel::new(Script::default());
    let port = port();
    let index = port.core.take(0).unwrap();
    let slot = port.core.slot(index);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                // Zero, as memory is committed, or preset: never anything else.
                let seen = slot.block.outcome();
                assert!(seen.status == NtStatus::PENDING || seen.count == 0);
            }
        });
        for _ in 0..ROUNDS {
            // SAFETY:
            // * the slot was taken here, and is idle.
            unsafe { slot.block.preset() };
        }
    });
    // SAFETY:
    // * the slot was taken here, is idle, and holds no buffer.
    unsafe { port.core.free(port.core.slot(index)) };
}

/// Three threads: one that completes the operation, one that takes its packet, and one that redeems
/// it, which meets the others nowhere but at the slot.
#[test]
fn who_redeems_a_ticket_sees_what_the_kernel_wrote_for_whoever_took_the_packet() {
    let kernel = Kernel::new(Script { plain_writes: true, ..Script::default() });
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let mut operation = port.operation(buffer(), 1).unwrap();
    for _ in 0..ROUNDS / 10 {
        operation.buffer_mut().clear();
        let ticket = recv(&socket, operation);
        operation = thread::scope(|scope| {
            scope.spawn(|| {
                let mut packets = Packets::with_capacity(1);
                assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
            });
            scope.spawn(|| assert!(peer.send(b"written by this thread")));
            let end = Instant::now() + LIMIT.unwrap();
            while !ticket.is_done() {
                assert!(Instant::now() < end, "never done");
                thread::yield_now();
            }
            let completed = finish(ticket);
            assert_eq!(completed.buffer(), b"written by this thread");
            completed.into_operation()
        });
    }
}
