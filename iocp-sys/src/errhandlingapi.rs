//! `errhandlingapi.h`: the last error of the thread.

use crate::winerror::WIN32_ERROR;

link! { "kernel32.dll";
    /// Returns the last error of the calling thread.
    ///
    /// Meaningful only right after a call that says it failed; success need not reset it.
    /// Never fails.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `errhandlingapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/errhandlingapi/nf-errhandlingapi-getlasterror>
    pub fn GetLastError() -> WIN32_ERROR;

    /// Sets the last error of the calling thread. Never fails.
    ///
    /// Useful before a call whose error result can also be a value (e.g. `GetFileType`).
    /// `dwErrCode`: any number; 0 = no error. Bit 29 is for codes of one's own.
    ///
    /// # Safety
    /// * none: it may be called at any time; do not do so between a call of others and their look
    ///   at its error.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `errhandlingapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/errhandlingapi/nf-errhandlingapi-setlasterror>
    pub fn SetLastError(dwErrCode: WIN32_ERROR);
}
