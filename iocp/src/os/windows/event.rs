//! Events: set by the kernel when a request is finished, or by a program.

use std::ptr::null;

use iocp_sys as sys;

use super::{last_error, owned, win32};
use crate::os::{Borrowed, Code, Owned};

/// [`CreateEventW`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createeventw):
/// not set. `manual`: stays set until it is reset.
pub(crate) fn event_create(manual: bool) -> Result<Owned, Code> {
    // SAFETY:
    // * Attributes and name are optional, and null: it is a new event.
    owned(unsafe { sys::CreateEventW(null(), i32::from(manual), 0, null()) })
}

/// [`SetEvent`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-setevent).
pub(crate) fn event_set(event: Borrowed<'_>) -> Result<(), Code> {
    // SAFETY:
    // * `event` is open until the call returns.
    win32(unsafe { sys::SetEvent(event.raw()) })
}

/// [`ResetEvent`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-resetevent).
pub(crate) fn event_reset(event: Borrowed<'_>) -> Result<(), Code> {
    // SAFETY:
    // * `event` is open until the call returns.
    win32(unsafe { sys::ResetEvent(event.raw()) })
}

/// `WaitForSingleObject`: whether it was set within the limit; `u32::MAX` waits for ever. The system
/// may return early.
pub(crate) fn event_wait(event: Borrowed<'_>, timeout_ms: u32) -> Result<bool, Code> {
    // SAFETY:
    // * "If this handle is closed while the wait is still pending, the function's behavior is
    //   undefined": `event` is open until the call returns
    //   ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject)).
    match unsafe { sys::WaitForSingleObject(event.raw(), timeout_ms) } {
        sys::WAIT_OBJECT_0 => Ok(true),
        sys::WAIT_TIMEOUT => Ok(false),
        _ => Err(last_error()),
    }
}
