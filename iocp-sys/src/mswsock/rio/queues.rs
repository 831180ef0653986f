//! Registered I/O: queues and buffers, reachable by pointer only.

use core::ffi::c_void;

use crate::minwindef::BOOL;
use crate::mswsockdef::{RIORESULT, RIO_BUFFERID, RIO_CQ, RIO_RQ};
use crate::winsock2::SOCKET;

use super::RIO_NOTIFICATION_COMPLETION;
#[cfg(doc)]
use super::WSAID_MULTIPLE_RIO;

/// `RIOCloseCompletionQueue`: closes a completion queue.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]).
///
/// # Errors
/// None reported.
///
/// # Safety
/// * `CQ` must be open and unused by any request queue that still works.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_rioclosecompletionqueue>
pub type LPFN_RIOCLOSECOMPLETIONQUEUE = Option<unsafe extern "system" fn(CQ: RIO_CQ)>;

/// `RIOCreateCompletionQueue`: makes a completion queue.
///
/// It tells of results by an event, by a completion port, or not at all. Returns the queue.
/// `QueueSize`: 1 to [`RIO_MAX_CQ_SIZE`](crate::RIO_MAX_CQ_SIZE) results.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]).
///
/// # Errors
/// [`RIO_INVALID_CQ`](crate::RIO_INVALID_CQ): `WSAEINVAL` (10022) bad size, `WSAENOBUFS` (10055),
/// `WSAEFAULT` (10014).
///
/// # Safety
/// * `NotificationCompletion` must be null (poll the queue) or readable; the `Overlapped` it
///   names must stay valid as long as the queue.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_riocreatecompletionqueue>
pub type LPFN_RIOCREATECOMPLETIONQUEUE = Option<
    unsafe extern "system" fn(
        QueueSize: u32,
        NotificationCompletion: *const RIO_NOTIFICATION_COMPLETION,
    ) -> RIO_CQ,
>;

/// `RIOCreateRequestQueue`: makes the request queue of a socket; closing the socket closes it.
///
/// Whether requests that are outstanding then still have their results is *open*: let them end first, or keep their
/// memory registered. To deregister what is in use is undefined
/// ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_rioderegisterbuffer)).
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]).
///
/// The socket must have been made with [`WSA_FLAG_REGISTERED_IO`](crate::WSA_FLAG_REGISTERED_IO)
/// ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/winsock/riorqueue)). For `AcceptEx` give the flag to
/// acceptor and listener: without it on the listener no result comes, [IORingGroup][1] reports. It makes the queue
/// after `SO_UPDATE_ACCEPT_CONTEXT`; [RioSharp][2] makes it before the accept, of a socket that it ties to a port as
/// well. Microsoft says nothing of accepted sockets: whether all that holds on every Windows is *open*.
///
/// [1]: https://github.com/modernuo/IORingGroup/blob/main/ioring/ioring.c
/// [2]: https://github.com/aL3891/RioSharp/blob/master/RioSharp/RioSocket.cs
///
/// `MaxOutstandingReceive` and `MaxOutstandingSend`: requests at the same time, not both 0.
/// `MaxReceiveDataBuffers` and `MaxSendDataBuffers`: 1; Windows 8 takes no other. Returns the
/// queue.
///
/// # Errors
/// [`RIO_INVALID_RQ`](crate::RIO_INVALID_RQ): `WSAEINVAL` (10022), `WSAENOBUFS` (10055) the
/// completion queue is too small, `WSAENOTSOCK` (10038), `WSAEOPNOTSUPP` (10045) the socket lacks
/// [`WSA_FLAG_REGISTERED_IO`](crate::WSA_FLAG_REGISTERED_IO).
///
/// # Safety
/// * Both completion queues must be open.
/// * `SocketContext` is not followed.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_riocreaterequestqueue>
pub type LPFN_RIOCREATEREQUESTQUEUE = Option<
    unsafe extern "system" fn(
        Socket: SOCKET,
        MaxOutstandingReceive: u32,
        MaxReceiveDataBuffers: u32,
        MaxOutstandingSend: u32,
        MaxSendDataBuffers: u32,
        ReceiveCQ: RIO_CQ,
        SendCQ: RIO_CQ,
        SocketContext: *const c_void,
    ) -> RIO_RQ,
