//! The state word of a slot: which generation of operation it holds, and how far that has come.
//!
//! One 64-bit atomic: 56 bits of generation, five flags and a phase. Every use of a slot has its own
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
//! | `Idle(g)` | freed, no canceller inside | `Free(g + 1)`, on the free list |
//! | `Idle(g)` | freed, a canceller inside | `Free(g + 1)` with `CANCELLING`, not on the free list |
//! | `Free(g)`, `CANCELLING` | the canceller leaves | `Free(g + 1)` |
//! | `InFlight(g)` | a call begins to wait for it | `InFlight(g)`, `AWAITED` |
//! | `InFlight(g)`, `AWAITED` | its packet is accepted | `Done(g)`, `AWAITED`: the accepting waiter wakes that call |
//! | either, `AWAITED` | that call ends | the same without |
//!
//! `CANCELLING` is set only on `InFlight` and `Orphan`, kept by every transition, and cleared only
//! by the canceller that set it. It never delays a completion; it delays reuse of the slot.
//! `CANCELLED` is kept beyond `Done`, for a look at the result, up to the next use; so is
//! `TOUCHED`, which says that the next use must put the status block in order. `PARKED` ends with
//! `Done`. `AWAITED` belongs to the holder of the ticket: set on `InFlight` only, cleared by the same
//! call, or by a transition from `InFlight` or `Done` to another phase than `Done`.
//!
//! The fast path of a submit, a settle, a take-back or a redeem is one store or compare-and-swap from
//! the word without flags (`publish`, `…_plain`). Any other word takes the cold path.

// By its path, so that the models can include this file as it is (tests/loom).
#[path = "state/snapshot.rs"]
mod snapshot;

pub(crate) use self::snapshot::{Phase, Snapshot, LAST_GENERATION};

use self::snapshot::{CANCELLED, CANCELLING, PARKED, TOUCHED};
use super::sync::{back_off, AtomicU64, Ordering};

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
#[derive(Debug, Default)]
pub(crate) struct State(AtomicU64);

impl State {
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

    /// Waits until no canceller is inside, then gives the idle word with its flags cleared. The owner
    /// calls it before it changes what a canceller reads.
    pub(crate) fn load_uncancelled(&self) -> Snapshot {
        let mut current = self.load();
        let mut round = 0;
        while current.is_cancelling() {
            back_off(round);
            round += 1;
            current = self.load();
        }
        current.to(current.generation(), Phase::Idle, 0)
    }

    /// Sets `CANCELLED`: it was this program that cancelled the operation. By the owner of the idle slot.
    #[cold]
    pub(crate) fn set_cancelled(&self) {
        self.0.fetch_or(CANCELLED, Ordering::Relaxed);
    }

    /// `Idle` → `InFlight`, by the owner, who has it from
    /// [`load_uncancelled`](Self::load_uncancelled). Returns the word, for who has the ticket.
    ///
    /// A plain store: nobody else writes the word of an idle slot without a canceller.
    #[inline(always)]
    pub(crate) fn publish(&self, idle: Snapshot) -> Snapshot {
        let lent = idle.lent();
        self.0.store(lent.0, Ordering::Release);
        lent
    }

    /// A waiter accepts the packet of the operation seen in `seen`, which is in flight: the one locked
    /// instruction of the steady path. False if the word has changed since.
    ///
    /// `SeqCst`, which costs no more: what the waiter reads after it is ordered with what the ticket's
    /// owner writes before a fence and its look at the word.
    #[inline(always)]
    pub(super) fn settle_plain(&self, seen: Snapshot) -> bool {
        let (seen, done) = (seen.0, seen.done().0);
        self.0.compare_exchange(seen, done, Ordering::SeqCst, Ordering::Relaxed).is_ok()
    }

    /// A waiter accepts the packet of the operation seen in `seen`.
    pub(crate) fn settle(&self, seen: Snapshot) -> Settled {
        let generation = seen.generation();
        let before = self.change(seen, |current| match current.phase() {
            _ if current.generation() != generation => None,
            Phase::InFlight => Some(current.settled()),
            Phase::Orphan => Some(current.to(generation + 1, Phase::Idle, CANCELLING | TOUCHED)),
            _ => None,
        });
        match before.map(Snapshot::phase) {
            Ok(Phase::InFlight) => Settled::Done { generation },
            Ok(_) => Settled::Orphan { generation: generation + 1 },
            Err(_) => Settled::Stale,
        }
    }

    /// `InFlight(g)` → `Idle(g + 1)`, by the submitter whose call failed or finished inline.
    /// False if a waiter was quicker.
    pub(crate) fn take_back(&self, generation: u64) -> bool {
        self.end(generation, Phase::InFlight, CANCELLING | TOUCHED)
    }

    /// As [`take_back`](Self::take_back), of a word without flags.
    #[inline(always)]
    pub(super) fn take_back_plain(&self, lent: Snapshot) -> bool {
        self.replace(lent, lent.over()).is_ok()
    }

    /// `InFlight(g)` → `Orphan(g)`. False if the operation is done.
    pub(crate) fn orphan(&self, generation: u64) -> bool {
        let orphan = |current: Snapshot| {
            let orphan = current.to(generation, Phase::Orphan, CANCELLING);
            current.is(generation, Phase::InFlight).then_some(orphan)
        };
        self.change(self.load(), orphan).is_ok()
    }

