//! One operation as a typestate: `Operation` → `Submitted` → `InFlight` → `Completed` → `Operation`.
//!
//! The buffer lies in the operation's slot from beginning to end, and each state is a reference to
//! the slot with other rights: nothing is allocated or moved on the way round. While the operation
//! is in flight nobody but the kernel touches the buffer.

mod canceller;
mod completed;
mod in_flight;
mod outcome;
mod place;
mod submit;

pub use self::{
    canceller::{CancelOutcome, Canceller},
    completed::Completed,
    in_flight::InFlight,
    outcome::{Parked, Submitted},
};
pub(crate) use self::{
    place::Place,
    submit::{Prepared, StartCall},
};

use std::{
    fmt,
    marker::PhantomData,
    mem::ManuallyDrop,
    panic::resume_unwind,
    sync::{atomic::Ordering, Arc},
    thread,
};

use crate::{
    base::error::Refused,
    core::shared::{forget_panic, Core},
};

/// An operation that is not in flight: a slot of its port, and a buffer of its own.
///
/// Made by [`CompletionPort::operation`](crate::CompletionPort::operation); submitted by the methods
/// of [`AssociatedSocket`](crate::AssociatedSocket). Dropping it frees slot and buffer.
pub struct Operation<B: Send + 'static> {
    /// Owned: idle, with a `B` in it.
    place: ManuallyDrop<Place>,
    /// Owns a `B`.
    buffer: PhantomData<B>,
    /// And exactly that one: a subtype or supertype has another `TypeId` and may have another drop,
    /// and the slot keeps those of the `B` it was made for.
    exactly: PhantomData<fn(B) -> B>,
}

impl<B: Send + 'static> Operation<B> {
    pub(crate) fn new(
        core: &Arc<Core>,
        buffer: B,
        bytes: usize,
        token: usize,
    ) -> Result<Self, Refused<B>> {
        let index = match core.take(bytes) {
            Ok(index) => index,
            Err(error) => return Err(Refused { error, value: buffer }),
        };
        let place = Place::at(Arc::clone(core), index);
        // SAFETY:
        // * the slot was free and is ours.
        unsafe { place.slot().set_buffer_type::<B>() };
        // SAFETY:
        // * the slot is ours, and made for a `B` since the line before.
        let home = unsafe { place.slot().place::<B>() };
        // SAFETY:
        // * memory for a `B` that holds none yet.
        unsafe { home.write(buffer) };
        // SAFETY:
        // * the slot is ours, idle, and holds a `B`.
        let operation = unsafe { Self::adopt(place) };
        operation.set_token(token);
        Ok(operation)
    }

    /// # Safety
    ///
    /// The caller owns the slot, which is idle and holds a `B`, and gives it away.
    #[inline(always)]
    pub(crate) unsafe fn adopt(place: Place) -> Self {
        Self { place: ManuallyDrop::new(place), buffer: PhantomData, exactly: PhantomData }
    }

    /// The buffer.
    #[must_use]
    #[inline(always)]
    pub fn buffer(&self) -> &B {
        // SAFETY:
        // * the slot is ours and holds a `B`.
        let home = unsafe { self.place.slot().place::<B>() };
        // SAFETY:
        // * it is initialised, and nobody changes it while `self` is borrowed.
        unsafe { &*home }
    }

    /// The buffer, to be changed between uses. What its capacity was at the start is what the port
    /// has charged; a buffer that grew is not charged again.
    #[inline(always)]
    pub fn buffer_mut(&mut self) -> &mut B {
        // SAFETY:
        // * the slot is ours and holds a `B`.
        let home = unsafe { self.place.slot().place::<B>() };
        // SAFETY:
        // * it is initialised, and nobody else reaches it while `self` is borrowed mutably.
        unsafe { &mut *home }
    }

    /// Frees the slot and gives the buffer back.
    #[must_use]
    pub fn into_buffer(self) -> B {
        let place = self.into_place();
        // SAFETY:
        // * the slot is ours and holds a `B`.
        let home = unsafe { place.slot().place::<B>() };
        // SAFETY:
        // * it is initialised, and moved out once: the slot is freed next.
        let buffer = unsafe { home.read() };
        // SAFETY:
        // * the slot is ours, and its buffer is out.
        unsafe { place.core().free(place.slot()) };
        buffer
    }

    /// The number that comes back with each packet.
    #[must_use]
    pub fn token(&self) -> usize {
        self.place.slot().token.load(Ordering::Relaxed)
    }

    /// Changes the token of the next use.
    pub fn set_token(&self, token: usize) {
        self.place.slot().token.store(token, Ordering::Relaxed);
    }

    /// Changes the token of the next use's packet; and its key, on the handle that it was last
    /// submitted on.
    pub(crate) fn set_tag(&self, token: usize, key: Option<usize>) {
        self.place.slot().set_tag(token, key);
    }

    #[inline(always)]
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Gives up the ownership of slot and buffer to the caller.
    #[inline(always)]
    fn into_place(self) -> Place {
        let mut this = ManuallyDrop::new(self);
        // SAFETY:
        // * `this` is never dropped, so the place is moved out once.
        unsafe { ManuallyDrop::take(&mut this.place) }
    }
}

impl<B: Send + 'static> Drop for Operation<B> {
    /// By value, so that an operation whose drop is never reached stays in a register.
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY:
        // * moved out once: nobody uses the place after this.
        let place = unsafe { ManuallyDrop::take(&mut self.place) };
        // SAFETY:
        // * the slot is ours, idle, and holds a `B`; nobody uses it after this.
        unsafe { drop_operation(place) };
    }
}

/// As [`drop_in_slot`].
///
/// # Safety
///
/// As [`drop_in_slot`].
#[inline(never)]
unsafe fn drop_operation(place: Place) {
    // SAFETY:
    // * as the caller promises.
    unsafe { drop_in_slot(&place) };
}

/// Drops the buffer where it lies and frees the slot, also if that drop panics.
///
/// # Safety
///
/// The caller owns the slot, which holds a buffer of its buffer type.
unsafe fn drop_in_slot(place: &Place) {
    // SAFETY:
    // * the caller owns the slot with its buffer.
    let dropped = unsafe { place.core().drop_buffer(place.slot()) };
    match dropped {
        // A second panic at once would end the process.
        Err(payload) if !thread::panicking() => resume_unwind(payload),
        dropped => forget_panic(dropped),
    }
}

impl<B: Send + fmt::Debug + 'static> fmt::Debug for Operation<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("token", &self.token())
            .field("buffer", self.buffer())
            .finish()
    }
}
