//! Where an operation lies: a slot, and the port that it keeps open.

use std::{mem::ManuallyDrop, ptr::NonNull, sync::Arc};

use crate::core::{shared::Core, slot::Slot, step::core_of};

/// A slot of a port, which it keeps open. Says nothing of who owns the slot: that is told by the type
/// it is part of.
///
/// One pointer, so that operations travel in registers: the slot's step names the core.
pub(crate) struct Place {
    /// From [`Core::slot_pointer`], with a count of the core.
    slot: NonNull<Slot>,
}

// SAFETY:
// * a reference to a slot and one to its core, which are both `Sync`, counted as an `Arc` is.
unsafe impl Send for Place {}
// SAFETY:
// * as for `Send`: a shared `Place` gives shared references only.
unsafe impl Sync for Place {}

impl Place {
    /// The slot at an index that `core` gave.
    pub(crate) fn new(core: Arc<Core>, index: u32) -> Self {
        let slot = core.slot_pointer(index);
        // Its count is given back in the drop.
        let _ = Arc::into_raw(core);
        Self { slot }
    }

    #[inline(always)]
    pub(super) fn pointer(&self) -> NonNull<Slot> {
        self.slot
    }

    #[inline(always)]
    pub(crate) fn slot(&self) -> &Slot {
        // SAFETY:
        // * a slot of a slab that lives as long as its core, of which `self` has a count.
        unsafe { self.slot.as_ref() }
    }

    #[inline(always)]
    pub(crate) fn core(&self) -> &Core {
        // SAFETY:
        // * the core is alive: `self` has a count of it.
        unsafe { &*self.core_pointer() }
    }

    /// The count of the core that is held here, not another one.
    pub(crate) fn counted(&self) -> ManuallyDrop<Arc<Core>> {
        // SAFETY:
        // * the pointer is that of an `Arc`, and the count of `self` is not given back by this one.
        ManuallyDrop::new(unsafe { Arc::from_raw(self.core_pointer()) })
    }

    /// Whether this is the port's.
    #[inline(always)]
    pub(crate) fn is_of(&self, core: &Core) -> bool {
        std::ptr::eq(self.core_pointer(), core)
    }

    pub(crate) fn index(&self) -> u32 {
        self.core().index_of(self.slot())
    }

    #[inline(always)]
    fn core_pointer(&self) -> *const Core {
        // SAFETY:
        // * the pointer is one that the slab gave, which lives as long as the core.
        unsafe { core_of(self.slot) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counted = self.counted();
        // SAFETY:
        // * the count of `self`, given back once; `counted` is not used after this.
        unsafe { ManuallyDrop::drop(&mut counted) };
    }
}
