//! Events and semaphores.
//!
//! # Safety
//!
//! Neither attributes nor names are given; handles are borrowed for each call.

use std::{
    os::windows::io::{AsHandle, AsRawHandle, FromRawHandle, OwnedHandle},
    ptr::{null, null_mut},
};

use iocp_sys as sys;

use super::last_error;

fn owned(handle: sys::HANDLE) -> OwnedHandle {
    assert!(!handle.is_null(), "not created: {}", last_error());
    // SAFETY:
    // * a new handle that nobody else owns.
    unsafe { OwnedHandle::from_raw_handle(handle.cast()) }
}

/// `CreateEventW`, not set; with manual reset or not.
#[must_use]
pub fn event(manual: bool) -> OwnedHandle {
    // SAFETY:
    // * neither attributes nor a name.
    owned(unsafe { sys::CreateEventW(null(), i32::from(manual), 0, null()) })
}

/// `SetEvent`.
///
/// # Panics
///
/// If the system refuses.
pub fn set_event(event: &OwnedHandle) {
    // SAFETY:
    // * the handle is open during the call.
    let ok = unsafe { sys::SetEvent(event.as_raw_handle().cast()) };
    assert_ne!(ok, 0, "SetEvent: {}", last_error());
}

/// `CreateSemaphoreW`, at 0.
#[must_use]
pub fn semaphore() -> OwnedHandle {
    // SAFETY:
    // * neither attributes nor a name.
    owned(unsafe { sys::CreateSemaphoreW(null(), 0, 1000, null()) })
}

/// `ReleaseSemaphore`, by one.
///
/// # Panics
///
/// If the system refuses.
pub fn release_semaphore(semaphore: &OwnedHandle) {
    // SAFETY:
    // * the handle is open during the call; the count before is not asked for.
    let ok = unsafe { sys::ReleaseSemaphore(semaphore.as_raw_handle().cast(), 1, null_mut()) };
    assert_ne!(ok, 0, "ReleaseSemaphore: {}", last_error());
}

/// `WaitForSingleObject` of no time: whether it was signalled, which it takes.
#[must_use]
pub fn try_wait(object: &impl AsHandle) -> bool {
    // SAFETY:
    // * the handle is open during the call.
    unsafe {
        sys::WaitForSingleObject(object.as_handle().as_raw_handle().cast(), 0) == sys::WAIT_OBJECT_0
    }
}
