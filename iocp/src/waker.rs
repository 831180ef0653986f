//! Waking a waiter from another thread.

use std::{fmt, sync::Arc};

use crate::{core::port_handle::PortHandle, Error};

/// Wakes one waiter of a port. Made by [`CompletionPort::waker`](crate::CompletionPort::waker).
///
/// It shares only the port's handle: it does not keep the port's operations alive.
#[derive(Clone)]
pub struct Waker {
    port: Arc<PortHandle>,
}

impl Waker {
    pub(crate) fn new(port: Arc<PortHandle>) -> Self {
        Self { port }
    }

    /// `PostQueuedCompletionStatus`: ends one wait, the current or the next one, with
    /// [`Wait::Woken`](crate::Wait::Woken), or with packets and
    /// [`Packets::was_woken`](crate::Packets::was_woken). Wakes that nobody has heard yet are one.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] after the port was closed; [`Error::Os`] if the system is out of memory.
    pub fn wake(&self) -> Result<(), Error> {
        self.port.wake()
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waker").field("closed", &self.port.is_closed()).finish_non_exhaustive()
    }
}
