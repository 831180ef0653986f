//! `threadpoolapiset.h`: the thread pool of Windows, itself built on a completion port.

use core::ffi::c_void;

use crate::minwindef::{BOOL, FILETIME};
use crate::winnt::{
    HANDLE, PTP_CALLBACK_INSTANCE, PTP_CLEANUP_GROUP, PTP_IO, PTP_POOL, PTP_SIMPLE_CALLBACK,
    PTP_WAIT, PTP_WAIT_CALLBACK, TP_CALLBACK_ENVIRON_V3,
};

/// Runs when an operation of an I/O object completes.
///
/// `Overlapped` is the operation, `IoResult` a Win32 error code (0 = success),
/// `NumberOfBytesTransferred` in bytes.
///
/// # Source
/// Windows Vista. Header: `threadpoolapiset.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpoolio>
pub type PTP_WIN32_IO_CALLBACK = Option<
    unsafe extern "system" fn(
        Instance: PTP_CALLBACK_INSTANCE,
        Context: *mut c_void,
        Overlapped: *mut c_void,
        IoResult: u32,
        NumberOfBytesTransferred: usize,
        Io: PTP_IO,
    ),
>;

link! { "kernel32.dll";
    /// Creates a thread pool besides the default one. `reserved` is null.
    ///
    /// # Errors
    /// Returns 0; see `GetLastError` (`ERROR_NOT_ENOUGH_MEMORY`).
    ///
    /// # Safety
    /// * `reserved` is null.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpool>
    pub fn CreateThreadpool(reserved: *const c_void) -> PTP_POOL;

    /// Sets the largest number of threads of a pool to `cthrdMost`. Never fails.
    ///
    /// # Safety
    /// * `ptpp` is a pool that was not closed.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-setthreadpoolthreadmaximum>
    pub fn SetThreadpoolThreadMaximum(ptpp: PTP_POOL, cthrdMost: u32);

    /// Sets the smallest number of threads of a pool to `cthrdMic`, and starts them.
    ///
    /// # Errors
    /// Returns 0; see `GetLastError` (`ERROR_NOT_ENOUGH_MEMORY`).
    ///
    /// # Safety
    /// * `ptpp` is a pool that was not closed.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-setthreadpoolthreadminimum>
    pub fn SetThreadpoolThreadMinimum(ptpp: PTP_POOL, cthrdMic: u32) -> BOOL;

    /// Closes a pool; with objects outstanding, once they are freed. Never fails.
    ///
    /// # Safety
    /// * `ptpp` is a pool that was not closed; the caller gives it up.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-closethreadpool>
    pub fn CloseThreadpool(ptpp: PTP_POOL);

    /// Creates a cleanup group: objects whose environment names it are closed together.
    ///
    /// # Errors
    /// Returns 0; see `GetLastError` (`ERROR_NOT_ENOUGH_MEMORY`).
    ///
    /// # Safety
    /// * none beyond those of any foreign call.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpoolcleanupgroup>
    pub fn CreateThreadpoolCleanupGroup() -> PTP_CLEANUP_GROUP;

    /// Closes all objects of a group, and waits for the callbacks that run. Never fails.
    ///
    /// With `fCancelPendingCallbacks` those that wait are dropped, and the environment's
    /// `CleanupGroupCancelCallback` runs for each such object with `pvCleanupContext`. The group
    /// itself can be used again. It cancels no operation: an I/O object must have none outstanding.
    ///
    /// # Safety
    /// * `ptpcg` is a group that was not closed; none of its objects is used or closed again.
    /// * not called from a callback of the group (deadlock).
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-closethreadpoolcleanupgroupmembers>
    pub fn CloseThreadpoolCleanupGroupMembers(
        ptpcg: PTP_CLEANUP_GROUP,
        fCancelPendingCallbacks: BOOL,
        pvCleanupContext: *mut c_void,
    );

    /// Closes a group. Never fails.
    ///
    /// # Safety
    /// * `ptpcg` is a group without objects; the caller gives it up.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-closethreadpoolcleanupgroup>
    pub fn CloseThreadpoolCleanupGroup(ptpcg: PTP_CLEANUP_GROUP);

    /// Says that this callback will take long: the pool may start another thread for the rest.
    ///
    /// # Errors
    /// Returns `FALSE` if there is no other thread; the callback may go on all the same.
    ///
    /// # Safety
    /// * `pci` is the callback that runs on this thread, and this is its first such call.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-callbackmayrunlong>
    pub fn CallbackMayRunLong(pci: PTP_CALLBACK_INSTANCE) -> BOOL;

    /// Runs a callback on the pool once.
    ///
    /// Non-zero = submitted. A null `pcbe` means the default pool.
    ///
    /// # Errors
    /// `ERROR_NOT_ENOUGH_MEMORY`: the callback does not run.
    ///
    /// # Safety
    /// * `pfns` may run on any thread of the pool with `pv`, and does not unwind; `pv` is valid until
    ///   then.
    /// * `pcbe` is null or valid.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-trysubmitthreadpoolcallback>
    pub fn TrySubmitThreadpoolCallback(
        pfns: PTP_SIMPLE_CALLBACK,
        pv: *mut c_void,
        pcbe: *const TP_CALLBACK_ENVIRON_V3,
    ) -> BOOL;

    /// Creates a wait object; start it with [`SetThreadpoolWait`].
    ///
    /// The bridge from a waitable object to a port: the callback posts a packet.
    ///
    /// # Errors
    /// Returns 0; see `GetLastError` (`ERROR_NOT_ENOUGH_MEMORY`).
    ///
    /// # Safety
    /// * `pfnwa` may run on any thread with `pv` while the object exists; it must not unwind.
    /// * `pcbe` is null or an initialized environment.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpoolwait>
    pub fn CreateThreadpoolWait(
        pfnwa: PTP_WAIT_CALLBACK,
        pv: *mut c_void,
        pcbe: *const TP_CALLBACK_ENVIRON_V3,
    ) -> PTP_WAIT;

    /// Starts one wait for an object, or stops waiting (`h` null). Never fails.
    ///
    /// One callback per call: set it again for the next. `pftTimeout` in units of 100 ns: negative
    /// = from now, positive = since 1601-01-01 UTC, 0 = at once, null = no limit.
    ///
    /// # Safety
    /// * `pwa` is a wait object that was not closed.
    /// * `h` is null or waitable, and stays open until the callback runs or the wait is stopped.
    /// * `pftTimeout` is null or may be read.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-setthreadpoolwait>
    pub fn SetThreadpoolWait(pwa: PTP_WAIT, h: HANDLE, pftTimeout: *const FILETIME);

    /// Waits for running callbacks. Never fails.
    ///
    /// `fCancelPendingCallbacks` non-zero = drop those not started, 0 = wait for them too.
    ///
    /// # Safety
    /// * `pwa` is a wait object that was not closed; not called from its own callback (deadlock).
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-waitforthreadpoolwaitcallbacks>
    pub fn WaitForThreadpoolWaitCallbacks(pwa: PTP_WAIT, fCancelPendingCallbacks: BOOL);

    /// Closes a wait object. Never fails.
    ///
    /// Does not wait: before it, `SetThreadpoolWait` with null, then
    /// [`WaitForThreadpoolWaitCallbacks`].
    ///
    /// # Safety
    /// * `pwa` is a wait object that was not closed; the caller gives it up.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-closethreadpoolwait>
    pub fn CloseThreadpoolWait(pwa: PTP_WAIT);

    /// Ties a handle to the pool's port: a callback runs for each completed operation.
    ///
    /// Call [`StartThreadpoolIo`] before *each* operation. The handle cannot be tied to another
    /// port.
    ///
    /// # Errors
    /// Returns 0; see `GetLastError` (`ERROR_INVALID_PARAMETER`: tied already).
    ///
    /// # Safety
    /// * `fl` is open for overlapped I/O.
    /// * `pfnio` may run on any thread with `pv` and each operation of the handle; it must not
    ///   unwind.
    /// * `pcbe` is null or an initialized environment.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpoolio>
    pub fn CreateThreadpoolIo(
        fl: HANDLE,
        pfnio: PTP_WIN32_IO_CALLBACK,
        pv: *mut c_void,
        pcbe: *const TP_CALLBACK_ENVIRON_V3,
    ) -> PTP_IO;

    /// Announces one operation. Never fails.
    ///
    /// Without it the pool drops the packet, and memory is corrupted. If then no packet is owed
    /// (the operation failed at once, or succeeded with `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`),
    /// call [`CancelThreadpoolIo`].
    ///
    /// # Safety
    /// * `pio` is an I/O object that was not closed.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-startthreadpoolio>
    pub fn StartThreadpoolIo(pio: PTP_IO);

    /// Takes one announcement back; cancels no operation. Never fails.
    ///
    /// # Safety
    /// * `pio` is an I/O object that was not closed, with an announcement whose packet will not
    ///   come.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-cancelthreadpoolio>
    pub fn CancelThreadpoolIo(pio: PTP_IO);

    /// Waits for outstanding operations' callbacks. Never fails.
    ///
    /// `fCancelPendingCallbacks` non-zero = drop those not started, 0 = wait for them too.
    ///
    /// # Safety
    /// * `pio` is an I/O object that was not closed; not called from its own callback (deadlock).
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-waitforthreadpooliocallbacks>
    pub fn WaitForThreadpoolIoCallbacks(pio: PTP_IO, fCancelPendingCallbacks: BOOL);

    /// Closes an I/O object. Never fails.
    ///
    /// Before it: close the file handle, then [`WaitForThreadpoolIoCallbacks`].
    ///
    /// # Safety
    /// * `pio` is an I/O object that was not closed; no operation is outstanding.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `threadpoolapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-closethreadpoolio>
    pub fn CloseThreadpoolIo(pio: PTP_IO);
}
