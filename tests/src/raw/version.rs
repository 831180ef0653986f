//! Which Windows this is, and on what machine: by functions that are looked up, for `iocp-sys` does not have
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

/// What the system says of itself: `RTL_OSVERSIONINFOEXW`.
///
/// # Layout
///
/// 284 bytes, alignment 4, on every target.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WindowsVersion {
    size: u32,
    /// 10 of Windows 10 and 11 and of their servers.
    pub major: u32,
    /// 0 of these.
    pub minor: u32,
    /// For example 19045, 22631, 26100.
    pub build: u32,
    platform: u32,
    service_pack: [u16; 128],
    service_pack_numbers: [u16; 2],
    suites: u16,
    product: u8,
    reserved: u8,
}

const _: () = assert!(size_of::<WindowsVersion>() == 284 && align_of::<WindowsVersion>() == 4);

impl WindowsVersion {
    /// Whether it is a server: it has the build numbers of its time's Windows.
    #[must_use]
    pub fn is_server(&self) -> bool {
        const VER_NT_WORKSTATION: u8 = 1;
        self.product != VER_NT_WORKSTATION
    }
}

/// `RtlGetVersion`: the system's version, whatever the program's manifest says.
/// <https://learn.microsoft.com/en-us/windows/win32/devnotes/rtlgetversion>
///
/// # Panics
///
/// If there is no such function; every Windows has it.
#[must_use]
pub fn windows_version() -> WindowsVersion {
    let mut version = WindowsVersion {
        size: 284,
        major: 0,
        minor: 0,
        build: 0,
        platform: 0,
        service_pack: [0; 128],
        service_pack_numbers: [0; 2],
        suites: 0,
        product: 0,
        reserved: 0,
    };
    let found = look_up("ntdll.dll", c"RtlGetVersion").unwrap();
    // SAFETY:
    // * the page documents this export with this signature.
    let get = unsafe {
        transmute::<
            unsafe extern "system" fn() -> isize,
            unsafe extern "system" fn(*mut WindowsVersion) -> sys::NTSTATUS,
        >(found)
    };
    // SAFETY:
    // * `version` is writable, and its first field says how long it is.
    let status = unsafe { get(&mut version) };
    assert_eq!(status, 0, "RtlGetVersion");
    version
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
