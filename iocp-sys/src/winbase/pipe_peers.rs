//! Who is at the other end of a named pipe.

use crate::minwindef::BOOL;
use crate::winnt::HANDLE;

link! { "kernel32.dll";
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
