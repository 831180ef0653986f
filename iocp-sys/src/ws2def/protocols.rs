//! Numbers of protocols, which are also the levels of their options.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-socket>

/// Number of a protocol, and the level of its options.
pub type IPPROTO = i32;
/// IPv4 itself, as a level; as a protocol: choose the default.
pub const IPPROTO_IP: IPPROTO = 0;
/// Control messages of IPv4, on a raw socket.
pub const IPPROTO_ICMP: IPPROTO = 1;
/// Group management of IPv4.
pub const IPPROTO_IGMP: IPPROTO = 2;
/// TCP; also the level of [`TCP_NODELAY`](super::TCP_NODELAY).
pub const IPPROTO_TCP: IPPROTO = 6;
/// Exterior gateway protocol.
pub const IPPROTO_EGP: IPPROTO = 8;
/// PARC universal packets.
pub const IPPROTO_PUP: IPPROTO = 12;
/// UDP; also the level of its options (`UDP_…`).
pub const IPPROTO_UDP: IPPROTO = 17;
/// Xerox datagrams.
pub const IPPROTO_IDP: IPPROTO = 22;
/// IPv6, as the level of the `IPV6_*` options.
pub const IPPROTO_IPV6: IPPROTO = 41;
/// Routing header of IPv6.
pub const IPPROTO_ROUTING: IPPROTO = 43;
/// Fragment header of IPv6.
pub const IPPROTO_FRAGMENT: IPPROTO = 44;
/// Encrypted payload.
pub const IPPROTO_ESP: IPPROTO = 50;
/// Authentication header.
pub const IPPROTO_AH: IPPROTO = 51;
/// Control messages of IPv6, on a raw socket.
pub const IPPROTO_ICMPV6: IPPROTO = 58;
/// Multicast routing.
pub const IPPROTO_PIM: IPPROTO = 103;
/// SCTP; no provider of Windows itself has it.
pub const IPPROTO_SCTP: IPPROTO = 132;
/// Whole IP packets, header included, on a raw socket.
pub const IPPROTO_RAW: IPPROTO = 255;
