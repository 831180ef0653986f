//! Address space for the slab.

use std::ptr::{null, NonNull};

use iocp_sys as sys;

use super::last_error;
use crate::os::Code;

/// Reserves address space, a multiple of 64 KiB.
pub(crate) fn reserve(bytes: usize) -> Result<NonNull<u8>, Code> {
    // SAFETY:
    // * asks for new address space anywhere.
    let start = unsafe { sys::VirtualAlloc(null(), bytes, sys::MEM_RESERVE, sys::PAGE_READWRITE) };
    NonNull::new(start.cast()).ok_or_else(last_error)
}

/// Commits part of a reservation: zeroed memory.
///
/// # Safety
///
/// `start .. start + bytes` lies inside the reservation at `base`.
pub(crate) unsafe fn commit(base: NonNull<u8>, start: usize, bytes: usize) -> Result<(), Code> {
    // SAFETY:
    // * `start` lies inside the reservation, as the caller promises.
    let address = unsafe { base.as_ptr().add(start) };
    // SAFETY:
    // * the range lies inside the reservation, as the caller promises; memory that is committed already keeps its contents.
    let result =
        unsafe { sys::VirtualAlloc(address.cast(), bytes, sys::MEM_COMMIT, sys::PAGE_READWRITE) };
    if result.is_null() {
        Err(last_error())
    } else {
        Ok(())
    }
}

/// Gives a reservation back.
///
/// # Safety
///
/// `base` came from [`reserve`], is released once, and nobody uses its memory any more.
pub(crate) unsafe fn release(base: NonNull<u8>, _bytes: usize) {
    // SAFETY:
    // * `base` is a reservation that nobody uses any more, as the caller promises; size 0 releases the whole reservation.
    unsafe { sys::VirtualFree(base.as_ptr().cast(), 0, sys::MEM_RELEASE) };
}
