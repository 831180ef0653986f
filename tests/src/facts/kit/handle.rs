//! Handles, and the calls that take any of them.
//!
//! # Safety
//!
//! A handle is borrowed from its owner for the time of the call, and blocks and buffers are never
//! freed: an operation may outlive both.

use std::{
    fmt,
    os::windows::io::{AsRawHandle, AsRawSocket, FromRawHandle, OwnedHandle, OwnedSocket},
    ptr::null_mut,
};

use iocp_sys as sys;
use iocp_sys::HANDLE;

pub(crate) use crate::raw::set_event as set;

use super::{
    last_error,
    memory::{Block, Buffer, PATIENCE},
};

/// What has a handle.
pub(crate) trait Raw {
    /// The handle; of a socket, its value.
    fn raw(&self) -> HANDLE;
}

impl Raw for OwnedHandle {
    fn raw(&self) -> HANDLE {
        self.as_raw_handle().cast()
    }
}

impl Raw for std::fs::File {
    fn raw(&self) -> HANDLE {
        self.as_raw_handle().cast()
    }
}

impl Raw for OwnedSocket {
    fn raw(&self) -> HANDLE {
        self.as_raw_socket() as HANDLE
    }
}

impl Raw for std::net::TcpStream {
    fn raw(&self) -> HANDLE {
        self.as_raw_socket() as HANDLE
    }
}

impl Raw for std::net::TcpListener {
    fn raw(&self) -> HANDLE {
        self.as_raw_socket() as HANDLE
    }
}

impl Raw for std::net::UdpSocket {
    fn raw(&self) -> HANDLE {
        self.as_raw_socket() as HANDLE
    }
}

/// No handle at all: `INVALID_HANDLE_VALUE`, which is `INVALID_SOCKET` too.
#[derive(Debug)]
pub(crate) struct Nothing;

impl Raw for Nothing {
    fn raw(&self) -> HANDLE {
        sys::INVALID_HANDLE_VALUE
    }
}

/// What a call said: its code, 0 for none, and the count that it wrote.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub(crate) code: u32,
    pub(crate) count: u32,
}

/// What a count holds that was not written.
pub(crate) const NO_COUNT: u32 = 0x5A5A_5A5A;

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.count) {
            (0, NO_COUNT) => f.write_str("done, count untouched"),
            (0, count) => write!(f, "done, {count} bytes"),
            (sys::ERROR_IO_PENDING, _) => f.write_str("pending"),
            (code, _) => write!(f, "error {code}"),
        }
    }
}

/// The code behind a `BOOL`.
pub(crate) fn code(ok: i32) -> u32 {
    if ok == 0 {
        last_error()
    } else {
        0
    }
}

/// The block of a call, or none.
pub(crate) fn overlapped(block: Option<&'static Block>) -> *mut sys::OVERLAPPED {
    block.map_or(null_mut(), Block::overlapped)
}

/// `ReadFile`.
pub(crate) fn read(file: &impl Raw, buffer: Buffer, block: Option<&'static Block>) -> Answer {
    let mut count = NO_COUNT;
    // SAFETY:
    // * the handle is open; buffer and block are never freed; the count is written during the call.
    let ok = unsafe {
        sys::ReadFile(file.raw(), buffer.ptr(), buffer.len(), &mut count, overlapped(block))
    };
    Answer { code: code(ok), count }
}

/// `WriteFile`.
pub(crate) fn write(file: &impl Raw, bytes: &[u8], block: Option<&'static Block>) -> Answer {
    let (mut count, buffer) = (NO_COUNT, Buffer::with(bytes));
    // SAFETY:
    // * the handle is open; buffer and block are never freed; the count is written during the call.
    let ok = unsafe {
        sys::WriteFile(file.raw(), buffer.ptr(), buffer.len(), &mut count, overlapped(block))
    };
    Answer { code: code(ok), count }
}

/// `GetOverlappedResult`, without waiting.
pub(crate) fn result(file: &impl Raw, block: &'static Block) -> Answer {
    let mut count = NO_COUNT;
    // SAFETY:
    // * the handle is open; block and count are there during the call.
    let ok = unsafe { sys::GetOverlappedResult(file.raw(), block.overlapped(), &mut count, 0) };
    Answer { code: code(ok), count }
}

/// `CancelIoEx` for one operation, or for all: 0, or its code.
pub(crate) fn cancel(file: &impl Raw, block: Option<&'static Block>) -> u32 {
    // SAFETY:
    // * the handle is open; the system compares the address of the block with those it knows.
    code(unsafe { sys::CancelIoEx(file.raw(), overlapped(block)) })
}

/// `CancelIo`: 0, or its code.
pub(crate) fn cancel_thread(file: &impl Raw) -> u32 {
    // SAFETY:
    // * the handle is open during the call.
    code(unsafe { sys::CancelIo(file.raw()) })
}

/// `SetFileCompletionNotificationModes`: 0, or its code.
pub(crate) fn set_modes(file: &impl Raw, modes: u8) -> u32 {
    // SAFETY:
    // * the handle is open during the call.
    code(unsafe { sys::SetFileCompletionNotificationModes(file.raw(), modes) })
}

/// `DuplicateHandle` in this process.
pub(crate) fn copy_of(file: &impl Raw) -> OwnedHandle {
    let mut copy: HANDLE = null_mut();
    // SAFETY:
    // * no arguments; a constant.
    let process = unsafe { sys::GetCurrentProcess() };
    // SAFETY:
    // * the handle is open; both processes are this one; `copy` is written during the call.
    let ok = unsafe {
        let same = sys::DUPLICATE_SAME_ACCESS;
        sys::DuplicateHandle(process, file.raw(), process, &mut copy, 0, 0, same)
    };
    assert_ne!(ok, 0, "DuplicateHandle: {}", last_error());
    // SAFETY:
    // * a new handle that nobody else owns.
    unsafe { OwnedHandle::from_raw_handle(copy.cast()) }
}

/// Whether a handle is signalled.
pub(crate) fn signalled(object: &impl Raw) -> bool {
    // SAFETY:
    // * the handle is open; no time to wait.
    unsafe { sys::WaitForSingleObject(object.raw(), 0) == sys::WAIT_OBJECT_0 }
}

/// Whether a handle is signalled in [`PATIENCE`].
pub(crate) fn wait_signalled(object: &impl Raw) -> bool {
    let time = u32::try_from(PATIENCE.as_millis()).unwrap();
    // SAFETY:
    // * the handle is open during the wait.
    unsafe { sys::WaitForSingleObject(object.raw(), time) == sys::WAIT_OBJECT_0 }
}

/// An event of manual reset, not set.
pub(crate) fn event() -> OwnedHandle {
    crate::raw::event(true)
}

/// `set` or `not set`.
pub(crate) fn state(event: &impl Raw) -> &'static str {
    if signalled(event) {
        "set"
    } else {
        "not set"
    }
}
