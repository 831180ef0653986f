//! What TCP tells of a connection.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/mstcpip/ns-mstcpip-tcp_info_v0>

use crate::winnt::BOOLEAN;

/// In: a `u32`, the version (0 or 1). Out: a [`TCP_INFO_v0`] or [`TCP_INFO_v1`].
///
/// Version 0: Windows 10 1703, version 1: Windows 11. The call completes at once.
pub const SIO_TCP_INFO: u32 = 0xD800_0027;

/// State of a connection; an enum in C.
pub type TCPSTATE = i32;
/// No connection.
pub const TCPSTATE_CLOSED: TCPSTATE = 0;
/// Listens.
pub const TCPSTATE_LISTEN: TCPSTATE = 1;
/// Asked for a connection.
pub const TCPSTATE_SYN_SENT: TCPSTATE = 2;
/// Was asked for a connection, and has answered.
pub const TCPSTATE_SYN_RCVD: TCPSTATE = 3;
/// Connected.
pub const TCPSTATE_ESTABLISHED: TCPSTATE = 4;
/// Has ended its side.
pub const TCPSTATE_FIN_WAIT_1: TCPSTATE = 5;
/// The same, and the peer knows.
pub const TCPSTATE_FIN_WAIT_2: TCPSTATE = 6;
/// The peer has ended its side.
pub const TCPSTATE_CLOSE_WAIT: TCPSTATE = 7;
/// Both have ended, the peer does not know yet.
pub const TCPSTATE_CLOSING: TCPSTATE = 8;
/// The peer had ended, and so have we; it does not know yet.
pub const TCPSTATE_LAST_ACK: TCPSTATE = 9;
/// Over; the address is kept for a while.
pub const TCPSTATE_TIME_WAIT: TCPSTATE = 10;

/// State and counts of a TCP connection.
///
/// # Layout
/// 88 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows 10 1703. Header: `mstcpip.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mstcpip/ns-mstcpip-tcp_info_v0>
#[repr(C)]
#[derive(Debug)]
pub struct TCP_INFO_v0 {
    /// State of the connection.
    pub State: TCPSTATE,
    /// Largest segment, bytes.
    pub Mss: u32,
    /// Since the connection was made, milliseconds.
    pub ConnectionTimeMs: u64,
    /// Non-zero: segments carry times.
    pub TimestampsEnabled: BOOLEAN,
    /// Round trip, microseconds.
    pub RttUs: u32,
    /// Shortest round trip, microseconds.
    pub MinRttUs: u32,
    /// Sent and not acknowledged, bytes.
    pub BytesInFlight: u32,
    /// How much the network is believed to take, bytes.
    pub Cwnd: u32,
    /// How much the peer takes, bytes.
    pub SndWnd: u32,
    /// How much we take, bytes.
    pub RcvWnd: u32,
    /// Receive buffer, bytes.
    pub RcvBuf: u32,
    /// Sent in all, bytes.
    pub BytesOut: u64,
    /// Received in all, bytes.
    pub BytesIn: u64,
    /// Received out of order, bytes.
    pub BytesReordered: u32,
    /// Sent again, bytes.
    pub BytesRetrans: u32,
    /// How often a segment was sent again before its time.
    pub FastRetrans: u32,
    /// How often the peer acknowledged the same again.
    pub DupAcksIn: u32,
    /// How often the time for an answer ran out.
    pub TimeoutEpisodes: u32,
    /// How often the connection was asked for again.
    pub SynRetrans: u8,
}
layout!(TCP_INFO_v0: size 88 | 88, align 8 | 8;
    State: 0 | 0, Mss: 4 | 4, ConnectionTimeMs: 8 | 8, TimestampsEnabled: 16 | 16, RttUs: 20 | 20,
    MinRttUs: 24 | 24, BytesInFlight: 28 | 28, Cwnd: 32 | 32, SndWnd: 36 | 36, RcvWnd: 40 | 40,
    RcvBuf: 44 | 44, BytesOut: 48 | 48, BytesIn: 56 | 56, BytesReordered: 64 | 64,
    BytesRetrans: 68 | 68, FastRetrans: 72 | 72, DupAcksIn: 76 | 76, TimeoutEpisodes: 80 | 80,
    SynRetrans: 84 | 84);
