//! What a state word says: generation, flags and phase.

const PHASE_MASK: u64 = 0b1111;
/// On `InFlight` it takes the place of that phase's bit, so that the fast path, which looks at that
/// bit alone, leaves an awaited operation to the cold path.
const AWAITED: u64 = 1 << 3;
pub(super) const CANCELLING: u64 = 1 << 4;
pub(super) const PARKED: u64 = 1 << 5;
pub(super) const CANCELLED: u64 = 1 << 6;
/// The status block was touched by the caller's own call.
pub(super) const TOUCHED: u64 = 1 << 7;
const GENERATION_SHIFT: u32 = 8;

const IN_FLIGHT: u64 = Phase::InFlight as u64;
const IDLE: u64 = Phase::Idle as u64;
const DONE: u64 = Phase::Done as u64;
const ORPHAN: u64 = Phase::Orphan as u64;
const IN_FLIGHT_AWAITED: u64 = AWAITED;
const DONE_AWAITED: u64 = AWAITED | DONE;

/// The last generation: a slot that reaches it is never used again.
pub(crate) const LAST_GENERATION: u64 = u64::MAX >> GENERATION_SHIFT;

/// How far the operation in a slot has come: in the three bits below `AWAITED`. Only `InFlight` is odd:
/// one test tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Phase {
    /// Not in use: on the free list, or, as long as `CANCELLING` is set, about to go there.
    Free = 0,
    /// Owned by one thread, not lent to the kernel.
    Idle = 2,
    /// Lent to the kernel; a ticket or an id refers to it.
    InFlight = 1,
    /// Lent to the kernel; nobody waits for it any more.
    Orphan = 6,
    /// Given back by the kernel; waits to be redeemed.
    Done = 4,
}

/// A value read from a [`State`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot(pub(super) u64);

impl Snapshot {
    #[inline(always)]
    pub(super) fn new(generation: u64, phase: Phase, flags: u64) -> Self {
        Self(generation << GENERATION_SHIFT | flags | phase as u64)
    }

    /// As if a slot had been used so often.
    #[cfg(all(test, not(windows)))]
    pub(crate) fn idle(generation: u64) -> Self {
        Self::new(generation, Phase::Idle, 0)
    }

    #[inline(always)]
    pub(crate) fn generation(self) -> u64 {
        self.0 >> GENERATION_SHIFT
    }

    #[inline(always)]
    pub(crate) fn phase(self) -> Phase {
        match self.0 & PHASE_MASK {
            IN_FLIGHT | IN_FLIGHT_AWAITED => Phase::InFlight,
            IDLE => Phase::Idle,
            DONE | DONE_AWAITED => Phase::Done,
            ORPHAN => Phase::Orphan,
            _ => Phase::Free,
        }
    }

    /// Whether it is `InFlight` and not awaited: what the fast path settles.
    #[inline(always)]
    pub(crate) fn is_in_flight_unawaited(self) -> bool {
        self.0 & IN_FLIGHT != 0
    }

    /// Whether the kernel has it: `InFlight` or `Orphan`.
    #[inline(always)]
    pub(crate) fn is_lent(self) -> bool {
        matches!(self.phase(), Phase::InFlight | Phase::Orphan)
    }

    /// Whether a call waits for this very operation: `InFlight` or `Done`.
    #[inline(always)]
    pub(crate) fn is_awaited(self) -> bool {
        self.0 & AWAITED != 0
    }

    /// Whether a call waits for this use of the slot, and it is done.
    pub(crate) fn is_done_awaited(self, generation: u64) -> bool {
        self.is(generation, Phase::Done) && self.is_awaited()
    }

    /// Whether the operation is redeemed by id rather than by ticket.
    #[inline(always)]
    pub(crate) fn is_parked(self) -> bool {
        self.0 & PARKED != 0
    }

    /// Whether this program asked to cancel this very operation.
    #[inline(always)]
    pub(crate) fn was_cancelled(self) -> bool {
        self.0 & CANCELLED != 0
    }

    #[inline(always)]
    pub(crate) fn has_flags(self) -> bool {
        self.0 & (CANCELLING | PARKED | CANCELLED | TOUCHED) != 0
    }

    #[inline(always)]
    pub(crate) fn is_cancelling(self) -> bool {
        self.0 & CANCELLING != 0
    }

    #[inline(always)]
    pub(super) fn is(self, generation: u64, phase: Phase) -> bool {
        self.generation() == generation && self.phase() == phase
    }

    #[inline(always)]
    pub(crate) fn is_touched(self) -> bool {
        self.0 & TOUCHED != 0
    }

    /// The next use gives the status block to a call that may touch all of it.
    #[inline(always)]
    pub(crate) fn touched(self) -> Self {
        Self(self.0 | TOUCHED)
    }

    /// `Idle`, without flags of earlier uses → `InFlight`.
    #[inline(always)]
    pub(super) fn lent(self) -> Self {
        Self(self.0 - (IDLE - IN_FLIGHT))
    }

    /// `InFlight` → `Done`, all flags kept.
    #[inline(always)]
    pub(super) fn done(self) -> Self {
        Self(self.0 + (DONE - IN_FLIGHT))
    }

    /// As [`done`](Self::done), also of an awaited one.
    #[inline(always)]
    pub(super) fn settled(self) -> Self {
        if self.is_awaited() {
            Self(self.0 + (DONE_AWAITED - IN_FLIGHT_AWAITED))
        } else {
            self.done()
        }
    }

    /// `InFlight` → the same, awaited.
    pub(super) fn awaited(self) -> Self {
        Self(self.0 & !IN_FLIGHT | AWAITED)
    }

    /// `InFlight` or `Done` → the same, not awaited.
    pub(super) fn unawaited(self) -> Self {
        Self(self.0 & !PHASE_MASK | self.phase() as u64)
    }

    /// `InFlight` without flags → `Idle` of the next generation.
    #[inline(always)]
    pub(super) fn over(self) -> Self {
        Self(self.0 + (1 << GENERATION_SHIFT) + (IDLE - IN_FLIGHT))
    }

    /// The same flags of `keep`, another generation and phase; never awaited.
    #[inline(always)]
    pub(super) fn to(self, generation: u64, phase: Phase, keep: u64) -> Self {
        Self::new(generation, phase, self.0 & keep)
    }
}
