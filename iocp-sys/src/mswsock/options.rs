//! Socket options and control codes.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/sol-socket-socket-options>
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/winsock-ioctls>

/// Option: seconds a socket has been connected, `u32::MAX` if it is not (read only).
///
/// On a socket waiting in `AcceptEx` it finds clients that connect and send nothing.
pub const SO_CONNECT_TIME: i32 = 0x700C;
/// Option: finish a socket accepted by `AcceptEx`; the value is the listening `SOCKET`.
///
/// Without it `shutdown`, `getpeername` and `getsockname` fail with `WSAENOTCONN`. The example of
/// [`LPFN_ACCEPTEX`](super::LPFN_ACCEPTEX) sets it.
pub const SO_UPDATE_ACCEPT_CONTEXT: i32 = 0x700B;
/// Option: finish a socket connected by `ConnectEx`; no value.
///
/// Without it `shutdown`, `getpeername` and `getsockname` fail with `WSAENOTCONN`, and options set
/// before do not count; only sending, receiving, `TransmitFile` and `closesocket` work.
pub const SO_UPDATE_CONNECT_CONTEXT: i32 = 0x7010;

/// Control code, in: `u32` boolean. 0: an ICMP "port unreachable" answering an earlier send does
/// not fail the next receive of a UDP socket. Windows 2000.
pub const SIO_UDP_CONNRESET: u32 = 0x9800_000C;
/// Control code, in: `u32` boolean. 0: an ICMP "TTL expired" answering an earlier send does not fail
/// the next receive of a UDP socket (`WSAENETRESET`, 10052). Its first Windows: open.
pub const SIO_UDP_NETRESET: u32 = 0x9800_000F;
/// Control code, out: `SOCKET` of the provider that serves `WSASendMsg`. Windows Vista.
pub const SIO_BSP_HANDLE: u32 = 0x4800_001B;
/// Control code, out: `SOCKET` of the provider that serves `select`. Windows Vista.
pub const SIO_BSP_HANDLE_SELECT: u32 = 0x4800_001C;
/// Control code, out: `SOCKET` of the provider that serves `WSAPoll`. Windows Vista.
pub const SIO_BSP_HANDLE_POLL: u32 = 0x4800_001D;
/// Control code, out: `SOCKET` of the base provider, which is a kernel handle. Windows Vista.
///
/// Layers must pass it on; some do not: then try [`SIO_BSP_HANDLE_POLL`].
pub const SIO_BASE_HANDLE: u32 = 0x4800_0022;
