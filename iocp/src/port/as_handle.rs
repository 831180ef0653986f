//! The system's handle of a port, for code that calls the system itself.
//!
//! Such code can forge, repeat and take packets without harm to memory: a packet is only a hint, so a
//! forged or repeated one is refused, and one that is taken away leaves its operation in flight for ever.
//! It must not close the handle, which the port closes itself.
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
        // * The handle is open until the core's `PortHandle` is dropped, of which `self` keeps a reference
        //   for the borrow's lifetime.
        unsafe { BorrowedHandle::borrow_raw(self.as_raw_handle()) }
    }
}

impl AsRawHandle for CompletionPort {
    /// The value of the system's handle; it is closed when the last reference to the port is gone.
    fn as_raw_handle(&self) -> RawHandle {
        self.core.handle().value().0 as RawHandle
    }
}
