//! What the entries of one wait came to; and the longest single wait, 5 s.

use super::{finishers::FinishCalls, packet::Packet};

/// The longest single wait: so that a lost wake-up, or an event whose post failed, costs latency, never
/// a hang.
pub(crate) const SLICE_MS: u32 = 5_000;

/// What the entries of one wait came to.
pub(crate) struct Batch {
    /// For the caller, oldest first.
    pub(crate) packets: Vec<Packet>,
    /// Slots of orphans, owned by us now.
    pub(crate) orphans: Vec<u32>,
    /// Somebody called `wake`.
    pub(crate) woken: bool,
    /// The close packet was there: the waiter that took it passes it on.
    pub(crate) close: bool,
    /// The packet was there that tells of held-back packets: the waiter that took it looks for them, and
    /// passes it on if it leaves some.
    pub(crate) held_back: bool,
    /// Calls that wait for one operation each. In a box, which keeps the list small: it lies on the
    /// caller's stack, where the fast path is.
    pub(crate) calls: Box<FinishCalls>,
    /// What the port's [`Attention`](super::attention::Attention) must be for the next wait to
    /// take the fast path: `base`, or [`UNUSUAL`].
    usual: u32,
    /// What it is of a port that nothing is to be looked at: its tag.
    base: u32,
}

/// `usual` after a wait in which some entry gave no packet (a wake, the close packet, an orphan, a
/// stale one), or that brought no entry; and while this waiter is to give way to a call. No port's
/// attention is ever this, so the next wait takes the cold path.
const UNUSUAL: u32 = u32::MAX;

impl Batch {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self {
            packets: Vec::with_capacity(capacity),
            orphans: Vec::with_capacity(capacity),
            woken: false,
            close: false,
            held_back: false,
            calls: Box::default(),
            usual: 0,
            base: 0,
        }
    }

    /// Forgets all but the orphans, and whom to give way to: the next wait does so in any case.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.packets.clear();
        (self.woken, self.close, self.held_back) = (false, false, false);
        self.usual = if self.calls.gives_way_to.is_some() { UNUSUAL } else { self.base };
    }

    /// The waits that follow are on a port with this tag.
    pub(crate) fn set_base(&mut self, tag: u32) {
        self.base = tag;
        self.clear();
    }

    /// Whether a wait on a port with this attention takes the fast path.
    #[inline(always)]
    pub(crate) fn is_usual(&self, attention: u32) -> bool {
        self.usual == attention
    }

    /// Whether there was more than packets.
    #[inline(always)]
    pub(crate) fn is_unusual(&self) -> bool {
        self.usual == UNUSUAL
    }

    pub(crate) fn set_unusual(&mut self) {
        self.usual = UNUSUAL;
    }

    pub(crate) fn set_woken(&mut self) {
        self.woken = true;
        self.set_unusual();
    }
}
