//! What a state word says: generation, flags and phase.

const PHASE_MASK: u64 = 0b111;
pub(super) const CANCELLING: u64 = 1 << 3;
pub(super) const PARKED: u64 = 1 << 4;
pub(super) const CANCELLED: u64 = 1 << 5;
const GENERATION_SHIFT: u32 = 8;

/// The last generation: a slot that reaches it is never used again.
pub(crate) const LAST_GENERATION: u64 = u64::MAX >> GENERATION_SHIFT;

/// How far the operation in a slot has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Not in use; on the free list.
    Free,
    /// Owned by one thread, not lent to the kernel.
    Idle,
    /// Lent to the kernel; a ticket or an id refers to it.
    InFlight,
    /// Lent to the kernel; nobody waits for it any more.
    Orphan,
    /// Given back by the kernel; waits to be redeemed.
    Done,
    /// Free as soon as the canceller that is inside leaves.
    FreeMe,
}

/// A value read from a [`State`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot(pub(super) u64);

impl Snapshot {
    #[inline(always)]
    pub(super) fn new(generation: u64, phase: Phase, flags: u64) -> Self {
        Self(generation << GENERATION_SHIFT | flags | phase_bits(phase))
    }

    /// As if a slot had been used so often.
    #[cfg(all(test, not(windows), not(loom)))]
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
            1 => Phase::Idle,
            2 => Phase::InFlight,
            3 => Phase::Orphan,
            4 => Phase::Done,
            5 => Phase::FreeMe,
            _ => Phase::Free,
        }
    }

    /// Whether the kernel has it: `InFlight` or `Orphan`.
    #[inline(always)]
    pub(crate) fn is_lent(self) -> bool {
        matches!(self.phase(), Phase::InFlight | Phase::Orphan)
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
    pub(super) fn is_cancelling(self) -> bool {
        self.0 & CANCELLING != 0
    }

    #[inline(always)]
    pub(super) fn is(self, generation: u64, phase: Phase) -> bool {
        self.generation() == generation && self.phase() == phase
    }

    /// The same, redeemed by id or not.
    pub(super) fn parked(self, parked: bool) -> Self {
        Self(if parked { self.0 | PARKED } else { self.0 & !PARKED })
    }

    /// The same flags of `keep`, another generation and phase.
    #[inline(always)]
    pub(super) fn to(self, generation: u64, phase: Phase, keep: u64) -> Self {
        Self::new(generation, phase, self.0 & keep)
    }
}

#[inline(always)]
const fn phase_bits(phase: Phase) -> u64 {
    match phase {
        Phase::Free => 0,
        Phase::Idle => 1,
        Phase::InFlight => 2,
        Phase::Orphan => 3,
        Phase::Done => 4,
        Phase::FreeMe => 5,
    }
}
