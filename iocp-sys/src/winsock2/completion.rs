//! Notifications of name-space changes, one form of which goes to a completion port.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsanspioctl>

use core::ffi::c_void;

use crate::minwinbase::OVERLAPPED;
use crate::winnt::HANDLE;

use super::LPWSAOVERLAPPED_COMPLETION_ROUTINE;

/// How [`WSANSPIoctl`] reports; says which arm of [`WSACOMPLETION_0`] counts.
pub type WSACOMPLETIONTYPE = i32;

/// No report: the answer is that of the call.
pub const NSP_NOTIFY_IMMEDIATELY: WSACOMPLETIONTYPE = 0;
/// Report by a window message.
pub const NSP_NOTIFY_HWND: WSACOMPLETIONTYPE = 1;
/// Report by an event.
pub const NSP_NOTIFY_EVENT: WSACOMPLETIONTYPE = 2;
/// Report by a packet on a completion port.
pub const NSP_NOTIFY_PORT: WSACOMPLETIONTYPE = 3;
/// Report by a completion routine.
pub const NSP_NOTIFY_APC: WSACOMPLETIONTYPE = 4;

/// The only control code of [`WSANSPIoctl`]: tell me when the answer to the query changes.
pub const SIO_NSP_NOTIFY_CHANGE: u32 = 0x8800_0019;

/// Report by a window message: arm of [`WSACOMPLETION_0`].
#[repr(C)]
#[derive(Debug)]
pub struct WSACOMPLETION_0_0 {
    /// Window (`HWND`).
    pub hWnd: *mut c_void,
    /// Number of the message.
    pub uMsg: u32,
    /// Its first parameter (`WPARAM`).
    pub context: usize,
}
layout!(WSACOMPLETION_0_0: size 12 | 24, align 4 | 8; hWnd: 0 | 0, uMsg: 4 | 8, context: 8 | 16);
plain!(WSACOMPLETION_0_0);

/// Report by an event: arm of [`WSACOMPLETION_0`].
#[repr(C)]
#[derive(Debug)]
pub struct WSACOMPLETION_0_1 {
    /// Its `hEvent` is the event.
    pub lpOverlapped: *mut OVERLAPPED,
}
layout!(WSACOMPLETION_0_1: size 4 | 8, align 4 | 8; lpOverlapped: 0 | 0);
plain!(WSACOMPLETION_0_1);

/// Report by a completion routine: arm of [`WSACOMPLETION_0`].
#[repr(C)]
#[derive(Debug)]
pub struct WSACOMPLETION_0_2 {
    /// Passed to the routine.
    pub lpOverlapped: *mut OVERLAPPED,
    /// The routine.
    pub lpfnCompletionProc: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
}
layout!(WSACOMPLETION_0_2: size 8 | 16, align 4 | 8;
    lpOverlapped: 0 | 0, lpfnCompletionProc: 4 | 8);
plain!(WSACOMPLETION_0_2);

/// Report by a packet: arm of [`WSACOMPLETION_0`].
#[repr(C)]
#[derive(Debug)]
pub struct WSACOMPLETION_0_3 {
    /// Comes back in the packet.
    pub lpOverlapped: *mut OVERLAPPED,
    /// Completion port.
    pub hPort: HANDLE,
    /// Key of the packet.
    pub Key: usize,
}
layout!(WSACOMPLETION_0_3: size 12 | 24, align 4 | 8;
    lpOverlapped: 0 | 0, hPort: 4 | 8, Key: 8 | 16);
plain!(WSACOMPLETION_0_3);

/// The union inside [`WSACOMPLETION`].
#[repr(C)]
pub union WSACOMPLETION_0 {
    /// Counts for [`NSP_NOTIFY_HWND`].
    pub WindowMessage: WSACOMPLETION_0_0,
    /// Counts for [`NSP_NOTIFY_EVENT`].
    pub Event: WSACOMPLETION_0_1,
    /// Counts for [`NSP_NOTIFY_APC`].
    pub Apc: WSACOMPLETION_0_2,
    /// Counts for [`NSP_NOTIFY_PORT`].
    pub Port: WSACOMPLETION_0_3,
}
layout!(WSACOMPLETION_0: size 12 | 24, align 4 | 8);
plain!(WSACOMPLETION_0);
opaque_debug!(WSACOMPLETION_0);

/// Where [`WSANSPIoctl`] reports a change.
///
/// # Layout
/// 32 bytes, align 8 (64-bit); 16 bytes, align 4 (32-bit).
///
/// # Source
/// Windows XP. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-wsacompletion>
#[repr(C)]
#[derive(Debug)]
pub struct WSACOMPLETION {
    /// Kind of report.
    pub Type: WSACOMPLETIONTYPE,
    /// Its parameters.
    pub Parameters: WSACOMPLETION_0,
}
layout!(WSACOMPLETION: size 16 | 32, align 4 | 8; Type: 0 | 0, Parameters: 4 | 8);
plain!(WSACOMPLETION);

link! {
    "ws2_32.dll";

    /// Asks to be told of changes in a name space; the only `dwControlCode` is
    /// [`SIO_NSP_NOTIFY_CHANGE`].
    ///
    /// With `lpCompletion` null it checks at once. `cbInBuffer` and `cbOutBuffer` in bytes, 0 for
    /// this code; `*lpcbBytesReturned`: written.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSA_IO_PENDING` (997) the report will come, by
    /// [`NSP_NOTIFY_PORT`] as a packet; `WSA_INVALID_HANDLE` (6), `WSA_INVALID_PARAMETER` (87),
    /// `WSAEFAULT` (10014), `WSAEOPNOTSUPP` (10045), `WSAEWOULDBLOCK` (10035): no packet.
    ///
    /// # Safety
    /// * `hLookup` must come from `WSALookupServiceBegin`; buffers must have the lengths given;
    ///   what `lpCompletion` points to must stay valid until the report.
    ///
    /// # Source
    /// Windows XP. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsanspioctl>
    pub fn WSANSPIoctl(
        hLookup: HANDLE,
        dwControlCode: u32,
        lpvInBuffer: *const c_void,
        cbInBuffer: u32,
        lpvOutBuffer: *mut c_void,
        cbOutBuffer: u32,
        lpcbBytesReturned: *mut u32,
        lpCompletion: *const WSACOMPLETION,
    ) -> i32;
}
