//! `fileapi.h`: opening, reading, writing and locking files.
//!
//! Managing files and directories is not here: [`left_out`](crate::left_out) says why.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-createfilew>

mod info;
mod routines;

pub use info::*;
pub use routines::*;

use crate::minwinbase::{LOCK_FILE_FLAGS, OVERLAPPED, SECURITY_ATTRIBUTES};
use crate::minwindef::BOOL;
use crate::winbase::FILE_TYPE;
use crate::winnt::{
    FILE_FLAGS_AND_ATTRIBUTES, FILE_SEGMENT_ELEMENT, FILE_SHARE_MODE, HANDLE, PCWSTR,
};

/// What `CreateFileW` does if the file exists or not; a name of the Windows metadata.
pub type FILE_CREATION_DISPOSITION = u32;
/// Create; fail with `ERROR_FILE_EXISTS` (80) if it exists.
pub const CREATE_NEW: FILE_CREATION_DISPOSITION = 1;
/// Create, or truncate what exists.
pub const CREATE_ALWAYS: FILE_CREATION_DISPOSITION = 2;
/// Open; fail if it does not exist. The only choice for pipes and devices.
pub const OPEN_EXISTING: FILE_CREATION_DISPOSITION = 3;
/// Open, or create if it does not exist.
pub const OPEN_ALWAYS: FILE_CREATION_DISPOSITION = 4;
/// Open and truncate; fail if it does not exist. Needs `GENERIC_WRITE`.
pub const TRUNCATE_EXISTING: FILE_CREATION_DISPOSITION = 5;

