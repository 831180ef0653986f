//! Accepting: `AcceptEx` and `GetAcceptExSockaddrs`.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-acceptex>

use core::ffi::c_void;

use crate::guiddef::GUID;
use crate::minwinbase::OVERLAPPED;
use crate::minwindef::BOOL;
use crate::winsock2::SOCKET;
use crate::ws2def::SOCKADDR;

link! {
    "mswsock.dll";

    /// Accepts a connection onto a socket made beforehand, optionally with its first data.
    ///
    /// `sAcceptSocket` must be neither bound nor connected and of the family of the listener. The
    /// packet goes to the port and key of the *listener*. With `dwReceiveDataLength` above 0 it
    /// waits for data, for ever if none comes ([`SO_CONNECT_TIME`](super::SO_CONNECT_TIME) finds
    /// such clients); 0 completes with the connection. `dwLocalAddressLength` and
    /// `dwRemoteAddressLength` in bytes, each 16 more than the longest address. With too little room
    /// for the local one the call waits all the same, fails when a client comes, and that client
    /// stays in the backlog (fact ACC05). `lpdwBytesReceived` counts only if the call succeeds at
    /// once; it is not documented as optional. Afterwards set
    /// [`SO_UPDATE_ACCEPT_CONTEXT`](super::SO_UPDATE_ACCEPT_CONTEXT).
    ///
    /// It is an operation of the listener: `CancelIo` of `sAcceptSocket` does nothing (fact ACC20),
    /// its close ends the accept at once (fact ACC17). A client that comes is taken from whoever
    /// polls the listener (fact ACC25).
    ///
    /// Resolve at run time ([`LPFN_ACCEPTEX`], where a whole server is shown).
    ///
    /// # Errors
    /// 0 is failure: `WSA_IO_PENDING` (997), `WSAECONNRESET` (10054) the peer is gone: call again,
    /// `WSAEINVAL` (10022) state of a socket (facts ACC02, ACC10, ACC11), `WSAEFAULT` (10014) no
    /// buffer or `dwRemoteAddressLength` 0 (facts ACC03, ACC07), `WSAENOTSOCK` (10038), `WSAENOBUFS`
    /// (10055). A packet follows success (unless in skip mode) and 997, no other failure. In the
    /// packet: 64 (peer gone), 122 (`dwLocalAddressLength` too small), 995 (either socket closed, or
    /// cancelled), 995 or 1236 (acceptor closed between the client and its first bytes, fact ACC18).
    ///
    /// # Safety
    /// * `lpOutputBuffer` must have room for data and both addresses; it and `lpOverlapped` (not
    ///   null) must stay valid, unmoved and untouched until the completion.
    ///
    /// # Source
    /// Windows 2000. DLL: `mswsock.dll`. Header: `mswsock.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-acceptex>
    pub fn AcceptEx(
        sListenSocket: SOCKET,
        sAcceptSocket: SOCKET,
        lpOutputBuffer: *mut c_void,
        dwReceiveDataLength: u32,
        dwLocalAddressLength: u32,
        dwRemoteAddressLength: u32,
        lpdwBytesReceived: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL;

    /// Finds the addresses in the buffer of a completed [`AcceptEx`].
    ///
    /// The results point *into* the buffer. `dwReceiveDataLength`, `dwLocalAddressLength` and
    /// `dwRemoteAddressLength`: as in that call. `*LocalSockaddrLength` and
    /// `*RemoteSockaddrLength` in bytes.
    ///
    /// Resolve at run time ([`LPFN_GETACCEPTEXSOCKADDRS`]).
    ///
    /// # Errors
    /// None reported. Queues no packet.
    ///
    /// # Safety
    /// * The buffer and the three lengths must be those of a completed `AcceptEx`; the other
    ///   pointers must be writable.
    ///
    /// # Source
    /// Windows 2000. DLL: `mswsock.dll`. Header: `mswsock.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-getacceptexsockaddrs>
    pub fn GetAcceptExSockaddrs(
        lpOutputBuffer: *const c_void,
        dwReceiveDataLength: u32,
        dwLocalAddressLength: u32,
        dwRemoteAddressLength: u32,
        LocalSockaddr: *mut *mut SOCKADDR,
        LocalSockaddrLength: *mut i32,
        RemoteSockaddr: *mut *mut SOCKADDR,
        RemoteSockaddrLength: *mut i32,
    );
}

/// Type of [`AcceptEx`], with the same duties; see [`WSAID_ACCEPTEX`].
///
/// # Example
/// The example `accept_echo`: a server that is all of it, from finding the function to a client that has left. Both
/// Wines run it against real clients, no Windows yet.
#[doc = concat!("```no_run\n", include_str!("../../examples/accept_echo.rs"), "```")]
pub type LPFN_ACCEPTEX = Option<
    unsafe extern "system" fn(
        sListenSocket: SOCKET,
        sAcceptSocket: SOCKET,
        lpOutputBuffer: *mut c_void,
        dwReceiveDataLength: u32,
        dwLocalAddressLength: u32,
        dwRemoteAddressLength: u32,
        lpdwBytesReceived: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL,
>;

/// Identifier by which `WSAIoctl` finds [`AcceptEx`].
pub const WSAID_ACCEPTEX: GUID = GUID {
    Data1: 0xb536_7df1,
    Data2: 0xcbac,
    Data3: 0x11cf,
    Data4: [0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92],
};

/// Type of [`GetAcceptExSockaddrs`], with the same duties; see [`WSAID_GETACCEPTEXSOCKADDRS`]. The example of
/// [`LPFN_ACCEPTEX`] calls it.
pub type LPFN_GETACCEPTEXSOCKADDRS = Option<
    unsafe extern "system" fn(
        lpOutputBuffer: *const c_void,
        dwReceiveDataLength: u32,
        dwLocalAddressLength: u32,
        dwRemoteAddressLength: u32,
        LocalSockaddr: *mut *mut SOCKADDR,
        LocalSockaddrLength: *mut i32,
        RemoteSockaddr: *mut *mut SOCKADDR,
        RemoteSockaddrLength: *mut i32,
    ),
>;

/// Identifier by which `WSAIoctl` finds [`GetAcceptExSockaddrs`].
pub const WSAID_GETACCEPTEXSOCKADDRS: GUID = GUID {
    Data1: 0xb536_7df2,
    Data2: 0xcbac,
    Data3: 0x11cf,
    Data4: [0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92],
};
