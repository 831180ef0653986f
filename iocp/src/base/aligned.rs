//! Buffers that begin at a multiple of something, as unbuffered files and some devices ask for.
//!
//! # Safety
//!
//! All bytes are initialised from the beginning, with zeros: so which of them are contents is a number that
//! safe code may choose.

use std::{
    alloc::{alloc_zeroed, dealloc, handle_alloc_error, Layout},
    fmt,
    ops::{Deref, DerefMut},
    ptr::NonNull,
};

use super::buffer::{IoBuf, IoBufMut};

/// A buffer with an alignment of one's choice, otherwise as a `Vec<u8>` that never grows: a read fills it
/// behind its contents, a write writes its contents.
///
/// For a file opened [without buffering](https://learn.microsoft.com/en-us/windows/win32/fileio/file-buffering):
/// "buffer addresses for read and write operations should be physical sector-aligned". 4096 serves disks with
/// sectors of 512 and of 4096 bytes.
///
/// # Examples
///
/// ```
/// let mut buffer = iocp::AlignedBuffer::new(10_000, 4096);
/// assert_eq!((buffer.len(), buffer.capacity()), (0, 12_288));
/// assert_eq!(buffer.as_ptr() as usize % 4096, 0);
/// // The last sector of a file, filled up with zeros.
/// buffer.set_len(3);
/// buffer.copy_from_slice(b"end");
/// buffer.set_len(4096);
/// assert_eq!(&buffer[..5], b"end\0\0");
/// ```
pub struct AlignedBuffer {
    start: NonNull<u8>,
    len: usize,
    layout: Layout,
}

impl AlignedBuffer {
    /// An empty buffer at a multiple of `alignment` bytes, with a capacity of `size` bytes, rounded up to a
    /// multiple of `alignment`, and at least that.
    ///
    /// # Panics
    ///
    /// If `alignment` is no power of two, or the capacity above `isize::MAX`.
    #[must_use]
    pub fn new(size: usize, alignment: usize) -> Self {
        let layout = Layout::from_size_align(size.max(1), alignment)
            .map(|layout| layout.pad_to_align())
            .expect("an alignment that is a power of two, and a size of at most isize::MAX");
        // SAFETY:
        // * The size is not 0.
        let start = unsafe { alloc_zeroed(layout) };
        let Some(start) = NonNull::new(start) else { handle_alloc_error(layout) };
        Self { start, len: 0, layout }
    }

    /// How many bytes are contents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no contents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many bytes fit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.layout.size()
    }

    /// What its address is a multiple of.
    #[must_use]
    pub fn alignment(&self) -> usize {
        self.layout.align()
    }

    /// Makes the first `len` bytes the contents. What was not written since the buffer was made is 0; what was
    /// is as it was left.
    ///
    /// # Panics
    ///
    /// If `len` is above the capacity.
    pub fn set_len(&mut self, len: usize) {
        assert!(len <= self.capacity(), "{len} bytes of a buffer with {}", self.capacity());
        self.len = len;
    }

    /// Forgets the contents.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Adds as many of the bytes as fit, and returns how many.
    pub fn extend_from_slice(&mut self, bytes: &[u8]) -> usize {
        let old = self.len;
        let n = bytes.len().min(self.capacity() - old);
        self.len += n;
        self[old..].copy_from_slice(&bytes[..n]);
        n
    }
}

impl Deref for AlignedBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY:
        // * The first `len` bytes of the allocation, which are initialised and borrowed with `self`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl DerefMut for AlignedBuffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY:
        // * The first `len` bytes of the allocation, which are initialised and borrowed mutably with `self`.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

// SAFETY:
// * The allocation belongs to this value alone, as that of a `Vec` does.
unsafe impl Send for AlignedBuffer {}
// SAFETY:
// * A shared reference gives the bytes to read only.
unsafe impl Sync for AlignedBuffer {}

// SAFETY:
// * The bytes lie on the heap; they change or are freed only when the buffer is borrowed mutably or dropped.
unsafe impl IoBuf for AlignedBuffer {
    fn contents(&self) -> &[u8] {
        self
    }

    fn capacity(&self) -> usize {
        AlignedBuffer::capacity(self)
    }
}

// SAFETY:
// * The room lies on the heap behind the contents, where only the owner of the buffer can reach.
// * `set_filled` makes the first `n` bytes of it contents; they are initialised in any case.
unsafe impl IoBufMut for AlignedBuffer {
    fn room(&mut self) -> (*mut u8, usize) {
        // SAFETY:
        // * `len` is at most the size of the allocation.
        (unsafe { self.start.as_ptr().add(self.len) }, self.capacity() - self.len)
    }

    unsafe fn set_filled(&mut self, n: usize) {
        self.len += n;
    }

    fn clear(&mut self) {
        AlignedBuffer::clear(self);
    }
}

impl Drop for AlignedBuffer {
    fn drop(&mut self) {
        // SAFETY:
        // * Allocated with this layout by `new`, and freed once.
        unsafe { dealloc(self.start.as_ptr(), self.layout) };
    }
}

impl fmt::Debug for AlignedBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlignedBuffer")
            .field("len", &self.len)
            .field("capacity", &self.capacity())
            .field("alignment", &self.alignment())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lies_where_it_should_and_is_filled_behind_its_contents() {
        for alignment in [1, 4, 512, 4096] {
            let mut buffer = AlignedBuffer::new(1000, alignment);
            assert_eq!((buffer.as_ptr() as usize) % alignment, 0);
            assert_eq!(buffer.capacity(), 1000_usize.next_multiple_of(alignment));
            assert_eq!(buffer.extend_from_slice(b"head"), 4);
            let start = buffer.as_ptr();
            let (room, len) = buffer.room();
            assert_eq!((room.cast_const(), len), (start.wrapping_add(4), buffer.capacity() - 4));
            // SAFETY:
            // * there is room for more than one byte.
            unsafe { room.write(b'+') };
            // SAFETY:
            // * one byte of the room was written.
            unsafe { buffer.set_filled(1) };
            assert_eq!(&buffer[..], b"head+");
            IoBufMut::clear(&mut buffer);
            assert_eq!((buffer.is_empty(), buffer.room().1), (true, buffer.capacity()));
        }
    }

    #[test]
    fn it_takes_what_fits_and_is_never_empty_of_room() {
        let mut buffer = AlignedBuffer::new(0, 8);
        assert_eq!(buffer.extend_from_slice(&[7; 20]), 8);
        assert_eq!((&buffer[..], buffer.len()), (&[7; 8][..], 8));
        buffer.set_len(0);
        assert!(buffer.is_empty());
    }

    #[test]
    #[should_panic(expected = "9 bytes of a buffer with 8")]
    fn more_contents_than_capacity_are_refused() {
        AlignedBuffer::new(8, 8).set_len(9);
    }
}
