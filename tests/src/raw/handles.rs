//! Handles made from others, and what can be asked of them.
//!
//! # Safety
//!
//! A handle that comes in is open for the time of the call; a new one is owned by what comes out.

use std::{
    os::windows::io::{AsHandle, AsRawHandle, FromRawHandle, OwnedHandle},
    ptr::{null, null_mut},
};

use iocp_sys as sys;
use iocp_sys::HANDLE;

use super::last_error;
use crate::facts::kit::pipe::{server, MESSAGES};

/// `ReOpenFile`: the same file, with `FILE_FLAG_OVERLAPPED`, to read.
///
/// # Panics
///
/// If the system refuses.
#[must_use]
pub fn opened_again(file: &impl AsHandle) -> OwnedHandle {
    let share = sys::FILE_SHARE_READ | sys::FILE_SHARE_WRITE | sys::FILE_SHARE_DELETE;
    let file: HANDLE = file.as_handle().as_raw_handle().cast();
    // SAFETY:
    // * the handle is borrowed for the call.
    let again =
        unsafe { sys::ReOpenFile(file, sys::GENERIC_READ, share, sys::FILE_FLAG_OVERLAPPED) };
    assert_ne!(again, sys::INVALID_HANDLE_VALUE, "ReOpenFile: {}", last_error());
    // SAFETY:
    // * a new handle that nobody else owns.
    unsafe { OwnedHandle::from_raw_handle(again.cast()) }
}

/// `CreateNamedPipeW`: the overlapped server end of a pipe of messages.
///
/// # Panics
///
/// If the system refuses.
#[must_use]
pub fn message_pipe(path: &str) -> OwnedHandle {
    server(path, MESSAGES).unwrap()
}

/// `GetNamedPipeHandleStateW`: mode and number of instances.
///
/// # Panics
///
/// If the system refuses.
#[must_use]
pub fn pipe_state(pipe: &impl AsHandle) -> (u32, u32) {
    let pipe: HANDLE = pipe.as_handle().as_raw_handle().cast();
    let (mut state, mut instances) = (u32::MAX, 0);
    // SAFETY:
    // * the handle is borrowed; the two numbers are written during the call, nothing else is asked.
    let ok = unsafe {
        sys::GetNamedPipeHandleStateW(
            pipe,
            &mut state,
            &mut instances,
            null_mut(),
            null_mut(),
            null_mut(),
            0,
        )
    };
    assert_ne!(ok, 0, "GetNamedPipeHandleStateW: {}", last_error());
    (state, instances)
}

/// `CreateWaitableTimerExW`, with these rights, set to a millisecond: what waiting for it says.
///
/// # Errors
///
/// The Win32 code of the creation or of the setting.
pub fn timer_with(rights: u32) -> Result<u32, u32> {
    let flags = sys::CREATE_WAITABLE_TIMER_MANUAL_RESET;
    // SAFETY:
    // * neither attributes nor a name.
    let timer = unsafe { sys::CreateWaitableTimerExW(null(), null(), flags, rights) };
    if timer.is_null() {
        return Err(last_error());
    }
    // SAFETY:
    // * a new handle that nobody else owns.
    let owned = unsafe { OwnedHandle::from_raw_handle(timer.cast()) };
    let timer: HANDLE = owned.as_raw_handle().cast();
    // SAFETY:
    // * an open timer; the time is read during the call; no routine.
    let ok = unsafe { sys::SetWaitableTimer(timer, &-10_000, 0, None, null(), 0) };
    if ok == 0 {
        return Err(last_error());
    }
    // SAFETY:
    // * the handle stays open during the wait.
    Ok(unsafe { sys::WaitForSingleObject(timer, 120_000) })
}
