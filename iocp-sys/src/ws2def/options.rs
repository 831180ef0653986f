//! Names of protocols and socket options.
//!
//! Option values are four bytes (`i32`, boolean or number) unless said otherwise. Options that
//! change nothing about completions (multicast, TTL …) are [`left_out`](crate::left_out).
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
/// Longest blocking receive in milliseconds; 0: for ever. No effect on overlapped calls.
pub const SO_RCVTIMEO: i32 = 0x1006;
/// Fetch and clear the pending error of the socket (read only).
pub const SO_ERROR: i32 = 0x1007;
/// Kind of the socket, `SOCK_*` (read only).
pub const SO_TYPE: i32 = 0x1008;
/// Choose ephemeral ports at random; set before `bind`. Windows 7.
pub const SO_RANDOMIZE_PORT: i32 = 0x3005;
/// Share ephemeral ports between local addresses when binding to port 0. Windows 7.
pub const SO_PORT_SCALABILITY: i32 = 0x3006;
/// Leave the choice of the local port of an outgoing connection to `connect`/`ConnectEx`, so that
/// ports are shared between remote addresses. Windows 10 version 1607.
pub const SO_REUSE_UNICASTPORT: i32 = 0x3007;

/// Send small segments at once (Nagle off); level [`IPPROTO_TCP`].
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/ipproto-tcp-socket-options>
pub const TCP_NODELAY: i32 = 0x0001;

/// Number of a protocol, and the level of its options.
pub type IPPROTO = i32;

/// IPv4 itself, as a level; as a protocol: choose the default.
pub const IPPROTO_IP: IPPROTO = 0;
/// TCP; also the level of [`TCP_NODELAY`].
pub const IPPROTO_TCP: IPPROTO = 6;
/// UDP; also the level of its options (`UDP_…`).
pub const IPPROTO_UDP: IPPROTO = 17;
/// IPv6, as the level of the `IPV6_*` options.
pub const IPPROTO_IPV6: IPPROTO = 41;
