//! Operations that nobody owns for now: streams that hold no buffer while they are idle take one for
//! a moment. They are counted by the port's limits all the while.

use std::sync::Mutex;

use super::{lists::Lists, table::lock};
use crate::Operation;

/// Not many: each is in use only for moments.
const KEPT: usize = 64;

pub(super) struct Pool<B: Send + 'static>(Mutex<Vec<Operation<B>>>);

impl<B: Send + 'static> Default for Pool<B> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<B: Send + 'static> Pool<B> {
    #[inline]
    pub(super) fn take(&self) -> Option<Operation<B>> {
        lock(&self.0).pop()
    }

    /// Keeps an operation, unless somebody was refused for want of it.
    #[inline]
    pub(super) fn keep(&self, operation: Operation<B>, lists: &Lists) {
        let mut kept = lock(&self.0);
        if kept.len() < KEPT {
            kept.push(operation);
        }
        drop(kept);
        // Kept first, then looked: who is listed and has looked here before is seen now, and who looks
        // here later finds it.
        if lists.has_starved() {
            drop(self.take());
        }
    }
}
