//! Buffers that can be lent to the kernel: they own bytes that stay where they are when the value moves.
//!
//! # Safety
//!
//! The traits are `unsafe` to implement: the kernel reads and writes through the pointers that they give,
//! later, while nobody touches the value.

use std::sync::Arc;

use super::pool::PooledBuffer;

/// A buffer whose bytes the kernel may read, for as long as the operation takes.
///
/// # Safety
///
/// * The memory of [`contents`](Self::contents) stays valid, at its address, and unchanged until the value
///   is dropped or borrowed mutably.
/// * It does not lie inside the value: the value is moved between operations.
pub unsafe trait IoBuf: Send + 'static {
    /// The initialised bytes: what a send sends.
    fn contents(&self) -> &[u8];

    /// How many bytes [`Config::max_bytes`](crate::Config::max_bytes) counts for it.
    fn capacity(&self) -> usize {
        self.contents().len()
    }
}

/// A buffer the kernel may fill.
///
/// # Safety
///
/// * The memory of [`room`](Self::room) stays valid, at its address, as in [`IoBuf`], and nothing else
///   reads or writes it meanwhile. The answer is the same until the value is changed through anything but
///   `room` itself.
/// * [`set_filled`](Self::set_filled) with `n` is sound once the first `n` bytes are initialised.
pub unsafe trait IoBufMut: IoBuf {
    /// Where a receive puts its bytes, and how many fit: a `Vec`'s spare capacity, all of a boxed slice.
    /// A raw pointer: through a reference safe code could write uninitialised bytes there.
    fn room(&mut self) -> (*mut u8, usize);

    /// Makes the first `n` bytes of what [`room`](Self::room) gave part of the contents.
    ///
    /// # Safety
    ///
    /// * `n` is at most the length of that room.
    /// * Those bytes are initialised.
    unsafe fn set_filled(&mut self, n: usize);

    /// Forgets the contents, so that all of its capacity is room. Does nothing for a buffer that always
    /// fills from the start.
    fn clear(&mut self) {}
}

// SAFETY:
// * A `Vec`'s bytes lie on the heap; they move, change or are freed only when it is borrowed mutably or
//   dropped.
unsafe impl IoBuf for Vec<u8> {
    fn contents(&self) -> &[u8] {
        self
    }

    fn capacity(&self) -> usize {
        Vec::capacity(self)
    }
}

// SAFETY:
// * The spare capacity lies on the heap behind the contents, where only the owner of the `Vec` can reach.
// * `set_filled` makes the first `n` bytes of it part of the `Vec`, and needs them initialised.
unsafe impl IoBufMut for Vec<u8> {
    fn room(&mut self) -> (*mut u8, usize) {
        let room = self.spare_capacity_mut();
        (room.as_mut_ptr().cast(), room.len())
    }

    unsafe fn set_filled(&mut self, n: usize) {
        let len = self.len() + n;
        // SAFETY:
        // * `len` is at most the capacity: the caller promises that `n` is at most the spare capacity.
        // * The bytes before `len` are initialised: the old ones, and the `n` of the caller's promise.
        unsafe { self.set_len(len) };
    }

    fn clear(&mut self) {
        Vec::clear(self);
    }
}

// SAFETY:
// * The bytes lie on the heap, and change or are freed only when the box is borrowed mutably or dropped.
unsafe impl IoBuf for Box<[u8]> {
    fn contents(&self) -> &[u8] {
        self
    }
}

// SAFETY:
// * All of its bytes are room, which only the owner of the box can reach; they are always initialised, so
//   there is no length to set.
unsafe impl IoBufMut for Box<[u8]> {
    fn room(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr(), self.len())
    }

    unsafe fn set_filled(&mut self, _n: usize) {}
}

/// No bytes: for operations that lend none, such as a [`probe`](crate::AssociatedSocket::probe).
// SAFETY:
// * There are no bytes that could move, change or be freed.
unsafe impl IoBuf for () {
    fn contents(&self) -> &[u8] {
        &[]
    }
}

// SAFETY:
// * The bytes are borrowed for ever: they neither move, nor change, nor are freed.
unsafe impl IoBuf for &'static [u8] {
    fn contents(&self) -> &[u8] {
        self
    }
}

// SAFETY:
// * As for `&'static [u8]`, whose bytes these are.
unsafe impl IoBuf for &'static str {
    fn contents(&self) -> &[u8] {
        self.as_bytes()
    }
}

// SAFETY:
// * The bytes lie in the shared heap block, which nobody can change or free while this clone lives.
unsafe impl IoBuf for Arc<[u8]> {
    fn contents(&self) -> &[u8] {
        self
    }
}

// SAFETY:
// * As for the `Vec<u8>` that it wraps.
unsafe impl IoBuf for String {
    fn contents(&self) -> &[u8] {
        self.as_bytes()
    }

    fn capacity(&self) -> usize {
        String::capacity(self)
    }
}

// SAFETY:
// * As for the `Vec<u8>` in it, whose bytes do not move when its box does.
unsafe impl IoBuf for PooledBuffer {
    fn contents(&self) -> &[u8] {
        self
    }

    fn capacity(&self) -> usize {
        Vec::capacity(self)
    }
}

// SAFETY:
// * As for the `Vec<u8>` in it, which it owns.
unsafe impl IoBufMut for PooledBuffer {
    fn room(&mut self) -> (*mut u8, usize) {
        (**self).room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * The room is that of the `Vec`, so what the caller promises of it is what the `Vec` asks for.
        unsafe { (**self).set_filled(n) };
    }

    fn clear(&mut self) {
        Vec::clear(self);
    }
}

/// [`IoBufMut::set_filled`] of `B`, without the type.
///
/// # Safety
///
/// `buffer` is a `B` that nobody else refers to; the first `n` bytes of its room are initialised.
pub(crate) unsafe fn set_filled<B: IoBufMut>(buffer: *mut (), n: usize) {
    // SAFETY:
    // * `buffer` is a `B` that nobody else refers to, as the caller promises.
    let buffer = unsafe { &mut *buffer.cast::<B>() };
    // SAFETY:
    // * The first `n` bytes of the room are initialised, so `n` is at most its length, as the caller
    //   promises.
    unsafe { buffer.set_filled(n) };
}
