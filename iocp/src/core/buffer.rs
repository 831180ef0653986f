//! The buffer of an operation in its slot: where it lies, its type, and what a completion fills.
//!
//! # Safety
//!
//! Only the owner of the slot touches its buffer cell. The slot's state word says which thread that is.

use std::{
    any::TypeId,
    cell::UnsafeCell,
    marker::PhantomData,
    mem::{align_of, size_of, MaybeUninit},
    sync::atomic::{AtomicPtr, Ordering},
};

use crate::base::{buffer::set_filled, lent::LentBuffer};

/// The buffer itself, or a pointer to its side block.
type Inline = [MaybeUninit<usize>; 3];

/// Makes the first `n` bytes of the room part of the buffer at the pointer.
pub(crate) type Fill = unsafe fn(*mut (), usize);

/// What a completion fills, and how much of it at most.
#[derive(Clone, Copy)]
pub(crate) struct Filling {
    pub(crate) fill: Fill,
    /// Bytes; 0 for nothing.
    pub(crate) room: u32,
}

/// The part of a slot that knows of its buffer.
#[repr(C)]
pub(crate) struct BufferCell {
    inline: UnsafeCell<Inline>,
    /// Null, or one of the constants of `Typed`. Atomic, because redeemers by id look at it before
    /// they own the slot.
    buffer_type: AtomicPtr<BufferType>,
    /// What fills the buffer, unless its type says so.
    fill: UnsafeCell<Option<Fill>>,
    /// Bytes that a completion may fill; 0 for one that fills nothing.
    room: UnsafeCell<u32>,
}

/// What can be done with a buffer without knowing its type. The functions are called by the owner of a
/// cell that has this type.
struct BufferType {
    /// Compared to tell types apart (addresses of functions and statics may coincide).
    id: fn() -> TypeId,
    /// Drops the buffer in place.
    drop: unsafe fn(&BufferCell),
    /// Frees the side block of a buffer that does not fit; its buffer is out.
    free_side: unsafe fn(&BufferCell),
}

struct Typed<B>(PhantomData<B>);

impl<B: Send + 'static> Typed<B> {
    /// Whether a buffer lies in the slot itself; otherwise in a side block.
    const FITS: bool =
        size_of::<B>() <= size_of::<Inline>() && align_of::<B>() <= align_of::<Inline>();

    const TYPE: BufferType = BufferType {
        id: TypeId::of::<B>,
        drop: |cell| {
            // SAFETY:
            // * the caller owns the cell, and its buffer type is `B`.
            let buffer = unsafe { cell.pointer::<B>() };
            // SAFETY:
            // * there is a buffer, which is moved out once: the caller drops it here.
            drop(unsafe { buffer.read() });
        },
        free_side: |cell| {
            if !Self::FITS {
                // SAFETY:
                // * the caller owns the cell, and its buffer type is `B`.
                let side = unsafe { cell.pointer::<B>() }.cast::<MaybeUninit<B>>();
                // SAFETY:
                // * it came from `Box::into_raw` of a `MaybeUninit<B>` and is freed once.
                drop(unsafe { Box::from_raw(side) });
            }
        },
    };

    /// What fills the buffers of std and those of the event queue, which every receive of a `B` fills alike: it needs neither be kept
    /// nor be called by a pointer.
    #[inline(always)]
    fn usual_fill() -> Option<Fill> {
        let id = TypeId::of::<B>();
        if id == TypeId::of::<Vec<u8>>() {
            return Some(set_filled::<Vec<u8>>);
        }
        if id == TypeId::of::<LentBuffer>() {
            return Some(set_filled::<LentBuffer>);
        }
        (id == TypeId::of::<Box<[u8]>>()).then_some(set_filled::<Box<[u8]>>)
    }
}

