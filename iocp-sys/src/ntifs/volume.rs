//! What lies below a handle: the device, and its kind.
//!
//! <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/wdm/ne-wdm-_fsinfoclass>

use core::ffi::c_void;

use crate::winnt::HANDLE;
use crate::winternl::{IO_STATUS_BLOCK, NTSTATUS};

/// What a volume information call reads; `enum _FSINFOCLASS` in C.
pub type FS_INFORMATION_CLASS = i32;
/// The value is a [`FILE_FS_SIZE_INFORMATION`].
pub const FileFsSizeInformation: FS_INFORMATION_CLASS = 3;
/// The value is a [`FILE_FS_DEVICE_INFORMATION`].
pub const FileFsDeviceInformation: FS_INFORMATION_CLASS = 4;

/// The medium can be taken out.
pub const FILE_REMOVABLE_MEDIA: u32 = 0x0001;
/// Nothing can be written to the device.
pub const FILE_READ_ONLY_DEVICE: u32 = 0x0002;
/// The device is on another machine.
pub const FILE_REMOTE_DEVICE: u32 = 0x0010;

/// The size of a volume, and of its sectors.
///
/// # Layout
/// 24 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `ntddk.h`.
/// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntddk/ns-ntddk-_file_fs_size_information>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_FS_SIZE_INFORMATION {
    /// All allocation units of the volume that the user may use.
    pub TotalAllocationUnits: i64,
    /// The free ones of them.
    pub AvailableAllocationUnits: i64,
    /// Sectors in an allocation unit.
    pub SectorsPerAllocationUnit: u32,
    /// Bytes in a sector: what lengths and offsets are multiples of, where a file is opened without
    /// buffering.
    pub BytesPerSector: u32,
}
layout!(FILE_FS_SIZE_INFORMATION: size 24 | 24, align 8 | 8;
    TotalAllocationUnits: 0 | 0, AvailableAllocationUnits: 8 | 8,
    SectorsPerAllocationUnit: 16 | 16, BytesPerSector: 20 | 20);
plain!(FILE_FS_SIZE_INFORMATION);

/// The device below a handle.
///
/// # Layout
/// 8 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `wdm.h`.
/// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/wdm/ns-wdm-_file_fs_device_information>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_FS_DEVICE_INFORMATION {
    /// [`FILE_DEVICE_DISK`](crate::FILE_DEVICE_DISK) or another `FILE_DEVICE_…`; a socket is a
    /// [`FILE_DEVICE_NAMED_PIPE`](crate::FILE_DEVICE_NAMED_PIPE) too.
    pub DeviceType: u32,
    /// [`FILE_REMOTE_DEVICE`] and other bits.
    pub Characteristics: u32,
}
layout!(FILE_FS_DEVICE_INFORMATION: size 8 | 8, align 4 | 4;
    DeviceType: 0 | 0, Characteristics: 4 | 4);
plain!(FILE_FS_DEVICE_INFORMATION);

link! { "ntdll.dll";
    /// Reads information about the volume or device below a handle; what `GetFileType` calls.
    ///
    /// `FsInformationClass` says which structure it is, `Length` its bytes. 0 or more = told. On a
    /// synchronous handle in use by another thread it may wait for that.
    ///
    /// # Errors
    /// `STATUS_INVALID_INFO_CLASS`, `STATUS_INFO_LENGTH_MISMATCH`, `STATUS_INVALID_HANDLE`,
    /// `STATUS_OBJECT_TYPE_MISMATCH` (not a file). `STATUS_BUFFER_OVERFLOW`, a warning: `Length`
    /// holds a part. No packet is involved.
    ///
    /// # Safety
    /// * `FileHandle` is open; `FsInformation` may be written for `Length` bytes and is aligned
    ///   for its class; `IoStatusBlock` may be written to.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntqueryvolumeinformationfile>
    pub fn NtQueryVolumeInformationFile(
        FileHandle: HANDLE,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        FsInformation: *mut c_void,
        Length: u32,
        FsInformationClass: FS_INFORMATION_CLASS,
    ) -> NTSTATUS;
}
