//! The buffer of a slot: its type, where it lies, and what a completion fills.
//!
//! # Safety
//!
//! As the slot: the owner of the idle slot owns these cells.

use std::{mem::MaybeUninit, sync::atomic::Ordering};

use super::{
    super::typed::{BufferType, Typed},
    Filling, Slot,
};

impl Slot {
    /// Prepares a free slot for buffers of type `B`; allocates the side block if they need one.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot, which has no buffer type yet.
    pub(crate) unsafe fn set_buffer_type<B: Send + 'static>(&self) {
        let buffer_type: &'static BufferType = &Typed::<B>::TYPE;
        self.buffer_type.store(std::ptr::from_ref(buffer_type).cast_mut(), Ordering::Relaxed);
        if !Typed::<B>::FITS {
            let side = Box::into_raw(Box::new(MaybeUninit::<B>::uninit()));
            // SAFETY:
            // * the caller owns the slot; a pointer fits the cell (asserted by its size).
            unsafe { self.buffer.get().cast::<*mut MaybeUninit<B>>().write(side) };
        }
    }

    /// The type set by [`set_buffer_type`](Self::set_buffer_type). Whoever does not own the slot has
    /// to win it, in the generation seen before, to know that it is still the type.
    #[inline]
    pub(crate) fn buffer_type(&self) -> Option<&'static BufferType> {
        // SAFETY:
        // * only null and references to constants are ever stored there.
        unsafe { self.buffer_type.load(Ordering::Relaxed).as_ref() }
    }

    /// Where a buffer of type `B` lies while in flight.
    ///
    /// # Safety
    ///
    /// The caller owns the slot and its buffer type is `B`.
    #[inline(always)]
    pub(crate) unsafe fn place<B: Send + 'static>(&self) -> *mut B {
        if Typed::<B>::FITS {
            self.buffer.get().cast()
        } else {
            // SAFETY:
            // * `set_buffer_type::<B>` wrote the side block's pointer there.
            unsafe { self.buffer.get().cast::<*mut B>().read() }
        }
    }

    /// Sets what a completion may fill: nothing, or a room that is not empty.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot, whose buffer type is `B`.
    #[inline(always)]
    pub(crate) unsafe fn set_filling<B: Send + 'static>(&self, filling: Option<Filling>) {
        // SAFETY:
        // * the caller owns the slot.
        unsafe { self.room.get().write(filling.map_or(0, |filling| filling.room)) };
        if let (Some(Filling { fill, .. }), None) = (filling, Typed::<B>::usual_fill()) {
            // SAFETY:
            // * the caller owns the slot.
            unsafe { self.fill.get().write(Some(fill)) };
        }
    }

    /// What [`set_filling`](Self::set_filling) set; a room of 0, or `None`, for nothing.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot, whose buffer type is `B`.
    #[inline(always)]
    pub(crate) unsafe fn filling<B: Send + 'static>(&self) -> Option<Filling> {
        // SAFETY:
        // * the caller owns the slot.
        let room = unsafe { self.room.get().read() };
        if let Some(fill) = Typed::<B>::usual_fill() {
            // Also a room of 0: to be filled with no bytes is nothing to them.
            return Some(Filling { fill, room });
        }
        if room == 0 {
            return None;
        }
        // SAFETY:
        // * the caller owns the slot.
        let fill = unsafe { self.fill.get().read() };
        fill.map(|fill| Filling { fill, room })
    }

    /// Empties the slot of everything but its generation: buffer type and side block.
    ///
    /// # Safety
    ///
    /// The caller owns the slot, and its buffer has been taken out or dropped.
    pub(crate) unsafe fn clear(&self) {
        if let Some(buffer_type) = self.buffer_type() {
            // SAFETY:
            // * the side block belongs to that type; the buffer is no longer in it.
            unsafe { (buffer_type.free_side)(self) };
        }
        self.buffer_type.store(std::ptr::null_mut(), Ordering::Relaxed);
        // No handle's: the next submit puts the status block in order, whatever it was used for.
        self.key.store(0, Ordering::Relaxed);
    }
}
