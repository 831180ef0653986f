//! Readiness in the older ways: `select`, and events.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsaeventselect>

use super::SOCKET;

/// Most sockets in an [`FD_SET`].
pub const FD_SETSIZE: u32 = 64;

/// Sockets for [`select`]: a list, not bits as on Unix.
///
/// # Layout
/// 520 bytes, align 8 (64-bit); 260 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 2000. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-fd_set>
#[repr(C)]
#[derive(Debug)]
pub struct FD_SET {
    /// How many of the list count; 0 to [`FD_SETSIZE`].
    pub fd_count: u32,
    /// The sockets.
    pub fd_array: [SOCKET; 64],
}
layout!(FD_SET: size 260 | 520, align 4 | 8; fd_count: 0 | 0, fd_array: 4 | 8);
plain!(FD_SET);

/// A span of time.
///
/// # Layout
/// 8 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows 2000. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-timeval>
#[repr(C)]
#[derive(Debug)]
pub struct TIMEVAL {
    /// Seconds.
    pub tv_sec: i32,
    /// Microseconds beyond them.
    pub tv_usec: i32,
}
layout!(TIMEVAL: size 8 | 8, align 4 | 4; tv_sec: 0 | 0, tv_usec: 4 | 4);
plain!(TIMEVAL);

/// Event for a socket: a handle in C, an integer here as in windows-sys.
pub type WSAEVENT = isize;
/// No event; what `WSACreateEvent` returns on failure.
pub const WSA_INVALID_EVENT: WSAEVENT = 0;

/// There is something to receive.
pub const FD_READ: u32 = 0x01;
/// There is room to send; after a connection, and after `WSAEWOULDBLOCK`.
pub const FD_WRITE: u32 = 0x02;
/// There is urgent data.
pub const FD_OOB: u32 = 0x04;
/// There is a connection to accept.
pub const FD_ACCEPT: u32 = 0x08;
/// The connection is made, or failed.
pub const FD_CONNECT: u32 = 0x10;
/// The peer has ended, or the connection is gone.
pub const FD_CLOSE: u32 = 0x20;
/// Number of kinds of events.
pub const FD_MAX_EVENTS: u32 = 10;
/// Place of the result of [`FD_READ`] in [`WSANETWORKEVENTS`].
pub const FD_READ_BIT: u32 = 0;
/// Place of the result of [`FD_WRITE`].
pub const FD_WRITE_BIT: u32 = 1;
/// Place of the result of [`FD_OOB`].
pub const FD_OOB_BIT: u32 = 2;
/// Place of the result of [`FD_ACCEPT`].
pub const FD_ACCEPT_BIT: u32 = 3;
/// Place of the result of [`FD_CONNECT`].
pub const FD_CONNECT_BIT: u32 = 4;
/// Place of the result of [`FD_CLOSE`].
pub const FD_CLOSE_BIT: u32 = 5;

/// Events of a socket, as [`WSAEnumNetworkEvents`] tells them.
///
/// # Layout
/// 44 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows 2000. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-wsanetworkevents>
#[repr(C)]
#[derive(Debug)]
pub struct WSANETWORKEVENTS {
    /// `FD_…` bits of what happened.
    pub lNetworkEvents: i32,
    /// For each a code, at its `FD_…_BIT`; 0 = no failure.
    pub iErrorCode: [i32; 10],
}
layout!(WSANETWORKEVENTS: size 44 | 44, align 4 | 4; lNetworkEvents: 0 | 0, iErrorCode: 4 | 4);
plain!(WSANETWORKEVENTS);

link! { "ws2_32.dll";
    /// Waits until one of several sockets is ready; returns how many are, 0 on timeout.
    ///
    /// `nfds` is ignored. `timeout`: null = no limit, all 0 = only look. The sets then hold the
    /// ready ones. A connection that fails is in `exceptfds`.
    ///
    /// # Errors
    /// `SOCKET_ERROR`: `WSAENOTSOCK` (10038), `WSAEINVAL` (10022, no set holds a socket),
    /// `WSAEFAULT` (10014), `WSANOTINITIALISED` (10093). Queues no packet.
    ///
    /// # Safety
    /// * each set is null or may be read and written; `timeout` is null or may be read.
    ///
    /// # Source
    /// Windows XP. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-select>
    pub fn select(
        nfds: i32,
        readfds: *mut FD_SET,
        writefds: *mut FD_SET,
        exceptfds: *mut FD_SET,
        timeout: *const TIMEVAL,
    ) -> i32;

    /// Tells and forgets the events of a socket, and resets the event (0: it is left). 0 = told.
    ///
    /// # Errors
    /// `SOCKET_ERROR`: `WSAENOTSOCK` (10038), `WSAEINVAL` (10022), `WSAEFAULT` (10014).
    ///
    /// # Safety
    /// * `s` is an open socket, `hEventObject` 0 or an open event; `lpNetworkEvents` may be written
    ///   to.
    ///
    /// # Source
    /// Windows XP. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsaenumnetworkevents>
    pub fn WSAEnumNetworkEvents(
        s: SOCKET,
        hEventObject: WSAEVENT,
        lpNetworkEvents: *mut WSANETWORKEVENTS,
    ) -> i32;

    /// Sets an event for each of these `FD_…` events of a socket; 0 with 0: no longer.
    ///
    /// Replaces what was selected before and makes the socket non-blocking; overlapped calls do not
    /// change. `lNetworkEvents`: `FD_…`. 0 = done. An event is set again only after the call that
    /// its kind asks for.
    ///
    /// # Errors
    /// `SOCKET_ERROR`: `WSAENOTSOCK` (10038), `WSAEINVAL` (10022).
    ///
    /// # Safety
    /// * `s` is an open socket; `hEventObject` is an open event until it is replaced, or 0.
    ///
    /// # Source
    /// Windows XP. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsaeventselect>
    pub fn WSAEventSelect(s: SOCKET, hEventObject: WSAEVENT, lNetworkEvents: i32) -> i32;
}
