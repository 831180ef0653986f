//! The documented calls of `ntdll.dll`.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winternl/nf-winternl-ntcreatefile>

use core::ffi::c_void;

use super::{
    IO_STATUS_BLOCK, NTCREATEFILE_CREATE_DISPOSITION, NTCREATEFILE_CREATE_OPTIONS, NTSTATUS,
    OBJECT_ATTRIBUTES, PIO_APC_ROUTINE,
};
use crate::winnt::{FILE_ACCESS_RIGHTS, FILE_FLAGS_AND_ATTRIBUTES, FILE_SHARE_MODE, HANDLE};

link! { "ntdll.dll";
    /// Closes a handle; what `CloseHandle` calls.
    ///
    /// 0 or more = closed.
    ///
    /// # Errors
    /// `STATUS_INVALID_HANDLE`; never try again.
    ///
    /// # Safety
    /// * `Handle` is an open handle that the caller owns, and no thread uses it any more.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `winternl.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winternl/nf-winternl-ntclose>
    pub fn NtClose(Handle: HANDLE) -> NTSTATUS;

    /// Opens or creates a file or device by its native name.
    ///
    /// Without `FILE_SYNCHRONOUS_IO_…` in the options, the handle is for overlapped I/O. The
    /// opening itself is synchronous.
    ///
    /// `DesiredAccess` and `ShareAccess`: as `CreateFileW` has them. `FileAttributes`: of a new
    /// file. `CreateDisposition`: one `FILE_OPEN`, `FILE_CREATE` …. `CreateOptions` 0 = overlapped,
    /// a file or a directory. `*AllocationSize` in bytes, `EaLength` 0 without extended attributes.
    /// 0 or more = opened.
    ///
    /// # Errors
    /// `STATUS_OBJECT_NAME_NOT_FOUND`, `STATUS_ACCESS_DENIED`,
    /// `STATUS_SHARING_VIOLATION`, `STATUS_INVALID_PARAMETER`. No packet is involved.
    ///
    /// # Safety
    /// * `FileHandle` and `IoStatusBlock` may be written to, `ObjectAttributes` is valid;
    ///   `AllocationSize` is null or may be read; `EaBuffer` is null or holds `EaLength` bytes.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `winternl.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winternl/nf-winternl-ntcreatefile>
    pub fn NtCreateFile(
        FileHandle: *mut HANDLE,
        DesiredAccess: FILE_ACCESS_RIGHTS,
        ObjectAttributes: *const OBJECT_ATTRIBUTES,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        AllocationSize: *const i64,
        FileAttributes: FILE_FLAGS_AND_ATTRIBUTES,
        ShareAccess: FILE_SHARE_MODE,
        CreateDisposition: NTCREATEFILE_CREATE_DISPOSITION,
        CreateOptions: NTCREATEFILE_CREATE_OPTIONS,
        EaBuffer: *const c_void,
        EaLength: u32,
    ) -> NTSTATUS;

    /// Sends a control code to a device; what `DeviceIoControl` calls.
    ///
    /// A non-null `ApcContext` arrives as `lpOverlapped` of the packet; null = *no* packet.
    ///
    /// `IoControlCode` says what to do and what the buffers hold; `InputBufferLength` and
    /// `OutputBufferLength` in bytes. `STATUS_PENDING` = in flight, else 0 or more = done.
    ///
    /// # Errors
    /// `STATUS_PENDING`: in flight, a packet is owed. Success and warnings: owed too, unless
    /// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` applies: to warnings on Windows 7 only (fact SKIP07).
    /// Error statuses returned at once: none, if the driver keeps the rules (fact SKIP10).
    ///
    /// # Safety
    /// * `FileHandle` is open; `Event` is null or an event; the buffers are as the code demands.
    /// * status block and buffers stay valid and untouched until the packet is dequeued.
    /// * `ApcRoutine` is `None` if the handle is tied to a port.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `winternl.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winternl/nf-winternl-ntdeviceiocontrolfile>
    pub fn NtDeviceIoControlFile(
        FileHandle: HANDLE,
        Event: HANDLE,
        ApcRoutine: PIO_APC_ROUTINE,
        ApcContext: *const c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        IoControlCode: u32,
        InputBuffer: *const c_void,
        InputBufferLength: u32,
        OutputBuffer: *mut c_void,
        OutputBufferLength: u32,
    ) -> NTSTATUS;

    /// Translates a status to a Win32 error code.
    ///
    /// What `GetQueuedCompletionStatus` does with the status of a packet. `STATUS_TIMEOUT`,
    /// `STATUS_USER_APC` and `STATUS_ABANDONED_WAIT_0` as results of the wait are exceptions: the
    /// API gives 258, 192 and 735 there, this function 1460, 737 and 128. `Status`: any number.
    /// Returns the code.
    ///
    /// # Errors
    /// None; a status without a translation gives `ERROR_MR_MID_NOT_FOUND` (317).
    ///
    /// # Safety
    /// * none: it may be called at any time with any number.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `winternl.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winternl/nf-winternl-rtlntstatustodoserror>
    pub fn RtlNtStatusToDosError(Status: NTSTATUS) -> u32;
}
