//! `ntifs.h` (driver kit): native reads, writes and file information, callable from programs too.
//!
//! `Nt…` calls return the status; they do not set the last error.
//!
//! <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/wdm/ne-wdm-_file_information_class>

mod directory;
mod lock;
mod volume;

pub use directory::*;
pub use lock::*;
pub use volume::*;

use core::ffi::c_void;

use crate::winnt::HANDLE;
use crate::winternl::{IO_STATUS_BLOCK, NTSTATUS, PIO_APC_ROUTINE};

/// What a file information call reads or sets; `enum _FILE_INFORMATION_CLASS` in C.
pub type FILE_INFORMATION_CLASS = i32;
/// The value is a [`FILE_MODE_INFORMATION`]: is the handle overlapped?
pub const FileModeInformation: FILE_INFORMATION_CLASS = 16;
/// Set: associate with a port; the value is a [`FILE_COMPLETION_INFORMATION`].
pub const FileCompletionInformation: FILE_INFORMATION_CLASS = 30;
/// The value is a [`FILE_IO_COMPLETION_NOTIFICATION_INFORMATION`]. Windows Vista and later.
pub const FileIoCompletionNotificationInformation: FILE_INFORMATION_CLASS = 41;
/// Set: replace the port, or detach (`Port` null); a [`FILE_COMPLETION_INFORMATION`].
///
/// Windows 8.1 and later; older ones return `STATUS_INVALID_INFO_CLASS`. Not while operations are
/// in flight. The only way to undo `CreateIoCompletionPort`.
pub const FileReplaceCompletionInformation: FILE_INFORMATION_CLASS = 61;

/// The port and key of a file.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 8 bytes, align 4 (32-bit).
///
/// # Source
/// NT 3.5. Header: `ntifs.h`.
/// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/ns-ntifs-_file_completion_information>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_COMPLETION_INFORMATION {
    /// The port; null detaches (see [`FileReplaceCompletionInformation`]).
    pub Port: HANDLE,
    /// The completion key.
    pub Key: *mut c_void,
}
layout!(FILE_COMPLETION_INFORMATION: size 8 | 16, align 4 | 8; Port: 0 | 0, Key: 4 | 8);
plain!(FILE_COMPLETION_INFORMATION);

/// How a file is open: some of the options of `NtCreateFile`.
///
/// # Layout
/// 4 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `ntifs.h`.
/// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/ns-ntifs-_file_mode_information>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_MODE_INFORMATION {
    /// Overlapped if neither [`FILE_SYNCHRONOUS_IO_ALERT`](crate::FILE_SYNCHRONOUS_IO_ALERT) nor
    /// [`FILE_SYNCHRONOUS_IO_NONALERT`](crate::FILE_SYNCHRONOUS_IO_NONALERT) is set.
    pub Mode: u32,
}
layout!(FILE_MODE_INFORMATION: size 4 | 4, align 4 | 4; Mode: 0 | 0);
plain!(FILE_MODE_INFORMATION);

/// The notification modes of a file: `FILE_SKIP_…` bits.
///
/// # Layout
/// 4 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows Vista. Header: `wdm.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-setfilecompletionnotificationmodes>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_IO_COMPLETION_NOTIFICATION_INFORMATION {
    /// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`, `FILE_SKIP_SET_EVENT_ON_HANDLE`.
    pub Flags: u32,
}
layout!(FILE_IO_COMPLETION_NOTIFICATION_INFORMATION: size 4 | 4, align 4 | 4; Flags: 0 | 0);
plain!(FILE_IO_COMPLETION_NOTIFICATION_INFORMATION);

