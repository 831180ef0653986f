//! Earlier deadlines beside waits that begin and end.

use loom::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    thread,
};

use crate::{counted_waits::CountedWaits, explore};

const LATER: u64 = 9;
const SOONER: u64 = 5;

/// A port's words, and how many packets that tell of a deadline were posted.
#[derive(Default)]
struct Port {
    waits: CountedWaits,
    posted: AtomicUsize,
}

impl Port {
    fn set(&self, next: u64) {
        if self.waits.set_next(next) == Some(true) {
            self.posted.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// A wait begins and sleeps: whether it knows the sooner deadline.
    fn sleeps(&self) -> bool {
        self.waits.begin().0 == SOONER
    }

    /// A wait begins and ends at once, with work for its caller.
    fn passes(&self) {
        let (_, began) = self.waits.begin();
        self.waits.end(began);
        if self.waits.nobody_knows(|_| false) {
            self.posted.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Of those that sleep on, one knows the deadline, or one of them is told.
fn told(port: &Port, know: &[bool]) {
    let known = know.contains(&true) || know.is_empty();
    assert!(known || port.posted.load(Ordering::SeqCst) > 0, "all sleep beyond the deadline");
}

/// Two waits begin beside an earlier deadline.
#[test]
fn a_wait_beside_an_earlier_deadline_knows_it_or_is_told() {
    explore("begin; begin; set, set", || {
        let port = Arc::new(Port::default());
        let waiters = [(); 2].map(|()| {
            let port = Arc::clone(&port);
            thread::spawn(move || port.sleeps())
        });
        port.set(LATER);
        port.set(SOONER);
        told(&port, &waiters.map(|waiter| waiter.join().unwrap()));
    });
}

/// One wait sleeps; another, which may be the only one that knows, returns to its caller.
#[test]
fn a_wait_that_leaves_beside_an_earlier_deadline_leaves_none_that_sleeps_beyond_it() {
    explore("begin; begin, end; set", || {
        let port = Arc::new(Port::default());
        let sleeper = thread::spawn({
            let port = Arc::clone(&port);
            move || port.sleeps()
        });
        let worker = thread::spawn({
            let port = Arc::clone(&port);
            move || port.passes()
        });
        port.set(SOONER);
        worker.join().unwrap();
        told(&port, &[sleeper.join().unwrap()]);
    });
}
