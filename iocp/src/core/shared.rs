//! What all users of one port share: the slab, the port's handle, the limits. It decides
//! how the port is closed, how an operation is cancelled, and what is counted (`stats`: in flight counts
//! an operation that was cancelled until a wait takes its packet).

use std::{
    mem::ManuallyDrop,
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{
        atomic::{AtomicU32, AtomicU64, Ordering},
        Arc, OnceLock,
    },
    time::Duration,
};

use super::{
    attention::Attention,
    budget::Budget,
    cache_padded::CachePadded,
    finishers::Finishers,
    handle_cell::{CancelOutcome, HandleCell, HandleCells},
    keys::DRAINED,
    port_handle::PortHandle,
    slab::Slab,
    slot::Slot,
    slotless::Slotless,
    state::CancelEntry,
    timers::Timers,
    unreported::Unreported,
};
use crate::{
    base::config::Config,
    base::config::Stats,
    base::error::Error,
    os::{Borrowed, Handle},
};

/// Drops the payload of a panic that ends here. That drop may panic too, with another payload; after
/// four nested panics the payload is leaked.
pub(crate) fn forget_panic(result: std::thread::Result<()>) {
    let Err(mut payload) = result else { return };
    for _ in 0..4 {
        match catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            Ok(()) => return,
            Err(next) => payload = next,
        }
    }
    std::mem::forget(payload);
}

/// The shared core of a port.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Core {
    /// Dropped by the core's own drop alone: if that came to a panic, the memory would stay.
    pub(super) slab: ManuallyDrop<Slab>,
    pub(super) cells: HandleCells,
    pub(crate) port: Arc<PortHandle>,
    /// That of `port`, for waits: one load less.
    handle: Handle,
    pub(crate) attention: Attention,
    pub(crate) unreported: Unreported,
    pub(crate) budget: CachePadded<Budget>,
    /// Tells ids of different ports apart.
    pub(crate) number: u64,
    pub(crate) skip_on_success: bool,
    /// An operation that has this token keeps it: its packet is told by it. Of an event queue's port.
    pub(crate) kept_token: OnceLock<usize>,
    pub(super) drain_limit: Duration,
    pub(crate) stale: AtomicU64,
    pub(crate) foreign: AtomicU64,
    pub(super) finishers: Finishers,
    /// Where [`is_any_in_flight`](Self::is_any_in_flight) begins.
    seen_lent: AtomicU32,
    pub(crate) timers: Arc<Timers>,
    pub(crate) slotless: Slotless,
}

