//! Calls on a port beside the safe layer: associate, post, take, close.
//!
//! # Safety
//!
//! See the module above: the system only carries and looks up what it is given here.

use std::{os::windows::io::AsRawHandle, time::Instant};

use iocp::CompletionPort;
use iocp_sys as sys;
use iocp_sys::{HANDLE, OVERLAPPED, OVERLAPPED_ENTRY};

use super::last_error;
use crate::waiting::DEADLINE;

/// `CreateIoCompletionPort` on an existing port: the code if it fails.
///
/// # Errors
///
/// The Win32 code; 0 where the system gives none.
pub fn associate(handle: usize, port: usize, key: usize) -> Result<(), u32> {
    // Wine 8 leaves the code of an earlier call.
    // SAFETY:
    // * sets a value of this thread.
    unsafe { sys::SetLastError(0) };
    // SAFETY:
    // * handle values and a number; the system looks them up.
    let result = unsafe { sys::CreateIoCompletionPort(handle as HANDLE, port as HANDLE, key, 0) };
    if result.is_null() {
        Err(last_error())
    } else {
        Ok(())
    }
}

/// `PostQueuedCompletionStatus` with anything in it.
///
/// # Panics
///
/// If the system refuses.
pub fn post(port: &impl AsRawHandle, bytes: u32, key: usize, overlapped: usize) {
    let overlapped = overlapped as *mut OVERLAPPED;
    // SAFETY:
    // * the port is open; the system carries the numbers and looks at none of them.
    let posted = unsafe {
        sys::PostQueuedCompletionStatus(port.as_raw_handle().cast(), bytes, key, overlapped)
    };
    assert_ne!(posted, 0, "PostQueuedCompletionStatus: {}", last_error());
}

/// Puts an entry that was taken from the queue back into it.
pub fn repost(port: &CompletionPort, entry: &OVERLAPPED_ENTRY) {
    let bytes = entry.dwNumberOfBytesTransferred;
    post(port, bytes, entry.lpCompletionKey, entry.lpOverlapped as usize);
}

/// `GetQueuedCompletionStatusEx` beside the safe layer: takes `count` entries away from it.
///
/// # Panics
///
/// If they do not come in [`DEADLINE`].
#[must_use]
pub fn steal(port: &CompletionPort, count: usize) -> Vec<OVERLAPPED_ENTRY> {
    let end = Instant::now() + DEADLINE;
    let mut stolen = Vec::new();
    while stolen.len() < count {
        stolen.extend(dequeue(port, 20));
        assert!(
            Instant::now() < end,
            "{count} entries: not in {DEADLINE:?}; until then {stolen:?}"
        );
    }
    stolen
}

/// The same, for one entry, if there is one within a millisecond.
#[must_use]
pub fn try_steal(port: &CompletionPort) -> Option<OVERLAPPED_ENTRY> {
    dequeue(port, 1)
}

fn dequeue(port: &CompletionPort, timeout_ms: u32) -> Option<OVERLAPPED_ENTRY> {
    wait(port.as_raw_handle() as usize, timeout_ms).ok()
}

/// `GetQueuedCompletionStatusEx` with room for no entry: the count it claims, or its code.
///
/// # Errors
///
/// The Win32 code.
pub fn dequeue_into_nothing(port: &CompletionPort) -> Result<u32, u32> {
    let (removed, entry) = take(port.as_raw_handle() as usize, 0, 0, false);
    // Wine's conversion for 32-bit programs copies one entry whatever the count; there is room for it.
    let is_written = entry?.lpCompletionKey != 0;
    assert!(!is_written || cfg!(target_pointer_width = "32"), "nothing was written");
    Ok(removed)
}

/// `GetQueuedCompletionStatusEx` on a port that may be closed meanwhile: its code if it fails.
///
/// # Errors
///
/// The Win32 code.
pub fn wait(port: usize, timeout_ms: u32) -> Result<OVERLAPPED_ENTRY, u32> {
    take(port, 1, timeout_ms, false).1
}

/// The same, perhaps alertable, with room for one entry or none: the count that was written, and what was taken.
pub(crate) fn take(
    port: usize,
    room: u32,
    timeout_ms: u32,
    alertable: bool,
) -> (u32, Result<OVERLAPPED_ENTRY, u32>) {
    let (mut entry, mut count) = (OVERLAPPED_ENTRY::default(), u32::MAX);
    assert!(room <= 1, "there is one entry");
    // SAFETY:
    // * the system looks the port up; there is room for one entry; the count is written during the call.
    let ok = unsafe {
        sys::GetQueuedCompletionStatusEx(
            port as HANDLE,
            &mut entry,
            room,
            &mut count,
            timeout_ms,
            i32::from(alertable),
        )
    };
    (count, if ok == 0 { Err(last_error()) } else { Ok(entry) })
}

/// `CloseHandle` on a port that somebody else owns.
///
/// # Safety
///
/// The owner must never use or close the value again, but to wait on it: it may soon name another
/// object.
pub unsafe fn close_port_behind(port: usize) {
    // SAFETY:
    // * the caller owns the handle and closes it once.
    let ok = unsafe { sys::CloseHandle(port as HANDLE) };
    assert_ne!(ok, 0, "CloseHandle: {}", last_error());
}
