//! Small helpers: locks without poison, and fields that are emptied and filled again.

use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// Fills a field that is empty: nothing is there to be dropped, which the compiler cannot know.
#[inline(always)]
pub(crate) fn put<T>(field: &mut Option<T>, value: T) {
    let none = field.replace(value);
    debug_assert!(none.is_none());
    std::mem::forget(none);
}
