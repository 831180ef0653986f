//! Native reading of directories, and flushing of files.
//!
//! <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntquerydirectoryfile>

use core::ffi::c_void;

use super::FILE_INFORMATION_CLASS;
use crate::winnt::{BOOLEAN, HANDLE};
use crate::winternl::{IO_STATUS_BLOCK, NTSTATUS, PIO_APC_ROUTINE, UNICODE_STRING};

/// Entries are [`FILE_DIRECTORY_INFORMATION`].
pub const FileDirectoryInformation: FILE_INFORMATION_CLASS = 1;
/// Entries are [`FILE_NAMES_INFORMATION`].
pub const FileNamesInformation: FILE_INFORMATION_CLASS = 12;
/// Entries are [`FILE_ID_FULL_DIR_INFORMATION`].
pub const FileIdFullDirectoryInformation: FILE_INFORMATION_CLASS = 38;

/// Begin anew.
pub const SL_RESTART_SCAN: u32 = 1;
/// One entry, whatever the room.
pub const SL_RETURN_SINGLE_ENTRY: u32 = 2;
/// Nothing that a filter would have to fetch.
pub const SL_RETURN_ON_DISK_ENTRIES_ONLY: u32 = 8;

/// Data only, and the disk need not write its cache.
pub const FLUSH_FLAGS_FILE_DATA_ONLY: u32 = 1;
/// Data and metadata, and the disk need not write its cache.
pub const FLUSH_FLAGS_NO_SYNC: u32 = 2;
/// Data, and the metadata that finds it; the disk writes its cache. Windows 10 1709.
pub const FLUSH_FLAGS_FILE_DATA_SYNC_ONLY: u32 = 4;

/// An entry of a directory.
///
/// # Layout
/// 72 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `ntifs.h`.
/// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/ns-ntifs-_file_directory_information>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_DIRECTORY_INFORMATION {
    /// Bytes to the next entry; 0: the last one.
    pub NextEntryOffset: u32,
    /// Its place, if the file system has one.
    pub FileIndex: u32,
    /// When it was created, units of 100 ns since 1601-01-01 UTC.
    pub CreationTime: i64,
    /// When it was last read or written.
    pub LastAccessTime: i64,
    /// When it was last written.
    pub LastWriteTime: i64,
    /// When anything of it last changed.
    pub ChangeTime: i64,
    /// Its length, bytes.
    pub EndOfFile: i64,
    /// Room that it takes on the disk, bytes.
    pub AllocationSize: i64,
    /// `FILE_ATTRIBUTE_…` bits.
    pub FileAttributes: u32,
    /// Length of the name, *bytes*.
    pub FileNameLength: u32,
    /// The name, of which this is the first unit.
    pub FileName: [u16; 1],
}
layout!(FILE_DIRECTORY_INFORMATION: size 72 | 72, align 8 | 8;
    NextEntryOffset: 0 | 0, FileIndex: 4 | 4, CreationTime: 8 | 8, LastAccessTime: 16 | 16,
    LastWriteTime: 24 | 24, ChangeTime: 32 | 32, EndOfFile: 40 | 40, AllocationSize: 48 | 48,
    FileAttributes: 56 | 56, FileNameLength: 60 | 60, FileName: 64 | 64);
plain!(FILE_DIRECTORY_INFORMATION);

/// The name of an entry of a directory.
///
/// # Layout
/// 16 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `ntifs.h`.
/// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/ns-ntifs-_file_names_information>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_NAMES_INFORMATION {
    /// Bytes to the next entry; 0: the last one.
    pub NextEntryOffset: u32,
    /// Its place, if the file system has one.
    pub FileIndex: u32,
    /// Length of the name, *bytes*.
    pub FileNameLength: u32,
    /// The name, of which this is the first unit.
    pub FileName: [u16; 1],
}
layout!(FILE_NAMES_INFORMATION: size 16 | 16, align 4 | 4;
    NextEntryOffset: 0 | 0, FileIndex: 4 | 4, FileNameLength: 8 | 8, FileName: 12 | 12);
plain!(FILE_NAMES_INFORMATION);

