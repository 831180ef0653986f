//! Waits: their time limits, wakes and procedure calls.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{is_quiet, port, LIMIT, NOW};
use crate::{
    core::keys::WAKE,
    sim::{Kernel, Script},
    CompletionPort, Error, Packet, Packets, UserPacket, Wait,
};

/// Behaviour 19: a capacity of 0 is 1.
#[test]
fn packets_of_no_capacity_get_one() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(0));
    assert_eq!(packets.capacity(), 1);
    for token in 0..2 {
        port.post(UserPacket { token, bytes: 0 }).unwrap();
    }
    for _ in 0..2 {
        assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
    }
    assert!(is_quiet(&port, &mut packets));
}

/// Behaviour 20: what a failed wait leaves behind is not read.
#[test]
fn a_wait_that_fails_shows_no_packets_of_the_one_before() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    port.post(UserPacket::default()).unwrap();
    assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
    assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::TimedOut);
    assert!(packets.is_empty());
}

/// Behaviour 27: with a kernel that itself returns early.
#[test]
fn a_wait_never_returns_early() {
    for early_timeouts in [0, 100] {
        let _kernel = Kernel::new(Script { early_timeouts, ..Script::default() });
        let (port, mut packets) = (port(), Packets::with_capacity(1));
        for micros in [0, 1, 500, 20_000] {
            let limit = Duration::from_micros(micros);
            let start = Instant::now();
            assert_eq!(port.wait(&mut packets, Some(limit)).unwrap(), Wait::TimedOut);
            assert!(start.elapsed() >= limit, "{limit:?}");
        }
    }
}

/// Behaviour 27: the longest limit is a wait for ever, not an overflow.
#[test]
fn a_wait_of_the_longest_duration_is_ended_by_a_packet() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(1));
    port.post(UserPacket { token: 1, bytes: 2 }).unwrap();
    assert_eq!(port.wait(&mut packets, Some(Duration::MAX)).unwrap(), Wait::Packets(1));
}

#[test]
fn wakes_before_the_wait_are_one_and_end_one_wait() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let waker = port.waker();
    for _ in 0..3 {
        waker.wake().unwrap();
    }
    assert_eq!(kernel.counts().posts, 1);
    assert_eq!(port.wait(&mut packets, None).unwrap(), Wait::Woken);
    assert!(is_quiet(&port, &mut packets));
    waker.clone().wake().unwrap();
    assert_eq!(port.wait(&mut packets, None).unwrap(), Wait::Woken);
}

#[test]
fn a_wake_from_another_thread_ends_a_wait_for_ever() {
    let _kernel = Kernel::new(Script::default());
    let port = port();
    let waker = port.waker();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| port.wait(&mut Packets::with_capacity(1), None));
        waker.wake().unwrap();
        assert_eq!(waiter.join().unwrap().unwrap(), Wait::Woken);
    });
}

#[test]
fn a_wake_that_cannot_be_posted_says_so_and_the_next_one_works() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let waker = port.waker();
    kernel.fail_posts(1, Some(WAKE));
    assert!(matches!(waker.wake(), Err(Error::Os { .. })));
    waker.wake().unwrap();
    assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Woken);
}

#[test]
fn a_wake_beside_packets_is_told_with_them() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    port.waker().wake().unwrap();
    port.post(UserPacket::default()).unwrap();
    assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
    assert!(packets.was_woken());
}

/// Behaviour 44: an alertable wait with a procedure call.
#[test]
fn an_alertable_wait_is_ended_by_a_procedure_call_and_a_plain_one_is_not() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    kernel.queue_apc();
    assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::TimedOut);
    assert_eq!(port.wait_alertable(&mut packets, LIMIT).unwrap(), Wait::Apc);
    assert_eq!(port.wait_alertable(&mut packets, NOW).unwrap(), Wait::TimedOut);
}

