//! Where an operation lies: a slot, and the port that it keeps open.

use std::{ptr::NonNull, sync::Arc};

use crate::core::{shared::Core, slot::Slot};

/// A slot of a port. Says nothing of who owns the slot: that is told by the type it is part of.
pub(crate) struct Place {
    core: Arc<Core>,
    // Found once, so that no use of it asks the slab for its bounds.
    slot: NonNull<Slot>,
}

// SAFETY:
// * `core` is `Send`; the pointer is a shared reference to a `Sync` slot that lives as long as `core`.
unsafe impl Send for Place {}
// SAFETY:
// * as for `Send`: a shared `Place` gives shared references only.
unsafe impl Sync for Place {}

impl Place {
    /// The slot at an index that `core` gave.
    pub(crate) fn new(core: Arc<Core>, index: u32) -> Self {
        let slot = NonNull::from(core.slot(index));
        Self { core, slot }
    }

    #[inline(always)]
    pub(crate) fn slot(&self) -> &Slot {
        // SAFETY:
        // * it came from a reference into the slab of `core`, which lives as long as `self`.
        unsafe { self.slot.as_ref() }
    }

    #[inline(always)]
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    pub(crate) fn index(&self) -> u32 {
        self.core.index_of(self.slot())
    }
}
