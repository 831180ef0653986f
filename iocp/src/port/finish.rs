//! Waiting for one operation, beside whatever else the port brings.

use std::{fmt, io, time::Duration};

use super::{wait::Mode, CompletionPort, Wait};
use crate::{
    base::{
        error::{Error, Refused},
        timeout::Deadline,
    },
    core::packets::Packets,
    operation::{Completed, InFlight, Operation, Submitted},
};

/// What ended a [`finish`](CompletionPort::finish) before the operation was finished. Nothing is lost:
/// the ticket, or the operation, comes back.
///
/// Dropping the ticket cancels the operation.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Unfinished<B: Send + 'static> {
    /// There are packets of others in the [`Packets`], or of a [`Timer`](crate::Timer): handle them, then go on. The operation may be
    /// finished too: the next call says so at once.
    #[error("other packets came before the end of this operation")]
    Packets(InFlight<B>),
    /// The time limit passed.
    #[error("the operation was not finished in time")]
    TimedOut(InFlight<B>),
    /// A [`Waker`](crate::Waker) asked for attention. The operation may be finished too.
    #[error("a waker asked for attention")]
    Woken(InFlight<B>),
    /// The port is closed. The operation goes on: cancel it, and [`drain`](CompletionPort::drain).
    #[error("the completion port is closed")]
    Closed(InFlight<B>),
    /// [`Error::WrongPort`], and the operation goes on; or the system's wait failed.
    #[error("waiting for the operation failed: {error}")]
    Failed {
        /// Why.
        #[source]
        error: Error,
        /// The operation goes on.
        ticket: InFlight<B>,
    },
    /// The submit was refused: nothing goes on.
    #[error(transparent)]
    Refused(Refused<Operation<B>>),
}

impl<B: Send + 'static> Unfinished<B> {
    /// The ticket, whatever the reason.
    ///
    /// # Errors
    ///
    /// The operation, if its submit was [refused](Self::Refused).
    pub fn into_ticket(self) -> Result<InFlight<B>, Refused<Operation<B>>> {
        match self {
            Self::Packets(ticket)
            | Self::TimedOut(ticket)
            | Self::Woken(ticket)
            | Self::Closed(ticket)
            | Self::Failed { ticket, .. } => Ok(ticket),
            Self::Refused(refused) => Err(refused),
        }
    }
}

impl<B: Send + 'static> From<Unfinished<B>> for io::Error {
    /// The operation is dropped, in flight or not.
    fn from(unfinished: Unfinished<B>) -> Self {
        let kind = match unfinished {
            Unfinished::Closed(_) => return Error::Closed.into(),
            Unfinished::Failed { error, .. } => return error.into(),
            Unfinished::Refused(refused) => return refused.into(),
            Unfinished::TimedOut(_) => io::ErrorKind::TimedOut,
            Unfinished::Packets(_) | Unfinished::Woken(_) => io::ErrorKind::Other,
        };
        Self::new(kind, unfinished.to_string())
    }
}

impl<B: Send + 'static> fmt::Debug for Unfinished<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packets(ticket) => f.debug_tuple("Packets").field(ticket).finish(),
            Self::TimedOut(ticket) => f.debug_tuple("TimedOut").field(ticket).finish(),
            Self::Woken(ticket) => f.debug_tuple("Woken").field(ticket).finish(),
            Self::Closed(ticket) => f.debug_tuple("Closed").field(ticket).finish(),
            Self::Failed { error, ticket } => {
                f.debug_struct("Failed").field("error", error).field("ticket", ticket).finish()
            }
            Self::Refused(refused) => f.debug_tuple("Refused").field(refused).finish(),
        }
    }
}

