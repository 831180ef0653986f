//! Changes of a directory.

use std::ptr::null_mut;

use iocp_sys as sys;
use iocp_sys::{OVERLAPPED, WSABUF};

use super::{
    file::{forget_last_status, last_status},
    last_error,
    late::{Late, KERNEL32},
};
use crate::os::{Borrowed, Issued};

// SAFETY:
// * The type is the one of the page of this function; the name of the DLL ends with 0.
static EXTENDED: Late<sys::PFN_ReadDirectoryChangesExW> =
    unsafe { Late::new(KERNEL32, c"ReadDirectoryChangesExW") };

/// Whether there is `ReadDirectoryChangesExW`: since Windows 10 1709.
pub(crate) fn has_extended_changes() -> bool {
    EXTENDED.get().is_some()
}

/// [`ReadDirectoryChangesW`](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-readdirectorychangesw),
/// or [`ReadDirectoryChangesExW`](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-readdirectorychangesexw).
///
/// # Safety
///
/// As [`recv`](super::recv), for the block and `room`, which is aligned to 8.
pub(crate) unsafe fn read_changes(
    handle: Borrowed<'_>,
    room: WSABUF,
    subtree: bool,
    filter: u32,
    extended: bool,
    block: *mut OVERLAPPED,
) -> Issued {
    let (start, subtree) = (room.buf.cast(), i32::from(subtree));
    forget_last_status();
    let queued = match (extended, EXTENDED.get()) {
        (true, Some(read)) => {
            let records = sys::ReadDirectoryNotifyExtendedInformation;
            // SAFETY:
            // * `handle` is open until the call returns; block and room stay as the caller promises, the room
            //   aligned to 8; there is no routine, and no count of an overlapped call.
            unsafe {
                read(
                    handle.raw(),
                    start,
                    room.len,
                    subtree,
                    filter,
                    null_mut(),
                    block,
                    None,
                    records,
                )
            }
        }
        // SAFETY:
        // * As above; these records need an alignment of 4.
        _ => unsafe {
            sys::ReadDirectoryChangesW(
                handle.raw(),
                start,
                room.len,
                subtree,
                filter,
                null_mut(),
                block,
                None,
            )
        },
    };
    if queued != 0 {
        return Issued::Pending;
    }
    // The status behind the code, which stands for several; where there is none, the code.
    match last_status() {
        status if status.is_error() => Issued::Status(status),
        _ => Issued::Code(last_error()),
    }
}
