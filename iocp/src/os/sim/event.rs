//! An event object: set once by a completion, waited for by one thread.

use std::{
    sync::{
        atomic::{AtomicU32, Ordering},
        Condvar, Mutex, PoisonError,
    },
    time::{Duration, Instant},
};

use super::{lock, machine::Machine};

/// A manual-reset event, made unset.
pub(super) struct Event {
    pub(super) machine: &'static Machine,
    number: u32,
    calls: AtomicU32,
    set: Mutex<bool>,
    changed: Condvar,
}

impl Event {
    pub(super) fn new(machine: &'static Machine) -> Self {
        let (number, calls) = (machine.number(), AtomicU32::new(0));
        Self { machine, number, calls, set: Mutex::new(false), changed: Condvar::new() }
    }

    pub(super) fn set(&self) {
        *lock(&self.set) = true;
        self.changed.notify_all();
    }

    /// Whether it was set within the limit, which may pass early as in every wait of the system.
    pub(super) fn wait(&self, timeout_ms: u32) -> bool {
        let nth = self.calls.fetch_add(1, Ordering::Relaxed);
        let bits = self.machine.choose(self.number, nth).bits;
        let early = bits % 100 < u64::from(self.machine.script.early_timeouts);
        let limit = Duration::from_millis(u64::from(timeout_ms)) / if early { 2 } else { 1 };
        let end = (timeout_ms != u32::MAX).then(|| Instant::now() + limit);
        let mut set = lock(&self.set);
        while !*set {
            let left = match end {
                None => Duration::from_secs(60),
                Some(end) => end.saturating_duration_since(Instant::now()),
            };
            if left.is_zero() {
                return false;
            }
            let waited = self.changed.wait_timeout(set, left);
            set = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}
