//! The overlapped calls: sending, receiving, control codes, and asking for a result.

use core::ffi::c_void;

use crate::minwinbase::OVERLAPPED;
use crate::minwindef::BOOL;
use crate::ws2def::{SOCKADDR, WSABUF, WSAMSG};

use super::{LPWSAOVERLAPPED_COMPLETION_ROUTINE, SOCKET};

link! {
    "ws2_32.dll";

    /// Result of an overlapped operation, as a Winsock code.
    ///
    /// Translates the status in `lpOverlapped` that a packet reports only as a Win32 code. With a
    /// completion port, call it after dequeuing, with `fWait` 0. `*lpcbTransfer` in bytes;
    /// `*lpdwFlags`: what `lpFlags` of a receive would have told.
    ///
    /// # Errors
    /// 0 is failure: `WSA_IO_INCOMPLETE` (996) still under way, `WSA_INVALID_HANDLE` (6),
    /// `WSA_INVALID_PARAMETER` (87), `WSAENOTSOCK` (10038, also when the socket was closed in the
    /// meantime), or the error of the operation, e.g. `WSAECONNRESET` (10054). Queues no packet.
    ///
    /// # Safety
    /// * `lpOverlapped` must be the one the operation on `s` was started with; the other pointers
    ///   must be writable.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsagetoverlappedresult>
    pub fn WSAGetOverlappedResult(
        s: SOCKET,
        lpOverlapped: *const OVERLAPPED,
        lpcbTransfer: *mut u32,
        fWait: BOOL,
        lpdwFlags: *mut u32,
    ) -> BOOL;

    /// Sends a control code to a socket.
    ///
    /// With `lpOverlapped` null it blocks. Most codes complete at once; the `*_CHANGE` codes stay
    /// pending.
    ///
    /// `dwIoControlCode` says what to do and what the buffers hold; `cbInBuffer` and `cbOutBuffer`
    /// in bytes, 0 with a null buffer.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSA_IO_PENDING` (997), `WSAEFAULT` (10014) buffer too small or
    /// no count, `WSAEINVAL` (10022) unknown GUID, `WSAEOPNOTSUPP` (10045) unknown code,
    /// `WSAENOTSOCK` (10038), `WSAEWOULDBLOCK` (10035). With an `OVERLAPPED` an unknown code says 997
    /// and fails with `ERROR_NOT_SUPPORTED` (50) in the packet, `SIO_BASE_HANDLE` too (facts IOCTL06,
    /// IOCTL07): ask for that without one. With an `OVERLAPPED` on an associated socket a packet
    /// follows success (unless in skip mode), also that of codes served in user mode (fact IOCTL02),
    /// and 997, no other failure.
    ///
    /// # Safety
    /// * Buffers must have the lengths given and what the code asks for.
    /// * `lpcbBytesReturned` may be written to. Null is an error, also with `lpOverlapped` (fact
    ///   IOCTL01).
    /// * With `lpOverlapped` it and the output buffer must stay valid, unmoved and untouched
    ///   until the completion.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsaioctl>
    pub fn WSAIoctl(
        s: SOCKET,
        dwIoControlCode: u32,
        lpvInBuffer: *const c_void,
        cbInBuffer: u32,
        lpvOutBuffer: *mut c_void,
        cbOutBuffer: u32,
        lpcbBytesReturned: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    ) -> i32;

    /// Receives from a socket into one or more buffers.
    ///
    /// 0 bytes on a stream with a non-empty buffer: the peer has closed its side. With an empty
    /// buffer it completes when data is there, without locking memory meanwhile. `lpFlags` is in
    /// and out, but not written at a delayed completion: those flags come from
    /// [`WSAGetOverlappedResult`].
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSA_IO_PENDING` (997), `WSAEMSGSIZE` (10040) datagram
    /// truncated, `WSAEWOULDBLOCK` (10035) too many outstanding, `WSAECONNRESET` (10054),
    /// `WSAECONNABORTED` (10053), `WSAENETRESET` (10052), `WSAENOTCONN` (10057), `WSAESHUTDOWN`
    /// (10058), `WSAETIMEDOUT` (10060), `WSAENOTSOCK` (10038), `WSAEFAULT` (10014), `WSAEINVAL`
    /// (10022), `WSAENOBUFS` (10055). With an `OVERLAPPED` on an associated socket a packet follows
    /// success (unless in skip mode), 997 and 10040, no other failure.
    ///
    /// # Safety
    /// * `lpBuffers` must point to `dwBufferCount` (1 or more) entries and each to writable
    ///   memory.
    /// * With `lpOverlapped` that memory and the `OVERLAPPED` must stay valid, unmoved and
    ///   untouched until the completion; the entries need not.
    /// * `lpNumberOfBytesRecvd` may be null only then; `lpFlags` may be read and written.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv>
    pub fn WSARecv(
        s: SOCKET,
        lpBuffers: *const WSABUF,
        dwBufferCount: u32,
        lpNumberOfBytesRecvd: *mut u32,
        lpFlags: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    ) -> i32;

    /// Ends receiving, and fetches disconnect data of protocols that have it; not TCP.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAENOPROTOOPT` (10042), `WSAENOTCONN` (10057), `WSAENOTSOCK`
    /// (10038), `WSAEWOULDBLOCK` (10035). Queues no packet.
    ///
    /// # Safety
    /// * `lpInboundDisconnectData` must be null or point to a [`WSABUF`] with writable memory.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecvdisconnect>
    pub fn WSARecvDisconnect(s: SOCKET, lpInboundDisconnectData: *const WSABUF) -> i32;

    /// Receives a datagram and the address it came from.
    ///
    /// # Errors
    /// As [`WSARecv`]. `WSAECONNRESET` (10054; 1234 in a packet) on UDP means that an *earlier
    /// send* found a closed port: receive again, or see
    /// [`SIO_UDP_CONNRESET`](crate::SIO_UDP_CONNRESET). `WSAEINVAL` (10022): the socket is not
    /// bound. Packets follow as for [`WSARecv`].
    ///
    /// # Safety
    /// * As [`WSARecv`].
    /// * `lpFrom` and `lpFromlen` are written at the *completion*: with `lpOverlapped` both must
    ///   stay valid until then, and `lpFrom` must have the bytes that `*lpFromlen` says.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecvfrom>
    pub fn WSARecvFrom(
        s: SOCKET,
        lpBuffers: *const WSABUF,
        dwBufferCount: u32,
        lpNumberOfBytesRecvd: *mut u32,
        lpFlags: *mut u32,
        lpFrom: *mut SOCKADDR,
        lpFromlen: *mut i32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    ) -> i32;

    /// Sends one or more buffers on a connected socket.
    ///
    /// Completion means that the stack took the data, not that the peer has it. An overlapped send
    /// on a stream transfers everything or fails (under Wine it may succeed with fewer bytes: look at the count).
    /// `dwFlags`: `MSG_…`, 0 = none.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSA_IO_PENDING` (997), `WSAEWOULDBLOCK` (10035) too many
    /// outstanding, `WSAECONNRESET` (10054), `WSAECONNABORTED` (10053), `WSAENETRESET` (10052),
    /// `WSAENOTCONN` (10057), `WSAESHUTDOWN` (10058), `WSAEMSGSIZE` (10040) datagram above the
    /// limit of the protocol, `WSAENOTSOCK` (10038), `WSAEFAULT` (10014), `WSAENOBUFS` (10055).
    /// With an `OVERLAPPED` on an associated socket a packet follows success (unless in skip mode)
    /// and 997, no other failure. 10040 owes none here: on a send an error is behind it
    /// (`STATUS_INVALID_BUFFER_SIZE`), on a receive a warning (`STATUS_BUFFER_OVERFLOW`).
    ///
    /// # Safety
    /// * `lpBuffers` must point to `dwBufferCount` (1 or more) entries and each to readable
    ///   memory.
    /// * With `lpOverlapped` that memory and the `OVERLAPPED` must stay valid, unmoved and
    ///   unchanged until the completion; the entries need not.
    /// * `lpNumberOfBytesSent` may be null only then.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasend>
    pub fn WSASend(
        s: SOCKET,
        lpBuffers: *const WSABUF,
        dwBufferCount: u32,
        lpNumberOfBytesSent: *mut u32,
        dwFlags: u32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    ) -> i32;

    /// Sends a datagram with control data.
    ///
    /// An export since Windows Vista; resolve at run time
    /// ([`LPFN_WSASENDMSG`](crate::LPFN_WSASENDMSG)) where older ones count.
    ///
    /// # Errors
    /// As [`WSASend`], with the same packets; `WSAEINVAL` (10022): not a datagram or raw socket.
    ///
    /// # Safety
    /// * As [`WSASend`], for `lpMsg` and everything it points to; keep the address and the
    ///   control data valid until the completion as well.
    ///
    /// # Source
    /// Windows Vista. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasendmsg>
    pub fn WSASendMsg(
        Handle: SOCKET,
        lpMsg: *const WSAMSG,
        dwFlags: u32,
        lpNumberOfBytesSent: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    ) -> i32;

    /// Ends sending, with disconnect data for protocols that have it; on TCP `shutdown(SD_SEND)`.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAENOPROTOOPT` (10042), `WSAENOTCONN` (10057), `WSAENOTSOCK`
    /// (10038), `WSAEFAULT` (10014). Queues no packet.
    ///
    /// # Safety
    /// * `lpOutboundDisconnectData` must be null or point to a [`WSABUF`] with readable memory.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasenddisconnect>
    pub fn WSASendDisconnect(s: SOCKET, lpOutboundDisconnectData: *const WSABUF) -> i32;

    /// Sends a datagram to an address.
    ///
    /// On an unbound socket it also binds it.
    ///
    /// # Errors
    /// As [`WSASend`], with the same packets, and `WSAEADDRNOTAVAIL` (10049), `WSAEDESTADDRREQ`
    /// (10039), `WSAEAFNOSUPPORT` (10047), `WSAEACCES` (10013) broadcast not enabled,
    /// `WSAENETUNREACH` (10051), `WSAEHOSTUNREACH` (10065).
    ///
    /// # Safety
    /// * As [`WSASend`]; `lpTo` must point to an address of `iTolen` bytes.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasendto>
    pub fn WSASendTo(
        s: SOCKET,
        lpBuffers: *const WSABUF,
        dwBufferCount: u32,
        lpNumberOfBytesSent: *mut u32,
        dwFlags: u32,
        lpTo: *const SOCKADDR,
        iTolen: i32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    ) -> i32;
}
