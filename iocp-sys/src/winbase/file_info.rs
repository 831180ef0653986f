//! `GetFileInformationByHandleEx` and what it and `SetFileInformationByHandle` carry.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getfileinformationbyhandleex>

use core::ffi::c_void;

use crate::minwinbase::FILE_INFO_BY_HANDLE_CLASS;
use crate::minwindef::BOOL;
use crate::winnt::{BOOLEAN, FILE_ID_128, HANDLE};

/// Times and attributes of a file, class [`FileBasicInfo`](crate::FileBasicInfo).
///
/// # Layout
/// 40 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows Vista. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-file_basic_info>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_BASIC_INFO {
    /// When it was created. Units of 100 ns since 1601-01-01 UTC; 0 leaves it as it is, -1 lets no
    /// operation of this handle change it.
    pub CreationTime: i64,
    /// When it was last read or written; units as above.
    pub LastAccessTime: i64,
    /// When it was last written; units as above.
    pub LastWriteTime: i64,
    /// When anything of it last changed; units as above.
    pub ChangeTime: i64,
    /// `FILE_ATTRIBUTE_…` bits; set: 0 leaves them as they are.
    pub FileAttributes: u32,
}
layout!(FILE_BASIC_INFO: size 40 | 40, align 8 | 8;
    CreationTime: 0 | 0, LastAccessTime: 8 | 8, LastWriteTime: 16 | 16, ChangeTime: 24 | 24,
    FileAttributes: 32 | 32);
plain!(FILE_BASIC_INFO);

/// Sizes, links and kind of a file, class [`FileStandardInfo`](crate::FileStandardInfo).
///
/// # Layout
/// 24 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows Vista. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-file_standard_info>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_STANDARD_INFO {
    /// Room that it takes on the disk, bytes.
    pub AllocationSize: i64,
    /// Its length, bytes.
    pub EndOfFile: i64,
    /// Number of its hard links.
    pub NumberOfLinks: u32,
    /// Non-zero: it goes when the last handle is closed.
    pub DeletePending: BOOLEAN,
    /// Non-zero: it is a directory.
    pub Directory: BOOLEAN,
}
layout!(FILE_STANDARD_INFO: size 24 | 24, align 8 | 8;
    AllocationSize: 0 | 0, EndOfFile: 8 | 8, NumberOfLinks: 16 | 16, DeletePending: 20 | 20,
    Directory: 21 | 21);
plain!(FILE_STANDARD_INFO);

/// Path of a file without its volume, class [`FileNameInfo`](crate::FileNameInfo).
///
/// # Layout
/// 8 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows Vista. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-file_name_info>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_NAME_INFO {
    /// Length of the path, *bytes*; not NUL-terminated.
    pub FileNameLength: u32,
    /// The path, of which this is the first unit.
    pub FileName: [u16; 1],
}
layout!(FILE_NAME_INFO: size 8 | 8, align 4 | 4; FileNameLength: 0 | 0, FileName: 4 | 4);
plain!(FILE_NAME_INFO);

/// The unnamed union inside [`FILE_RENAME_INFO`].
#[repr(C)]
pub union FILE_RENAME_INFO_0 {
    /// Non-zero: replace a file of that name.
    pub ReplaceIfExists: BOOLEAN,
    /// For `FileRenameInfoEx` (Windows 10 1607): `FILE_RENAME_FLAG_…` bits.
    pub Flags: u32,
}
layout!(FILE_RENAME_INFO_0: size 4 | 4, align 4 | 4; ReplaceIfExists: 0 | 0, Flags: 0 | 0);
plain!(FILE_RENAME_INFO_0);
opaque_debug!(FILE_RENAME_INFO_0);

/// New name of a file, class [`FileRenameInfo`](crate::FileRenameInfo).
///
/// # Layout
/// 24 bytes, align 8 (64-bit); 16 bytes, align 4 (32-bit).
///
/// # Source
/// Windows Vista. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-file_rename_info>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_RENAME_INFO {
    /// Whether to replace a file of that name.
    pub Anonymous: FILE_RENAME_INFO_0,
    /// Null.
    pub RootDirectory: HANDLE,
    /// Length of the name, *bytes*, without NUL.
    pub FileNameLength: u32,
    /// The name, NUL-terminated, of which this is the first unit.
    pub FileName: [u16; 1],
}
layout!(FILE_RENAME_INFO: size 16 | 24, align 4 | 8;
    Anonymous: 0 | 0, RootDirectory: 4 | 8, FileNameLength: 8 | 16, FileName: 12 | 20);
plain!(FILE_RENAME_INFO);

