//! What pollers read of a source without its lock: token and interests, the pending event, and what the
//! port has refused.

use std::io::Result;
use std::sync::atomic::{fence, AtomicU32, AtomicU8, AtomicUsize, Ordering};

use super::event::{Ready, Token};
use super::{flags::Flags, interests::Interests, tag::SEND};

/// The marks of a source. Its [cell](super::queue::cell) has them beside its lock.
#[derive(Default)]
pub(crate) struct Marks {
    /// Interests, `BY_OWNER`, `CHANGING`, and a count of changes.
    word: AtomicU32,
    token: AtomicUsize,
    /// The event that no packet of an operation brings, and `POSTED`.
    pending: AtomicU8,
    /// Kinds of operations that a full port has refused: the source is listed, and visited once there
    /// is room. Beside them `TURN` and `NONBLOCKING`.
    starved: AtomicU8,
    /// Of a stream.
    pub(crate) inbox: Flags,
}

/// What a source is registered for.
#[allow(unreachable_pub)] // named by a sealed trait
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    pub(crate) token: Token,
    pub(crate) interests: Interests,
    /// Its owner finishes its receives: to the poller a packet of one is an event and nothing else.
    pub(crate) by_owner: bool,
}

const BY_OWNER: u32 = 4;
const CHANGING: u32 = 8;
const ONE_CHANGE: u32 = 16;

/// The source is listed as ready, and not visited yet.
const POSTED: u8 = 128;

/// The source was told of room, and may be given an operation before those that wait.
const TURN: u8 = 64;
/// The socket is in non-blocking mode, which direct calls need.
const NONBLOCKING: u8 = 128;

impl Marks {
    /// What the source is registered for. The caller holds the lock of the cell, or is the owner.
    #[inline]
    pub(crate) fn watch(&self) -> Watch {
        let word = self.word.load(Ordering::Acquire);
        debug_assert!(word & CHANGING == 0, "it is not changed meanwhile");
        Watch::read(word, self.token.load(Ordering::Relaxed))
    }

    /// As [`watch`](Self::watch), for any caller; `None` while it is changed.
    ///
    /// A sequence lock: a token newer than the first word implies that the second word differs.
    #[inline]
    pub(crate) fn try_watch(&self) -> Option<Watch> {
        let before = self.word.load(Ordering::Acquire);
        let token = self.token.load(Ordering::Acquire);
        let after = self.word.load(Ordering::Relaxed);
        (before == after && before & CHANGING == 0).then(|| Watch::read(before, token))
    }

    /// Changes what the source is registered for; under the lock of its cell.
    pub(crate) fn set_watch(&self, watch: Watch) {
        let changes = self.word.load(Ordering::Relaxed) & !(ONE_CHANGE - 1);
        self.word.store(changes | CHANGING, Ordering::Relaxed);
        self.token.store(watch.token, Ordering::Release);
        let by_owner = if watch.by_owner { BY_OWNER } else { 0 };
        let word = changes.wrapping_add(ONE_CHANGE) | by_owner | u32::from(watch.interests.bits());
        self.word.store(word, Ordering::Release);
        // The caller looks at what is ready after this; a poller settles the packet, then reads the
        // watch behind a fence of its own. So the caller sees the end, or the poller the change.
        fence(Ordering::SeqCst);
    }

    /// The marks of a new source. Forgets the previous one of the cell, and `POSTED`: that packet may have been dequeued while
    /// the cell was empty.
    pub(crate) fn reset(&self, watch: Watch) {
        self.set_watch(watch);
        self.pending.store(0, Ordering::Release);
        self.starved.store(0, Ordering::Release);
        self.inbox.reset();
    }

    /// Notes that the port has refused an operation of this kind. True if that was noted before.
    #[cold]
    pub(crate) fn set_starved(&self, kind: usize) -> bool {
        self.starved.fetch_or(bit_of(kind), Ordering::AcqRel) & bit_of(kind) != 0
    }

    /// Whether one is refused still.
    #[cold]
    pub(crate) fn is_starved(&self) -> bool {
        self.starved.load(Ordering::Acquire) & !(TURN | NONBLOCKING) != 0
    }

    /// Takes that note back. True if there was one.
    #[cold]
    pub(crate) fn take_starved(&self, kind: usize) -> bool {
        self.starved.fetch_and(!bit_of(kind), Ordering::AcqRel) & bit_of(kind) != 0
    }

    /// Whether the socket is in non-blocking mode, as far as this thread knows.
    pub(crate) fn is_nonblocking(&self) -> bool {
        self.starved.load(Ordering::Relaxed) & NONBLOCKING != 0
    }

    /// The turn of the source has come; under the lock of its cell, as [`take_turn`](Self::take_turn).
    #[cold]
    pub(crate) fn give_turn(&self) {
        self.starved.fetch_or(TURN, Ordering::Relaxed);
    }

    /// Whether its turn has come, and was not taken yet.
    #[cold]
    pub(crate) fn take_turn(&self) -> bool {
        let has = self.starved.load(Ordering::Relaxed) & TURN != 0;
        has && self.starved.fetch_and(!TURN, Ordering::Relaxed) & TURN != 0
    }

    /// Calls `set` if the socket is not in non-blocking mode yet. Threads that come to it at once both do.
    pub(crate) fn make_nonblocking(&self, set: impl FnOnce() -> Result<()>) -> Result<()> {
        if !self.is_nonblocking() {
            set()?;
            self.starved.fetch_or(NONBLOCKING, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Adds to the pending event. True if a packet must be posted for it, after any lock.
    #[must_use]
    pub(crate) fn add_pending(&self, ready: Ready) -> bool {
        if ready.is_none() {
            return false;
        }
        self.pending.fetch_or(ready.0 | POSTED, Ordering::AcqRel) & POSTED == 0
    }

    /// The packet has come: takes the pending event.
    pub(crate) fn take_pending(&self) -> Ready {
        Ready(self.pending.swap(0, Ordering::AcqRel) & !POSTED)
    }

    /// Whether the packet of such an event is still to come.
    #[cold]
    pub(crate) fn has_pending(&self, ready: Ready) -> bool {
        Ready(self.pending.load(Ordering::Acquire)).has(ready)
    }

    /// Takes this out of the pending event. Its packet may be in the queue all the same.
    #[cold]
    pub(crate) fn forget_pending(&self, ready: Ready) {
        self.pending.fetch_and(!ready.0, Ordering::AcqRel);
    }
}

impl Watch {
    /// No interests; of a source that has no owner yet.
    pub(crate) const NONE: Self = Self { token: 0, interests: Interests::NONE, by_owner: false };

    #[inline]
    fn read(word: u32, token: Token) -> Self {
        let by_owner = word & BY_OWNER != 0;
        Self { token, interests: Interests::from_bits(word), by_owner }
    }
}

/// One bit of sends, another of receives and accepts.
fn bit_of(kind: usize) -> u8 {
    1 << (kind & SEND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pending_is_posted_once_and_can_be_forgotten() {
        let marks = Marks::default();
        let is_empty = || marks.pending.load(Ordering::Relaxed) == 0;
        assert!(!marks.add_pending(Ready::NONE) && is_empty());
        assert!(marks.add_pending(Ready::READABLE) && !marks.add_pending(Ready::WRITABLE));
        marks.forget_pending(Ready::READABLE);
        assert!(!is_empty() && marks.take_pending() == Ready::WRITABLE && is_empty());
        assert!(marks.add_pending(Ready::READABLE), "the packet has come: the next needs its own");
    }
}
