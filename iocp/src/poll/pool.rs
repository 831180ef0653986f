//! Operations that the streams of a queue leave to each other. All of them count against the port's limits.

use std::sync::Mutex;

use super::{lists::Lists, util::lock};
use crate::{base::buffer::IoBuf, operation::Operation};

/// A pool keeps so many operations: each is in use only for moments.
pub(crate) const KEPT: usize = 64;

pub(crate) struct Pool<B: Send + 'static> {
    kept: Mutex<Kept<B>>,
    /// How many bytes their buffers have together, at most.
    most: usize,
}

struct Kept<B: Send + 'static> {
    operations: Vec<Operation<B>>,
    bytes: usize,
}

impl<B: IoBuf> Pool<B> {
    /// Of buffers of so many bytes together, at most.
    pub(crate) fn new(most: usize) -> Self {
        Self { kept: Mutex::new(Kept { operations: Vec::new(), bytes: 0 }), most }
    }

    /// Takes one whose buffer has so many bytes at least.
    #[inline]
    pub(crate) fn take(&self, bytes: usize) -> Option<Operation<B>> {
        let mut kept = lock(&self.kept);
        let fits = |operation: &Operation<B>| operation.buffer().capacity() >= bytes;
        let place = kept.operations.iter().rposition(fits)?;
        let operation = kept.operations.swap_remove(place);
        kept.bytes -= operation.buffer().capacity();
        Some(operation)
    }

    /// Keeps an operation, unless a source was refused for want of it.
    #[inline]
    pub(crate) fn keep(&self, operation: Operation<B>, lists: &Lists) {
        let bytes = operation.buffer().capacity();
        let mut kept = lock(&self.kept);
        if kept.operations.len() < KEPT && bytes <= self.most - kept.bytes {
            kept.bytes += bytes;
            kept.operations.push(operation);
        }
        drop(kept);
        // Push before checking for refused sources: one that is listed and has looked in here before
        // is seen now, and one that looks later finds it.
        if lists.has_starved() {
            drop(self.take(0));
        }
    }
}