impl CompletionPort {
    /// Waits until one operation is finished: the end of a submit, or of its ticket.
    ///
    /// It is a [`wait`](Self::wait), which takes packets of others too. Those are never kept or thrown
    /// away: the call ends with [`Unfinished::Packets`], they lie in `packets`, and the ticket comes back
    /// for the next call. The packet of the operation itself is not among them if this call takes it; a
    /// wait of another thread that takes it gets it as any other, and this call ends all the same.
    ///
    /// With `Ok` there is nothing in `packets`. What it held before is forgotten, as by `wait`; what a
    /// panic held back is returned first. `timeout` is that of `wait`; an operation that is finished
    /// already is returned without a look at the port.
    ///
    /// Any number of threads may finish operations of one port, drain it, or wait on it, at once.
    ///
    /// ```no_run
    /// # #[cfg(windows)] {
    /// # use iocp::{CompletionPort, Packets, Submitted, Unfinished};
    /// # fn run(port: CompletionPort, mut submitted: Submitted<Vec<u8>>) -> Result<(), Box<dyn std::error::Error>> {
    /// # fn handle(packets: &Packets) {}
    /// let mut packets = Packets::with_capacity(64);
    /// let completed = loop {
    ///     match port.finish(submitted, &mut packets, None) {
    ///         Ok(completed) => break completed,
    ///         Err(Unfinished::Packets(ticket)) => {
    ///             handle(&packets);
    ///             submitted = ticket.into();
    ///         }
    ///         Err(other) => return Err(other.into()),
    ///     }
    /// };
    /// # Ok(()) }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Unfinished`], with the reason and the ticket.
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait). The ticket is dropped then, as by any panic.
    pub fn finish<B: Send + 'static>(
        &self,
        operation: impl Into<Submitted<B>>,
        packets: &mut Packets,
        timeout: Option<Duration>,
    ) -> Result<Completed<B>, Unfinished<B>> {
        let ticket = match operation.into() {
            Submitted::Pending(ticket) => ticket,
            Submitted::Ready(completed) => {
                packets.clear();
                return Ok(completed);
            }
            Submitted::Refused(refused) => {
                packets.clear();
                return Err(Unfinished::Refused(refused));
            }
        };
        let ended = self.wait_finished(&ticket, packets, timeout);
        match ended {
            Ok(Wait::Packets(1..)) => return Err(Unfinished::Packets(ticket)),
            Ok(Wait::Woken) => return Err(Unfinished::Woken(ticket)),
            _ => {}
        }
        // After the flag was cleared: nobody wakes this call for an end that comes later.
        let ticket = match ticket.finish() {
            Ok(completed) => return Ok(completed),
            Err(ticket) => ticket,
        };
        Err(match ended {
            Err(Error::Closed) => Unfinished::Closed(ticket),
            Err(error) => Unfinished::Failed { error, ticket },
            Ok(_) => Unfinished::TimedOut(ticket),
        })
    }

    /// Waits for packets, or for the end of this operation: `Packets(0)`, unless something else came.
    pub(crate) fn wait_finished<B: Send + 'static>(
        &self,
        ticket: &InFlight<B>,
        packets: &mut Packets,
        timeout: Option<Duration>,
    ) -> Result<Wait, Error> {
        // Nobody who settles it on another port wakes a waiter of this one.
        if !ticket.belongs_to(&self.core) && !ticket.is_done() {
            packets.clear();
            return Err(Error::WrongPort);
        }
        if let Some((_awaiting, operation)) = ticket.awaiting() {
            let own = Own(packets);
            own.0.batch.calls.finishing = Some(operation);
            return self.wait_until(own.0, Deadline::after(timeout), Mode::Wait);
        }
        if self.core.unreported.holds_back() {
            return self.wait_until(packets, Deadline::Now, Mode::Wait);
        }
        packets.clear();
        Ok(Wait::Packets(0))
    }
}

/// The packets of a call that waits for one operation, which is forgotten also if the call unwinds.
struct Own<'a>(&'a mut Packets);

impl Drop for Own<'_> {
    fn drop(&mut self) {
        self.0.batch.calls.finishing = None;
    }
}