plain!(TCP_INFO_v0);

/// State and counts of a TCP connection, and what held it up.
///
/// # Layout
/// 136 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows 11. Header: `mstcpip.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mstcpip/ns-mstcpip-tcp_info_v1>
#[repr(C)]
#[derive(Debug)]
pub struct TCP_INFO_v1 {
    /// State of the connection.
    pub State: TCPSTATE,
    /// Largest segment, bytes.
    pub Mss: u32,
    /// Since the connection was made, milliseconds.
    pub ConnectionTimeMs: u64,
    /// Non-zero: segments carry times.
    pub TimestampsEnabled: BOOLEAN,
    /// Round trip, microseconds.
    pub RttUs: u32,
    /// Shortest round trip, microseconds.
    pub MinRttUs: u32,
    /// Sent and not acknowledged, bytes.
    pub BytesInFlight: u32,
    /// How much the network is believed to take, bytes.
    pub Cwnd: u32,
    /// How much the peer takes, bytes.
    pub SndWnd: u32,
    /// How much we take, bytes.
    pub RcvWnd: u32,
    /// Receive buffer, bytes.
    pub RcvBuf: u32,
    /// Sent in all, bytes.
    pub BytesOut: u64,
    /// Received in all, bytes.
    pub BytesIn: u64,
    /// Received out of order, bytes.
    pub BytesReordered: u32,
    /// Sent again, bytes.
    pub BytesRetrans: u32,
    /// How often a segment was sent again before its time.
    pub FastRetrans: u32,
    /// How often the peer acknowledged the same again.
    pub DupAcksIn: u32,
    /// How often the time for an answer ran out.
    pub TimeoutEpisodes: u32,
    /// How often the connection was asked for again.
    pub SynRetrans: u8,
    /// How often sending was held up by the window of the peer.
    pub SndLimTransRwin: u32,
    /// How long, milliseconds.
    pub SndLimTimeRwin: u32,
    /// Sent meanwhile, bytes.
    pub SndLimBytesRwin: u64,
    /// How often sending was held up by the network.
    pub SndLimTransCwnd: u32,
    /// How long, milliseconds.
    pub SndLimTimeCwnd: u32,
    /// Sent meanwhile, bytes.
    pub SndLimBytesCwnd: u64,
    /// How often there was nothing to send.
    pub SndLimTransSnd: u32,
    /// How long, milliseconds.
    pub SndLimTimeSnd: u32,
    /// Sent meanwhile, bytes.
    pub SndLimBytesSnd: u64,
}
layout!(TCP_INFO_v1: size 136 | 136, align 8 | 8;
    State: 0 | 0, Mss: 4 | 4, ConnectionTimeMs: 8 | 8, TimestampsEnabled: 16 | 16, RttUs: 20 | 20,
    MinRttUs: 24 | 24, BytesInFlight: 28 | 28, Cwnd: 32 | 32, SndWnd: 36 | 36, RcvWnd: 40 | 40,
    RcvBuf: 44 | 44, BytesOut: 48 | 48, BytesIn: 56 | 56, BytesReordered: 64 | 64,
    BytesRetrans: 68 | 68, FastRetrans: 72 | 72, DupAcksIn: 76 | 76, TimeoutEpisodes: 80 | 80,
    SynRetrans: 84 | 84, SndLimTransRwin: 88 | 88, SndLimTimeRwin: 92 | 92,
    SndLimBytesRwin: 96 | 96, SndLimTransCwnd: 104 | 104, SndLimTimeCwnd: 108 | 108,
    SndLimBytesCwnd: 112 | 112, SndLimTransSnd: 120 | 120, SndLimTimeSnd: 124 | 124,
    SndLimBytesSnd: 128 | 128);
plain!(TCP_INFO_v1);
