//! One operation as a typestate: `Operation` → `Submitted` → `InFlight` → `Completed` → `Operation`.
//!
//! The buffer lies in the operation's slot from beginning to end, and each state is a reference to
//! the slot with other rights: nothing is allocated or moved on the way round. While the operation
//! is in flight nobody but the kernel touches the buffer.

mod canceller;
mod completed;
mod in_flight;
mod submit;
mod submitted;

pub(crate) use self::submit::Prepared;
pub use self::{
    canceller::Canceller, completed::Completed, in_flight::InFlight, submitted::Submitted,
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
    core::{
        held::HeldSlot,
        shared::{forget_panic, Core},
        slot::Slot,
    },
};

/// An operation that is not in flight: a slot of its port, and a buffer of its own.
///
/// Made by [`CompletionPort::operation`](crate::CompletionPort::operation); submitted by the methods
/// of [`AssociatedSocket`](crate::AssociatedSocket). Dropping it frees slot and buffer.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{CompletionPort, Config, Error, Limit};
///
/// let port = CompletionPort::with_config(&Config::default().max_operations(1))?;
/// let mut operation = port.operation(Vec::with_capacity(64), 5)?;
/// operation.buffer_mut().extend(b"to send"); // idle: the buffer is here
/// assert_eq!((operation.token(), operation.buffer().len()), (5, 7));
///
/// // Idle ones count: the second is refused, and its buffer comes back.
/// let refused = port.operation(vec![1, 2], 6).unwrap_err();
/// assert_eq!(refused.error, Error::Full(Limit::Operations(1)));
/// assert_eq!(refused.value, [1, 2]);
///
/// let buffer = operation.into_buffer(); // makes room
/// assert!(port.operation(refused.value, 6).is_ok());
/// # drop(buffer);
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
pub struct Operation<B: Send + 'static> {
    /// The slot is idle, owned by this value, and holds a `B`.
    held: ManuallyDrop<HeldSlot>,
    /// Owns a `B`.
    buffer: PhantomData<B>,
    /// Exactly this `B`: its subtypes and supertypes have another `TypeId` and may have another drop,
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
        let held = HeldSlot::at(Arc::clone(core), index);
        // SAFETY:
        // * `take` made us the owner of the slot, whose cell was cleared when it was freed.
        unsafe { held.get().buffer.set_type::<B>() };
        // SAFETY:
        // * we own the slot, and its buffer type is `B` since the line before.
        let pointer = unsafe { held.get().buffer.pointer::<B>() };
        // SAFETY:
        // * valid and aligned for a `B`; nothing is overwritten, there is none yet.
        unsafe { pointer.write(buffer) };
        // SAFETY:
        // * we own the idle slot, which holds a `B`, and give it away.
        let operation = unsafe { Self::adopt(held) };
        operation.slot().token.store(token, Ordering::Relaxed);
        Ok(operation)
    }

    /// # Safety
    ///
    /// The caller owns the slot, which is idle and holds a `B`, and gives it away.
    #[inline(always)]
    pub(crate) unsafe fn adopt(held: HeldSlot) -> Self {
        Self { held: ManuallyDrop::new(held), buffer: PhantomData, exactly: PhantomData }
    }

    /// The buffer.
    #[must_use]
    #[inline(always)]
    pub fn buffer(&self) -> &B {
        // SAFETY:
        // * the operation owns the slot, whose buffer type is `B`.
        let pointer = unsafe { self.slot().buffer.pointer::<B>() };
        // SAFETY:
        // * a valid `B`, which nobody but the operation's owner changes, and `self` is borrowed.
        unsafe { &*pointer }
    }

    /// The buffer, to be changed between uses. What its capacity was at the start is what the port
    /// has charged; a buffer that grew is not charged again. The next receive fills all of its room: so a `Vec` that
    /// grew takes more than before, and a longer datagram. `shrink_to` takes that back; a `Box<[u8]>` never grows.
    #[inline(always)]
    pub fn buffer_mut(&mut self) -> &mut B {
        // SAFETY:
        // * the operation owns the slot, whose buffer type is `B`.
        let pointer = unsafe { self.slot().buffer.pointer::<B>() };
        // SAFETY:
        // * a valid `B`, which nobody but the operation's owner reaches, and `self` is borrowed mutably.
        unsafe { &mut *pointer }
    }

    /// Frees the slot and gives the buffer back.
    #[must_use]
    pub fn into_buffer(self) -> B {
        let held = self.into_held();
        // SAFETY:
        // * the operation owned the slot, whose buffer type is `B`.
        let pointer = unsafe { held.get().buffer.pointer::<B>() };
        // SAFETY:
        // * a valid `B`, which is moved out once: the slot is freed next.
        let buffer = unsafe { pointer.read() };
        // SAFETY:
        // * the operation owned the slot, and its buffer is out.
        unsafe { held.core().free(held.get()) };
        buffer
    }

    /// The number that comes back with each packet.
    #[must_use]
    pub fn token(&self) -> usize {
        self.slot().token.load(Ordering::Relaxed)
    }

    /// Changes the token of the next use; not of an operation that
    /// [belongs to an event queue](crate::poll::Registrator::operation), whose events have the token of the handle.
    pub fn set_token(&self, token: usize) {
        if self.held.core().kept_token.get() != Some(&self.token()) {
            self.slot().token.store(token, Ordering::Relaxed);
        }
    }

    /// Changes the token of the next use's packet; and its key, on the handle that it was last
    /// submitted on.
    pub(crate) fn set_tag(&self, token: usize, key: Option<usize>) {
        self.slot().set_tag(token, key);
    }

    #[inline(always)]
    pub(crate) fn held(&self) -> &HeldSlot {
        &self.held
    }

    #[inline(always)]
    pub(crate) fn slot(&self) -> &Slot {
        self.held.get()
    }

    /// Gives slot and buffer to the caller.
    #[inline(always)]
    fn into_held(self) -> HeldSlot {
        let mut this = ManuallyDrop::new(self);
        // SAFETY:
        // * `this` is never dropped, so the slot is moved out once.
        unsafe { ManuallyDrop::take(&mut this.held) }
    }
}

impl<B: Send + 'static> Drop for Operation<B> {
    /// Frees the buffer, and gives its place in the port's limits back.
    #[inline(always)]
    fn drop(&mut self) {
        // `held` goes on by value: a reference would force an operation onto the stack also where its drop is never
        // reached.
        // SAFETY:
        // * `self` is not used after this, so the slot is moved out once.
        let held = unsafe { ManuallyDrop::take(&mut self.held) };
        // SAFETY:
        // * the operation owned the slot, which holds its buffer, and is gone.
        unsafe { drop_with_slot(held) };
    }
}

/// Drops the buffer where it lies and frees the slot, also if that drop panics.
///
/// # Safety
///
/// The caller owns the slot, which holds a buffer of its buffer type, and gives it away.
#[inline(never)]
unsafe fn drop_with_slot(held: HeldSlot) {
    // SAFETY:
    // * the caller owns the slot, which holds a buffer of its type.
    let dropped = unsafe { held.core().drop_buffer(held.get()) };
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
