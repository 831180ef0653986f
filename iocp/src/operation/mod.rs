//! One operation as a typestate: `Operation` → `Submitted` → `InFlight` → `Completed` → `Operation`.
//!
//! Nothing is allocated on the way round. While idle the buffer is a plain value; while in flight it
//! lies in the slot, where nobody but the kernel touches it.

mod completed;
mod escape;
mod in_flight;
mod lease;
mod outcome;
mod submit;

pub use self::{
    completed::Completed,
    escape::{Attached, CallResult},
    in_flight::{CancelOutcome, Canceller, InFlight},
    outcome::{Parked, Refused, SubmitError, Submitted},
};
pub(crate) use self::{
    lease::Lease,
    submit::{set_filled, Prepared, StartCall},
};

use std::{
    fmt,
    sync::{atomic::Ordering, Arc},
};

use crate::{core::shared::Core, Error};

/// An operation that is not in flight: a slot of its port, and a buffer of its own.
///
/// Made by [`CompletionPort::operation`](crate::CompletionPort::operation); submitted by the methods
/// of [`Associated`](crate::Associated). Dropping it frees slot and buffer.
pub struct Operation<B: Send + 'static> {
    // Dropped in this order: the buffer, then its place.
    pub(crate) buffer: B,
    pub(crate) lease: Lease,
}

impl<B: Send + 'static> Operation<B> {
    pub(crate) fn new(
        core: &Arc<Core>,
        buffer: B,
        bytes: usize,
        token: usize,
    ) -> Result<Self, Refused<B>> {
        match core.take(bytes) {
            Ok((index, generation)) => {
                let lease = Lease::adopt(Arc::clone(core), index, generation);
                // SAFETY:
                // * the slot was free and is ours.
                unsafe { lease.slot().set_buffer_type::<B>() };
                let operation = Self { buffer, lease };
                operation.set_token(token);
                Ok(operation)
            }
            Err(error) => Err(Refused { error, value: buffer }),
        }
    }

    /// The buffer.
    #[must_use]
    pub fn buffer(&self) -> &B {
        &self.buffer
    }

    /// The buffer, to be changed between uses. What its capacity was at the start is what the port
    /// has charged; a buffer that grew is not charged again.
    pub fn buffer_mut(&mut self) -> &mut B {
        &mut self.buffer
    }

    /// Frees the slot and gives the buffer back.
    #[must_use]
    pub fn into_buffer(self) -> B {
        self.buffer
    }

    /// The number that comes back with each packet.
    #[must_use]
    pub fn token(&self) -> usize {
        self.lease.slot().token.load(Ordering::Relaxed)
    }

    /// Changes the token of the next use.
    pub fn set_token(&self, token: usize) {
        self.lease.slot().token.store(token, Ordering::Relaxed);
    }

    /// Whether `other` is this operation's port.
    pub(crate) fn check_port(&self, other: &Arc<Core>) -> Result<(), Error> {
        if !Arc::ptr_eq(self.lease.core(), other) {
            return Err(Error::WrongPort);
        }
        if other.port.is_closed() {
            return Err(Error::Closed);
        }
        Ok(())
    }
}

impl<B: Send + fmt::Debug + 'static> fmt::Debug for Operation<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("token", &self.token())
            .field("buffer", &self.buffer)
            .finish()
    }
}
