//! Several pages by one call, that lie together in a file and apart in memory.
//!
//! # Safety
//!
//! The list of pages that the system gets lies on the heap beside them, and names pages of this value alone.

use std::{fmt, slice};

use iocp_sys::FILE_SEGMENT_ELEMENT;

use super::unbuffered::Unbuffered;
use crate::{
    associated::AssociatedHandle,
    base::{
        aligned::AlignedBuffer,
        buffer::{IoBuf, IoBufMut},
        error::{Error, Refused},
    },
    operation::{Operation, Prepared, Submitted},
    os::{self, AsHandle},
};

/// The bytes of a page of memory, on each Windows that Rust compiles for.
const PAGE: usize = 4096;

/// Pages of 4096 bytes, in any places of the memory, for [`read_scatter`](AssociatedHandle::read_scatter) and
/// [`write_gather`](AssociatedHandle::write_gather). All of their bytes are read, and written.
pub struct Pages {
    pages: Vec<AlignedBuffer>,
    /// One for each page, and one that is null.
    segments: Box<[FILE_SEGMENT_ELEMENT]>,
}

impl Pages {
    /// Of buffers that are one page each: 4096 bytes at a multiple of 4096 (`AlignedBuffer::new(4096, 4096)`).
    ///
    /// # Errors
    ///
    /// [`Error::Misaligned`]: one of them is something else; [`Error::NoRoom`]: there are none;
    /// [`Error::TooLarge`]: more than 4 GiB - 1 bytes.
    pub fn new(mut pages: Vec<AlignedBuffer>) -> Result<Self, Refused<Vec<AlignedBuffer>>> {
        let fits =
            |page: &AlignedBuffer| page.capacity() == PAGE && page.as_ptr() as usize % PAGE == 0;
        let error = match pages.len() {
            0 => Some(Error::NoRoom),
            _ if !pages.iter().all(fits) => Some(Error::Misaligned("a page")),
            count if count > u32::MAX as usize / PAGE => Some(Error::TooLarge),
            _ => None,
        };
        if let Some(error) = error {
            return Err(Refused { error, value: pages });
        }
        let segment = |page: &mut AlignedBuffer| {
            page.clear();
            let (start, _) = page.room();
            page.set_len(PAGE);
            // As 64 bits, which a pointer of 32 bits extends with its sign; then the pointer itself.
            #[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss)]
            let mut segment = FILE_SEGMENT_ELEMENT { Alignment: start as isize as i64 as u64 };
            segment.Buffer = start.cast();
            segment
        };
        let end = FILE_SEGMENT_ELEMENT { Alignment: 0 };
        let segments = pages.iter_mut().map(segment).chain([end]).collect();
        Ok(Self { pages, segments })
    }

    /// The pages, in the order of the file.
    pub fn iter(&self) -> slice::Iter<'_, AlignedBuffer> {
        self.pages.iter()
    }

    /// One page, to be changed.
    pub fn page_mut(&mut self, at: usize) -> Option<&mut [u8]> {
        self.pages.get_mut(at).map(|page| &mut **page)
    }

    /// The pages back.
    #[must_use]
    pub fn into_inner(self) -> Vec<AlignedBuffer> {
        self.pages
    }

    /// The bytes of all pages; at most `u32::MAX`, by `new`.
    fn bytes(&self) -> u32 {
        u32::try_from(self.pages.len() * PAGE).unwrap_or(u32::MAX)
    }
}

// SAFETY:
// * The segments point to the pages, which are sent with them.
unsafe impl Send for Pages {}
// SAFETY:
// * Nothing follows the pointers of a shared value.
unsafe impl Sync for Pages {}

/// What an operation lends of it is the pages, by their own calls; as one buffer it has no bytes.
// SAFETY:
// * There are no bytes that could move, change or be freed.
unsafe impl IoBuf for Pages {
    fn contents(&self) -> &[u8] {
        &[]
    }

