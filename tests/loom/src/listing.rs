//! What is listed beside waits that begin: who is about to sleep sees it, or is woken.

use loom::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc, Mutex,
    },
    thread,
};

use crate::{attention::Attention, explore, sleepers::Sleepers, wakes::Wakes};

/// The ready list of an event queue, and the packets that wake its pollers.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    period: AtomicUsize,
    /// At 1 the next poll that finds nothing listed ends the period.
    quiet: AtomicUsize,
    attention: Attention,
    sleepers: Sleepers,
    wakes: Wakes,
    packets: AtomicUsize,
}

#[derive(Default)]
struct State {
    listed: usize,
    seats: usize,
    /// Pollers that know that they are to count themselves in this period.
    aware: usize,
    counts: bool,
}

impl Queue {
    /// With so many pollers, none of which has polled since something was listed.
    fn with_seats(seats: usize) -> Arc<Self> {
        let state = Mutex::new(State { seats, ..State::default() });
        Arc::new(Self { state, ..Self::default() })
    }

    fn push(&self) {
        let mut state = self.state.lock().unwrap();
        state.listed += 1;
        self.quiet.store(0, Ordering::Relaxed);
        if !state.counts {
            (state.counts, state.aware) = (true, 0);
            self.period.fetch_add(1, Ordering::Release);
            self.attention.set_counts(true);
        }
        self.attention.set_ready(true);
        let unaware = state.aware < state.seats;
        drop(state);
        self.wake(unaware);
    }

    /// Takes at most one, and lets another poller have the rest.
    fn take(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let took = state.listed > 0;
        state.listed = state.listed.saturating_sub(1);
        if took && state.listed == 0 {
            self.attention.set_ready(false);
        }
        let (rest, unaware) = (state.listed > 0, state.aware < state.seats);
        drop(state);
        if rest {
            self.wake(unaware);
        }
        took
    }

    fn wake(&self, unaware: bool) {
        if unaware || self.sleepers.any() {
            let post = || {
                self.packets.fetch_add(1, Ordering::SeqCst);
                Ok::<_, ()>(())
            };
            self.wakes.wake(post).unwrap();
        }
    }

    /// A poll begins while pollers count themselves: whether it is to count itself. Who is aware already does without
    /// the lock; the second that finds nothing listed ends the period.
    fn become_aware(&self, seat: &mut usize) -> bool {
        let ends = !self.attention.is_ready() && self.quiet.fetch_add(1, Ordering::Relaxed) >= 1;
        if !ends && *seat == self.period.load(Ordering::Acquire) {
            return true;
        }
        let mut state = self.state.lock().unwrap();
        let period = self.period.load(Ordering::Relaxed);
        if state.counts && *seat != period {
            *seat = period;
            state.aware += 1;
        }
        if ends && state.listed == 0 {
            state.counts = false;
            self.quiet.store(0, Ordering::Relaxed);
            self.attention.set_counts(false);
        }
        state.counts
    }

    /// One poll, by the poller of this seat: true if it took something, false if it would sleep on, and stays counted
    /// if it is.
    fn poll(&self, seat: &mut usize) -> bool {
        loop {
            let usual = self.attention.word() == 0;
            let mut counts = false;
            if !usual {
                counts = self.attention.counts() && self.become_aware(seat);
                if self.attention.is_ready() && self.take() {
                    return true;
                }
                if counts {
                    self.sleepers.begin();
                }
            }
            if usual || !self.attention.is_ready() {
                let taken = |packets: usize| packets.checked_sub(1);
                let seq = Ordering::SeqCst;
                if self.packets.fetch_update(seq, seq, taken).is_err() {
                    return false;
                }
                self.wakes.heard();
            }
            if counts {
                self.sleepers.end();
            }
            if self.take() {
                return true;
            }
        }
    }

    /// Nothing is left listed while a poller sleeps and no packet is on its way to it.
    fn check(&self, asleep: bool) {
        let listed = self.state.lock().unwrap().listed;
        let packets = self.packets.load(Ordering::SeqCst);
        assert!(listed == 0 || !asleep || packets > 0, "all sleep beside what is listed");
    }
}

#[test]
fn a_poller_that_goes_to_sleep_beside_a_listing_sees_it_or_is_woken() {
    explore("poll; push, push", || {
        let queue = Queue::with_seats(1);
        let poller = thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.poll(&mut 0)
        });
        queue.push();
        queue.push();
        let asleep = !poller.join().unwrap();
        queue.check(asleep);
    });
}

#[test]
fn of_two_pollers_none_sleeps_beside_what_the_other_has_left() {
    explore("poll; push, push, poll", || {
        let queue = Queue::with_seats(2);
        let poller = thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.poll(&mut 0)
        });
        queue.push();
        queue.push();
        let took = queue.poll(&mut 0);
        let both = poller.join().unwrap() && took;
        queue.check(!both);
    });
}

/// The poller was aware of the period before, and does not end it, or does, and may not yet know of the next.
#[test]
fn a_poller_that_was_aware_sees_what_is_listed_when_counting_ends_and_begins_anew() {
    for quiet in [0, 1] {
        explore("push, poll; poll; push", move || {
            let queue = Queue::with_seats(1);
            let mut seat = 0;
            queue.push();
            assert!(queue.poll(&mut seat));
            queue.quiet.store(quiet, Ordering::Relaxed);
            let poller = thread::spawn({
                let queue = Arc::clone(&queue);
                move || queue.poll(&mut seat)
            });
            queue.push();
            let asleep = !poller.join().unwrap();
            queue.check(asleep);
        });
    }
}

/// Another poller ends the period meanwhile.
#[test]
fn a_poller_whose_period_another_ends_sees_what_is_listed() {
    explore("push, poll, poll; poll; poll, push", || {
        let queue = Queue::with_seats(2);
        let (mut first, mut second) = (0, 0);
        queue.push();
        queue.push();
        assert!(queue.poll(&mut first) && queue.poll(&mut second));
        queue.quiet.store(1, Ordering::Relaxed);
        let poller = thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.poll(&mut first)
        });
        // It is let off before it would sleep: ended, or not.
        let _ = queue.attention.counts() && queue.become_aware(&mut second);
        queue.push();
        let asleep = !poller.join().unwrap();
        queue.check(asleep);
    });
}
