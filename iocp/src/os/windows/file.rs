//! The calls on files, pipes and devices.
//!
//! The native ones: `ReadFile` says a Win32 code, which one warning and one error can share, and
//! whether a packet follows is told by the severity of the status only. They are what the Win32 calls
//! make, so there is one system call either way.

use std::ptr::{null, null_mut};

use iocp_sys as sys;
use iocp_sys::{IO_STATUS_BLOCK, OVERLAPPED};
use static_assertions::const_assert_eq;

use super::last_error;
use crate::{
    base::status::NtStatus,
    os::{Code, Handle, Issued},
};

/// The offset at which a native write appends (`FILE_WRITE_TO_END_OF_FILE`).
pub(crate) const APPEND: i64 = -1;

// An `OVERLAPPED` begins with its status block.
const_assert_eq!(std::mem::offset_of!(OVERLAPPED, Internal), 0);
const_assert_eq!(
    std::mem::offset_of!(OVERLAPPED, InternalHigh),
    std::mem::offset_of!(IO_STATUS_BLOCK, Information)
);

/// `NtReadFile` at an offset of 0 and above; a pipe or device has none and ignores it.
///
/// # Safety
///
/// `block` and the `room` bytes at `start` stay valid and untouched until the packet is dequeued, or
/// the call fails without one.
#[inline]
pub(crate) unsafe fn read(
    handle: Handle,
    start: *mut u8,
    room: u32,
    offset: i64,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * no event and no routine; block and room stay as the caller promises.
    // * the offset is read within the call; a key is not asked for.
    // * the context comes back with the packet, and is not followed.
    issued(unsafe {
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

/// `NtWriteFile` at an offset of 0 and above, or [`APPEND`].
///
/// # Safety
///
/// As [`read`], for `len` bytes at `start`, which are only read.
#[inline]
pub(crate) unsafe fn write(
    handle: Handle,
    start: *const u8,
    len: u32,
    offset: i64,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * no event and no routine; block and bytes stay as the caller promises.
    // * the offset is read within the call; a key is not asked for.
    // * the context comes back with the packet, and is not followed.
    issued(unsafe {
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

/// `GetFileType`: whether it is anything but a file of a disk, a pipe or a socket.
pub(crate) fn is_device(handle: Handle) -> Result<bool, Code> {
    // Type "unknown" is an answer if no error was set.
    // SAFETY:
    // * sets a value of this thread.
    unsafe { sys::SetLastError(0) };
    // SAFETY:
    // * a value that names no handle, or another one, is refused or answered for.
    match unsafe { sys::GetFileType(handle.raw()) } {
        sys::FILE_TYPE_DISK | sys::FILE_TYPE_PIPE => Ok(false),
        sys::FILE_TYPE_UNKNOWN => match last_error() {
            Code(0) => Ok(true),
            code => Err(code),
        },
        _ => Ok(true),
    }
}

/// The Win32 code of a status, as the system translates it.
#[cold]
pub(crate) fn win32_code(status: NtStatus) -> Code {
    // SAFETY:
    // * may be called with any number.
    Code(unsafe { sys::RtlNtStatusToDosError(ntstatus(status.0)) })
}

/// The status that the last failed Win32 call of this thread translated, after
/// [`forget_last_status`]; 0 if none did.
pub(crate) fn last_status() -> NtStatus {
    // SAFETY:
    // * no arguments; reads a value of this thread.
    NtStatus(u32::from_ne_bytes(unsafe { sys::RtlGetLastNtStatus() }.to_ne_bytes()))
}

/// So that the status of an earlier call is not taken for the next one's. Translating a status notes
/// it for [`last_status`].
pub(crate) fn forget_last_status() {
    win32_code(NtStatus::SUCCESS);
}

#[inline(always)]
fn issued(status: sys::NTSTATUS) -> Issued {
    // The same 32 bits: the SDK gives them a sign.
    Issued::of_status(NtStatus(u32::from_ne_bytes(status.to_ne_bytes())))
}

fn ntstatus(status: u32) -> sys::NTSTATUS {
    sys::NTSTATUS::from_ne_bytes(status.to_ne_bytes())
}
