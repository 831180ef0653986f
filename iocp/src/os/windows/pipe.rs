//! Named pipes: making, opening, listening, disconnecting, and who is at the other end.

use std::ptr::{null, null_mut};

use iocp_sys as sys;
use iocp_sys::{HANDLE, OVERLAPPED, WSABUF};

use super::{control, last_error, owned_handle, win32, OwnedHandle};
use crate::os::{Borrowed, Code, Issued, PipeSettings};

/// `FSCTL_PIPE_LISTEN`, what `ConnectNamedPipe` sends (`ntifs.h`).
const FSCTL_PIPE_LISTEN: u32 = 0x0011_0008;

/// [`CreateNamedPipeW`](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-createnamedpipew):
/// an overlapped instance. The name ends with a zero.
pub(crate) fn pipe_create(name: &[u16], settings: &PipeSettings) -> Result<OwnedHandle, Code> {
    let when = |set: bool, flag: u32| if set { flag } else { 0 };
    let open_mode = sys::FILE_FLAG_OVERLAPPED
        | when(settings.inbound, sys::PIPE_ACCESS_INBOUND)
        | when(settings.outbound, sys::PIPE_ACCESS_OUTBOUND)
        | when(settings.first, sys::FILE_FLAG_FIRST_PIPE_INSTANCE);
    let pipe_mode = when(settings.messages, sys::PIPE_TYPE_MESSAGE | sys::PIPE_READMODE_MESSAGE)
        | when(!settings.remote, sys::PIPE_REJECT_REMOTE_CLIENTS);
    let (most, buffer) = (settings.most, settings.buffer);
    // SAFETY:
    // * The name ends with a zero and is read during the call; no security attributes.
    let pipe = unsafe {
        sys::CreateNamedPipeW(name.as_ptr(), open_mode, pipe_mode, most, buffer, buffer, 0, null())
    };
    file_handle(pipe)
}

/// [`CreateFileW`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-createfilew): the
/// client's end, overlapped. Its server may find out who the client is, and not act as the client.
pub(crate) fn pipe_open(name: &[u16], access: u32) -> Result<OwnedHandle, Code> {
    let flags =
        sys::FILE_FLAG_OVERLAPPED | sys::SECURITY_SQOS_PRESENT | sys::SECURITY_IDENTIFICATION;
    // SAFETY:
    // * The name ends with a zero and is read during the call; no security attributes and no template.
    let pipe = unsafe {
        sys::CreateFileW(name.as_ptr(), access, 0, null(), sys::OPEN_EXISTING, flags, null_mut())
    };
    file_handle(pipe)
}

/// [`WaitNamedPipeW`](https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-waitnamedpipew)
pub(crate) fn pipe_wait(name: &[u16], timeout_ms: u32) -> Result<(), Code> {
    // SAFETY:
    // * The name ends with a zero and is read during the call.
    win32(unsafe { sys::WaitNamedPipeW(name.as_ptr(), timeout_ms) })
}

/// [`SetNamedPipeHandleState`](https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-setnamedpipehandlestate):
/// reads end with each message.
pub(crate) fn pipe_read_messages(handle: Borrowed<'_>) -> Result<(), Code> {
    let mode = sys::PIPE_READMODE_MESSAGE;
    // SAFETY:
    // * `handle` is open until the call returns; the mode is read during it, and the rest is optional.
    win32(unsafe { sys::SetNamedPipeHandleState(handle.raw(), &mode, null(), null()) })
}

/// `NtFsControlFile` with `FSCTL_PIPE_LISTEN`, as
/// [`ConnectNamedPipe`](https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-connectnamedpipe)
/// calls it.
///
/// # Safety
///
/// As [`recv`](super::recv), for the block.
pub(crate) unsafe fn pipe_listen(handle: Borrowed<'_>, block: *mut OVERLAPPED) -> Issued {
    const NONE: WSABUF = WSABUF { len: 0, buf: null_mut() };
    // SAFETY:
    // * The block stays as the caller promises; this code uses no memory.
    unsafe { control(handle, FSCTL_PIPE_LISTEN, NONE, NONE, block) }
}

/// [`DisconnectNamedPipe`](https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-disconnectnamedpipe)
pub(crate) fn pipe_disconnect(handle: Borrowed<'_>) -> Result<(), Code> {
    // SAFETY:
    // * `handle` is open until the call returns.
    win32(unsafe { sys::DisconnectNamedPipe(handle.raw()) })
}

/// [`GetNamedPipeClientProcessId`](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getnamedpipeclientprocessid),
/// or that of the server.
pub(crate) fn pipe_peer(handle: Borrowed<'_>, client: bool) -> Result<u32, Code> {
    let ask = match client {
        true => sys::GetNamedPipeClientProcessId,
        false => sys::GetNamedPipeServerProcessId,
    };
    let mut id = 0;
    // SAFETY:
    // * `handle` is open until the call returns; `id` is this call's own.
    win32(unsafe { ask(handle.raw(), &mut id) })?;
    Ok(id)
}

/// For calls that return a new handle, which the caller closes, or `INVALID_HANDLE_VALUE`.
fn file_handle(handle: HANDLE) -> Result<OwnedHandle, Code> {
    if handle == sys::INVALID_HANDLE_VALUE {
        return Err(last_error());
    }
    // SAFETY:
    // * The system has just made this handle, so nobody else owns it.
    Ok(unsafe { owned_handle(handle) })
}
