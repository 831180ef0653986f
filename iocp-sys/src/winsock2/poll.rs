//! `WSAPoll`: readiness without a completion port.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsapoll>

use super::SOCKET;

/// Event bits of [`WSAPOLLFD`]; a name of the Windows metadata, the SDK says `SHORT`.
pub type WSAPOLL_EVENT_FLAGS = i16;

/// Normal data can be read.
pub const POLLRDNORM: WSAPOLL_EVENT_FLAGS = 0x0100;
/// Priority-band (urgent) data can be read.
pub const POLLRDBAND: WSAPOLL_EVENT_FLAGS = 0x0200;
/// Normal or priority-band data can be read: `POLLRDNORM | POLLRDBAND`.
pub const POLLIN: WSAPOLL_EVENT_FLAGS = 0x0300;
/// Priority data can be read; Winsock providers do not support it (`WSAEINVAL`).
pub const POLLPRI: WSAPOLL_EVENT_FLAGS = 0x0400;
/// Normal data can be written.
pub const POLLWRNORM: WSAPOLL_EVENT_FLAGS = 0x0010;
/// Same as [`POLLWRNORM`].
pub const POLLOUT: WSAPOLL_EVENT_FLAGS = POLLWRNORM;
/// Priority-band data can be written; Winsock providers do not support it.
pub const POLLWRBAND: WSAPOLL_EVENT_FLAGS = 0x0020;
/// Out only: an error is pending.
pub const POLLERR: WSAPOLL_EVENT_FLAGS = 0x0001;
/// Out only: the connection was closed or reset.
pub const POLLHUP: WSAPOLL_EVENT_FLAGS = 0x0002;
/// Out only: not a valid socket.
pub const POLLNVAL: WSAPOLL_EVENT_FLAGS = 0x0004;

/// One socket to poll.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 8 bytes, align 4 (32-bit).
///
/// # Source
/// Windows Vista. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-wsapollfd>
#[repr(C)]
#[derive(Debug)]
pub struct WSAPOLLFD {
    /// The socket; -1 gets `POLLNVAL` and is not counted (fact POLL24).
    pub fd: SOCKET,
    /// What to look for.
    pub events: WSAPOLL_EVENT_FLAGS,
    /// What was found.
    pub revents: WSAPOLL_EVENT_FLAGS,
}
layout!(WSAPOLLFD: size 8 | 16, align 4 | 8; fd: 0 | 0, events: 4 | 8, revents: 6 | 10);
plain!(WSAPOLLFD);

link! {
    "ws2_32.dll";

    /// Waits until one of several sockets is ready; returns how many are, 0 on timeout.
    ///
    /// Before Windows 10 version 2004 it does not report a failed connection attempt.
    ///
    /// # Errors
    /// `SOCKET_ERROR`: `WSAEINVAL` (10022) no entries, or bits that may not be asked for (facts
    /// POLL23, POLL24), `WSAENOTSOCK` (10038) no entry is a socket (fact POLL24), `WSAEFAULT` (10014),
    /// `WSAENOBUFS` (10055). Queues no packet.
    ///
    /// # Safety
    /// * `fdArray` must point to `fds` readable and writable entries.
    /// * `timeout` is in milliseconds, 0 returns at once, negative waits for ever.
    ///
    /// # Source
    /// Windows Vista. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsapoll>
    pub fn WSAPoll(fdArray: *mut WSAPOLLFD, fds: u32, timeout: i32) -> i32;
}
