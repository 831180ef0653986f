//! Making, naming and closing sockets, and the calls that are not overlapped.

use crate::ws2def::{SOCKADDR, WINSOCK_SOCKET_TYPE};

use super::{SEND_RECV_FLAGS, SOCKET, WINSOCK_SHUTDOWN_HOW, WSAPROTOCOL_INFOW};

link! {
    "ws2_32.dll";

    /// Accepts a waiting connection; blocks. The overlapped form is `AcceptEx`.
    ///
    /// The new socket has the properties of `s`, but not its completion-port association. Returns
    /// the new socket. `*addrlen` in bytes.
    ///
    /// # Errors
    /// `INVALID_SOCKET`: `WSAEWOULDBLOCK` (10035), `WSAECONNRESET` (10054) the peer is gone
    /// already, `WSAEINVAL` (10022) not listening, `WSAEMFILE` (10024), `WSAENOTSOCK` (10038).
    ///
    /// # Safety
    /// * `addr` and `addrlen` must both be null, or `addr` have the bytes that `*addrlen` says.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-accept>
    pub fn accept(s: SOCKET, addr: *mut SOCKADDR, addrlen: *mut i32) -> SOCKET;

    /// Gives a socket its local address. `ConnectEx` needs it done first (port 0 will do).
    ///
    /// `namelen` in bytes.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAEADDRINUSE` (10048), `WSAEACCES` (10013) port reserved or
    /// exclusively used, `WSAEADDRNOTAVAIL` (10049), `WSAEINVAL` (10022) already bound,
    /// `WSAENOTSOCK` (10038).
    ///
    /// # Safety
    /// * `name` must point to an address of `namelen` bytes.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-bind>
    pub fn bind(s: SOCKET, name: *const SOCKADDR, namelen: i32) -> i32;

    /// Closes a socket.
    ///
    /// Outstanding overlapped operations end, but **their packets still come**: the `OVERLAPPED`s
    /// and buffers must outlive them. A TCP receive ends with `ERROR_CONNECTION_ABORTED` (1236, fact
    /// TCP12), an accept with `ERROR_OPERATION_ABORTED` (995), also when it is the acceptor that is
    /// closed (facts ACC17, ACC21). A poll of *another* socket that was sent on this one goes on to
    /// its own time limit (fact POLL12). The number may be reused at once.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAENOTSOCK` (10038), `WSAEWOULDBLOCK` (10035) non-blocking
    /// socket with a linger time: not closed.
    ///
    /// # Safety
    /// * The caller must own `s`; nobody may use the number afterwards.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-closesocket>
    pub fn closesocket(s: SOCKET) -> i32;

    /// Connects a socket; blocks. The overlapped form is `ConnectEx`.
    ///
    /// `namelen` in bytes.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAEWOULDBLOCK` (10035) non-blocking and under way,
    /// `WSAECONNREFUSED` (10061), `WSAETIMEDOUT` (10060), `WSAENETUNREACH` (10051),
    /// `WSAEHOSTUNREACH` (10065), `WSAEADDRINUSE` (10048), `WSAEISCONN` (10056), `WSAENOTSOCK`
    /// (10038).
    ///
    /// # Safety
    /// * `name` must point to an address of `namelen` bytes.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-connect>
    pub fn connect(s: SOCKET, name: *const SOCKADDR, namelen: i32) -> i32;

    /// Reads or sets a property of a socket: [`FIONBIO`](super::FIONBIO),
    /// [`FIONREAD`](super::FIONREAD).
    ///
    /// `cmd`: which; `*argp`: its value, of `FIONBIO` 0 = blocking.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAENOTSOCK` (10038), `WSAEFAULT` (10014), `WSAEINVAL`
    /// (10022).
    ///
    /// # Safety
    /// * `argp` must be readable and writable.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-ioctlsocket>
    pub fn ioctlsocket(s: SOCKET, cmd: i32, argp: *mut u32) -> i32;

    /// Address of the peer.
    ///
    /// After `AcceptEx`/`ConnectEx` it works only once `SO_UPDATE_*_CONTEXT` is set.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAENOTCONN` (10057), `WSAEFAULT` (10014) buffer too small,
    /// `WSAENOTSOCK` (10038).
    ///
    /// # Safety
    /// * `name` must have the bytes that `*namelen` says.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-getpeername>
    pub fn getpeername(s: SOCKET, name: *mut SOCKADDR, namelen: *mut i32) -> i32;

    /// Local address of a socket.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAEINVAL` (10022) not bound, `WSAEFAULT` (10014) buffer too
    /// small, `WSAENOTSOCK` (10038).
    ///
    /// # Safety
    /// * `name` must have the bytes that `*namelen` says.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-getsockname>
    pub fn getsockname(s: SOCKET, name: *mut SOCKADDR, namelen: *mut i32) -> i32;

    /// Reads a socket option.
    ///
    /// Some providers write a boolean as one byte and lower `*optlen`: clear the value first.
    /// `level` and `optname`: which. `*optlen` in bytes, before and after.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAENOPROTOOPT` (10042), `WSAEINVAL` (10022), `WSAEFAULT`
    /// (10014) buffer too small, `WSAENOTSOCK` (10038).
    ///
    /// # Safety
    /// * `optval` must have the bytes that `*optlen` says.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-getsockopt>
    pub fn getsockopt(
        s: SOCKET,
        level: i32,
        optname: i32,
        optval: *mut u8,
        optlen: *mut i32,
    ) -> i32;

    /// Makes a bound socket wait for connections; `backlog` is how many may queue up, `SOMAXCONN` =
    /// as many as is reasonable.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAEINVAL` (10022) not bound, `WSAEADDRINUSE` (10048),
    /// `WSAEISCONN` (10056), `WSAEOPNOTSUPP` (10045) not a stream, `WSAENOTSOCK` (10038).
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-listen>
    pub fn listen(s: SOCKET, backlog: i32) -> i32;

    /// Receives; blocks. The overlapped form is [`WSARecv`](super::WSARecv).
    ///
    /// Returns the number of bytes; 0 on a stream: the peer has closed its side. `len` in bytes.
    /// `flags`: `MSG_…`, 0 = none.
    ///
    /// # Errors
    /// `SOCKET_ERROR`: `WSAEWOULDBLOCK` (10035), `WSAEMSGSIZE` (10040) datagram truncated,
    /// `WSAECONNRESET` (10054), `WSAENOTCONN` (10057), `WSAETIMEDOUT` (10060), `WSAENOTSOCK`
    /// (10038).
    ///
    /// # Safety
    /// * `buf` must have `len` writable bytes.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-recv>
    pub fn recv(s: SOCKET, buf: *mut u8, len: i32, flags: SEND_RECV_FLAGS) -> i32;

    /// Receives a datagram and its sender's address; blocks. The overlapped form is
    /// [`WSARecvFrom`](super::WSARecvFrom).
    ///
    /// Returns the number of bytes. On a connected stream it is [`recv`], and the address is left
    /// as it was. `flags`: `MSG_…`, 0 = none.
    ///
    /// # Errors
    /// As [`recv`], and `WSAEINVAL` (10022) not bound, `WSAEFAULT` (10014) address buffer too small.
    /// `WSAECONNRESET` (10054) on UDP: an *earlier send* found a closed port.
    ///
    /// # Safety
    /// * `buf` must have `len` writable bytes.
    /// * `from` and `fromlen` must both be null, or `from` have the bytes that `*fromlen` says.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-recvfrom>
    pub fn recvfrom(
        s: SOCKET,
        buf: *mut u8,
        len: i32,
        flags: i32,
        from: *mut SOCKADDR,
        fromlen: *mut i32,
    ) -> i32;

    /// Sends; blocks. The overlapped form is [`WSASend`](super::WSASend).
    ///
    /// Returns the number of bytes taken, possibly fewer than asked on a non-blocking stream. `len`
    /// in bytes. `flags`: `MSG_…`, 0 = none.
    ///
    /// # Errors
    /// `SOCKET_ERROR`: `WSAEWOULDBLOCK` (10035), `WSAECONNRESET` (10054), `WSAECONNABORTED`
    /// (10053), `WSAENOTCONN` (10057), `WSAESHUTDOWN` (10058), `WSAEMSGSIZE` (10040), `WSAENOTSOCK`
    /// (10038).
    ///
    /// # Safety
    /// * `buf` must have `len` readable bytes.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-send>
    pub fn send(s: SOCKET, buf: *const u8, len: i32, flags: SEND_RECV_FLAGS) -> i32;

    /// Sends a datagram to an address; blocks. The overlapped form is
    /// [`WSASendTo`](super::WSASendTo).
    ///
    /// Returns the number of bytes. On an unbound socket it also binds it. `len` and `tolen` in
    /// bytes. `flags`: `MSG_…`, 0 = none.
    ///
    /// # Errors
    /// As [`send`], and `WSAEADDRNOTAVAIL` (10049), `WSAEDESTADDRREQ` (10039), `WSAEAFNOSUPPORT`
    /// (10047), `WSAEACCES` (10013) broadcast not enabled, `WSAENETUNREACH` (10051),
    /// `WSAEHOSTUNREACH` (10065).
    ///
    /// # Safety
    /// * `buf` must have `len` readable bytes.
    /// * `to` must point to an address of `tolen` bytes.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-sendto>
    pub fn sendto(
        s: SOCKET,
        buf: *const u8,
        len: i32,
        flags: i32,
        to: *const SOCKADDR,
        tolen: i32,
    ) -> i32;

    /// Sets a socket option.
    ///
    /// `level` and `optname`: which. `optlen` in bytes: most values have four.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAENOPROTOOPT` (10042), `WSAEINVAL` (10022), `WSAEFAULT`
    /// (10014) value too short, `WSAENOTCONN` (10057), `WSAENOTSOCK` (10038).
    ///
    /// # Safety
    /// * `optval` must have `optlen` readable bytes, or be null if the option has no value.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-setsockopt>
    pub fn setsockopt(s: SOCKET, level: i32, optname: i32, optval: *const u8, optlen: i32) -> i32;

    /// Ends receiving, sending or both on a connected socket, without closing it.
    ///
    /// After `AcceptEx`/`ConnectEx` it works only once `SO_UPDATE_*_CONTEXT` is set. `how`:
    /// `SD_RECEIVE`, `SD_SEND` or `SD_BOTH`. A receive that is pending at `SD_RECEIVE` stays so and
    /// takes what comes next; new ones fail with `WSAESHUTDOWN` (10058, fact TCP25).
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAENOTCONN` (10057), `WSAEINVAL` (10022), `WSAECONNRESET`
    /// (10054), `WSAENOTSOCK` (10038).
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-shutdown>
    pub fn shutdown(s: SOCKET, how: WINSOCK_SHUTDOWN_HOW) -> i32;

    /// Makes a socket, overlapped and **inheritable**; [`WSASocketW`] can avoid the latter.
    ///
    /// `af`, `type` and `protocol`: as for [`WSASocketW`]. Returns the socket.
    ///
    /// # Errors
    /// `INVALID_SOCKET`: as [`WSASocketW`].
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-socket>
    pub fn socket(af: i32, r#type: WINSOCK_SOCKET_TYPE, protocol: i32) -> SOCKET;

    /// Makes a socket, with flags: `WSA_FLAG_OVERLAPPED` is needed for a completion port.
    ///
    /// `af`: `AF_…`, `type`: `SOCK_…`; `protocol` 0 = default of the type; `g` is 0; `dwFlags` 0 =
    /// not overlapped. Returns the socket. With `lpProtocolInfo` of `WSADuplicateSocketW` it opens
    /// that socket.
    ///
    /// # Errors
    /// `INVALID_SOCKET`: `WSAEAFNOSUPPORT` (10047), `WSAEPROTONOSUPPORT` (10043), `WSAEPROTOTYPE`
    /// (10041), `WSAESOCKTNOSUPPORT` (10044), `WSAEMFILE` (10024), `WSAENOBUFS` (10055),
    /// `WSAEINVAL` (10022) unknown flag, `WSANOTINITIALISED` (10093).
    ///
    /// # Safety
    /// * `lpProtocolInfo` must be null or readable.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasocketw>
    pub fn WSASocketW(
        af: i32,
        r#type: i32,
        protocol: i32,
        lpProtocolInfo: *const WSAPROTOCOL_INFOW,
        g: u32,
        dwFlags: u32,
    ) -> SOCKET;
}
