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
