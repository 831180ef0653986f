//! The calls on files, pipes and devices.

use std::ptr::null_mut;

use iocp_sys as sys;
use iocp_sys::OVERLAPPED;

use super::{issued, win32};
use crate::os::{Handle, Issued};

/// # Safety
///
/// `block` and the `room` bytes at `start` stay valid and untouched until the packet is dequeued, or
/// the call fails without one.
#[inline]
pub(crate) unsafe fn read(
    handle: Handle,
    start: *mut u8,
    room: u32,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * block and room stay as the caller promises; no count is asked for.
    issued(win32(unsafe { sys::ReadFile(handle.raw(), start, room, null_mut(), block) }))
}

/// # Safety
///
/// As [`read`], for `len` bytes at `start`, which are only read.
#[inline]
pub(crate) unsafe fn write(
    handle: Handle,
    start: *const u8,
    len: u32,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * block and bytes stay as the caller promises; no count is asked for.
    issued(win32(unsafe { sys::WriteFile(handle.raw(), start, len, null_mut(), block) }))
}
