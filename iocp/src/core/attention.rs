//! What a wait has to look at before it goes into the port: one word of the port, 0 as usual.
//!
//! The fast path of a wait compares it with what its array expects, and finds in one comparison that the
//! port is closed, holds packets back, has timers, or that something else is to be done first. The cold path
//! then asks which.

use super::sync::{AtomicU32, Ordering};

/// Packets are held back: `unreported.rs`.
const HOLDS_BACK: u32 = 1;
/// The port is closed.
const CLOSED: u32 = 2;
/// The port has, or had, a timer: `timers.rs`.
const HAS_TIMERS: u32 = 4;
/// The port is an event queue's, which has something to do that no packet brings: `poll/lists.rs`.
const LISTED: u32 = 8;
/// The packet of a wait for an object could not be posted: `slotless.rs`.
const UNPOSTED: u32 = 16;
/// The port is an event queue's, and sources have something to report: `poll/ready.rs`.
const READY: u32 = 32;

/// Of an event queue: waits count themselves before they sleep.
const COUNTS: u32 = 64;

/// No two of them are the same bit, and all are below the [tag](Attention::set_tag).
const _: () = assert!(
    HOLDS_BACK + CLOSED + HAS_TIMERS + LISTED + UNPOSTED + READY + COUNTS
        == HOLDS_BACK | CLOSED | HAS_TIMERS | LISTED | UNPOSTED | READY | COUNTS
        && COUNTS < 1 << TAG_SHIFT
);

const TAG_SHIFT: u32 = 8;

#[derive(Debug, Default)]
pub(crate) struct Attention(AtomicU32);

impl Attention {
    /// What a wait compares with what its array expects.
    #[inline(always)]
    pub(crate) fn word(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }

    /// A number that tells the port's waits from those that know no such port, before the first of them: in the
    /// upper bits of the word, so that an array that is new to the port takes the cold path. Returns these.
    pub(crate) fn set_tag(&self, number: u32) -> u32 {
        // Never 0, nor all bits.
        let tag = (number % 0x007F_FFFF + 1) << TAG_SHIFT;
        self.set(tag, true);
        tag
    }

    pub(crate) fn set_counts(&self, counts: bool) {
        self.set(COUNTS, counts);
    }

    pub(crate) fn counts(&self) -> bool {
        self.has(COUNTS)
    }

    pub(crate) fn set_ready(&self, ready: bool) {
        self.set(READY, ready);
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.has(READY)
    }

    pub(super) fn set_holds_back(&self, holds_back: bool) {
        self.set(HOLDS_BACK, holds_back);
    }

    /// For ever.
    pub(super) fn set_port_closed(&self) {
        self.set(CLOSED, true);
    }

    /// For ever: every wait that begins from now on counts itself among those of the timers.
    pub(crate) fn set_has_timers(&self) {
        self.set(HAS_TIMERS, true);
    }

    pub(crate) fn has_timers(&self) -> bool {
        self.has(HAS_TIMERS)
    }

    pub(crate) fn set_listed(&self, listed: bool) {
        self.set(LISTED, listed);
    }

    pub(crate) fn is_listed(&self) -> bool {
        self.has(LISTED)
    }

    pub(super) fn set_unposted(&self, unposted: bool) {
        self.set(UNPOSTED, unposted);
    }

    pub(crate) fn has_unposted(&self) -> bool {
        self.has(UNPOSTED)
    }

    /// As if a wait had looked before any of it.
    #[cfg(all(test, not(windows)))]
    pub(crate) fn forget(&self) {
        self.0.fetch_and(!((1 << TAG_SHIFT) - 1), Ordering::SeqCst);
    }

    fn set(&self, flag: u32, to: bool) {
        if to {
            self.0.fetch_or(flag, Ordering::SeqCst);
        } else {
            self.0.fetch_and(!flag, Ordering::SeqCst);
        }
    }

    fn has(&self, flag: u32) -> bool {
        self.0.load(Ordering::SeqCst) & flag != 0
    }
}