link! { "ntdll.dll";
    /// Sends a control code to a file system or pipe.
    ///
    /// A non-null `ApcContext` arrives as `lpOverlapped` of the packet; null = *no* packet.
    ///
    /// `FsControlCode` says what to do and what the buffers hold; `InputBufferLength` and
    /// `OutputBufferLength` in bytes. `STATUS_PENDING` = in flight, else 0 or more = done.
    ///
    /// # Errors
    /// `STATUS_PENDING`: in flight, a packet is owed. Success and warnings: owed too, unless
    /// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` applies: to warnings on Windows 7 only (fact SKIP07).
    /// Error statuses returned at once: none.
    ///
    /// # Safety
    /// * as for [`NtDeviceIoControlFile`](crate::winternl::NtDeviceIoControlFile).
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntfscontrolfile>
    pub fn NtFsControlFile(
        FileHandle: HANDLE,
        Event: HANDLE,
        ApcRoutine: PIO_APC_ROUTINE,
        ApcContext: *const c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        FsControlCode: u32,
        InputBuffer: *const c_void,
        InputBufferLength: u32,
        OutputBuffer: *mut c_void,
        OutputBufferLength: u32,
    ) -> NTSTATUS;

    /// Reads information about a file.
    ///
    /// `FileInformationClass` says which structure it is. 0 or more = told.
    ///
    /// # Errors
    /// `STATUS_INVALID_INFO_CLASS`, `STATUS_INFO_LENGTH_MISMATCH`, `STATUS_INVALID_HANDLE`. No
    /// packet is involved.
    ///
    /// # Safety
    /// * `FileHandle` is open; `FileInformation` may be written for `Length` bytes and is aligned
    ///   for its class; `IoStatusBlock` may be written to.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntqueryinformationfile>
    pub fn NtQueryInformationFile(
        FileHandle: HANDLE,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        FileInformation: *mut c_void,
        Length: u32,
        FileInformationClass: FILE_INFORMATION_CLASS,
    ) -> NTSTATUS;

    /// Reads from a file; what `ReadFile` calls.
    ///
    /// A non-null `ApcContext` arrives as `lpOverlapped` of the packet; null = *no* packet.
    /// `Length` in bytes. `STATUS_PENDING` = in flight, else 0 or more = read.
    ///
    /// # Errors
    /// `STATUS_PENDING`: in flight, a packet is owed. Success and warnings: owed too, unless
    /// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` applies: to warnings on Windows 7 only (fact SKIP07).
    /// `STATUS_END_OF_FILE` and other error statuses returned at once: none.
    ///
    /// # Safety
    /// * `FileHandle` is open for reading; `Event` is null or an event; `ByteOffset` and `Key` are
    ///   null or may be read; the buffer may be written for `Length` bytes.
    /// * status block and buffer stay valid and untouched until the packet is dequeued.
    /// * `ApcRoutine` is `None` if the handle is tied to a port.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntreadfile>
    pub fn NtReadFile(
        FileHandle: HANDLE,
        Event: HANDLE,
        ApcRoutine: PIO_APC_ROUTINE,
        ApcContext: *const c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        Buffer: *mut c_void,
        Length: u32,
        ByteOffset: *const i64,
        Key: *const u32,
    ) -> NTSTATUS;

    /// Sets information of a file, e.g. its port.
    ///
    /// `FileInformationClass` says which structure it is. 0 or more = set.
    ///
    /// # Errors
    /// `STATUS_INVALID_INFO_CLASS`, `STATUS_INFO_LENGTH_MISMATCH`, `STATUS_INVALID_PARAMETER` (tied
    /// to a port already), `STATUS_INVALID_HANDLE`. No packet is involved.
    ///
    /// # Safety
    /// * `FileHandle` is open; `FileInformation` may be read for `Length` bytes and fits its class;
    ///   `IoStatusBlock` may be written to.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntsetinformationfile>
    pub fn NtSetInformationFile(
        FileHandle: HANDLE,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        FileInformation: *const c_void,
        Length: u32,
        FileInformationClass: FILE_INFORMATION_CLASS,
    ) -> NTSTATUS;

    /// Writes to a file; what `WriteFile` calls.
    ///
    /// A non-null `ApcContext` arrives as `lpOverlapped` of the packet; null = *no* packet.
    ///
    /// # Errors
    /// As [`NtReadFile`], also about the packet.
    ///
    /// # Safety
    /// * as for [`NtReadFile`], but the handle is open for writing and the buffer may be read.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntwritefile>
    pub fn NtWriteFile(
        FileHandle: HANDLE,
        Event: HANDLE,
        ApcRoutine: PIO_APC_ROUTINE,
        ApcContext: *const c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        Buffer: *const c_void,
        Length: u32,
        ByteOffset: *const i64,
        Key: *const u32,
    ) -> NTSTATUS;
}

link_late! { "ntdll.dll";
    /// Asks to cancel one operation, named by its status block, or all of a file (null): resolve at
    /// run time with `GetProcAddress`. What `CancelIoEx` calls.
    ///
    /// 0 or more = asked.
    ///
    /// # Errors
    /// `STATUS_NOT_FOUND`: nothing to cancel. Never changes which packets are owed.
    ///
    /// # Safety
    /// * `FileHandle` is open; `IoRequestToCancel` is compared by address; `IoStatusBlock` may be
    ///   written to and is not that of the operation.
    ///
    /// # Source
    /// Windows Vista. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://ntdoc.m417z.com/ntcanceliofileex>
    pub fn NtCancelIoFileEx(
        FileHandle: HANDLE,
        IoRequestToCancel: *const IO_STATUS_BLOCK,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
    ) -> NTSTATUS as PFN_NtCancelIoFileEx;
}
