//! The calls that receive and send.

use std::ptr::null_mut;

use iocp_sys as sys;
use iocp_sys::{OVERLAPPED, WSABUF};

use super::{issued, last_socket_error, winsock};
use crate::os::{Borrowed, Code, Issued};

/// [`WSARecv`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv)
///
/// # Safety
///
/// `block` and the buffers stay valid and untouched until the packet is dequeued, or the call answers
/// that no packet follows.
#[inline(always)]
pub(crate) unsafe fn recv(socket: Borrowed<'_>, bufs: &[WSABUF], block: *mut OVERLAPPED) -> Issued {
    // On the stack: the system does not write it when the receive completes later.
    let mut flags = 0;
    // SAFETY:
    // * `socket` is open until the call returns; block and buffers stay as the caller promises.
    // * `bufs` is borrowed for `count` descriptors, which the provider captures "before returning".
    // * `flags` is written before the call returns only; the count is optional, and null.
    issued(winsock(unsafe {
        sys::WSARecv(
            socket.socket(),
            bufs.as_ptr().cast_mut(),
            count(bufs),
            null_mut(),
            &mut flags,
            block,
            None,
        )
    }))
}

/// [`WSASend`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasend)
///
/// # Safety
///
/// As [`recv`]; the system only reads the buffers.
#[inline(always)]
pub(crate) unsafe fn send(socket: Borrowed<'_>, bufs: &[WSABUF], block: *mut OVERLAPPED) -> Issued {
    let (bufs, count) = (bufs.as_ptr().cast_mut(), count(bufs));
    // SAFETY:
    // * As in `recv`, but for the flags, which are a number.
    issued(winsock(unsafe {
        sys::WSASend(socket.socket(), bufs, count, null_mut(), 0, block, None)
    }))
}

/// [`recv`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-recv) of a stream: how many
/// bytes, 0 at the end.
#[inline(always)]
pub(crate) fn recv_stream(socket: Borrowed<'_>, into: &mut [u8]) -> Result<usize, Code> {
    let room = i32::try_from(into.len()).unwrap_or(i32::MAX);
    // SAFETY:
    // * `socket` is open, and `into` borrowed for `room` bytes, until the call returns.
    count_of(unsafe { sys::recv(socket.socket(), into.as_mut_ptr(), room, 0) })
}

/// [`send`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-send) of a stream: how many
/// bytes the system has taken.
#[inline(always)]
pub(crate) fn send_stream(socket: Borrowed<'_>, bytes: &[u8]) -> Result<usize, Code> {
    let len = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
    // SAFETY:
    // * `socket` is open, and `bytes` borrowed for `len` bytes, until the call returns.
    count_of(unsafe { sys::send(socket.socket(), bytes.as_ptr(), len, 0) })
}

/// Of a call that says a number of bytes, or `SOCKET_ERROR`, which is negative.
#[inline(always)]
fn count_of(result: i32) -> Result<usize, Code> {
    usize::try_from(result).map_err(|_| last_socket_error())
}

/// [`WSARecvFrom`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecvfrom)
///
/// # Safety
///
/// As [`recv`], also for the address: [`LONGEST`](crate::os::address::LONGEST) bytes at `from`,
/// and their number at `from_len`.
pub(crate) unsafe fn recv_from(
    socket: Borrowed<'_>,
    bufs: &[WSABUF],
    from: *mut u8,
    from_len: *mut i32,
    block: *mut OVERLAPPED,
) -> Issued {
    let (bufs, count) = (bufs.as_ptr().cast_mut(), count(bufs));
    // On the stack: the system does not write it when the receive completes later.
    let (mut flags, from) = (0, from.cast());
    // SAFETY:
    // * As in `recv`; the address and its length stay as the caller promises.
    issued(winsock(unsafe {
        sys::WSARecvFrom(
            socket.socket(),
            bufs,
            count,
            null_mut(),
            &mut flags,
            from,
            from_len,
            block,
            None,
        )
    }))
}

/// [`WSASendTo`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasendto)
///
/// # Safety
///
/// As [`send`], also for `to_len` bytes at `to`.
pub(crate) unsafe fn send_to(
    socket: Borrowed<'_>,
    bufs: &[WSABUF],
    to: *const u8,
    to_len: i32,
    block: *mut OVERLAPPED,
) -> Issued {
    let (bufs, count) = (bufs.as_ptr().cast_mut(), count(bufs));
    let to = to.cast();
    // SAFETY:
    // * As in `send`; the address stays as the caller promises.
    issued(winsock(unsafe {
        sys::WSASendTo(socket.socket(), bufs, count, null_mut(), 0, to, to_len, block, None)
    }))
}

#[inline(always)]
fn count(bufs: &[WSABUF]) -> u32 {
    u32::try_from(bufs.len()).unwrap_or(u32::MAX)
}
