//! The receive of a UDP socket: one at a time, one datagram each.

use std::{io, net::SocketAddr, sync::Arc};

use crate::associated::AssociatedSocket;
use crate::base::{error::Error, status::CompletionKind};
use crate::operation::{Completed, InFlight, Operation, Submitted};
use crate::ops::datagram::Datagram;
use crate::poll::{context::Context, error::code_of, event::Ready, native, tag::RECV};

/// The system may end a receive by itself: it is started again, at most so often in one call.
const TRIES: usize = 4;

/// A datagram that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Received {
    /// Bytes of it in the caller's buffer.
    pub len: usize,
    /// Who sent it.
    pub from: SocketAddr,
    /// It was longer than the caller's buffer, or than
    /// [`datagram_buffer`](crate::poll::Config::datagram_buffer): the rest is lost.
    pub is_truncated: bool,
}

type Buffer = Datagram<Box<[u8]>>;

#[derive(Default)]
pub(super) struct Incoming {
    idle: Option<Operation<Buffer>>,
    flying: Option<InFlight<Buffer>>,
    /// What is to be taken from the idle operation: so many bytes, and whether the datagram was longer;
    /// or the code of an error that is reported once: an earlier datagram's, or a passing failure.
    outcome: Option<Result<(usize, bool), i32>>,
}

impl Incoming {
    /// Puts a receive in flight if none is and nothing waits to be taken.
    pub(super) fn arm(
        &mut self,
        socket: &AssociatedSocket<Arc<native::Udp>>,
        at: Context<'_>,
    ) -> io::Result<()> {
        for _ in 0..TRIES {
            if self.flying.is_some() || self.outcome.is_some() {
                break;
            }
            let buffer = || vec![0; at.hub.config.datagram_buffer].into_boxed_slice();
            let operation = match self.idle.take() {
                Some(operation) => operation,
                None => at.operation(RECV, None, || Datagram::new(buffer()))?,
            };
            match socket.recv_from(operation) {
                Submitted::Pending(ticket) => self.flying = Some(ticket),
                Submitted::Ready(completed) => self.received(completed),
                Submitted::Refused(failed) => {
                    self.idle = Some(failed.value);
                    return Err(failed.error.into());
                }
            }
        }
        Ok(())
    }

    /// Finishes the receive if its packet was dequeued. True if the system has ended it by itself.
    pub(super) fn advance(&mut self) -> bool {
        if let Some(completed) = InFlight::take_finished(&mut self.flying) {
            self.received(completed);
        }
        self.idle.is_some() && self.outcome.is_none()
    }

    fn received(&mut self, completed: Completed<Buffer>) {
        self.outcome = match completed.result() {
            Ok(len) => Some(Ok((len, false))),
            Err(error) => match error.kind {
                CompletionKind::Truncated => Some(Ok((error.bytes, true))),
                CompletionKind::AbortedBySystem => None,
                _ => Some(Err(code_of(error))),
            },
        };
        self.idle = Some(completed.into_operation());
    }

    /// Takes what was received; `None` if nothing was.
    pub(super) fn take(&mut self, into: &mut [u8]) -> Option<io::Result<Received>> {
        let outcome = self.outcome.take()?;
        let datagram = self.idle.as_ref()?.buffer();
        Some(outcome.map_err(io::Error::from_raw_os_error).and_then(|(len, longer)| {
            let count = len.min(into.len());
            into[..count].copy_from_slice(&datagram.buffer()[..count]);
            let unknown = Error::Unsupported("the sender's address family");
            let from = datagram.address().ok_or(unknown)?;
            Ok(Received { len: count, from, is_truncated: longer || count < len })
        }))
    }

    pub(super) fn ready(&self) -> Ready {
        match self.outcome {
            Some(Ok(_)) => Ready::READABLE,
            Some(Err(_)) => Ready::READABLE | Ready::ERROR,
            None => Ready::NONE,
        }
    }
}
