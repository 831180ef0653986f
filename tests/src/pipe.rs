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

/// Set in a child of a test.
const CHILD: &str = "IOCP_TESTS_REPEATS";

/// This program again, to run one test only, which calls [`be_the_child`] first.
#[must_use]
pub fn child_of(test: &str) -> std::process::Command {
    let program = std::env::current_exe().unwrap_or_default();
    let mut command = std::process::Command::new(program);
    command.args(["--exact", test, "--nocapture"]).env(CHILD, "yes");
    command
}

/// In such a child: says each line of its input again, to the end, and ends the program.
pub fn be_the_child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    for line in std::io::stdin().lines().map_while(Result::ok) {
        println!("{line}, said by the child");
    }
    std::process::exit(0);
}
