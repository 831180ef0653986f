//! The native calls on files, pipes and devices, and what is asked of such a handle.
//!
//! The ends of a connection are pipes too, or devices; there are pipes by name, and files of a disk.
//!
//! # Safety
//!
//! Each `unsafe fn` has the contract of its twin in `os::windows`.

use iocp_sys::{OVERLAPPED, WSABUF};

use super::{
    file::{File, Started},
    handles::{self, Kind},
    machine::Machine,
    request::{Lent, Request, Road, SUCCESS},
};
use crate::{
    base::status::NtStatus,
    os::{Borrowed, Code, Handle, Issued},
};

/// The offset at which a native write appends.
pub(crate) const APPEND: i64 = -1;

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn read(
    handle: Borrowed<'_>,
    start: *mut u8,
    room: u32,
    offset: i64,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match native(handle.value(), offset >= 0) {
        Ok(file) => file,
        Err(answer) => return answer,
    };
    let bufs = [WSABUF { len: room, buf: start }];
    // SAFETY:
    // * block and room stay valid until the completion, as the caller promises.
    unsafe {
        file.submit(Road::Native, Lent::ToWrite, &bufs, block, |request| file.read(request, offset))
    }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn write(
    handle: Borrowed<'_>,
    start: *const u8,
    len: u32,
    offset: i64,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match native(handle.value(), offset >= APPEND) {
        Ok(file) => file,
        Err(answer) => return answer,
    };
    let bufs = [WSABUF { len, buf: start.cast_mut() }];
    let start = |request| file.write(request, offset);
    // SAFETY:
    // * block and bytes stay valid until the completion, as the caller promises.
    unsafe { file.submit(Road::Native, Lent::ToRead, &bufs, block, start) }
}

impl File {
    /// Of a disk, a pipe, or the end of a connection, which is a pipe or a device too.
    pub(super) fn read(&self, request: Request, offset: i64) -> Started {
        match (&self.disk, &self.pipe) {
            (Some(disk), _) => disk.read(request, offset, self.number),
            (None, Some(pipe)) => pipe.read(request),
            (None, None) => self.receive(request),
        }
    }

    /// As [`read`](Self::read).
    pub(super) fn write(&'static self, request: Request, offset: i64) -> Started {
        match (&self.disk, &self.pipe) {
            (Some(disk), _) => disk.write(request, offset, self.number),
            (None, Some(pipe)) => pipe.write(request),
            (None, None) => self.transmit(request, None),
        }
    }
}

pub(crate) fn has_extended_changes() -> bool {
    Machine::current().script.extended_changes
}

/// There are no directories here: what the peer sends are the records.
///
/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn read_changes(
    handle: Borrowed<'_>,
    room: WSABUF,
    _subtree: bool,
    filter: u32,
    _extended: bool,
    block: *mut OVERLAPPED,
) -> Issued {
    // Fact DIR01.
    if matches!(filter, 0 | u32::MAX) {
        return Issued::Status(NtStatus::INVALID_PARAMETER);
    }
    // SAFETY:
    // * block and room stay as for a read.
    unsafe { read(handle, room.buf, room.len, 0, block) }
}

/// What a native call is made on (fact FILE05: which offsets are good).
pub(super) fn native(handle: Handle, offset_is_good: bool) -> Result<&'static File, Issued> {
    match handles::file(handle) {
        Ok(_) if !offset_is_good => Err(Issued::Status(NtStatus::INVALID_PARAMETER)),
        Ok(file) => Ok(file),
        Err(_) => Err(Issued::Status(NtStatus::INVALID_HANDLE)),
    }
}

pub(crate) fn is_device(handle: Borrowed<'_>) -> Result<bool, Code> {
    match &handles::find(handle.value())?.kind {
        Kind::File(file) => Ok(file.device),
        _ => Ok(true),
    }
}

/// `NtDeviceIoControlFile`: fills the output with its own input, for tests that call the system
/// themselves. Returns the status.
///
/// # Safety
///
/// `block` and the `len` bytes at `buffer` stay valid and untouched until the packet is dequeued, or
/// the call fails without one.
#[must_use]
pub unsafe fn device_control(
    handle: usize,
    buffer: *mut u8,
    len: u32,
    block: *mut OVERLAPPED,
) -> NtStatus {
    let file = match native(Handle(handle), true) {
        Ok(file) => file,
        Err(_) => return NtStatus::INVALID_HANDLE,
    };
    let bufs = [WSABUF { len, buf: buffer }];
    let start = |request: Request| Started::Done(request.done(SUCCESS, 0));
    // SAFETY:
    // * block and buffer stay valid until the completion, as the caller promises.
    match unsafe { file.submit(Road::Native, Lent::ToWrite, &bufs, block, start) } {
        Issued::Success => NtStatus::SUCCESS,
        Issued::Pending => NtStatus::PENDING,
        Issued::Status(status) => status,
        Issued::Code(_) | Issued::NoCall => unreachable!("a native call answers with a status"),
    }
}
