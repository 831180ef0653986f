//! Buffers that can be lent to the kernel: they own bytes that stay where they are when the value moves.
//!
//! # Safety
//!
//! The traits are `unsafe` to implement: the kernel reads and writes through the pointers that they give,
//! later, while nobody touches the value.

use std::{mem::size_of_val, sync::Arc};

/// A buffer whose bytes the kernel may read, for as long as the operation takes.
///
/// | buffer | to write | to read into |
/// | --- | --- | --- |
/// | `Vec<u8>`, [`PooledBuffer`](crate::PooledBuffer), [`AlignedBuffer`](crate::AlignedBuffer) | its contents | behind them |
/// | `Box<[u8]>`, `Box<[u8; N]>`, `Box<[u32]>` | all | from the start |
/// | [`Slice`](crate::Slice) of any | the part in the range | the part in the range |
/// | `Arc<[u8]>`, `Arc<Vec<u8>>`, `&'static [u8]`, `&'static str`, `String` | all | |
/// | `()` | nothing | |
///
/// # Buffers of other crates
///
/// Neither trait nor type is yours then, so a type around it has to be, and says once what its author
/// documents. Of [`bytes`](https://docs.rs/bytes), whose `Bytes` never change and lie on the heap or are
/// `'static`:
///
/// ```
/// use bytes::Bytes;
/// use iocp::IoBuf;
///
/// pub struct Shared(pub Bytes);
///
/// // SAFETY:
/// // * The bytes lie outside the value, where they neither change nor move until the last
/// //   clone is dropped.
/// unsafe impl IoBuf for Shared {
///     fn contents(&self) -> &[u8] {
///         &self.0
///     }
/// }
///
/// let all = Bytes::from_static(b"head and body");
/// assert_eq!(Shared(all.slice(5..8)).contents(), b"and");
/// ```
///
/// `BytesMut` is filled behind its contents, as a `Vec` is:
///
/// ```
/// use bytes::{BufMut, BytesMut};
/// use iocp::{IoBuf, IoBufMut};
///
/// pub struct Growing(pub BytesMut);
///
/// // SAFETY:
/// // * The bytes lie on the heap, and move, change or are freed only when it is borrowed
/// //   mutably or dropped.
/// unsafe impl IoBuf for Growing {
///     fn contents(&self) -> &[u8] {
///         &self.0
///     }
///
///     fn capacity(&self) -> usize {
///         self.0.capacity()
///     }
/// }
///
/// // SAFETY:
/// // * The spare capacity lies behind the contents, where only the owner can reach.
/// // * `set_filled` makes the first `n` bytes of it contents, and needs them initialised.
/// unsafe impl IoBufMut for Growing {
///     fn room(&mut self) -> (*mut u8, usize) {
///         let room = self.0.spare_capacity_mut();
///         (room.as_mut_ptr().cast(), room.len())
///     }
///
///     unsafe fn set_filled(&mut self, n: usize) {
///         // SAFETY:
///         // * The caller promises that the first `n` bytes of the room are initialised.
///         unsafe { self.0.advance_mut(n) };
///     }
///
///     fn clear(&mut self) {
///         self.0.clear();
///     }
/// }
///
/// assert!(Growing(BytesMut::with_capacity(64)).room().1 >= 64);
/// ```
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
// * The bytes are those of the `Vec`, which nobody can change or free while this clone of the `Arc` lives.
unsafe impl IoBuf for Arc<Vec<u8>> {
    fn contents(&self) -> &[u8] {
        self
    }

    fn capacity(&self) -> usize {
        Vec::capacity(self)
    }
}

/// The length is a part of the type: a header, a page.
// SAFETY:
// * As for `Box<[u8]>`: the bytes lie on the heap, where only the owner of the box can reach.
unsafe impl<const N: usize> IoBuf for Box<[u8; N]> {
    fn contents(&self) -> &[u8] {
        &self[..]
    }
}

/// Filled from the start, as `Box<[u8]>`.
// SAFETY:
// * As for `Box<[u8]>`: the bytes lie on the heap, where only the owner of the box can reach.
unsafe impl<const N: usize> IoBufMut for Box<[u8; N]> {
    fn room(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr(), N)
    }

    unsafe fn set_filled(&mut self, _n: usize) {}
}

/// Bytes that begin at a multiple of four, as some calls want them (`ReadDirectoryChangesW`).
// SAFETY:
// * The numbers lie on the heap, and change or are freed only when the box is borrowed mutably or dropped.
unsafe impl IoBuf for Box<[u32]> {
    fn contents(&self) -> &[u8] {
        // SAFETY:
        // * The bytes of the numbers, all initialised, borrowed with them.
        unsafe { std::slice::from_raw_parts(self.as_ptr().cast(), size_of_val(&**self)) }
    }
}

/// Filled from the start, as `Box<[u8]>`.
// SAFETY:
// * All of its bytes are room, which only the owner of the box can reach; any bytes are numbers.
unsafe impl IoBufMut for Box<[u32]> {
    fn room(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr().cast(), size_of_val(&**self))
    }

    unsafe fn set_filled(&mut self, _n: usize) {}
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
