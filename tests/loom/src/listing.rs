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
    listed: Mutex<usize>,
    attention: Attention,
    sleepers: Sleepers,
    wakes: Wakes,
    packets: AtomicUsize,
}

impl Queue {
    fn push(&self) {
        let mut listed = self.listed.lock().unwrap();
        *listed += 1;
        self.attention.set_ready(true);
        drop(listed);
        self.wake();
    }

    /// Takes at most one, and lets another poller have the rest.
    fn take(&self) -> bool {
        let mut listed = self.listed.lock().unwrap();
        let took = *listed > 0;
        *listed = listed.saturating_sub(1);
        if took && *listed == 0 {
            self.attention.set_ready(false);
        }
        drop(listed);
        if self.attention.is_ready() {
            self.wake();
        }
        took
    }

    fn wake(&self) {
        if self.sleepers.any() {
            let post = || {
                self.packets.fetch_add(1, Ordering::SeqCst);
                Ok::<_, ()>(())
            };
            self.wakes.wake(post).unwrap();
        }
    }

    /// One poll: true if it took something, false if it would sleep on.
    fn poll(&self) -> bool {
        loop {
            self.sleepers.begin();
            if self.attention.word() == 0 {
                // It sleeps, and stays counted, unless a packet is there.
                let taken = |packets: usize| packets.checked_sub(1);
                let seq = Ordering::SeqCst;
                if self.packets.fetch_update(seq, seq, taken).is_err() {
                    return false;
                }
                self.wakes.heard();
            }
            self.sleepers.end();
            if self.take() {
                return true;
            }
        }
    }

    /// Nothing is left listed while a poller sleeps and no packet is on its way to it.
    fn check(&self, asleep: bool) {
        let listed = *self.listed.lock().unwrap();
        let packets = self.packets.load(Ordering::SeqCst);
        assert!(listed == 0 || !asleep || packets > 0, "all sleep beside what is listed");
    }
}

#[test]
fn a_poller_that_goes_to_sleep_beside_a_listing_sees_it_or_is_woken() {
    explore("poll; push, push", || {
        let queue = Arc::new(Queue::default());
        let poller = thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.poll()
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
        let queue = Arc::new(Queue::default());
        let poller = thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.poll()
        });
        queue.push();
        queue.push();
        let took = queue.poll();
        let both = poller.join().unwrap() && took;
        queue.check(!both);
    });
}
