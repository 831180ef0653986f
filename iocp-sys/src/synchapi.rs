//! `synchapi.h`: events, semaphores, timers and waits.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createwaitabletimerexw>

use core::ffi::c_void;

use crate::minwinbase::SECURITY_ATTRIBUTES;
use crate::minwindef::BOOL;
use crate::winbase::WAIT_EVENT;
use crate::winnt::{HANDLE, PCSTR, PCWSTR};

/// Runs as an APC of the thread that set the timer, with the time of the signal (a `FILETIME`).
///
/// `dwTimerLowValue` and `dwTimerHighValue` are its halves: units of 100 ns since 1601-01-01 UTC.
///
/// # Source
/// Windows XP. Header: `synchapi.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nc-synchapi-ptimerapcroutine>
pub type PTIMERAPCROUTINE = Option<
    unsafe extern "system" fn(
        lpArgToCompletionRoutine: *const c_void,
        dwTimerLowValue: u32,
        dwTimerHighValue: u32,
    ),
>;

/// `CreateWaitableTimerExW`: every waiter runs, until the timer is set again.
pub const CREATE_WAITABLE_TIMER_MANUAL_RESET: u32 = 1;
/// `CreateWaitableTimerExW`: due to half a millisecond, not to the next tick. Windows 10 1803; older
/// ones fail with `ERROR_INVALID_PARAMETER`.
pub const CREATE_WAITABLE_TIMER_HIGH_RESOLUTION: u32 = 2;

