//! Connecting and disconnecting: `ConnectEx` and `DisconnectEx`, reachable by pointer only.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_connectex>

use core::ffi::c_void;

use crate::guiddef::GUID;
use crate::minwinbase::OVERLAPPED;
use crate::minwindef::BOOL;
use crate::winsock2::SOCKET;
use crate::ws2def::SOCKADDR;

/// `ConnectEx`: connects a **bound** socket, optionally sending first data.
///
/// Resolve at run time ([`WSAID_CONNECTEX`]). `namelen` in bytes. `lpSendBuffer` null = no data;
/// else `dwSendDataLength` bytes, and the packet's count is what was sent. `lpdwBytesSent` counts
/// only if the call succeeds at once. Afterwards set
/// [`SO_UPDATE_CONNECT_CONTEXT`](super::SO_UPDATE_CONNECT_CONTEXT).
///
/// # Errors
/// 0 is failure: `WSA_IO_PENDING` (997), `WSAEINVAL` (10022) not bound, listening, or
/// connecting already (facts CON01, CON06, CON07), `WSAEISCONN` (10056), `WSAEADDRINUSE` (10048) the
/// pair of addresses is in use (or the local one, if `bind` got the wildcard address),
/// `WSAEADDRNOTAVAIL` (10049), `WSAEAFNOSUPPORT` (10047), `WSAENETUNREACH` (10051),
/// `WSAEHOSTUNREACH` (10065), `WSAENOBUFS` (10055), `WSAEFAULT` (10014), `WSAENOTSOCK` (10038). A
/// packet follows success (unless in skip mode) and 997, no other failure. In the packet: 1225
/// (refused), 121 (timed out), 1231 and 1232 (no route), 995 (closed or cancelled). After 1225, 1231
/// or 121 Microsoft lets the same socket be used again.
///
/// # Safety
/// * `name` must point to an address of `namelen` bytes; `lpSendBuffer` and `lpOverlapped` (not
///   null) must stay valid, unmoved and unchanged until the completion.
///
/// # Source
/// Windows XP. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_connectex>
pub type LPFN_CONNECTEX = Option<
    unsafe extern "system" fn(
        s: SOCKET,
        name: *const SOCKADDR,
        namelen: i32,
        lpSendBuffer: *const c_void,
        dwSendDataLength: u32,
        lpdwBytesSent: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL,
>;

/// Identifier by which `WSAIoctl` finds [`LPFN_CONNECTEX`].
pub const WSAID_CONNECTEX: GUID = GUID {
    Data1: 0x25a2_07b9,
    Data2: 0xddf3,
    Data3: 0x4660,
    Data4: [0x8e, 0xe9, 0x76, 0xe5, 0x8c, 0x74, 0x06, 0x3e],
};

/// `DisconnectEx`: ends a connection; with [`TF_REUSE_SOCKET`](super::TF_REUSE_SOCKET) the socket
/// can be used by `AcceptEx` or `ConnectEx` again.
///
/// Resolve at run time ([`WSAID_DISCONNECTEX`]). `dwFlags`: 0 or `TF_REUSE_SOCKET`; `dwReserved` is
/// 0. Reuse may wait until TIME_WAIT is over. Under Wine 8 and 10 there is none: `ConnectEx` of such
/// a socket fails at once with `WSAEISCONN` (10056); `AcceptEx` takes a client with it, whose bytes
/// no receive gets.
///
/// # Errors
/// 0 is failure: `WSA_IO_PENDING` (997; so it says of a connection, and its packet comes in skip
/// mode too, facts DIS02, SKIP16), `WSAENOTCONN` (10057) never connected (fact DIS01), `WSAEFAULT`
/// (10014), `WSAEINVAL` (10022) unknown flag. A second call is no error (fact DIS04, without an
/// `OVERLAPPED`). A packet follows success (unless in skip mode) and 997, no other failure. Wine 8
/// and 10 say 997 of a disconnect that is done: in skip mode no packet follows it there.
///
/// # Safety
/// * `lpOverlapped` must be null (blocks) or stay valid, unmoved and untouched until the
///   completion.
///
/// # Source
/// Windows XP. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_disconnectex>
pub type LPFN_DISCONNECTEX = Option<
    unsafe extern "system" fn(
        s: SOCKET,
        lpOverlapped: *mut OVERLAPPED,
        dwFlags: u32,
        dwReserved: u32,
    ) -> BOOL,
>;

/// Identifier by which `WSAIoctl` finds [`LPFN_DISCONNECTEX`].
pub const WSAID_DISCONNECTEX: GUID = GUID {
    Data1: 0x7fda_2e11,
    Data2: 0x8630,
    Data3: 0x436f,
    Data4: [0xa0, 0x31, 0xf5, 0x36, 0xa6, 0xee, 0xc1, 0x57],
};
