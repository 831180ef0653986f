//! A slot or a handle cell of a port, by a pointer that keeps the port open.
//!
//! # Safety
//!
//! The chunk that the pointer lies in names the core, of which a [`Held`] has a count, as an `Arc` has.

use std::{mem::ManuallyDrop, ptr::NonNull, sync::Arc};

use super::{
    arena::{index_of, owner_of},
    handle_cell::HandleCell,
    shared::Core,
    slot::Slot,
};
use crate::os::{Borrowed, Code, Handle};

/// An item of a port, and a count of its core, in one pointer.
pub(crate) struct Held<T: Release> {
    pointer: NonNull<T>,
}

/// `Operation` and `Completed` own the slot that they hold this way; `InFlight` does not.
pub(crate) type HeldSlot = Held<Slot>;

/// There is exactly one per cell, from `take` to its drop; or copies that count as one (`associated/shared.rs`).
pub(crate) type HeldCell = Held<HandleCell>;

/// What becomes of an item when its [`Held`] is dropped.
pub(crate) trait Release: Sized {
    fn release(held: &Held<Self>);
}

// SAFETY:
// * a reference to a `T` and a count of its core, which are both `Sync`.
unsafe impl<T: Release + Sync> Send for Held<T> {}
// SAFETY:
// * as for `Send`: a shared `Held` gives shared references only.
unsafe impl<T: Release + Sync> Sync for Held<T> {}

impl<T: Release> Held<T> {
    /// # Safety
    ///
    /// `pointer` is one that `core`, in its `Arc`, gave.
    unsafe fn new(core: Arc<Core>, pointer: NonNull<T>) -> Self {
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
        // * the item is valid as long as its core, of which `self` has a count.
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
    pub(crate) fn belongs_to(&self, core: &Core) -> bool {
        std::ptr::eq(self.core_pointer(), core)
    }

    #[inline(always)]
    fn core_pointer(&self) -> *const Core {
        // SAFETY:
        // * the core's arena gave the pointer for all of the chunk, and stays as long as the core.
        // The owner of a port's arenas is the core, in its `Arc`.
        unsafe { owner_of(self.pointer) }.cast()
    }
}

impl HeldSlot {
    /// The slot at an index that `core` gave.
    pub(crate) fn at(core: Arc<Core>, index: u32) -> Self {
        let slot = core.slab.pointer(index);
        // SAFETY:
        // * this core gave the pointer.
        unsafe { Self::new(core, slot) }
    }

    pub(crate) fn index(&self) -> u32 {
        // SAFETY:
        // * the core's arena gave the pointer for all of the chunk, and stays as long as the core.
        unsafe { index_of(self.pointer) }
    }
}

impl HeldCell {
    /// Takes a handle cell, still closed.
    pub(crate) fn take(core: &Arc<Core>) -> Result<Self, Code> {
        let cell = core.cells.take(Arc::as_ptr(core).cast())?;
        // SAFETY:
        // * this core gave the pointer.
        Ok(unsafe { Self::new(Arc::clone(core), cell) })
    }

    /// Cancels what is in flight on the handle and marks it as no longer ours: before it is closed.
    pub(crate) fn close(&self) {
        if !self.get().is_open() {
            return;
        }
        let core = self.core();
        self.get().close(core.slab.end(), |slot, key| core.is_lent_on(slot, key));
    }

    /// The handle, as it was associated.
    #[inline(always)]
    pub(crate) fn handle(&self) -> Handle {
        // SAFETY:
        // * only the first holder opens the cell, before there are others, and `self` is borrowed.
        unsafe { self.get().handle_of_own() }
    }

    /// Whether what is done at once sends no packet.
    #[inline(always)]
    pub(crate) fn skips(&self) -> bool {
        // SAFETY:
        // * only the first holder opens the cell, before there are others, and `self` is borrowed.
        unsafe { self.get().skips() }
    }
}

impl Release for Slot {
    #[inline(always)]
    fn release(_held: &Held<Self>) {}
}

impl Release for HandleCell {
    /// Closes the cell and gives it back.
    fn release(held: &Held<Self>) {
        held.close();
        // SAFETY:
        // * taken from this core's cells, and given back once: in the drop of its only holder.
        unsafe { held.core().cells.put(held.pointer) };
    }
}

impl<T: Release> Drop for Held<T> {
    fn drop(&mut self) {
        T::release(self);
        let mut counted = self.counted();
        // SAFETY:
        // * the count of `self`, given back once; `counted` is not used after this.
        unsafe { ManuallyDrop::drop(&mut counted) };
    }
}

/// What to submit on.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) cell: &'a HeldCell,
    /// The same as the cell's.
    pub(crate) handle: Borrowed<'a>,
}
