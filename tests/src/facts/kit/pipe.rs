//! Named pipes.
//!
//! # Safety
//!
//! A name is read during the call, and a new handle is owned by what comes out. A handle that comes in is
//! borrowed for the time of the call.

use std::{
    os::windows::io::{FromRawHandle, OwnedHandle},
    ptr::{null, null_mut},
    sync::atomic::{AtomicUsize, Ordering},
};

use iocp_sys as sys;
use iocp_sys::HANDLE;

use super::{
    handle::{code, overlapped, Answer, Raw, NO_COUNT},
    last_error,
    memory::{Block, Buffer},
};

/// How a pipe is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Make {
    pub(crate) access: u32,
    pub(crate) mode: u32,
    pub(crate) instances: u32,
    pub(crate) room: u32,
}

/// Overlapped, duplex, of messages, with one instance and room for 512 bytes.
pub(crate) const MESSAGES: Make = Make {
    access: sys::PIPE_ACCESS_DUPLEX | sys::FILE_FLAG_OVERLAPPED,
    mode: sys::PIPE_TYPE_MESSAGE | sys::PIPE_READMODE_MESSAGE,
    instances: 1,
    room: 512,
};
/// The same of bytes.
pub(crate) const BYTES: Make = Make { mode: sys::PIPE_TYPE_BYTE, ..MESSAGES };
/// The same of messages, for calls that wait.
pub(crate) const WAITING: Make = Make { access: sys::PIPE_ACCESS_DUPLEX, ..MESSAGES };

/// The name of a pipe that nobody else has.
pub(crate) fn new_name() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let next = NEXT.fetch_add(1, Ordering::SeqCst);
    format!(r"\\.\pipe\iocp-facts-{}-{next}", std::process::id())
}

pub(crate) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// `CreateNamedPipeW`.
pub(crate) fn server(name: &str, make: Make) -> Result<OwnedHandle, u32> {
    let name = wide(name);
    // SAFETY:
    // * the name ends with a zero and is read during the call; no security attributes.
    let pipe = unsafe {
        sys::CreateNamedPipeW(
            name.as_ptr(),
            make.access,
            make.mode,
            make.instances,
            make.room,
            make.room,
            1000,
            null(),
        )
    };
    owned(pipe)
}

/// `CreateFileW` for an existing pipe, file or directory, shared with all.
pub(crate) fn open(name: &str, access: u32, flags: u32) -> Result<OwnedHandle, u32> {
    let name = wide(name);
    let share = sys::FILE_SHARE_READ | sys::FILE_SHARE_WRITE | sys::FILE_SHARE_DELETE;
    // SAFETY:
    // * the name ends with a zero and is read during the call; no attributes and no template.
    let file = unsafe {
        let existing = sys::OPEN_EXISTING;
        sys::CreateFileW(name.as_ptr(), access, share, null(), existing, flags, null_mut())
    };
    owned(file)
}

/// The overlapped client end, reading by messages if that is the pipe's type.
pub(crate) fn client(name: &str, make: Make) -> OwnedHandle {
    let flags = make.access & sys::FILE_FLAG_OVERLAPPED;
    let client = open(name, sys::GENERIC_READ | sys::GENERIC_WRITE, flags).unwrap();
    let mode = make.mode & sys::PIPE_READMODE_MESSAGE;
    // SAFETY:
    // * an open pipe; the mode is read during the call.
    let ok = unsafe { sys::SetNamedPipeHandleState(client.raw(), &mode, null(), null()) };
    assert_ne!(ok, 0, "SetNamedPipeHandleState: {}", last_error());
    client
}

/// Both ends of a pipe, connected: the server's and the client's.
pub(crate) fn pair(make: Make) -> (OwnedHandle, OwnedHandle) {
    let name = new_name();
    let server = server(&name, make).unwrap();
    let client = client(&name, make);
    (server, client)
}

fn owned(handle: HANDLE) -> Result<OwnedHandle, u32> {
    if handle == sys::INVALID_HANDLE_VALUE {
        return Err(last_error());
    }
    // SAFETY:
    // * a new handle that nobody else owns.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle.cast()) })
}

/// `ConnectNamedPipe`: 0, or its code.
pub(crate) fn listen(server: &impl Raw, block: Option<&'static Block>) -> u32 {
    // SAFETY:
    // * an open handle; the block is never freed.
    code(unsafe { sys::ConnectNamedPipe(server.raw(), overlapped(block)) })
}

/// `DisconnectNamedPipe`: 0, or its code.
pub(crate) fn disconnect(server: &impl Raw) -> u32 {
    // SAFETY:
    // * an open handle during the call.
    code(unsafe { sys::DisconnectNamedPipe(server.raw()) })
}

/// `PeekNamedPipe` for the number of bytes there: 0 or its code, and that number.
pub(crate) fn available(pipe: &impl Raw) -> Answer {
    let mut count = NO_COUNT;
    // SAFETY:
    // * an open handle; no room for data; the count is written during the call.
    let ok = unsafe {
        sys::PeekNamedPipe(pipe.raw(), null_mut(), 0, null_mut(), &mut count, null_mut())
    };
    Answer { code: code(ok), count }
}

/// `TransactNamedPipe`.
pub(crate) fn transact(
    pipe: &impl Raw,
    request: &[u8],
    answer: Buffer,
    block: Option<&'static Block>,
) -> Answer {
    let (mut count, request) = (NO_COUNT, Buffer::with(request));
    // SAFETY:
    // * an open handle; both buffers and the block are never freed; the count is written during the call.
    let ok = unsafe {
        sys::TransactNamedPipe(
            pipe.raw(),
            request.ptr().cast(),
            request.len(),
            answer.ptr().cast(),
            answer.len(),
            &mut count,
            overlapped(block),
        )
    };
    Answer { code: code(ok), count }
}

/// `FlushFileBuffers`: 0, or its code.
pub(crate) fn flush(pipe: &impl Raw) -> u32 {
    // SAFETY:
    // * an open handle during the call.
    code(unsafe { sys::FlushFileBuffers(pipe.raw()) })
}

/// `WaitNamedPipeW`: 0, or its code.
pub(crate) fn wait(name: &str, timeout_ms: u32) -> u32 {
    let name = wide(name);
    // SAFETY:
    // * the name ends with a zero and is read during the call.
    code(unsafe { sys::WaitNamedPipeW(name.as_ptr(), timeout_ms) })
}
