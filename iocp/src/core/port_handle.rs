//! The system's port, closed with its last user.
//!
//! # Safety
//!
//! A packet that is posted here carries a number; nobody follows it as a pointer.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    keys::{CLOSE, WAKE},
    wakes::Wakes,
};
use crate::{
    base::error::Error,
    os::{self, Borrowed, Code, Owned},
};

/// The port itself. Wakers share this and nothing else.
#[derive(Debug)]
pub(crate) struct PortHandle {
    handle: Owned,
    closed: AtomicBool,
    wakes: Wakes,
}

impl PortHandle {
    /// `concurrency` as in [`Config`](crate::Config).
    pub(crate) fn create(concurrency: u32) -> Result<Self, Code> {
        let handle = os::port_create(concurrency)?;
        Ok(Self { handle, closed: AtomicBool::new(false), wakes: Wakes::default() })
    }

    pub(crate) fn handle(&self) -> Borrowed<'_> {
        self.handle.borrow()
    }

    #[inline(always)]
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// False if it was closed before.
    pub(crate) fn set_closed(&self) -> bool {
        !self.closed.swap(true, Ordering::SeqCst)
    }

    /// Wakes one waiter; several wakes before it wakes up are one.
    pub(crate) fn wake(&self) -> Result<(), Error> {
        if self.is_closed() {
            return Err(Error::Closed);
        }
        self.wakes
            .wake(|| self.post_key(WAKE))
            .map_err(|code| Error::os("PostQueuedCompletionStatus", code))
    }

    /// A waiter has taken a wake packet.
    pub(crate) fn heard(&self) {
        self.wakes.heard();
    }

    /// Passes the close packet on. A lost one costs a waiter its time slice, never a hang.
    pub(crate) fn post_close(&self) {
        let _ = self.post_key(CLOSE);
    }

    /// Posts three numbers.
    pub(crate) fn post(&self, bytes: u32, key: usize, carried: usize) -> Result<(), Code> {
        // SAFETY:
        // * Waits on this port compare a packet's pointer with the slab's range, and follow no other: a
        //   foreign one goes to the caller as a number (`settle.rs`).
        unsafe { os::port_post(self.handle(), bytes, key, carried) }
    }

    pub(super) fn post_key(&self, key: usize) -> Result<(), Code> {
        self.post(0, key, 0)
    }
}
