//! An allocator that counts, to show that a steady state allocates nothing.
//!
//! A program makes it its own with `#[global_allocator]`, and counts with [`Counting::during`] (all
//! threads: for a runtime with threads of its own) or [`Counting::on_this_thread`] (exact while
//! others, such as the test harness's, go on).
//!
//! # Safety
//!
//! Forwards to the system's allocator and adds nothing but counts.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

/// Nobody's allocations are counted.
const NOBODY: u64 = 0;
/// Those of all threads are. No thread has this number: the system's are 32 bits wide.
const EVERYBODY: u64 = u64::MAX;

/// What was allocated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allocations {
    /// Allocations and reallocations.
    pub count: usize,
    /// Their bytes; what was freed is not taken off.
    pub bytes: usize,
}

impl Allocations {
    /// Nothing was.
    pub const NONE: Self = Self { count: 0, bytes: 0 };
}

/// The system's allocator with a count, while somebody counts.
#[derive(Debug, Default)]
pub struct Counting {
    whose: AtomicU64,
    count: AtomicUsize,
    bytes: AtomicUsize,
}

impl Counting {
    /// Counts nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            whose: AtomicU64::new(NOBODY),
            count: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
        }
    }

    /// What all threads of the process allocate while `work` runs.
    ///
    /// # Panics
    ///
    /// If somebody else counts at the same time.
    pub fn during(&self, work: impl FnOnce()) -> Allocations {
        self.of(EVERYBODY, work)
    }

    /// What this thread allocates while `work` runs.
    ///
    /// # Panics
    ///
    /// If somebody else counts at the same time.
    #[cfg(windows)]
    pub fn on_this_thread(&self, work: impl FnOnce()) -> Allocations {
        self.of(this_thread(), work)
    }

    fn of(&self, whose: u64, work: impl FnOnce()) -> Allocations {
        let taken = self.whose.compare_exchange(NOBODY, whose, Ordering::SeqCst, Ordering::SeqCst);
        assert_eq!(taken, Ok(NOBODY), "one count at a time: the other would be wrong");
        let (count, bytes) = (&self.count, &self.bytes);
        let before = (count.load(Ordering::SeqCst), bytes.load(Ordering::SeqCst));
        let stop = Stop(&self.whose);
        work();
        drop(stop);
        Allocations {
            count: count.load(Ordering::SeqCst) - before.0,
            bytes: bytes.load(Ordering::SeqCst) - before.1,
        }
    }

    fn seen(&self, bytes: usize) {
        let whose = self.whose.load(Ordering::Relaxed);
        if whose != NOBODY && (whose == EVERYBODY || whose == this_thread()) {
            self.count.fetch_add(1, Ordering::Relaxed);
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
    }
}

/// Stops counting also when the work panics.
struct Stop<'a>(&'a AtomicU64);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(NOBODY, Ordering::SeqCst);
    }
}

/// The number of this thread, never 0. Not a `thread_local!`: where those need an allocation, the
/// allocator would call itself.
#[cfg(windows)]
fn this_thread() -> u64 {
    #[link(name = "kernel32")]
    extern "system" {
        fn GetCurrentThreadId() -> u32;
    }
    // SAFETY:
    // * no arguments; reads a value of this thread.
    u64::from(unsafe { GetCurrentThreadId() })
}

/// Nothing counts by thread here.
#[cfg(not(windows))]
fn this_thread() -> u64 {
    NOBODY
}

// SAFETY:
// * every call is passed on unchanged to the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.seen(layout.size());
        // SAFETY:
        // * what the caller promises of pointer and layout is what the system's allocator wants.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.seen(layout.size());
        // SAFETY:
        // * what the caller promises of pointer and layout is what the system's allocator wants.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.seen(size);
        // SAFETY:
        // * what the caller promises of pointer and layout is what the system's allocator wants.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY:
        // * what the caller promises of pointer and layout is what the system's allocator wants.
        unsafe { System.dealloc(old, layout) }
    }
}
