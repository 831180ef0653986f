//! The state word of a slot: which generation of operation it holds, and how far that has come.
//!
//! One 64-bit atomic: 56 bits of generation, two flags and a phase. Every use of a slot has its own
//! generation, so a late packet, ticket or canceller compares unequal instead of reaching somebody
//! else's operation.
//!
//! | from | event | to |
//! | --- | --- | --- |
//! | `Free` | taken from the slab | `Idle(g)` |
//! | `Idle(g)` | submitted | `InFlight(g)` |
//! | `InFlight(g)` | its packet is accepted | `Done(g)` |
//! | `InFlight(g)` | the ticket is dropped | `Orphan(g)` |
//! | `InFlight(g)` | the call failed, or finished inline | `Idle(g + 1)` |
//! | `Orphan(g)` | its packet is accepted | `Idle(g + 1)`, owned by the waiter, who frees it |
//! | `Done(g)` | redeemed or discarded | `Idle(g + 1)` |
//! | `Idle(g)` | freed | `Free(g + 1)`, or `FreeMe(g + 1)` while a canceller is inside |
//! | `FreeMe(g)` | the canceller leaves | `Free(g + 1)` |
//!
//! `CANCELLING` is set only on `InFlight` and `Orphan`, kept by every transition, and cleared only
//! by the canceller that set it. It never delays a completion; it delays reuse of the slot.

mod snapshot;

pub(crate) use self::snapshot::{Phase, Snapshot, LAST_GENERATION};

use self::snapshot::{CANCELLED, CANCELLING, PARKED};
use crate::sync::{yield_now, AtomicU64, Ordering};

/// What a waiter learns when it accepts a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The operation is `Done`: report it.
    Done { generation: u64 },
    /// Nobody waits for it: the waiter owns the slot now (`Idle` of this generation) and frees it.
    Orphan { generation: u64 },
    /// Not in flight, or no longer: the packet is stale.
    Stale,
}

/// What a canceller found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CancelEntry {
    /// The bit is ours: cancel, then [`State::leave_cancel`].
    Entered,
    /// Another canceller is inside; it does the work.
    Busy,
    /// That generation is not in flight.
    NotInFlight,
}

/// The atomic state word.
#[derive(Debug)]
pub(crate) struct State(AtomicU64);

impl State {
    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    #[inline(always)]
    pub(crate) fn load(&self) -> Snapshot {
        Snapshot(self.0.load(Ordering::Acquire))
    }

    /// `Free` → `Idle`, by the holder of the free list. Returns the generation.
    pub(crate) fn take(&self) -> u64 {
        let generation = self.load().generation();
        self.0.store(Snapshot::new(generation, Phase::Idle, 0).0, Ordering::Release);
        generation
    }

    /// The word of an idle slot, by its owner, once no canceller is inside: before the owner changes
    /// what one may read.
    #[inline(always)]
    pub(crate) fn load_uncancelled(&self) -> Snapshot {
        let mut current = self.load();
        while current.is_cancelling() {
            yield_now();
            current = self.load();
        }
        current
    }

    /// The next use is redeemed by id, or not; by the owner of the idle slot.
    pub(crate) fn set_parked(&self, parked: bool) {
        let current = self.load_uncancelled();
        self.0.store(current.parked(parked).0, Ordering::Release);
    }

    /// `Idle` → `InFlight`, by the owner, who has it from
    /// [`load_uncancelled`](Self::load_uncancelled).
    ///
    /// A plain store: nobody else writes the word of an idle slot without a canceller.
    #[inline(always)]
    pub(crate) fn publish(&self, idle: Snapshot) {
        let next = idle.to(idle.generation(), Phase::InFlight, PARKED);
        self.0.store(next.0, Ordering::Release);
    }

    /// A waiter accepts the packet of the operation seen in `seen`: the one locked instruction of
    /// the steady path.
    #[inline(always)]
    pub(crate) fn settle(&self, seen: Snapshot) -> Settled {
        let generation = seen.generation();
        let mut current = seen;
        loop {
            if current.generation() != generation {
                return Settled::Stale;
            }
            let (next, settled) = match current.phase() {
                Phase::InFlight => (
                    current.to(generation, Phase::Done, CANCELLING | PARKED | CANCELLED),
                    Settled::Done { generation },
                ),
                Phase::Orphan => (
                    current.to(generation + 1, Phase::Idle, CANCELLING),
                    Settled::Orphan { generation: generation + 1 },
                ),
                _ => return Settled::Stale,
            };
            match self.replace(current, next) {
                Ok(()) => return settled,
                Err(other) => current = other,
            }
        }
    }

    /// `InFlight(g)` → `Idle(g + 1)`, by the submitter whose call failed or finished inline.
    /// False if a waiter was quicker.
    #[inline(always)]
    pub(crate) fn take_back(&self, generation: u64) -> bool {
        self.step(generation, Phase::InFlight, generation + 1, Phase::Idle, CANCELLING)
    }