/// Behaviour 44: a procedure call beside a packet.
#[test]
fn a_thread_new_to_a_port_hears_of_a_procedure_call_before_its_packets_and_loses_neither() {
    let kernel = Kernel::new(Script::default());
    let (port, other) = (port(), super::port());
    let mut packets = Packets::with_capacity(4);
    let post = || port.post(UserPacket::default()).unwrap();
    // Packets of another port do not count.
    other.post(UserPacket::default()).unwrap();
    assert_eq!(other.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
    post();
    for _ in 0..2 {
        kernel.queue_apc();
        assert_eq!(port.wait_alertable(&mut packets, LIMIT).unwrap(), Wait::Apc);
        assert_eq!(packets.len(), 0);
    }
    assert_eq!(port.wait_alertable(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
    // From then on packets come first.
    kernel.queue_apc();
    post();
    assert_eq!(port.wait_alertable(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
    assert_eq!(port.wait_alertable(&mut packets, LIMIT).unwrap(), Wait::Apc);
}

// Behaviour 20.
#[test]
fn a_count_of_packets_beyond_the_array_is_not_believed() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(2));
    for by in [1, 100, usize::MAX] {
        kernel.exaggerate_waits(by);
        for token in [4, 5] {
            port.post(UserPacket { token, bytes: 0 }).unwrap();
        }
        assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(2));
        let tokens = packets.iter().map(|packet| match packet {
            Packet::User(user) => user.token,
            other => panic!("{other:?}"),
        });
        assert_eq!(tokens.collect::<Vec<_>>(), [4, 5]);
    }
}

/// A call that succeeds brings a packet, says the system; a wait does not rely on it.
#[test]
fn a_wait_that_succeeds_without_an_entry_goes_on() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(2));
    for _ in 0..3 {
        kernel.bring_nothing_once();
        port.post(UserPacket { token: 4, bytes: 0 }).unwrap();
        assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
        kernel.bring_nothing_once();
        assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::TimedOut);
    }
}

/// Posts what is a stale packet of an idle slot.
fn post_stale(port: &CompletionPort, count: usize) {
    let index = port.core.take(0).unwrap();
    let address = port.core.slot(index).block.overlapped() as usize;
    for _ in 0..count {
        port.core.port.post(0, 15, address).unwrap();
    }
    // SAFETY:
    // * the slot was taken here, is idle, and holds no buffer.
    unsafe { port.core.free(port.core.slot(index)) };
}

#[test]
fn a_flood_of_packets_that_come_to_nothing_holds_no_waiter_beyond_its_limit() {
    let _kernel = Kernel::new(Script::default());
    for closed in [false, true] {
        let (port, mut packets) = (port(), Packets::with_capacity(1));
        post_stale(&port, 300);
        if closed {
            port.close().unwrap();
        }
        let waited = port.wait(&mut packets, NOW);
        if closed {
            assert!(matches!(waited, Err(Error::Closed)));
        } else {
            assert_eq!(waited.unwrap(), Wait::TimedOut);
        }
        let stale = port.stats().stale_packets;
        assert!((32..200).contains(&stale), "some were tried, not all: {stale}");
        // A wait that has time goes on to what is behind them.
        if !closed {
            port.post(UserPacket { token: 1, bytes: 0 }).unwrap();
            assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
            assert_eq!(port.stats().stale_packets, 300);
        }
    }
}

#[test]
fn only_a_close_packet_of_a_closed_port_is_passed_on_and_once_by_each_taker() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    port.core.port.post_close();
    assert_eq!(kernel.counts().posts, 1, "as anybody may post it");
    assert!(is_quiet(&port, &mut packets));
    assert_eq!(kernel.counts().posts, 1, "not passed on");
    port.post(UserPacket { token: 1, bytes: 0 }).unwrap();
    port.close().unwrap();
    assert_eq!(kernel.counts().posts, 3);
    let mut one = Packets::with_capacity(1);
    assert_eq!(port.wait(&mut one, NOW).unwrap(), Wait::Packets(1));
    assert_eq!(kernel.counts().posts, 3, "it did not take the close packet");
    for posts in 4..7 {
        assert!(matches!(port.wait(&mut packets, NOW), Err(Error::Closed)));
        assert_eq!(kernel.counts().posts, posts, "who takes it passes it on");
    }
}

#[test]
fn a_waker_of_a_task_wakes_a_waiter_of_the_port() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let task = std::task::Waker::from(port.waker());
    task.wake_by_ref();
    assert_eq!(port.wait(&mut packets, super::LIMIT).unwrap(), Wait::Woken);
    let other = task.clone();
    other.wake_by_ref();
    assert_eq!(port.wait(&mut packets, super::LIMIT).unwrap(), Wait::Woken);
    // It does not keep the port open; then nobody is woken, and nothing is wrong.
    drop(port);
    task.wake();
    assert_eq!(kernel.counts().posts, 2);
}