    /// Marks `InFlight(g)` or `Done(g)` as redeemed by id from now on. False in any other state.
    pub(crate) fn park(&self, generation: u64) -> bool {
        let parked = |current: Snapshot| {
            let is = current.is(generation, Phase::InFlight) || current.is(generation, Phase::Done);
            is.then_some(Snapshot(current.0 | PARKED))
        };
        self.change(self.load(), parked).is_ok()
    }

    /// `Done(g)` → `Idle(g + 1)`, by the holder of the only ticket.
    ///
    /// No locked instruction unless it is parked, or was cancelled: nobody else may leave `Done` of
    /// an operation that is not parked, and `CANCELLING` is never set on `Done`.
    #[inline(always)]
    pub(super) fn redeem_plain(&self, lent: Snapshot) -> bool {
        let done = self.load() == lent.done();
        if done {
            self.0.store(lent.over().0, Ordering::Release);
        }
        done
    }

    /// `Done(g)` → `Idle(g + 1)`, parked or not, when nobody else can redeem it any more.
    pub(crate) fn seize(&self, generation: u64) -> bool {
        self.end(generation, Phase::Done, CANCELLING | TOUCHED)
    }

    /// `Done(g)` and parked → `Idle(g + 1)`, by the thread that asks first.
    pub(crate) fn redeem_parked(&self, generation: u64) -> bool {
        self.load().is_parked() && self.redeem(generation)
    }

    /// `Done(g)` → `Idle(g + 1)` where others may write the word too.
    pub(crate) fn redeem(&self, generation: u64) -> bool {
        self.end(generation, Phase::Done, CANCELLING | CANCELLED | TOUCHED)
    }

    /// Sets `AWAITED` on `InFlight(g)`, by the holder of the only ticket. False if it is done.
    pub(crate) fn set_awaited(&self, generation: u64) -> bool {
        let awaited =
            |current: Snapshot| current.is(generation, Phase::InFlight).then(|| current.awaited());
        self.change(self.load(), awaited).is_ok()
    }

    /// Clears `AWAITED`, by the holder of the only ticket. Whether the operation is done.
    pub(crate) fn clear_awaited(&self) -> bool {
        let cleared =
            self.change(self.load(), |current| current.is_awaited().then(|| current.unawaited()));
        let (Ok(last) | Err(last)) = cleared;
        last.phase() == Phase::Done
    }

    /// Asks to cancel `InFlight(g)` or `Orphan(g)`: sets `CANCELLING`.
    pub(crate) fn enter_cancel(&self, generation: u64) -> CancelEntry {
        let is_lent = |current: Snapshot| current.generation() == generation && current.is_lent();
        let entered = self.change(self.load(), |current| {
            let enters = is_lent(current) && !current.is_cancelling();
            enters.then_some(Snapshot(current.0 | CANCELLING | CANCELLED))
        });
        match entered {
            Ok(_) => CancelEntry::Entered,
            Err(current) if is_lent(current) => CancelEntry::Busy,
            Err(_) => CancelEntry::NotInFlight,
        }
    }

    /// Clears `CANCELLING`. True if the slot was freed meanwhile: the caller finishes that.
    pub(crate) fn leave_cancel(&self) -> bool {
        Snapshot(self.0.fetch_and(!CANCELLING, Ordering::AcqRel)).phase() == Phase::Free
    }

    /// `Idle(g)` → `Free(g + 1)` with `CANCELLING` if a canceller is inside, who then empties and frees
    /// the slot. False if none is: the owner does it, and ends with [`free`](Self::free).
    pub(crate) fn leave_to_canceller(&self) -> bool {
        let left = |current: Snapshot| {
            let next = current.to(current.generation() + 1, Phase::Free, CANCELLING);
            current.is_cancelling().then_some(next)
        };
        self.change(self.load(), left).is_ok()
    }

    /// → `Free`, by the owner of an emptied slot: of an `Idle` one without a canceller inside, or
    /// the canceller of one that was left to it, whose [`leave_cancel`](Self::leave_cancel) was true.
    pub(crate) fn free(&self) {
        let generation = self.load().generation() + 1;
        self.0.store(Snapshot::new(generation, Phase::Free, 0).0, Ordering::Release);
    }

    /// From this generation and phase to `Idle` of the next one, keeping the flags of `keep`. False in any
    /// other state.
    #[inline(always)]
    fn end(&self, generation: u64, phase: Phase, keep: u64) -> bool {
        let idle = |current: Snapshot| {
            let idle = current.to(generation + 1, Phase::Idle, keep);
            current.is(generation, phase).then_some(idle)
        };
        self.change(self.load(), idle).is_ok()
    }

    /// Applies `next` in a compare-and-swap loop, beginning with `current`. `Ok`: the word that was
    /// replaced. `Err`: the word for which `next` gave `None`; nothing was changed.
    #[inline(always)]
    fn change(
        &self,
        mut current: Snapshot,
        mut next: impl FnMut(Snapshot) -> Option<Snapshot>,
    ) -> Result<Snapshot, Snapshot> {
        while let Some(next) = next(current) {
            match self.replace(current, next) {
                Ok(()) => return Ok(current),
                Err(other) => current = other,
            }
        }
        Err(current)
    }

    #[inline(always)]
    fn replace(&self, current: Snapshot, next: Snapshot) -> Result<(), Snapshot> {
        self.0
            .compare_exchange(current.0, next.0, Ordering::AcqRel, Ordering::Acquire)
            .map(drop)
            .map_err(Snapshot)
    }
}
