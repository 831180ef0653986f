//! The documented calls of `ntdll.dll`.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winternl/nf-winternl-ntcreatefile>

use core::ffi::c_void;

use super::{IO_STATUS_BLOCK, NTSTATUS, OBJECT_ATTRIBUTES, PIO_APC_ROUTINE};
use crate::winnt::{FILE_ACCESS_RIGHTS, FILE_FLAGS_AND_ATTRIBUTES, FILE_SHARE_MODE, HANDLE};

/// What `NtCreateFile` does if the file exists or not; a name of the Windows metadata.
pub type NTCREATEFILE_CREATE_DISPOSITION = u32;
/// Replace it, or create it.
pub const FILE_SUPERSEDE: NTCREATEFILE_CREATE_DISPOSITION = 0;
/// Open; fail if it does not exist.
pub const FILE_OPEN: NTCREATEFILE_CREATE_DISPOSITION = 1;
/// Create; fail if it exists.
pub const FILE_CREATE: NTCREATEFILE_CREATE_DISPOSITION = 2;
/// Open, or create it.
pub const FILE_OPEN_IF: NTCREATEFILE_CREATE_DISPOSITION = 3;
/// Open and truncate; fail if it does not exist.
pub const FILE_OVERWRITE: NTCREATEFILE_CREATE_DISPOSITION = 4;
/// Open and truncate, or create it.
pub const FILE_OVERWRITE_IF: NTCREATEFILE_CREATE_DISPOSITION = 5;

/// Options of `NtCreateFile`; a name of the Windows metadata.
pub type NTCREATEFILE_CREATE_OPTIONS = u32;
/// The file must be a directory.
pub const FILE_DIRECTORY_FILE: NTCREATEFILE_CREATE_OPTIONS = 0x0001;
/// A write completes when the disk has it.
pub const FILE_WRITE_THROUGH: NTCREATEFILE_CREATE_OPTIONS = 0x0002;
/// Hint to the cache: access from start to end.
pub const FILE_SEQUENTIAL_ONLY: NTCREATEFILE_CREATE_OPTIONS = 0x0004;
/// Bypass the cache; offsets, sizes and addresses must be multiples of the sector size.
pub const FILE_NO_INTERMEDIATE_BUFFERING: NTCREATEFILE_CREATE_OPTIONS = 0x0008;
/// *Not* overlapped: the handle has a position, and an alert ends a wait for it.
///
/// A handle with this or the next bit cannot be tied to a port. Also what
/// [`FileModeInformation`](crate::FileModeInformation) reports; needs `SYNCHRONIZE`.
pub const FILE_SYNCHRONOUS_IO_ALERT: NTCREATEFILE_CREATE_OPTIONS = 0x0010;
/// *Not* overlapped: the handle has a position. What `CreateFileW` makes without
/// [`FILE_FLAG_OVERLAPPED`](crate::FILE_FLAG_OVERLAPPED).
pub const FILE_SYNCHRONOUS_IO_NONALERT: NTCREATEFILE_CREATE_OPTIONS = 0x0020;
/// The file must not be a directory.
pub const FILE_NON_DIRECTORY_FILE: NTCREATEFILE_CREATE_OPTIONS = 0x0040;

link! { "ntdll.dll";
    /// Closes a handle; what `CloseHandle` calls.
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
    /// # Errors
    /// `STATUS_OBJECT_NAME_NOT_FOUND` (0xC0000034), `STATUS_ACCESS_DENIED`,
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
    /// # Errors
    /// `STATUS_PENDING`: in flight, a packet is owed. Success and warnings: owed too, unless
    /// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` applies. Error statuses returned at once: none.
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
    /// API gives 258, 192 and 735 there, this function 1460, 737 and 128.
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
