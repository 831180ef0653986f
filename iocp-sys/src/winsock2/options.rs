//! Flags, option names and control codes that this header adds to `ws2def.h`.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv>
//! <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasocketw>
//! <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-shutdown>

use crate::winerror_wsa::WSA_ERROR;

/// `ioctlsocket`: 1 makes the socket non-blocking, 0 blocking. No effect on overlapped calls.
///
/// 0x8004667E as a `long`.
pub const FIONBIO: i32 = -2_147_195_266;
/// `ioctlsocket`: bytes that can be received at once; for datagrams, of the first one.
pub const FIONREAD: i32 = 0x4004_667F;

/// Option: the [`WSAPROTOCOL_INFOW`](super::WSAPROTOCOL_INFOW) of the socket (read only).
pub const SO_PROTOCOL_INFOW: i32 = 0x2005;

/// Receive urgent data / send as urgent data.
pub const MSG_OOB: SEND_RECV_FLAGS = 0x1;
/// Look at the data and leave it queued. Documented for non-overlapped receives only.
pub const MSG_PEEK: SEND_RECV_FLAGS = 0x2;
/// Send without routing; providers may ignore it.
pub const MSG_DONTROUTE: SEND_RECV_FLAGS = 0x4;
/// Complete a receive only when the buffers are full (streams). Do not combine with non-blocking.
pub const MSG_WAITALL: SEND_RECV_FLAGS = 0x8;
/// Complete a receive as soon as there is data, even if the buffers are not full (streams).
///
/// A hint; the counterpart of [`MSG_WAITALL`].
pub const MSG_PUSH_IMMEDIATE: SEND_RECV_FLAGS = 0x20;
/// In: a part of a message is enough. Out: this was a part. Message-oriented protocols only.
pub const MSG_PARTIAL: u32 = 0x8000;

/// Flags of `send` and `recv`; a name of the Windows metadata, the SDK says `int`.
pub type SEND_RECV_FLAGS = i32;

/// Largest sensible backlog of `listen`: the provider chooses.
///
/// The value of `winsock2.h`; windows-sys has 5, which is that of the old `winsock.h`.
pub const SOMAXCONN: u32 = 0x7fff_ffff;

/// `WSASocketW`: overlapped I/O is possible. Needed for completion ports; `socket` sets it.
pub const WSA_FLAG_OVERLAPPED: u32 = 0x01;
/// `WSASocketW`: children do not inherit the socket. Windows 7 SP1, else `WSAEINVAL`.
pub const WSA_FLAG_NO_HANDLE_INHERIT: u32 = 0x80;
/// `WSASocketW`: registered I/O is possible. Windows 8. Which sockets of an accept need it:
/// [`LPFN_RIOCREATEREQUESTQUEUE`](crate::LPFN_RIOCREATEREQUESTQUEUE).
pub const WSA_FLAG_REGISTERED_IO: u32 = 0x100;

/// Name space of a look-up: all of them.
pub const NS_ALL: u32 = 0;
/// Name space of a look-up: the domain name system.
pub const NS_DNS: u32 = 12;

/// What to shut down; a name of the Windows metadata, the SDK says `int`.
pub type WINSOCK_SHUTDOWN_HOW = i32;

/// `shutdown`: no more receives.
pub const SD_RECEIVE: WINSOCK_SHUTDOWN_HOW = 0;
/// `shutdown`: no more sends; the peer sees the end of the stream after the data.
pub const SD_SEND: WINSOCK_SHUTDOWN_HOW = 1;
/// `shutdown`: neither.
pub const SD_BOTH: WINSOCK_SHUTDOWN_HOW = 2;

/// `WSAWaitForMultipleEvents` returned because a completion routine ran.
pub const WSA_WAIT_IO_COMPLETION: WSA_ERROR = 0xC0;
/// `WSAWaitForMultipleEvents` returned because the time was up.
pub const WSA_WAIT_TIMEOUT: u32 = 0x102;