/// An entry of a directory with the number of its file.
///
/// # Layout
/// 88 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `ntifs.h`.
/// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/ns-ntifs-_file_id_full_dir_information>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_ID_FULL_DIR_INFORMATION {
    /// Bytes to the next entry; 0: the last one.
    pub NextEntryOffset: u32,
    /// Its place, if the file system has one.
    pub FileIndex: u32,
    /// When it was created, units of 100 ns since 1601-01-01 UTC.
    pub CreationTime: i64,
    /// When it was last read or written.
    pub LastAccessTime: i64,
    /// When it was last written.
    pub LastWriteTime: i64,
    /// When anything of it last changed.
    pub ChangeTime: i64,
    /// Its length, bytes.
    pub EndOfFile: i64,
    /// Room that it takes on the disk, bytes.
    pub AllocationSize: i64,
    /// `FILE_ATTRIBUTE_…` bits.
    pub FileAttributes: u32,
    /// Length of the name, *bytes*.
    pub FileNameLength: u32,
    /// Size of its extended attributes, bytes; of a reparse point: its tag.
    pub EaSize: u32,
    /// Its number on the volume.
    pub FileId: i64,
    /// The name, of which this is the first unit.
    pub FileName: [u16; 1],
}
layout!(FILE_ID_FULL_DIR_INFORMATION: size 88 | 88, align 8 | 8;
    NextEntryOffset: 0 | 0, FileIndex: 4 | 4, CreationTime: 8 | 8, LastAccessTime: 16 | 16,
    LastWriteTime: 24 | 24, ChangeTime: 32 | 32, EndOfFile: 40 | 40, AllocationSize: 48 | 48,
    FileAttributes: 56 | 56, FileNameLength: 60 | 60, EaSize: 64 | 64, FileId: 72 | 72,
    FileName: 80 | 80);
plain!(FILE_ID_FULL_DIR_INFORMATION);

link! { "ntdll.dll";
    /// Reads entries of a directory.
    ///
    /// `FileInformationClass` says which structure an entry is. `Length` in bytes.
    /// `ReturnSingleEntry` and `RestartScan`: 0 = no. `FileName`: a pattern, taken from the first
    /// call on the handle; null = all. A non-null `ApcContext` arrives as `lpOverlapped` of the
    /// packet; null = *no* packet. `STATUS_PENDING` = in flight, else 0 or more = read.
    ///
    /// # Errors
    /// `STATUS_PENDING`: in flight, a packet is owed. Success and `STATUS_BUFFER_OVERFLOW` (a name
    /// does not fit): owed too, unless `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` applies.
    /// `STATUS_NO_MORE_FILES` (0x80000006, a warning) and `STATUS_NO_SUCH_FILE` (0xC000000F) end the
    /// list. Error statuses returned at once: none.
    ///
    /// # Safety
    /// * `FileHandle` is a directory open with `FILE_LIST_DIRECTORY`; `Event` is null or an event;
    ///   `FileName` is null or valid; the buffer may be written for `Length` bytes and is aligned
    ///   to 8.
    /// * status block and buffer stay valid and untouched until the packet is dequeued.
    /// * `ApcRoutine` is `None` if the handle is tied to a port.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntquerydirectoryfile>
    pub fn NtQueryDirectoryFile(
        FileHandle: HANDLE,
        Event: HANDLE,
        ApcRoutine: PIO_APC_ROUTINE,
        ApcContext: *const c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        FileInformation: *mut c_void,
        Length: u32,
        FileInformationClass: FILE_INFORMATION_CLASS,
        ReturnSingleEntry: BOOLEAN,
        FileName: *const UNICODE_STRING,
        RestartScan: BOOLEAN,
    ) -> NTSTATUS;
}

link_late! { "ntdll.dll";
    /// Writes the buffered data of a file to the disk, as far as `Flags` says: resolve at run time.
    ///
    /// `Flags` 0: as `FlushFileBuffers`. `Parameters` is null, `ParametersSize` 0. Synchronous;
    /// queues no packet. 0 or more = written.
    ///
    /// # Errors
    /// `STATUS_ACCESS_DENIED`, `STATUS_INVALID_PARAMETER` (flags), `STATUS_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `FileHandle` is open for writing; `IoStatusBlock` may be written to and is not that of an
    ///   operation.
    ///
    /// # Source
    /// Windows 8. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntflushbuffersfileex>
    pub fn NtFlushBuffersFileEx(
        FileHandle: HANDLE,
        Flags: u32,
        Parameters: *const c_void,
        ParametersSize: u32,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
    ) -> NTSTATUS as PFN_NtFlushBuffersFileEx;

    /// Reads entries of a directory, with flags: resolve at run time.
    ///
    /// `QueryFlags`: `SL_…` bits, 0 = none.
    ///
    /// # Errors
    /// As [`NtQueryDirectoryFile`], also about the packet.
    ///
    /// # Safety
    /// * as for [`NtQueryDirectoryFile`].
    ///
    /// # Source
    /// Windows 10 1709. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntquerydirectoryfileex>
    pub fn NtQueryDirectoryFileEx(
        FileHandle: HANDLE,
        Event: HANDLE,
        ApcRoutine: PIO_APC_ROUTINE,
        ApcContext: *const c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        FileInformation: *mut c_void,
        Length: u32,
        FileInformationClass: FILE_INFORMATION_CLASS,
        QueryFlags: u32,
        FileName: *const UNICODE_STRING,
    ) -> NTSTATUS as PFN_NtQueryDirectoryFileEx;
}
