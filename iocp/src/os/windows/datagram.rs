//! Datagrams without an operation, on a socket that does not block; and asking whether one is there.

use std::{net::SocketAddr, ptr::null_mut};

use iocp_sys as sys;
use iocp_sys::{OVERLAPPED, WSABUF};

use super::{issued, last_socket_error, size_i32, winsock};
use crate::os::{
    address::{self, LONGEST},
    Borrowed, Code, Issued, ReceivedNow,
};

/// [`WSARecv`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv) with
/// `MSG_PEEK` and without room: takes nothing.
///
/// # Safety
///
/// As [`recv`](super::recv), for the block alone.
pub(crate) unsafe fn probe_datagram(socket: Borrowed<'_>, block: *mut OVERLAPPED) -> Issued {
    let nothing = WSABUF { len: 0, buf: null_mut() };
    // On the stack: the system does not write it when the receive completes later.
    let mut flags = sys::MSG_PEEK.unsigned_abs();
    // SAFETY:
    // * `socket` is open until the call returns; the block stays as the caller promises.
    // * The one descriptor has no room, and is captured "before returning".
    // * `flags` is written before the call returns only; the count is optional, and null.
    issued(winsock(unsafe {
        sys::WSARecv(socket.socket(), &nothing, 1, null_mut(), &mut flags, block, None)
    }))
}

/// [`recvfrom`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-recvfrom). `peek`:
/// the datagram stays.
pub(crate) fn receive_now(
    socket: Borrowed<'_>,
    into: &mut [u8],
    peek: bool,
) -> Result<ReceivedNow, Code> {
    let room = i32::try_from(into.len()).unwrap_or(i32::MAX);
    let (mut raw, mut len) = ([0_u8; LONGEST], size_i32::<[u8; LONGEST]>());
    let flags = if peek { sys::MSG_PEEK } else { 0 };
    // SAFETY:
    // * `socket` is open, and `into` borrowed for `room` bytes, until the call returns.
    // * `raw` has the `len` bytes that are said of it; both are written during the call only.
    let count = unsafe {
        sys::recvfrom(
            socket.socket(),
            into.as_mut_ptr(),
            room,
            flags,
            raw.as_mut_ptr().cast(),
            &mut len,
        )
    };
    let (count, is_truncated) = match last_error_of(count) {
        None => (count, false),
        // "The buffer is filled with the first part of the datagram."
        Some(Code::MESSAGE_SIZE) => (room, true),
        Some(code) => return Err(code),
    };
    let named = usize::try_from(len).ok().and_then(|len| raw.get(..len));
    let len = usize::try_from(count).unwrap_or(0).min(into.len());
    Ok(ReceivedNow { len, from: named.and_then(address::decode), is_truncated })
}

/// [`sendto`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-sendto), or
/// [`send`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-send) to the peer that
/// the socket is connected to.
pub(crate) fn send_now(
    socket: Borrowed<'_>,
    bytes: &[u8],
    to: Option<&SocketAddr>,
) -> Result<(), Code> {
    let Ok(len) = i32::try_from(bytes.len()) else { return Err(Code::MESSAGE_SIZE) };
    let sent = match to {
        None => {
            // SAFETY:
            // * `socket` is open, and `bytes` borrowed for `len` bytes, until the call returns.
            unsafe { sys::send(socket.socket(), bytes.as_ptr(), len, 0) }
        }
        Some(to) => {
            let (raw, to_len) = address::encode(to);
            let to_len = i32::try_from(to_len).unwrap_or(0);
            let to = raw.as_ptr().cast();
            // SAFETY:
            // * `socket` is open, and `bytes` borrowed for `len` bytes, until the call returns.
            // * `raw` holds an address of `to_len` bytes, for as long.
            unsafe { sys::sendto(socket.socket(), bytes.as_ptr(), len, 0, to, to_len) }
        }
    };
    last_error_of(sent).map_or(Ok(()), Err)
}

/// The error of a call that says a number of bytes or `SOCKET_ERROR`.
fn last_error_of(result: i32) -> Option<Code> {
    (result == sys::SOCKET_ERROR).then(last_socket_error)
}
