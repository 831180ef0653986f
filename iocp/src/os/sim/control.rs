//! Control codes, locks, and files without buffering.
//!
//! # Safety
//!
//! Each `unsafe fn` has the contract of its twin in `os::windows`.

use iocp_sys::{FILE_SEGMENT_ELEMENT, OVERLAPPED, WSABUF};

use super::{
    disk::{Disk, Lock, SECTOR},
    file::{File, Started},
    handles,
    native::native,
    request::{Lent, Request, Road, OVERFLOW, SUCCESS},
};
use crate::os::{Borrowed, Code, Handle, Issued};

const PAGE: u32 = 4096;
/// What each driver here answers to a code that it does not know.
const INVALID_DEVICE_REQUEST: u32 = 0xC000_0010;
/// `CTL_CODE(FILE_DEVICE_NULL, …)`: of the simulated drivers; echoes as much of its input as there is room for.
const ECHO: u32 = 0x0015_0000;

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn control(
    handle: Borrowed<'_>,
    code: u32,
    input: WSABUF,
    output: WSABUF,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match native(handle.value(), true) {
        Ok(file) => file,
        Err(answer) => return answer,
    };
    let echo = |request: Request| {
        if code != ECHO {
            return Started::Done(request.done(INVALID_DEVICE_REQUEST, 0));
        }
        let (given, room) = (input.len as usize, output.len as usize);
        let bytes = (0..given.min(room)).map(|at| {
            // SAFETY:
            // * `at` lies within the input, which is valid for the call, as the caller promises.
            let place = unsafe { input.buf.add(at) };
            // SAFETY:
            // * lent for reading, and initialised.
            unsafe { place.read() }
        });
        request.fill(bytes);
        let status = if given > room { OVERFLOW } else { SUCCESS };
        Started::Done(request.done(status, given.min(room)))
    };
    // SAFETY:
    // * block and output stay valid until the completion, as the caller promises.
    unsafe { file.submit(Road::Native, Lent::ToWrite, &[output], block, echo) }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn lock_range(
    handle: Borrowed<'_>,
    start: u64,
    len: u64,
    waits: bool,
    exclusive: bool,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match native(handle.value(), true) {
        Ok(file) => file,
        Err(answer) => return answer,
    };
    let wanted = Lock { owner: file.number, start, len, exclusive };
    let take = |request: Request| match &file.disk {
        Some(disk) => disk.lock(request, wanted, waits),
        None => Started::Done(request.done(INVALID_DEVICE_REQUEST, 0)),
    };
    // SAFETY:
    // * the block stays valid until the completion, as the caller promises; there are no buffers.
    unsafe { file.submit(Road::Native, Lent::ToRead, &[], block, take) }
}

pub(crate) fn unlock_range(handle: Borrowed<'_>, start: u64, len: u64) -> Result<(), Code> {
    let (file, disk) = disk(handle.value())?;
    disk.unlock(file.number, start, len).map_err(Code)
}

pub(crate) fn sector_size(handle: Borrowed<'_>) -> Result<u32, Code> {
    disk(handle.value()).map(|_| SECTOR)
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn read_scatter(
    handle: Borrowed<'_>,
    segments: *const FILE_SEGMENT_ELEMENT,
    len: u32,
    offset: i64,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * elements, block and pages are as the caller of this function promises.
    unsafe { unbuffered(handle, (segments, len), offset, block, (Lent::ToWrite, File::read)) }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn write_gather(
    handle: Borrowed<'_>,
    segments: *const FILE_SEGMENT_ELEMENT,
    len: u32,
    offset: i64,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * elements, block and pages are as the caller of this function promises.
    unsafe { unbuffered(handle, (segments, len), offset, block, (Lent::ToRead, File::write)) }
}

/// To whom pages are lent, and what begins with them.
type Direction = (Lent, fn(&'static File, Request, i64) -> Started);

/// # Safety
///
/// As in `os::windows`, of either direction.
unsafe fn unbuffered(
    handle: Borrowed<'_>,
    (segments, len): (*const FILE_SEGMENT_ELEMENT, u32),
    offset: i64,
    block: *mut OVERLAPPED,
    (lent, start): Direction,
) -> Issued {
    let file = match native(handle.value(), offset >= 0) {
        Ok(file) => file,
        Err(answer) => return answer,
    };
    // SAFETY:
    // * an element for each page of `len`, as the caller promises.
    let pages = unsafe { pages(segments, len) };
    let start = |request| start(file, request, offset);
    // SAFETY:
    // * block and pages stay valid until the completion, as the caller promises.
    unsafe { file.submit(Road::Native, lent, &pages, block, start) }
}

/// # Safety
///
/// There is an element for each page of `len` bytes.
unsafe fn pages(segments: *const FILE_SEGMENT_ELEMENT, len: u32) -> Vec<WSABUF> {
    let page = |at: u32| {
        // SAFETY:
        // * there are so many elements, as the caller promises.
        let element = unsafe { segments.add(at as usize) };
        // SAFETY:
        // * a valid element, as the caller promises.
        let element = unsafe { element.read() };
        // SAFETY:
        // * its pointer was written last.
        let start = unsafe { element.Buffer };
        WSABUF { len: PAGE.min(len - at * PAGE), buf: start.cast() }
    };
    (0..len.div_ceil(PAGE)).map(page).collect()
}

fn disk(handle: Handle) -> Result<(&'static File, &'static Disk), Code> {
    let file = handles::file(handle)?;
    match &file.disk {
        Some(disk) => Ok((file, disk)),
        None => Err(Code::INVALID_PARAMETER),
    }
}
