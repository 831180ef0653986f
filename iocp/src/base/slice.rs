//! A range of a buffer: a read that is limited, a write that goes on where the last one stopped.
//!
//! # Safety
//!
//! A range lends a part of what its buffer lends, so what the buffer's author promises of the whole holds of
//! the part. Room that is skipped was initialised before: it is contents at the same time.

use std::ops::{Bound, Range, RangeBounds};

use super::buffer::{IoBuf, IoBufMut};

/// A range of a buffer, counted in bytes from the start of the buffer, to be lent in its place.
///
/// | lent | of a `Vec<u8>`, [`AlignedBuffer`](crate::AlignedBuffer) | of a `Box<[u8]>` and what is like it |
/// | --- | --- | --- |
/// | contents, to write | those within the range | the same |
/// | room, to read into | behind the contents, up to the end of the range; none if the contents end before its start | the range |
///
/// So `Slice::new(buffer, ..limit)` limits a read, whatever the capacity; [`advance`](Self::advance) goes on after a short
/// write without a copy; and what is longer than the 4 GiB - 1 of one call is written in parts. An end
/// beyond that of the buffer, also `usize::MAX` (`start..`), is the buffer's; a start above the end is an empty
/// range. It is larger than a `Vec`, so an operation made for it has a side block: one allocation when the
/// operation is made, none per use.
///
/// # Examples
///
/// ```
/// use iocp::{IoBuf, IoBufMut, Slice};
///
/// let mut part = Slice::new(b"0123456789".to_vec(), 2..6);
/// assert_eq!(part.contents(), b"2345");
/// // Three of the four were written: the rest is one more.
/// part.advance(3);
/// assert_eq!(part.contents(), b"5");
///
/// // No read brings more than 512 bytes, although there is room for 4096.
/// let mut limited = Slice::new(Vec::with_capacity(4096), ..512);
/// assert_eq!(limited.room().1, 512);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<B> {
    buffer: B,
    start: usize,
    end: usize,
}

impl<B: IoBuf> Slice<B> {
    /// This range of a buffer.
    pub fn new(buffer: B, range: impl RangeBounds<usize>) -> Self {
        let Range { start, end } = bounds(range);
        Self { buffer, start, end }
    }

    /// Chooses another range of the same buffer.
    pub fn set_range(&mut self, range: impl RangeBounds<usize>) {
        Range { start: self.start, end: self.end } = bounds(range);
    }

    /// Leaves out the first `n` bytes, which were written. Beyond the end the range is empty. For the next use of the
    /// buffer [`set_range`](Self::set_range) moves the start back.
    pub fn advance(&mut self, n: usize) {
        self.start = self.start.saturating_add(n).min(self.end);
    }

    /// The range, as it was given.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The whole buffer.
    #[must_use]
    pub fn get_ref(&self) -> &B {
        &self.buffer
    }

    /// The whole buffer, to be changed. The range stays.
    pub fn get_mut(&mut self) -> &mut B {
        &mut self.buffer
    }

    /// The whole buffer back.
    #[must_use]
    pub fn into_inner(self) -> B {
        self.buffer
    }

    /// The part of `len` bytes that lies in the range.
    fn within(&self, len: usize) -> Range<usize> {
        let end = self.end.min(len);
        self.start.min(end)..end
    }
}

impl<B: IoBufMut> Slice<B> {
    /// Whether the room of the buffer is its contents, as a boxed slice's is.
    fn in_place(&mut self) -> bool {
        let contents = self.buffer.contents().as_ptr_range();
        let (room, len) = self.buffer.room();
        contents.start == room.cast_const() && contents.end == room.wrapping_add(len).cast_const()
    }
}

// SAFETY:
// * A part of what the buffer lends, which stays where it is when the buffer moves.
unsafe impl<B: IoBuf> IoBuf for Slice<B> {
    fn contents(&self) -> &[u8] {
        let contents = self.buffer.contents();
        &contents[self.within(contents.len())]
    }

    fn capacity(&self) -> usize {
        self.buffer.capacity()
    }
}

// SAFETY:
// * A part of the room that the buffer lends. Its start is moved only where the room is contents, which are
//   initialised by their type: so the first bytes that `set_filled` names to the buffer always are.
unsafe impl<B: IoBufMut> IoBufMut for Slice<B> {
    fn room(&mut self) -> (*mut u8, usize) {
        let filled = self.buffer.contents().len();
        if !self.in_place() {
            let (room, len) = self.buffer.room();
            let most = if filled < self.start { 0 } else { self.end.saturating_sub(filled) };
            return (room, len.min(most));
        }
        let Range { start, end } = self.within(filled);
        let (room, _) = self.buffer.room();
        // SAFETY:
        // * `start` is at most the length of the contents, which are this room.
        (unsafe { room.add(start) }, end - start)
    }

