//! Files without buffering: the size of a sector, and several pages by one call.

use std::{mem::MaybeUninit, ptr::null};

use iocp_sys as sys;
use iocp_sys::{FILE_SEGMENT_ELEMENT, OVERLAPPED};

use super::{forget_last_status, last_error, last_status, size_u32, system_code};
use crate::{
    base::status::NtStatus,
    os::{Borrowed, Code, Issued},
};

/// [`NtQueryVolumeInformationFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntqueryvolumeinformationfile):
/// the bytes of a sector of the handle's volume.
pub(crate) fn sector_size(handle: Borrowed<'_>) -> Result<u32, Code> {
    let mut block = MaybeUninit::<sys::IO_STATUS_BLOCK>::uninit();
    let mut size = sys::FILE_FS_SIZE_INFORMATION::default();
    // SAFETY:
    // * `handle` is open until the call returns; block and structure are this call's own, and the structure is
    //   that of the class.
    let status = unsafe {
        sys::NtQueryVolumeInformationFile(
            handle.raw(),
            block.as_mut_ptr(),
            std::ptr::addr_of_mut!(size).cast(),
            size_u32::<sys::FILE_FS_SIZE_INFORMATION>(),
            sys::FileFsSizeInformation,
        )
    };
    match NtStatus(u32::from_ne_bytes(status.to_ne_bytes())) {
        status if status.is_error() => Err(system_code(status)),
        _ => Ok(size.BytesPerSector),
    }
}

/// [`ReadFileScatter`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-readfilescatter)
/// at an offset of 0 and above.
///
/// # Safety
///
/// As [`recv`](super::recv), for the block, the segments and the pages that they point to: one for each
/// page of `len` bytes, and one that is null.
pub(crate) unsafe fn read_scatter(
    handle: Borrowed<'_>,
    segments: *const FILE_SEGMENT_ELEMENT,
    len: u32,
    offset: i64,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * `block` is the caller's, whom nothing disturbs before the call.
    unsafe { set_offset(block, offset) };
    forget_last_status();
    // SAFETY:
    // * `handle` is open until the call returns; the rest stays as the caller promises.
    answer(unsafe { sys::ReadFileScatter(handle.raw(), segments, len, null(), block) })
}

/// [`WriteFileGather`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-writefilegather)
/// at an offset of 0 and above.
///
/// # Safety
///
/// As [`read_scatter`]; the system only reads the pages.
pub(crate) unsafe fn write_gather(
    handle: Borrowed<'_>,
    segments: *const FILE_SEGMENT_ELEMENT,
    len: u32,
    offset: i64,
    block: *mut OVERLAPPED,
) -> Issued {
    // SAFETY:
    // * `block` is the caller's, whom nothing disturbs before the call.
    unsafe { set_offset(block, offset) };
    forget_last_status();
    // SAFETY:
    // * `handle` is open until the call returns; the rest stays as the caller promises.
    answer(unsafe { sys::WriteFileGather(handle.raw(), segments, len, null(), block) })
}

/// # Safety
///
/// The block is valid, and the caller's.
pub(super) unsafe fn set_offset(block: *mut OVERLAPPED, offset: i64) {
    // SAFETY:
    // * In bounds of the block: its offset, as one number of 64 bits that need not be aligned.
    let place = unsafe { std::ptr::addr_of_mut!((*block).Anonymous) };
    // SAFETY:
    // * The block is valid and the caller's; `Offset` comes before `OffsetHigh`, as in a number of this
    //   machine.
    unsafe { place.cast::<i64>().write_unaligned(offset) };
}

/// What a Win32 call says, with the status that the thread noted.
fn answer(done: sys::BOOL) -> Issued {
    if done != 0 {
        return Issued::Success;
    }
    match (last_error(), last_status()) {
        (Code::IO_PENDING, _) => Issued::Pending,
        (Code(code), NtStatus::SUCCESS) => Issued::Status(NtStatus::from_win32(code)),
        (_, status) => Issued::Status(status),
    }
}
