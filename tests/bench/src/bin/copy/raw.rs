//! Hand-written Win32: a block and a buffer for each operation.
//!
//! # Safety
//!
//! Blocks and buffers lie in boxes that live until their packets were taken.

use std::{
    fs::File,
    io::{Error, Result},
    mem::MaybeUninit,
    os::windows::io::AsRawHandle,
    ptr::null_mut,
};

use iocp::open_overlapped;
use iocp_sys::{
    CreateIoCompletionPort, GetLastError, GetQueuedCompletionStatusEx, ReadFile, WriteFile,
    ERROR_IO_PENDING, HANDLE, INVALID_HANDLE_VALUE, OVERLAPPED, OVERLAPPED_ENTRY,
};

use super::job::Job;

/// The block comes first, so that its address is that of all.
#[repr(C)]
struct Slot {
    block: OVERLAPPED,
    at: u64,
    buffer: Box<[u8]>,
}

pub(crate) fn copy(job: &Job) -> Result<()> {
    let from = open_overlapped(File::options().read(true), &job.from, 0)?;
    let to = open_overlapped(File::options().write(true).create(true), &job.to, 0)?;
    // SAFETY:
    // * asks for a new port.
    let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 1) };
    let [from, to] = [from, to].map(|file| (file.as_raw_handle() as HANDLE, file));
    for (key, (handle, _)) in [&from, &to].into_iter().enumerate() {
        // SAFETY:
        // * file and port are open, and the key is a number.
        if unsafe { CreateIoCompletionPort(*handle, port, key, 0) }.is_null() {
            return Err(Error::last_os_error());
        }
    }
    let (mut next, mut written) = (0, 0);
    let mut slots = Vec::new();
    while slots.len() < job.depth && next < job.chunks {
        let buffer = vec![0_u8; job.chunk].into_boxed_slice();
        let slot = Box::new(Slot { block: OVERLAPPED::default(), at: 0, buffer });
        let slot = Box::into_raw(slot);
        slots.push(slot);
        // SAFETY:
        // * a slot of ours that is not in flight.
        unsafe { start(slot, from.0, next * job.chunk as u64, true) }?;
        next += 1;
    }
    let mut entries = [MaybeUninit::<OVERLAPPED_ENTRY>::uninit(); 64];
    while written < job.chunks {
        let mut count = 0;
        // SAFETY:
        // * the array has room for 64 entries.
        let ok = unsafe {
            GetQueuedCompletionStatusEx(
                port,
                entries.as_mut_ptr().cast(),
                64,
                &mut count,
                u32::MAX,
                0,
            )
        };
        if ok == 0 {
            return Err(Error::last_os_error());
        }
        for entry in &entries[..count as usize] {
            // SAFETY:
            // * the wait has written so many.
            let entry = unsafe { entry.assume_init() };
            let slot = entry.lpOverlapped.cast::<Slot>();
            // SAFETY:
            // * one of our slots, whose packet has come: nobody else refers to it.
            let done = unsafe { &*slot };
            let (status, at) = (done.block.Internal, done.at);
            if status != 0 || entry.dwNumberOfBytesTransferred as usize != job.chunk {
                return Err(Error::other("a failure, or a short read or write"));
            }
            if entry.lpCompletionKey == 0 {
                // SAFETY:
                // * the slot is not in flight any more.
                unsafe { start(slot, to.0, at, false) }?;
                continue;
            }
            written += 1;
            if next < job.chunks {
                // SAFETY:
                // * the slot is not in flight any more.
                unsafe { start(slot, from.0, next * job.chunk as u64, true) }?;
                next += 1;
            }
        }
    }
    for slot in slots {
        // SAFETY:
        // * made by a box, and none is in flight: all was written.
        drop(unsafe { Box::from_raw(slot) });
    }
    Ok(())
}

/// # Safety
///
/// The slot is ours, and not in flight.
unsafe fn start(slot: *mut Slot, file: HANDLE, at: u64, reads: bool) -> Result<()> {
    // SAFETY:
    // * the caller owns the slot.
    let this = unsafe { &mut *slot };
    this.at = at;
    this.block = OVERLAPPED::default();
    #[allow(clippy::cast_possible_truncation)] // the two halves
    {
        this.block.Anonymous.Anonymous.Offset = at as u32;
        this.block.Anonymous.Anonymous.OffsetHigh = (at >> 32) as u32;
    }
    let len = u32::try_from(this.buffer.len()).map_err(Error::other)?;
    let buffer = this.buffer.as_mut_ptr();
    let block = slot.cast::<OVERLAPPED>();
    let ok = if reads {
        // SAFETY:
        // * the file is open; block and buffer stay until the packet.
        unsafe { ReadFile(file, buffer.cast(), len, null_mut(), block) }
    } else {
        // SAFETY:
        // * as for the read; the buffer is only read.
        unsafe { WriteFile(file, buffer.cast(), len, null_mut(), block) }
    };
    // SAFETY:
    // * no arguments; reads a value of this thread.
    match ok == 0 && unsafe { GetLastError() } != ERROR_IO_PENDING {
        true => Err(Error::last_os_error()),
        false => Ok(()),
    }
}
