//! Calls without a header of their own.

use core::ffi::c_void;

use crate::minwinbase::{
    LPOVERLAPPED_COMPLETION_ROUTINE, OVERLAPPED, READ_DIRECTORY_NOTIFY_INFORMATION_CLASS,
};
use crate::minwindef::BOOL;
use crate::winnt::{
    FILE_FLAGS_AND_ATTRIBUTES, FILE_NOTIFY_CHANGE, FILE_SHARE_MODE, HANDLE, WAITORTIMERCALLBACK,
    WORKER_THREAD_FLAGS,
};

link! { "kernel32.dll";
    /// Registers a callback on the thread pool for when an object is signalled.
    ///
    /// The bridge from a waitable object to a port: the callback posts a packet. `dwMilliseconds`:
    /// 0 = only look, `INFINITE` = no limit. `dwFlags` 0 = each time, on a thread that does no I/O.
    /// Remove every registration with `UnregisterWait` or `UnregisterWaitEx`, also one with
    /// `WT_EXECUTEONLYONCE` that ran. Non-zero = registered.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_NOT_ENOUGH_MEMORY`.
    ///
    /// # Safety
    /// * `hObject` is waitable and stays open until the registration is gone.
    /// * `phNewWaitObject` may be written to (the callback may run before that).
    /// * `Callback` may run on any thread with `Context` until the removal says otherwise; it must
    ///   not unwind.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-registerwaitforsingleobject>
    pub fn RegisterWaitForSingleObject(
        phNewWaitObject: *mut HANDLE,
        hObject: HANDLE,
        Callback: WAITORTIMERCALLBACK,
        Context: *const c_void,
        dwMilliseconds: u32,
        dwFlags: WORKER_THREAD_FLAGS,
    ) -> BOOL;

    /// Removes a registration without waiting for a running callback.
    ///
    /// Non-zero = removed.
    ///
    /// # Errors
    /// `ERROR_IO_PENDING`: removed, but a callback still runs, and may go on after this call: not a
    /// failure. `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `WaitHandle` is a registration that was not removed yet.
    /// * after `ERROR_IO_PENDING`, what the callback uses stays valid until it has returned.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-unregisterwait>
    pub fn UnregisterWait(WaitHandle: HANDLE) -> BOOL;

    /// Lets a callback on the thread pool run for every completed operation of a handle.
    ///
    /// Associates the handle with a port of the system: it cannot be tied to another one. Newer:
    /// `CreateThreadpoolIo`. `Flags` is 0. Non-zero = done.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` (associated already), `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `FileHandle` is open for overlapped I/O.
    /// * `Function` may run on any thread for each operation of the handle, with its `OVERLAPPED`;
    ///   its first value is an `NTSTATUS`. It must not unwind.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-bindiocompletioncallback>
    pub fn BindIoCompletionCallback(
        FileHandle: HANDLE,
        Function: LPOVERLAPPED_COMPLETION_ROUTINE,
        Flags: u32,
    ) -> BOOL;

    /// Opens the same file again, with other rights or flags.
    ///
    /// So a handle that cannot be tied to a port becomes one that can: with
    /// `FILE_FLAG_OVERLAPPED`. The two are two file objects, each with a position and a port of its
    /// own. Only what `CreateFileW` opened can be opened again.
    ///
    /// `dwDesiredAccess` and `dwShareMode`: as for [`CreateFileW`](crate::CreateFileW), and no
    /// contradiction to how the file is open. `dwFlagsAndAttributes`: flags only, 0 = none.
    ///
    /// # Returns
    /// The handle; `INVALID_HANDLE_VALUE` on failure.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION` (32), `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `hOriginalFile` is open.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-reopenfile>
    pub fn ReOpenFile(
        hOriginalFile: HANDLE,
        dwDesiredAccess: u32,
        dwShareMode: FILE_SHARE_MODE,
        dwFlagsAndAttributes: FILE_FLAGS_AND_ATTRIBUTES,
    ) -> HANDLE;

    /// Sets what happens at the completion of operations of a handle's file object.
    ///
    /// `Flags`: `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`, `FILE_SKIP_SET_EVENT_ON_HANDLE`. Flags can
    /// be added but never cleared, and hold for every duplicate of the handle. With the first one,
    /// an operation that returns success at once owes *no* packet; one that returns
    /// `ERROR_IO_PENDING` does. Non-zero = set.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` (not overlapped, fact SKIP01, or the object does not support it),
    /// `ERROR_INVALID_HANDLE`. What it says of a flag that it does not know is open: the native call
    /// accepts it (fact SKIP03).
    ///
    /// # Safety
    /// * `FileHandle` is open; every user of its file object agrees to the change: whoever waits
    ///   for a packet that no longer comes keeps its memory for ever, whoever frees memory that a
    ///   packet still names frees it too early.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-setfilecompletionnotificationmodes>
    pub fn SetFileCompletionNotificationModes(FileHandle: HANDLE, Flags: u8) -> BOOL;

    /// Watches a directory: completes when something in it changes.
    ///
    /// The records are [`FILE_NOTIFY_INFORMATION`](crate::winnt::FILE_NOTIFY_INFORMATION). Zero
    /// bytes with success mean that too much changed: read the directory anew. The first call fixes
    /// for the life of the handle the system's own buffer, of `nBufferLength` bytes, where changes
    /// between calls gather, and with it filter and subtree: later ones are ignored (facts DIR04,
    /// DIR05). After a first call without a buffer a later one with a good buffer is told no names
    /// either (fact DIR07). At most 64 KiB for a directory on the network. `bWatchSubtree` 0
    /// = not the directories below. `dwNotifyFilter`: at least one `FILE_NOTIFY_CHANGE_…`.
    /// `lpBytesReturned` means nothing to an overlapped call. Non-zero = queued; not overlapped:
    /// done.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER`, `ERROR_NOACCESS` (buffer not aligned to 4),
    /// `ERROR_INVALID_FUNCTION` (not supported), `ERROR_NOTIFY_ENUM_DIR`. Success of an overlapped
    /// call means *queued*, and a packet is owed (a change cannot be known yet); after an error
    /// none is.
    ///
    /// # Safety
    /// * `hDirectory` is a directory opened with `FILE_LIST_DIRECTORY`.
    /// * the buffer and the `OVERLAPPED` stay valid and untouched until the packet is dequeued.
    /// * `lpCompletionRoutine` is `None` if the handle is tied to a port.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-readdirectorychangesw>
    pub fn ReadDirectoryChangesW(
        hDirectory: HANDLE,
        lpBuffer: *mut c_void,
        nBufferLength: u32,
        bWatchSubtree: BOOL,
        dwNotifyFilter: FILE_NOTIFY_CHANGE,
        lpBytesReturned: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPOVERLAPPED_COMPLETION_ROUTINE,
    ) -> BOOL;
}

