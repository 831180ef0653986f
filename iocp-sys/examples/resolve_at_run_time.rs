//! Uses a function that the system may lack: found with `GetProcAddress`, with a fallback.
//!
//! A program that *imports* `NtCreateWaitCompletionPacket` does not start on Windows 7, and on no
//! system that lacks it. So the function is looked up, through the `PFN_…` type that stands beside its
//! declaration; and where it is missing, a thread-pool wait that posts a packet does the same.
//!
//! `cargo run -p iocp-sys --example resolve_at_run_time`

#[cfg(windows)]
fn main() {
    windows::main();
}

#[cfg(not(windows))]
fn main() {
    println!("This example asks the DLLs of Windows.");
}

#[cfg(windows)]
mod windows {
    use core::mem::transmute;

    use iocp_sys::{
        GetModuleHandleW, GetProcAddress, PFN_NtCreateWaitCompletionPacket,
        PFN_ProcessSocketNotifications, PFN_ReadDirectoryChangesExW, FARPROC,
    };

    /// A function of a DLL that is loaded already, or `None`.
    fn find(dll: &str, name: &core::ffi::CStr) -> FARPROC {
        let dll: Vec<u16> = dll.encode_utf16().chain([0]).collect();
        // SAFETY:
        // * the name ends with a zero.
        let module = unsafe { GetModuleHandleW(dll.as_ptr()) };
        if module.is_null() {
            return None;
        }
        // SAFETY:
        // * the module is one of the system and stays loaded; the name ends with a zero.
        unsafe { GetProcAddress(module, name.as_ptr().cast()) }
    }

    pub(crate) fn main() {
        let found = find("ntdll.dll", c"NtCreateWaitCompletionPacket");
        // SAFETY:
        // * both are `Option`s of function pointers; ntdll.dll exports this name with the signature
        //   that iocp-sys declares for it, or not at all.
        let create: PFN_NtCreateWaitCompletionPacket = unsafe { transmute(found) };
        match create {
            None => {
                println!("no wait completion packets here: RegisterWaitForSingleObject and post")
            }
            Some(create) => {
                let mut packet = core::ptr::null_mut();
                // SAFETY:
                // * there is room for one handle; no attributes.
                let status = unsafe { create(&mut packet, 1, core::ptr::null()) };
                println!("wait completion packets are here (status {status:#x})");
                if status >= 0 {
                    // SAFETY:
                    // * a handle of our own, in use nowhere.
                    unsafe { iocp_sys::CloseHandle(packet) };
                }
            }
        }

        let found = find("kernel32.dll", c"ReadDirectoryChangesExW");
        // SAFETY:
        // * as above, for kernel32.dll.
        let changes: PFN_ReadDirectoryChangesExW = unsafe { transmute(found) };
        println!("ReadDirectoryChangesExW (Windows 10 version 1709): {}", changes.is_some());

        let found = find("ws2_32.dll", c"ProcessSocketNotifications");
        // SAFETY:
        // * as above, for ws2_32.dll.
        let notifications: PFN_ProcessSocketNotifications = unsafe { transmute(found) };
        println!("ProcessSocketNotifications (build 20348): {}", notifications.is_some());
    }
}
