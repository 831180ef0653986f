//! Where an operation lies: a slot, and the port that it keeps open.

use std::sync::Arc;

use crate::core::{held::Held, shared::Core, slot::Slot};

/// A slot of a port. Says nothing of who owns it: that is told by the type it is part of.
pub(crate) type Place = Held<Slot>;

impl Held<Slot> {
    /// The slot at an index that `core` gave.
    pub(crate) fn at(core: Arc<Core>, index: u32) -> Self {
        let slot = core.slot_pointer(index);
        // SAFETY:
        // * a slot of this core's slab, which lives as long as it.
        unsafe { Self::new(core, slot) }
    }

    #[inline(always)]
    pub(crate) fn slot(&self) -> &Slot {
        self.get()
    }

    pub(crate) fn index(&self) -> u32 {
        self.core().index_of(self.slot())
    }
}
