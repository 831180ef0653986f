//! Coalesces wakes until a waiter dequeues one: whether a wake has to send a packet of its own.
//!
//! One word: how often a wake was heard, and how far the wakes since have come. `Posted` says that a
//! packet is in the queue whose hearing is still to come, so no wake after it needs another. A post
//! that fails changes nothing: the next wake sends its own. The count keeps a slow wake from saying
//! `Posted` of a packet that was heard meanwhile.

use super::sync::{AtomicU64, Ordering};

/// Somebody is posting, or has tried to.
const POSTING: u64 = 1;
/// A packet is in the queue.
const POSTED: u64 = 2;
const HEARD_ONCE: u64 = 4;

#[derive(Debug, Default)]
pub(crate) struct Wakes(AtomicU64);

impl Wakes {
    /// Wakes, by `post` unless a packet is in the queue.
    pub(crate) fn wake<E>(&self, post: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        // A locked instruction also where a packet is posted already: what the caller wrote before
        // this wake is then seen by the waiter, who takes the word in the same way.
        let before = self.0.fetch_or(POSTING, Ordering::AcqRel);
        if before & POSTED != 0 {
            return Ok(());
        }
        // Where another is posting, its post may fail: this one does not rely on it.
        post()?;
        let posting = before | POSTING;
        // Fails if it was heard already, which changes the count, or if another wake has set the flag.
        let _ =
            self.0.compare_exchange(posting, posting | POSTED, Ordering::AcqRel, Ordering::Relaxed);
        Ok(())
    }

    /// Whether a packet is in the queue. Nobody wakes any more.
    pub(crate) fn is_posted(&self) -> bool {
        self.0.load(Ordering::Acquire) & POSTED != 0
    }

    /// A waiter has heard of it. Whether anybody has woken since the last time.
    pub(crate) fn heard(&self) -> bool {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let next = (word & !(POSTING | POSTED)).wrapping_add(HEARD_ONCE);
            match self.0.compare_exchange_weak(word, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return word & POSTING != 0,
                Err(other) => word = other,
            }
        }
    }
}
