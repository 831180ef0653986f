//! The system's allocator with counts: how many allocations, how many bytes, how many still live.
//!
//! Memory that `iocp` commits for its slots does not come from here; [`packets`](crate::packets)
//! counts that.
//!
//! # Safety
//!
//! Forwards to the system's allocator and adds nothing but counts.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);
static FREED: AtomicU64 = AtomicU64::new(0);

/// The counts since the program began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) allocations: u64,
    pub(crate) bytes: u64,
    pub(crate) live: u64,
}

/// The counts of this moment.
pub(crate) fn counts() -> Counts {
    let bytes = BYTES.load(Relaxed);
    let live = bytes.wrapping_sub(FREED.load(Relaxed));
    Counts { allocations: ALLOCATIONS.load(Relaxed), bytes, live }
}

/// The allocator of this program.
#[derive(Debug)]
pub(crate) struct Heap;

fn taken(bytes: usize) {
    ALLOCATIONS.fetch_add(1, Relaxed);
    BYTES.fetch_add(bytes as u64, Relaxed);
}

fn freed(bytes: usize) {
    FREED.fetch_add(bytes as u64, Relaxed);
}

// SAFETY:
// * every call is passed on unchanged to the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY:
        // * what the caller promises of the layout is what the system's allocator wants.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY:
        // * what the caller promises of the layout is what the system's allocator wants.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        taken(size);
        freed(layout.size());
        // SAFETY:
        // * what the caller promises of pointer and layout is what the system's allocator wants.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        freed(layout.size());
        // SAFETY:
        // * what the caller promises of pointer and layout is what the system's allocator wants.
        unsafe { System.dealloc(old, layout) }
    }
}
