//! The receive of a UDP socket: one at a time, one datagram each.

use std::{io, net::SocketAddr, sync::Arc};

use crate::{
    associated::AssociatedSocket,
    base::{error::Error, status::CompletionKind},
    operation::{Completed, InFlight, Operation, Submitted},
    ops::datagram::Datagram,
    poll::{context::Context, error::code_of, event::Ready, native, tag::RECV},
};

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
pub(super) enum Incoming {
    #[default]
    None,
    Idle(Operation<Buffer>),
    Flying(InFlight<Buffer>),
    /// So many bytes; the flag: the datagram was longer.
    Filled(Operation<Buffer>, usize, bool),
    /// The error of an earlier datagram, or a passing failure: reported once.
    Failed(Operation<Buffer>, i32),
}

impl Incoming {
    /// Puts a receive in flight if none is and nothing waits to be taken.
    pub(super) fn arm(
        &mut self,
        socket: &AssociatedSocket<Arc<native::Udp>>,
        at: Context<'_>,
    ) -> io::Result<()> {
        if matches!(self, Self::None) {
            let buffer = || vec![0; at.hub.config.datagram_buffer].into_boxed_slice();
            *self = Self::Idle(at.operation(|| Datagram::new(buffer()), RECV)?);
        }
        for _ in 0..4 {
            let operation = match std::mem::take(self) {
                Self::Idle(operation) => operation,
                other => {
                    *self = other;
                    return Ok(());
                }
            };
            match socket.recv_from(operation) {
                Submitted::Pending(ticket) => *self = Self::Flying(ticket),
                Submitted::Ready(completed) => *self = Self::received(completed),
                Submitted::Refused(failed) => {
                    *self = Self::Idle(failed.value);
                    return Err(failed.error.into());
                }
            }
        }
        Ok(())
    }

    /// Finishes the receive if its packet was dequeued. True if the system has ended it by itself.
    pub(super) fn advance(&mut self) -> bool {
        *self = match std::mem::take(self) {
            Self::Flying(ticket) => match ticket.finish() {
                Ok(completed) => Self::received(completed),
                Err(ticket) => Self::Flying(ticket),
            },
            other => other,
        };
        matches!(self, Self::Idle(_))
    }

    fn received(completed: Completed<Buffer>) -> Self {
        let result = completed.result();
        let operation = completed.into_operation();
        match result {
            Ok(len) => Self::Filled(operation, len, false),
            Err(error) => match error.kind {
                CompletionKind::Truncated => Self::Filled(operation, error.bytes, true),
                CompletionKind::AbortedBySystem => Self::Idle(operation),
                _ => Self::Failed(operation, code_of(error)),
            },
        }
    }

    /// Takes what was received; `None` if nothing was.
    pub(super) fn take(&mut self, into: &mut [u8]) -> Option<io::Result<Received>> {
        let (operation, result) = match std::mem::take(self) {
            Self::Filled(operation, len, is_truncated) => {
                let datagram = operation.buffer();
                let count = len.min(into.len());
                into[..count].copy_from_slice(&datagram.buffer()[..count]);
                let is_truncated = is_truncated || count < len;
                let unknown = || io::Error::from(Error::Unsupported("the sender's address family"));
                let from = datagram.address().ok_or_else(unknown);
                let received = from.map(|from| Received { len: count, from, is_truncated });
                (operation, received)
            }
            Self::Failed(operation, code) => (operation, Err(io::Error::from_raw_os_error(code))),
            other => {
                *self = other;
                return None;
            }
        };
        *self = Self::Idle(operation);
        Some(result)
    }

    pub(super) fn ready(&self) -> Ready {
        match self {
            Self::Filled(..) => Ready::READABLE,
            Self::Failed(..) => Ready::READABLE | Ready::ERROR,
            _ => Ready::NONE,
        }
    }
}
