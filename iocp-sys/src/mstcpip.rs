//! `mstcpip.h`: control codes of the TCP/IP provider.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/winsock-ioctls>

/// Keep-alive of one connection, for [`SIO_KEEPALIVE_VALS`].
///
/// # Layout
/// 12 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `mstcpip.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/winsock/sio-keepalive-vals>
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
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

/// In: [`tcp_keepalive`], the keep-alive times of this connection. Windows 2000.
pub const SIO_KEEPALIVE_VALS: u32 = 0x9800_0004;
/// In: `u32` boolean, use the short path for loopback TCP; both ends must ask. Windows 8.
///
/// Microsoft advises against it since Windows 10; fails with `WSAEOPNOTSUPP` where removed.
pub const SIO_LOOPBACK_FAST_PATH: u32 = 0x9800_0010;
