//! What a slot knows of the buffer in it, without its type.
//!
//! # Safety
//!
//! The functions of a [`BufferType`] are called on slots whose buffer type it is, by their owner.

use std::{
    any::TypeId,
    mem::{align_of, size_of, MaybeUninit},
};

use super::slot::{Fill, Inline, Slot};
use crate::base::buffer::set_filled;

/// What a slot knows of the buffer type in it.
pub(crate) struct BufferType {
    /// Compared to tell types apart (addresses of functions and statics may coincide).
    pub(crate) id: fn() -> TypeId,
    /// Drops the buffer in place.
    pub(crate) drop_buffer: unsafe fn(&Slot),
    /// Frees the side block of a buffer that does not fit.
    pub(crate) free_side: unsafe fn(&Slot),
}

/// The type-erased parts of `B`.
pub(super) struct Typed<B>(std::marker::PhantomData<B>);

impl<B: Send + 'static> Typed<B> {
    /// Whether a buffer lies in the slot itself; otherwise in a side block.
    pub(super) const FITS: bool =
        size_of::<B>() <= size_of::<Inline>() && align_of::<B>() <= align_of::<Inline>();

    pub(super) const TYPE: BufferType = BufferType {
        id: TypeId::of::<B>,
        drop_buffer: Self::drop_buffer,
        free_side: Self::free_side,
    };

    /// What fills buffers of std, which every receive of a `B` fills alike: it needs neither be kept
    /// nor be called by a pointer.
    #[inline(always)]
    pub(super) fn usual_fill() -> Option<Fill> {
        let id = TypeId::of::<B>();
        if id == TypeId::of::<Vec<u8>>() {
            return Some(set_filled::<Vec<u8>>);
        }
        (id == TypeId::of::<Box<[u8]>>()).then_some(set_filled::<Box<[u8]>>)
    }

    /// # Safety
    ///
    /// The caller owns the slot, which holds a `B`.
    unsafe fn drop_buffer(slot: &Slot) {
        // SAFETY:
        // * the slot holds a `B`, as the caller promises.
        let place = unsafe { slot.place::<B>() };
        // SAFETY:
        // * it is initialised, and dropped only here.
        drop(unsafe { place.read() });
    }

    /// # Safety
    ///
    /// The caller owns the slot, whose buffer type was `B` and whose buffer is out.
    unsafe fn free_side(slot: &Slot) {
        if Self::FITS {
            return;
        }
        // SAFETY:
        // * the buffer type was `B`.
        let side = unsafe { slot.place::<B>() };
        // SAFETY:
        // * it came from `Box::into_raw` of a `MaybeUninit<B>` and is freed once.
        drop(unsafe { Box::from_raw(side.cast::<MaybeUninit<B>>()) });
    }
}