/// Whether a file goes, class [`FileDispositionInfo`](crate::FileDispositionInfo).
///
/// Needs `DELETE` access.
///
/// # Layout
/// 1 bytes, align 1 (64- and 32-bit).
///
/// # Source
/// Windows Vista. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-file_disposition_info>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_DISPOSITION_INFO {
    /// Non-zero: delete it when the last handle is closed; 0 takes that back.
    pub DeleteFile: BOOLEAN,
}
layout!(FILE_DISPOSITION_INFO: size 1 | 1, align 1 | 1; DeleteFile: 0 | 0);
plain!(FILE_DISPOSITION_INFO);

/// Room for a file, class [`FileAllocationInfo`](crate::FileAllocationInfo).
///
/// Above the length it reserves, below it truncates.
///
/// # Layout
/// 8 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows Vista. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-file_allocation_info>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_ALLOCATION_INFO {
    /// Room on the disk, bytes; rounded up to clusters.
    pub AllocationSize: i64,
}
layout!(FILE_ALLOCATION_INFO: size 8 | 8, align 8 | 8; AllocationSize: 0 | 0);
plain!(FILE_ALLOCATION_INFO);

/// Length of a file, class [`FileEndOfFileInfo`](crate::FileEndOfFileInfo).
///
/// # Layout
/// 8 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows Vista. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-file_end_of_file_info>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_END_OF_FILE_INFO {
    /// The new length, bytes; 0 empties it.
    pub EndOfFile: i64,
}
layout!(FILE_END_OF_FILE_INFO: size 8 | 8, align 8 | 8; EndOfFile: 0 | 0);
plain!(FILE_END_OF_FILE_INFO);

/// Attributes and reparse tag, class [`FileAttributeTagInfo`](crate::FileAttributeTagInfo).
///
/// # Layout
/// 8 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows Vista. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-file_attribute_tag_info>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_ATTRIBUTE_TAG_INFO {
    /// `FILE_ATTRIBUTE_…` bits.
    pub FileAttributes: u32,
    /// `IO_REPARSE_TAG_…`; 0 if it is no reparse point.
    pub ReparseTag: u32,
}
layout!(FILE_ATTRIBUTE_TAG_INFO: size 8 | 8, align 4 | 4; FileAttributes: 0 | 0, ReparseTag: 4 | 4);
plain!(FILE_ATTRIBUTE_TAG_INFO);

/// Priority of a file's later operations; an enum in C.
pub type PRIORITY_HINT = i32;
/// After everything else: background work.
pub const IoPriorityHintVeryLow: PRIORITY_HINT = 0;
/// Below normal.
pub const IoPriorityHintLow: PRIORITY_HINT = 1;
/// As without a hint.
pub const IoPriorityHintNormal: PRIORITY_HINT = 2;

/// Priority of later operations, class [`FileIoPriorityHintInfo`](crate::FileIoPriorityHintInfo).
///
/// # Layout
/// 4 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows Vista. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-file_io_priority_hint_info>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_IO_PRIORITY_HINT_INFO {
    /// One of the three.
    pub PriorityHint: PRIORITY_HINT,
}
layout!(FILE_IO_PRIORITY_HINT_INFO: size 4 | 4, align 4 | 4; PriorityHint: 0 | 0);
plain!(FILE_IO_PRIORITY_HINT_INFO);

/// Which file it is, class [`FileIdInfo`](crate::FileIdInfo).
///
/// Two handles with the same two values are of one file of this machine.
///
/// # Layout
/// 24 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows 8. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-file_id_info>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_ID_INFO {
    /// The volume.
    pub VolumeSerialNumber: u64,
    /// The file on it.
    pub FileId: FILE_ID_128,
}
layout!(FILE_ID_INFO: size 24 | 24, align 8 | 8; VolumeSerialNumber: 0 | 0, FileId: 8 | 8);
plain!(FILE_ID_INFO);

link! { "kernel32.dll";
    /// Reads information about a file.
    ///
    /// `FileInformationClass` says which structure it is. `dwBufferSize` in bytes; names and lists
    /// end where it ends. Synchronous; queues no packet. Non-zero = done.
    ///
    /// # Errors
    /// `ERROR_MORE_DATA` (a name is longer than the buffer: its length is there, and a part),
    /// `ERROR_BAD_LENGTH` (24, smaller than the structure), `ERROR_INVALID_PARAMETER` (class
    /// unknown, or not for this file), `ERROR_NO_MORE_FILES` (18, end of a list).
    ///
    /// # Safety
    /// * `hFile` is open; `lpFileInformation` may be written for `dwBufferSize` bytes and is
    ///   aligned for its class.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getfileinformationbyhandleex>
    pub fn GetFileInformationByHandleEx(
        hFile: HANDLE,
        FileInformationClass: FILE_INFO_BY_HANDLE_CLASS,
        lpFileInformation: *mut c_void,
        dwBufferSize: u32,
    ) -> BOOL;
}
