//! Messages with control data, and polling, by pointer.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_wsarecvmsg>

use crate::guiddef::GUID;
use crate::minwinbase::OVERLAPPED;
use crate::winsock2::{LPWSAOVERLAPPED_COMPLETION_ROUTINE, SOCKET, WSAPOLLFD};
use crate::ws2def::WSAMSG;

/// `WSARecvMsg`: receives a datagram with its address and control data.
///
/// No DLL exports it: resolve at run time ([`WSAID_WSARECVMSG`]). Datagram and raw sockets only.
/// In: `dwFlags` 0 or `MSG_PEEK`; a null `name` or `Control.buf` needs length 0.
/// `lpdwNumberOfBytesRecvd` should be null with an `OVERLAPPED`.
///
/// # Errors
/// As [`WSARecvFrom`](crate::WSARecvFrom), with the same packets: 10040 owes one.
///
/// # Safety
/// * `lpMsg` and everything it points to (address, data, control data) and `lpOverlapped` must
///   stay valid, unmoved and untouched until the completion: the kernel writes the [`WSAMSG`] as
///   well.
///
/// # Source
/// Windows XP. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_wsarecvmsg>
pub type LPFN_WSARECVMSG = Option<
    unsafe extern "system" fn(
        s: SOCKET,
        lpMsg: *mut WSAMSG,
        lpdwNumberOfBytesRecvd: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    ) -> i32,
>;

/// Identifier by which `WSAIoctl` finds [`LPFN_WSARECVMSG`].
pub const WSAID_WSARECVMSG: GUID = GUID {
    Data1: 0xf689_d7c8,
    Data2: 0x6f1f,
    Data3: 0x436b,
    Data4: [0x8a, 0x53, 0xe5, 0x4f, 0xe3, 0x51, 0xc3, 0x22],
};

/// Parameters of a `WSASendMsg`, as layered providers pass them on.
///
/// # Layout
/// 40 bytes, align 8 (64-bit); 20 bytes, align 4 (32-bit).
///
/// # Source
/// Windows Vista. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasendmsg>
#[repr(C)]
#[derive(Debug)]
pub struct WSASENDMSG {
    /// The message.
    pub lpMsg: *mut WSAMSG,
    /// `MSG_*` flags.
    pub dwFlags: u32,
    /// Out: bytes sent.
    pub lpNumberOfBytesSent: *mut u32,
    /// The operation.
    pub lpOverlapped: *mut OVERLAPPED,
    /// Completion routine.
    pub lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
}
layout!(WSASENDMSG: size 20 | 40, align 4 | 8;
    lpMsg: 0 | 0, dwFlags: 4 | 8, lpNumberOfBytesSent: 8 | 16, lpOverlapped: 12 | 24,
    lpCompletionRoutine: 16 | 32);
plain!(WSASENDMSG);

/// Type of [`WSASendMsg`](crate::WSASendMsg), with the same duties; see [`WSAID_WSASENDMSG`].
pub type LPFN_WSASENDMSG = Option<
    unsafe extern "system" fn(
        s: SOCKET,
        lpMsg: *const WSAMSG,
        dwFlags: u32,
        lpNumberOfBytesSent: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    ) -> i32,
>;

/// Identifier by which `WSAIoctl` finds [`WSASendMsg`](crate::WSASendMsg).
pub const WSAID_WSASENDMSG: GUID = GUID {
    Data1: 0xa441_e712,
    Data2: 0x754f,
    Data3: 0x43ca,
    Data4: [0x84, 0xa7, 0x0d, 0xee, 0x44, 0xcf, 0x60, 0x6d],
};

/// Type of [`WSAPoll`](crate::WSAPoll), with the same duties, where `nfds` is called `fds`; see
/// [`WSAID_WSAPOLL`].
pub type LPFN_WSAPOLL =
    Option<unsafe extern "system" fn(fdarray: *mut WSAPOLLFD, nfds: u32, timeout: i32) -> i32>;

/// Identifier by which `WSAIoctl` finds [`WSAPoll`](crate::WSAPoll).
pub const WSAID_WSAPOLL: GUID = GUID {
    Data1: 0x18c7_6f85,
    Data2: 0xdc66,
    Data3: 0x4964,
    Data4: [0x97, 0x2e, 0x23, 0xc2, 0x72, 0x38, 0x31, 0x2b],
};

/// Parameters of a `WSAPoll`, as layered providers pass them on.
///
/// `fdArray` has no length in the SDK, so it has none here; windows-sys counts one entry.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 12 bytes, align 4 (32-bit). The entries follow.
///
/// # Source
/// Windows Vista. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsapoll>
#[repr(C)]
#[derive(Debug)]
pub struct WSAPOLLDATA {
    /// Out: what `WSAPoll` returns.
    pub result: i32,
    /// Number of entries.
    pub fds: u32,
    /// Timeout in milliseconds; negative: none.
    pub timeout: i32,
    /// First of the entries.
    pub fdArray: [WSAPOLLFD; 0],
}
layout!(WSAPOLLDATA: size 12 | 16, align 4 | 8;
    result: 0 | 0, fds: 4 | 4, timeout: 8 | 8, fdArray: 12 | 16);
plain!(WSAPOLLDATA);
