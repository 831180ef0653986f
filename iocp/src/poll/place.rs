//! A source's place: the source behind its lock.

use std::sync::{Mutex, MutexGuard};

use super::{source::Source, table::lock};

#[derive(Default)]
pub(super) struct Place {
    source: Mutex<Option<Source>>,
}

impl Place {
    /// `None`: nobody's place.
    #[inline]
    pub(super) fn lock(&self) -> MutexGuard<'_, Option<Source>> {
        lock(&self.source)
    }
}
