//! Reads and writes with a completion routine, and locks without an `OVERLAPPED`.
//!
//! Beside a port, not with one: a handle that is tied to a port cannot have completion routines.

use crate::minwinbase::{LPOVERLAPPED_COMPLETION_ROUTINE, OVERLAPPED};
use crate::minwindef::BOOL;
use crate::winnt::HANDLE;

link! { "kernel32.dll";
    /// Locks bytes of a file for this handle alone.
    ///
    /// The range begins at `dwFileOffsetLow` and `dwFileOffsetHigh` and has
    /// `nNumberOfBytesToLockLow` and `nNumberOfBytesToLockHigh` bytes, each number as two halves;
    /// it may lie beyond the end. Fails rather than wait. Non-zero = locked.
    ///
    /// # Errors
    /// `ERROR_LOCK_VIOLATION`, `ERROR_INVALID_PARAMETER` (the range overflows),
    /// `ERROR_INVALID_HANDLE`. Queues no packet.
    ///
    /// # Safety
    /// * `hFile` is open for reading or writing.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-lockfile>
    pub fn LockFile(
        hFile: HANDLE,
        dwFileOffsetLow: u32,
        dwFileOffsetHigh: u32,
        nNumberOfBytesToLockLow: u32,
        nNumberOfBytesToLockHigh: u32,
    ) -> BOOL;

    /// Reads from a file or pipe and runs a routine when done, as an APC of this thread.
    ///
    /// `nNumberOfBytesToRead` in bytes; 0 reads nothing and completes. Non-zero = started: the
    /// routine runs at an alertable wait of this thread, and only then. `OVERLAPPED::hEvent` is free
    /// for the caller.
    ///
    /// # Errors
    /// As [`ReadFile`](super::ReadFile), but `ERROR_IO_PENDING` is a success here;
    /// `ERROR_INVALID_PARAMETER` on a handle that is tied to a port. After a failure the routine
    /// does not run. No packet follows.
    ///
    /// # Safety
    /// * `hFile` is open for overlapped reading; the buffer may be written for
    ///   `nNumberOfBytesToRead` bytes.
    /// * buffer and `OVERLAPPED` stay valid and untouched until the routine has run; the thread
    ///   lives so long, and the routine does not unwind.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-readfileex>
    pub fn ReadFileEx(
        hFile: HANDLE,
        lpBuffer: *mut u8,
        nNumberOfBytesToRead: u32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPOVERLAPPED_COMPLETION_ROUTINE,
    ) -> BOOL;

    /// Unlocks bytes that [`LockFile`] or `LockFileEx` locked through this handle: the very same
    /// range.
    ///
    /// It begins at `dwFileOffsetLow` and `dwFileOffsetHigh` and has `nNumberOfBytesToUnlockLow`
    /// and `nNumberOfBytesToUnlockHigh` bytes. Non-zero = unlocked.
    ///
    /// # Errors
    /// `ERROR_NOT_LOCKED`, `ERROR_INVALID_HANDLE`. Queues no packet.
    ///
    /// # Safety
    /// * `hFile` is open.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-unlockfile>
    pub fn UnlockFile(
        hFile: HANDLE,
        dwFileOffsetLow: u32,
        dwFileOffsetHigh: u32,
        nNumberOfBytesToUnlockLow: u32,
        nNumberOfBytesToUnlockHigh: u32,
    ) -> BOOL;

    /// Writes to a file or pipe and runs a routine when done, as an APC of this thread.
    ///
    /// The mirror image of [`ReadFileEx`]. `nNumberOfBytesToWrite` in bytes. Non-zero = started.
    ///
    /// # Errors
    /// As [`WriteFile`](super::WriteFile), but `ERROR_IO_PENDING` is a success here;
    /// `ERROR_INVALID_PARAMETER` on a handle that is tied to a port. After a failure the routine
    /// does not run. No packet follows.
    ///
    /// # Safety
    /// * as for [`ReadFileEx`], but the handle is open for overlapped writing and the buffer may be
    ///   read.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-writefileex>
    pub fn WriteFileEx(
        hFile: HANDLE,
        lpBuffer: *const u8,
        nNumberOfBytesToWrite: u32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPOVERLAPPED_COMPLETION_ROUTINE,
    ) -> BOOL;
}
