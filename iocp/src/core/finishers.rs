//! The calls that wait for one operation each: what waiters know of them, and where they give way.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// One use of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SlotUse {
    pub(crate) index: u32,
    pub(crate) generation: u64,
}

/// What one waiter knows of calls that wait for one operation each.
#[derive(Default)]
pub(crate) struct FinishCalls {
    /// What its own call waits for: that packet is not reported, and wakes nobody.
    pub(crate) finishing: Option<SlotUse>,
    /// An operation that another call waits for, and whose wake-up packet this waiter has posted: before
    /// its next wait it gives way to that call.
    pub(crate) gives_way_to: Option<SlotUse>,
}

/// Where waiters sleep that give way: how many do, and what wakes them.
#[derive(Debug, Default)]
pub(super) struct Finishers {
    sleeping: Mutex<u32>,
    changed: Condvar,
}

impl Finishers {
    fn lock(&self) -> MutexGuard<'_, u32> {
        self.sleeping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After a state word has changed. A waiter that saw the old word, under the lock, is asleep already.
    pub(super) fn wake(&self) {
        if *self.lock() > 0 {
            self.changed.notify_all();
        }
    }

    /// Sleeps until `over`, at most `ms` milliseconds.
    pub(super) fn sleep_until(&self, ms: u32, over: impl Fn() -> bool) {
        let end = Instant::now() + Duration::from_millis(ms.into());
        let mut sleeping = self.lock();
        while !over() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            *sleeping += 1;
            let woken = self.changed.wait_timeout(sleeping, left);
            sleeping = woken.unwrap_or_else(PoisonError::into_inner).0;
            *sleeping -= 1;
        }
    }
}
