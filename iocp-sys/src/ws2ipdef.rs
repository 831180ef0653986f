//! `ws2ipdef.h`: IPv6 socket addresses, IP-level options and their values.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/ipproto-ip-socket-options>
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/ipproto-ipv6-socket-options>

mod ip_options;

pub use ip_options::*;

use crate::in6addr::IN6_ADDR;
use crate::inaddr::IN_ADDR;
use crate::ws2def::{ADDRESS_FAMILY, SCOPE_ID, SOCKADDR_IN};

/// The unnamed union at the end of [`SOCKADDR_IN6`]: the scope, as a number or in parts.
#[repr(C)]
pub union SOCKADDR_IN6_0 {
    /// Scope as a number: interface index for link-local addresses, else 0. Host byte order.
    pub sin6_scope_id: u32,
    /// Scope as zone and level.
    pub sin6_scope_struct: SCOPE_ID,
}
layout!(SOCKADDR_IN6_0: size 4 | 4, align 4 | 4);
plain!(SOCKADDR_IN6_0);
opaque_debug!(SOCKADDR_IN6_0);

/// IPv6 socket address: address, port, scope and flow (`sockaddr_in6_lh` in the SDK).
///
/// # Layout
/// 28 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `ws2ipdef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2ipdef/ns-ws2ipdef-sockaddr_in6_lh>
#[repr(C)]
#[derive(Debug)]
pub struct SOCKADDR_IN6 {
    /// [`AF_INET6`](crate::AF_INET6).
    pub sin6_family: ADDRESS_FAMILY,
    /// Port in network byte order.
    pub sin6_port: u16,
    /// Flow information; 0 if not used.
    pub sin6_flowinfo: u32,
    /// Address in network byte order.
    pub sin6_addr: IN6_ADDR,
    /// Scope of the address.
    pub Anonymous: SOCKADDR_IN6_0,
}
layout!(SOCKADDR_IN6: size 28 | 28, align 4 | 4;
    sin6_family: 0 | 0, sin6_port: 2 | 2, sin6_flowinfo: 4 | 4, sin6_addr: 8 | 8,
    Anonymous.sin6_scope_id: 24 | 24);
plain!(SOCKADDR_IN6);

/// IPv4 or IPv6 socket address; `si_family` says which.
///
/// # Layout
/// 28 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows Vista. Header: `ws2ipdef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2ipdef/ns-ws2ipdef-sockaddr_inet>
#[repr(C)]
pub union SOCKADDR_INET {
    /// Valid if `si_family` is [`AF_INET`](crate::AF_INET).
    pub Ipv4: SOCKADDR_IN,
    /// Valid if `si_family` is [`AF_INET6`](crate::AF_INET6).
    pub Ipv6: SOCKADDR_IN6,
    /// Address family, the common first field.
    pub si_family: ADDRESS_FAMILY,
}
layout!(SOCKADDR_INET: size 28 | 28, align 4 | 4;
    Ipv4: 0 | 0, Ipv6: 0 | 0, si_family: 0 | 0);
plain!(SOCKADDR_INET);
opaque_debug!(SOCKADDR_INET);

/// Deliver an [`IN_PKTINFO`] with each datagram of `WSARecvMsg`; level `IPPROTO_IP`. Windows XP.
///
/// Also the `cmsg_type` of that item.
pub const IP_PKTINFO: i32 = 19;

/// Control data: local address and interface of an IPv4 datagram.
///
/// # Layout
/// 8 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `ws2ipdef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2ipdef/ns-ws2ipdef-in_pktinfo>
#[repr(C)]
#[derive(Debug)]
pub struct IN_PKTINFO {
    /// Received: destination of the datagram. Sent: source to use.
    pub ipi_addr: IN_ADDR,
    /// Index of the interface; 0 on send: any.
    pub ipi_ifindex: u32,
}
layout!(IN_PKTINFO: size 8 | 8, align 4 | 4; ipi_addr: 0 | 0, ipi_ifindex: 4 | 4);
plain!(IN_PKTINFO);

/// Deliver an [`IN6_PKTINFO`] with each datagram of `WSARecvMsg`; level `IPPROTO_IPV6`. Windows XP.
///
/// Also the `cmsg_type` of that item.
pub const IPV6_PKTINFO: i32 = 19;
/// IPv6 socket takes no IPv4 traffic. On by default on Windows; clear it before `bind` for both.
pub const IPV6_V6ONLY: i32 = 27;

