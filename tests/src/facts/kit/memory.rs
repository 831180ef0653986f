//! Memory that the system writes: blocks and buffers.
//!
//! All of it is leaked: an operation that a fact leaves pending writes into memory that nobody uses
//! again. Its cells are atomic, so that looking at it while the system writes is no race.

use std::{
    fmt,
    mem::size_of,
    sync::atomic::{AtomicU32, AtomicU8, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use iocp_sys as sys;
use iocp_sys::{HANDLE, IO_STATUS_BLOCK, OVERLAPPED};

use super::status_name;

/// How long a fact waits for what must come: Windows tries for two seconds where nobody listens.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What a cell holds that the system has not written: no status and no count.
const UNTOUCHED: usize = 0x5A5A_5A5A;

/// The size of a page, which the size of a sector divides.
pub(crate) const PAGE: usize = 4096;

/// An `OVERLAPPED`; its first half is an `IO_STATUS_BLOCK` as well.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Block {
    internal: AtomicUsize,
    internal_high: AtomicUsize,
    offset: [AtomicU32; 2],
    event: AtomicUsize,
}

const _: () = assert!(size_of::<Block>() == size_of::<OVERLAPPED>());

impl Block {
    /// A block without an event, whose status and count are marks.
    pub(crate) fn new() -> &'static Self {
        Self::with_event(std::ptr::null_mut())
    }

    /// The same, with `hEvent`.
    pub(crate) fn with_event(event: HANDLE) -> &'static Self {
        Box::leak(Box::new(Self {
            internal: AtomicUsize::new(UNTOUCHED),
            internal_high: AtomicUsize::new(UNTOUCHED),
            offset: [AtomicU32::new(0), AtomicU32::new(0)],
            event: AtomicUsize::new(event as usize),
        }))
    }

    /// The same block with this offset in a file.
    pub(crate) fn at(&'static self, offset: u32) -> &'static Self {
        self.offset[0].store(offset, Ordering::SeqCst);
        self
    }

    /// The same block as user mode leaves it before an operation.
    pub(crate) fn pending(&'static self) -> &'static Self {
        self.filled(sys::STATUS_PENDING, 0)
    }

    /// The same block as an operation leaves it that has ended so.
    pub(crate) fn filled(&'static self, status: sys::NTSTATUS, count: usize) -> &'static Self {
        let status = u32::from_ne_bytes(status.to_ne_bytes());
        self.internal.store(status as usize, Ordering::SeqCst);
        self.internal_high.store(count, Ordering::SeqCst);
        self
    }

    pub(crate) fn overlapped(&'static self) -> *mut OVERLAPPED {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    pub(crate) fn status_block(&'static self) -> *mut IO_STATUS_BLOCK {
        self.overlapped().cast()
    }

    pub(crate) fn address(&'static self) -> usize {
        self.overlapped() as usize
    }

    /// The status alone.
    pub(crate) fn status(&self) -> String {
        match low(self.internal.load(Ordering::SeqCst)) {
            status if status as usize == UNTOUCHED => "untouched".to_owned(),
            status => status_name(status),
        }
    }

    /// Waits for the end of the operation; the status and the count.
    ///
    /// Not for an operation that is told by a packet alone: Windows may fill its block when that is taken.
    pub(crate) fn end(&self) -> String {
        let end = Instant::now() + PATIENCE;
        while self.is_pending() && Instant::now() < end {
            std::thread::yield_now();
        }
        self.to_string()
    }

    /// Whether the status says that the operation is not done, or nothing was written at all.
    pub(crate) fn is_pending(&self) -> bool {
        let status = low(self.internal.load(Ordering::SeqCst));
        status as usize == UNTOUCHED || status == low(sys::STATUS_PENDING as usize)
    }
}

/// Status and count, each of which may be untouched.
impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, count) = (self.status(), self.internal_high.load(Ordering::SeqCst));
        match count {
            UNTOUCHED if status == "untouched" => f.write_str("block untouched"),
            UNTOUCHED => write!(f, "block {status}, count untouched"),
            count => write!(f, "block {status}, {count} bytes"),
        }
    }
}

/// The low half: the upper one of a status on a 64-bit system means nothing.
#[allow(clippy::cast_possible_truncation)] // reason: that is what it is for
pub(crate) fn low(number: usize) -> u32 {
    number as u32
}

/// Bytes that the system reads or writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Buffer(&'static [AtomicU8]);

impl Buffer {
    /// `len` bytes of `.`.
    pub(crate) fn new(len: usize) -> Self {
        Self::with(&vec![b'.'; len])
    }

    /// A copy of these bytes.
    pub(crate) fn with(bytes: &[u8]) -> Self {
        Self(Vec::leak(bytes.iter().copied().map(AtomicU8::new).collect()))
    }

    /// `len` bytes of `.` that begin at a page.
    pub(crate) fn pages(len: usize) -> Self {
        let Self(all) = Self::new(len + PAGE);
        let before = all.as_ptr().align_offset(PAGE);
        Self(&all[before..before + len])
    }

    pub(crate) fn ptr(self) -> *mut u8 {
        self.0.as_ptr().cast_mut().cast()
    }

    pub(crate) fn len(self) -> u32 {
        u32::try_from(self.0.len()).unwrap()
    }

    pub(crate) fn wsabuf(self) -> sys::WSABUF {
        sys::WSABUF { len: self.len(), buf: self.ptr() }
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0.iter().map(|byte| byte.load(Ordering::SeqCst)).collect()
    }

    /// The bytes as text; `.` is a byte that was not written.
    pub(crate) fn text(self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }
}
