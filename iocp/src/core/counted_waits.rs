//! Which waits know the port's next deadline: two words, without a lock.
//!
//! A wait that begins counts itself, then reads the deadline. Who sets an earlier one writes it, then starts
//! an epoch in which nobody knows it yet. So a wait that read the deadline before that was counted before,
//! and is seen: it is to be told.

use super::sync::{AtomicU64, Ordering};

/// The next deadline of a port that has none.
pub(crate) const NEVER: u64 = u64::MAX;

/// One wait among all; one among those that know the next deadline; one epoch.
const ONE: u64 = 1;
const KNOWING: u64 = 1 << 16;
const EPOCH: u64 = 1 << 32;
/// All waits, of a word.
const COUNT: u64 = KNOWING - 1;

#[derive(Debug)]
pub(crate) struct CountedWaits {
    /// A tick before which nothing is due.
    next: AtomicU64,
    /// Epoch, waits that know the next deadline, waits.
    word: AtomicU64,
}

impl Default for CountedWaits {
    fn default() -> Self {
        Self { next: AtomicU64::new(NEVER), word: AtomicU64::new(0) }
    }
}

impl CountedWaits {
    pub(crate) fn next(&self) -> u64 {
        self.next.load(Ordering::SeqCst)
    }

    /// Sets the next deadline, by one thread at a time. `None`: it is no earlier than before. `Some`: whether
    /// a wait is there, which does not know it and is to be told.
    pub(crate) fn set_next(&self, next: u64) -> Option<bool> {
        if next >= self.next.swap(next, Ordering::SeqCst) {
            return None;
        }
        let told = |word: u64| Some((word & !(EPOCH - 1)).wrapping_add(EPOCH) | word & COUNT);
        let told = self.word.fetch_update(Ordering::SeqCst, Ordering::SeqCst, told);
        let (Ok(before) | Err(before)) = told;
        Some(before & COUNT != 0)
    }

    /// A wait begins: the next deadline, and what [`end`](Self::end) needs.
    pub(crate) fn begin(&self) -> (u64, u64) {
        let began = self.word.fetch_add(ONE + KNOWING, Ordering::SeqCst);
        (self.next(), began)
    }

    pub(crate) fn end(&self, began: u64) {
        let ended = |word: u64| {
            let knows = (word ^ began) & !(EPOCH - 1) == 0;
            Some(word - ONE - if knows { KNOWING } else { 0 })
        };
        let _ = self.word.fetch_update(Ordering::SeqCst, Ordering::SeqCst, ended);
    }

    /// Whether there is a deadline, and waits, of which none knows it. `others`: whether there may be waits that are
    /// not counted and sleep beyond this deadline.
    pub(crate) fn nobody_knows(&self, others: impl FnOnce(u64) -> bool) -> bool {
        let next = self.next();
        if next == NEVER {
            return false;
        }
        let word = self.word.load(Ordering::SeqCst);
        word & (EPOCH - 1) < KNOWING && (word & COUNT != 0 || others(next))
    }
}
