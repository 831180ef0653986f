//! A console of one's own, and who presses its keys.

use super::last_error;

#[link(name = "kernel32")]
extern "system" {
    fn FreeConsole() -> i32;
    fn AllocConsole() -> i32;
    fn GenerateConsoleCtrlEvent(event: u32, group: u32) -> i32;
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
