//! A source's place: the source behind its lock, and beside it what the common packet needs, found
//! without one.

use std::sync::{
    atomic::{fence, AtomicU32, AtomicU8, AtomicUsize, Ordering},
    Mutex, MutexGuard,
};

use super::{
    event::{Ready, Token},
    source::Source,
    table::lock,
    Interests,
};

#[derive(Default)]
pub(super) struct Place {
    /// Interests, `DIRECT`, `CHANGING`, and how often they were changed.
    marks: AtomicU32,
    token: AtomicUsize,
    /// An event that no completion brings, and whether a packet of our own is on its way for it.
    owed: AtomicU8,
    source: Mutex<Option<Source>>,
}

/// What a source is registered for.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    pub(super) token: Token,
    pub(super) interests: Interests,
    /// Its owner finishes its receives: a packet of one is an event, and nothing else is to be done.
    pub(super) direct: bool,
}

const DIRECT: u32 = 4;
const CHANGING: u32 = 8;
const ONE_CHANGE: u32 = 16;

const POSTED: u8 = 128;

impl Place {
    /// `None`: nobody's place.
    #[inline]
    pub(super) fn lock(&self) -> MutexGuard<'_, Option<Source>> {
        lock(&self.source)
    }

    /// What the source is registered for, without a lock. After a packet was taken: whoever changes
    /// it meanwhile finds the operation done, or is seen here.
    #[inline]
    pub(super) fn watch_of_packet(&self) -> Watch {
        fence(Ordering::SeqCst);
        self.watch()
    }

    /// What the source is registered for, without a lock.
    #[inline]
    pub(super) fn watch(&self) -> Watch {
        loop {
            if let Some(watch) = self.try_watch() {
                return watch;
            }
            self.let_it_change();
        }
    }

    /// Whoever changes it has the lock.
    #[cold]
    fn let_it_change(&self) {
        drop(self.lock());
    }

    /// `None` while it is changed.
    #[inline]
    fn try_watch(&self) -> Option<Watch> {
        let before = self.marks.load(Ordering::Acquire);
        // Who sees a new token here sees below that it was being changed.
        let token = self.token.load(Ordering::Acquire);
        let after = self.marks.load(Ordering::Relaxed);
        if before != after || before & CHANGING != 0 {
            return None;
        }
        let direct = before & DIRECT != 0;
        Some(Watch { token, interests: Interests::from_bits(before), direct })
    }

    /// Changes what the source is registered for; with its lock held.
    pub(super) fn set_watch(&self, watch: Watch) {
        let changes = self.marks.load(Ordering::Relaxed) & !(ONE_CHANGE - 1);
        self.marks.store(changes | CHANGING, Ordering::Relaxed);
        self.token.store(watch.token, Ordering::Release);
        let direct = if watch.direct { DIRECT } else { 0 };
        let marks = changes.wrapping_add(ONE_CHANGE) | direct | watch.interests.bits();
        self.marks.store(marks, Ordering::Release);
        // What is ready is looked at after this: see `watch_of_packet`.
        fence(Ordering::SeqCst);
    }

    /// Notes what is owed; true if a packet must be posted for it, after any lock.
    pub(super) fn owe(&self, ready: Ready) -> bool {
        if ready.is_none() {
            return false;
        }
        self.owed.fetch_or(ready.bits() | POSTED, Ordering::AcqRel) & POSTED == 0
    }

    /// The packet has come: what is owed is told now.
    pub(super) fn take_owed(&self) -> Ready {
        Ready::from_bits(self.owed.swap(0, Ordering::AcqRel) & !POSTED)
    }

    /// What is owed no more; the packet may be on its way all the same.
    #[cold]
    pub(super) fn forget(&self, ready: Ready) {
        self.owed.fetch_and(!ready.bits(), Ordering::AcqRel);
    }

    /// Whether anything may be owed.
    #[cfg(test)]
    fn owes(&self) -> bool {
        self.owed.load(Ordering::Relaxed) != 0
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn token_and_interests_are_seen_together_while_they_change() {
        const ROUNDS: usize = if cfg!(miri) { 50 } else { 50_000 };
        const SETS: [Interests; 4] = [
            Interests::NONE,
            Interests::READABLE,
            Interests::WRITABLE,
            Interests::READABLE.and(Interests::WRITABLE),
        ];
        let place = &Place::default();
        thread::scope(|scope| {
            scope.spawn(move || {
                for token in 0..ROUNDS {
                    let interests = SETS[token % 4];
                    let _lock = place.lock();
                    place.set_watch(Watch { token, interests, direct: token % 8 > 3 });
                }
            });
            let mut last = 0;
            while last < ROUNDS - 1 {
                let Watch { token, interests, direct } = place.watch();
                assert_eq!((interests, direct), (SETS[token % 4], token % 8 > 3));
                assert!(token >= last);
                last = token;
            }
        });
    }

    #[test]
    fn what_is_owed_is_posted_once_and_can_be_forgotten() {
        let place = Place::default();
        assert!(!place.owe(Ready::NONE) && !place.owes());
        assert!(place.owe(Ready::READABLE) && !place.owe(Ready::WRITABLE));
        place.forget(Ready::READABLE);
        assert!(place.owes() && place.take_owed() == Ready::WRITABLE && !place.owes());
        assert!(place.owe(Ready::READABLE), "the packet has come: the next needs its own");
    }
}
