//! What is given back, and when: the port's handle, its memory, its slots.

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};

use super::{buffer, config, finish, io, port, post_raw, recv, OnDrop, NOW};
use crate::{
    core::state::{Snapshot, LAST_GENERATION},
    os::Code,
    sim::{Kernel, Script},
    CompletionPort, Config, Packets, Wait,
};

#[test]
fn the_systems_port_is_closed_with_its_last_user_and_its_memory_with_the_last_operation() {
    let kernel = Kernel::new(Script::default());
    kernel.allow_stale_handles();
    let port = port();
    let (waker, handle) = (port.waker(), port.core.handle().value());
    assert_eq!(kernel.counts().reserved, 1);
    drop(port);
    assert_eq!(kernel.counts().reserved, 0, "no operation is left");
    assert_eq!(post_raw(handle), Ok(()), "the waker has it");
    drop(waker);
    assert_eq!(post_raw(handle), Err(Code::INVALID_HANDLE));
}

const SLOW: Duration = Duration::from_millis(3);
const MANY: usize = 128;

// Behaviour 7.
#[test]
fn a_port_that_ends_takes_no_longer_than_allowed_also_where_much_is_queued() {
    let kernel = Kernel::new(Script::default());
    for drain_limit in [Duration::ZERO, Duration::from_secs(20)] {
        let config = Config { max_operations: MANY as u32, drain_limit, ..config() };
        let port = CompletionPort::with_config(&config).unwrap();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let drops = Arc::new(AtomicUsize::new(0));
        for _ in 0..MANY {
            let drops = Arc::clone(&drops);
            let slow = OnDrop::new(move || {
                std::thread::sleep(SLOW);
                drops.fetch_add(1, Ordering::SeqCst);
            });
            recv(&socket, port.operation(slow, 1).unwrap()).detach();
        }
        peer.shut_down();
        // The socket first: its operations are done, and it keeps the port open.
        drop(socket);
        drop(port);
        let dropped = drops.load(Ordering::SeqCst);
        if drain_limit.is_zero() {
            // One batch took the time that is left, and more.
            assert_eq!(dropped, MANY / 2, "the rest is leaked");
            super::forget(drops);
        } else {
            assert_eq!(dropped, MANY, "there was time for all");
        }
    }
}

#[test]
fn a_port_commits_its_slots_in_steps_as_they_are_needed() {
    let kernel = Kernel::new(Script::default());
    let config = Config { max_operations: 1_100, ..config() };
    let port = CompletionPort::with_config(&config).unwrap();
    let mut packets = Packets::with_capacity(1);
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let operations: Vec<_> = (0..1_100).map(|at| port.operation(Vec::new(), at).unwrap()).collect();
    let mut seen: Vec<_> = operations.iter().map(|operation| operation.held().index()).collect();
    seen.sort_unstable();
    // The first place of each step is none of them.
    let slots = (0..1_103_u32).filter(|index| index % 512 != 0);
    assert!(seen.iter().copied().eq(slots), "each slot once");
    assert!(operations.iter().enumerate().all(|(at, operation)| operation.token() == at));
    assert!(port.operation(Vec::new(), 0).is_err());
    let mut last = operations.into_iter().max_by_key(|operation| operation.held().index()).unwrap();
    assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::Packets(1), "room again");
    *last.buffer_mut() = buffer();
    let ticket = recv(&socket, last);
    assert!(peer.send(b"last"));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).buffer(), b"last");
}

#[test]
fn a_slot_at_its_last_generation_is_never_used_again() {
    let _kernel = Kernel::new(Script::default());
    let port = port();
    for (left, used_again) in [(5, true), (4, false)] {
        let index = port.core.take(0).unwrap();
        // As if it had been used so often.
        let state = &port.core.slot(index).state;
        state.publish(Snapshot::idle(LAST_GENERATION - left));
        assert!(state.take_back(LAST_GENERATION - left));
        // SAFETY:
        // * the slot was taken here, is idle, and holds no buffer.
        unsafe { port.core.free(port.core.slot(index)) };
        let operation = port.operation(Vec::new(), 0).unwrap();
        assert_eq!(operation.held().index() == index, used_again, "{left} generations left");
    }
    assert_eq!(port.stats().operations, 0);
}
