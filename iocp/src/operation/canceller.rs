//! Cancelling an operation in flight, without its ticket.

use std::{fmt, sync::Weak};

use crate::{
    base::error::Error,
    core::{handle_cell::CancelOutcome, shared::Core},
};

/// Cancels one operation from any thread. Made by [`InFlight::canceller`](crate::InFlight::canceller).
///
/// Used late it does nothing: a new operation in the same slot has another generation. It does not
/// keep the port open; if the last other reference goes while it cancels, the port's end (see
/// [`CompletionPort`](crate::CompletionPort)) runs on its thread.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
/// # let (stream, _) = listener.accept()?;
/// use iocp::{CompletionKind, CompletionPort, Packets};
///
/// let port = CompletionPort::new()?;
/// let socket = port.associate_socket(stream, 0)?;
/// let receive = socket.recv(port.operation(Vec::with_capacity(64), 1)?);
/// let ticket = receive.pending().map_err(|_| "nothing was sent")?;
///
/// let canceller = ticket.canceller();
/// std::thread::spawn(move || canceller.cancel()); // another thread's, however late
/// let ended = port.finish(ticket, &mut Packets::with_capacity(8), None)?;
/// assert_eq!(ended.kind(), Some(CompletionKind::Cancelled));
/// # drop(client);
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct Canceller {
    core: Weak<Core>,
    index: u32,
    generation: u64,
}

impl Canceller {
    pub(super) fn new(core: Weak<Core>, index: u32, generation: u64) -> Self {
        Self { core, index, generation }
    }

    /// `CancelIoEx`, as [`InFlight::cancel`](crate::InFlight::cancel).
    ///
    /// # Errors
    ///
    /// As [`InFlight::cancel`](crate::InFlight::cancel).
    #[doc(alias = "CancelIoEx")]
    pub fn cancel(&self) -> Result<CancelOutcome, Error> {
        match self.core.upgrade() {
            Some(core) => core.cancel(core.slot(self.index), self.generation),
            None => Ok(CancelOutcome::AlreadyDone),
        }
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canceller").finish_non_exhaustive()
    }
}
