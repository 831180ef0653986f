//! `tlhelp32.h`: a list of the system's threads, to find those of a process.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/tlhelp32/nf-tlhelp32-createtoolhelp32snapshot>

use crate::minwindef::BOOL;
use crate::winnt::HANDLE;

/// What a snapshot is of.
pub type CREATE_TOOLHELP_SNAPSHOT_FLAGS = u32;
/// All threads of the system, whatever the process id.
pub const TH32CS_SNAPTHREAD: CREATE_TOOLHELP_SNAPSHOT_FLAGS = 4;

/// One thread of a snapshot.
///
/// # Layout
/// 28 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `tlhelp32.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/tlhelp32/ns-tlhelp32-threadentry32>
#[repr(C)]
#[derive(Debug)]
pub struct THREADENTRY32 {
    /// Bytes of this structure: set it before the first call, or that fails.
    pub dwSize: u32,
    /// Always 0.
    pub cntUsage: u32,
    /// Id of the thread.
    pub th32ThreadID: u32,
    /// Id of its process.
    pub th32OwnerProcessID: u32,
    /// Base priority, 0 (lowest) to 31.
    pub tpBasePri: i32,
    /// Always 0.
    pub tpDeltaPri: i32,
    /// Always 0.
    pub dwFlags: u32,
}
layout!(THREADENTRY32: size 28 | 28, align 4 | 4; th32OwnerProcessID: 12 | 12);
plain!(THREADENTRY32);

link! { "kernel32.dll";
    /// Takes a list of what there is in the system at this moment.
    ///
    /// `dwFlags`: e.g. [`TH32CS_SNAPTHREAD`]. `th32ProcessID`: 0 = the calling process; not looked at
    /// for threads. Close it with `CloseHandle`.
    ///
    /// # Returns
    /// The handle; `INVALID_HANDLE_VALUE` on failure.
    ///
    /// # Errors
    /// `ERROR_NOT_ENOUGH_MEMORY`.
    ///
    /// # Safety
    /// * no pointer is involved; the caller owns the handle.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `tlhelp32.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/tlhelp32/nf-tlhelp32-createtoolhelp32snapshot>
    pub fn CreateToolhelp32Snapshot(
        dwFlags: CREATE_TOOLHELP_SNAPSHOT_FLAGS,
        th32ProcessID: u32,
    ) -> HANDLE;

    /// Reads the first thread of a snapshot. Non-zero = read.
    ///
    /// # Errors
    /// `ERROR_NO_MORE_FILES` (18: there is none).
    ///
    /// # Safety
    /// * `hSnapshot` is an open snapshot; `lpte` may be written to and its `dwSize` is set.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `tlhelp32.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/tlhelp32/nf-tlhelp32-thread32first>
    pub fn Thread32First(hSnapshot: HANDLE, lpte: *mut THREADENTRY32) -> BOOL;

    /// Reads the next thread of a snapshot. Non-zero = read.
    ///
    /// # Errors
    /// `ERROR_NO_MORE_FILES` (18: that was the last).
    ///
    /// # Safety
    /// * `hSnapshot` is an open snapshot; `lpte` may be written to and its `dwSize` is set.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `tlhelp32.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/tlhelp32/nf-tlhelp32-thread32next>
    pub fn Thread32Next(hSnapshot: HANDLE, lpte: *mut THREADENTRY32) -> BOOL;
}
