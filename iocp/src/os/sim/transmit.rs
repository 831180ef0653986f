//! Sending a file without reading it.
//!
//! # Safety
//!
//! Each `unsafe fn` has the contract of its twin in `os::windows`.

use iocp_sys::{OVERLAPPED, TRANSMIT_FILE_BUFFERS, WSABUF};

use super::{
    file::Started,
    handles,
    request::{Lent, Road},
};
use crate::os::{Borrowed, Code, Issued, SocketKind};

pub(crate) fn find_transmit(socket: Borrowed<'_>, _kind: SocketKind) -> Result<(), Code> {
    handles::file(socket.value())?.find_function()
}

/// Head, file, tail (fact TF03); pending, with a packet in any mode (fact TF04). The bytes of the file are those of
/// the call; head and tail are read when they leave.
///
/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn transmit(
    socket: Borrowed<'_>,
    _kind: SocketKind,
    file: Option<Borrowed<'_>>,
    offset: i64,
    len: u32,
    buffers: *const TRANSMIT_FILE_BUFFERS,
    block: *mut OVERLAPPED,
) -> Issued {
    let socket = match handles::file(socket.value()) {
        Ok(socket) => socket,
        Err(code) => return Issued::Code(code),
    };
    let bytes = match file.map(|file| part(file, offset, len)).transpose() {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(code) => return Issued::Code(code),
    };
    let named = if buffers.is_null() {
        TRANSMIT_FILE_BUFFERS::default()
    } else {
        // SAFETY:
        // * lent to us for reading.
        unsafe { buffers.read() }
    };
    let file_len = u32::try_from(bytes.len()).unwrap_or(0);
    let bufs = [
        WSABUF { len: named.HeadLength, buf: named.Head.cast() },
        WSABUF { len: file_len, buf: bytes.as_ptr().cast_mut() },
        WSABUF { len: named.TailLength, buf: named.Tail.cast() },
    ];
    // SAFETY:
    // * block and buffers stay valid until the completion, as the caller promises; the bytes of the file as long as
    //   the request that keeps them.
    unsafe {
        socket.submit(Road::Winsock, Lent::ToRead, &bufs, block, |request| {
            match socket.transmit(request.keeping(bytes), None) {
                Started::Done(finished) => Started::Later(finished),
                started => started,
            }
        })
    }
}

/// The bytes of the file that are meant.
fn part(file: Borrowed<'_>, offset: i64, len: u32) -> Result<Vec<u8>, Code> {
    let file = handles::file(file.value())?;
    let disk = file.disk.as_ref().ok_or(Code::INVALID_PARAMETER)?;
    let most = if len == 0 { usize::MAX } else { len as usize };
    let start = usize::try_from(offset).map_err(|_| Code(10_022))?;
    disk.part(start, most).ok_or(Code(10_022))
}
