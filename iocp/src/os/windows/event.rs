//! An event that the kernel sets when a request is finished.

use std::ptr::null;

use iocp_sys as sys;

use super::{last_error, owned};
use crate::os::{Borrowed, Code, Owned};

/// [`CreateEventW`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createeventw):
/// a manual-reset event, not set.
pub(crate) fn event_create() -> Result<Owned, Code> {
    // SAFETY:
    // * Attributes and name are optional, and null: it is a new event.
    owned(unsafe { sys::CreateEventW(null(), 1, 0, null()) })
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
