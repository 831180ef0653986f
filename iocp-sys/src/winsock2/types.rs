//! The basic types.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/socket-data-type-2>

use crate::minwinbase::OVERLAPPED;

/// Handle of a socket.
///
/// Usually, but not always, a kernel file handle: a layered provider may hand out its own, see
/// [`XP1_IFS_HANDLES`](super::XP1_IFS_HANDLES) and [`SIO_BASE_HANDLE`](crate::SIO_BASE_HANDLE).
/// `RawSocket` of the standard library is `u64` or `u32`.
pub type SOCKET = usize;

/// What functions that make a socket return on failure. 0 is a valid socket.
pub const INVALID_SOCKET: SOCKET = !0;
/// What most functions return on failure; the code is in
/// [`WSAGetLastError`](super::WSAGetLastError).
pub const SOCKET_ERROR: i32 = -1;

/// Value of [`SO_LINGER`](crate::SO_LINGER): what `closesocket` does with unsent data.
///
/// # Layout
/// 4 bytes, align 2 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `winsock2.h` (`struct linger`).
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-linger>
#[repr(C)]
#[derive(Debug)]
pub struct LINGER {
    /// 0: close in the background; otherwise `l_linger` counts.
    pub l_onoff: u16,
    /// Time to wait in seconds; 0 resets the connection at once.
    pub l_linger: u16,
}
layout!(LINGER: size 4 | 4, align 2 | 2; l_onoff: 0 | 0, l_linger: 2 | 2);
plain!(LINGER);

/// [`OVERLAPPED`] under its Winsock name.
pub type WSAOVERLAPPED = OVERLAPPED;
/// Pointer to [`OVERLAPPED`], as the SDK names it.
pub type LPWSAOVERLAPPED = *mut OVERLAPPED;

/// Completion routine, run as an APC on the thread that started the operation, in alertable waits.
///
/// Pass `None` together with a completion port: an overlapped call on an associated socket that has
/// a routine fails with `WSAEINVAL` (10022).
///
/// `dwError`: a Winsock code, 0 = success. `cbTransferred` in bytes. `dwFlags`: what `lpFlags` of a
/// receive would have told.
///
/// # Source
/// Windows 2000. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nc-winsock2-lpwsaoverlapped_completion_routine>
pub type LPWSAOVERLAPPED_COMPLETION_ROUTINE = Option<
    unsafe extern "system" fn(
        dwError: u32,
        cbTransferred: u32,
        lpOverlapped: *mut OVERLAPPED,
        dwFlags: u32,
    ),
>;