    /// `InFlight(g)` → `Orphan(g)`. False if the operation is done.
    pub(crate) fn orphan(&self, generation: u64) -> bool {
        self.step(generation, Phase::InFlight, generation, Phase::Orphan, CANCELLING)
    }

    /// Marks `InFlight(g)` or `Done(g)` as redeemed by id from now on. False in any other state.
    pub(crate) fn park(&self, generation: u64) -> bool {
        let mut current = self.load();
        loop {
            if !current.is(generation, Phase::InFlight) && !current.is(generation, Phase::Done) {
                return false;
            }
            match self.replace(current, Snapshot(current.0 | PARKED)) {
                Ok(()) => return true,
                Err(other) => current = other,
            }
        }
    }

    /// `Done(g)` → `Idle(g + 1)`, by the holder of the only ticket.
    ///
    /// No locked instruction unless it is parked, or a canceller is inside: nobody else may leave
    /// `Done` of an operation that is not parked, and `CANCELLING` is never set on `Done`.
    /// Returns what the word was before.
    #[inline(always)]
    pub(crate) fn redeem(&self, generation: u64) -> Option<Snapshot> {
        let current = self.load();
        if !current.is(generation, Phase::Done) {
            return None;
        }
        if current.is_parked() || current.is_cancelling() {
            return self.redeem_shared(generation);
        }
        self.0.store(Snapshot::new(generation + 1, Phase::Idle, 0).0, Ordering::Release);
        Some(current)
    }

    /// `Done(g)` → `Idle(g + 1)`, parked or not, when nobody else can redeem it any more.
    pub(crate) fn seize(&self, generation: u64) -> bool {
        self.step(generation, Phase::Done, generation + 1, Phase::Idle, CANCELLING)
    }

    /// `Done(g)` and parked → `Idle(g + 1)`, by whoever asks first. Returns what it was before.
    pub(crate) fn redeem_parked(&self, generation: u64) -> Option<Snapshot> {
        if self.load().is_parked() {
            self.redeem_shared(generation)
        } else {
            None
        }
    }

    /// `Done(g)` → `Idle(g + 1)` where others may write the word too.
    fn redeem_shared(&self, generation: u64) -> Option<Snapshot> {
        let mut current = self.load();
        loop {
            if !current.is(generation, Phase::Done) {
                return None;
            }
            match self.replace(current, current.to(generation + 1, Phase::Idle, CANCELLING)) {
                Ok(()) => return Some(current),
                Err(other) => current = other,
            }
        }
    }

    /// Asks to cancel `InFlight(g)` or `Orphan(g)`: sets `CANCELLING`.
    pub(crate) fn enter_cancel(&self, generation: u64) -> CancelEntry {
        let mut current = self.load();
        loop {
            if !current.is(generation, Phase::InFlight) && !current.is(generation, Phase::Orphan) {
                return CancelEntry::NotInFlight;
            }
            if current.is_cancelling() {
                return CancelEntry::Busy;
            }
            match self.replace(current, Snapshot(current.0 | CANCELLING | CANCELLED)) {
                Ok(()) => return CancelEntry::Entered,
                Err(other) => current = other,
            }
        }
    }

    /// Clears `CANCELLING`. True if the slot was freed meanwhile: the caller finishes that.
    pub(crate) fn leave_cancel(&self) -> bool {
        Snapshot(self.0.fetch_and(!CANCELLING, Ordering::AcqRel)).phase() == Phase::FreeMe
    }

    /// `Idle(g)` → `FreeMe(g + 1)` if a canceller is inside, who then empties and frees the slot.
    /// False if none is: the owner does it, and ends with [`free`](Self::free).
    pub(crate) fn leave_to_canceller(&self) -> bool {
        let mut current = self.load();
        while current.is_cancelling() {
            let next = current.to(current.generation() + 1, Phase::FreeMe, CANCELLING);
            match self.replace(current, next) {
                Ok(()) => return true,
                Err(other) => current = other,
            }
        }
        false
    }

    /// → `Free`, by the owner of an emptied slot: of an `Idle` one without a canceller inside, or
    /// the canceller of a `FreeMe` one whose [`leave_cancel`](Self::leave_cancel) was true.
    pub(crate) fn free(&self) {
        let generation = self.load().generation() + 1;
        self.0.store(Snapshot::new(generation, Phase::Free, 0).0, Ordering::Release);
    }

    #[inline(always)]
    fn step(&self, from: u64, phase: Phase, to: u64, next: Phase, keep: u64) -> bool {
        let mut current = self.load();
        loop {
            if !current.is(from, phase) {
                return false;
            }
            match self.replace(current, current.to(to, next, keep)) {
                Ok(()) => return true,
                Err(other) => current = other,
            }
        }
    }

    #[inline(always)]
    fn replace(&self, current: Snapshot, next: Snapshot) -> Result<(), Snapshot> {
        self.0
            .compare_exchange(current.0, next.0, Ordering::AcqRel, Ordering::Acquire)
            .map(drop)
            .map_err(Snapshot)
    }
}

#[cfg(all(test, loom))]
mod models;
