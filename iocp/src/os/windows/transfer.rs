//! The calls that receive and send.

use std::ptr::null_mut;

use iocp_sys as sys;
use iocp_sys::{OVERLAPPED, WSABUF};

use super::{issued, winsock};
use crate::os::{Handle, Issued};

/// # Safety
///
/// `block` and the buffers stay valid and untouched until the packet is dequeued, or the call fails
/// without one.
#[inline(always)]
pub(crate) unsafe fn recv(socket: Handle, bufs: &[WSABUF], block: *mut OVERLAPPED) -> Issued {
    let count = u32::try_from(bufs.len()).unwrap_or(u32::MAX);
    // On the stack: it is not written again when the receive completes later.
    let mut flags = 0;
    // SAFETY:
    // * block and buffers stay as the caller promises; the array of descriptors is captured before the call returns.
    issued(winsock(unsafe {
        sys::WSARecv(
            socket.socket(),
            bufs.as_ptr().cast_mut(),
            count,
            null_mut(),
            &mut flags,
            block,
            None,
        )
    }))
}

/// # Safety
///
/// As [`recv`]; the buffers are only read.
#[inline(always)]
pub(crate) unsafe fn send(socket: Handle, bufs: &[WSABUF], block: *mut OVERLAPPED) -> Issued {
    let count = u32::try_from(bufs.len()).unwrap_or(u32::MAX);
    // SAFETY:
    // * block and buffers stay as the caller promises; the array of descriptors is captured before the call returns.
    issued(winsock(unsafe {
        sys::WSASend(socket.socket(), bufs.as_ptr().cast_mut(), count, null_mut(), 0, block, None)
    }))
}

/// # Safety
///
/// As [`recv`], also for the address: [`LONGEST`](crate::os::address::LONGEST) bytes at `from`,
/// and their number at `from_len`.
pub(crate) unsafe fn recv_from(
    socket: Handle,
    bufs: &[WSABUF],
    from: *mut u8,
    from_len: *mut i32,
    block: *mut OVERLAPPED,
) -> Issued {
    let count = u32::try_from(bufs.len()).unwrap_or(u32::MAX);
    // On the stack: it is not written again when the receive completes later.
    let mut flags = 0;
    // SAFETY:
    // * block, buffers and address stay as the caller promises; the descriptors are captured.
    issued(winsock(unsafe {
        sys::WSARecvFrom(
            socket.socket(),
            bufs.as_ptr().cast_mut(),
            count,
            null_mut(),
            &mut flags,
            from.cast(),
            from_len,
            block,
            None,
        )
    }))
}

/// # Safety
///
/// As [`recv`], also for `to_len` bytes at `to`; everything is only read.
pub(crate) unsafe fn send_to(
    socket: Handle,
    bufs: &[WSABUF],
    to: *const u8,
    to_len: i32,
    block: *mut OVERLAPPED,
) -> Issued {
    let count = u32::try_from(bufs.len()).unwrap_or(u32::MAX);
    // SAFETY:
    // * block, buffers and address stay as the caller promises; the descriptors are captured.
    issued(winsock(unsafe {
        sys::WSASendTo(
            socket.socket(),
            bufs.as_ptr().cast_mut(),
            count,
            null_mut(),
            0,
            to.cast(),
            to_len,
            block,
            None,
        )
    }))
}
