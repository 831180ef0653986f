//! Locks of parts of a file.

use std::ptr::null_mut;

use iocp_sys as sys;
use iocp_sys::OVERLAPPED;

use super::{file::of_status, win32};
use crate::os::{Borrowed, Code, Issued};

/// [`NtLockFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntlockfile)
///
/// # Safety
///
/// As [`recv`](super::recv), for the block.
pub(crate) unsafe fn lock_range(
    handle: Borrowed<'_>,
    start: u64,
    len: u64,
    waits: bool,
    exclusive: bool,
    block: *mut OVERLAPPED,
) -> Issued {
    // The same 64 bits: the system counts them without a sign.
    let [start, len] = [start, len].map(|number| i64::from_ne_bytes(number.to_ne_bytes()));
    // SAFETY:
    // * `handle` is open until the call returns; event and routine are optional, and null. Start and length
    //   are read before it returns.
    // * `block` begins with a status block and stays as the caller promises; as the context it is a number.
    of_status(unsafe {
        sys::NtLockFile(
            handle.raw(),
            null_mut(),
            None,
            block.cast(),
            block.cast(),
            &start,
            &len,
            0,
            (!waits).into(),
            exclusive.into(),
        )
    })
}

/// [`UnlockFile`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-unlockfile)
pub(crate) fn unlock_range(handle: Borrowed<'_>, start: u64, len: u64) -> Result<(), Code> {
    let half = |number: u64, shift: u32| {
        u32::try_from((number >> shift) & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    };
    // SAFETY:
    // * `handle` is open until the call returns; the rest are numbers.
    win32(unsafe {
        sys::UnlockFile(handle.raw(), half(start, 0), half(start, 32), half(len, 0), half(len, 32))
    })
}
