//! The ticket of an operation that the kernel owns.

use std::{
    fmt,
    marker::PhantomData,
    mem::ManuallyDrop,
    sync::{Arc, Weak},
};

use super::{Completed, Lease};
use crate::{
    core::{gate::Cancel, shared::Core, state::Phase},
    packet::OperationId,
    Error,
};

/// The ticket of an operation in flight: its buffer is lent to the system.
///
/// * When its packet has been taken from the port, by any waiter, [`finish`](Self::finish) gives the
///   operation back.
/// * Dropping it cancels the operation. Slot and buffer are freed by the waiter that takes the
///   packet, never while the system still writes.
/// * Forgetting it (`mem::forget`) leaks slot and buffer, and keeps the port open, nothing worse.
#[must_use = "dropping the ticket cancels the operation; `detach` or `park` it to let it run"]
pub struct InFlight<B: Send + 'static> {
    lease: ManuallyDrop<Lease>,
    buffer: PhantomData<fn() -> B>,
}

/// What became of a request to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// The system was asked. The packet follows, and may still report success.
    Requested,
    /// The operation was done already, or its handle is closed: nothing was cancelled.
    AlreadyDone,
}

impl<B: Send + 'static> InFlight<B> {
    /// # Safety
    ///
    /// `lease` is the slot of an operation in flight, or done, in the lease's generation, which
    /// holds a `B` and has no other ticket.
    pub(super) unsafe fn new(lease: Lease) -> Self {
        Self { lease: ManuallyDrop::new(lease), buffer: PhantomData }
    }

    /// The name of this use of the operation, as its packet carries it.
    #[must_use]
    pub fn id(&self) -> OperationId {
        let lease = &self.lease;
        let (port, index) = (lease.core().number, lease.index());
        OperationId { port, index, generation: lease.generation }
    }

    /// Whether its packet has been taken: [`finish`](Self::finish) will succeed.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let seen = self.lease.slot().state.load();
        seen.phase() == Phase::Done
    }

    /// Takes the finished operation back.
    ///
    /// # Errors
    ///
    /// The ticket itself, if the packet has not been taken from the port yet.
    #[inline]
    pub fn finish(self) -> Result<Completed<B>, Self> {
        match self.lease.slot().state.redeem(self.lease.generation) {
            None => Err(self),
            Some(before) => {
                let mut lease = self.into_lease();
                lease.generation += 1;
                // SAFETY:
                // * `redeem` made us the owner of the slot, which holds a finished `B`.
                Ok(unsafe { Completed::collect(lease, before.was_cancelled()) })
            }
        }
    }

    /// `CancelIoEx`: asks the system to end this operation. Its packet follows in any case.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system refuses for another reason than that nothing is in flight.
    #[doc(alias = "CancelIoEx")]
    pub fn cancel(&self) -> Result<CancelOutcome, Error> {
        outcome(self.lease.core().cancel(self.lease.index(), self.lease.generation))
    }

    /// A handle that cancels this operation from any thread, however late.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller {
            core: Arc::downgrade(self.lease.core()),
            index: self.lease.index(),
            generation: self.lease.generation,
        }
    }

    /// Lets the operation run to its end with nobody waiting: its packet is not reported, its buffer
    /// is dropped by the waiter that takes it.
    pub fn detach(self) {
        Self::let_go(self.into_lease());
    }

    /// Gives the ticket up for the id: whoever sees the packet
    /// [`redeem`](crate::CompletionPort::redeem)s the operation by it, on any thread. An id that
    /// nobody redeems lowers the port's capacity for as long as it is open.
    #[must_use = "without the id, or that of the packet, the operation cannot be redeemed"]
    pub fn park(self) -> OperationId {
        let id = self.id();
        let lease = self.into_lease();
        lease.slot().state.park(lease.generation);
        drop(lease.give_up());
        id
    }

    fn into_lease(self) -> Lease {
        let mut this = ManuallyDrop::new(self);
        // SAFETY:
        // * `this` is never dropped, so the lease is moved out once.
        unsafe { ManuallyDrop::take(&mut this.lease) }
    }

    /// Makes the operation an orphan, or drops what it left if it is done.
    fn let_go(lease: Lease) {
        if let Some((lease, before)) = lease.let_go() {
            // SAFETY:
            // * `let_go` made us the owner of the slot, which holds a finished `B`.
            drop(unsafe { Completed::<B>::collect(lease, before.was_cancelled()) });
        }
    }
}

impl<B: Send + 'static> Drop for InFlight<B> {
    fn drop(&mut self) {
        // A refusal changes nothing: the slot stays until the packet comes.
        let _ = self.lease.core().cancel(self.lease.index(), self.lease.generation);
        // SAFETY:
        // * the lease is taken out once, in this drop.
        let lease = unsafe { ManuallyDrop::take(&mut self.lease) };
        Self::let_go(lease);
    }
}

impl<B: Send + 'static> fmt::Debug for InFlight<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlight").field("id", &self.id()).field("done", &self.is_done()).finish()
    }
}

/// Cancels one operation from any thread. Made by [`InFlight::canceller`].
///
/// Used late it does nothing: a new operation in the same place is another generation. It does not
/// keep the port open; if the last other reference goes while it cancels, the port's end (see
/// [`CompletionPort`](crate::CompletionPort)) runs on its thread.
#[derive(Clone)]
pub struct Canceller {
    core: Weak<Core>,
    index: u32,
    generation: u64,
}

impl Canceller {
    /// `CancelIoEx`, as [`InFlight::cancel`].
    ///
    /// # Errors
    ///
    /// As [`InFlight::cancel`].
    pub fn cancel(&self) -> Result<CancelOutcome, Error> {
        match self.core.upgrade() {
            Some(core) => outcome(core.cancel(self.index, self.generation)),
            None => Ok(CancelOutcome::AlreadyDone),
        }
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canceller").finish_non_exhaustive()
    }
}

fn outcome(cancel: Cancel) -> Result<CancelOutcome, Error> {
    match cancel {
        Cancel::Requested => Ok(CancelOutcome::Requested),
        Cancel::AlreadyDone => Ok(CancelOutcome::AlreadyDone),
        Cancel::Failed(code) => Err(Error::os("CancelIoEx", code)),
    }
}
