//! Datagrams with control messages.

use std::{
    mem::size_of,
    ptr::{from_ref, null_mut},
};

use iocp_sys as sys;
use iocp_sys::{OVERLAPPED, WSAMSG};

use super::{extension::Extension, issued, winsock};
use crate::os::{Borrowed, Code, Issued, SocketKind};

// SAFETY:
// * The type is the one that mswsock.h gives to the function of its identifier.
static RECV_MSG: Extension<sys::LPFN_WSARECVMSG> = unsafe { Extension::new(sys::WSAID_WSARECVMSG) };

/// Finds what [`recv_msg`] calls, which has found it from then on.
pub(crate) fn find_recv_msg(socket: Borrowed<'_>, kind: SocketKind) -> Result<(), Code> {
    RECV_MSG.find(socket, kind).map(drop)
}

/// [`WSARecvMsg`](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_wsarecvmsg)
///
/// # Safety
///
/// As [`recv`](super::recv), for the block, `message`, and all that it points to.
pub(crate) unsafe fn recv_msg(
    socket: Borrowed<'_>,
    kind: SocketKind,
    message: *mut WSAMSG,
    block: *mut OVERLAPPED,
) -> Issued {
    issued(RECV_MSG.found(kind).and_then(|recv_msg| {
        // SAFETY:
        // * `socket` is open until the call returns; block and message stay as the caller promises.
        // * The count is optional with an OVERLAPPED, and null; there is no routine.
        winsock(unsafe { recv_msg(socket.socket(), message, null_mut(), block, None) })
    }))
}

/// [`WSASendMsg`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasendmsg)
///
/// # Safety
///
/// As [`send`](super::send), for the block, `message`, and all that it points to.
pub(crate) unsafe fn send_msg(
    socket: Borrowed<'_>,
    message: *const WSAMSG,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * `socket` is open until the call returns; block and message stay as the caller promises.
    // * The count is optional with an OVERLAPPED, and null; there is no routine.
    issued(winsock(unsafe {
        sys::WSASendMsg(socket.socket(), message, 0, null_mut(), block, None)
    }))
}

/// `setsockopt`: control messages of this option come with each datagram.
pub(crate) fn ask_for_control(socket: Borrowed<'_>, level: i32, option: i32) -> Result<(), Code> {
    let (on, len) = (1_i32, i32::try_from(size_of::<i32>()).unwrap_or(0));
    // SAFETY:
    // * `socket` is open; `on` is borrowed for its bytes until the call returns.
    winsock(unsafe { sys::setsockopt(socket.socket(), level, option, from_ref(&on).cast(), len) })
}
