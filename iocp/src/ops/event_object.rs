//! An event of the system, to be waited for by a [`HandleWait`](crate::HandleWait).

use std::fmt;

use crate::{
    base::error::Error,
    os::{self, AsHandle, BorrowedHandle, Owned},
};

/// An [event object](https://learn.microsoft.com/en-us/windows/win32/sync/event-objects): something of the system that
/// is set or not, without a name.
///
/// To be waited for by a [`HandleWait`](crate::HandleWait); for code that can do no more than set an event, as a driver
/// or a library with a handle of its caller. Between threads of one program a [`Waker`](crate::Waker) or a
/// [`mailbox`](crate::CompletionPort::mailbox) costs less.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)] {
/// use iocp::{CompletionPort, EventObject, Packet, Packets};
///
/// let port = CompletionPort::new()?;
/// let event = EventObject::auto_reset()?;
/// let wait = port.handle_wait(&event, 1)?;
/// wait.start()?;
/// event.set()?;
/// let mut packets = Packets::with_capacity(8);
/// port.wait(&mut packets, None)?;
/// assert!(packets.iter().eq([&Packet::Signalled { token: 1 }]));
/// # }
/// # Ok::<(), iocp::Error>(())
/// ```
#[doc(alias = "CreateEventW")]
pub struct EventObject(Owned);

impl EventObject {
    /// [`CreateEventW`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createeventw): one that
    /// lets one wait go for each time that it is set, and is not set then. It is not set in the beginning; set twice
    /// before a wait, it was set once.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system is out of handles or memory.
    #[doc(alias = "CreateEventW")]
    pub fn auto_reset() -> Result<Self, Error> {
        Self::new(false)
    }

    /// [`CreateEventW`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createeventw): one that
    /// stays set, and lets every wait go, until it is [reset](Self::reset). It is not set in the beginning.
    ///
    /// # Errors
    ///
    /// As [`auto_reset`](Self::auto_reset).
    #[doc(alias = "CreateEventW")]
    pub fn manual_reset() -> Result<Self, Error> {
        Self::new(true)
    }

    /// [`SetEvent`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-setevent).
    ///
    /// # Errors
    ///
    /// [`Error::Os`], which the system has no reason for.
    #[doc(alias = "SetEvent")]
    pub fn set(&self) -> Result<(), Error> {
        os::event_set(self.0.borrow()).map_err(|code| Error::os("SetEvent", code))
    }

    /// [`ResetEvent`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-resetevent): it is not set
    /// any more. A wait that has gone already has its packet all the same.
    ///
    /// # Errors
    ///
    /// [`Error::Os`], which the system has no reason for.
    #[doc(alias = "ResetEvent")]
    pub fn reset(&self) -> Result<(), Error> {
        os::event_reset(self.0.borrow()).map_err(|code| Error::os("ResetEvent", code))
    }

    fn new(manual: bool) -> Result<Self, Error> {
        os::event_create(manual).map(Self).map_err(|code| Error::os("CreateEventW", code))
    }
}

impl AsHandle for EventObject {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        os::lend_handle(self.0.borrow())
    }
}

impl fmt::Debug for EventObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventObject").finish_non_exhaustive()
    }
}
