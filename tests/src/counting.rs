//! An allocator that counts, to show that a steady state allocates nothing.
//!
//! # Safety
//!
//! Forwards to the system's allocator and adds nothing but a count.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// The system's allocator with a count of allocations of all threads, while it is switched on.
#[derive(Debug, Default)]
pub struct Counting {
    on: AtomicBool,
    count: AtomicUsize,
}

impl Counting {
    /// Counts nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { on: AtomicBool::new(false), count: AtomicUsize::new(0) }
    }

    /// How many allocations and reallocations happen in the process while `work` runs.
    pub fn during(&self, work: impl FnOnce()) -> usize {
        self.count.store(0, Ordering::SeqCst);
        self.on.store(true, Ordering::SeqCst);
        work();
        self.on.store(false, Ordering::SeqCst);
        self.count.load(Ordering::SeqCst)
    }

    fn seen(&self) {
        if self.on.load(Ordering::Relaxed) {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

// SAFETY:
// * every call is passed on unchanged to the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.seen();
        // SAFETY:
        // * what the caller promises of pointer and layout is what the system's allocator wants.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.seen();
        // SAFETY:
        // * what the caller promises of pointer and layout is what the system's allocator wants.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.seen();
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
