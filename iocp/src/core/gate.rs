//! What is left of a handle for those who may cancel: its value, and whether it is still ours.
//!
//! A handle value that was closed may already name somebody else's file. So every cancel asks here
//! first, and the owner closes here before it lets the handle go. The lock is held across
//! `CancelIoEx` and nothing else: no code of the user's ever runs under it.

use std::sync::{
    atomic::{AtomicBool, Ordering},
    Mutex, MutexGuard, PoisonError,
};

use iocp_sys::OVERLAPPED;

use crate::os::{self, Code, Handle};

/// The cancel lock of one associated handle.
#[derive(Debug)]
pub(crate) struct Gate {
    open: Mutex<Option<Handle>>,
    /// Everything on the handle was cancelled at some time.
    cancelled_all: AtomicBool,
    /// An operation was submitted on the handle at some time.
    used: AtomicBool,
}

/// What a cancel request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancel {
    /// The system was asked; the packet still follows.
    Requested,
    /// Nothing to cancel: done, or the handle is closed (no system call then).
    AlreadyDone,
    /// The system refused for another reason.
    Failed(Code),
}

impl Gate {
    pub(crate) fn new(handle: Handle) -> Self {
        let (cancelled_all, used) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { open: Mutex::new(Some(handle)), cancelled_all, used }
    }

    /// Cancels one operation, while the handle is open.
    pub(crate) fn cancel(&self, overlapped: *mut OVERLAPPED) -> Cancel {
        match *self.lock() {
            Some(handle) => ask(handle, overlapped),
            None => Cancel::AlreadyDone,
        }
    }

    /// Cancels all operations on the handle, while it is open.
    pub(crate) fn cancel_all(&self) -> Cancel {
        self.cancelled_all.store(true, Ordering::Relaxed);
        self.cancel(std::ptr::null_mut())
    }

    /// Whether this program may have cancelled what ended as cancelled.
    pub(crate) fn was_cancelled(&self) -> bool {
        self.cancelled_all.load(Ordering::Relaxed)
    }

    /// An operation is to be submitted on the handle.
    pub(super) fn set_used(&self) {
        self.used.store(true, Ordering::Relaxed);
    }

    /// Cancels all operations and marks the handle as no longer ours: before it is closed.
    ///
    /// A handle on which nothing was ever submitted has nothing to cancel: no system call. Submits
    /// borrow what owns the handle, and this is called when that ends, so all of them are seen.
    pub(crate) fn close(&self) {
        self.cancelled_all.store(true, Ordering::Relaxed);
        // The lock is held to the end of the block.
        if let Some(handle) = self.lock().take() {
            if !self.used.load(Ordering::Relaxed) {
                return;
            }
            // An answer changes nothing: closing follows in any case.
            let _ = ask(handle, std::ptr::null_mut());
        }
    }

    /// No panic can happen under the lock, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, Option<Handle>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Must be called under the lock, with a handle that is open.
fn ask(handle: Handle, overlapped: *mut OVERLAPPED) -> Cancel {
    match os::cancel(handle, overlapped) {
        Ok(()) => Cancel::Requested,
        Err(Code::NOT_FOUND) => Cancel::AlreadyDone,
        Err(code) => Cancel::Failed(code),
    }
}
