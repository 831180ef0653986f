//! Sending a file without reading it.

use std::ptr::null_mut;

use iocp_sys as sys;
use iocp_sys::{OVERLAPPED, TRANSMIT_FILE_BUFFERS};

use super::{extension::Extension, issued, unbuffered::set_offset, win32};
use crate::os::{Borrowed, Code, Issued, SocketKind};

// SAFETY:
// * The type is the one that mswsock.h gives to the function of its identifier.
static TRANSMIT_FILE: Extension<sys::LPFN_TRANSMITFILE> =
    unsafe { Extension::new(sys::WSAID_TRANSMITFILE) };

/// Finds what [`transmit`] calls, which has found it from then on.
pub(crate) fn find_transmit(socket: Borrowed<'_>, kind: SocketKind) -> Result<(), Code> {
    TRANSMIT_FILE.find(socket, kind).map(drop)
}

/// [`TransmitFile`](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-transmitfile):
/// `len` bytes of the file from `offset`, or all of them from there if it is 0.
///
/// # Safety
///
/// As [`send`](super::send), for the block, `buffers` (or null), and what that points to; the offset of the block
/// is the caller's to set.
pub(crate) unsafe fn transmit(
    socket: Borrowed<'_>,
    kind: SocketKind,
    file: Option<Borrowed<'_>>,
    offset: i64,
    len: u32,
    buffers: *const TRANSMIT_FILE_BUFFERS,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * `block` is valid, and not lent to the system before the call below.
    unsafe { set_offset(block, offset) };
    let file = file.map_or(null_mut(), |file| file.raw());
    issued(TRANSMIT_FILE.found(kind).and_then(|transmit_file| {
        // SAFETY:
        // * `socket` and `file` are open until the call returns; from then on the system refers to what they
        //   name, not to their handles. No file is null.
        // * `block`, `buffers` and what those point to stay as the caller promises.
        // * No flags: the system chooses the size of each piece, and the thread.
        win32(unsafe { transmit_file(socket.socket(), file, len, 0, block, buffers, 0) })
    }))
}
