//! `processthreadsapi.h`: the own process and thread, other processes, APCs.

use crate::minwindef::BOOL;
use crate::winnt::{HANDLE, PAPCFUNC, PROCESS_ACCESS_RIGHTS, THREAD_ACCESS_RIGHTS};

link! { "kernel32.dll";
    /// Queues an APC to a thread; it runs when that thread waits alertably.
    ///
    /// Ends a `GetQueuedCompletionStatusEx` with `fAlertable` there (`WAIT_IO_COMPLETION`).
    ///
    /// # Returns
    /// Non-zero on success (a `DWORD`, not a `BOOL`).
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`, `ERROR_GEN_FAILURE` (the thread has ended).
    ///
    /// # Safety
    /// * `hThread` is an open thread handle with `THREAD_SET_CONTEXT`.
    /// * `pfnAPC` may run on that thread at any alertable wait, with `dwData`; it must not unwind.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `processthreadsapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-queueuserapc>
    pub fn QueueUserAPC(pfnAPC: PAPCFUNC, hThread: HANDLE, dwData: usize) -> u32;

    /// Returns the pseudo-handle of this process; it needs no close. Never fails.
    ///
    /// It means "the process of the caller" wherever it is used: duplicate it to hand it on.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `processthreadsapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocess>
    pub fn GetCurrentProcess() -> HANDLE;

    /// Returns the pseudo-handle of this thread; it needs no close. Never fails.
    ///
    /// It means "the thread of the caller" wherever it is used: duplicate it to hand it on.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `processthreadsapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentthread>
    pub fn GetCurrentThread() -> HANDLE;

    /// Returns the id of this process. Never fails.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `processthreadsapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentprocessid>
    pub fn GetCurrentProcessId() -> u32;

    /// Returns the id of this thread. Never fails.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `processthreadsapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-getcurrentthreadid>
    pub fn GetCurrentThreadId() -> u32;

    /// Tells how a process ended.
    ///
    /// Non-zero = told. 259 (`STILL_ACTIVE`) while it runs, but a process may also end with that:
    /// wait for the handle.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `hProcess` is open with `PROCESS_QUERY_LIMITED_INFORMATION`; `lpExitCode` may be written
    ///   to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `processthreadsapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-getexitcodeprocess>
    pub fn GetExitCodeProcess(hProcess: HANDLE, lpExitCode: *mut u32) -> BOOL;

    /// Returns the id of a process; 0 on failure.
    ///
    /// It is this process's as long as the handle is open, also after its end.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `Process` is open with `PROCESS_QUERY_LIMITED_INFORMATION`.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `processthreadsapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocessid>
    pub fn GetProcessId(Process: HANDLE) -> u32;

    /// Opens a process by its id, e.g. to wait for its end.
    ///
    /// Ids are recycled once the process has ended and its last handle is closed.
    ///
    /// `dwDesiredAccess`: e.g. `SYNCHRONIZE`. `bInheritHandle` non-zero = child processes inherit
    /// the handle. `dwProcessId` 0 is the idle process, which cannot be opened.
    ///
    /// # Returns
    /// The handle; null on failure.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` (no such id), `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * no pointer is involved; the caller owns the handle and answers for its use.
    ///
    /// # Source
    /// Any Windows. DLL: `kernel32.dll`. Header: `processthreadsapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-openprocess>
    pub fn OpenProcess(
        dwDesiredAccess: PROCESS_ACCESS_RIGHTS,
        bInheritHandle: BOOL,
        dwProcessId: u32,
    ) -> HANDLE;

    /// Opens a thread by its id, e.g. to let it go on.
    ///
    /// Ids are recycled once the thread has ended and its last handle is closed.
    ///
    /// `dwDesiredAccess`: e.g. [`THREAD_SUSPEND_RESUME`](crate::winnt::THREAD_SUSPEND_RESUME).
    /// `bInheritHandle` non-zero = child processes inherit the handle. `dwThreadId`: any number.
    ///
    /// # Returns
    /// The handle; null on failure.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` (no such id), `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * no pointer is involved; the caller owns the handle and answers for its use.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `processthreadsapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-openthread>
    pub fn OpenThread(
        dwDesiredAccess: THREAD_ACCESS_RIGHTS,
        bInheritHandle: BOOL,
        dwThreadId: u32,
    ) -> HANDLE;

    /// Takes one suspension of a thread back: with the last it goes on.
    ///
    /// # Returns
    /// How often it was suspended before, 0 = it was running; `u32::MAX` on failure.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `hThread` is an open thread with `THREAD_SUSPEND_RESUME`, which nothing relies on to stand still.
    ///
    /// # Source
    /// Any Windows. DLL: `kernel32.dll`. Header: `processthreadsapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-resumethread>
    pub fn ResumeThread(hThread: HANDLE) -> u32;

    /// Ends a process and all its threads from outside; what they hold is not tidied up.
    ///
    /// Non-zero = begun: wait for the handle to know that it is over. Its I/O is cancelled or completed
    /// first. `uExitCode`: any number, but 259 (`STILL_ACTIVE`) is mistaken for a process that runs.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED` (also when it has ended already; Wine 8 and 10 succeed then),
    /// `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `hProcess` is open with [`PROCESS_TERMINATE`](crate::PROCESS_TERMINATE); nothing relies on what that process would still
    ///   do, such as with memory that it shares.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `processthreadsapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess>
    pub fn TerminateProcess(hProcess: HANDLE, uExitCode: u32) -> BOOL;
}
