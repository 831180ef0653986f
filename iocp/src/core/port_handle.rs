//! The system's port, closed with its last user.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    keys::{CLOSE, WAKE},
    wakes::Wakes,
};
use crate::{
    base::error::Error,
    os::{self, Code, Handle},
};

/// The port itself. Wakers share this and nothing else.
#[derive(Debug)]
pub(crate) struct PortHandle {
    pub(crate) handle: Handle,
    closed: AtomicBool,
    wakes: Wakes,
}

impl PortHandle {
    pub(crate) fn new(handle: Handle) -> Self {
        Self { handle, closed: AtomicBool::new(false), wakes: Wakes::default() }
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
        os::port_post(self.handle, bytes, key, carried)
    }

    pub(super) fn post_key(&self, key: usize) -> Result<(), Code> {
        self.post(0, key, 0)
    }
}

impl Drop for PortHandle {
    fn drop(&mut self) {
        os::handle_close(self.handle);
    }
}
