//! Waking a waiter from another thread.

use std::{fmt, sync::Arc, task::Wake};

use crate::{base::error::Error, core::port_handle::PortHandle};

/// Wakes one waiter of a port. Made by [`CompletionPort::waker`](crate::CompletionPort::waker).
///
/// It shares only the port's handle: it does not keep the port's operations alive.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{CompletionPort, Packets, Wait};
///
/// let port = CompletionPort::new()?;
/// let waker = port.waker();
/// std::thread::spawn(move || waker.wake());
/// // A hint: look at whatever the other thread has changed.
/// assert_eq!(port.wait(&mut Packets::with_capacity(8), None)?, Wait::Woken);
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
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
    /// [`Packets::was_woken`](crate::Packets::was_woken). Wakes are one until a waiter dequeues it.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] after the port was closed; [`Error::Os`] if the system is out of memory.
    #[doc(alias = "PostQueuedCompletionStatus")]
    pub fn wake(&self) -> Result<(), Error> {
        self.port.wake()
    }
}

/// Wakes a waiter of the port. The trait has no result: what the system refuses is lost.
impl Wake for Waker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let _ = Self::wake(self);
    }
}

impl From<Waker> for std::task::Waker {
    fn from(waker: Waker) -> Self {
        Arc::new(waker).into()
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waker").field("closed", &self.port.is_closed()).finish_non_exhaustive()
    }
}
