//! Control codes of drivers and file systems.

use std::ptr::null_mut;

use iocp_sys as sys;
use iocp_sys::{OVERLAPPED, WSABUF};

use super::file::of_status;
use crate::os::{Borrowed, Issued};

/// [`NtFsControlFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntfscontrolfile)
/// for the codes of file systems and pipes, else
/// [`NtDeviceIoControlFile`](https://learn.microsoft.com/en-us/windows/win32/api/winternl/nf-winternl-ntdeviceiocontrolfile).
///
/// # Safety
///
/// As [`recv`](super::recv), for the block, the bytes of `input`, which the driver reads, and those of `output`,
/// which it writes. With this code it uses no other memory of the process.
pub(crate) unsafe fn control(
    handle: Borrowed<'_>,
    code: u32,
    input: WSABUF,
    output: WSABUF,
    block: *mut OVERLAPPED,
) -> Issued {
    let call = match code >> 16 {
        sys::FILE_DEVICE_FILE_SYSTEM | sys::FILE_DEVICE_NAMED_PIPE => sys::NtFsControlFile,
        _ => sys::NtDeviceIoControlFile,
    };
    // SAFETY:
    // * `handle` is open until the call returns; event and routine are optional, and null.
    // * `block` begins with a status block; it and the bytes of both buffers stay as the caller promises.
    // * The context is a number that the packet brings back: the system does not follow it.
    of_status(unsafe {
        call(
            handle.raw(),
            null_mut(),
            None,
            block.cast(),
            block.cast(),
            code,
            input.buf.cast(),
            input.len,
            output.buf.cast(),
            output.len,
        )
    })
}
