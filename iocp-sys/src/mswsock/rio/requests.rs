//! Registered I/O: sending and receiving, reachable by pointer only.
//!
//! No request owes a packet: its result lies in the completion queue, and a packet comes only after
//! `RIONotify`, one per call.
//!
//! `DataBufferCount` is 1, or 0 with `pData` null. `Flags`: `RIO_MSG_…`. The queue's thread rule is
//! for sends and receives together.

use core::ffi::c_void;

use crate::minwindef::BOOL;
use crate::mswsockdef::{RIO_BUF, RIO_RQ};

#[cfg(doc)]
use super::WSAID_MULTIPLE_RIO;
#[cfg(doc)]
use crate::ws2ipdef::SOCKADDR_INET;

/// `RIOReceive`: receives into a registered buffer.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]). `DataBufferCount` is 1, or 0 with `pData` null.
/// `Flags`: `RIO_MSG_…`, 0 = none.
///
/// # Errors
/// 0 is failure: `WSAEFAULT` (10014) buffer not registered, `WSAEINVAL` (10022), `WSAENOBUFS`
/// (10055) queue full, `WSA_OPERATION_ABORTED` (995). Success means started: the result comes
/// through the completion queue; failure leaves none there.
///
/// # Safety
/// * The queue must be open; one thread at a time may use it.
/// * The buffers must stay registered, and the memory valid, until the result is dequeued.
/// * The [`RIO_BUF`]s themselves need not outlive the call.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_rioreceive>
pub type LPFN_RIORECEIVE = Option<
    unsafe extern "system" fn(
        SocketQueue: RIO_RQ,
        pData: *const RIO_BUF,
        DataBufferCount: u32,
        Flags: u32,
        RequestContext: *const c_void,
    ) -> BOOL,
>;

/// `RIOReceiveEx`: receives with addresses and control data.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]). `DataBufferCount` is 1, or 0 with `pData` null.
/// `Flags`: `RIO_MSG_…`, 0 = none. What the other four point to is written at the completion, each null
/// if nobody wants it: `pLocalAddress`, `pRemoteAddress` have room for a [`SOCKADDR_INET`];
/// `pControlContext` gets control data, `pFlags` flags. The SDK has `int` for the result, `BOOL` for
/// those of the other three.
///
/// # Errors
/// 0 is failure: `WSAEFAULT` (10014) buffer not registered, `WSAEINVAL` (10022), `WSAENOBUFS`
/// (10055) queue full, `WSA_OPERATION_ABORTED` (995). Success means started: the result comes
/// through the completion queue; failure leaves none there.
///
/// # Safety
/// * The queue must be open; one thread at a time may use it.
/// * The buffers must stay registered, and the memory valid, until the result is dequeued.
/// * The [`RIO_BUF`]s themselves need not outlive the call.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_rioreceiveex>
pub type LPFN_RIORECEIVEEX = Option<
    unsafe extern "system" fn(
        SocketQueue: RIO_RQ,
        pData: *const RIO_BUF,
        DataBufferCount: u32,
        pLocalAddress: *const RIO_BUF,
        pRemoteAddress: *const RIO_BUF,
        pControlContext: *const RIO_BUF,
        pFlags: *const RIO_BUF,
        Flags: u32,
        RequestContext: *const c_void,
    ) -> i32,
>;

/// `RIOSend`: sends from a registered buffer.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]). `DataBufferCount` is 1, or 0 with `pData` null.
/// `Flags`: `RIO_MSG_…`, 0 = none.
///
/// # Errors
/// 0 is failure: `WSAEFAULT` (10014) buffer not registered, `WSAEINVAL` (10022), `WSAENOBUFS`
/// (10055) queue full, `WSA_OPERATION_ABORTED` (995). Success means started: the result comes
/// through the completion queue; failure leaves none there.
///
/// # Safety
/// * The queue must be open; one thread at a time may use it.
/// * The buffers must stay registered, and the memory valid, until the result is dequeued.
/// * The [`RIO_BUF`]s themselves need not outlive the call.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_riosend>
pub type LPFN_RIOSEND = Option<
    unsafe extern "system" fn(
        SocketQueue: RIO_RQ,
        pData: *const RIO_BUF,
        DataBufferCount: u32,
        Flags: u32,
        RequestContext: *const c_void,
    ) -> BOOL,
>;

/// `RIOSendEx`: sends with address and control data.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]). `DataBufferCount` is 1, or 0 with `pData` null.
/// `Flags`: `RIO_MSG_…`, 0 = none. `pLocalAddress` is reserved: null. `pRemoteAddress` holds where to
/// send to ([`SOCKADDR_INET`]); null if the socket is connected. `pControlContext` and `pFlags` are
/// written at the completion, Microsoft's page says; null if nobody wants them.
///
/// # Errors
/// 0 is failure: `WSAEFAULT` (10014) buffer not registered, `WSAEINVAL` (10022), `WSAENOBUFS`
/// (10055) queue full, `WSA_OPERATION_ABORTED` (995). Success means started: the result comes
/// through the completion queue; failure leaves none there.
///
/// # Safety
/// * The queue must be open; one thread at a time may use it.
/// * The buffers must stay registered, and the memory valid, until the result is dequeued.
/// * The [`RIO_BUF`]s themselves need not outlive the call.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_riosendex>
pub type LPFN_RIOSENDEX = Option<
    unsafe extern "system" fn(
        SocketQueue: RIO_RQ,
        pData: *const RIO_BUF,
        DataBufferCount: u32,
        pLocalAddress: *const RIO_BUF,
        pRemoteAddress: *const RIO_BUF,
        pControlContext: *const RIO_BUF,
        pFlags: *const RIO_BUF,
        Flags: u32,
        RequestContext: *const c_void,
    ) -> BOOL,
>;
