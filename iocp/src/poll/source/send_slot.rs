//! How a stream sends: with an operation of those that the queue keeps, or a new one, which goes back there.

use super::stream::Pieces;
use crate::base::error::Error;
use crate::operation::{Completed, InFlight, Operation, Submitted};
use crate::os::Code;
use crate::poll::error::{code_of, WSAENOBUFS};
use crate::poll::hub::LEAST;
use crate::poll::tag::{token, SEND};
use crate::poll::{context::Context, native::StreamSocket};

/// A send that is in flight, if there is one.
pub(super) type Flying = Option<InFlight<Vec<u8>>>;

/// Sends as much of `bytes` as a buffer takes: how much, and the send if it is in flight now. What is done at once may
/// be less than that, but is not nothing.
pub(super) fn send(
    socket: &StreamSocket,
    at: Context<'_>,
    bytes: Pieces<'_>,
) -> Result<(usize, Flying), Error> {
    let mut operation = operation(at, bytes.len())?;
    let buffer = operation.buffer_mut();
    buffer.clear();
    let bytes = bytes.up_to(buffer.capacity());
    bytes.parts().for_each(|part| buffer.extend_from_slice(part));
    let completed = match socket.send(operation) {
        Submitted::Pending(ticket) => return Ok((bytes.len(), Some(ticket))),
        Submitted::Refused(refused) => return Err(refused.error),
        Submitted::Ready(completed) => completed,
    };
    let result = completed.result();
    put_away(at, completed);
    // Callers use its code alone. Nothing was sent: the system has no room.
    let code = |error| Code(code_of(error).unsigned_abs());
    match result.map_err(|error| Error::os("WSASend", code(error)))? {
        0 => Err(Error::os("WSASend", Code(WSAENOBUFS.unsigned_abs()))),
        count => Ok((count, None)),
    }
}

/// A send has ended.
pub(super) fn put_away(at: Context<'_>, completed: Completed<Vec<u8>>) {
    at.hub.writes.keep(completed.into_operation(), &at.hub.lists);
}

/// One for so many bytes, or for as many as may be queued; behind those that were refused before.
fn operation(at: Context<'_>, len: usize) -> Result<Operation<Vec<u8>>, Error> {
    let config = &at.hub.config;
    let most = config.send_high_water.min(config.port.max_bytes);
    if !at.hub.lists.has_starved() {
        if let Some(operation) = at.hub.writes.take(len.min(most)) {
            operation.set_tag(token(at.index, SEND), None);
            return Ok(operation);
        }
    }
    let capacity = len.next_power_of_two().clamp(LEAST.min(most), most);
    at.operation_in_turn(SEND, || Vec::with_capacity(capacity))
}
