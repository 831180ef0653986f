//! Coalesces wakes until a waiter dequeues one: whether a wake has to send a packet of its own.
//!
//! One word: how often a wake was heard, and how far the wakes since have come. `Posted` says that a
//! packet is in the queue whose hearing is still to come, so no wake after it needs another. A post
//! that fails changes nothing: the next wake sends its own. The count keeps a slow wake from saying
//! `Posted` of a packet that was heard meanwhile.

use std::sync::atomic::{AtomicU64, Ordering};

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

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        sync::atomic::{AtomicBool, AtomicUsize},
        thread,
    };

    use super::*;

    #[test]
    fn wakes_before_one_is_heard_post_once_and_a_failed_one_is_made_up_for() {
        let (wakes, posts) = (Wakes::default(), AtomicUsize::new(0));
        let post = || {
            posts.fetch_add(1, Ordering::Relaxed);
            Ok::<(), ()>(())
        };
        assert_eq!(wakes.wake(|| Err(7)), Err(7));
        for round in 1..4 {
            for _ in 0..3 {
                wakes.wake(post).unwrap();
            }
            assert_eq!(posts.load(Ordering::Relaxed), round);
            assert!(wakes.heard() && !wakes.heard());
        }
    }

    /// A wake that was heard before its caller came back must not stand for a later packet.
    #[test]
    fn a_slow_wake_does_not_speak_for_a_later_one_whose_post_fails() {
        let wakes = Wakes::default();
        let slow = wakes.wake(|| {
            assert!(wakes.heard());
            assert_eq!(wakes.wake(|| Err(())), Err(()));
            Ok::<(), ()>(())
        });
        assert_eq!(slow, Ok(()));
        let posted = AtomicBool::new(false);
        let post = || {
            posted.store(true, Ordering::Relaxed);
            Ok::<(), ()>(())
        };
        wakes.wake(post).unwrap();
        assert!(posted.into_inner(), "the wake relied on a packet that was heard long ago");
    }

    /// Every interleaving of three wakes and two waiters' hearings, where one post fails: the word
    /// never says `Posted` without a packet that is still to be heard.
    #[test]
    fn in_no_interleaving_is_a_wake_relied_on_that_nobody_will_hear() {
        #[derive(Clone, PartialEq, Eq, Hash)]
        struct At {
            word: u64,
            queued: u8,
            /// Of each wake: its step, what it read, whether its post succeeded.
            wakes: [(u8, u64, bool); 3],
            hearings: u8,
            failures: u8,
        }
        let start = At { word: 0, queued: 0, wakes: [(0, 0, false); 3], hearings: 2, failures: 1 };
        let (mut seen, mut left) = (HashSet::new(), vec![start]);
        while let Some(at) = left.pop() {
            if !seen.insert(at.clone()) {
                continue;
            }
            if at.wakes.iter().all(|wake| wake.0 == 3) && at.word & POSTED != 0 {
                assert!(at.queued > 0, "deaf: {:?}", at.wakes);
            }
            for number in 0..3 {
                let (step, before, _) = at.wakes[number];
                let mut next = at.clone();
                match step {
                    0 => {
                        next.word |= POSTING;
                        let done = if at.word & POSTED != 0 { 3 } else { 1 };
                        next.wakes[number] = (done, at.word, false);
                    }
                    1 => {
                        if at.failures > 0 {
                            let mut failed = at.clone();
                            failed.failures -= 1;
                            failed.wakes[number].0 = 3;
                            left.push(failed);
                        }
                        next.queued += 1;
                        next.wakes[number].0 = 2;
                    }
                    2 => {
                        if at.word == before | POSTING {
                            next.word |= POSTED;
                        }
                        next.wakes[number].0 = 3;
                    }
                    _ => continue,
                }
                left.push(next);
            }
            if at.hearings > 0 && at.queued > 0 {
                let word = (at.word & !(POSTING | POSTED)) + HEARD_ONCE;
                let (queued, hearings) = (at.queued - 1, at.hearings - 1);
                left.push(At { word, queued, hearings, ..at });
            }
        }
        assert!(seen.len() > 100, "{}", seen.len());
    }

    #[test]
    fn wakes_of_many_threads_are_all_heard() {
        let (wakes, packets) = (Wakes::default(), AtomicUsize::new(0));
        let rounds = if cfg!(miri) { 20 } else { 2_000 };
        for _ in 0..rounds {
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        let post = || {
                            packets.fetch_add(1, Ordering::AcqRel);
                            Ok::<(), ()>(())
                        };
                        wakes.wake(post).unwrap();
                    });
                }
            });
            assert!(packets.swap(0, Ordering::AcqRel) > 0);
            assert!(wakes.heard());
        }
    }
}
