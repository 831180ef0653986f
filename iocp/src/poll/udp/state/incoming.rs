//! The receive of a UDP socket: one at a time, one datagram each.

use std::io;

use super::{would_block, Datagrams};
use crate::{
    poll::{
        context::{Context, RECV},
        event::Ready,
        stream::code_of,
        udp::Received,
    },
    Completed, CompletionKind, Datagram, Error, InFlight, Operation, Submitted,
};

type Incoming = Datagram<Box<[u8]>>;
#[derive(Debug)]
pub(super) enum Recv {
    None,
    Idle(Operation<Incoming>),
    Flying(InFlight<Incoming>),
    Filled {
        operation: Operation<Incoming>,
        len: usize,
        is_truncated: bool,
    },
    /// Word of an earlier datagram, or a passing failure: said once.
    Failed {
        operation: Operation<Incoming>,
        code: i32,
    },
}

impl Datagrams {
    /// Puts a receive in flight if none is and nothing waits to be taken.
    pub(super) fn arm(&mut self, at: Context<'_>) -> io::Result<()> {
        if matches!(self.recv, Recv::None) {
            let buffer = vec![0; at.queue.config.datagram_buffer].into_boxed_slice();
            let made = at.operation(Datagram::new(buffer), RECV, &mut self.starved);
            self.recv = Recv::Idle(made?);
        }
        for _ in 0..4 {
            let operation = match std::mem::replace(&mut self.recv, Recv::None) {
                Recv::Idle(operation) => operation,
                other => {
                    self.recv = other;
                    return Ok(());
                }
            };
            match self.socket.recv_from(operation) {
                Submitted::Pending(ticket) => self.recv = Recv::Flying(ticket),
                Submitted::Ready(completed) => self.received(completed),
                Submitted::Refused(failed) => match (failed.error, failed.value) {
                    (Error::Closed, operation) => {
                        self.recv = Recv::Idle(operation);
                        return Err(Error::Closed.into());
                    }
                    (error, operation) => {
                        self.recv = Recv::Failed { operation, code: code_of(error) };
                    }
                },
            }
        }
        Ok(())
    }

    pub(super) fn received(&mut self, completed: Completed<Incoming>) {
        let result = completed.result();
        let operation = completed.into_operation();
        self.recv = match result {
            Ok(len) => Recv::Filled { operation, len, is_truncated: false },
            Err(error) => match error.kind {
                CompletionKind::Truncated => {
                    Recv::Filled { operation, len: error.bytes, is_truncated: true }
                }
                CompletionKind::AbortedBySystem => Recv::Idle(operation),
                _ => Recv::Failed { operation, code: code_of(error) },
            },
        };
    }

    /// Takes one datagram. The flag says that an event must be posted: another is there already.
    pub(in crate::poll::udp) fn receive(
        &mut self,
        at: Context<'_>,
        into: &mut [u8],
    ) -> (io::Result<Received>, bool) {
        if matches!(self.recv, Recv::None | Recv::Idle(_)) {
            if let Err(error) = self.arm(at) {
                return (Err(error), false);
            }
        }
        let (operation, result) = match std::mem::replace(&mut self.recv, Recv::None) {
            Recv::Filled { operation, len, is_truncated } => {
                let datagram = operation.buffer();
                let count = len.min(into.len());
                into[..count].copy_from_slice(&datagram.buffer()[..count]);
                let is_truncated = is_truncated || count < len;
                let unknown = || io::Error::from(Error::Unsupported("the sender's address family"));
                let from = datagram.address().ok_or_else(unknown);
                let received = from.map(|from| Received { len: count, from, is_truncated });
                (operation, received)
            }
            Recv::Failed { operation, code } => {
                (operation, Err(io::Error::from_raw_os_error(code)))
            }
            other => {
                self.recv = other;
                let closed = at.queue.is_closed();
                let error = if closed { Error::Closed.into() } else { would_block() };
                return (Err(error), false);
            }
        };
        self.recv = Recv::Idle(operation);
        // An error of this is said by the next read.
        let _ = self.arm(at);
        let ready = self.now().only(Ready::READABLE).wanted(self.interests);
        (result, self.owe(ready))
    }
}
