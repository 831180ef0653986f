//! One operation of a source: idle, in flight, or not made yet.

use crate::base::{buffer::IoBuf, error::Error};
use crate::operation::{Completed, InFlight, Operation, Submitted};
use crate::poll::context::Context;

/// At most one of the two is there.
pub(super) struct Slot<B: Send + 'static = Vec<u8>> {
    pub(super) idle: Option<Operation<B>>,
    pub(super) flying: Option<InFlight<B>>,
}

impl<B: Send + 'static> Default for Slot<B> {
    fn default() -> Self {
        Self { idle: None, flying: None }
    }
}

impl<B: IoBuf> Slot<B> {
    /// The idle operation, if its buffer is of use, or one that is made.
    pub(super) fn take(
        &mut self,
        at: Context<'_>,
        kind: usize,
        is_of_use: impl Fn(&B) -> bool,
        buffer: impl Fn() -> B,
    ) -> Result<Operation<B>, Error> {
        match self.idle.take() {
            Some(operation) if is_of_use(operation.buffer()) => Ok(operation),
            // Dropped before: its room may be what the new one needs.
            too_small => {
                drop(too_small);
                at.operation_in_turn(kind, buffer)
            }
        }
    }

    /// One has ended: it is kept, unless others wait for room.
    pub(super) fn keep(&mut self, at: Context<'_>, completed: Completed<B>) {
        let operation = completed.into_operation();
        self.idle = (!at.hub.lists.has_starved()).then_some(operation);
    }

    /// A submit has returned: what is over by then.
    pub(super) fn submitted(
        &mut self,
        submitted: Submitted<B>,
    ) -> Result<Option<Completed<B>>, Error> {
        match submitted {
            Submitted::Pending(ticket) => {
                self.flying = Some(ticket);
                Ok(None)
            }
            Submitted::Ready(completed) => Ok(Some(completed)),
            Submitted::Refused(failed) => {
                self.idle = Some(failed.value);
                Err(failed.error)
            }
        }
    }
}