link_late! { "kernel32.dll";
    /// Like [`ReadDirectoryChangesW`] with a choice of records: resolve at run time with
    /// `GetProcAddress`.
    ///
    /// `ReadDirectoryNotifyInformationClass` says which records. Type:
    /// [`PFN_ReadDirectoryChangesExW`]. Wine 8 lacks it.
    ///
    /// # Errors
    /// As [`ReadDirectoryChangesW`], also about the packet; extended records are refused with
    /// `ERROR_INVALID_PARAMETER` or `ERROR_NOT_SUPPORTED` by file systems that have none (Microsoft
    /// names only NTFS).
    ///
    /// # Safety
    /// * as for [`ReadDirectoryChangesW`]; the buffer of extended records is aligned to 8.
    ///
    /// # Source
    /// Windows 10 1709. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-readdirectorychangesexw>
    pub fn ReadDirectoryChangesExW(
        hDirectory: HANDLE,
        lpBuffer: *mut c_void,
        nBufferLength: u32,
        bWatchSubtree: BOOL,
        dwNotifyFilter: FILE_NOTIFY_CHANGE,
        lpBytesReturned: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
        lpCompletionRoutine: LPOVERLAPPED_COMPLETION_ROUTINE,
        ReadDirectoryNotifyInformationClass: READ_DIRECTORY_NOTIFY_INFORMATION_CLASS,
    ) -> BOOL as PFN_ReadDirectoryChangesExW;
}
