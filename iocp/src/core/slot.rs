//! One slot of the slab: the status block the kernel writes, and what the operation in it needs: also for
//! which handle it was last submitted, whose packets it takes (`is_on`, `attach_to`).
//!
//! # Safety
//!
//! A slot is shared by its owner, the waiters, cancellers and the kernel. Its fields are atomics, or
//! cells whose one owner at each moment is told by the [`State`]:
//!
//! * `Idle`: the thread that holds the `Operation` owns every cell.
//! * `InFlight`, `Orphan`: the kernel owns the status block and the memory that the buffer lends;
//!   nobody touches the buffer cell.
//! * `Done`: the thread that moves it on to `Idle` becomes the owner.
//! * `handle_cell` and `packet_key` are also read by the canceller that set `CANCELLING`, hence changed
//!   only without it.

use std::{
    mem::{align_of, size_of},
    sync::atomic::{AtomicPtr, AtomicUsize, Ordering},
};

use static_assertions::const_assert_eq;

use super::{
    block::StatusBlock,
    buffer::BufferCell,
    handle_cell::HandleCell,
    state::{Snapshot, State},
};

/// Whether a packet key is never given out twice, so that it stands for a handle cell and a handle key:
/// on 32-bit targets 2^29 associations use them up.
const UNIQUE_KEYS: bool = cfg!(target_pointer_width = "64");

/// One operation's memory: 128 bytes, so that neighbours share no cache line pair.
#[repr(C, align(128))]
pub(crate) struct Slot {
    pub(crate) block: StatusBlock,
    pub(crate) state: State,
    /// The key that its packet must carry: that of the handle last submitted on, 0 for none.
    pub(crate) packet_key: AtomicUsize,
    /// The caller's number of that handle, reported with the packet.
    pub(crate) handle_key: AtomicUsize,
    /// The caller's number of the operation, reported with the packet.
    pub(crate) token: AtomicUsize,
    /// Null, or the cell of the handle last submitted on: one of this core.
    handle_cell: AtomicPtr<HandleCell>,
    pub(crate) buffer: BufferCell,
    /// Bytes charged to the port's limit. While the slot is free: where the next free one lies.
    pub(crate) charge: AtomicUsize,
}

const_assert_eq!(size_of::<Slot>(), 128);
const_assert_eq!(align_of::<Slot>(), 128);

// SAFETY:
// * atomics apart, each cell has one owner at a time, told by `state` (see the header), and the
//   changes of owner are Release/Acquire pairs on it.
unsafe impl Sync for Slot {}

impl Slot {
    /// The word of an idle slot, without flags, once no canceller is inside.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot.
    #[inline(always)]
    pub(crate) unsafe fn load_uncancelled(&self) -> Snapshot {
        let seen = self.state.load();
        if seen.has_flags() {
            // SAFETY:
            // * the caller owns the idle slot.
            return unsafe { wait_uncancelled(self) };
        }
        seen
    }

    /// `InFlight` → `Idle`, by the submitter whose call failed or finished inline. False if a waiter
    /// was quicker.
    #[inline(always)]
    pub(crate) fn take_back(&self, lent: Snapshot) -> bool {
        self.state.take_back_plain(lent) || take_back_changed(self, lent)
    }

    /// `Done` → `Idle`, by the holder of the only ticket. False if it is in flight.
    #[inline(always)]
    pub(crate) fn redeem(&self, lent: Snapshot) -> bool {
        self.state.redeem_plain(lent) || redeem_changed(self, lent)
    }

    /// Whether it was last submitted on the handle that has this cell, and the port is open. Then cell
    /// and keys are those of the handle, and the slot is one of the handle's port.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot.
    #[inline(always)]
    pub(crate) unsafe fn is_on(&self, cell: &HandleCell) -> bool {
        // SAFETY:
        // * valid and aligned; only the owner of the idle slot writes it: the caller.
        let key = unsafe { self.packet_key.as_ptr().read() };
        UNIQUE_KEYS && cell.is_open_with(key)
    }

    /// Makes it one of the handle that has this cell, of the same port.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot, whose index this is, and no canceller is inside.
    #[inline(always)]
    pub(crate) unsafe fn attach_to(&self, cell: &HandleCell, index: u32) {
        // SAFETY:
        // * the caller owns the idle slot, so the kernel does not have its block.
        unsafe { self.block.reset() };
        // Every slot comes here before it is submitted on this handle for the first time.
        cell.remember(index);
        self.handle_cell.store(std::ptr::from_ref(cell).cast_mut(), Ordering::Relaxed);
        self.packet_key.store(cell.packet_key(), Ordering::Relaxed);
        // Release: a thread that reads this key reads the token that was set before.
        self.handle_key.store(cell.handle_key(), Ordering::Release);
    }

    /// Sets what its packets carry, by the holder of its operation or ticket: the key first, so that a
    /// thread that reads the token reads the key.
    pub(crate) fn set_tag(&self, token: usize, handle_key: Option<usize>) {
        if let Some(key) = handle_key {
            self.handle_key.store(key, Ordering::Release);
        }
        self.token.store(token, Ordering::Release);
    }

    /// The cell of the handle last submitted on, and that handle's packet key: a cell may have been
    /// given to another handle since.
    pub(crate) fn handle_cell(&self) -> Option<(&HandleCell, usize)> {
        // SAFETY:
        // * null, or a cell of this core, which is valid as long as the core; so is the slot.
        let cell = unsafe { self.handle_cell.load(Ordering::Relaxed).as_ref() };
        cell.map(|cell| (cell, self.packet_key.load(Ordering::Relaxed)))
    }

    /// Empties the slot of everything but its generation.
    ///
    /// # Safety
    ///
    /// The caller owns the slot, and its buffer has been taken out or dropped.
    pub(super) unsafe fn clear(&self) {
        // SAFETY:
        // * the caller owns the slot, hence the cell, and the buffer is out.
        unsafe { self.buffer.clear() };
        // 0 is no handle's key, so the next submit goes through `attach_to`, which resets the status block.
        self.packet_key.store(0, Ordering::Relaxed);
    }
}

// The cold path takes `&Slot`, which is in a register already. The address of the word would have to
// be made, and kept across calls, on the fast path too.

/// # Safety
///
/// The caller owns the idle slot.
#[cold]
unsafe fn wait_uncancelled(slot: &Slot) -> Snapshot {
    if slot.state.load().is_touched() {
        // SAFETY:
        // * the caller owns the idle slot, so the kernel does not have its block.
        unsafe { slot.block.reset() };
    }
    slot.state.load_uncancelled()
}

#[cold]
fn take_back_changed(slot: &Slot, lent: Snapshot) -> bool {
    slot.state.take_back(lent.generation())
}

#[cold]
fn redeem_changed(slot: &Slot, lent: Snapshot) -> bool {
    slot.state.redeem(lent.generation())
}
