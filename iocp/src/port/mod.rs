//! The completion port: associate handles, make operations, wait for packets, close.

// First, so that rustdoc begins with `new`.
mod calls;

#[cfg(windows)]
mod as_handle;
mod associate;
mod finish;
pub(crate) mod mailbox;
mod redeem;
pub(crate) mod timed_wait;
pub(crate) mod timer;
mod wait;
pub(crate) mod waker;

use std::{fmt, sync::Arc};

pub use self::finish::Unfinished;

use crate::core::shared::Core;

/// An [I/O completion port](https://learn.microsoft.com/en-us/windows/win32/fileio/i-o-completion-ports):
/// a queue in which finished operations of many handles arrive.
///
/// A cheap handle to a shared core; clones are the same port. What keeps it open: every clone, every
/// [`AssociatedSocket`](crate::AssociatedSocket), [`Operation`](crate::Operation) and ticket. When the last of them is gone the port waits up to
/// [`Config::drain_limit`](crate::Config::drain_limit) for what the system still owns, and leaks the rest (counted by
/// [`leaked_operations`](crate::leaked_operations)). A buffer that owns a clone of the port is a
/// cycle: it is never freed.
///
/// # Associating
///
/// A handle is associated with one port for its whole life, by
/// [`CreateIoCompletionPort`](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport).
/// `key`, any number, comes back with each packet of the handle. What is associated owns its handle,
/// alone or with others (an `Arc` of it), or borrows it for ever:
/// [`AssociatedSocket`](crate::AssociatedSocket) says why. What is refused comes back with the error:
///
/// | error | code | says |
/// | --- | --- | --- |
/// | [`NotAssociable`](crate::Error::NotAssociable) | 87 | associated before, with any port, through any duplicate; or not opened for overlapped I/O |
/// | [`HandleClosed`](crate::Error::HandleClosed) | 6, 10038 | not an open handle, not a socket, or (`associate_handle`) of a kind that no port takes: an event, a thread, a port |
/// | [`Unsupported`](crate::Error::Unsupported) | | a socket whose provider has no real file handles (`XP1_IFS_HANDLES`); a device |
/// | [`Closed`](crate::Error::Closed) | | this port is closed |
/// | [`Os`](crate::Error::Os) | any other | |
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{CompletionPort, Packet, Packets, UserPacket, Wait};
/// use std::time::Duration;
///
/// let port = CompletionPort::new()?;
/// port.post(UserPacket { token: 7, bytes: 0 })?;
///
/// let mut packets = Packets::with_capacity(64); // once for each thread
/// assert_eq!(port.wait(&mut packets, None)?, Wait::Packets(1));
/// for packet in packets.iter() {
///     match packet {
///         Packet::User(posted) => assert_eq!(posted.token, 7),
///         other => panic!("{other:?}"),
///     }
/// }
/// // A time limit that has passed is no error.
/// assert_eq!(port.wait(&mut packets, Some(Duration::ZERO))?, Wait::TimedOut);
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct CompletionPort {
    pub(crate) core: Arc<Core>,
}

/// What ended a [`wait`](CompletionPort::wait).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wait {
    /// So many packets are in the [`Packets`](crate::Packets): at least one from a wait; 0 from a
    /// [`drain`](CompletionPort::drain) that is finished.
    Packets(usize),
    /// The time limit passed. Not an error.
    TimedOut,
    /// A [`Waker`](crate::Waker) asked for attention.
    Woken,
    /// An asynchronous procedure call ran on this thread (only in an alertable wait). There may be packets
    /// all the same: wait again.
    Apc,
}

impl fmt::Debug for CompletionPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletionPort")
            .field("closed", &self.is_closed())
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