    fn capacity(&self) -> usize {
        self.pages.len() * PAGE
    }
}

impl<H: AsHandle + 'static> AssociatedHandle<Unbuffered<H>> {
    /// [`ReadFileScatter`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-readfilescatter):
    /// reads from `offset`, a multiple of the [sector](Unbuffered::sector), into one page after the other.
    ///
    /// The result is how many bytes were read, fewer than the pages hold at the end of the file; what is behind
    /// them stays as it was (fact FILE13). At the end and behind it is `Ok(0)` and
    /// [`is_end`](crate::Completed::is_end) (fact FILE03).
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused), [`Error::OffsetTooLarge`], and [`Error::Misaligned`]. As results
    /// `ERROR_INVALID_PARAMETER` (87: not opened with `FILE_FLAG_NO_BUFFERING`) …
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{open_overlapped, AlignedBuffer, CompletionPort, Packets, Pages, Unbuffered};
    /// use iocp_sys::FILE_FLAG_NO_BUFFERING;
    /// use std::fs::OpenOptions;
    ///
    /// let port = CompletionPort::new()?;
    /// let mut options = OpenOptions::new();
    /// let file = open_overlapped(options.read(true), "image.bin", FILE_FLAG_NO_BUFFERING)?;
    /// let file = port.associate_handle(Unbuffered::new(file)?, 0)?;
    /// let pages = vec![AlignedBuffer::new(4096, 4096), AlignedBuffer::new(4096, 4096)];
    /// let operation = port.operation(Pages::new(pages)?, 1)?; // each page where it lies
    /// let mut packets = Packets::with_capacity(8);
    /// let read = port.finish(file.read_scatter(operation, 0), &mut packets, None)?;
    /// println!("{} bytes", read.result()?);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "ReadFileScatter")]
    pub fn read_scatter(&self, operation: Operation<Pages>, offset: u64) -> Submitted<Pages> {
        let prepare = |pages: &mut Pages| {
            let offset = self.get_ref().sector_offset(offset)?;
            let (segments, bytes) = (pages.segments.as_ptr(), pages.bytes());
            // The pages were initialised before, so nothing is made part of anything.
            Ok(Prepared::filling((segments, bytes, offset), |_, _| (), bytes))
        };
        let issue = |(segments, bytes, offset), handle, block| {
            // SAFETY:
            // * Block, segments and pages lie in the slot and on the heap, where nobody touches them before
            //   `submit` knows that the system is done with them. There is a segment for each page, and one more.
            unsafe { os::read_scatter(handle, segments, bytes, offset, block) }
        };
        // SAFETY:
        // * `issue` makes one ReadFileScatter, into the pages that the operation owns, and sets an offset.
        // * What fills them changes nothing.
        unsafe { operation.submit(self.target(), true, prepare, issue) }
    }

    /// [`WriteFileGather`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-writefilegather):
    /// writes one page after the other at `offset`, a multiple of the [sector](Unbuffered::sector).
    ///
    /// # Errors
    ///
    /// As [`read_scatter`](Self::read_scatter).
    #[doc(alias = "WriteFileGather")]
    pub fn write_gather(&self, operation: Operation<Pages>, offset: u64) -> Submitted<Pages> {
        let prepare = |pages: &mut Pages| {
            let offset = self.get_ref().sector_offset(offset)?;
            Ok(Prepared::filling_nothing((pages.segments.as_ptr(), pages.bytes(), offset)))
        };
        let issue = |(segments, bytes, offset), handle, block| {
            // SAFETY:
            // * Block, segments and pages lie in the slot and on the heap, as for `read_scatter`.
            unsafe { os::write_gather(handle, segments, bytes, offset, block) }
        };
        // SAFETY:
        // * `issue` makes one WriteFileGather, which only reads the pages that the operation owns, and sets an
        //   offset.
        unsafe { operation.submit(self.target(), true, prepare, issue) }
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("count", &self.pages.len()).finish_non_exhaustive()
    }
}
