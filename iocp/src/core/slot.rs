//! One slot of the slab: the status block the kernel writes, and what the operation in it needs.
//!
//! # Safety
//!
//! A slot is shared by its owner, the waiters, cancellers and the kernel. Its fields are atomics, or
//! cells whose one owner at each moment is told by the [`State`]:
//!
//! * `Idle`: the thread that holds the `Operation` owns every cell.
//! * `InFlight`, `Orphan`: the kernel owns the status block and the memory that the buffer lends;
//!   nobody touches the buffer cell.
//! * `Done`: whoever moves it on to `Idle` becomes the owner.
//! * `gate` and `key` are also read by the canceller that set `CANCELLING`, hence changed only
//!   without it.

mod buffer;

use std::{
    cell::UnsafeCell,
    mem::{align_of, size_of, MaybeUninit},
    sync::atomic::{AtomicPtr, AtomicUsize, Ordering},
};

use iocp_sys::OVERLAPPED;
use static_assertions::const_assert_eq;

use super::{
    block::{Outcome, StatusBlock},
    gate::Gate,
    state::{Snapshot, State},
    typed::BufferType,
};
use crate::base::status::NtStatus;

/// The buffer itself, or a pointer to its side block.
pub(super) type Inline = [MaybeUninit<usize>; 3];

/// Whether a key is never given out twice, so that it stands for a gate and a number of the caller's:
/// on 32-bit targets 2^29 associations use them up.
const UNIQUE_KEYS: bool = cfg!(target_pointer_width = "64");

/// Makes the first `n` bytes of the room part of the buffer at the pointer.
pub(crate) type Fill = unsafe fn(*mut (), usize);

/// What a completion fills, and how much of it at most.
#[derive(Clone, Copy)]
pub(crate) struct Filling {
    pub(crate) fill: Fill,
    /// Bytes; 0 for nothing.
    pub(crate) room: u32,
}

/// One operation's place: 128 bytes, so that neighbours share no cache line pair.
#[repr(C, align(128))]
pub(crate) struct Slot {
    block: StatusBlock,
    pub(crate) state: State,
    /// Bytes that a completion may fill; 0 for one that fills nothing.
    room: UnsafeCell<u32>,
    /// The key its packet must carry.
    pub(crate) key: AtomicUsize,
    /// The handle's own number, reported with the packet.
    pub(crate) handle_key: AtomicUsize,
    pub(crate) token: AtomicUsize,
    /// Null, or a gate of this core.
    gate: AtomicPtr<Gate>,
    buffer: UnsafeCell<Inline>,
    /// Null, or one of the constants of `Typed`. Atomic, because redeemers by id look at it before
    /// they own the slot.
    buffer_type: AtomicPtr<BufferType>,
    /// What fills them, unless the buffer type says so.
    fill: UnsafeCell<Option<Fill>>,
    /// Bytes charged to the port's limit.
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

    /// The address the kernel gets.
    #[inline(always)]
    pub(crate) fn overlapped(&self) -> *mut OVERLAPPED {
        self.block.overlapped()
    }

    /// Presets the status block: pending, nothing transferred.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot.
    #[inline(always)]
    pub(crate) unsafe fn preset(&self) {
        // SAFETY:
        // * the caller owns the idle slot, so the kernel does not have its block.
        unsafe { self.block.preset() };
    }

    /// Puts offset and event of the status block in order: none.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot.
    #[cold]
    pub(crate) unsafe fn reset(&self) {
        // SAFETY:
        // * the caller owns the idle slot, so the kernel does not have its block.
        unsafe { self.block.reset() };
    }

    /// Whether the kernel has written a status: only its low 32 bits count.
    #[inline(always)]
    pub(crate) fn is_finished(&self) -> bool {
        self.block.is_finished()
    }

    /// Reads the status block of a finished operation.
    #[inline(always)]
    pub(crate) fn outcome(&self) -> Outcome {
        self.block.outcome()
    }

    /// Reads the status block of one's own operation.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot.
    #[inline(always)]
    pub(crate) unsafe fn outcome_of_own(&self) -> Outcome {
        // SAFETY:
        // * the caller owns the idle slot, so the kernel does not have its block.
        unsafe { self.block.outcome_of_own() }
    }

    /// Says how an operation ended: one whose status the system gave in another way, or whose bytes
    /// are not what the system counted.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot.
    #[cold]
    pub(crate) unsafe fn end(&self, status: NtStatus, count: usize) {
        // SAFETY:
        // * the caller owns the idle slot, so the kernel does not have its block.
        unsafe { self.block.end(status, count) };
    }

    /// Whether it was last submitted on the handle that has this gate, and the port is open. Then gate
    /// and keys are those of the handle, and the slot is one of the handle's port.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot.
    #[inline(always)]
    pub(crate) unsafe fn is_on(&self, gate: &Gate) -> bool {
        // SAFETY:
        // * valid and aligned; only the owner of the idle slot writes it: the caller.
        let key = unsafe { self.key.as_ptr().read() };
        UNIQUE_KEYS && gate.is_open_with(key)
    }

    /// Makes it one of the handle that has this gate, of the same port.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot, and no canceller is inside.
    pub(crate) unsafe fn move_to(&self, gate: &Gate) {
        // SAFETY:
        // * the caller owns the idle slot.
        unsafe { self.reset() };
        // Every slot comes here before it is submitted on this handle for the first time.
        gate.set_used();
        self.gate.store(std::ptr::from_ref(gate).cast_mut(), Ordering::Relaxed);
        self.key.store(gate.packet_key(), Ordering::Relaxed);
        // Whoever sees this key sees the token that was set before.
        self.handle_key.store(gate.key(), Ordering::Release);
    }

    /// Sets what its packets carry, by whoever has its operation or its ticket: the key first, so that
    /// whoever sees the token sees the key.
    pub(crate) fn set_tag(&self, token: usize, key: Option<usize>) {
        if let Some(key) = key {
            self.handle_key.store(key, Ordering::Release);
        }
        self.token.store(token, Ordering::Release);
    }

    /// The gate of the handle last submitted on, and that handle's packet key: a gate may be
    /// another handle's by now.
    pub(crate) fn gate(&self) -> Option<(&Gate, usize)> {
        // SAFETY:
        // * null, or one of the gates of the core, which stay as long as its slots are looked at.
        let gate = unsafe { self.gate.load(Ordering::Relaxed).as_ref() };
        gate.map(|gate| (gate, self.key.load(Ordering::Relaxed)))
    }
}

// What is not usual, out of line. They get the slot, whose address is at hand: that of the word would
// have to be made, and kept across calls, also where it is not needed.

/// # Safety
///
/// The caller owns the idle slot.
#[cold]
unsafe fn wait_uncancelled(slot: &Slot) -> Snapshot {
    if slot.state.load().is_touched() {
        // SAFETY:
        // * the caller owns the idle slot.
        unsafe { slot.reset() };
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
