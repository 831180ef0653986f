//! One of a stream's two sends.

use super::state::Socket;
use crate::{
    poll::context::{Context, SEND},
    Completed, Error, InFlight, Operation, Submitted,
};

/// The smallest buffer for sending.
const LEAST: usize = 512;

#[derive(Debug, Default)]
pub(super) enum Line {
    #[default]
    None,
    Idle(Operation<Vec<u8>>),
    Flying(InFlight<Vec<u8>>),
}

/// What became of a send that was begun.
pub(super) enum Begun {
    /// It is on its way.
    Flying,
    /// It has left.
    Sent,
}

impl Line {
    pub(super) fn is_flying(&self) -> bool {
        matches!(self, Self::Flying(_))
    }

    /// Sends as much of `bytes` as the buffer takes, and says how much.
    pub(super) fn send(
        &mut self,
        socket: &Socket,
        at: Context<'_>,
        starved: &mut bool,
        bytes: &[u8],
    ) -> Result<(usize, Begun), Error> {
        let mut operation = match std::mem::take(self) {
            Self::Idle(operation) if operation.buffer().capacity() >= bytes.len() => operation,
            // It does for a part if there is no larger one.
            Self::Idle(small) => make(at, bytes.len(), &mut true).unwrap_or(small),
            _ => make(at, bytes.len(), starved)?,
        };
        let buffer = operation.buffer_mut();
        buffer.clear();
        let count = bytes.len().min(buffer.capacity());
        buffer.extend_from_slice(&bytes[..count]);
        Ok((count, self.begun(at, socket.send(operation))?))
    }

    /// A submit has returned.
    pub(super) fn begun(
        &mut self,
        at: Context<'_>,
        submitted: Submitted<Vec<u8>>,
    ) -> Result<Begun, Error> {
        match submitted {
            Submitted::Ready(completed) => {
                let result = completed.result();
                self.rest(at, completed);
                // Its code is all that is made of it.
                result.map(|_| Begun::Sent).map_err(|error| {
                    let code = super::code_of(error).unsigned_abs();
                    Error::os("WSASend", crate::os::Code(code))
                })
            }
            Submitted::Pending(ticket) => {
                *self = Self::Flying(ticket);
                Ok(Begun::Flying)
            }
            Submitted::Refused(failed) => {
                *self = Self::Idle(failed.value);
                Err(failed.error)
            }
        }
    }

    /// What has ended, if the packet of what was on its way has come.
    pub(super) fn finish(&mut self) -> Option<Completed<Vec<u8>>> {
        match std::mem::take(self) {
            Self::Flying(ticket) => match ticket.finish() {
                Ok(completed) => return Some(completed),
                Err(ticket) => *self = Self::Flying(ticket),
            },
            other => *self = other,
        }
        None
    }

    /// A send has ended. An idle connection holds no buffer in zero-read mode.
    pub(super) fn rest(&mut self, at: Context<'_>, completed: Completed<Vec<u8>>) {
        let operation = completed.into_operation();
        if at.queue.config.zero_read {
            if operation.buffer().capacity() >= LEAST.min(most(at)) {
                at.queue.writes.keep(operation, &at.queue.lists);
            }
        } else {
            *self = Self::Idle(operation);
        }
    }
}

/// A send with room for so many bytes.
fn make(at: Context<'_>, len: usize, starved: &mut bool) -> Result<Operation<Vec<u8>>, Error> {
    let least = LEAST.min(most(at));
    if at.queue.config.zero_read && len <= least {
        return at.pooled(&at.queue.writes, || Vec::with_capacity(least), SEND, starved);
    }
    let capacity = len.next_power_of_two().clamp(least, most(at));
    at.operation(Vec::with_capacity(capacity), SEND, starved).map_err(Error::from)
}

/// The largest buffer for sending.
fn most(at: Context<'_>) -> usize {
    let config = &at.queue.config;
    config.send_high_water.min(config.port.max_bytes)
}
