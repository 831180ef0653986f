//! Records of changes to a directory, and pages of scattered reads.

use core::ffi::c_void;

use super::FILE_ACTION;

/// One page of `ReadFileScatter` or `WriteFileGather`; the list ends with a zeroed one.
///
/// # Layout
/// 8 bytes, align 8 (64- and 32-bit): on 32-bit x86 the pointer is sign-extended to 64 bits, so
/// zero the element (or set `Alignment`) before you write `Buffer`.
///
/// # Source
/// Windows XP. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-file_segment_element>
#[repr(C)]
pub union FILE_SEGMENT_ELEMENT {
    /// A page: size and alignment of the system's page.
    pub Buffer: *mut c_void,
    /// The same as a number of 64 bits.
    pub Alignment: u64,
}
layout!(FILE_SEGMENT_ELEMENT: size 8 | 8, align 8 | 8; Buffer: 0 | 0, Alignment: 0 | 0);
plain!(FILE_SEGMENT_ELEMENT);
opaque_debug!(FILE_SEGMENT_ELEMENT);

/// One change in a directory, as `ReadDirectoryChangesW` writes it; the name follows the header.
///
/// # Layout
/// 16 bytes, align 4 (64- and 32-bit), with one code unit of the name; the true size is 12 +
/// `FileNameLength`.
///
/// # Source
/// Windows XP. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-file_notify_information>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_NOTIFY_INFORMATION {
    /// Distance to the next record, bytes; 0 = this is the last.
    pub NextEntryOffset: u32,
    /// What happened.
    pub Action: FILE_ACTION,
    /// Length of the name, *bytes*.
    pub FileNameLength: u32,
    /// First code unit of the name, which is relative to the directory and not NUL-terminated.
    pub FileName: [u16; 1],
}
layout!(FILE_NOTIFY_INFORMATION: size 16 | 16, align 4 | 4;
    NextEntryOffset: 0 | 0, Action: 4 | 4, FileNameLength: 8 | 8, FileName: 12 | 12);
plain!(FILE_NOTIFY_INFORMATION);

/// The unnamed union inside [`FILE_NOTIFY_EXTENDED_INFORMATION`].
#[repr(C)]
pub union FILE_NOTIFY_EXTENDED_INFORMATION_0 {
    /// Kind of link, if the file is one.
    pub ReparsePointTag: u32,
    /// Size of the extended attributes otherwise, bytes.
    pub EaSize: u32,
}
layout!(FILE_NOTIFY_EXTENDED_INFORMATION_0: size 4 | 4, align 4 | 4;
    ReparsePointTag: 0 | 0, EaSize: 0 | 0);
plain!(FILE_NOTIFY_EXTENDED_INFORMATION_0);
opaque_debug!(FILE_NOTIFY_EXTENDED_INFORMATION_0);

/// One change in a directory with the file's data, as `ReadDirectoryChangesExW` writes it.
///
/// Times: units of 100 ns since 1601-01-01 UTC.
///
/// # Layout
/// 88 bytes, align 8 (64- and 32-bit), with one code unit of the name; the true size is 84 +
/// `FileNameLength`.
///
/// # Source
/// Windows 10 1709. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-file_notify_extended_information>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_NOTIFY_EXTENDED_INFORMATION {
    /// Distance to the next record, bytes; 0 = this is the last.
    pub NextEntryOffset: u32,
    /// What happened.
    pub Action: FILE_ACTION,
    /// When the file was created.
    pub CreationTime: i64,
    /// When data was last written.
    pub LastModificationTime: i64,
    /// When data or attributes last changed.
    pub LastChangeTime: i64,
    /// When the file was last read.
    pub LastAccessTime: i64,
    /// Space taken on the disk, bytes.
    pub AllocatedLength: i64,
    /// Length of the file, bytes.
    pub FileSize: i64,
    /// `FILE_ATTRIBUTE_…` bits.
    pub FileAttributes: u32,
    /// Link tag or size of extended attributes.
    pub Anonymous: FILE_NOTIFY_EXTENDED_INFORMATION_0,
    /// Id of the file on its volume.
    pub FileId: i64,
    /// Id of its directory.
    pub ParentFileId: i64,
    /// Length of the name, *bytes*.
    pub FileNameLength: u32,
    /// First code unit of the name, which is relative to the directory and not NUL-terminated.
    pub FileName: [u16; 1],
}
layout!(FILE_NOTIFY_EXTENDED_INFORMATION: size 88 | 88, align 8 | 8;
    NextEntryOffset: 0 | 0, Action: 4 | 4, CreationTime: 8 | 8, LastModificationTime: 16 | 16,
    LastChangeTime: 24 | 24, LastAccessTime: 32 | 32, AllocatedLength: 40 | 40, FileSize: 48 | 48,
    FileAttributes: 56 | 56, Anonymous.ReparsePointTag: 60 | 60, FileId: 64 | 64,
    ParentFileId: 72 | 72, FileNameLength: 80 | 80, FileName: 84 | 84);
plain!(FILE_NOTIFY_EXTENDED_INFORMATION);
