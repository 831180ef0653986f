//! A source's cell in the table: its marks, and the source behind its lock.

use std::sync::atomic::{fence, Ordering};
use std::sync::{Mutex, MutexGuard};

use crate::poll::marks::{Marks, Watch};
use crate::poll::{source::Source, util::lock};

#[derive(Default)]
pub(crate) struct Cell {
    pub(crate) marks: Marks,
    source: Mutex<Option<Source>>,
}

impl Cell {
    /// Locks the source; `None`: the number is free.
    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, Option<Source>> {
        lock(&self.source)
    }

    /// Puts a new source in, of a number that was free.
    #[inline(always)]
    pub(crate) fn fill(&self, source: Source, watch: Watch) {
        let mut locked = self.lock();
        self.marks.reset(watch);
        *locked = Some(source);
    }

    /// What the source is registered for, without a lock, after one of its packets was taken: a thread
    /// that changes it meanwhile finds the operation done, or its change is read here.
    #[inline]
    pub(crate) fn watch_of_packet(&self) -> Watch {
        fence(Ordering::SeqCst);
        loop {
            if let Some(watch) = self.marks.try_watch() {
                return watch;
            }
            // The change is made under the lock: waits for its end.
            drop(self.lock());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::poll::interests::Interests;

    #[test]
    fn token_and_interests_are_seen_together_while_they_change() {
        const ROUNDS: usize = if cfg!(miri) { 50 } else { 50_000 };
        let sets = [0, 1, 2, 3].map(Interests::from_bits);
        let cell = &Cell::default();
        thread::scope(|scope| {
            scope.spawn(move || {
                for token in 0..ROUNDS {
                    let interests = sets[token % 4];
                    let _lock = cell.lock();
                    cell.marks.set_watch(Watch { token, interests, by_owner: token % 8 > 3 });
                }
            });
            let mut last = 0;
            while last < ROUNDS - 1 {
                let Watch { token, interests, by_owner } = cell.watch_of_packet();
                assert_eq!((interests, by_owner), (sets[token % 4], token % 8 > 3));
                assert!(token >= last);
                last = token;
            }
        });
    }
}
