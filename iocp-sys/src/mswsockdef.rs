//! `mswsockdef.h`: the data of registered I/O (RIO).
//!
//! Windows 8. A queue can report to a completion port, but its results are fetched from the queue.
//! <https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2012-r2-and-2012/hh997032(v=ws.11)>

/// Handle of a registered buffer: an opaque pointer.
pub type RIO_BUFFERID = isize;
/// Handle of a completion queue: an opaque pointer.
pub type RIO_CQ = isize;
/// Handle of a request queue: an opaque pointer.
pub type RIO_RQ = isize;

/// Flag: the result of this request does not trigger a notification.
pub const RIO_MSG_DONT_NOTIFY: u32 = 0x01;
/// Flag: collect the request, start it with a later one. It takes room in the queue all the same.
pub const RIO_MSG_DEFER: u32 = 0x02;
/// Receive flag: complete only when the buffer is full, or at the end of the stream. Not for UDP.
pub const RIO_MSG_WAITALL: u32 = 0x04;
/// Flag: start what was deferred; this call itself requests nothing.
///
/// Alone, with null pointers and a count of 0. The one call that another thread may make at the
/// same time.
pub const RIO_MSG_COMMIT_ONLY: u32 = 0x08;

/// No buffer: what registering a buffer returns on failure. 0xFFFFFFFF on 64-bit targets too.
#[cfg(target_pointer_width = "64")]
pub const RIO_INVALID_BUFFERID: RIO_BUFFERID = 0xFFFF_FFFF;
/// No buffer: what registering a buffer returns on failure.
#[cfg(not(target_pointer_width = "64"))]
pub const RIO_INVALID_BUFFERID: RIO_BUFFERID = -1;
/// No completion queue: what creating one returns on failure.
pub const RIO_INVALID_CQ: RIO_CQ = 0;
/// No request queue: what creating one returns on failure.
pub const RIO_INVALID_RQ: RIO_RQ = 0;

/// Most entries of a completion queue.
pub const RIO_MAX_CQ_SIZE: u32 = 0x0800_0000;
/// What dequeuing returns for a damaged queue, in place of a count.
pub const RIO_CORRUPT_CQ: u32 = 0xFFFF_FFFF;

/// One result from a completion queue.
///
/// # Layout
/// 24 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows 8. Header: `mswsockdef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsockdef/ns-mswsockdef-rioresult>
#[repr(C)]
#[derive(Debug)]
pub struct RIORESULT {
    /// 0 or the Winsock code of the request.
    pub Status: i32,
    /// Bytes transferred.
    pub BytesTransferred: u32,
    /// What the caller gave with the request queue.
    pub SocketContext: u64,
    /// What the caller gave with the request.
    pub RequestContext: u64,
}
layout!(RIORESULT: size 24 | 24, align 8 | 8;
    Status: 0 | 0, BytesTransferred: 4 | 4, SocketContext: 8 | 8, RequestContext: 16 | 16);
plain!(RIORESULT);

/// A part of a registered buffer.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 12 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 8. Header: `mswsockdef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsockdef/ns-mswsockdef-rio_buf>
#[repr(C)]
#[derive(Debug)]
pub struct RIO_BUF {
    /// Registered buffer.
    pub BufferId: RIO_BUFFERID,
    /// Start of the part, in bytes.
    pub Offset: u32,
    /// Length of the part, in bytes.
    pub Length: u32,
}
layout!(RIO_BUF: size 12 | 16, align 4 | 8; BufferId: 0 | 0, Offset: 4 | 8, Length: 8 | 12);
plain!(RIO_BUF);

/// Head of the control data of a registered receive; [`CMSGHDR`](crate::CMSGHDR)s follow.
///
/// # Layout
/// 4 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows 8. Header: `mswsockdef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_rioreceiveex>
#[repr(C)]
#[derive(Debug)]
pub struct RIO_CMSG_BUFFER {
    /// Bytes of control data, this head included.
    pub TotalLength: u32,
}
layout!(RIO_CMSG_BUFFER: size 4 | 4, align 4 | 4; TotalLength: 0 | 0);
plain!(RIO_CMSG_BUFFER);