    unsafe fn set_filled(&mut self, n: usize) {
        let filled = self.buffer.contents().len();
        let skipped = if self.in_place() { self.within(filled).start } else { 0 };
        // SAFETY:
        // * The caller promises that `n` bytes behind `skipped` are initialised and lie in the room; those
        //   before them are contents.
        unsafe { self.buffer.set_filled(skipped + n) };
    }

    /// Clears the buffer. A range that began within the contents of a `Vec` begins at 0 then.
    fn clear(&mut self) {
        self.buffer.clear();
        self.start = self.start.min(self.buffer.contents().len());
    }
}

/// From 0 and to `usize::MAX`, where no bound is given.
fn bounds(range: impl RangeBounds<usize>) -> Range<usize> {
    let start = match range.start_bound() {
        Bound::Included(&start) => start,
        Bound::Excluded(&before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(&last) => last.saturating_add(1),
        Bound::Excluded(&end) => end,
        Bound::Unbounded => usize::MAX,
    };
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a system call fills it; returns how much fitted.
    fn fill(buffer: &mut impl IoBufMut, bytes: &[u8]) -> usize {
        let (room, len) = buffer.room();
        let n = len.min(bytes.len());
        // SAFETY:
        // * `n` is at most the room, and at most the source.
        unsafe { room.copy_from_nonoverlapping(bytes.as_ptr(), n) };
        // SAFETY:
        // * `n` bytes from the start of the room were written by the line before.
        unsafe { buffer.set_filled(n) };
        n
    }

    #[test]
    fn a_range_limits_what_a_vec_takes_and_the_rest_of_it_stays() {
        let mut buffer = Vec::with_capacity(64);
        buffer.extend_from_slice(b"head");
        let mut part = Slice::new(buffer, 2..7);
        assert_eq!(fill(&mut part, b"0123456789"), 3);
        assert_eq!((part.contents(), &part.get_ref()[..]), (&b"ad012"[..], &b"head012"[..]));
        assert_eq!(part.room().1, 0, "full");
        part.clear();
        assert_eq!((part.range(), fill(&mut part, b"0123456789")), (0..7, 7));
        let mut beyond = Slice::new(Vec::with_capacity(64), 1..);
        assert_eq!(beyond.room().1, 0, "the byte before it would be missing");
    }

    #[test]
    fn a_range_of_a_boxed_slice_is_filled_where_it_lies() {
        let mut part = Slice::new(vec![b'.'; 8].into_boxed_slice(), 2..=5);
        assert_eq!(fill(&mut part, b"ab"), 2);
        assert_eq!(&part.get_ref()[..], b"..ab....");
        part.advance(2);
        assert_eq!(fill(&mut part, b"cdef"), 2);
        assert_eq!(&part.get_ref()[..], b"..abcd..");
        part.clear();
        assert_eq!((part.range(), &part.into_inner()[..]), (4..6, &b"..abcd.."[..]));
    }

    #[test]
    fn a_range_of_a_range_is_a_part_of_it() {
        let outer = Slice::new(b"0123456789".to_vec().into_boxed_slice(), 2..8);
        let mut inner = Slice::new(outer, 1..3);
        assert_eq!(inner.contents(), b"34");
        assert_eq!(fill(&mut inner, b"xyz"), 2);
        assert_eq!(&inner.into_inner().into_inner()[..], b"012xy56789");
    }

    #[test]
    fn ranges_beyond_the_buffer_or_the_wrong_way_round_end_with_it_or_are_empty() {
        let mut part = Slice::new(b"0123".to_vec(), ..);
        part.set_range(3..usize::MAX);
        assert_eq!(part.contents(), b"3");
        for range in [9..12, 4..4, usize::MAX..usize::MAX] {
            part.set_range(range);
            assert!(part.contents().is_empty());
        }
        #[allow(clippy::reversed_empty_ranges)] // the caller's mistake
        part.set_range(3..1);
        assert!(part.contents().is_empty());
        part.set_range((Bound::Excluded(0), Bound::Included(usize::MAX)));
        part.advance(usize::MAX);
        assert!(part.contents().is_empty());
    }
}
