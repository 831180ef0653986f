//! `handleapi.h`: closing, duplicating and marking handles.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/handleapi/nf-handleapi-duplicatehandle>

use crate::minwindef::BOOL;
use crate::winbase::HANDLE_FLAGS;
use crate::winnt::{DUPLICATE_HANDLE_OPTIONS, HANDLE};

/// "No handle", for functions of file type such as `CreateFileW`; also "no file" when a port is
/// made.
///
/// All bits set. The pseudo-handle of the current process has the same value.
pub const INVALID_HANDLE_VALUE: HANDLE = -1isize as HANDLE;

link! { "kernel32.dll";
    /// Closes a handle.
    ///
    /// Closing the last handle of a *file* cancels its operations: their packets still come, with
    /// `ERROR_OPERATION_ABORTED` (sockets: often `ERROR_NETNAME_DELETED`). Closing a *port* while
    /// threads wait on it ends their waits with `ERROR_ABANDONED_WAIT_0`; its packets are lost, and
    /// operations still in flight go on writing to their memory. Not for sockets: `closesocket`.
    /// Non-zero = closed.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`. Never try again: the value may name another object already. Under a
    /// debugger a bad handle raises an exception instead.
    ///
    /// # Safety
    /// * `hObject` is an open handle that the caller owns, and no thread uses it any more.
    ///
    /// # Source
    /// Any Windows. DLL: `kernel32.dll`. Header: `handleapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/handleapi/nf-handleapi-closehandle>
    pub fn CloseHandle(hObject: HANDLE) -> BOOL;

    /// Makes another handle to the same object, in this process or another.
    ///
    /// Both refer to one file object: its association with a port, notification modes and
    /// operations are shared. Not for sockets: `WSADuplicateSocketW` (Winsock may not know the copy,
    /// fact HND03).
    ///
    /// With copies in several processes: closing the last handle of *this* process cancels its
    /// operations that have an `OVERLAPPED` and no event (facts HND05, HND06), though the file object
    /// lives on. A process that was given a handle and ends sends the packets of its own operations
    /// to the port of the file object, under its key (fact HND07): their `lpOverlapped` is not one of
    /// this process.
    ///
    /// `dwDesiredAccess`: the rights of the copy, ignored with `DUPLICATE_SAME_ACCESS`.
    /// `bInheritHandle` non-zero = child processes inherit it. `dwOptions` 0 = neither that nor
    /// `DUPLICATE_CLOSE_SOURCE`, which closes the source even if the call fails. Non-zero result =
    /// copied.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * the source handle is open in the source process; the process handles carry
    ///   `PROCESS_DUP_HANDLE`.
    /// * `lpTargetHandle` may be written to; the caller then owns that handle (in the target
    ///   process).
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `handleapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/handleapi/nf-handleapi-duplicatehandle>
    pub fn DuplicateHandle(
        hSourceProcessHandle: HANDLE,
        hSourceHandle: HANDLE,
        hTargetProcessHandle: HANDLE,
        lpTargetHandle: *mut HANDLE,
        dwDesiredAccess: u32,
        bInheritHandle: BOOL,
        dwOptions: DUPLICATE_HANDLE_OPTIONS,
    ) -> BOOL;
}

link_late! { "kernelbase.dll";
    /// Whether two handles of this process refer to one object: resolve at run time with
    /// `GetProcAddress`.
    ///
    /// One *file object*, not one file: two opened handles of a file differ, a duplicate does not.
    /// `kernel32.dll` does not export it. Non-zero = one object.
    ///
    /// # Errors
    /// 0: two objects, or a handle is not valid; the last error then is `ERROR_NOT_SAME_OBJECT`
    /// or `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * both are open handles, or pseudo-handles such as that of [`GetCurrentProcess`].
    ///
    /// [`GetCurrentProcess`]: crate::GetCurrentProcess
    ///
    /// # Source
    /// Windows 10. DLL: `kernelbase.dll`. Header: `handleapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/handleapi/nf-handleapi-compareobjecthandles>
    pub fn CompareObjectHandles(
        hFirstObjectHandle: HANDLE,
        hSecondObjectHandle: HANDLE,
    ) -> BOOL as PFN_CompareObjectHandles;
}

link! { "kernel32.dll";
    /// Sets or clears the flags of a handle: those in `dwMask`, to their bits in `dwFlags`.
    ///
    /// Non-zero = done.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` (flag unknown).
    ///
    /// # Safety
    /// * `hObject` is an open handle that the caller may configure.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `handleapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/handleapi/nf-handleapi-sethandleinformation>
    pub fn SetHandleInformation(hObject: HANDLE, dwMask: u32, dwFlags: HANDLE_FLAGS) -> BOOL;
}