link! { "kernel32.dll";
    /// Opens or creates a file, pipe client, directory or device.
    ///
    /// For a completion port give `FILE_FLAG_OVERLAPPED`; for a directory
    /// `FILE_FLAG_BACKUP_SEMANTICS`. The opening itself is synchronous.
    ///
    /// `lpFileName` has at most 260 units with the NUL, with `\\?\` before it about 32 767.
    /// `dwDesiredAccess` 0 = only to ask. `dwShareMode` 0 = nobody else may open it meanwhile.
    /// `dwCreationDisposition`: one of `CREATE_NEW` (1) to `TRUNCATE_EXISTING` (5).
    /// `dwFlagsAndAttributes`: the attributes are those of a new file.
    ///
    /// # Returns
    /// The handle; `INVALID_HANDLE_VALUE` (not null) on failure.
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND`, `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION` (32),
    /// `ERROR_FILE_EXISTS` (80), `ERROR_PIPE_BUSY` (every instance taken: `WaitNamedPipeW`).
    /// `ERROR_ALREADY_EXISTS` (183) on *success* of `CREATE_ALWAYS` and `OPEN_ALWAYS`: the file was
    /// there.
    ///
    /// # Safety
    /// * `lpFileName` is NUL-terminated UTF-16; `lpSecurityAttributes` is null or valid;
    ///   `hTemplateFile` is null or an open file.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-createfilew>
    pub fn CreateFileW(
        lpFileName: PCWSTR,
        dwDesiredAccess: u32,
        dwShareMode: FILE_SHARE_MODE,
        lpSecurityAttributes: *const SECURITY_ATTRIBUTES,
        dwCreationDisposition: FILE_CREATION_DISPOSITION,
        dwFlagsAndAttributes: FILE_FLAGS_AND_ATTRIBUTES,
        hTemplateFile: HANDLE,
    ) -> HANDLE;

    /// Writes the buffered data of a file to the disk; on a pipe, waits until the client has read
    /// all.
    ///
    /// Synchronous, also on an overlapped handle; queues no packet. Non-zero = written.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`, `ERROR_BROKEN_PIPE` (the client left, fact
    /// PIPE37), `ERROR_PIPE_NOT_CONNECTED` (the server threw it out, fact PIPE38).
    ///
    /// # Safety
    /// * `hFile` is open for writing.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-flushfilebuffers>
    pub fn FlushFileBuffers(hFile: HANDLE) -> BOOL;

    /// Returns whether a handle is a disk file, a character device or a pipe (or socket).
    ///
    /// On a synchronous handle in use by another thread it may wait for that.
    ///
    /// # Errors
    /// Returns `FILE_TYPE_UNKNOWN`: with error 0 the type is unknown, else the call failed
    /// (`ERROR_INVALID_HANDLE`). Set the last error to 0 before.
    ///
    /// # Safety
    /// * `hFile` is open.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-getfiletype>
    pub fn GetFileType(hFile: HANDLE) -> FILE_TYPE;

    /// Locks bytes of a file, starting at the offset in the `OVERLAPPED`.
    ///
    /// `dwFlags` 0 = a shared lock, and wait for it. `dwReserved` is 0. `nNumberOfBytesToLockLow`
    /// and `nNumberOfBytesToLockHigh`: the length in bytes, as two halves. Non-zero = locked, 0
    /// with `ERROR_IO_PENDING` = in flight. Locks are mandatory: others' reads or writes fail.
    ///
    /// # Errors
    /// `ERROR_LOCK_VIOLATION` (with `LOCKFILE_FAIL_IMMEDIATELY`), `ERROR_INVALID_PARAMETER`. A
    /// packet is owed after success (unless skipped) and after `ERROR_IO_PENDING`; after other
    /// errors none. Wine 8 and 10 send none after success.
    ///
    /// # Safety
    /// * `hFile` is open for reading or writing.
    /// * the `OVERLAPPED` stays valid and untouched until the packet is dequeued.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-lockfileex>
    pub fn LockFileEx(
        hFile: HANDLE,
        dwFlags: LOCK_FILE_FLAGS,
        dwReserved: u32,
        nNumberOfBytesToLockLow: u32,
        nNumberOfBytesToLockHigh: u32,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL;

    /// Reads from a file or pipe, at the offset in the `OVERLAPPED`.
    ///
    /// Non-zero = done, 0 with `ERROR_IO_PENDING` = in flight; on a file it says the latter also
    /// when it is done (fact FILE01), and skip mode saves little there (fact SKIP15). With an
    /// `OVERLAPPED`, `lpNumberOfBytesRead` should be null: the count is in the packet.
    ///
    /// # Errors
    /// `ERROR_HANDLE_EOF` (at once or in the packet), `ERROR_BROKEN_PIPE` (end of a pipe),
    /// `ERROR_MORE_DATA` (part of a message), `ERROR_NO_DATA`, `ERROR_INVALID_USER_BUFFER` and
    /// `ERROR_NOT_ENOUGH_MEMORY` (too much in flight), `ERROR_OPERATION_ABORTED`. A packet is owed
    /// after non-zero (unless `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` is set) and after
    /// `ERROR_IO_PENDING`; also after `ERROR_MORE_DATA`, a warning (on Windows 7 in skip mode not,
    /// fact SKIP07). After the others returned by the call itself none.
    ///
    /// # Safety
    /// * `hFile` is open for reading; the buffer may be written for `nNumberOfBytesToRead` bytes.
    /// * with an `OVERLAPPED`: it and the buffer stay valid and untouched until the packet is
    ///   dequeued.
    /// * without one, the handle was not opened for overlapped I/O.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-readfile>
    pub fn ReadFile(
        hFile: HANDLE,
        lpBuffer: *mut u8,
        nNumberOfBytesToRead: u32,
        lpNumberOfBytesRead: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL;

    /// Reads a file into several pages.
    ///
    /// Needs `FILE_FLAG_NO_BUFFERING` and `FILE_FLAG_OVERLAPPED`. One element per page, the last
    /// followed by a null element; `lpReserved` is null. `nNumberOfBytesToRead` in bytes, a
    /// multiple of the sector size.
    ///
    /// # Errors
    /// As [`ReadFile`], also about the packet; `ERROR_INVALID_PARAMETER` (flags, alignment, size).
    ///
    /// # Safety
    /// * each element points to a page that may be written.
    /// * pages, `OVERLAPPED` and (for safety) the array stay valid and untouched until the packet
    ///   is dequeued.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-readfilescatter>
    pub fn ReadFileScatter(
        hFile: HANDLE,
        aSegmentArray: *const FILE_SEGMENT_ELEMENT,
        nNumberOfBytesToRead: u32,
        lpReserved: *const u32,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL;
}

link_late! { "kernel32.dll";
    /// Locks a range of `OVERLAPPED` structures in memory for a file: operations skip probing them.
    ///
    /// Wine lacks it: resolve at run time with `GetProcAddress`.
    ///
    /// `Length` in bytes. Needs the privilege `SeLockMemoryPrivilege` and a handle with
    /// `FILE_READ_ATTRIBUTES`. Helps unbuffered operations only. Lasts until the file is closed.
    /// Non-zero = locked.
    ///
    /// # Errors
    /// `ERROR_PRIVILEGE_NOT_HELD` (1314), `ERROR_INVALID_PARAMETER`, `ERROR_NO_SYSTEM_RESOURCES`.
    ///
    /// # Safety
    /// * `FileHandle` is open; the range is allocated and stays so until the last handle is closed.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-setfileiooverlappedrange>
    pub fn SetFileIoOverlappedRange(
        FileHandle: HANDLE,
        OverlappedRangeStart: *const u8,
        Length: u32,
    ) -> BOOL as PFN_SetFileIoOverlappedRange;
}

link! { "kernel32.dll";
    /// Unlocks bytes that [`LockFileEx`] locked: the very same range.
    ///
    /// `dwReserved` is 0; `nNumberOfBytesToUnlockLow` and `nNumberOfBytesToUnlockHigh`: the length
    /// in bytes, as two halves. Non-zero = unlocked.
    ///
    /// # Errors
    /// `ERROR_NOT_LOCKED` (158). Under Wine 8 and 10 no packet follows; on Windows that is open, while
    /// [`NtUnlockFile`](crate::NtUnlockFile) queues none.
    ///
    /// # Safety
    /// * `hFile` is open.
    /// * the `OVERLAPPED` stays valid and untouched until the packet (if owed) is dequeued.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-unlockfileex>
    pub fn UnlockFileEx(
        hFile: HANDLE,
        dwReserved: u32,
        nNumberOfBytesToUnlockLow: u32,
        nNumberOfBytesToUnlockHigh: u32,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL;

    /// Writes to a file or pipe, at the offset in the `OVERLAPPED` (both halves all ones = the
    /// end).
    ///
    /// Non-zero = done, 0 with `ERROR_IO_PENDING` = in flight. Writes that extend a file are often
    /// synchronous. With an `OVERLAPPED`, `lpNumberOfBytesWritten` should be null.
    /// `nNumberOfBytesToWrite` 0: what such a write does is up to the file system or device.
    ///
    /// # Errors
    /// `ERROR_NO_DATA` (pipe closing), `ERROR_BROKEN_PIPE`, `ERROR_DISK_FULL` (112),
    /// `ERROR_INVALID_USER_BUFFER` and `ERROR_NOT_ENOUGH_MEMORY` (too much in flight),
    /// `ERROR_OPERATION_ABORTED`. A packet is owed after non-zero (unless
    /// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` is set) and after `ERROR_IO_PENDING`; after others
    /// none.
    ///
    /// # Safety
    /// * `hFile` is open for writing; the buffer may be read for `nNumberOfBytesToWrite` bytes.
    /// * with an `OVERLAPPED`: it stays valid and untouched, and the buffer unchanged, until the
    ///   packet is dequeued.
    /// * without one, the handle was not opened for overlapped I/O.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-writefile>
    pub fn WriteFile(
        hFile: HANDLE,
        lpBuffer: *const u8,
        nNumberOfBytesToWrite: u32,
        lpNumberOfBytesWritten: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL;

    /// Writes several pages to a file; the mirror image of [`ReadFileScatter`].
    ///
    /// `nNumberOfBytesToWrite` in bytes, a multiple of the sector size.
    ///
    /// # Errors
    /// As [`WriteFile`], also about the packet; `ERROR_INVALID_PARAMETER` (flags, alignment, size).
    ///
    /// # Safety
    /// * each element points to a page that may be read and stays unchanged; pages, `OVERLAPPED`
    ///   and (for safety) the array stay valid until the packet is dequeued.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-writefilegather>
    pub fn WriteFileGather(
        hFile: HANDLE,
        aSegmentArray: *const FILE_SEGMENT_ELEMENT,
        nNumberOfBytesToWrite: u32,
        lpReserved: *const u32,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL;
}
