//! Names of socket options.
//!
//! Option values are four bytes (`i32`, boolean or number) unless said otherwise. Those of the level
//! of IP (multicast, hops …) are in [`ws2ipdef`](crate::ws2ipdef).
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/sol-socket-socket-options>

/// Level of the options that every socket has (`SO_*`). Not 1 as on Linux.
pub const SOL_SOCKET: i32 = 0xffff;

/// Whether the socket listens (read only).
pub const SO_ACCEPTCONN: i32 = 0x0002;
/// Let `bind` take an address that is in use.
///
/// On Windows this lets *any* program share or steal the port; it is not the Unix option. Servers
/// want [`SO_EXCLUSIVEADDRUSE`].
pub const SO_REUSEADDR: i32 = 0x0004;
/// Send keep-alive probes on an idle connection.
///
/// Times: [`SIO_KEEPALIVE_VALS`](crate::SIO_KEEPALIVE_VALS).
pub const SO_KEEPALIVE: i32 = 0x0008;
/// Allow sending to broadcast addresses (datagrams).
pub const SO_BROADCAST: i32 = 0x0020;
/// What `closesocket` does with unsent data; value: [`LINGER`](crate::LINGER).
pub const SO_LINGER: i32 = 0x0080;
/// 1: as [`SO_LINGER`] with an `l_onoff` of 0, the default: `closesocket` does not wait.
pub const SO_DONTLINGER: i32 = !SO_LINGER;
/// Receive urgent data in the stream, in its place.
pub const SO_OOBINLINE: i32 = 0x0100;
/// Nobody else may bind this address, not even with [`SO_REUSEADDR`]; set before `bind`.
pub const SO_EXCLUSIVEADDRUSE: i32 = -5;
/// Size of the kernel's send buffer in bytes; 0 makes sends complete only when acknowledged.
pub const SO_SNDBUF: i32 = 0x1001;
/// Size of the kernel's receive buffer in bytes; 0 receives straight into posted buffers.
pub const SO_RCVBUF: i32 = 0x1002;
/// Longest blocking send in milliseconds; 0: for ever. No effect on overlapped calls.
pub const SO_SNDTIMEO: i32 = 0x1005;
/// Longest blocking receive in milliseconds; 0: for ever. No effect on overlapped calls (fact
/// TCP24).
pub const SO_RCVTIMEO: i32 = 0x1006;
/// Fetch and clear the pending error of the socket (read only).
pub const SO_ERROR: i32 = 0x1007;
/// Kind of the socket, `SOCK_*` (read only).
pub const SO_TYPE: i32 = 0x1008;
/// A client is not connected before the application accepts it, by a routine given to `WSAAccept`.
///
/// There is no backlog then, and no defence against floods of clients: Microsoft advises against it.
/// Set before `listen`, else `WSAEINVAL` (10022). Windows Vista.
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/so-conditional-accept>
pub const SO_CONDITIONAL_ACCEPT: i32 = 0x3002;
/// A listening socket takes no new clients meanwhile (a comment of the SDK's header; Microsoft has no
/// page). What clients see, and the first Windows: open.
pub const SO_PAUSE_ACCEPT: u32 = 0x3003;
/// Choose ephemeral ports at random; set before `bind`. Windows 7.
pub const SO_RANDOMIZE_PORT: i32 = 0x3005;
/// Share ephemeral ports between local addresses when binding to port 0. Windows 7.
pub const SO_PORT_SCALABILITY: i32 = 0x3006;
/// Leave the choice of the local port of an outgoing connection to `connect`/`ConnectEx`, so that
/// ports are shared between remote addresses. Windows 10 version 1607.
pub const SO_REUSE_UNICASTPORT: i32 = 0x3007;

/// Where a redirected connection was going: a [`SOCKADDR`](crate::SOCKADDR) (read only); level
/// [`SOL_IP`]. Windows 10 2004.
pub const SO_ORIGINAL_DST: u32 = 0x300F;
/// The same for IPv6; level [`SOL_IP`] too.
pub const IP6T_SO_ORIGINAL_DST: u32 = SO_ORIGINAL_DST;
/// Level of [`SO_ORIGINAL_DST`]. Windows 10 2004.
pub const SOL_IP: u32 = 0xFFFB;

/// Send small segments at once (Nagle off); level [`IPPROTO_TCP`](super::IPPROTO_TCP).
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/ipproto-tcp-socket-options>
pub const TCP_NODELAY: i32 = 0x0001;
