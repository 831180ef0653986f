//! The calls on files, pipes and devices.
//!
//! The native ones, which return the status: its severity tells whether a packet follows, and the Win32
//! code that `ReadFile` gives can stand for a warning and for an error. `ReadFile` makes the same system
//! call.

use std::{
    mem::offset_of,
    ptr::{null, null_mut},
};

use iocp_sys as sys;
use iocp_sys::{IO_STATUS_BLOCK, OVERLAPPED};
use static_assertions::const_assert_eq;

use super::last_error;
use crate::{
    base::status::NtStatus,
    os::{Borrowed, Code, Issued},
};

/// The offset at which a native write appends (`FILE_WRITE_TO_END_OF_FILE`).
pub(crate) const APPEND: i64 = -1;

// An `OVERLAPPED` begins with its status block.
const_assert_eq!(offset_of!(OVERLAPPED, Internal), 0);
const_assert_eq!(offset_of!(OVERLAPPED, InternalHigh), offset_of!(IO_STATUS_BLOCK, Information));

/// [`NtReadFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntreadfile)
/// at an offset of 0 and above; a pipe or device has none and ignores it.
///
/// # Safety
///
/// As [`recv`](super::recv), for the block and `room` bytes at `start`.
#[inline]
pub(crate) unsafe fn read(
    handle: Borrowed<'_>,
    start: *mut u8,
    room: u32,
    offset: i64,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * `handle` is open until the call returns; event, routine and key are optional, and null.
    // * `block` begins with a status block, asserted above; it and `room` bytes at `start` stay as the
    //   caller promises. The offset is read before the call returns.
    // * The context is a number that the packet brings back: the system does not follow it.
    of_status(unsafe {
        sys::NtReadFile(
            handle.raw(),
            null_mut(),
            None,
            block.cast(),
            block.cast(),
            start.cast(),
            room,
            &offset,
            null(),
        )
    })
}

/// [`NtWriteFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntwritefile)
/// at an offset of 0 and above, or [`APPEND`].
///
/// # Safety
///
/// As [`recv`](super::recv), for the block and `len` bytes at `start`, which the system only reads.
#[inline]
pub(crate) unsafe fn write(
    handle: Borrowed<'_>,
    start: *const u8,
    len: u32,
    offset: i64,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * As in `read`, for `len` bytes at `start`.
    of_status(unsafe {
        sys::NtWriteFile(
            handle.raw(),
            null_mut(),
            None,
            block.cast(),
            block.cast(),
            start.cast(),
            len,
            &offset,
            null(),
        )
    })
}

/// [`GetFileType`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-getfiletype):
/// whether the handle is anything but a file of a disk, a pipe or a socket.
pub(crate) fn is_device(handle: Borrowed<'_>) -> Result<bool, Code> {
    // An unknown type is an answer only if the call set no error.
    // SAFETY:
    // * Takes any number, and sets a value of this thread.
    unsafe { sys::SetLastError(0) };
    // SAFETY:
    // * `handle` is open until the call returns.
    match unsafe { sys::GetFileType(handle.raw()) } {
        sys::FILE_TYPE_DISK | sys::FILE_TYPE_PIPE => Ok(false),
        sys::FILE_TYPE_UNKNOWN => match last_error() {
            Code(0) => Ok(true),
            code => Err(code),
        },
        _ => Ok(true),
    }
}

/// `RtlNtStatusToDosError`: the Win32 code of a status, as the system translates it.
#[cold]
pub(crate) fn system_code(status: NtStatus) -> Code {
    // The same 32 bits: the SDK gives them a sign.
    let status = sys::NTSTATUS::from_ne_bytes(status.0.to_ne_bytes());
    // SAFETY:
    // * Takes any number: one that its table lacks gives `ERROR_MR_MID_NOT_FOUND`.
    Code(unsafe { sys::RtlNtStatusToDosError(status) })
}

/// `RtlGetLastNtStatus`: the status that the last failed Win32 call of this thread translated since
/// [`forget_last_status`]; 0 if none did.
pub(crate) fn last_status() -> NtStatus {
    // SAFETY:
    // * Takes no arguments, and reads a value of this thread.
    NtStatus(u32::from_ne_bytes(unsafe { sys::RtlGetLastNtStatus() }.to_ne_bytes()))
}

/// Sets [`last_status`] to 0: translating a status also stores it.
pub(crate) fn forget_last_status() {
    system_code(NtStatus::SUCCESS);
}

#[inline(always)]
pub(super) fn of_status(status: sys::NTSTATUS) -> Issued {
    Issued::of_status(NtStatus(u32::from_ne_bytes(status.to_ne_bytes())))
}
