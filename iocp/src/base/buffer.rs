//! Buffers that can be lent to the kernel: owned, and at an address that does not move with them.
//!
//! # Safety
//!
//! The traits are `unsafe` to implement because the kernel reads and writes through the pointers
//! they give while the value itself is not touched.

use std::sync::Arc;

use super::pool::PooledBuffer;

/// A buffer whose bytes the kernel may read, for as long as the operation takes.
///
/// # Safety
///
/// * [`contents`](Self::contents) gives memory that stays valid, at that address, and unchanged until the
///   value is dropped or borrowed mutably, also while the value itself lies still and nobody
///   touches it.
/// * It must not lie inside the value itself: the value is moved between operations.
pub unsafe trait IoBuf: Send + 'static {
    /// The initialised bytes: what a send sends.
    fn contents(&self) -> &[u8];

    /// How many bytes of memory are lent: what `max_bytes` of the port counts.
    fn capacity(&self) -> usize {
        self.contents().len()
    }
}

/// A buffer the kernel may fill.
///
/// # Safety
///
/// * [`room`](Self::room) gives memory that stays valid and at that address as in [`IoBuf`], and
///   that nothing else reads or writes meanwhile; it answers alike until the value is changed
///   through anything but `room` itself.
/// * After the kernel initialised its first `n` bytes, [`set_filled`](Self::set_filled) may be
///   called with `n`.
pub unsafe trait IoBufMut: IoBuf {
    /// Where a receive puts its bytes, and how many fit: a `Vec`'s spare capacity, all of a boxed
    /// slice. Asked again before the buffer is changed, it gives the same answer. A raw pointer,
    /// because safe code must not be able to write uninitialised bytes there.
    fn room(&mut self) -> (*mut u8, usize);

    /// Makes the first `n` bytes of what [`room`](Self::room) gave part of the contents.
    ///
    /// # Safety
    ///
    /// * `n` is at most the length of that room.
    /// * Those bytes are initialised.
    unsafe fn set_filled(&mut self, n: usize);
}

// SAFETY:
// * a `Vec`'s bytes lie on the heap and move only when it is borrowed mutably.
unsafe impl IoBuf for Vec<u8> {
    fn contents(&self) -> &[u8] {
        self
    }

    fn capacity(&self) -> usize {
        Vec::capacity(self)
    }
}

// SAFETY:
// * the spare capacity lies on the heap behind the contents, and nothing else refers to it.
unsafe impl IoBufMut for Vec<u8> {
    fn room(&mut self) -> (*mut u8, usize) {
        let room = self.spare_capacity_mut();
        (room.as_mut_ptr().cast(), room.len())
    }

    unsafe fn set_filled(&mut self, n: usize) {
        let len = self.len() + n;
        // SAFETY:
        // * `len` is within the capacity, as `n` is within the spare capacity.
        // * the caller promises that those bytes are initialised.
        unsafe { self.set_len(len) };
    }
}

// SAFETY:
// * a boxed slice lies on the heap.
unsafe impl IoBuf for Box<[u8]> {
    fn contents(&self) -> &[u8] {
        self
    }
}

// SAFETY:
// * all of it is room; it is always initialised, so there is no length to set.
unsafe impl IoBufMut for Box<[u8]> {
    fn room(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr(), self.len())
    }

    unsafe fn set_filled(&mut self, _n: usize) {}
}

/// No bytes: for operations that lend none, such as a [`probe`](crate::AssociatedSocket::probe).
// SAFETY:
// * an empty slice lies nowhere.
unsafe impl IoBuf for () {
    fn contents(&self) -> &[u8] {
        &[]
    }
}

// SAFETY:
// * static memory never moves.
unsafe impl IoBuf for &'static [u8] {
    fn contents(&self) -> &[u8] {
        self
    }
}

// SAFETY:
// * static memory never moves.
unsafe impl IoBuf for &'static str {
    fn contents(&self) -> &[u8] {
        self.as_bytes()
    }
}

// SAFETY:
// * the bytes lie in the shared heap block, which nobody can change while this clone lives.
unsafe impl IoBuf for Arc<[u8]> {
    fn contents(&self) -> &[u8] {
        self
    }
}

// SAFETY:
// * as for `Vec<u8>`, which it wraps.
unsafe impl IoBuf for String {
    fn contents(&self) -> &[u8] {
        self.as_bytes()
    }

    fn capacity(&self) -> usize {
        String::capacity(self)
    }
}

// SAFETY:
// * as for the `Vec<u8>` in it, whose bytes do not move when the box does.
unsafe impl IoBuf for PooledBuffer {
    fn contents(&self) -> &[u8] {
        self
    }

    fn capacity(&self) -> usize {
        Vec::capacity(self)
    }
}

// SAFETY:
// * as for the `Vec<u8>` in it.
unsafe impl IoBufMut for PooledBuffer {
    fn room(&mut self) -> (*mut u8, usize) {
        (**self).room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * the room is that of the `Vec`, so the caller's promise is the one it wants.
        unsafe { (**self).set_filled(n) };
    }
}

/// [`IoBufMut::set_filled`] of `B`, without the type.
///
/// # Safety
///
/// `buffer` is a `B`, whose room's first `n` bytes are initialised.
pub(crate) unsafe fn set_filled<B: IoBufMut>(buffer: *mut (), n: usize) {
    // SAFETY:
    // * `buffer` is a `B`, and the caller holds it mutably.
    let buffer = unsafe { &mut *buffer.cast::<B>() };
    // SAFETY:
    // * the caller promises that the first `n` bytes of the room are initialised.
    unsafe { buffer.set_filled(n) };
}
