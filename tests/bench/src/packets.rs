//! What the counts of calls do not tell: how many packets a wait took, how much memory was committed.
//!
//! Two functions of ours stand in the import table before those of the system and look at what
//! passes. Everything linked here takes its packets with `GetQueuedCompletionStatusEx`.
//!
//! # Safety
//!
//! The functions have the signatures of those they stand before, and pass every argument on.

use std::{
    ffi::c_void,
    mem::size_of,
    sync::{
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
        Once,
    },
};

use iocp_sys::{BOOL, HANDLE, MEM_COMMIT, OVERLAPPED_ENTRY, PAGE_READWRITE};
use iocp_tests::calls::{calls, image::Image};

static TAKEN: AtomicU64 = AtomicU64::new(0);
static COMMITTED: AtomicU64 = AtomicU64::new(0);
static REAL_WAIT: AtomicUsize = AtomicUsize::new(0);
static REAL_ALLOC: AtomicUsize = AtomicUsize::new(0);

/// Packets taken by all waits since [`install`].
pub(crate) fn taken() -> u64 {
    TAKEN.load(Relaxed)
}

/// Bytes committed outside the heap since [`install`].
pub(crate) fn committed() -> u64 {
    COMMITTED.load(Relaxed)
}

/// Counts calls, packets and committed memory from now on.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // First, so that the system's functions are counted and ours are not.
        let _ = calls();
        stand_before("GetQueuedCompletionStatusEx", &REAL_WAIT, wait as *const () as usize);
        stand_before("VirtualAlloc", &REAL_ALLOC, alloc as *const () as usize);
    });
}

/// Puts `ours` into every entry of the import table of that name.
fn stand_before(name: &str, real: &AtomicUsize, ours: usize) {
    for import in Image::of_program().imports().iter().filter(|import| import.name == name) {
        let (slot, mut old) = (import.slot.cast::<c_void>(), 0);
        // SAFETY:
        // * an entry of our own import table.
        let ok = unsafe { VirtualProtect(slot, size_of::<usize>(), PAGE_READWRITE, &mut old) };
        assert_ne!(ok, 0, "VirtualProtect");
        // SAFETY:
        // * an aligned word of the image; the loader is done with it, calls read it as a whole.
        let word = unsafe { AtomicUsize::from_ptr(import.slot) };
        real.store(word.swap(ours, Relaxed), Relaxed);
    }
}

#[link(name = "kernel32")]
extern "system" {
    fn VirtualProtect(at: *mut c_void, bytes: usize, new: u32, old: *mut u32) -> BOOL;
}

type Wait =
    unsafe extern "system" fn(HANDLE, *mut OVERLAPPED_ENTRY, u32, *mut u32, u32, BOOL) -> BOOL;

/// As the function of this name.
unsafe extern "system" fn wait(
    port: HANDLE,
    entries: *mut OVERLAPPED_ENTRY,
    room: u32,
    count: *mut u32,
    ms: u32,
    alertable: BOOL,
) -> BOOL {
    // SAFETY:
    // * the import table held this address for this name, whose signature this is.
    let real = unsafe { std::mem::transmute::<usize, Wait>(REAL_WAIT.load(Relaxed)) };
    // SAFETY:
    // * the caller's own arguments.
    let ok = unsafe { real(port, entries, room, count, ms, alertable) };
    if ok != 0 {
        // SAFETY:
        // * the call succeeded, so it wrote the count.
        TAKEN.fetch_add(u64::from(unsafe { count.read() }), Relaxed);
    }
    ok
}

type Alloc = unsafe extern "system" fn(*mut c_void, usize, u32, u32) -> *mut c_void;

/// As the function of this name.
unsafe extern "system" fn alloc(at: *mut c_void, bytes: usize, how: u32, page: u32) -> *mut c_void {
    // SAFETY:
    // * the import table held this address for this name, whose signature this is.
    let real = unsafe { std::mem::transmute::<usize, Alloc>(REAL_ALLOC.load(Relaxed)) };
    // SAFETY:
    // * the caller's own arguments.
    let got = unsafe { real(at, bytes, how, page) };
    if how & MEM_COMMIT != 0 && !got.is_null() {
        COMMITTED.fetch_add(bytes as u64, Relaxed);
    }
    got
}
