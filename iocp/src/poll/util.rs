//! Small helpers: locks without poison, moments far away, what cannot be.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Locks. No code of the user's runs under a lock of the event queue, so poison says nothing.
#[inline]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What [`lock`] guards, by an exclusive reference, which needs no lock.
#[inline]
pub(crate) fn own<T>(mutex: &mut Mutex<T>) -> &mut T {
    mutex.get_mut().unwrap_or_else(PoisonError::into_inner)
}

/// So much later; what the clock cannot tell is as good as never.
pub(crate) fn later(from: Instant, time: Duration) -> Instant {
    from.checked_add(time).unwrap_or(from + Duration::from_secs(1 << 31))
}

/// Where a cell would have to hold another source than its owner's. One function, because each message of its own
/// would stand in every program.
#[cold]
pub(crate) fn impossible() -> ! {
    unreachable!("a cell holds the source of its owner")
}
