//! The console of the process: of all machines, as it knows nothing of ports.

use std::sync::Mutex;

use super::lock;
use crate::os::{Code, ConsoleRoutine};

static ROUTINES: Mutex<Vec<ConsoleRoutine>> = Mutex::new(Vec::new());

pub(crate) fn console_routine_add(routine: ConsoleRoutine) -> Result<(), Code> {
    lock(&ROUTINES).push(routine);
    Ok(())
}

/// Tells the routines of this event, the last one first, until one has handled it, on this thread. Whether one
/// did; else the process would end.
pub fn raise_console_control(event: u32) -> bool {
    let routines = lock(&ROUTINES).clone();
    routines.iter().rev().any(|routine| routine(event) != 0)
}
