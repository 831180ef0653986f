//! One operation that a call waits for: the flag `AWAITED`, and the packet that wakes the call.
//!
//! A call that waits for one operation (the *finisher*) sleeps in the port as every other waiter does.
//! If another waiter settles that operation, the finisher is not woken by its packet, so the settler
//! posts one of the port's own, which carries index and generation. Both are a hint: the packet means
//! something only while the state word says `Done` and `AWAITED` in that generation. A forged or late one
//! is dropped.
//!
//! Any waiter may take that packet, and Windows wakes waiters last in, first out. A waiter that
//! is not the finisher posts it again, and before it goes into the port the next time it *gives way*: it sleeps
//! on a condition variable until the state word has changed, so the packet reaches the finisher after as
//! many hops as there are waiters. It sleeps, because a running thread counts against the port's
//! concurrency and could keep the finisher from being woken. The sleep is bounded, and a waiter that has
//! packets for its caller returns them first.
//!
//! The finisher leaves in one way, whatever ends its call: it clears the flag, wakes those that give
//! way, then looks at the phase. A settle before that is seen by the look; a later one posts no packet.
//!
//! The drawback: a post that fails costs the finisher the rest of its slice of at most 5 s, as a close
//! packet does; and a thread that polls again and again without blocking gives way to nobody.

use iocp_sys::OVERLAPPED_ENTRY;

use super::{batch::Batch, finishers::SlotUse, keys::AWAITED, shared::Core, slot::Slot};

/// The longest time to give way, in milliseconds: a finisher that was woken leaves sooner, unless no
/// processor is free for it.
const GIVE_WAY_MS: u32 = 50;

/// The flag of an operation, set as long as this lives. Made by the holder of its only ticket.
pub(crate) struct Awaiting<'a> {
    core: &'a Core,
    slot: &'a Slot,
}

impl<'a> Awaiting<'a> {
    /// `None` if the operation is done. `slot` is one of `core`.
    pub(crate) fn new(core: &'a Core, slot: &'a Slot, generation: u64) -> Option<Self> {
        slot.state.set_awaited(generation).then_some(Self { core, slot })
    }
}

impl Drop for Awaiting<'_> {
    fn drop(&mut self) {
        // Nobody gives way to an operation that is in flight.
        if self.slot.state.clear_awaited() {
            self.core.finishers.wake();
        }
    }
}

impl Core {
    /// After an operation was settled: wakes the call that waits for it. True if the settler is that
    /// call, which needs neither a wake nor a packet.
    #[cold]
    pub(super) fn wake_finisher(&self, operation: SlotUse, slot: &Slot, batch: &mut Batch) -> bool {
        if batch.calls.finishing == Some(operation) {
            return true;
        }
        // If the flag is gone since the settle, the finisher has left: it looked at the phase after the
        // settle, saw `Done`, and needs no packet.
        if slot.state.load().is_done_awaited(operation.generation) {
            self.post_awaited(operation, batch);
            // It may be giving way itself.
            self.finishers.wake();
        }
        false
    }

    /// A packet says that a call waits for an operation that is done.
    #[cold]
    pub(super) fn settle_awaited(&self, entry: &OVERLAPPED_ENTRY, batch: &mut Batch) {
        batch.set_unusual();
        let index = entry.dwNumberOfBytesTransferred;
        let Some(slot) = self.slab.get(index) else { return };
        let seen = slot.state.load();
        let operation = SlotUse { index, generation: seen.generation() };
        if carried(operation) != entry.lpOverlapped as usize
            || !seen.is_done_awaited(operation.generation)
            || batch.calls.finishing == Some(operation)
        {
            return;
        }
        self.post_awaited(operation, batch);
    }

    fn post_awaited(&self, operation: SlotUse, batch: &mut Batch) {
        // Lost, it costs the finisher its slice.
        let _ = self.port.post(operation.index, AWAITED, carried(operation));
        batch.calls.gives_way_to = Some(operation);
        batch.set_unusual();
    }

    /// Whether the operation is done, for the call that waits for it.
    pub(crate) fn is_done(&self, operation: SlotUse) -> bool {
        // The array of packets may have been filled by another port, with more slots than this one.
        let slot = self.slab.get(operation.index);
        slot.is_some_and(|slot| slot.state.load().is_done_awaited(operation.generation))
    }

    /// Gives way to the call that waits for `operation`, at most `ms` milliseconds; no longer, if
    /// `own` is done meanwhile.
    #[cold]
    pub(crate) fn give_way(&self, operation: SlotUse, own: Option<SlotUse>, ms: u32) {
        self.finishers.sleep_until(ms.min(GIVE_WAY_MS), || {
            !self.is_done(operation) || own.is_some_and(|own| self.is_done(own))
        });
    }
}

/// What the packet carries beside the index: as much of the generation as a pointer has room for.
#[allow(clippy::cast_possible_truncation)] // a hint
fn carried(operation: SlotUse) -> usize {
    operation.generation as usize
}