link! { "kernel32.dll";
    /// Sets an event: waiters run (an auto-reset event lets one go).
    ///
    /// Non-zero = done.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `hEvent` is an open event.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-setevent>
    pub fn SetEvent(hEvent: HANDLE) -> BOOL;

    /// Resets an event.
    ///
    /// Non-zero = done.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `hEvent` is an open event.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-resetevent>
    pub fn ResetEvent(hEvent: HANDLE) -> BOOL;

    /// Adds `lReleaseCount` (1 or more) to the count of a semaphore.
    ///
    /// `lpPreviousCount` receives the count before; may be null. Non-zero = added.
    ///
    /// # Errors
    /// `ERROR_TOO_MANY_POSTS` (above the maximum; the count is unchanged), `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `hSemaphore` is an open semaphore; `lpPreviousCount` is null or may be written to.
    ///
    /// # Source
    /// Any Windows. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-releasesemaphore>
    pub fn ReleaseSemaphore(
        hSemaphore: HANDLE,
        lReleaseCount: i32,
        lpPreviousCount: *mut i32,
    ) -> BOOL;

    /// Waits until an object is signalled.
    ///
    /// `dwMilliseconds`: 0 = only look, `INFINITE` = no limit.
    ///
    /// # Returns
    /// `WAIT_OBJECT_0`, `WAIT_TIMEOUT`, `WAIT_ABANDONED_0` (a mutex whose owner died),
    /// `WAIT_FAILED`.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED` (no `SYNCHRONIZE` right).
    ///
    /// # Safety
    /// * `hHandle` is an open waitable handle and stays open during the wait.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject>
    pub fn WaitForSingleObject(hHandle: HANDLE, dwMilliseconds: u32) -> WAIT_EVENT;

    /// Waits until an object is signalled or, with `bAlertable`, an APC of this thread has run.
    ///
    /// `dwMilliseconds`: 0 = only look (APCs run all the same), `INFINITE` = no limit.
    ///
    /// # Returns
    /// As [`WaitForSingleObject`], and `WAIT_IO_COMPLETION`: APCs ran, the object may not be
    /// signalled.
    ///
    /// # Errors
    /// As [`WaitForSingleObject`].
    ///
    /// # Safety
    /// * as for [`WaitForSingleObject`]; with `bAlertable`, any APC of this thread may run inside
    ///   the call.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-waitforsingleobjectex>
    pub fn WaitForSingleObjectEx(
        hHandle: HANDLE,
        dwMilliseconds: u32,
        bAlertable: BOOL,
    ) -> WAIT_EVENT;

    /// Sleeps; with `bAlertable`, queued APCs run and end the sleep.
    ///
    /// `dwMilliseconds`: 0 = give up the time slice, `INFINITE` = no limit.
    ///
    /// # Returns
    /// 0 = the time is over, `WAIT_IO_COMPLETION` = an APC ran. Never fails.
    ///
    /// # Safety
    /// * with `bAlertable`, any APC of this thread may run inside the call.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-sleepex>
    pub fn SleepEx(dwMilliseconds: u32, bAlertable: BOOL) -> u32;

    /// [`CreateEventW`] with a name in the ANSI code page.
    ///
    /// # Returns
    /// The handle; null on failure.
    ///
    /// # Errors
    /// As [`CreateEventW`].
    ///
    /// # Safety
    /// * as for [`CreateEventW`], but `lpName` is null or NUL-terminated bytes.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createeventa>
    pub fn CreateEventA(
        lpEventAttributes: *const SECURITY_ATTRIBUTES,
        bManualReset: BOOL,
        bInitialState: BOOL,
        lpName: PCSTR,
    ) -> HANDLE;

    /// Creates an event, or opens one of that name.
    ///
    /// `bManualReset` non-zero = it stays set until [`ResetEvent`], 0 = it resets itself when it
    /// lets a waiter go. `bInitialState` non-zero = set.
    ///
    /// # Returns
    /// The handle; null on failure.
    ///
    /// # Errors
    /// `ERROR_ALREADY_EXISTS` (183) on *success*: the event was there, and the other parameters
    /// were ignored. `ERROR_INVALID_HANDLE` (the name belongs to another kind of object),
    /// `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `lpEventAttributes` is null or valid; `lpName` is null or NUL-terminated UTF-16.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createeventw>
    pub fn CreateEventW(
        lpEventAttributes: *const SECURITY_ATTRIBUTES,
        bManualReset: BOOL,
        bInitialState: BOOL,
        lpName: PCWSTR,
    ) -> HANDLE;

    /// Starts a timer, stopping it first if it runs.
    ///
    /// `lpDueTime` in units of 100 ns: negative = from now, positive = since 1601-01-01 UTC.
    /// `lPeriod` in milliseconds, 0 = once, below 0 fails. `fResume` non-zero = wake the machine.
    /// Non-zero result = started.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER`; with `fResume`, `ERROR_NOT_SUPPORTED`
    /// (50) on *success* if the machine cannot be woken.
    ///
    /// # Safety
    /// * `hTimer` is an open timer; `lpDueTime` may be read.
    /// * the routine (if any) runs on this thread at alertable waits until the timer is stopped,
    ///   with the given argument; it must not unwind.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-setwaitabletimer>
    pub fn SetWaitableTimer(
        hTimer: HANDLE,
        lpDueTime: *const i64,
        lPeriod: i32,
        pfnCompletionRoutine: PTIMERAPCROUTINE,
        lpArgToCompletionRoutine: *const c_void,
        fResume: BOOL,
    ) -> BOOL;

    /// Stops a timer; a signalled one stays signalled.
    ///
    /// Non-zero = stopped.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `hTimer` is an open timer.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-cancelwaitabletimer>
    pub fn CancelWaitableTimer(hTimer: HANDLE) -> BOOL;

    /// Creates a timer, or opens one of that name, with these rights.
    ///
    /// With [`CREATE_WAITABLE_TIMER_HIGH_RESOLUTION`] and
    /// [`NtAssociateWaitCompletionPacket`](crate::NtAssociateWaitCompletionPacket) it is the finest
    /// timeout that a port can have. `dwFlags` 0 = it lets one waiter go, and ticks like all
    /// others. `dwDesiredAccess`: e.g. `TIMER_ALL_ACCESS`.
    ///
    /// # Returns
    /// The handle; null on failure.
    ///
    /// # Errors
    /// `ERROR_ALREADY_EXISTS` (183) on *success*: it was there. `ERROR_INVALID_PARAMETER` (unknown
    /// flag), `ERROR_INVALID_HANDLE` (the name belongs to another kind of object).
    ///
    /// # Safety
    /// * `lpTimerAttributes` is null or valid; `lpTimerName` is null or NUL-terminated UTF-16.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createwaitabletimerexw>
    pub fn CreateWaitableTimerExW(
        lpTimerAttributes: *const SECURITY_ATTRIBUTES,
        lpTimerName: PCWSTR,
        dwFlags: u32,
        dwDesiredAccess: u32,
    ) -> HANDLE;

    /// Waits until one of several objects is signalled, or all are.
    ///
    /// `nCount`: 1 to `MAXIMUM_WAIT_OBJECTS`. `dwMilliseconds`: 0 = only look, `INFINITE` = no
    /// limit. `bWaitAll` non-zero = for all, 0 = for one.
    ///
    /// # Returns
    /// `WAIT_OBJECT_0 + i`, `WAIT_ABANDONED_0 + i` (`i` = the lowest index), `WAIT_TIMEOUT`,
    /// `WAIT_FAILED`.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` (count; or the same handle twice with `bWaitAll`),
    /// `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `lpHandles` may be read for `nCount` handles, all open and kept open during the wait.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-waitformultipleobjects>
    pub fn WaitForMultipleObjects(
        nCount: u32,
        lpHandles: *const HANDLE,
        bWaitAll: BOOL,
        dwMilliseconds: u32,
    ) -> WAIT_EVENT;

    /// Creates a semaphore, or opens one of that name.
    ///
    /// `lInitialCount`: 0 to `lMaximumCount`; `lMaximumCount`: 1 or more.
    ///
    /// # Returns
    /// The handle; null on failure.
    ///
    /// # Errors
    /// `ERROR_ALREADY_EXISTS` (183) on *success*: it was there. `ERROR_INVALID_PARAMETER` (counts),
    /// `ERROR_INVALID_HANDLE` (the name belongs to another kind of object).
    ///
    /// # Safety
    /// * `lpSemaphoreAttributes` is null or valid; `lpName` is null or NUL-terminated UTF-16.
    ///
    /// # Source
    /// Any Windows. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createsemaphorew>
    pub fn CreateSemaphoreW(
        lpSemaphoreAttributes: *const SECURITY_ATTRIBUTES,
        lInitialCount: i32,
        lMaximumCount: i32,
        lpName: PCWSTR,
    ) -> HANDLE;

    /// Creates a timer, or opens one of that name.
    ///
    /// `bManualReset` non-zero = it stays signalled until it is started again, 0 = it lets one
    /// waiter go.
    ///
    /// # Returns
    /// The handle; null on failure.
    ///
    /// # Errors
    /// `ERROR_ALREADY_EXISTS` (183) on *success*: it was there. `ERROR_INVALID_HANDLE` (the name
    /// belongs to another kind of object).
    ///
    /// # Safety
    /// * `lpTimerAttributes` is null or valid; `lpTimerName` is null or NUL-terminated UTF-16.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `synchapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createwaitabletimerw>
    pub fn CreateWaitableTimerW(
        lpTimerAttributes: *const SECURITY_ATTRIBUTES,
        bManualReset: BOOL,
        lpTimerName: PCWSTR,
    ) -> HANDLE;
}