impl Core {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let slab =
            Slab::new(config.max_operations).map_err(|code| Error::os("VirtualAlloc", code))?;
        let port = PortHandle::create(config.concurrency)
            .map_err(|code| Error::os("CreateIoCompletionPort", code))?;
        let port = Arc::new(port);
        let handle = port.handle().value();
        Ok(Self {
            slab: ManuallyDrop::new(slab),
            cells: HandleCells::growing(),
            attention: Attention::default(),
            unreported: Unreported::new(Arc::clone(&port)),
            timers: Arc::new(Timers::new(Arc::clone(&port))),
            port,
            handle,
            budget: CachePadded(Budget::new(
                config.max_operations.clamp(1, super::slab::MOST_SLOTS) as usize,
                config.max_bytes,
                config.low_water as usize,
            )),
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            skip_on_success: config.skip_on_success,
            kept_token: OnceLock::new(),
            drain_limit: config.drain_limit,
            stale: AtomicU64::new(0),
            foreign: AtomicU64::new(0),
            finishers: Finishers::default(),
            seen_lent: AtomicU32::new(0),
            slotless: Slotless::default(),
        })
    }

    /// The port's handle, for waits.
    #[inline(always)]
    pub(crate) fn handle(&self) -> Borrowed<'_> {
        // SAFETY:
        // * It is the handle of `port`, which keeps it open until its last reference is dropped; `self`
        //   has one.
        unsafe { Borrowed::new(self.handle) }
    }

    #[inline]
    pub(crate) fn slot(&self, index: u32) -> &Slot {
        self.slab.slot(index)
    }

    /// Takes a slot and charges `bytes` for it.
    pub(crate) fn take(self: &Arc<Self>, bytes: usize) -> Result<u32, Error> {
        if self.port.is_closed() {
            return Err(Error::Closed);
        }
        self.budget.charge(bytes)?;
        // The budget is no larger than the slab: only memory can be short.
        let index = self.slab.take(Arc::as_ptr(self).cast()).map_err(|code| {
            self.release(bytes);
            Error::os("VirtualAlloc", code)
        })?;
        self.slot(index).charge.store(bytes, Ordering::Relaxed);
        Ok(index)
    }

    /// Frees an idle slot.
    ///
    /// # Safety
    ///
    /// The caller owns the slot and has taken out its buffer.
    pub(crate) unsafe fn free(&self, slot: &Slot) {
        if !slot.state.leave_to_canceller() {
            // SAFETY:
            // * the caller owns the slot, its buffer is out, and no canceller is inside.
            unsafe { self.recycle(slot) };
        }
    }

    /// Asks the system to cancel the operation of this generation.
    pub(crate) fn cancel(&self, slot: &Slot, generation: u64) -> Result<CancelOutcome, Error> {
        match slot.state.enter_cancel(generation) {
            CancelEntry::NotInFlight => return Ok(CancelOutcome::AlreadyDone),
            CancelEntry::Busy => return Ok(CancelOutcome::Requested),
            CancelEntry::Entered => {}
        }
        // While CANCELLING is set the slot keeps its handle cell and its packet key.
        let outcome = match slot.handle_cell() {
            Some((cell, packet_key)) => cell.cancel(packet_key, slot.block.overlapped()),
            None => Ok(CancelOutcome::AlreadyDone),
        };
        if slot.state.leave_cancel() {
            // SAFETY:
            // * the owner emptied the slot and left the rest to the canceller inside: us.
            unsafe { self.recycle(slot) };
        }
        outcome.map_err(|code| Error::os("CancelIoEx", code))
    }

    /// Closes the port for everybody. False if it was closed before.
    #[cold]
    pub(crate) fn close(&self) -> bool {
        let first = self.port.set_closed();
        self.attention.set_port_closed();
        self.cells.for_each(HandleCell::set_port_closed);
        first
    }

    /// Posts the close packet again for the next waiter, on leaving; not that of an open port, which
    /// was forged.
    #[cold]
    pub(crate) fn pass_close_on(&self) {
        if self.port.is_closed() {
            self.port.post_close();
        }
    }

    /// Operations lent to the kernel, counted by looking at every slot.
    pub(crate) fn in_flight(&self) -> usize {
        self.lent().count()
    }

    /// Whether an operation is lent to the kernel.
    ///
    /// A look begins at the slot that was lent at the last one: so waiting for all of them, as they end one
    /// by one, looks at each slot about once. Where none is found, every slot was looked at.
    pub(crate) fn is_any_in_flight(&self) -> bool {
        let start = self.seen_lent.load(Ordering::Relaxed);
        let found = self.slab.first_from(start, |slot| slot.state.load().is_lent());
        self.seen_lent.store(found.unwrap_or(0), Ordering::Relaxed);
        found.is_some()
    }

    /// Operations lent to the kernel on one handle.
    pub(crate) fn in_flight_on(&self, key: usize) -> usize {
        self.lent().filter(|slot| slot.packet_key.load(Ordering::Relaxed) == key).count()
    }

    /// Whether there is a slot of this index whose operation is lent to the kernel on a handle, by that
    /// handle's packet key.
    pub(super) fn is_lent_on(&self, index: u32, key: usize) -> bool {
        // A slot that is lent on the handle keeps its key as long as it is.
        self.slab.get(index).is_some_and(|slot| {
            slot.state.load().is_lent() && slot.packet_key.load(Ordering::Relaxed) == key
        })
    }

    fn lent(&self) -> impl Iterator<Item = &Slot> {
        self.slab.slots().filter(|slot| slot.state.load().is_lent())
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            operations: self.budget.operations(),
            bytes: self.budget.bytes(),
            in_flight: self.in_flight(),
            stale_packets: self.stale.load(Ordering::Relaxed),
            foreign_packets: self.foreign.load(Ordering::Relaxed),
        }
    }

    /// Drops the buffer of an idle slot where it lies, and frees the slot also if that panics.
    ///
    /// # Safety
    ///
    /// The caller owns the slot, which holds a buffer of its buffer type.
    pub(crate) unsafe fn drop_buffer(&self, slot: &Slot) -> std::thread::Result<()> {
        let dropped = catch_unwind(AssertUnwindSafe(|| {
            // SAFETY:
            // * the caller owns the slot, hence the cell, with its buffer.
            unsafe { slot.buffer.drop_buffer() };
        }));
        // SAFETY:
        // * the caller owns the slot, and the buffer is gone.
        unsafe { self.free(slot) };
        dropped
    }

    /// # Safety
    ///
    /// The caller owns the slot, its buffer is out, no canceller is inside.
    unsafe fn recycle(&self, slot: &Slot) {
        // SAFETY:
        // * the caller owns the slot, its buffer is out, and no canceller is inside.
        unsafe { slot.clear() };
        let bytes = slot.charge.load(Ordering::Relaxed);
        slot.state.free();
        self.slab.put(slot);
        // Last, so that a thread that hears of room finds it.
        self.release(bytes);
    }

    fn release(&self, bytes: usize) {
        if self.budget.release(bytes) && self.port.post_key(DRAINED).is_err() {
            self.budget.rearm();
        }
    }
}
