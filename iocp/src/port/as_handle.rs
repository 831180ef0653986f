//! The system's handle of a port, for code that calls the system itself.
//!
//! What such code takes from the queue or puts into it by raw calls is its own business, and safe
//! from here: a packet is only a hint, so one that is forged or repeated is refused, and one that is
//! taken away leaves its operation in flight for ever. Closing the handle needs unsafe code, which
//! must not: the port closes it itself.
//!
//! # Safety
//!
//! The port's core owns the handle and closes it in its drop; no borrow given out here outlives it.

use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, RawHandle};

use crate::port::CompletionPort;

impl AsHandle for CompletionPort {
    /// The system's handle, open for as long as this reference to the port.
    fn as_handle(&self) -> BorrowedHandle<'_> {
        // SAFETY:
        // * the handle is open: it is closed only in the drop of the core's `PortHandle`.
        // * `self` keeps that alive for the borrow's lifetime.
        unsafe { BorrowedHandle::borrow_raw(self.as_raw_handle()) }
    }
}

impl AsRawHandle for CompletionPort {
    /// The value of the system's handle; it is closed when the last reference to the port is gone.
    fn as_raw_handle(&self) -> RawHandle {
        self.core.handle().value().0 as RawHandle
    }
}
