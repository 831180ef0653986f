//! A pointer into a port's memory that keeps the port open.
//!
//! # Safety
//!
//! One pointer: the step it lies in names the core, of which a `Held` has a count, as an `Arc` has.

use std::{mem::ManuallyDrop, ptr::NonNull, sync::Arc};

use super::{shared::Core, step::core_of};

/// A slot or a gate of a port, which it keeps open.
pub(crate) struct Held<T> {
    pointer: NonNull<T>,
}

// SAFETY:
// * a reference to a `T` and one to its core, which are both `Sync`, counted as an `Arc` is.
unsafe impl<T: Sync> Send for Held<T> {}
// SAFETY:
// * as for `Send`: a shared `Held` gives shared references only.
unsafe impl<T: Sync> Sync for Held<T> {}

impl<T> Held<T> {
    /// # Safety
    ///
    /// `pointer` is one that `core` gave, to a valid `T` that lives as long as the core.
    pub(crate) unsafe fn new(core: Arc<Core>, pointer: NonNull<T>) -> Self {
        // Its count is given back in the drop.
        let _ = Arc::into_raw(core);
        Self { pointer }
    }

    #[inline(always)]
    pub(crate) fn pointer(&self) -> NonNull<T> {
        self.pointer
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> &T {
        // SAFETY:
        // * it lives as long as its core, of which `self` has a count.
        unsafe { self.pointer.as_ref() }
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

    #[inline(always)]
    fn core_pointer(&self) -> *const Core {
        // SAFETY:
        // * the pointer is one that the core gave, into a step that lives as long as the core.
        unsafe { core_of(self.pointer) }
    }
}

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        let mut counted = self.counted();
        // SAFETY:
        // * the count of `self`, given back once; `counted` is not used after this.
        unsafe { ManuallyDrop::drop(&mut counted) };
    }
}
