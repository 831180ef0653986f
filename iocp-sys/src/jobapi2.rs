//! `jobapi2.h`: jobs, groups of processes that report to a completion port.

use core::ffi::c_void;

use crate::minwinbase::SECURITY_ATTRIBUTES;
use crate::minwindef::BOOL;
use crate::winnt::{HANDLE, JOBOBJECTINFOCLASS, PCWSTR};

link! { "kernel32.dll";
    /// Creates a job, or opens one of that name.
    ///
    /// # Returns
    /// The handle; null on failure.
    ///
    /// # Errors
    /// `ERROR_ALREADY_EXISTS` (183) on *success*: it was there. `ERROR_INVALID_HANDLE` (the name
    /// belongs to another kind of object).
    ///
    /// # Safety
    /// * `lpJobAttributes` is null or valid; `lpName` is null or NUL-terminated UTF-16.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `jobapi2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-createjobobjectw>
    pub fn CreateJobObjectW(lpJobAttributes: *const SECURITY_ATTRIBUTES, lpName: PCWSTR) -> HANDLE;

    /// Puts a process into a job, for good; later children of the process join too.
    ///
    /// Before Windows 8 a process could be in one job only. Non-zero = done.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`, `ERROR_NOT_ENOUGH_QUOTA` (active process limit).
    ///
    /// # Safety
    /// * `hJob` is an open job; `hProcess` an open process with `PROCESS_SET_QUOTA` and
    ///   `PROCESS_TERMINATE`.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `jobapi2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-assignprocesstojobobject>
    pub fn AssignProcessToJobObject(hJob: HANDLE, hProcess: HANDLE) -> BOOL;

    /// Ends every process of a job and of the jobs in it, with this exit code.
    ///
    /// Each sends its message; `JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO` comes last. `uExitCode`: any
    /// number. Non-zero = done.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`, `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `hJob` is an open job with the right to terminate; what its processes share with this one
    ///   is left as it was at that moment.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `jobapi2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-terminatejobobject>
    pub fn TerminateJobObject(hJob: HANDLE, uExitCode: u32) -> BOOL;

    /// Sets limits of a job, or ties it to a completion port.
    ///
    /// A port that is tied later gets `JOB_OBJECT_MSG_NEW_PROCESS` for each process that is in the
    /// job then (fact JOB01); what was sent before is missed. The packets of the port carry a process
    /// id where others have their `OVERLAPPED` (fact JOB02): give the job a key of its own. A
    /// `CreateProcessW` with a list of jobs that fails sends those of a process that nobody got (fact
    /// JOB06).
    ///
    /// `JobObjectInformationClass` says which structure it is, `cbJobObjectInformationLength` its
    /// bytes. Non-zero = set.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER`, `ERROR_BAD_LENGTH` (24), `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `hJob` is an open job; the information may be read and fits its class and size (bytes).
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `jobapi2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-setinformationjobobject>
    pub fn SetInformationJobObject(
        hJob: HANDLE,
        JobObjectInformationClass: JOBOBJECTINFOCLASS,
        lpJobObjectInformation: *const c_void,
        cbJobObjectInformationLength: u32,
    ) -> BOOL;

    /// Reads limits or counters of a job. `hJob` null = the job of the calling process.
    ///
    /// `JobObjectInformationClass` says which structure it is, `cbJobObjectInformationLength` the
    /// bytes there are, `*lpReturnLength` the bytes written. Non-zero = told.
    ///
    /// # Errors
    /// `ERROR_BAD_LENGTH` (24), `ERROR_MORE_DATA` (lists), `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `hJob` is null or an open job; the information may be written for its size (bytes) and is
    ///   aligned for its class; `lpReturnLength` is null or may be written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `jobapi2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-queryinformationjobobject>
    pub fn QueryInformationJobObject(
        hJob: HANDLE,
        JobObjectInformationClass: JOBOBJECTINFOCLASS,
        lpJobObjectInformation: *mut c_void,
        cbJobObjectInformationLength: u32,
        lpReturnLength: *mut u32,
    ) -> BOOL;
}
