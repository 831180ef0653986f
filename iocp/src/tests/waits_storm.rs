//! Hostile storms over waits: signals, starts, cancels, drops, forged and stolen packets in any order.
//!
//! `IOCP_STORM_SEED` and `IOCP_STORM_COUNT` choose the first seed and how many.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::{
    port,
    stealing::Thief,
    storm::{seeds, Dice, StopOnDrop},
    NOW,
};
use crate::{
    core::keys::slotless,
    sim::{Kernel, Script, Signals},
    Error, Packet, Packets, Wait, WaitEnd,
};

/// Of a semaphore, each release is taken by one wait, or is there in the end: none is lost or reported twice,
/// whatever starts, cancels and drops do, and where other code takes the packets and gives them back late.
#[test]
fn a_storm_of_waits_loses_no_signal_and_reports_none_twice() {
    for seed in seeds(24) {
        for wait_packets in [true, false] {
            let script = Script { wait_packets, ..Script::any(seed) };
            let kernel = Kernel::new(script);
            let (port, object) = (port(), kernel.waitable(Signals::Counted));
            let (released, taken, over) =
                (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
            thread::scope(|scope| {
                // Also where a worker fails: the scope waits for the others.
                let _over = StopOnDrop(&over);
                for _ in 0..2 {
                    scope.spawn(|| {
                        let _entered = kernel.enter();
                        let mut packets = Packets::with_capacity(3);
                        while !over.load(Ordering::SeqCst) {
                            if let Ok(Wait::Packets(count)) = port.wait(&mut packets, NOW) {
                                taken.fetch_add(count, Ordering::SeqCst);
                            }
                            thread::yield_now();
                        }
                    });
                }
                let thief = scope.spawn(|| {
                    let _entered = kernel.enter();
                    let (mut dice, mut thief) = (Dice(seed << 1 | 1), Thief::default());
                    while !over.load(Ordering::SeqCst) {
                        match dice.roll(3) {
                            0 => thief.steal(&port),
                            _ => {
                                thief.give_back(&port, &mut dice, 1);
                            }
                        }
                        thread::yield_now();
                    }
                    while thief.give_back(&port, &mut dice, 1) {}
                });
                let workers: Vec<_> = (0..2_u64)
                    .map(|worker| {
                        let (kernel, port, object, released) = (&kernel, &port, &object, &released);
                        scope.spawn(move || {
                            let _entered = kernel.enter();
                            let mut dice = Dice(seed << 8 | worker << 1 | 1);
                            let wait = port.handle_wait(object, 1).unwrap();
                            for _ in 0..60 {
                                match dice.roll(4) {
                                    0 => {
                                        released.fetch_add(1, Ordering::SeqCst);
                                        object.signal();
                                    }
                                    1 | 2 => match wait.start() {
                                        Ok(()) | Err(Error::Busy) => {}
                                        Err(other) => panic!("{other}"),
                                    },
                                    _ => drop(wait.cancel().unwrap()),
                                }
                            }
                            // A drop alone would take a signal along: it says so nowhere.
                            while wait.cancel().unwrap() == WaitEnd::Signalled && wait.is_started()
                            {
                                thread::yield_now();
                            }
                        })
                    })
                    .collect();
                for worker in workers {
                    worker.join().unwrap();
                }
                over.store(true, Ordering::SeqCst);
                thief.join().unwrap();
            });
            let mut packets = Packets::with_capacity(8);
            while let Ok(Wait::Packets(count)) = port.wait(&mut packets, NOW) {
                taken.fetch_add(count, Ordering::SeqCst);
            }
            let mut left = 0;
            while object.try_wait() {
                left += 1;
            }
            let (released, taken) = (released.into_inner(), taken.into_inner());
            assert_eq!(released, taken + left, "seed {seed}, packets {wait_packets}");
            assert_eq!(port.stats().stale_packets, 0, "seed {seed}");
        }
    }
}

/// Whatever is forged with live and dead keys, nothing is freed early and nothing leaks: the tests run under
/// Miri and the sanitizers too.
#[test]
fn a_storm_of_forged_packets_frees_nothing_of_waits() {
    for seed in seeds(24) {
        for wait_packets in [true, false] {
            let kernel = Kernel::new(Script { wait_packets, ..Script::hostile(seed) });
            let (port, object) = (port(), kernel.waitable(Signals::One));
            let over = AtomicBool::new(false);
            thread::scope(|scope| {
                // Also where a worker fails: the scope waits for the others.
                let _over = StopOnDrop(&over);
                scope.spawn(|| {
                    let _entered = kernel.enter();
                    let (mut dice, mut thief) = (Dice(seed << 1 | 1), Thief::default());
                    while !over.load(Ordering::SeqCst) {
                        match dice.roll(4) {
                            0 => thief.steal(&port),
                            1 => thief.throw_away(&mut dice),
                            times => {
                                thief.give_back(&port, &mut dice, times as usize - 1);
                            }
                        }
                        let key = slotless(dice.roll(4) as u32, dice.roll(6) as usize).0;
                        let _ = port.core.port.post(7, key, dice.roll(1 << 20) as usize);
                        thread::yield_now();
                    }
                });
                let taker = scope.spawn(|| {
                    let _entered = kernel.enter();
                    let mut packets = Packets::with_capacity(5);
                    while !over.load(Ordering::SeqCst) {
                        if let Ok(Wait::Packets(_)) = port.wait(&mut packets, NOW) {
                            for packet in &packets {
                                assert!(
                                    matches!(packet, Packet::Signalled { token: 0..=2 }),
                                    "{packet:?}"
                                );
                            }
                        }
                        thread::yield_now();
                    }
                });
                let mut dice = Dice(!seed | 1);
                let mut waits: [_; 3] =
                    std::array::from_fn(|token| port.handle_wait(&object, token).unwrap());
                for _ in 0..60 {
                    let at = dice.roll(3) as usize;
                    match dice.roll(5) {
                        0 => object.signal(),
                        1 | 2 => match waits[at].start() {
                            Ok(()) | Err(Error::Busy) => {}
                            Err(other) => panic!("{other}, seed {seed}"),
                        },
                        3 => drop(waits[at].cancel().unwrap()),
                        _ => waits[at] = port.handle_wait(&object, at).unwrap(),
                    }
                }
                over.store(true, Ordering::SeqCst);
                taker.join().unwrap();
            });
            drop((port, object));
            let counts = kernel.counts();
            assert_eq!((counts.handles, counts.reserved), (0, 0), "leaked, seed {seed}");
        }
    }
}
