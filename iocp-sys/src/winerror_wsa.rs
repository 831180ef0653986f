//! `winerror.h`: the error codes of Winsock, and what they mean for a completion port.
//!
//! `WSAGetLastError` returns these right after a call. An operation that fails *later* reports in
//! its packet a Win32 code instead (e.g. 64 or 1236, not 10054 or 10053); only
//! `WSAGetOverlappedResult` translates back.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/windows-sockets-error-codes-2>

/// Number of a Winsock error; a name of the Windows metadata, the SDK says `int`.
pub type WSA_ERROR = i32;

/// The handle is not valid; same number as `ERROR_INVALID_HANDLE`.
pub const WSA_INVALID_HANDLE: WSA_ERROR = 6;
/// Out of memory; same number as `ERROR_NOT_ENOUGH_MEMORY`.
pub const WSA_NOT_ENOUGH_MEMORY: WSA_ERROR = 8;
/// A parameter is not valid; same number as `ERROR_INVALID_PARAMETER`.
pub const WSA_INVALID_PARAMETER: WSA_ERROR = 87;
/// The operation was cancelled or its socket closed; seen in the packet.
pub const WSA_OPERATION_ABORTED: WSA_ERROR = 995;
/// `WSAGetOverlappedResult` without waiting: the operation is still under way.
pub const WSA_IO_INCOMPLETE: WSA_ERROR = 996;
/// Not a failure: the operation is under way and a packet will follow.
pub const WSA_IO_PENDING: WSA_ERROR = 997;
/// A blocking call was interrupted.
pub const WSAEINTR: WSA_ERROR = 10004;
/// Not a valid file handle; Winsock itself says `WSAENOTSOCK`.
pub const WSAEBADF: WSA_ERROR = 10009;
/// Access denied: e.g. a reserved port, or broadcast without `SO_BROADCAST`.
pub const WSAEACCES: WSA_ERROR = 10013;
/// A pointer is bad or an address buffer too short.
pub const WSAEFAULT: WSA_ERROR = 10014;
/// Bad argument or state: e.g. `ConnectEx` on an unbound socket, or an unknown GUID.
pub const WSAEINVAL: WSA_ERROR = 10022;
/// No more sockets can be opened.
pub const WSAEMFILE: WSA_ERROR = 10024;
/// Would block; for an overlapped call: too many requests outstanding. No packet.
pub const WSAEWOULDBLOCK: WSA_ERROR = 10035;
/// A blocking Winsock 1.1 call is under way.
pub const WSAEINPROGRESS: WSA_ERROR = 10036;
/// A connection attempt is already under way.
pub const WSAEALREADY: WSA_ERROR = 10037;
/// Not a socket, or already closed.
pub const WSAENOTSOCK: WSA_ERROR = 10038;
/// A destination address is required.
pub const WSAEDESTADDRREQ: WSA_ERROR = 10039;
/// Received datagram did not fit: the rest is lost, a packet follows. Sent: too long, no packet.
pub const WSAEMSGSIZE: WSA_ERROR = 10040;
/// The protocol does not suit the kind of socket.
pub const WSAEPROTOTYPE: WSA_ERROR = 10041;
/// Unknown option for this level or protocol.
pub const WSAENOPROTOOPT: WSA_ERROR = 10042;
/// Protocol not supported.
pub const WSAEPROTONOSUPPORT: WSA_ERROR = 10043;
/// Kind of socket not supported by the family.
pub const WSAESOCKTNOSUPPORT: WSA_ERROR = 10044;
/// Operation not supported by this kind of socket.
pub const WSAEOPNOTSUPP: WSA_ERROR = 10045;
/// Protocol family not supported.
pub const WSAEPFNOSUPPORT: WSA_ERROR = 10046;
/// Address family not supported, or it does not suit the socket.
pub const WSAEAFNOSUPPORT: WSA_ERROR = 10047;
/// The address is in use; for `ConnectEx`: this pair of addresses is.
pub const WSAEADDRINUSE: WSA_ERROR = 10048;
/// The address is not one of this machine, or not usable as a destination.
pub const WSAEADDRNOTAVAIL: WSA_ERROR = 10049;
/// The network subsystem failed.
pub const WSAENETDOWN: WSA_ERROR = 10050;
/// No route to the network.
pub const WSAENETUNREACH: WSA_ERROR = 10051;
/// Connection dropped by keep-alive; for datagrams: time to live expired.
pub const WSAENETRESET: WSA_ERROR = 10052;
/// The connection was aborted by this machine.
pub const WSAECONNABORTED: WSA_ERROR = 10053;
/// The peer reset the connection; for UDP: an earlier send was answered "port unreachable".
pub const WSAECONNRESET: WSA_ERROR = 10054;
/// Kernel memory, locked pages or ephemeral ports are used up.
pub const WSAENOBUFS: WSA_ERROR = 10055;
/// The socket is already connected.
pub const WSAEISCONN: WSA_ERROR = 10056;
/// Not connected, or `SO_UPDATE_ACCEPT_CONTEXT`/`SO_UPDATE_CONNECT_CONTEXT` was not set.
pub const WSAENOTCONN: WSA_ERROR = 10057;
/// The direction was shut down with `shutdown`.
pub const WSAESHUTDOWN: WSA_ERROR = 10058;
/// Too many references to a kernel object.
pub const WSAETOOMANYREFS: WSA_ERROR = 10059;
/// The peer did not answer in time.
pub const WSAETIMEDOUT: WSA_ERROR = 10060;
/// The peer refused the connection.
pub const WSAECONNREFUSED: WSA_ERROR = 10061;
/// A name cannot be translated.
pub const WSAELOOP: WSA_ERROR = 10062;
/// A name is too long.
pub const WSAENAMETOOLONG: WSA_ERROR = 10063;
/// The host is down.
pub const WSAEHOSTDOWN: WSA_ERROR = 10064;
/// No route to the host.
pub const WSAEHOSTUNREACH: WSA_ERROR = 10065;
/// A directory that is not empty cannot be removed.
pub const WSAENOTEMPTY: WSA_ERROR = 10066;
/// Too many processes use Winsock.
pub const WSAEPROCLIM: WSA_ERROR = 10067;
/// The quota of users is used up.
pub const WSAEUSERS: WSA_ERROR = 10068;
/// The quota of disk space is used up.
pub const WSAEDQUOT: WSA_ERROR = 10069;
/// The handle of a remote file is no longer valid.
pub const WSAESTALE: WSA_ERROR = 10070;
/// The item is not here but on another machine.
pub const WSAEREMOTE: WSA_ERROR = 10071;
/// The network subsystem cannot be used.
pub const WSASYSNOTREADY: WSA_ERROR = 10091;
/// The version asked of `WSAStartup` is not supported.
pub const WSAVERNOTSUPPORTED: WSA_ERROR = 10092;
/// `WSAStartup` has not been called.
pub const WSANOTINITIALISED: WSA_ERROR = 10093;
/// The peer closed a message-oriented connection gracefully.
pub const WSAEDISCON: WSA_ERROR = 10101;
/// A lookup has no more results (older name of `WSA_E_NO_MORE`).
pub const WSAENOMORE: WSA_ERROR = 10102;
/// The lookup was cancelled (older name; see [`WSA_E_CANCELLED`]).
pub const WSAECANCELLED: WSA_ERROR = 10103;
/// The procedure table of a provider is not valid.
pub const WSAEINVALIDPROCTABLE: WSA_ERROR = 10104;
/// The version of a provider is not 2.2.
pub const WSAEINVALIDPROVIDER: WSA_ERROR = 10105;
/// A provider cannot be loaded or its start failed.
pub const WSAEPROVIDERFAILEDINIT: WSA_ERROR = 10106;
/// The lookup was cancelled.
pub const WSA_E_CANCELLED: WSA_ERROR = 10111;
/// The query was refused.
pub const WSAEREFUSED: WSA_ERROR = 10112;