>;

/// `RIODequeueCompletion`: fetches results; returns how many, 0 if there are none.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]).
///
/// # Errors
/// [`RIO_CORRUPT_CQ`](crate::RIO_CORRUPT_CQ): the queue is damaged.
///
/// # Safety
/// * `CQ` must be open, one thread at a time may use it, and `Array` must have room for
///   `ArraySize` results.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_riodequeuecompletion>
pub type LPFN_RIODEQUEUECOMPLETION =
    Option<unsafe extern "system" fn(CQ: RIO_CQ, Array: *mut RIORESULT, ArraySize: u32) -> u32>;

/// `RIODeregisterBuffer`: ends the registration of a buffer.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]).
///
/// # Errors
/// None reported.
///
/// # Safety
/// * No request may be using the buffer.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_rioderegisterbuffer>
pub type LPFN_RIODEREGISTERBUFFER = Option<unsafe extern "system" fn(BufferId: RIO_BUFFERID)>;

/// `RIONotify`: asks for **one** notification when the queue is not empty.
///
/// Results of requests with [`RIO_MSG_DONT_NOTIFY`](crate::RIO_MSG_DONT_NOTIFY) do not count; they
/// can be dequeued all the same.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]).
///
/// # Errors
/// 0 is success; otherwise the code itself: `WSAEALREADY` (10037) already asked, `WSAEINVAL`
/// (10022) the queue has no notification. After success one packet (or event) follows; it says only
/// that results are there.
///
/// # Safety
/// * `CQ` must be open.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_rionotify>
pub type LPFN_RIONOTIFY = Option<unsafe extern "system" fn(CQ: RIO_CQ) -> i32>;

/// `RIORegisterBuffer`: registers memory; its pages stay locked.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]). `DataLength` in bytes, at least 1. Returns the id
/// of the buffer.
///
/// # Errors
/// [`RIO_INVALID_BUFFERID`](crate::RIO_INVALID_BUFFERID): `WSAEFAULT` (10014), `WSAEINVAL` (10022)
/// length 0, `WSAENOBUFS` (10055).
///
/// # Safety
/// * `DataBuffer` must have `DataLength` bytes, writable despite the type, valid until
///   deregistered.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_rioregisterbuffer>
pub type LPFN_RIOREGISTERBUFFER =
    Option<unsafe extern "system" fn(DataBuffer: *const u8, DataLength: u32) -> RIO_BUFFERID>;

/// `RIOResizeCompletionQueue`: changes the size of a completion queue.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]). `QueueSize`: as for
/// [`LPFN_RIOCREATECOMPLETIONQUEUE`].
///
/// # Errors
/// 0 is failure: `WSAEINVAL` (10022), `WSAENOBUFS` (10055), `WSAETOOMANYREFS` (10059) too small for
/// its request queues, `WSAEFAULT` (10014).
///
/// # Safety
/// * `CQ` must be open; no other thread may use it meanwhile.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_rioresizecompletionqueue>
pub type LPFN_RIORESIZECOMPLETIONQUEUE =
    Option<unsafe extern "system" fn(CQ: RIO_CQ, QueueSize: u32) -> BOOL>;

/// `RIOResizeRequestQueue`: changes how many requests of a socket can be outstanding.
///
/// Resolve at run time ([`WSAID_MULTIPLE_RIO`]). `MaxOutstandingReceive` and `MaxOutstandingSend`:
/// the new numbers of requests, not both 0.
///
/// # Errors
/// 0 is failure: `WSAEINVAL` (10022), `WSAENOBUFS` (10055), `WSAETOOMANYREFS` (10059) too small for
/// what is outstanding.
///
/// # Safety
/// * `RQ` must be open; no other thread may use it meanwhile.
///
/// # Source
/// Windows 8. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_rioresizerequestqueue>
pub type LPFN_RIORESIZEREQUESTQUEUE = Option<
    unsafe extern "system" fn(
        RQ: RIO_RQ,
        MaxOutstandingReceive: u32,
        MaxOutstandingSend: u32,
    ) -> BOOL,
>;
