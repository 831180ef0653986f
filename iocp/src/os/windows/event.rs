//! An event that a finished request sets.

use std::ptr::null;

use iocp_sys as sys;

use super::last_error;
use crate::os::{Code, Handle};

/// A manual-reset event, not set. Closed with `handle_close`.
pub(crate) fn event_create() -> Result<Handle, Code> {
    // SAFETY:
    // * no attributes, no name: a new manual-reset event, not signalled.
    let event = unsafe { sys::CreateEventW(null(), 1, 0, null()) };
    if event.is_null() {
        return Err(last_error());
    }
    Ok(Handle(event as usize))
}

/// Whether it was set within the limit; `u32::MAX` waits for ever. The system may return early.
pub(crate) fn event_wait(event: Handle, timeout_ms: u32) -> Result<bool, Code> {
    // SAFETY:
    // * a handle value and a number.
    match unsafe { sys::WaitForSingleObject(event.raw(), timeout_ms) } {
        sys::WAIT_OBJECT_0 => Ok(true),
        sys::WAIT_TIMEOUT => Ok(false),
        _ => Err(last_error()),
    }
}
