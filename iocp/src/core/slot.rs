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

use std::{
    cell::UnsafeCell,
    mem::{align_of, size_of, MaybeUninit},
    sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering},
};

use iocp_sys::OVERLAPPED;
use static_assertions::const_assert_eq;

use super::{
    block::{Outcome, StatusBlock},
    gate::Gate,
    state::State,
    typed::{BufferType, Typed},
};
use crate::status::NtStatus;

/// The buffer itself, or a pointer to its side block.
pub(super) type Inline = [MaybeUninit<usize>; 3];

/// Whether a key is never given out twice, so that it stands for a gate and a number of the caller's:
/// on 32-bit targets 2^29 associations use them up.
const UNIQUE_KEYS: bool = cfg!(target_pointer_width = "64");

/// Makes the first `n` bytes of the room part of the buffer at the pointer.
pub(crate) type Fill = unsafe fn(*mut (), usize);

/// One operation's place: 128 bytes, so that neighbours share no cache line pair.
#[repr(C, align(128))]
pub(crate) struct Slot {
    block: StatusBlock,
    pub(crate) state: State,
    /// The [`mark`] of the generation whose submitting call has returned.
    returned: AtomicU32,
    /// Bytes that a receive may fill.
    room: UnsafeCell<u32>,
    /// The key its packet must carry.
    pub(crate) key: AtomicUsize,
    /// The handle's own number, reported with the packet.
    pub(crate) handle_key: AtomicUsize,
    pub(crate) token: AtomicUsize,
    /// Null, or a gate of this core.
    gate: AtomicPtr<Gate>,
    buffer: UnsafeCell<Inline>,
    /// Null, or one of the constants of [`Typed`]. Atomic, because redeemers by id look at it before
    /// they own the slot.
    buffer_type: AtomicPtr<BufferType>,
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
    /// The address the kernel gets.
    #[inline(always)]
    pub(crate) fn overlapped(&self) -> *mut OVERLAPPED {
        self.block.overlapped()
    }

    /// Presets the status block: pending, nothing transferred, at a file offset.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot.
    #[inline(always)]
    pub(crate) unsafe fn preset(&self, offset: u64) {
        // SAFETY:
        // * the caller owns the idle slot, so the kernel does not have its block.
        unsafe { self.block.preset(offset) };
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

    /// Says how an operation ended whose status the system gave in another way, with no bytes.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot.
    pub(crate) unsafe fn end(&self, status: NtStatus) {
        // SAFETY:
        // * the caller owns the idle slot, so the kernel does not have its block.
        unsafe { self.block.end(status) };
    }

    /// Tells redeemers that the submitting call of this generation has returned.
    #[inline(always)]
    pub(crate) fn set_returned(&self, generation: u64) {
        self.returned.store(mark(generation), Ordering::Release);
    }

    pub(crate) fn has_returned(&self, generation: u64) -> bool {
        self.returned.load(Ordering::Acquire) == mark(generation)
    }

    /// Prepares a free slot for buffers of type `B`; allocates the side block if they need one.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot, which has no buffer type yet.
    pub(crate) unsafe fn set_buffer_type<B: Send + 'static>(&self) {
        let buffer_type: &'static BufferType = &Typed::<B>::TYPE;
        self.buffer_type.store(std::ptr::from_ref(buffer_type).cast_mut(), Ordering::Relaxed);
        if !Typed::<B>::FITS {
            let side = Box::into_raw(Box::new(MaybeUninit::<B>::uninit()));
            // SAFETY:
            // * the caller owns the slot; a pointer fits the cell (asserted by its size).
            unsafe { self.buffer.get().cast::<*mut MaybeUninit<B>>().write(side) };
        }
    }

    /// The type set by [`set_buffer_type`](Self::set_buffer_type). Whoever does not own the slot has
    /// to win it, in the generation seen before, to know that it is still the type.
    #[inline]
    pub(crate) fn buffer_type(&self) -> Option<&'static BufferType> {
        // SAFETY:
        // * only null and references to constants are ever stored there.
        unsafe { self.buffer_type.load(Ordering::Relaxed).as_ref() }
    }

    /// Where a buffer of type `B` lies while in flight.
    ///
    /// # Safety
    ///
    /// The caller owns the slot and its buffer type is `B`.
    #[inline(always)]
    pub(crate) unsafe fn place<B: Send + 'static>(&self) -> *mut B {
        if Typed::<B>::FITS {
            self.buffer.get().cast()
        } else {
            // SAFETY:
            // * `set_buffer_type::<B>` wrote the side block's pointer there.
            unsafe { self.buffer.get().cast::<*mut B>().read() }
        }
    }

    /// Sets what a completion may fill.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot.
    #[inline(always)]
    pub(crate) unsafe fn set_fill(&self, fill: Option<Fill>, room: u32) {
        // SAFETY:
        // * the caller owns the slot.
        unsafe { self.fill.get().write(fill) };
        // SAFETY:
        // * the caller owns the slot.
        unsafe { self.room.get().write(room) };
    }

    /// What [`set_fill`](Self::set_fill) set.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot.
    #[inline(always)]
    pub(crate) unsafe fn fill(&self) -> (Option<Fill>, usize) {
        // SAFETY:
        // * the caller owns the slot.
        let fill = unsafe { self.fill.get().read() };
        // SAFETY:
        // * the caller owns the slot.
        let room = unsafe { self.room.get().read() };
        (fill, room as usize)
    }

    /// The gate of the handle last submitted on, and that handle's packet key: a gate may be
    /// another handle's by now.
    pub(crate) fn gate(&self) -> Option<(&Gate, usize)> {
        // SAFETY:
        // * null, or one of the gates of the core, which stay as long as its slots are looked at.
        let gate = unsafe { self.gate.load(Ordering::Relaxed).as_ref() };
        gate.map(|gate| (gate, self.key.load(Ordering::Relaxed)))
    }

    /// The next submit is on the handle of `gate`, of the same port; costs a comparison if the last
    /// one was too. By the owner of the idle slot, with no canceller inside.
    #[inline(always)]
    pub(crate) fn set_gate(&self, gate: &Gate) {
        let same = self.key.load(Ordering::Relaxed) == gate.packet_key();
        if !same || !UNIQUE_KEYS {
            self.change_gate(gate);
        }
    }

    #[cold]
    fn change_gate(&self, gate: &Gate) {
        // Every slot comes here before it is submitted on this handle for the first time.
        gate.set_used();
        self.gate.store(std::ptr::from_ref(gate).cast_mut(), Ordering::Relaxed);
        self.key.store(gate.packet_key(), Ordering::Relaxed);
        self.handle_key.store(gate.key(), Ordering::Relaxed);
    }

    /// Empties the slot of everything but its generation: buffer type and side block.
    ///
    /// # Safety
    ///
    /// The caller owns the slot, and its buffer has been taken out or dropped.
    pub(crate) unsafe fn clear(&self) {
        if let Some(buffer_type) = self.buffer_type() {
            // SAFETY:
            // * the side block belongs to that type; the buffer is no longer in it.
            unsafe { (buffer_type.free_side)(self) };
        }
        self.buffer_type.store(std::ptr::null_mut(), Ordering::Relaxed);
    }
}

/// What says that the call of this generation has returned: never 0 for the first one.
#[inline(always)]
fn mark(generation: u64) -> u32 {
    ((generation + 1) & 0xFFFF_FFFF) as u32
}
