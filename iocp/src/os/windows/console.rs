//! What a console tells the processes that it belongs to.

use iocp_sys as sys;

use super::last_error;
use crate::os::{Code, ConsoleRoutine};

/// Adds a routine for good.
pub(crate) fn console_routine_add(routine: ConsoleRoutine) -> Result<(), Code> {
    // SAFETY:
    // * The routine is a function that is safe to call on any thread, is never removed, and does not unwind:
    //   so its type and its documentation say.
    let added = unsafe { sys::SetConsoleCtrlHandler(Some(routine), 1) };
    if added == 0 {
        return Err(last_error());
    }
    Ok(())
}
