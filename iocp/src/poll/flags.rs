//! What the receiving half of a stream notes in a bit each. They lie in the marks of the source: beside the state of
//! the inbox they would take a word more.

use std::sync::atomic::{AtomicU8, Ordering};

/// The operation has a buffer. If not its receive is a probe.
pub(crate) const LENT: u8 = 1;
/// The packet of a receive is an event under the owner's token, which is its key; else the poller reads the marks.
pub(crate) const DIRECT: u8 = 2;
/// The marks may have a pending event of this half.
pub(crate) const EVENT_PENDING: u8 = 4;
/// The stream has an idle limit: a read notes the time.
pub(crate) const TIMED: u8 = 8;
/// The socket may not be the owner's first.
pub(crate) const ELSEWHERE: u8 = 16;
/// More may be there as soon as it is read empty.
pub(crate) const BUSY: u8 = 32;
/// Idle, and an event says that more is there, which nobody knows.
pub(crate) const GUESSED: u8 = 64;

/// Each bit is changed by whoever has the half, whose lock orders it. While a stream connects, its owner and its cell
/// have a half each, and change different ones.
#[derive(Default)]
pub(crate) struct Flags(AtomicU8);

impl Flags {
    /// Those of a new stream.
    pub(crate) fn reset(&self) {
        self.0.store(BUSY, Ordering::Relaxed);
    }

    /// Whether any of these is set.
    #[inline]
    pub(crate) fn any(&self, flags: u8) -> bool {
        self.0.load(Ordering::Relaxed) & flags != 0
    }

    #[inline]
    pub(crate) fn set(&self, flag: u8, on: bool) {
        if self.any(flag) != on {
            match on {
                true => self.0.fetch_or(flag, Ordering::Relaxed),
                false => self.0.fetch_and(!flag, Ordering::Relaxed),
            };
        }
    }
}
