//! A console of one's own, and who presses its keys.

use std::ffi::c_void;
use std::os::windows::io::{AsHandle, AsRawHandle};

use super::last_error;

#[link(name = "kernel32")]
extern "system" {
    fn FreeConsole() -> i32;
    fn AllocConsole() -> i32;
    fn GenerateConsoleCtrlEvent(event: u32, group: u32) -> i32;
    fn WriteConsoleInputW(
        input: *mut c_void,
        records: *const KeyRecord,
        count: u32,
        written: *mut u32,
    ) -> i32;
}

/// `INPUT_RECORD` of a key.
#[repr(C)]
struct KeyRecord {
    /// `KEY_EVENT`.
    event_type: u16,
    key_down: i32,
    repeat_count: u16,
    virtual_key: u16,
    virtual_scan: u16,
    character: u16,
    control_keys: u32,
}

/// Leaves the console that this process has, if any, and makes one of its own, which nobody sees. The standard
/// handles may be others then, or none.
///
/// # Errors
///
/// The code of the system.
pub fn make_console() -> Result<(), u32> {
    // SAFETY:
    // * No arguments; nobody else here uses the console.
    unsafe { FreeConsole() };
    // SAFETY:
    // * It takes no arguments, and changes no memory of this process.
    let made = unsafe { AllocConsole() };
    if made == 0 {
        return Err(last_error());
    }
    Ok(())
}

/// Ctrl-C to all processes of this console.
///
/// # Errors
///
/// The code of the system.
pub fn press_ctrl_c() -> Result<(), u32> {
    // SAFETY:
    // * Two numbers: `CTRL_C_EVENT`, and every process of the console.
    let done = unsafe { GenerateConsoleCtrlEvent(0, 0) };
    if done == 0 {
        return Err(last_error());
    }
    Ok(())
}

/// The key A, once, as the console's next input. `input`: `CONIN$`.
///
/// # Errors
///
/// The code of the system.
pub fn press_key(input: &impl AsHandle) -> Result<(), u32> {
    let key = KeyRecord {
        event_type: 1,
        key_down: 1,
        repeat_count: 1,
        virtual_key: 0x41,
        virtual_scan: 0,
        character: 0x41,
        control_keys: 0,
    };
    let mut written = 0;
    // SAFETY:
    // * The handle is open, one record is read, and `written` written, during the call only.
    let done =
        unsafe { WriteConsoleInputW(input.as_handle().as_raw_handle(), &key, 1, &mut written) };
    if done == 0 || written != 1 {
        return Err(last_error());
    }
    Ok(())
}
