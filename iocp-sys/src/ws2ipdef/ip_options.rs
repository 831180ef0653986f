//! Options of IPv4 and IPv6: hops, multicast, marks, the size of packets.
//!
//! Values are a `u32` unless said otherwise. Level [`IPPROTO_IP`](crate::IPPROTO_IP) for `IP_…`,
//! [`IPPROTO_IPV6`](crate::IPPROTO_IPV6) for `IPV6_…`.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/ipproto-ip-socket-options>
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/ipproto-ipv6-socket-options>

use crate::in6addr::IN6_ADDR;
use crate::inaddr::IN_ADDR;

/// Non-zero: what is sent begins with the IP header (raw sockets).
pub const IP_HDRINCL: i32 = 2;
/// Mark of what is sent; ignored since Windows 2000: quality of service has an interface of its
/// own.
pub const IP_TOS: i32 = 3;
/// Hops of what is sent to one receiver, 1 to 255.
pub const IP_TTL: i32 = 4;
/// Interface of multicasts: an [`IN_ADDR`], or its index in network byte order.
pub const IP_MULTICAST_IF: i32 = 9;
/// Hops of multicasts, 0 to 255; 0: this machine, 1 (the default): this network.
pub const IP_MULTICAST_TTL: i32 = 10;
/// Non-zero (the default): receivers of this machine get multicasts too. Set it on the socket that
/// *receives*.
pub const IP_MULTICAST_LOOP: i32 = 11;
/// Joins a group: an [`IP_MREQ`] (set only).
pub const IP_ADD_MEMBERSHIP: i32 = 12;
/// Leaves a group: an [`IP_MREQ`] (set only).
pub const IP_DROP_MEMBERSHIP: i32 = 13;
/// Non-zero: what is too large for a link is not sent in pieces, but fails or is lost.
pub const IP_DONTFRAGMENT: i32 = 14;
/// Joins a group for one sender: an [`IP_MREQ_SOURCE`] (set only).
pub const IP_ADD_SOURCE_MEMBERSHIP: i32 = 15;
/// Leaves a group for one sender: an [`IP_MREQ_SOURCE`] (set only).
pub const IP_DROP_SOURCE_MEMBERSHIP: i32 = 16;
/// Non-zero: deliver the hops left with each datagram of `WSARecvMsg`. Windows 10 1607.
pub const IP_RECVTTL: i32 = 21;
/// `cmsg_type` of the hops left, an `i32`.
pub const IP_HOPLIMIT: i32 = 21;
/// Interface of what is sent to one receiver: its index in network byte order; 0: any.
pub const IP_UNICAST_IF: i32 = 31;
/// `cmsg_type` of the mark of an IPv4 datagram.
pub const IP_TCLASS: i32 = 39;
/// Non-zero: deliver the mark ([`IP_TOS`] as `cmsg_type`) with each datagram of `WSARecvMsg`.
/// Windows 10 1607.
pub const IP_RECVTOS: i32 = 40;
/// How the size of packets is found: an `IP_PMTUDISC_…`. Windows 10 2004.
pub const IP_MTU_DISCOVER: i32 = 71;
/// Largest packet to the connected address, bytes (read only). Windows 10 2004.
pub const IP_MTU: i32 = 73;

/// Hops of what is sent to one receiver, 0 to 255; -1: the default.
pub const IPV6_UNICAST_HOPS: i32 = 4;
/// Interface of multicasts: its index in host byte order; 0: the default.
pub const IPV6_MULTICAST_IF: i32 = 9;
/// Hops of multicasts, 0 to 255; -1: the default.
pub const IPV6_MULTICAST_HOPS: i32 = 10;
/// As [`IP_MULTICAST_LOOP`].
pub const IPV6_MULTICAST_LOOP: i32 = 11;
/// Joins a group: an [`IPV6_MREQ`] (set only).
pub const IPV6_ADD_MEMBERSHIP: i32 = 12;
/// Leaves a group: an [`IPV6_MREQ`] (set only).
pub const IPV6_DROP_MEMBERSHIP: i32 = 13;
/// As [`IP_DONTFRAGMENT`].
pub const IPV6_DONTFRAG: i32 = 14;
/// Non-zero: deliver the hops left with each datagram of `WSARecvMsg`; also the `cmsg_type`.
pub const IPV6_HOPLIMIT: i32 = 21;
/// As [`IP_UNICAST_IF`], in host byte order.
pub const IPV6_UNICAST_IF: i32 = 31;
/// `cmsg_type` of the mark of an IPv6 datagram.
pub const IPV6_TCLASS: i32 = 39;
/// Non-zero: deliver the mark with each datagram of `WSARecvMsg`. Windows 10 1607.
pub const IPV6_RECVTCLASS: i32 = 40;
/// As [`IP_MTU_DISCOVER`].
pub const IPV6_MTU_DISCOVER: i32 = 71;
/// As [`IP_MTU`].
pub const IPV6_MTU: i32 = 72;

/// How the size of packets is found; an enum in C.
pub type PMTUD_STATE = i32;
/// As the system is set.
pub const IP_PMTUDISC_NOT_SET: PMTUD_STATE = 0;
/// Never in pieces; the size is found by trying.
pub const IP_PMTUDISC_DO: PMTUD_STATE = 1;
/// In pieces where needed.
pub const IP_PMTUDISC_DONT: PMTUD_STATE = 2;
/// Never in pieces, whatever size was found: for those who look for it.
pub const IP_PMTUDISC_PROBE: PMTUD_STATE = 3;

/// A group of IPv4 and the interface on which to join it.
///
/// # Layout
/// 8 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows 2000. Header: `ws2ipdef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2ipdef/ns-ws2ipdef-ip_mreq>
#[repr(C)]
#[derive(Debug)]
pub struct IP_MREQ {
    /// The group.
    pub imr_multiaddr: IN_ADDR,
    /// An address of the interface, or `0.0.0.n` for index n; 0: the default one.
    pub imr_interface: IN_ADDR,
}
layout!(IP_MREQ: size 8 | 8, align 4 | 4; imr_multiaddr: 0 | 0, imr_interface: 4 | 4);
plain!(IP_MREQ);

/// A group of IPv4, one of its senders, and the interface.
///
/// # Layout
/// 12 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows Vista. Header: `ws2ipdef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2ipdef/ns-ws2ipdef-ip_mreq_source>
#[repr(C)]
#[derive(Debug)]
pub struct IP_MREQ_SOURCE {
    /// The group.
    pub imr_multiaddr: IN_ADDR,
    /// The sender.
    pub imr_sourceaddr: IN_ADDR,
    /// As in [`IP_MREQ`].
    pub imr_interface: IN_ADDR,
}
layout!(IP_MREQ_SOURCE: size 12 | 12, align 4 | 4;
    imr_multiaddr: 0 | 0, imr_sourceaddr: 4 | 4, imr_interface: 8 | 8);
plain!(IP_MREQ_SOURCE);

/// A group of IPv6 and the interface on which to join it.
///
/// # Layout
/// 20 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `ws2ipdef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2ipdef/ns-ws2ipdef-ipv6_mreq>
#[repr(C)]
#[derive(Debug)]
pub struct IPV6_MREQ {
    /// The group.
    pub ipv6mr_multiaddr: IN6_ADDR,
    /// Index of the interface; 0: the default one.
    pub ipv6mr_interface: u32,
}
layout!(IPV6_MREQ: size 20 | 20, align 4 | 4; ipv6mr_multiaddr: 0 | 0, ipv6mr_interface: 16 | 16);
plain!(IPV6_MREQ);
