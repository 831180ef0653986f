//! Files: watching a directory, and reading and writing pages.

use core::ffi::c_void;

use crate::winnt::{BOOLEAN, FILE_NOTIFY_CHANGE, FILE_SEGMENT_ELEMENT, HANDLE};
use crate::winternl::{IO_STATUS_BLOCK, NTSTATUS, PIO_APC_ROUTINE};

link_late! { "ntdll.dll";
    /// Reports changes in a directory: resolve at run time. What `ReadDirectoryChangesW` calls.
    ///
    /// `Length` in bytes; 0 reports that something changed, not what. `CompletionFilter`: at least
    /// one `FILE_NOTIFY_CHANGE_…` bit. `WatchTree` 0 = not the directories below. `Buffer` receives
    /// [`FILE_NOTIFY_INFORMATION`](crate::FILE_NOTIFY_INFORMATION); the first call fixes its size,
    /// the filter and the tree for the handle. A non-null `ApcContext` arrives as `lpOverlapped` of
    /// the packet; null = *no* packet. `STATUS_PENDING` = in flight, else 0 or more = reported.
    ///
    /// # Errors
    /// `STATUS_PENDING`: in flight, a packet is owed. `STATUS_NOTIFY_ENUM_DIR` (a *success* code:
    /// too many changes for the buffer, look at the directory itself) and success: owed too.
    /// `STATUS_INVALID_PARAMETER` (not a directory, or no filter) and other error statuses returned
    /// at once: none.
    ///
    /// # Safety
    /// * `FileHandle` is a directory open with `FILE_LIST_DIRECTORY`; `Event` is null or an event;
    ///   the buffer may be written for `Length` bytes and is aligned to 4.
    /// * status block and buffer stay valid and untouched until the packet is dequeued.
    /// * `ApcRoutine` is `None` if the handle is tied to a port.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntnotifychangedirectoryfile>
    pub fn NtNotifyChangeDirectoryFile(
        FileHandle: HANDLE,
        Event: HANDLE,
        ApcRoutine: PIO_APC_ROUTINE,
        ApcContext: *const c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        Buffer: *mut c_void,
        Length: u32,
        CompletionFilter: FILE_NOTIFY_CHANGE,
        WatchTree: BOOLEAN,
    ) -> NTSTATUS as PFN_NtNotifyChangeDirectoryFile;

    /// Reads a file into several pages: resolve at run time. What `ReadFileScatter` calls.
    ///
    /// `Length` in bytes, a multiple of the sector size; one element per page of it. A non-null
    /// `ApcContext` arrives as `lpOverlapped` of the packet; null = *no* packet.
    ///
    /// # Errors
    /// As [`NtReadFile`](crate::NtReadFile), also about the packet; `STATUS_INVALID_PARAMETER` (not
    /// opened with `FILE_NO_INTERMEDIATE_BUFFERING`, alignment, length).
    ///
    /// # Safety
    /// * as for [`NtReadFile`](crate::NtReadFile); each element points to a page that may be
    ///   written and stays so until the packet is dequeued.
    ///
    /// # Source
    /// Windows 2000. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntreadfilescatter>
    pub fn NtReadFileScatter(
        FileHandle: HANDLE,
        Event: HANDLE,
        ApcRoutine: PIO_APC_ROUTINE,
        ApcContext: *const c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        SegmentArray: *const FILE_SEGMENT_ELEMENT,
        Length: u32,
        ByteOffset: *const i64,
        Key: *const u32,
    ) -> NTSTATUS as PFN_NtReadFileScatter;

    /// Writes several pages to a file: resolve at run time. What `WriteFileGather` calls.
    ///
    /// # Errors
    /// As [`NtReadFileScatter`], also about the packet.
    ///
    /// # Safety
    /// * as for [`NtReadFileScatter`], but the handle is open for writing and the pages may be
    ///   read.
    ///
    /// # Source
    /// Windows 2000. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntwritefilegather>
    pub fn NtWriteFileGather(
        FileHandle: HANDLE,
        Event: HANDLE,
        ApcRoutine: PIO_APC_ROUTINE,
        ApcContext: *const c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        SegmentArray: *const FILE_SEGMENT_ELEMENT,
        Length: u32,
        ByteOffset: *const i64,
        Key: *const u32,
    ) -> NTSTATUS as PFN_NtWriteFileGather;
}
