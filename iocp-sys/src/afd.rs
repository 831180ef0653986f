//! `afd.h`: polling sockets through `\Device\Afd`, as `select` itself does.
//!
//! **Not documented by Microsoft** and in no SDK header; in use unchanged since Windows XP by
//! wepoll, libuv, mio and polling. Open `\Device\Afd` with `NtCreateFile`, associate that handle
//! with the completion port, and send [`IOCTL_AFD_POLL`] with `NtDeviceIoControlFile`: it completes
//! when one of the sockets is ready, and reports once. The sockets must be base handles
//! ([`SIO_BASE_HANDLE`](crate::SIO_BASE_HANDLE)); they need not be associated.
//!
//! Packets: `STATUS_PENDING` and success are followed by a packet (success not in skip mode), an
//! error status from the call by none. `STATUS_CANCELLED` in the packet: the poll was cancelled.
//! Closing the handle that a poll was *sent* on ends it only if that is the polled socket (facts
//! POLL11, POLL12). What a pending receive or accept takes, a poll is not told (facts POLL17, ACC25).
//! <https://github.com/piscisaureus/wepoll>

use crate::winnt::HANDLE;
use crate::NTSTATUS;

/// Control code of the poll; input and output are an [`AFD_POLL_INFO`].
pub const IOCTL_AFD_POLL: u32 = 0x0001_2024;

/// Normal data can be read (`POLLIN` of `poll`, with [`AFD_POLL_ACCEPT`]).
pub const AFD_POLL_RECEIVE: u32 = 0x0001;
/// Urgent data can be read (`POLLPRI`).
pub const AFD_POLL_RECEIVE_EXPEDITED: u32 = 0x0002;
/// Data can be sent; also: a connection attempt succeeded (`POLLOUT`).
pub const AFD_POLL_SEND: u32 = 0x0004;
/// The peer has closed its side (`POLLRDHUP`); data may still be there to read.
pub const AFD_POLL_DISCONNECT: u32 = 0x0008;
/// The connection was reset (`POLLHUP`).
pub const AFD_POLL_ABORT: u32 = 0x0010;
/// The socket was closed by this process.
pub const AFD_POLL_LOCAL_CLOSE: u32 = 0x0020;
/// A connection attempt succeeded.
pub const AFD_POLL_CONNECT: u32 = 0x0040;
/// A listening socket has a connection to accept.
pub const AFD_POLL_ACCEPT: u32 = 0x0080;
/// A connection attempt failed (`POLLERR`).
pub const AFD_POLL_CONNECT_FAIL: u32 = 0x0100;
/// The quality of service changed.
pub const AFD_POLL_QOS: u32 = 0x0200;
/// The quality of service of the group changed.
pub const AFD_POLL_GROUP_QOS: u32 = 0x0400;

/// One socket of a poll.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 12 bytes, align 4 (32-bit).
///
/// # Source
/// Windows XP. In no header of Microsoft.
/// <https://github.com/piscisaureus/wepoll>
#[repr(C)]
#[derive(Debug)]
pub struct AFD_POLL_HANDLE_INFO {
    /// Base handle of the socket.
    pub Handle: HANDLE,
    /// `AFD_POLL_*`; in: wanted, out: found.
    pub Events: u32,
    /// Out: status of this socket.
    pub Status: NTSTATUS,
}
layout!(AFD_POLL_HANDLE_INFO: size 12 | 16, align 4 | 8;
    Handle: 0 | 0, Events: 4 | 8, Status: 8 | 12);
plain!(AFD_POLL_HANDLE_INFO);

/// Input and output of a poll.
///
/// # Layout
/// 32 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows XP. In no header of Microsoft.
/// <https://github.com/piscisaureus/wepoll>
#[repr(C)]
#[derive(Debug)]
pub struct AFD_POLL_INFO {
    /// Deadline in units of 100 ns, negative: relative; `i64::MAX`: none.
    pub Timeout: i64,
    /// Number of sockets; out: how many are ready.
    pub NumberOfHandles: u32,
    /// Not 0: ends an older poll of the same socket, if that one was exclusive too and the first of
    /// its socket (facts POLL18 to POLL20).
    pub Exclusive: u32,
    /// The sockets; more may follow in memory.
    pub Handles: [AFD_POLL_HANDLE_INFO; 1],
}
layout!(AFD_POLL_INFO: size 32 | 32, align 8 | 8;
    Timeout: 0 | 0, NumberOfHandles: 8 | 8, Exclusive: 12 | 12, Handles: 16 | 16);
plain!(AFD_POLL_INFO);
