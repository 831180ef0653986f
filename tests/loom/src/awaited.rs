//! A call that waits for one operation, against those who settle it, by loom: every interleaving of two
//! threads, and those of three with at most three preemptions.
//!
//! `posted` stands for the packet that wakes the call: sent by whoever settles an awaited operation, after
//! a second look at the word, as `core/awaited.rs` does it.

use std::sync::{atomic::Ordering, Arc as StdArc};

use loom::{
    cell::UnsafeCell,
    sync::{atomic::AtomicUsize, Arc},
    thread,
};

use crate::state::{CancelEntry, Phase, Settled, State};

struct Slot {
    state: State,
    /// Written by owners of the slot: counts them.
    owners: UnsafeCell<usize>,
    /// Packets in the port that wake the call.
    posted: AtomicUsize,
}

impl Slot {
    /// An operation in flight, of generation 0.
    fn in_flight() -> Arc<Self> {
        let (owners, posted) = (UnsafeCell::new(0), AtomicUsize::new(0));
        let slot = Self { state: State::default(), owners, posted };
        assert_eq!(slot.state.take(), 0);
        slot.state.publish(slot.state.load_uncancelled());
        Arc::new(slot)
    }

    /// Touches what only the owner may.
    fn own(&self) {
        // SAFETY:
        // * loom checks that nobody else touches the cell.
        self.owners.with_mut(|owners| unsafe { *owners += 1 });
    }

    fn owners(&self) -> usize {
        // SAFETY:
        // * loom checks that nobody writes the cell meanwhile.
        self.owners.with(|owners| unsafe { *owners })
    }

    /// As a waiter that has taken the packet: the fast path where that is taken, and the wake.
    fn settle(&self) -> Settled {
        let seen = self.state.load();
        if seen.is_in_flight_unawaited() && self.state.settle_plain(seen) {
            return Settled::Done { generation: seen.generation() };
        }
        if !seen.is_lent() {
            return Settled::Stale;
        }
        let settled = self.state.settle(seen);
        if settled == (Settled::Done { generation: 0 }) {
            self.pass_on();
        }
        settled
    }

    /// Posts the packet, if the call is to hear of it. Whether it is.
    fn pass_on(&self) -> bool {
        let waits = self.state.load().is_done_awaited(0);
        if waits {
            self.posted.fetch_add(1, Ordering::AcqRel);
        }
        waits
    }

    /// As any waiter: takes the packet, if there is one.
    fn take(&self) -> bool {
        self.posted
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| count.checked_sub(1))
            .is_ok()
    }

    fn redeem(&self) -> bool {
        let seen = self.state.load();
        seen.phase() == Phase::Done && self.state.redeem(0)
    }
}

fn explore(name: &str, bound: Option<usize>, model: impl Fn() + Sync + Send + 'static) {
    let count = StdArc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = StdArc::clone(&count);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = bound;
    builder.check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        model();
    });
    println!("loom: {name}: {} interleavings", count.load(Ordering::Relaxed));
}

#[test]
fn loom_a_call_hears_of_an_operation_that_another_waiter_settles() {
    explore("await, settle", None, || {
        let slot = Slot::in_flight();
        let waiter = thread::spawn({
            let slot = Arc::clone(&slot);
            move || assert_eq!(slot.settle(), Settled::Done { generation: 0 })
        });
        // It sleeps only if the flag was set in time: then the packet comes.
        if slot.state.set_awaited(0) {
            while !slot.take() {
                thread::yield_now();
            }
        }
        assert!(slot.state.clear_awaited(), "woken, and not done");
        assert!(slot.redeem());
        slot.own();
        waiter.join().unwrap();
        assert_eq!((slot.owners(), slot.state.load().phase()), (1, Phase::Idle));
    });
}

#[test]
fn loom_a_call_that_leaves_sees_the_end_or_leaves_no_flag() {
    explore("await and leave, settle", None, || {
        let slot = Slot::in_flight();
        let waiter = thread::spawn({
            let slot = Arc::clone(&slot);
            move || slot.settle()
        });
        let set = slot.state.set_awaited(0);
        let done = slot.state.clear_awaited();
        assert_eq!(slot.redeem(), done || slot.state.load().generation() == 1);
        assert_eq!(waiter.join().unwrap(), Settled::Done { generation: 0 });
        assert!(set || done);
        // What was posted is late, whoever takes it: nobody waits any more.
        assert!(!slot.pass_on());
        let seen = slot.state.load();
        assert!(!seen.is_awaited());
        assert!(seen.phase() == Phase::Idle || slot.redeem(), "lost");
    });
}

#[test]
fn loom_a_taker_that_passes_the_packet_on_and_gives_way_keeps_it_from_nobody() {
    explore("await, settle, take and pass on", Some(3), || {
        let slot = Slot::in_flight();
        let settler = thread::spawn({
            let slot = Arc::clone(&slot);
            move || slot.settle()
        });
        let taker = thread::spawn({
            let slot = Arc::clone(&slot);
            move || {
                if slot.take() && slot.pass_on() {
                    // Gives way: sleeps until the word has changed.
                    while slot.state.load().is_done_awaited(0) {
                        thread::yield_now();
                    }
                }
            }
        });
        if slot.state.set_awaited(0) {
            while !slot.take() {
                thread::yield_now();
            }
        }
        assert!(slot.state.clear_awaited());
        assert!(slot.redeem());
        slot.own();
        settler.join().unwrap();
        taker.join().unwrap();
        assert_eq!(slot.owners(), 1);
    });
}

#[test]
fn loom_a_drain_settles_what_a_call_that_unwinds_has_left() {
    explore("await and leave and drop the ticket, settle", None, || {
        let slot = Slot::in_flight();
        let drain = thread::spawn({
            let slot = Arc::clone(&slot);
            move || match slot.state.settle(slot.state.load()) {
                Settled::Orphan { generation } => {
                    assert_eq!(generation, 1);
                    slot.own();
                    slot.state.free();
                }
                Settled::Done { .. } => {}
                Settled::Stale => panic!("its packet is lost"),
            }
        });
        slot.state.set_awaited(0);
        // With the flag or without it: the ticket is dropped in either case.
        if !slot.state.orphan(0) {
            assert!(slot.redeem());
            slot.own();
            slot.state.free();
        }
        drain.join().unwrap();
        let seen = slot.state.load();
        assert_eq!((slot.owners(), seen.phase(), seen.is_awaited()), (1, Phase::Free, false));
    });
}

#[test]
fn loom_a_ports_drop_seizes_an_awaited_operation_and_leaves_no_flag() {
    explore("await and cancel, settle, seize", None, || {
        let slot = Slot::in_flight();
        let canceller = thread::spawn({
            let slot = Arc::clone(&slot);
            move || {
                if slot.state.enter_cancel(0) == CancelEntry::Entered && slot.state.leave_cancel() {
                    slot.own();
                    slot.state.free();
                }
            }
        });
        let set = slot.state.set_awaited(0);
        assert!(set, "nobody settles it yet");
        // The drop of a port takes the packet, then what nobody has redeemed.
        assert_eq!(slot.state.settle(slot.state.load()), Settled::Done { generation: 0 });
        assert!(slot.state.load().is_done_awaited(0));
        assert!(slot.state.seize(0));
        assert!(!slot.state.load().is_awaited());
        if !slot.state.leave_to_canceller() {
            slot.own();
            slot.state.free();
        }
        canceller.join().unwrap();
        let seen = slot.state.load();
        assert_eq!((slot.owners(), seen.phase()), (1, Phase::Free));
        assert!(!seen.is_cancelling());
    });
}
