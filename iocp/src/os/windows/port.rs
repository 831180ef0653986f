//! The port itself, and what is asked of any handle.

use std::{
    mem::MaybeUninit,
    os::windows::io::{AsRawHandle, BorrowedHandle},
    ptr::null_mut,
};

use iocp_sys as sys;
use iocp_sys::{OVERLAPPED, OVERLAPPED_ENTRY};

use super::{last_error, win32};
use crate::os::{Code, Handle};

pub(crate) fn handle_value(handle: BorrowedHandle<'_>) -> Handle {
    Handle(handle.as_raw_handle() as usize)
}

pub(crate) fn port_create(concurrency: u32) -> Result<Handle, Code> {
    // SAFETY:
    // * INVALID_HANDLE_VALUE and no port ask for a new port.
    let port = unsafe {
        sys::CreateIoCompletionPort(sys::INVALID_HANDLE_VALUE, null_mut(), 0, concurrency)
    };
    if port.is_null() {
        Err(last_error())
    } else {
        Ok(Handle(port as usize))
    }
}

/// Fails with code 0 where the system gives none: Wine 8, for a second association.
pub(crate) fn port_associate(port: Handle, handle: Handle, key: usize) -> Result<(), Code> {
    // Else the code of an earlier call would be taken for this one's.
    // SAFETY:
    // * sets a value of this thread.
    unsafe { sys::SetLastError(0) };
    // SAFETY:
    // * both are handle values; the key is a number.
    let result = unsafe { sys::CreateIoCompletionPort(handle.raw(), port.raw(), key, 0) };
    if result.is_null() {
        Err(last_error())
    } else {
        Ok(())
    }
}

pub(crate) fn port_post(port: Handle, bytes: u32, key: usize, carried: usize) -> Result<(), Code> {
    // SAFETY:
    // * the system carries the three numbers and looks at none of them.
    win32(unsafe { sys::PostQueuedCompletionStatus(port.raw(), bytes, key, carried as *mut _) })
}

/// Returns how many entries were written, as the system says.
#[inline(always)]
pub(crate) fn port_wait(
    port: Handle,
    entries: &mut [MaybeUninit<OVERLAPPED_ENTRY>],
    timeout_ms: u32,
    alertable: bool,
) -> Result<usize, Code> {
    // With fewer than there are it is right as well.
    #[allow(clippy::cast_possible_truncation)]
    let room = entries.len() as u32;
    let mut count = 0;
    // SAFETY:
    // * `entries` is room for that many entries.
    // * `count` is written during the call only.
    win32(unsafe {
        sys::GetQueuedCompletionStatusEx(
            port.raw(),
            entries.as_mut_ptr().cast(),
            room,
            &mut count,
            timeout_ms,
            i32::from(alertable),
        )
    })?;
    Ok(count as usize)
}

pub(crate) fn handle_close(handle: Handle) {
    // SAFETY:
    // * the port owns this handle and closes it once. A refusal leaves nothing to be done.
    unsafe { sys::CloseHandle(handle.raw()) };
}

pub(crate) fn cancel(handle: Handle, overlapped: *mut OVERLAPPED) -> Result<(), Code> {
    // SAFETY:
    // * the system compares the pointer with those of its pending requests; it does not follow it.
    win32(unsafe { sys::CancelIoEx(handle.raw(), overlapped) })
}

pub(crate) fn set_skip_on_success(handle: Handle) -> Result<(), Code> {
    let flags = sys::FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | sys::FILE_SKIP_SET_EVENT_ON_HANDLE;
    // The constants are u32 in the SDK, the parameter a byte.
    #[allow(clippy::cast_possible_truncation)]
    let flags = flags as u8;
    // SAFETY:
    // * a handle value and flags.
    win32(unsafe { sys::SetFileCompletionNotificationModes(handle.raw(), flags) })
}
