//! Address families and socket addresses.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-socket>

use crate::inaddr::IN_ADDR;

/// Number of an address family; the first field of every socket address.
///
/// 16 bits in addresses, but the `af` parameter of `socket` and `WSASocketW` is an `i32`.
pub type ADDRESS_FAMILY = u16;

/// No family in particular. `ConnectEx` and `bind` do not take it.
pub const AF_UNSPEC: ADDRESS_FAMILY = 0;
/// Unix domain sockets, streams only; Windows 10 version 1803.
///
/// See [`SOCKADDR_UN`](crate::SOCKADDR_UN).
///
/// Its provider is not that of TCP: resolve the extension functions on such a socket.
pub const AF_UNIX: u16 = 1;
/// IPv4: addresses are [`SOCKADDR_IN`].
pub const AF_INET: ADDRESS_FAMILY = 2;
/// Novell; today's Windows has no provider for this and the other three below.
pub const AF_IPX: ADDRESS_FAMILY = 6;
/// IBM.
pub const AF_SNA: ADDRESS_FAMILY = 11;
/// DECnet.
pub const AF_DECnet: u16 = 12;
/// AppleTalk.
pub const AF_APPLETALK: ADDRESS_FAMILY = 16;
/// IPv6: addresses are [`SOCKADDR_IN6`](crate::SOCKADDR_IN6). The number differs from Linux (10).
pub const AF_INET6: ADDRESS_FAMILY = 23;
/// Infrared.
pub const AF_IRDA: ADDRESS_FAMILY = 26;

/// Kind of socket, the `type` parameter of `socket`; a name of the Windows metadata, not the SDK.
pub type WINSOCK_SOCKET_TYPE = i32;

/// Connected byte stream (TCP).
pub const SOCK_STREAM: WINSOCK_SOCKET_TYPE = 1;
/// Datagrams (UDP).
pub const SOCK_DGRAM: WINSOCK_SOCKET_TYPE = 2;
/// Packets of the network layer as they are; for administrators only.
pub const SOCK_RAW: WINSOCK_SOCKET_TYPE = 3;
/// Reliable messages (pragmatic general multicast; the feature must be installed).
pub const SOCK_RDM: WINSOCK_SOCKET_TYPE = 4;
/// Connected stream that keeps the ends of messages; no provider of Windows itself has it.
pub const SOCK_SEQPACKET: WINSOCK_SOCKET_TYPE = 5;

/// Socket address of any family: what the functions take, never big enough to *receive* one.
///
/// Pass a [`SOCKADDR_STORAGE`] for results.
///
/// # Layout
/// 16 bytes, align 2 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-sockaddr>
#[repr(C)]
#[derive(Debug)]
pub struct SOCKADDR {
    /// Address family, `AF_*`; says how to read the rest.
    pub sa_family: ADDRESS_FAMILY,
    /// The first 14 bytes after the family.
    pub sa_data: [i8; 14],
}
layout!(SOCKADDR: size 16 | 16, align 2 | 2; sa_family: 0 | 0, sa_data: 2 | 2);
plain!(SOCKADDR);

/// Room for a socket address of any family.
///
/// `AcceptEx` wants 16 bytes *more* than this per address.
///
/// # Layout
/// 128 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-sockaddr_storage_lh>
#[repr(C)]
#[derive(Debug)]
pub struct SOCKADDR_STORAGE {
    /// Address family, `AF_*`.
    pub ss_family: ADDRESS_FAMILY,
    /// Padding up to the aligned field; holds address bytes.
    pub __ss_pad1: [i8; 6],
    /// Forces alignment 8; holds address bytes.
    pub __ss_align: i64,
    /// Padding up to 128 bytes; holds address bytes.
    pub __ss_pad2: [i8; 112],
}
layout!(SOCKADDR_STORAGE: size 128 | 128, align 8 | 8;
    ss_family: 0 | 0, __ss_pad1: 2 | 2, __ss_align: 8 | 8, __ss_pad2: 16 | 16);
plain!(SOCKADDR_STORAGE);

/// Zone and level of a scope identifier, packed into 32 bits: arm of [`SCOPE_ID_0`].
#[repr(C)]
#[derive(Debug)]
pub struct SCOPE_ID_0_0 {
    /// Bits 0..=27: zone number; bits 28..=31: scope level.
    pub _bitfield: u32,
}
layout!(SCOPE_ID_0_0: size 4 | 4, align 4 | 4; _bitfield: 0 | 0);
plain!(SCOPE_ID_0_0);

/// The unnamed union inside [`SCOPE_ID`].
#[repr(C)]
pub union SCOPE_ID_0 {
    /// Zone and level as bit fields.
    pub Anonymous: SCOPE_ID_0_0,
    /// The whole number, as in `sin6_scope_id`.
    pub Value: u32,
}
layout!(SCOPE_ID_0: size 4 | 4, align 4 | 4);
plain!(SCOPE_ID_0);
opaque_debug!(SCOPE_ID_0);

/// IPv6 scope identifier.
///
/// # Layout
/// 4 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-scope_id>
#[repr(C)]
#[derive(Debug)]
pub struct SCOPE_ID {
    /// The number, whole or as bit fields.
    pub Anonymous: SCOPE_ID_0,
}
layout!(SCOPE_ID: size 4 | 4, align 4 | 4; Anonymous: 0 | 0);
plain!(SCOPE_ID);

/// IPv4 socket address: address and port.
///
/// # Layout
/// 16 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-sockaddr_in>
#[repr(C)]
#[derive(Debug)]
pub struct SOCKADDR_IN {
    /// [`AF_INET`].
    pub sin_family: ADDRESS_FAMILY,
    /// Port in network byte order: `port.to_be()`. 0 on `bind` lets the system choose.
    pub sin_port: u16,
    /// Address in network byte order.
    pub sin_addr: IN_ADDR,
    /// Zero.
    pub sin_zero: [i8; 8],
}
layout!(SOCKADDR_IN: size 16 | 16, align 4 | 4;
    sin_family: 0 | 0, sin_port: 2 | 2, sin_addr: 4 | 4, sin_zero: 8 | 8);
plain!(SOCKADDR_IN);
