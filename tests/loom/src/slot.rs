//! The races of one slot.
//!
//! The cells stand for what a slot's owner may touch: loom refuses two who do it at once, or one
//! who does it without being ordered after the other.

use std::sync::atomic::Ordering;

use loom::{cell::UnsafeCell, sync::Arc, thread};

use crate::{
    explore,
    state::{CancelEntry, Phase, Settled, Snapshot, State},
};

struct Slot {
    state: State,
    /// The word with which generation 0 was lent.
    lent: Snapshot,
    /// Written by owners of the slot: counts them.
    owners: UnsafeCell<usize>,
    /// Also read by the canceller inside.
    gate: UnsafeCell<u64>,
}

impl Slot {
    /// An operation in flight, of generation 0, with the gate 0.
    fn in_flight(parked: bool) -> Arc<Self> {
        let (owners, gate) = (UnsafeCell::new(0), UnsafeCell::new(0));
        let state = State::default();
        assert_eq!(state.take(), 0);
        let lent = state.publish(state.load_uncancelled());
        assert!(!parked || state.park(0));
        Arc::new(Self { state, lent, owners, gate })
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

    fn set_gate(&self, gate: u64) {
        // SAFETY:
        // * loom checks that nobody reads or writes the cell meanwhile.
        self.gate.with_mut(|place| unsafe { *place = gate });
    }

    fn settle(&self) -> Settled {
        let seen = self.state.load();
        match seen.phase() {
            Phase::InFlight if self.state.settle_plain(seen) => {
                Settled::Done { generation: seen.generation() }
            }
            Phase::InFlight | Phase::Orphan => self.state.settle(seen),
            _ => Settled::Stale,
        }
    }

    /// As the holder of the ticket of generation 0.
    fn redeem(&self) -> bool {
        self.state.redeem_plain(self.lent) || self.state.redeem(0)
    }

    fn take_back(&self) -> bool {
        self.state.take_back_plain(self.lent) || self.state.take_back(0)
    }

    /// Cancels generation 0, freeing the slot if it was left to the canceller.
    fn cancel(&self) {
        if self.state.enter_cancel(0) != CancelEntry::Entered {
            return;
        }
        // SAFETY:
        // * loom checks that nobody writes the gate meanwhile.
        let gate = self.gate.with(|gate| unsafe { *gate });
        assert_eq!(gate, 0, "the gate of another operation");
        if self.state.leave_cancel() {
            self.recycle();
        }
    }

    /// The owner frees the slot, or leaves that to the canceller inside.
    fn free(&self) {
        self.own();
        if !self.state.leave_to_canceller() {
            self.recycle();
        }
    }

    fn recycle(&self) {
        self.own();
        self.set_gate(u64::MAX);
        self.state.free();
    }
}

#[test]
fn settling_and_orphaning_give_one_owner() {
    explore("settle, orphan", || {
        let slot = Slot::in_flight(false);
        let waiter = thread::spawn({
            let slot = Arc::clone(&slot);
            move || match slot.settle() {
                Settled::Orphan { generation } => {
                    assert_eq!(generation, 1);
                    slot.free();
                }
                Settled::Done { generation } => assert_eq!(generation, 0),
                Settled::Stale => panic!("its packet is lost"),
            }
        });
        if !slot.state.orphan(0) {
            assert!(slot.redeem(), "neither in flight nor done");
            slot.free();
        }
        waiter.join().unwrap();
        assert_eq!((slot.owners(), slot.state.load().phase()), (2, Phase::Free));
    });
}

#[test]
fn settling_and_taking_back_give_one_owner() {
    explore("settle, take back", || {
        let slot = Slot::in_flight(false);
        let waiter = thread::spawn({
            let slot = Arc::clone(&slot);
            move || matches!(slot.settle(), Settled::Done { generation: 0 })
        });
        let taken = slot.take_back();
        if taken {
            slot.own();
        }
        let settled = waiter.join().unwrap();
        assert_ne!(taken, settled);
        if settled {
            assert!(slot.redeem());
            slot.own();
        }
        assert_eq!(slot.owners(), 1);
    });
}

#[test]
fn a_canceller_never_meets_the_next_operation() {
    explore("cancel, settle and redeem and publish again", || {
        let slot = Slot::in_flight(false);
        let canceller = thread::spawn({
            let slot = Arc::clone(&slot);
            move || slot.cancel()
        });
        assert!(matches!(slot.settle(), Settled::Done { generation: 0 }));
        assert!(slot.redeem());
        slot.own();
        let idle = slot.state.load_uncancelled();
        slot.set_gate(1);
        slot.state.publish(idle);
        canceller.join().unwrap();
        let seen = slot.state.load();
        assert_eq!((seen.phase(), seen.generation()), (Phase::InFlight, 1));
        assert!(!seen.was_cancelled() && !seen.is_cancelling());
    });
}

#[test]
fn a_slot_is_freed_once_by_its_owner_or_by_the_canceller_inside() {
    explore("cancel, settle and redeem and free", || {
        let slot = Slot::in_flight(false);
        let canceller = thread::spawn({
            let slot = Arc::clone(&slot);
            move || slot.cancel()
        });
        assert!(matches!(slot.settle(), Settled::Done { generation: 0 }));
        assert!(slot.redeem());
        slot.free();
        canceller.join().unwrap();
        let seen = slot.state.load();
        assert_eq!((seen.phase(), slot.owners()), (Phase::Free, 2));
        assert!(!seen.is_cancelling());
    });
}

#[test]
fn two_cancellers_and_a_free_leave_nobody_inside() {
    explore("cancel, cancel, settle and redeem and free", || {
        let slot = Slot::in_flight(false);
        let cancellers = [(); 2].map(|()| {
            let slot = Arc::clone(&slot);
            thread::spawn(move || slot.cancel())
        });
        assert!(matches!(slot.settle(), Settled::Done { generation: 0 }));
        assert!(slot.redeem());
        slot.free();
        for canceller in cancellers {
            canceller.join().unwrap();
        }
        assert_eq!((slot.state.load().phase(), slot.owners()), (Phase::Free, 2));
    });
}

#[test]
fn a_dropped_ticket_a_canceller_and_a_waiter_free_the_slot_once() {
    explore("orphan, cancel, settle", || {
        let slot = Slot::in_flight(false);
        let waiter = thread::spawn({
            let slot = Arc::clone(&slot);
            move || {
                if let Settled::Orphan { .. } = slot.settle() {
                    slot.free();
                }
            }
        });
        let canceller = thread::spawn({
            let slot = Arc::clone(&slot);
            move || slot.cancel()
        });
        if !slot.state.orphan(0) {
            assert!(slot.redeem());
            slot.free();
        }
        waiter.join().unwrap();
        canceller.join().unwrap();
        assert_eq!((slot.state.load().phase(), slot.owners()), (Phase::Free, 2));
    });
}

#[test]
fn of_two_who_redeem_one_id_one_gets_it() {
    explore("redeem parked, redeem parked", || {
        let slot = Slot::in_flight(true);
        assert!(matches!(slot.settle(), Settled::Done { .. }));
        let other = thread::spawn({
            let slot = Arc::clone(&slot);
            move || {
                let won = slot.state.redeem_parked(0);
                if won {
                    slot.own();
                }
                won
            }
        });
        let won = slot.state.redeem_parked(0);
        if won {
            slot.own();
        }
        assert_ne!(won, other.join().unwrap());
        assert_eq!(slot.owners(), 1);
    });
}

#[test]
fn a_type_read_before_the_slot_is_won_is_the_type_that_was_won() {
    explore("read the type and redeem; redeem, free, take, retype", || {
        let slot = Slot::in_flight(true);
        let kind = Arc::new(loom::sync::atomic::AtomicUsize::new(0));
        assert!(matches!(slot.settle(), Settled::Done { .. }));
        let other = thread::spawn({
            let (slot, kind) = (Arc::clone(&slot), Arc::clone(&kind));
            move || {
                let won = slot.state.redeem_parked(0);
                if won {
                    slot.free();
                    slot.state.take();
                    kind.store(1, Ordering::Relaxed);
                }
                won
            }
        });
        let seen = slot.state.load();
        let read = kind.load(Ordering::Relaxed);
        let won = seen.phase() == Phase::Done && slot.state.redeem_parked(0);
        if won {
            assert_eq!(read, 0, "the type of a later use");
            slot.own();
        }
        assert_ne!(won, other.join().unwrap());
    });
}

#[test]
fn parking_while_the_packet_is_settled_loses_nothing() {
    explore("park, settle and redeem", || {
        let slot = Slot::in_flight(false);
        let waiter = thread::spawn({
            let slot = Arc::clone(&slot);
            move || {
                assert!(matches!(slot.settle(), Settled::Done { generation: 0 }));
                let won = slot.state.redeem_parked(0);
                if won {
                    slot.own();
                }
                won
            }
        });
        let parked = slot.state.park(0);
        assert!(parked, "only this ticket could have left it");
        if !waiter.join().unwrap() {
            assert!(slot.state.redeem_parked(0), "it is lost");
            slot.own();
        }
        assert_eq!(slot.owners(), 1);
    });
}
