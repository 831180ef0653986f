//! One of the two sends of a stream or of a UDP socket.

use crate::{
    base::error::Error,
    operation::{Completed, InFlight, Operation, Submitted},
    os::Code,
    poll::{context::Context, error::code_of, native::StreamSocket, tag::SEND},
};

/// The smallest buffer for sending.
pub(super) const LEAST: usize = 512;

#[derive(Default)]
pub(super) enum SendSlot<B: Send + 'static = Vec<u8>> {
    #[default]
    None,
    Idle(Operation<B>),
    Flying(InFlight<B>),
}

impl<B: Send + 'static> SendSlot<B> {
    pub(super) fn is_flying(&self) -> bool {
        matches!(self, Self::Flying(_))
    }

    /// Takes the send that was in flight, if its packet was dequeued.
    pub(super) fn finish(&mut self) -> Option<Completed<B>> {
        match std::mem::take(self) {
            Self::Flying(ticket) => match ticket.finish() {
                Ok(completed) => return Some(completed),
                Err(ticket) => *self = Self::Flying(ticket),
            },
            other => *self = other,
        }
        None
    }
}

/// The sends of a stream.
impl SendSlot {
    /// Sends as much of `bytes` as the buffer takes: how much, and whether it is in flight now.
    pub(super) fn send(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        bytes: &[u8],
    ) -> Result<(usize, bool), Error> {
        let mut operation = match std::mem::take(self) {
            Self::Idle(operation) if operation.buffer().capacity() >= bytes.len() => operation,
            Self::Idle(small) => {
                // The small one sends a part if there is no larger one: the source is not listed then.
                let starved = at.marks.set_starved(SEND);
                let made = make(at, bytes.len());
                if !starved {
                    at.marks.take_starved(SEND);
                }
                made.unwrap_or(small)
            }
            _ => make(at, bytes.len())?,
        };
        let buffer = operation.buffer_mut();
        buffer.clear();
        let count = bytes.len().min(buffer.capacity());
        buffer.extend_from_slice(&bytes[..count]);
        Ok((count, self.begun(at, socket.send(operation))?))
    }

    /// A submit has returned: whether the send is in flight now, or was done at once.
    pub(super) fn begun(
        &mut self,
        at: Context<'_>,
        submitted: Submitted<Vec<u8>>,
    ) -> Result<bool, Error> {
        match submitted {
            Submitted::Ready(completed) => {
                let result = completed.result();
                self.rest(at, completed);
                // Callers use its code alone.
                let code = |error| Code(code_of(error).unsigned_abs());
                result.map(|_| false).map_err(|error| Error::os("WSASend", code(error)))
            }
            Submitted::Pending(ticket) => {
                *self = Self::Flying(ticket);
                Ok(true)
            }
            Submitted::Refused(failed) => {
                *self = Self::Idle(failed.value);
                Err(failed.error)
            }
        }
    }

    /// A send has ended. An idle zero-read stream holds no buffer.
    pub(super) fn rest(&mut self, at: Context<'_>, completed: Completed<Vec<u8>>) {
        let operation = completed.into_operation();
        if !at.hub.config.zero_read {
            *self = Self::Idle(operation);
        } else if operation.buffer().capacity() >= LEAST.min(most(at)) {
            at.hub.writes.keep(operation, &at.hub.lists);
        }
    }
}

fn make(at: Context<'_>, len: usize) -> Result<Operation<Vec<u8>>, Error> {
    let least = LEAST.min(most(at));
    if at.hub.config.zero_read && len <= least {
        return at.pooled(&at.hub.writes, || Vec::with_capacity(least), SEND);
    }
    let capacity = len.next_power_of_two().clamp(least, most(at));
    at.operation(|| Vec::with_capacity(capacity), SEND)
}

/// The largest buffer for sending.
fn most(at: Context<'_>) -> usize {
    let config = &at.hub.config;
    config.send_high_water.min(config.port.max_bytes)
}
