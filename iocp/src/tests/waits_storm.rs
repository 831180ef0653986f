//! Hostile storms over waits and jobs: signals, starts, cancels, drops and forged packets in any order.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::{port, NOW};
use crate::{
    core::keys::slotless,
    sim::{Kernel, Script, Signals},
    Error, Packet, Packets, Wait, WaitEnd,
};

fn count() -> u64 {
    std::env::var("IOCP_STORM_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(24)
}

/// SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut x = *state;
    x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ x >> 31
}

/// Of a semaphore, each release is taken by one wait, or is there in the end: none is lost or reported twice,
/// whatever starts, cancels and drops do.
#[test]
fn a_storm_of_waits_loses_no_signal_and_reports_none_twice() {
    for seed in 0..count() {
        for wait_packets in [true, false] {
            let script = Script { wait_packets, ..Script::any(seed) };
            let kernel = Kernel::new(script);
            let (port, object) = (port(), kernel.waitable(Signals::Counted));
            let (released, taken, over) =
                (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
            thread::scope(|scope| {
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
                let workers: Vec<_> = (0..2_u64)
                    .map(|worker| {
                        let (kernel, port, object, released) = (&kernel, &port, &object, &released);
                        scope.spawn(move || {
                            let _entered = kernel.enter();
                            let mut dice = seed << 8 | worker;
                            let wait = port.handle_wait(object, 1).unwrap();
                            for _ in 0..60 {
                                match next(&mut dice) % 4 {
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
    for seed in 0..count() {
        for wait_packets in [true, false] {
            let kernel = Kernel::new(Script { wait_packets, ..Script::hostile(seed) });
            let (port, object) = (port(), kernel.waitable(Signals::One));
            let over = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| {
                    let _entered = kernel.enter();
                    let mut dice = seed;
                    while !over.load(Ordering::SeqCst) {
                        let index = u32::try_from(next(&mut dice) % 4).unwrap();
                        let generation = usize::try_from(next(&mut dice) % 6).unwrap();
                        let value = usize::try_from(next(&mut dice) >> 40).unwrap();
                        let _ = port.core.port.post(7, slotless(index, generation).0, value);
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
                let mut dice = !seed;
                let mut waits: [_; 3] =
                    std::array::from_fn(|token| port.handle_wait(&object, token).unwrap());
                for _ in 0..60 {
                    let at = usize::try_from(next(&mut dice) % 3).unwrap();
                    match next(&mut dice) % 5 {
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
        }
    }
}
