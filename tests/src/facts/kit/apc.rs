//! Procedure calls of a thread, which run in an alertable wait.
//!
//! # Safety
//!
//! A queued procedure is a function of this program, and its argument a counter that is never freed.

use std::{
    ffi::c_void,
    sync::atomic::{AtomicUsize, Ordering},
};

use iocp_sys as sys;

/// How often a procedure ran.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counter(&'static AtomicUsize);

impl Counter {
    pub(crate) fn new() -> Self {
        Self(Box::leak(Box::default()))
    }

    /// One that counts a procedure, which is queued to this thread now.
    pub(crate) fn queued() -> Self {
        let counter = Self::new();
        crate::raw::queue_procedure_call(counter.0);
        counter
    }

    pub(crate) fn ran(self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// For the procedure's argument.
    pub(crate) fn address(self) -> usize {
        std::ptr::from_ref(self.0) as usize
    }
}

/// Gives the queued procedures of this thread the chance to run.
pub(crate) fn alert() {
    // SAFETY:
    // * only procedures of this program are queued, and no lock is held.
    unsafe { sys::SleepEx(0, 1) };
}

/// The routine of a native call whose context is [`Counter::address`].
pub(crate) unsafe extern "system" fn io_apc(
    counter: *mut c_void,
    _block: *mut sys::IO_STATUS_BLOCK,
    _reserved: u32,
) {
    // SAFETY:
    // * the calls of the facts that name this routine give it the address of a leaked counter.
    let counter = unsafe { &*counter.cast_const().cast::<AtomicUsize>() };
    counter.fetch_add(1, Ordering::SeqCst);
}
