//! How a stream sends with one of its two slots.

use super::{slot::Slot, stream::Pieces};
use crate::base::error::Error;
use crate::operation::{Completed, Operation};
use crate::os::Code;
use crate::poll::error::{code_of, WSAENOBUFS};
use crate::poll::{context::Context, native::StreamSocket, tag::SEND};

/// The smallest buffer for sending.
pub(super) const LEAST: usize = 1024;

impl Slot {
    /// One with an operation of the pool, for so many bytes if they are few. `None` also if the port is full.
    pub(super) fn of_pool(at: Context<'_>, len: usize) -> Option<Self> {
        let least = LEAST.min(most(at));
        if len > least {
            return None;
        }
        let pool = Some(&at.hub.writes);
        let operation = at.operation(SEND, pool, || Vec::with_capacity(least)).ok()?;
        Some(Self { idle: Some(operation), flying: None })
    }

    /// Sends as much of `bytes` as the buffer takes: how much, and whether it is in flight now. What is done at once
    /// may be less than that, but is not nothing.
    pub(super) fn send(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        bytes: Pieces<'_>,
    ) -> Result<(usize, bool), Error> {
        let mut operation = match self.idle.take() {
            Some(operation) if operation.buffer().capacity() >= bytes.len() => operation,
            Some(small) => {
                // Without a larger one it sends a part, so a refusal by the port is not noted.
                let starved = at.marks.set_starved(SEND);
                let made = make(at, bytes.len());
                if !starved {
                    at.marks.take_starved(SEND);
                }
                made.unwrap_or(small)
            }
            None => make(at, bytes.len())?,
        };
        let buffer = operation.buffer_mut();
        buffer.clear();
        let bytes = bytes.up_to(buffer.capacity());
        bytes.parts().for_each(|part| buffer.extend_from_slice(part));
        let Some(completed) = self.submitted(socket.send(operation))? else {
            return Ok((bytes.len(), true));
        };
        let result = completed.result();
        self.put_away(at, completed);
        // Callers use its code alone. Nothing was sent: the system has no room.
        let code = |error| Code(code_of(error).unsigned_abs());
        match result.map_err(|error| Error::os("WSASend", code(error)))? {
            0 => Err(Error::os("WSASend", Code(WSAENOBUFS.unsigned_abs()))),
            count => Ok((count, false)),
        }
    }

    /// A send has ended. Where streams are lent nothing, the pool gets its buffer, if it is of the size that is taken
    /// from there.
    pub(super) fn put_away(&mut self, at: Context<'_>, completed: Completed<Vec<u8>>) {
        let (capacity, least) = (completed.buffer().capacity(), LEAST.min(most(at)));
        if at.hub.config.lent_bytes != 0 {
            self.keep(at, completed);
        } else if (least..2 * least).contains(&capacity) {
            at.hub.writes.keep(completed.into_operation(), &at.hub.lists);
        }
    }
}

fn make(at: Context<'_>, len: usize) -> Result<Operation<Vec<u8>>, Error> {
    let least = LEAST.min(most(at));
    let capacity = len.next_power_of_two().clamp(least, most(at));
    let pool = (at.hub.config.lent_bytes == 0 && len <= least).then_some(&at.hub.writes);
    at.operation(SEND, pool, || Vec::with_capacity(capacity))
}

/// The largest buffer for sending.
fn most(at: Context<'_>) -> usize {
    let config = &at.hub.config;
    config.send_high_water.min(config.port.max_bytes)
}
