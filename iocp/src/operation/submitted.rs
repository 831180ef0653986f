//! What comes back from a submit, and from anything that refuses what it was given.

use std::fmt;

use super::{Completed, InFlight, Operation};
#[cfg(doc)]
use crate::base::error::Error;
use crate::{base::error::Refused, core::packet::OperationId};

/// What a submit came to.
///
/// `let _ = socket.recv(operation)` compiles, and cancels the receive at once: the ticket is dropped. To let an
/// operation run without a ticket, [`park`](Self::park) it, or [`detach`](InFlight::detach) the ticket.
///
/// # Examples
///
/// ```no_run
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{AssociatedSocket, CompletionPort, Error, InFlight, Submitted};
/// use std::net::TcpStream;
///
/// /// Starts a receive; `None`: the connection is over.
/// fn start(
///     port: &CompletionPort,
///     socket: &AssociatedSocket<TcpStream>,
/// ) -> Result<Option<InFlight<Vec<u8>>>, Error> {
///     let mut operation = port.operation(Vec::with_capacity(4096), 1)?;
///     loop {
///         match socket.recv(operation) {
///             Submitted::Pending(ticket) => return Ok(Some(ticket)), // its packet comes
///             Submitted::Ready(received) => match received.result() {
///                 Ok(1..) => {
///                     println!("{:?}", received.buffer()); // no packet: handled here
///                     operation = received.into_operation();
///                     operation.buffer_mut().clear();
///                 }
///                 _ => return Ok(None),
///             },
///             Submitted::Refused(refused) => return Err(refused.error),
///         }
///     }
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[must_use = "dropping a pending ticket cancels the operation"]
// A tag of its own: one hidden in the error costs each call more to read.
#[repr(u8)]
pub enum Submitted<B: Send + 'static> {
    /// The system owns the buffer now; a packet follows (or was taken already: see
    /// [`is_done`](InFlight::is_done)).
    Pending(InFlight<B>),
    /// Finished at once, well or with an error of the call: what a packet would have said. None follows.
    ///
    /// (Of a socket, the call says Winsock's number alone: 10022 for a status that Winsock does not list. Such
    /// a failure has the kind `Other` here, and its own by packet.)
    Ready(Completed<B>),
    /// Nothing was handed to the system: no packet follows, and the operation comes back with the reason.
    ///
    /// | the error of every submit | says |
    /// | --- | --- |
    /// | [`Closed`](Error::Closed) | the port is closed |
    /// | [`WrongPort`](Error::WrongPort) | another port made the operation |
    /// | [`HandleClosed`](Error::HandleClosed) | the source answers with another handle than was associated |
    /// | [`NoRoom`](Error::NoRoom) | the buffer to receive or read into is full; the end of a stream would look the same |
    /// | [`TooLarge`](Error::TooLarge) | there are more than 4 GiB - 1 bytes to send or write |
    /// | [`Os`](Error::Os) | a call that comes before the operation's own has failed: the method names it |
    Refused(Refused<Operation<B>>),
}

impl<B: Send + 'static> Submitted<B> {
    /// The ticket, if the operation is in flight.
    ///
    /// # Errors
    ///
    /// The other two outcomes.
    pub fn pending(self) -> Result<InFlight<B>, Self> {
        match self {
            Self::Pending(ticket) => Ok(ticket),
            other => Err(other),
        }
    }

    /// The id, if the operation is in flight: gives its ticket up, as [`InFlight::park`] does.
    ///
    /// A thread that takes the packet before this call is told
    /// [`StillSubmitting`](crate::Error::StillSubmitting) by [`redeem`](crate::CompletionPort::redeem).
    ///
    /// # Errors
    ///
    /// The other two outcomes.
    pub fn park(self) -> Result<OperationId, Self> {
        self.pending().map(InFlight::park)
    }
}

impl<B: Send + 'static> From<InFlight<B>> for Submitted<B> {
    fn from(ticket: InFlight<B>) -> Self {
        Self::Pending(ticket)
    }
}

impl<B: Send + 'static> fmt::Debug for Submitted<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending(ticket) => f.debug_tuple("Pending").field(ticket).finish(),
            Self::Ready(completed) => f.debug_tuple("Ready").field(&completed.result()).finish(),
            Self::Refused(refused) => f.debug_tuple("Refused").field(&refused.error).finish(),
        }
    }
}