/// Control data: local address and interface of an IPv6 datagram.
///
/// # Layout
/// 20 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `ws2ipdef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2ipdef/ns-ws2ipdef-in6_pktinfo>
#[repr(C)]
#[derive(Debug)]
pub struct IN6_PKTINFO {
    /// Received: destination of the datagram. Sent: source to use.
    pub ipi6_addr: IN6_ADDR,
    /// Index of the interface; 0 on send: any.
    pub ipi6_ifindex: u32,
}
layout!(IN6_PKTINFO: size 20 | 20, align 4 | 4; ipi6_addr: 0 | 0, ipi6_ifindex: 16 | 16);
plain!(IN6_PKTINFO);

/// Deliver an `i32` of this `cmsg_type` with each IPv4 datagram: its congestion bits, 0 to 3.
///
/// Level `IPPROTO_IP`, [`IP_ECN`] as an item of `WSASendMsg`. Windows 10 build 20348.
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/winsock-ecn>
pub const IP_RECVECN: i32 = 50;
/// `cmsg_type` of the congestion bits of an IPv4 datagram.
pub const IP_ECN: i32 = 50;
/// As [`IP_RECVECN`] for IPv6; level `IPPROTO_IPV6`.
pub const IPV6_RECVECN: i32 = 50;
/// `cmsg_type` of the congestion bits of an IPv6 datagram.
pub const IPV6_ECN: i32 = 50;

/// Split each send into datagrams of this many bytes (`u32`, 0: do not); level `IPPROTO_UDP`.
///
/// Also the `cmsg_type` of an item of `WSASendMsg` that says so for one call. One packet for all of
/// them. Windows 10 2004.
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/ipproto-udp-socket-options>
pub const UDP_SEND_MSG_SIZE: i32 = 2;
/// Let a receive take several datagrams of one sender, up to this many bytes (`u32`, 0: do not).
///
/// Level `IPPROTO_UDP`; their size comes as an item of [`UDP_COALESCED_INFO`]. Windows 10 2004.
pub const UDP_RECV_MAX_COALESCED_SIZE: i32 = 3;
/// `cmsg_type` of a `u32`: the size of each datagram but the last of one receive.
pub const UDP_COALESCED_INFO: u32 = 3;

/// Milliseconds without an answer until a connection is given up; level `IPPROTO_TCP`.
///
/// `TCP_MAXRT`, which Microsoft describes, is the same in seconds. Of this one it says nothing: its
/// first Windows is open.
pub const TCP_MAXRTMS: i32 = 14;
/// Let an attempt to connect fail with `WSAEHOSTUNREACH` (10065) when a router says so by ICMP (a
/// `u32` boolean, 0 by default); level `IPPROTO_TCP`.
///
/// What is said of `connect`; of `ConnectEx` it is open. Windows 10 2004.
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/ipproto-tcp-socket-options>
pub const TCP_FAIL_CONNECT_ON_ICMP_ERROR: i32 = 18;

/// Let `ConnectEx` send its data with the first packet of TCP (a `u32` boolean, set before it).
///
/// Level `IPPROTO_TCP`. Windows 10 1607.
pub const TCP_FASTOPEN: i32 = 15;
/// Seconds without data until the first keep-alive probe; level `IPPROTO_TCP`. Windows 10 1709.
///
/// On older systems [`SIO_KEEPALIVE_VALS`](crate::SIO_KEEPALIVE_VALS) sets it, in milliseconds.
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/ipproto-tcp-socket-options>
pub const TCP_KEEPIDLE: i32 = 3;
/// The older name of [`TCP_KEEPIDLE`].
pub const TCP_KEEPALIVE: i32 = TCP_KEEPIDLE;
/// Keep-alive probes without an answer before the connection is dropped. Windows 10 1703.
pub const TCP_KEEPCNT: i32 = 16;
/// Seconds between two keep-alive probes. Windows 10 1709.
pub const TCP_KEEPINTVL: i32 = 17;

/// Completes when the ideal send backlog of a TCP connection changes; no data.
///
/// Stays pending on an overlapped socket: the change arrives as a packet. Windows Vista SP1.
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/sio-ideal-send-backlog-change>
pub const SIO_IDEAL_SEND_BACKLOG_CHANGE: u32 = 0x2000_747A;
/// Out: `u32`, the bytes to keep in flight so that a TCP connection is never idle. Windows Vista
/// SP1.
///
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/sio-ideal-send-backlog-query>
pub const SIO_IDEAL_SEND_BACKLOG_QUERY: u32 = 0x4004_747B;
