//! Address space for slots and handle cells, by
//! [`VirtualAlloc`](https://learn.microsoft.com/en-us/windows/win32/api/memoryapi/nf-memoryapi-virtualalloc).

use std::ptr::{null, NonNull};

use iocp_sys as sys;

use super::last_error;
use crate::os::Code;

/// Reserves address space, a multiple of 64 KiB.
pub(crate) fn reserve(bytes: usize) -> Result<NonNull<u8>, Code> {
    // SAFETY:
    // * No address is given, so the system finds room that nobody uses.
    let start = unsafe { sys::VirtualAlloc(null(), bytes, sys::MEM_RESERVE, sys::PAGE_READWRITE) };
    NonNull::new(start.cast()).ok_or_else(last_error)
}

/// Commits part of a reservation: zeroed memory. What is committed already keeps its contents.
///
/// # Safety
///
/// `start .. start + bytes` lies inside the reservation at `base`.
pub(crate) unsafe fn commit(base: NonNull<u8>, start: usize, bytes: usize) -> Result<(), Code> {
    // SAFETY:
    // * `start` lies inside the reservation at `base`, as the caller promises.
    let address = unsafe { base.as_ptr().add(start) };
    // SAFETY:
    // * The range lies inside one reservation, as the caller promises, so no other memory changes.
    let result =
        unsafe { sys::VirtualAlloc(address.cast(), bytes, sys::MEM_COMMIT, sys::PAGE_READWRITE) };
    NonNull::new(result).map(drop).ok_or_else(last_error)
}

/// `VirtualFree`: gives a reservation back.
///
/// # Safety
///
/// `base` came from [`reserve`], is released once, and nobody uses its memory any more.
pub(crate) unsafe fn release(base: NonNull<u8>, _bytes: usize) {
    // SAFETY:
    // * `base` is the start of a reservation that nobody uses any more, as the caller promises.
    // * `MEM_RELEASE` wants a size of 0, and releases all of the reservation.
    unsafe { sys::VirtualFree(base.as_ptr().cast(), 0, sys::MEM_RELEASE) };
}
