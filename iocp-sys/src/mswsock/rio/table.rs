//! Registered I/O: how a queue reports, and the table of the functions.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/ns-mswsock-rio_notification_completion>

use core::ffi::c_void;

use crate::guiddef::GUID;
use crate::minwindef::BOOL;
use crate::winnt::HANDLE;
#[cfg(doc)]
use crate::ws2def::SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER;

use super::queues::*;
use super::requests::*;

/// How a completion queue reports; says which arm of [`RIO_NOTIFICATION_COMPLETION_0`] counts.
pub type RIO_NOTIFICATION_COMPLETION_TYPE = i32;

/// Report by an event.
pub const RIO_EVENT_COMPLETION: RIO_NOTIFICATION_COMPLETION_TYPE = 1;
/// Report by a packet on a completion port.
pub const RIO_IOCP_COMPLETION: RIO_NOTIFICATION_COMPLETION_TYPE = 2;

/// Report by an event: arm of [`RIO_NOTIFICATION_COMPLETION_0`].
#[repr(C)]
#[derive(Debug)]
pub struct RIO_NOTIFICATION_COMPLETION_0_0 {
    /// The event.
    pub EventHandle: HANDLE,
    /// Not 0: asking for a notification resets the event first.
    pub NotifyReset: BOOL,
}
layout!(RIO_NOTIFICATION_COMPLETION_0_0: size 8 | 16, align 4 | 8;
    EventHandle: 0 | 0, NotifyReset: 4 | 8);
plain!(RIO_NOTIFICATION_COMPLETION_0_0);

/// Report by a packet: arm of [`RIO_NOTIFICATION_COMPLETION_0`].
#[repr(C)]
#[derive(Debug)]
pub struct RIO_NOTIFICATION_COMPLETION_0_1 {
    /// Completion port.
    pub IocpHandle: HANDLE,
    /// Key of the packet.
    pub CompletionKey: *mut c_void,
    /// `OVERLAPPED` of the packet; must not be null and must outlive the queue.
    pub Overlapped: *mut c_void,
}
layout!(RIO_NOTIFICATION_COMPLETION_0_1: size 12 | 24, align 4 | 8;
    IocpHandle: 0 | 0, CompletionKey: 4 | 8, Overlapped: 8 | 16);
plain!(RIO_NOTIFICATION_COMPLETION_0_1);

/// The unnamed union inside [`RIO_NOTIFICATION_COMPLETION`].
#[repr(C)]
pub union RIO_NOTIFICATION_COMPLETION_0 {
    /// Counts for [`RIO_EVENT_COMPLETION`].
    pub Event: RIO_NOTIFICATION_COMPLETION_0_0,
    /// Counts for [`RIO_IOCP_COMPLETION`].
    pub Iocp: RIO_NOTIFICATION_COMPLETION_0_1,
}
layout!(RIO_NOTIFICATION_COMPLETION_0: size 12 | 24, align 4 | 8);
plain!(RIO_NOTIFICATION_COMPLETION_0);
opaque_debug!(RIO_NOTIFICATION_COMPLETION_0);

/// Where a completion queue reports that it has results, after `RIONotify`.
///
/// # Layout
/// 32 bytes, align 8 (64-bit); 16 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/ns-mswsock-rio_notification_completion>
#[repr(C)]
#[derive(Debug)]
pub struct RIO_NOTIFICATION_COMPLETION {
    /// Kind of report.
    pub Type: RIO_NOTIFICATION_COMPLETION_TYPE,
    /// Its parameters.
    pub Anonymous: RIO_NOTIFICATION_COMPLETION_0,
}
layout!(RIO_NOTIFICATION_COMPLETION: size 16 | 32, align 4 | 8;
    Type: 0 | 0, Anonymous.Event.EventHandle: 4 | 8, Anonymous.Event.NotifyReset: 8 | 16,
    Anonymous.Iocp.IocpHandle: 4 | 8, Anonymous.Iocp.CompletionKey: 8 | 16,
    Anonymous.Iocp.Overlapped: 12 | 24);
plain!(RIO_NOTIFICATION_COMPLETION);

