//! Which Wine this is, and on what machine: by functions that are looked up, for `iocp-sys` does not have
//! them.

use std::{
    ffi::{c_char, CStr},
    mem::transmute,
};

use iocp_sys as sys;

use super::look_up;

/// The version of Wine, or `None` on Windows.
#[must_use]
pub fn wine_version() -> Option<String> {
    let found = look_up("ntdll.dll", c"wine_get_version")?;
    // SAFETY:
    // * Wine documents this export as a function without parameters that returns a C string.
    let function = unsafe {
        transmute::<unsafe extern "system" fn() -> isize, unsafe extern "C" fn() -> *const c_char>(
            found,
        )
    };
    // SAFETY:
    // * ntdll exports this name with this signature under Wine.
    let version = unsafe { function() };
    // SAFETY:
    // * a string constant of ntdll.
    let version = unsafe { CStr::from_ptr(version) };
    Some(version.to_string_lossy().into_owned())
}

/// `IsWow64Process2`: the machine's own architecture as `IMAGE_FILE_MACHINE_*`, whatever this program was
/// made for; `None` before Windows 10 1511, and on a system that does not say.
/// <https://learn.microsoft.com/en-us/windows/win32/api/wow64apiset/nf-wow64apiset-iswow64process2>
#[must_use]
pub fn native_machine() -> Option<u16> {
    let found = look_up("kernel32.dll", c"IsWow64Process2")?;
    // SAFETY:
    // * the page documents this export with this signature.
    let get = unsafe {
        transmute::<
            unsafe extern "system" fn() -> isize,
            unsafe extern "system" fn(sys::HANDLE, *mut u16, *mut u16) -> sys::BOOL,
        >(found)
    };
    // SAFETY:
    // * no arguments; the value needs no closing.
    let own = unsafe { sys::GetCurrentProcess() };
    let (mut process, mut machine) = (0, 0);
    // SAFETY:
    // * the handle is this process's own; both numbers are writable.
    let done = unsafe { get(own, &mut process, &mut machine) };
    (done != 0).then_some(machine)
}
