//! Wakes beside the waiters that hear of them, where posts fail.

use loom::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    thread,
};

use crate::{explore, wakes::Wakes};

/// A port's word, and how many wake packets are in its queue.
#[derive(Default)]
struct Port {
    wakes: Wakes,
    queued: AtomicUsize,
}

impl Port {
    fn wake(&self, posts: bool) -> Result<(), ()> {
        self.wakes.wake(|| {
            if posts {
                self.queued.fetch_add(1, Ordering::AcqRel);
            }
            posts.then_some(()).ok_or(())
        })
    }

    /// Takes a packet, if there is one, and hears of it.
    fn hear(&self) {
        let taken = self
            .queued
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |queued| queued.checked_sub(1));
        if taken.is_ok() {
            self.wakes.heard();
        }
    }
}

/// Two wakes, one of whose posts may fail, beside a waiter: after them no wake relies on a packet that
/// is not in the queue.
fn wakes_beside_a_waiter(name: &'static str, posts: [bool; 2], hearings: usize) {
    explore(name, move || {
        let port = Arc::new(Port::default());
        let threads = posts.map(|posts| {
            let port = Arc::clone(&port);
            thread::spawn(move || port.wake(posts))
        });
        (0..hearings).for_each(|_| port.hear());
        for (thread, posts) in threads.into_iter().zip(posts) {
            let woken = thread.join().unwrap();
            assert!(woken.is_ok() || !posts, "only a post that fails is an error");
        }
        assert_eq!(port.wake(true), Ok(()));
        assert!(port.queued.load(Ordering::Acquire) > 0, "a wake that nobody will hear");
    });
}

#[test]
fn a_wake_beside_another_and_a_waiter_is_heard() {
    wakes_beside_a_waiter("wake, wake; hear", [true, true], 1);
}

#[test]
fn a_wake_beside_one_whose_post_fails_is_heard() {
    wakes_beside_a_waiter("wake, failing wake; hear, hear", [true, false], 2);
}
