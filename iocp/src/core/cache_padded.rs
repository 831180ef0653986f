//! Keeping what is written often away from what is read often.

use std::ops::Deref;

/// A value on cache lines of its own: its neighbours are not slowed down by writes to it.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct CachePadded<T>(pub(crate) T);

impl<T> Deref for CachePadded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
