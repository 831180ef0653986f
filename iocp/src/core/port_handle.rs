//! The system's port, closed with its last user.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use super::keys::{CLOSE, WAKE};
use crate::{
    os::{self, Code, Handle},
    Error,
};

/// The port itself. Wakers share this and nothing else.
#[derive(Debug)]
pub(crate) struct PortHandle {
    pub(crate) handle: Handle,
    pub(crate) closed: AtomicBool,
    wake: AtomicU8,
}

/// How far the last wake has come.
const HEARD: u8 = 0;
const POSTING: u8 = 1;
const POSTED: u8 = 2;

impl PortHandle {
    pub(crate) fn new(handle: Handle) -> Self {
        Self { handle, closed: AtomicBool::new(false), wake: AtomicU8::new(HEARD) }
    }

    #[inline(always)]
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    pub(crate) fn set_closed(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Wakes one waiter; several wakes before it wakes up are one.
    pub(crate) fn wake(&self) -> Result<(), Error> {
        if self.is_closed() {
            return Err(Error::Closed);
        }
        // A locked instruction also where a packet is posted already: what the caller wrote before
        // this wake is then seen by the waiter, who takes the flag in the same way.
        let before = self.wake.fetch_max(POSTING, Ordering::AcqRel);
        if before == POSTED {
            return Ok(());
        }
        // Where another is posting, its post may fail: this one does not rely on it.
        let posted = self.post_key(WAKE);
        let next = if posted.is_ok() { POSTED } else { HEARD };
        // If a waiter was quicker the word is `HEARD`, and stays so.
        let _ = self.wake.compare_exchange(POSTING, next, Ordering::AcqRel, Ordering::Relaxed);
        posted.map_err(|code| Error::os("PostQueuedCompletionStatus", code))
    }

    /// A waiter has taken a wake packet.
    pub(crate) fn heard(&self) {
        self.wake.swap(HEARD, Ordering::AcqRel);
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
