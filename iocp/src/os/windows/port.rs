//! The port itself, and what is asked of any handle: association, skip mode, cancel, close.

use std::{
    mem::MaybeUninit,
    os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, IntoRawHandle, OwnedHandle},
    ptr::{from_ref, null_mut},
};

use iocp_sys as sys;
use iocp_sys::{OVERLAPPED, OVERLAPPED_ENTRY};

use super::{last_error, owned, size_u32, win32};
use crate::base::status::NtStatus;
use crate::os::{Borrowed, Code, Handle, Owned};

pub(crate) fn borrow_handle<H: AsHandle>(source: &H) -> Borrowed<'_> {
    let handle = Handle(source.as_handle().as_raw_handle() as usize);
    // SAFETY:
    // * The source gave it as a `BorrowedHandle` that lives as long as the borrow of the source.
    unsafe { Borrowed::new(handle) }
}

/// The handle as std has it, for as long as it is borrowed.
pub(crate) fn lend_handle(handle: Borrowed<'_>) -> BorrowedHandle<'_> {
    // SAFETY:
    // * `handle` is open for the lifetime that both have.
    unsafe { BorrowedHandle::borrow_raw(handle.raw().cast()) }
}

/// Takes a handle of std's over.
pub(crate) fn take_handle(handle: OwnedHandle) -> Owned {
    // SAFETY:
    // * Its owner gave it away with the right to close it.
    unsafe { Owned::new(Handle(handle.into_raw_handle() as usize)) }
}

/// `CreateIoCompletionPort`. `concurrency`: threads that may run; 0: as many as there are processors.
pub(crate) fn port_create(concurrency: u32) -> Result<Owned, Code> {
    // SAFETY:
    // * `INVALID_HANDLE_VALUE` with no existing port asks for a new one.
    owned(unsafe {
        sys::CreateIoCompletionPort(sys::INVALID_HANDLE_VALUE, null_mut(), 0, concurrency)
    })
}

/// `CreateIoCompletionPort`. Fails with code 0 where the system gives none: Wine 8, for a second
/// association.
pub(crate) fn port_associate(
    port: Borrowed<'_>,
    handle: Borrowed<'_>,
    key: usize,
) -> Result<(), Code> {
    // The code of an earlier call would be taken for this one's.
    // SAFETY:
    // * Takes any number, and sets a value of this thread.
    unsafe { sys::SetLastError(0) };
    // SAFETY:
    // * `port` and `handle` are open until the call returns; the system does not follow the key.
    let result = unsafe { sys::CreateIoCompletionPort(handle.raw(), port.raw(), key, 0) };
    if result.is_null() {
        Err(last_error())
    } else {
        Ok(())
    }
}

/// `NtSetInformationFile` with `FileReplaceCompletionInformation` and no port: Windows 8.1.
pub(crate) fn port_leave(handle: Borrowed<'_>) -> NtStatus {
    let none = sys::FILE_COMPLETION_INFORMATION::default();
    let mut block = sys::IO_STATUS_BLOCK::default();
    // SAFETY:
    // * `handle` is open until the call returns.
    // * The block is written, and the structure of this class read, during the call only: it starts nothing.
    let status = unsafe {
        sys::NtSetInformationFile(
            handle.raw(),
            &mut block,
            from_ref(&none).cast(),
            size_u32::<sys::FILE_COMPLETION_INFORMATION>(),
            sys::FileReplaceCompletionInformation,
        )
    };
    NtStatus(u32::from_ne_bytes(status.to_ne_bytes()))
}

/// `PostQueuedCompletionStatus`.
///
/// # Safety
///
/// Whoever dequeues from this port does not follow `carried` as a pointer.
pub(crate) unsafe fn port_post(
    port: Borrowed<'_>,
    bytes: u32,
    key: usize,
    carried: usize,
) -> Result<(), Code> {
    // SAFETY:
    // * `port` is open until the call returns.
    // * "The system does not use or validate these values"
    //   ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-postqueuedcompletionstatus)).
    win32(unsafe { sys::PostQueuedCompletionStatus(port.raw(), bytes, key, carried as *mut _) })
}

/// `GetQueuedCompletionStatusEx`. Returns the system's count: the first so many entries are written.
#[inline(always)]
pub(crate) fn port_wait(
    port: Borrowed<'_>,
    entries: &mut [MaybeUninit<OVERLAPPED_ENTRY>],
    timeout_ms: u32,
    alertable: bool,
) -> Result<usize, Code> {
    // Truncated, the number is smaller than the room: fewer packets come.
    #[allow(clippy::cast_possible_truncation)]
    let room = entries.len() as u32;
    let mut count = 0;
    // SAFETY:
    // * `port` is open until the call returns.
    // * `entries` has room for `room` entries; they and `count` are written during the call only.
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

/// `CloseHandle`.
///
/// # Safety
///
/// The caller owns the handle, and nobody uses its value after this.
pub(crate) unsafe fn handle_close(handle: Handle) {
    // SAFETY:
    // * The caller owns the handle, which is open: this closes nobody else's.
    unsafe { sys::CloseHandle(handle.0 as sys::HANDLE) };
}

/// `CancelIoEx`: one request of this process, or all of them if `overlapped` is null.
pub(crate) fn cancel(handle: Borrowed<'_>, overlapped: *mut OVERLAPPED) -> Result<(), Code> {
    // SAFETY:
    // * `handle` is open until the call returns.
    // * The pointer selects among the pending requests, and is not followed
    //   ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-cancelioex)).
    win32(unsafe { sys::CancelIoEx(handle.raw(), overlapped) })
}

/// `SetFileCompletionNotificationModes`: success at once sends no packet and sets no event.
pub(crate) fn set_skip_on_success(handle: Borrowed<'_>) -> Result<(), Code> {
    let flags = sys::FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | sys::FILE_SKIP_SET_EVENT_ON_HANDLE;
    // The constants are u32 in the SDK, the parameter a byte.
    #[allow(clippy::cast_possible_truncation)]
    let flags = flags as u8;
    // SAFETY:
    // * `handle` is open until the call returns, and both flags are among those of the page
    //   ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-setfilecompletionnotificationmodes)).
    win32(unsafe { sys::SetFileCompletionNotificationModes(handle.raw(), flags) })
}
