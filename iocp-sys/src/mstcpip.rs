//! `mstcpip.h`: control codes of the TCP/IP provider, and what TCP tells.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/winsock-ioctls>

mod info;

pub use info::*;

/// Keep-alive of one connection, for [`SIO_KEEPALIVE_VALS`].
///
/// # Layout
/// 12 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `mstcpip.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/sio-keepalive-vals>
#[repr(C)]
#[derive(Debug)]
pub struct tcp_keepalive {
    /// 0: off; otherwise on.
    pub onoff: u32,
    /// Idle time before the first probe, in milliseconds.
    pub keepalivetime: u32,
    /// Time between probes, in milliseconds.
    pub keepaliveinterval: u32,
}
layout!(tcp_keepalive: size 12 | 12, align 4 | 4;
    onoff: 0 | 0, keepalivetime: 4 | 4, keepaliveinterval: 8 | 8);
plain!(tcp_keepalive);

/// In: [`tcp_keepalive`], the keep-alive times of this connection. Windows 2000.
pub const SIO_KEEPALIVE_VALS: u32 = 0x9800_0004;
/// In: `u32` boolean, use the short path for loopback TCP; both ends must ask. Windows 8.
///
/// Microsoft advises against it since Windows 10; fails with `WSAEOPNOTSUPP` where removed.
pub const SIO_LOOPBACK_FAST_PATH: u32 = 0x9800_0010;

/// How long an attempt to connect takes, for [`SIO_TCP_INITIAL_RTO`].
///
/// # Layout
/// 4 bytes, align 2 (64- and 32-bit).
///
/// # Source
/// Windows 8. Header: `mstcpip.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mstcpip/ns-mstcpip-tcp_initial_rto_parameters>
#[repr(C)]
#[derive(Debug)]
pub struct TCP_INITIAL_RTO_PARAMETERS {
    /// Assumed round trip in milliseconds; 0: the default;
    /// [`TCP_INITIAL_RTO_UNSPECIFIED_RTT`]: as the administrator set it.
    pub Rtt: u16,
    /// How often to ask again; 0: the default; or one of the two constants below.
    pub MaxSynRetransmissions: u8,
}
layout!(TCP_INITIAL_RTO_PARAMETERS: size 4 | 4, align 2 | 2;
    Rtt: 0 | 0, MaxSynRetransmissions: 2 | 2);
plain!(TCP_INITIAL_RTO_PARAMETERS);

/// `Rtt`: as the administrator set it.
pub const TCP_INITIAL_RTO_UNSPECIFIED_RTT: u16 = 0xFFFF;
/// `MaxSynRetransmissions`: as the administrator set it.
pub const TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS: u8 = 0xFF;
/// `MaxSynRetransmissions`: never. A port of this machine on which nobody listens then refuses at
/// once, instead of after 2 seconds; on other networks a lost packet fails the attempt.
pub const TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS: u8 = 0xFE;
/// In: [`TCP_INITIAL_RTO_PARAMETERS`]; set it before `ConnectEx`. Windows 8.
pub const SIO_TCP_INITIAL_RTO: u32 = 0x9800_0011;

/// How often received segments are acknowledged, for [`SIO_TCP_SET_ACK_FREQUENCY`].
///
/// # Layout
/// 1 bytes, align 1 (64- and 32-bit).
///
/// # Source
/// Windows 7. Header: `mstcpip.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mstcpip/ns-mstcpip-tcp_ack_frequency_parameters>
#[repr(C)]
#[derive(Debug)]
pub struct TCP_ACK_FREQUENCY_PARAMETERS {
    /// Acknowledge every so many segments at once; 1: each, 0: the default (2).
    pub TcpDelayedAckFrequency: u8,
}
layout!(TCP_ACK_FREQUENCY_PARAMETERS: size 1 | 1, align 1 | 1; TcpDelayedAckFrequency: 0 | 0);
plain!(TCP_ACK_FREQUENCY_PARAMETERS);

/// In: a [`TCP_ACK_FREQUENCY_PARAMETERS`]. Windows 7.
pub const SIO_TCP_SET_ACK_FREQUENCY: u32 = 0x9800_0017;