impl BufferCell {
    /// Prepares the cell for buffers of type `B`; allocates the side block if they need one.
    ///
    /// # Safety
    ///
    /// The caller owns the cell, which has no buffer type yet.
    pub(crate) unsafe fn set_type<B: Send + 'static>(&self) {
        let buffer_type: &'static BufferType = &Typed::<B>::TYPE;
        self.buffer_type.store(std::ptr::from_ref(buffer_type).cast_mut(), Ordering::Relaxed);
        if !Typed::<B>::FITS {
            let side = Box::into_raw(Box::new(MaybeUninit::<B>::uninit()));
            // SAFETY:
            // * the caller owns the cell, which has room and alignment for a pointer.
            unsafe { self.inline.get().cast::<*mut MaybeUninit<B>>().write(side) };
        }
    }

    /// Whether its buffers are of type `B`. Unless the caller owns the slot, this may change: it still
    /// holds for a caller that then wins the slot in a generation that it saw before.
    pub(crate) fn holds_type<B: 'static>(&self) -> bool {
        self.buffer_type().is_some_and(|buffer_type| (buffer_type.id)() == TypeId::of::<B>())
    }

    fn buffer_type(&self) -> Option<&'static BufferType> {
        // SAFETY:
        // * only null and references to constants are ever stored there.
        unsafe { self.buffer_type.load(Ordering::Relaxed).as_ref() }
    }

    /// Where a buffer of type `B` lies.
    ///
    /// # Safety
    ///
    /// The caller owns the cell and its buffer type is `B`.
    #[inline(always)]
    pub(crate) unsafe fn pointer<B: Send + 'static>(&self) -> *mut B {
        if Typed::<B>::FITS {
            self.inline.get().cast()
        } else {
            // SAFETY:
            // * `set_type::<B>` wrote the side block's pointer there; only the owner, the caller, writes.
            unsafe { self.inline.get().cast::<*mut B>().read() }
        }
    }

    /// Sets what a completion may fill: nothing, or a room that is not empty.
    ///
    /// # Safety
    ///
    /// The caller owns the cell, whose buffer type is `B`.
    #[inline(always)]
    pub(crate) unsafe fn set_filling<B: Send + 'static>(&self, filling: Option<Filling>) {
        // SAFETY:
        // * the caller owns the cell: nobody else reads or writes it meanwhile.
        unsafe { self.room.get().write(filling.map_or(0, |filling| filling.room)) };
        if let (Some(Filling { fill, .. }), None) = (filling, Typed::<B>::usual_fill()) {
            // SAFETY:
            // * the caller owns the cell: nobody else reads or writes it meanwhile.
            unsafe { self.fill.get().write(Some(fill)) };
        }
    }

    /// Bytes that the last use could fill; 0 for one that fills nothing.
    ///
    /// # Safety
    ///
    /// The caller owns the cell.
    pub(crate) unsafe fn room(&self) -> u32 {
        // SAFETY:
        // * the caller owns the cell: nobody else reads or writes it meanwhile.
        unsafe { self.room.get().read() }
    }

    /// What [`set_filling`](Self::set_filling) set; a room of 0, or `None`, for nothing.
    ///
    /// # Safety
    ///
    /// The caller owns the cell, whose buffer type is `B`.
    #[inline(always)]
    pub(crate) unsafe fn filling<B: Send + 'static>(&self) -> Option<Filling> {
        // SAFETY:
        // * the caller owns the cell: nobody else writes it meanwhile.
        let room = unsafe { self.room.get().read() };
        if let Some(fill) = Typed::<B>::usual_fill() {
            // Filling 0 bytes is a no-op for these types.
            return Some(Filling { fill, room });
        }
        if room == 0 {
            return None;
        }
        // SAFETY:
        // * the caller owns the cell: nobody else writes it meanwhile.
        let fill = unsafe { self.fill.get().read() };
        fill.map(|fill| Filling { fill, room })
    }

    /// Drops the buffer in place, if there ever was one.
    ///
    /// # Safety
    ///
    /// The caller owns the cell, which holds a buffer of its type if it has one.
    pub(super) unsafe fn drop_buffer(&self) {
        if let Some(buffer_type) = self.buffer_type() {
            // SAFETY:
            // * the caller owns the cell, whose buffer type this is, with a buffer in it.
            unsafe { (buffer_type.drop)(self) };
        }
    }

    /// Forgets the buffer type and frees the side block.
    ///
    /// # Safety
    ///
    /// The caller owns the cell, and its buffer has been taken out or dropped.
    pub(super) unsafe fn clear(&self) {
        if let Some(buffer_type) = self.buffer_type() {
            // SAFETY:
            // * the caller owns the cell, whose buffer type this is, and the buffer is out.
            unsafe { (buffer_type.free_side)(self) };
        }
        self.buffer_type.store(std::ptr::null_mut(), Ordering::Relaxed);
    }
}
