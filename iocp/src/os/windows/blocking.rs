//! A receive that blocks until the kernel has let go of the caller's own memory.
//!
//! The status block lies on the stack and the buffer is borrowed, so nothing here may return, or
//! unwind, while the request is pending: it is cancelled and waited for first. The event's low bit
//! tells the system to send no packet to the port.

use std::{
    mem::zeroed,
    os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle},
    ptr::{null, null_mut},
};

use iocp_sys as sys;
use iocp_sys::{HANDLE, OVERLAPPED, WSABUF};

use super::{last_error, last_socket_error, winsock};
use crate::{
    os::{Code, Handle},
    timeout::INFINITE,
};

/// Receives into `buffer`; `Ok(None)` if `timeout_ms` passed before anything arrived.
pub(crate) fn recv_blocking(
    socket: Handle,
    buffer: &mut [u8],
    timeout_ms: u32,
) -> Result<Option<usize>, Code> {
    let event = new_event()?;
    let handle: HANDLE = event.as_raw_handle().cast();
    // SAFETY:
    // * integers and pointers: all zero is a value of it.
    let mut block: OVERLAPPED = unsafe { zeroed() };
    block.hEvent = (handle as usize | 1) as HANDLE;
    let block: *mut OVERLAPPED = &mut block;
    let len = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
    let buf = WSABUF { len, buf: buffer.as_mut_ptr() };
    let mut flags = 0;
    // SAFETY:
    // * block and buffer stay in place until `settle` has seen the event.
    // * `buf` and `flags` are used during the call only.
    let issued = winsock(unsafe {
        sys::WSARecv(socket.socket(), &buf, 1, null_mut(), &mut flags, block, None)
    });
    let timed_out = match issued {
        // Truncated at once is finished at once, as success is.
        Ok(()) | Err(Code::MESSAGE_SIZE) => wait(handle, INFINITE),
        Err(Code(sys::ERROR_IO_PENDING)) => wait(handle, timeout_ms),
        Err(code) => return Err(code),
    };
    if timed_out {
        // Not found means that it has finished meanwhile.
        let _ = super::cancel(socket, block);
        wait(handle, INFINITE);
    }
    result(socket, block, timed_out)
}

/// True if the time passed first. A wait that fails ends the process: returning would free memory
/// that the system still writes to.
fn wait(event: HANDLE, timeout_ms: u32) -> bool {
    // SAFETY:
    // * the event is open.
    match unsafe { sys::WaitForSingleObject(event, timeout_ms) } {
        sys::WAIT_OBJECT_0 => false,
        sys::WAIT_TIMEOUT => true,
        _ => std::process::abort(),
    }
}

fn result(socket: Handle, block: *const OVERLAPPED, asked: bool) -> Result<Option<usize>, Code> {
    let (mut bytes, mut flags) = (0, 0);
    // SAFETY:
    // * the block is that of a finished request on this socket.
    let done =
        unsafe { sys::WSAGetOverlappedResult(socket.socket(), block, &mut bytes, 0, &mut flags) };
    if done != 0 {
        return Ok(Some(bytes as usize));
    }
    match last_socket_error() {
        Code(sys::ERROR_OPERATION_ABORTED) if asked => Ok(None),
        code => Err(code),
    }
}

fn new_event() -> Result<OwnedHandle, Code> {
    // SAFETY:
    // * no attributes, no name: a new manual-reset event, not signalled.
    let event = unsafe { sys::CreateEventW(null(), 1, 0, null()) };
    if event.is_null() {
        return Err(last_error());
    }
    // SAFETY:
    // * a new handle that nobody else owns.
    Ok(unsafe { OwnedHandle::from_raw_handle(event.cast()) })
}
