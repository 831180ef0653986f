//! `libloaderapi.h`: finding functions at run time.

use crate::minwindef::{FARPROC, HMODULE};
use crate::winnt::{PCSTR, PCWSTR};

link! { "kernel32.dll";
    /// Finds the address of an exported function.
    ///
    /// How to call what an older Windows lacks: an import would keep the program from starting
    /// there. Transmute the result to the function's `PFN_…` type.
    ///
    /// # Returns
    /// The address; `None` on failure.
    ///
    /// # Errors
    /// `ERROR_PROC_NOT_FOUND` (127), `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `hModule` is a loaded module and stays loaded while the address is in use.
    /// * `lpProcName` points to a NUL-terminated name (or is an ordinal below 65536).
    ///
    /// # Source
    /// Any Windows. DLL: `kernel32.dll`. Header: `libloaderapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/libloaderapi/nf-libloaderapi-getprocaddress>
    pub fn GetProcAddress(hModule: HMODULE, lpProcName: PCSTR) -> FARPROC;

    /// Finds a module that this process has loaded already (`ntdll.dll` and `kernel32.dll` always).
    ///
    /// Does not add a reference: never free the result. Null = the program itself.
    ///
    /// # Returns
    /// The module; null on failure.
    ///
    /// # Errors
    /// `ERROR_MOD_NOT_FOUND` (126).
    ///
    /// # Safety
    /// * `lpModuleName` is null or points to a NUL-terminated UTF-16 name.
    /// * the module stays loaded while the result is in use.
    ///
    /// # Source
    /// Any Windows. DLL: `kernel32.dll`. Header: `libloaderapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulehandlew>
    pub fn GetModuleHandleW(lpModuleName: PCWSTR) -> HMODULE;
}
