//! Stopping a call inside the kernel, so that a test decides what happens meanwhile.

use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Condvar, Mutex, PoisonError,
    },
    time::Duration,
};

use super::lock;

/// Where a call stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// A submitting call, before the kernel did anything.
    Entry,
    /// A submitting call, before it returns: the operation may be done, its packet queued and taken.
    Return,
    /// `CancelIoEx`, before anything is cancelled.
    Cancel,
}

/// Holds a call; made by [`Kernel::hold`](super::Kernel::hold). Dropping it lets the call go on.
#[derive(Debug)]
pub struct Hold(Arc<State>);

#[derive(Debug)]
struct State {
    point: Point,
    /// Has a call arrived; may it go on?
    steps: Mutex<(bool, bool)>,
    changed: Condvar,
}

/// Nobody holds a call longer: a test that hangs says nothing.
const LIMIT: Duration = Duration::from_secs(if cfg!(iocp_mutants) { 5 } else { 60 });

impl Hold {
    /// Waits until a call has arrived.
    ///
    /// # Panics
    ///
    /// If none arrives within a minute.
    pub fn wait_for_call(&self) {
        self.0.wait(|steps| steps.0);
    }

    /// Whether a call has arrived.
    #[must_use]
    pub fn has_call(&self) -> bool {
        lock(&self.0.steps).0
    }

    /// Lets the call go on.
    pub fn release(&self) {
        lock(&self.0.steps).1 = true;
        self.0.changed.notify_all();
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.release();
    }
}

impl State {
    fn wait(&self, until: impl Fn(&(bool, bool)) -> bool) {
        let steps = lock(&self.steps);
        let (steps, _) = self
            .changed
            .wait_timeout_while(steps, LIMIT, |steps| !until(steps))
            .unwrap_or_else(PoisonError::into_inner);
        assert!(until(&steps), "a held call waited for too long");
    }
}

/// The holds on one file.
#[derive(Default)]
pub(super) struct Holds {
    armed: AtomicBool,
    hold: Mutex<Option<Arc<State>>>,
}

impl Holds {
    pub(super) fn arm(&self, point: Point) -> Hold {
        let (steps, changed) = (Mutex::default(), Condvar::new());
        let state = Arc::new(State { point, steps, changed });
        *lock(&self.hold) = Some(Arc::clone(&state));
        self.armed.store(true, Ordering::Relaxed);
        Hold(state)
    }

    /// Stops here if a test wants it. A relaxed load, and nothing else, if none does.
    pub(super) fn pass(&self, point: Point) {
        if !self.armed.load(Ordering::Relaxed) {
            return;
        }
        let mut hold = lock(&self.hold);
        if !hold.as_ref().is_some_and(|state| state.point == point) {
            return;
        }
        let Some(state) = hold.take() else { return };
        drop(hold);
        self.armed.store(false, Ordering::Relaxed);
        lock(&state.steps).0 = true;
        state.changed.notify_all();
        state.wait(|steps| steps.1);
    }
}