/// The functions of registered I/O, fetched in one call.
///
/// The memory of requests is registered once ([`LPFN_RIOREGISTERBUFFER`]); each socket has a queue of requests
/// ([`LPFN_RIOCREATEREQUESTQUEUE`]), and many share a queue of results ([`LPFN_RIOCREATECOMPLETIONQUEUE`]), which tells
/// of them at a port: one packet for each [`LPFN_RIONOTIFY`], whatever the number of results, which
/// [`LPFN_RIODEQUEUECOMPLETION`] fetches.
///
/// # Example
/// The example `registered_io`; shown under Wine only where there is no registered I/O, not yet on a Windows.
#[doc = concat!("```no_run\n", include_str!("../../../examples/registered_io.rs"), "```")]
///
/// # Layout
/// 112 bytes, align 8 (64-bit); 56 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/ns-mswsock-rio_extension_function_table>
#[repr(C)]
#[derive(Debug)]
pub struct RIO_EXTENSION_FUNCTION_TABLE {
    /// Size of this structure in bytes; set it before asking.
    pub cbSize: u32,
    /// See [`LPFN_RIORECEIVE`].
    pub RIOReceive: LPFN_RIORECEIVE,
    /// See [`LPFN_RIORECEIVEEX`].
    pub RIOReceiveEx: LPFN_RIORECEIVEEX,
    /// See [`LPFN_RIOSEND`].
    pub RIOSend: LPFN_RIOSEND,
    /// See [`LPFN_RIOSENDEX`].
    pub RIOSendEx: LPFN_RIOSENDEX,
    /// See [`LPFN_RIOCLOSECOMPLETIONQUEUE`].
    pub RIOCloseCompletionQueue: LPFN_RIOCLOSECOMPLETIONQUEUE,
    /// See [`LPFN_RIOCREATECOMPLETIONQUEUE`].
    pub RIOCreateCompletionQueue: LPFN_RIOCREATECOMPLETIONQUEUE,
    /// See [`LPFN_RIOCREATEREQUESTQUEUE`].
    pub RIOCreateRequestQueue: LPFN_RIOCREATEREQUESTQUEUE,
    /// See [`LPFN_RIODEQUEUECOMPLETION`].
    pub RIODequeueCompletion: LPFN_RIODEQUEUECOMPLETION,
    /// See [`LPFN_RIODEREGISTERBUFFER`].
    pub RIODeregisterBuffer: LPFN_RIODEREGISTERBUFFER,
    /// See [`LPFN_RIONOTIFY`].
    pub RIONotify: LPFN_RIONOTIFY,
    /// See [`LPFN_RIOREGISTERBUFFER`].
    pub RIORegisterBuffer: LPFN_RIOREGISTERBUFFER,
    /// See [`LPFN_RIORESIZECOMPLETIONQUEUE`].
    pub RIOResizeCompletionQueue: LPFN_RIORESIZECOMPLETIONQUEUE,
    /// See [`LPFN_RIORESIZEREQUESTQUEUE`].
    pub RIOResizeRequestQueue: LPFN_RIORESIZEREQUESTQUEUE,
}
layout!(RIO_EXTENSION_FUNCTION_TABLE: size 56 | 112, align 4 | 8;
    cbSize: 0 | 0,
    RIOReceive: 4 | 8, RIOReceiveEx: 8 | 16,
    RIOSend: 12 | 24, RIOSendEx: 16 | 32,
    RIOCloseCompletionQueue: 20 | 40, RIOCreateCompletionQueue: 24 | 48,
    RIOCreateRequestQueue: 28 | 56, RIODequeueCompletion: 32 | 64,
    RIODeregisterBuffer: 36 | 72, RIONotify: 40 | 80,
    RIORegisterBuffer: 44 | 88, RIOResizeCompletionQueue: 48 | 96,
    RIOResizeRequestQueue: 52 | 104);
plain!(RIO_EXTENSION_FUNCTION_TABLE);

/// Asks for a [`RIO_EXTENSION_FUNCTION_TABLE`].
///
/// Input of [`SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER`]. Where there is no registered I/O the control fails; Wine 8
/// and 10 have none, and say `WSAEOPNOTSUPP` (10045) of it, though they make a socket with
/// [`WSA_FLAG_REGISTERED_IO`](crate::WSA_FLAG_REGISTERED_IO).
pub const WSAID_MULTIPLE_RIO: GUID = GUID {
    Data1: 0x8509_e081,
    Data2: 0x96dd,
    Data3: 0x4005,
    Data4: [0xb1, 0x65, 0x9e, 0x2e, 0xe8, 0xc7, 0x9e, 0x3f],
};
