//! Named pipes: who is at the other end, and their making by a name in the ANSI code page.

use crate::minwinbase::SECURITY_ATTRIBUTES;
use crate::minwindef::BOOL;
use crate::winbase::NAMED_PIPE_MODE;
use crate::winnt::{FILE_FLAGS_AND_ATTRIBUTES, HANDLE, PCSTR};

link! { "kernel32.dll";
    /// [`CreateNamedPipeW`](crate::CreateNamedPipeW) with a name in the ANSI code page.
    ///
    /// # Returns
    /// The handle; `INVALID_HANDLE_VALUE` (not null) on failure.
    ///
    /// # Errors
    /// As [`CreateNamedPipeW`](crate::CreateNamedPipeW).
    ///
    /// # Safety
    /// * as for [`CreateNamedPipeW`](crate::CreateNamedPipeW), but `lpName` is NUL-terminated bytes.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-createnamedpipea>
    pub fn CreateNamedPipeA(
        lpName: PCSTR,
        dwOpenMode: FILE_FLAGS_AND_ATTRIBUTES,
        dwPipeMode: NAMED_PIPE_MODE,
        nMaxInstances: u32,
        nOutBufferSize: u32,
        nInBufferSize: u32,
        nDefaultTimeOut: u32,
        lpSecurityAttributes: *const SECURITY_ATTRIBUTES,
    ) -> HANDLE;

    /// Tells the process id of the client of a pipe.
    ///
    /// Non-zero = told. A number that is used again once that process has ended: open the process, then ask again.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_NOT_FOUND` (the other end is on another machine, or there is
    /// none).
    ///
    /// # Safety
    /// * `Pipe` is open; `ClientProcessId` may be written to.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getnamedpipeclientprocessid>
    pub fn GetNamedPipeClientProcessId(Pipe: HANDLE, ClientProcessId: *mut u32) -> BOOL;

    /// Tells the session of the client of a pipe.
    ///
    /// Non-zero = told. 0 is the session of the services.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_NOT_FOUND` (the other end is on another machine, or there is
    /// none).
    ///
    /// # Safety
    /// * `Pipe` is open; `ClientSessionId` may be written to.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getnamedpipeclientsessionid>
    pub fn GetNamedPipeClientSessionId(Pipe: HANDLE, ClientSessionId: *mut u32) -> BOOL;

    /// Tells the process id of the server of a pipe.
    ///
    /// Non-zero = told. As for the client; any process may have made the server end.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_NOT_FOUND` (the other end is on another machine, or there is
    /// none).
    ///
    /// # Safety
    /// * `Pipe` is open; `ServerProcessId` may be written to.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getnamedpipeserverprocessid>
    pub fn GetNamedPipeServerProcessId(Pipe: HANDLE, ServerProcessId: *mut u32) -> BOOL;

    /// Tells the session of the server of a pipe.
    ///
    /// Non-zero = told. 0 is the session of the services.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_NOT_FOUND` (the other end is on another machine, or there is
    /// none).
    ///
    /// # Safety
    /// * `Pipe` is open; `ServerSessionId` may be written to.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getnamedpipeserversessionid>
    pub fn GetNamedPipeServerSessionId(Pipe: HANDLE, ServerSessionId: *mut u32) -> BOOL;
}
