//! `consoleapi.h`: what a console tells a program.
//!
//! <https://learn.microsoft.com/en-us/windows/console/handlerroutine>

use crate::minwindef::BOOL;

/// Ctrl+C was pressed.
pub const CTRL_C_EVENT: u32 = 0;
/// Ctrl+Break was pressed.
pub const CTRL_BREAK_EVENT: u32 = 1;
/// The console is being closed; the process ends when the routine returns.
pub const CTRL_CLOSE_EVENT: u32 = 2;
/// A user logs off; services only.
pub const CTRL_LOGOFF_EVENT: u32 = 5;
/// The system shuts down; services only.
pub const CTRL_SHUTDOWN_EVENT: u32 = 6;

/// Runs on a thread of its own for each `CTRL_…_EVENT`; 0 hands it to the routine before.
///
/// `CtrlType` is that event. Non-zero result = handled.
///
/// # Source
/// Windows 2000. Header: `consoleapi.h`.
/// <https://learn.microsoft.com/en-us/windows/console/handlerroutine>
pub type PHANDLER_ROUTINE = Option<unsafe extern "system" fn(CtrlType: u32) -> BOOL>;

link! { "kernel32.dll";
    /// Adds or removes a routine for console events.
    ///
    /// `Add`: non-zero = add, 0 = remove. With `None`: non-zero = ignore Ctrl+C, and so do child
    /// processes; 0 = heed it again. Non-zero result = done. To hear of it as a packet, post one
    /// from the routine.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` (a routine that was not added).
    ///
    /// # Safety
    /// * the routine may run on another thread until it is removed, and does not unwind.
    ///
    /// # Source
    /// Windows 2000. DLL: `kernel32.dll`. Header: `consoleapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/console/setconsolectrlhandler>
    pub fn SetConsoleCtrlHandler(HandlerRoutine: PHANDLER_ROUTINE, Add: BOOL) -> BOOL;
}
