//! The slab: one reservation of address space for all slots of a port, committed as it is needed.
//!
//! Because all slots lie in one range, telling whether a pointer in a packet is one of ours is
//! subtract, bounds, mask: no table, no lock, and the pointer is not dereferenced. The access then
//! goes through the slab's own base pointer, never through what the packet carried.
//!
//! # Safety
//!
//! Committed memory is zeroed, which is a valid [`Slot`] (free, generation 0), and stays until the
//! slab is dropped or leaked.

use std::{
    mem::size_of,
    ptr::NonNull,
    sync::{
        atomic::{AtomicU32, Ordering},
        Mutex, MutexGuard, PoisonError,
    },
};

use super::{line::OwnLine, slot::Slot};
use crate::os;

/// Slots committed at a time: 64 KiB.
const STEP: u32 = 512;

/// The most slots a port may have: a reservation of 2 GiB on 64-bit targets, 8 MiB on 32-bit ones.
pub(crate) const MOST_SLOTS: u32 = if cfg!(target_pointer_width = "64") { 1 << 24 } else { 65_536 };

/// All slots of a port.
#[derive(Debug)]
pub(crate) struct Slab {
    base: NonNull<u8>,
    capacity: u32,
    /// Slots whose memory is committed: the bound of every look-up.
    committed: AtomicU32,
    free: OwnLine<Mutex<Vec<u32>>>,
}

// SAFETY:
// * `base` is only the start of memory that the slab owns; what lies there is `Sync`.
unsafe impl Send for Slab {}
// SAFETY:
// * shared use changes only the atomic bound, the locked list, and slots, which are `Sync`.
unsafe impl Sync for Slab {}

impl Slab {
    /// Reserves room for `capacity` slots (clamped to 1 ..= [`MOST_SLOTS`]); commits nothing yet.
    pub(crate) fn new(capacity: u32) -> Result<Self, os::Code> {
        let capacity = capacity.clamp(1, MOST_SLOTS);
        let base = os::reserve(capacity as usize * size_of::<Slot>())?;
        let (committed, free) = (AtomicU32::new(0), OwnLine(Mutex::new(Vec::new())));
        Ok(Self { base, capacity, committed, free })
    }

    /// Takes a free slot: its index. `None` if all are in use or memory is short.
    pub(crate) fn take(&self) -> Option<u32> {
        let mut free = self.lock();
        let index = match free.pop() {
            Some(index) => index,
            None => self.commit(&mut free)?,
        };
        self.slot(index).state.take();
        Some(index)
    }

    /// Puts back a slot whose state is `Free`.
    pub(crate) fn put(&self, index: u32) {
        if self.slot(index).state.load().generation() < super::state::LAST_GENERATION - 2 {
            self.lock().push(index);
        }
    }

    /// The slot at an index that [`take`](Self::take) or [`find`](Self::find) gave.
    #[inline]
    pub(crate) fn slot(&self, index: u32) -> &Slot {
        assert!(index < self.committed(), "a slot index comes from this slab");
        // SAFETY:
        // * just looked at: it is below the bound.
        unsafe { self.at(index as usize) }
    }

    /// The slot at exactly this address, and its index, if it is one of ours.
    #[inline(always)]
    pub(crate) fn find(&self, address: usize) -> Option<(u32, &Slot)> {
        let offset = address.wrapping_sub(self.base.as_ptr() as usize);
        let index = offset / size_of::<Slot>();
        let committed = self.committed();
        if offset % size_of::<Slot>() != 0 || index >= committed as usize {
            return None;
        }
        // Below a `u32`, so it is one.
        #[allow(clippy::cast_possible_truncation)]
        let number = index as u32;
        // SAFETY:
        // * just looked at: it is below the bound.
        Some((number, unsafe { self.at(index) }))
    }

    /// # Safety
    ///
    /// `index` is below [`committed`](Self::committed).
    #[inline(always)]
    unsafe fn at(&self, index: usize) -> &Slot {
        // SAFETY:
        // * the offset is below the committed length, inside the reservation.
        let slot = unsafe { self.base.as_ptr().add(index * size_of::<Slot>()) };
        // SAFETY:
        // * committed memory holds valid slots, aligned because base and size are multiples of 128.
        // * it lives as long as `self`, and is shared only through atomics and cells.
        unsafe { &*slot.cast::<Slot>() }
    }

    /// The index of one of its slots.
    pub(crate) fn index_of(&self, slot: &Slot) -> u32 {
        let offset = std::ptr::from_ref(slot) as usize - self.base.as_ptr() as usize;
        // Never beyond `MOST_SLOTS`.
        u32::try_from(offset / size_of::<Slot>()).unwrap_or(u32::MAX)
    }

    /// All slots there have ever been.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        (0..self.committed()).map(|index| self.slot(index))
    }

    /// How many slots there have ever been.
    pub(crate) fn len(&self) -> u32 {
        self.committed()
    }

    /// Frees the list of free slots: of a slab that is leaked only the slots are to stay.
    pub(crate) fn forget_free(&self) {
        *self.lock() = Vec::new();
    }

    #[inline(always)]
    fn committed(&self) -> u32 {
        self.committed.load(Ordering::Acquire)
    }

    /// Commits the next step and returns one of its slots.
    fn commit(&self, free: &mut Vec<u32>) -> Option<u32> {
        let from = self.committed();
        let to = from.saturating_add(STEP).min(self.capacity);
        if from == to {
            return None;
        }
        let (start, len) = (from as usize * size_of::<Slot>(), (to - from) as usize);
        // SAFETY:
        // * start and length lie inside the reservation, and are committed once, under the lock.
        let committed = unsafe { os::commit(self.base, start, len * size_of::<Slot>()) };
        committed.ok()?;
        // Room for every index, so that giving a slot back never allocates.
        let missing = to as usize - free.len();
        free.reserve(missing);
        free.extend((from..to).rev());
        self.committed.store(to, Ordering::Release);
        free.pop()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u32>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slab {
    fn drop(&mut self) {
        // SAFETY:
        // * the core drops its slab only when no slot is in flight, else it leaks it whole.
        // * no reference into it is left: slots are borrowed from the slab.
        unsafe { os::release(self.base, self.capacity as usize * size_of::<Slot>()) };
    }
}
