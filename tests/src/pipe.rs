//! Named pipes, by raw calls.
//!
//! # Safety
//!
//! Each call gets its own memory for the time of the call only.

use std::{
    os::windows::io::{FromRawHandle, OwnedHandle},
    ptr::null,
};

use iocp_sys as sys;

/// `CreateNamedPipeW`: the overlapped server end of a pipe of messages.
///
/// # Panics
///
/// If the system refuses.
#[must_use]
pub fn message_pipe(path: &str) -> OwnedHandle {
    let path: Vec<u16> = path.encode_utf16().chain([0]).collect();
    // SAFETY:
    // * the name ends with a zero and is read during the call; no security attributes.
    let pipe = unsafe {
        sys::CreateNamedPipeW(
            path.as_ptr(),
            sys::PIPE_ACCESS_DUPLEX | sys::FILE_FLAG_OVERLAPPED,
            sys::PIPE_TYPE_MESSAGE | sys::PIPE_READMODE_MESSAGE | sys::PIPE_WAIT,
            1,
            512,
            512,
            0,
            null(),
        )
    };
    assert_ne!(pipe, sys::INVALID_HANDLE_VALUE, "CreateNamedPipeW: {}", crate::raw::last_error());
    // SAFETY:
    // * a new handle that nobody else owns.
    unsafe { OwnedHandle::from_raw_handle(pipe.cast()) }
}
