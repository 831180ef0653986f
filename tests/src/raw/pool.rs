//! The thread pool of Windows.
//!
//! # Safety
//!
//! A callback is a function of this program, and its argument is a static.

use std::{
    ffi::c_void,
    ptr::null,
    sync::atomic::{AtomicUsize, Ordering},
};

use iocp_sys as sys;
use iocp_sys::{HANDLE, PTP_CALLBACK_INSTANCE, PTP_WAIT};

use super::last_error;

/// A wait for an event that is set, in a cleanup group: the callback adds one to the number. Returns
/// when the group has closed it.
///
/// # Panics
///
/// If the system refuses.
pub fn close_in_a_group(ran: &'static AtomicUsize) {
    unsafe extern "system" fn count(
        instance: PTP_CALLBACK_INSTANCE,
        ran: *mut c_void,
        _wait: PTP_WAIT,
        _result: u32,
    ) {
        // SAFETY:
        // * the callback that runs on this thread, and the only such call in it.
        unsafe { sys::CallbackMayRunLong(instance) };
        // SAFETY:
        // * the only one who registers this function gave it the address of a static.
        let ran = unsafe { &*ran.cast_const().cast::<AtomicUsize>() };
        ran.fetch_add(1, Ordering::SeqCst);
    }
    // SAFETY:
    // * takes no arguments; the group is closed below.
    let group = unsafe { sys::CreateThreadpoolCleanupGroup() };
    assert_ne!(group, 0, "CreateThreadpoolCleanupGroup: {}", last_error());
    let environment = sys::TP_CALLBACK_ENVIRON_V3 {
        Version: 3,
        CleanupGroup: group,
        CallbackPriority: sys::TP_CALLBACK_PRIORITY_NORMAL,
        Size: u32::try_from(size_of::<sys::TP_CALLBACK_ENVIRON_V3>()).unwrap(),
        ..sys::TP_CALLBACK_ENVIRON_V3::default()
    };
    let argument: *const AtomicUsize = ran;
    // SAFETY:
    // * a function of the right signature, which does not unwind, with an argument it can take.
    // * an environment with its version, size and group, read during the call.
    let wait =
        unsafe { sys::CreateThreadpoolWait(Some(count), argument.cast_mut().cast(), &environment) };
    assert_ne!(wait, 0, "CreateThreadpoolWait: {}", last_error());
    // SAFETY:
    // * neither attributes nor a name.
    let event: HANDLE = unsafe { sys::CreateEventW(null(), 1, 1, null()) };
    assert!(!event.is_null(), "CreateEventW: {}", last_error());
    // SAFETY:
    // * a wait that was not closed, an event that is closed below; no time limit.
    unsafe { sys::SetThreadpoolWait(wait, event, null()) };
    let end = std::time::Instant::now() + crate::waiting::DEADLINE;
    while ran.load(Ordering::SeqCst) == 0 {
        assert!(std::time::Instant::now() < end, "the callback did not run");
        std::thread::yield_now();
    }
    // SAFETY:
    // * a group that was not closed; its only object is not used again; not in its callback.
    unsafe { sys::CloseThreadpoolCleanupGroupMembers(group, 0, std::ptr::null_mut()) };
    // SAFETY:
    // * a group without objects.
    unsafe { sys::CloseThreadpoolCleanupGroup(group) };
    // SAFETY:
    // * an event of ours, on which nobody waits any more.
    unsafe { sys::CloseHandle(event) };
}
