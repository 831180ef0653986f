//! The slab: one reservation of address space for all slots of a port, committed as it is needed.
//!
//! Because all slots lie in one range, telling whether a pointer in a packet is one of ours is
//! subtract, bounds, mask: no table, no lock, and the pointer is not dereferenced. The access then
//! goes through the slab's own base pointer, never through what the packet carried.
//!
//! The first place of each step is no slot: it names the core, so that a pointer to a slot is all
//! that an operation needs to hold.
//!
//! # Safety
//!
//! Committed memory is zeroed, which is a valid [`Slot`] (free, generation 0) and a valid header, and
//! stays until the slab is dropped or leaked.

use std::{
    mem::size_of,
    ptr::NonNull,
    sync::{
        atomic::{AtomicU32, Ordering},
        Mutex, MutexGuard, PoisonError,
    },
};

use static_assertions::{const_assert, const_assert_eq};

use super::{
    line::OwnLine,
    shared::Core,
    slot::Slot,
    step::{name_step, Header, STEP_BYTES},
};
use crate::os;

/// Places committed at a time: a header and 511 slots.
const STEP: u32 = 512;

const_assert_eq!(STEP as usize * size_of::<Slot>(), STEP_BYTES);
const_assert!(size_of::<Header>() <= size_of::<Slot>());

/// The most slots a port may have: a reservation of 2 GiB on 64-bit targets, 8 MiB on 32-bit ones.
pub(crate) const MOST_SLOTS: u32 = if cfg!(target_pointer_width = "64") { 1 << 24 } else { 65_536 };

/// All slots of a port.
#[derive(Debug)]
pub(crate) struct Slab {
    base: NonNull<u8>,
    /// All places, headers included.
    places: u32,
    /// Places whose memory is committed: the bound of every look-up.
    committed: AtomicU32,
    free: OwnLine<Mutex<Free>>,
}

/// The slots that nobody has.
#[derive(Debug, Default)]
struct Free {
    /// The index of one that was used before, whose charge is the index of the next one; 0, which is
    /// a header's, for none.
    first: u32,
    /// The places from here to the bound were never used.
    fresh: u32,
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
        let places = capacity + capacity.div_ceil(STEP - 1);
        let base = os::reserve(places as usize * size_of::<Slot>())?;
        let (committed, free) = (AtomicU32::new(0), OwnLine(Mutex::default()));
        Ok(Self { base, places, committed, free })
    }

    /// Takes a free slot: its index. `None` if all are in use or memory is short. `core` is who the
    /// slots belong to.
    pub(crate) fn take(&self, core: *const Core) -> Option<u32> {
        let mut free = self.lock();
        let mut index = free.first;
        if index != 0 {
            let next = self.slot(index).charge.load(Ordering::Relaxed);
            // An index, stored by `put`.
            free.first = u32::try_from(next).unwrap_or(0);
        } else {
            if free.fresh == self.committed() {
                self.commit(&mut free, core)?;
            }
            index = free.fresh;
            free.fresh += 1;
        }
        self.slot(index).state.take();
        Some(index)
    }

    /// Puts back a slot whose state is `Free`.
    pub(crate) fn put(&self, slot: &Slot) {
        if slot.state.load().generation() < super::state::LAST_GENERATION - 2 {
            let mut free = self.lock();
            slot.charge.store(free.first as usize, Ordering::Relaxed);
            free.first = self.index_of(slot);
        }
    }

    /// The slot at an index that [`take`](Self::take) or [`find`](Self::find) gave.
    pub(crate) fn slot(&self, index: u32) -> &Slot {
        // SAFETY:
        // * a pointer to a slot of this slab, which lives as long as `self` and is shared only
        //   through atomics and cells.
        unsafe { self.pointer(index).as_ref() }
    }

    /// The slot at this index, if there is one.
    pub(super) fn get(&self, index: u32) -> Option<&Slot> {
        (index < self.committed() && !is_header(index)).then(|| self.slot(index))
    }

    /// As [`slot`](Self::slot), for [`core_of`](super::step::core_of).
    pub(crate) fn pointer(&self, index: u32) -> NonNull<Slot> {
        assert!(index < self.committed() && !is_header(index), "no slot has this index");
        // SAFETY:
        // * just looked at: it is below the bound.
        unsafe { self.at(index as usize) }
    }

    /// The slot at exactly this address, and its index, if it is one of ours.
    ///
    /// It may be the header of a step: that reads as a slot which is never in flight. Who needs more
    /// than this asks [`is_header`].
    #[inline(always)]
    pub(crate) fn find(&self, address: usize) -> Option<(u32, &Slot)> {
        // Read once: behind an atomic access it would be read again.
        let base = self.base;
        let offset = address.wrapping_sub(base.as_ptr() as usize);
        // What is left over by the division is the top of this number: one comparison for both.
        let index = offset.rotate_right(size_of::<Slot>().trailing_zeros());
        if index >= self.committed() as usize {
            return None;
        }
        // Below a `u32`, so it is one.
        #[allow(clippy::cast_possible_truncation)]
        let number = index as u32;
        // SAFETY:
        // * just looked at: the index is below the bound, and the offset is that of a place.
        let slot = unsafe { place(base, offset) };
        // SAFETY:
        // * a slot of this slab, which lives as long as `self` and is shared only through atomics
        //   and cells.
        Some((number, unsafe { slot.as_ref() }))
    }

    /// The place at an index. The pointer may be used for all of the reservation.
    ///
    /// # Safety
    ///
    /// `index` is below [`committed`](Self::committed).
    unsafe fn at(&self, index: usize) -> NonNull<Slot> {
        // SAFETY:
        // * the index is below the bound, as the caller says.
        unsafe { place(self.base, index * size_of::<Slot>()) }
    }

    /// The index of one of its slots.
    pub(crate) fn index_of(&self, slot: &Slot) -> u32 {
        let offset = std::ptr::from_ref(slot) as usize - self.base.as_ptr() as usize;
        // Never beyond `MOST_SLOTS` and its headers.
        u32::try_from(offset / size_of::<Slot>()).unwrap_or(u32::MAX)
    }

    /// All slots there have ever been.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        let all = (0..self.committed()).filter(|index| !is_header(*index));
        all.map(|index| self.slot(index))
    }

    #[inline(always)]
    fn committed(&self) -> u32 {
        self.committed.load(Ordering::Acquire)
    }

    /// Commits the next step, all of whose slots are fresh.
    fn commit(&self, free: &mut Free, core: *const Core) -> Option<()> {
        let from = self.committed();
        let to = from.saturating_add(STEP).min(self.places);
        if from == to {
            return None;
        }
        let (start, len) = (from as usize * size_of::<Slot>(), (to - from) as usize);
        // SAFETY:
        // * start and length lie inside the reservation, and are committed once, under the lock.
        let committed = unsafe { os::commit(self.base, start, len * size_of::<Slot>()) };
        committed.ok()?;
        // SAFETY:
        // * the step was just committed.
        let header = unsafe { self.at(from as usize) };
        // SAFETY:
        // * it starts with that place, which is larger and more aligned than a header.
        // Nobody asks which step it is: the slab is one reservation.
        unsafe { name_step(header.cast(), core, 0) };
        free.fresh = from + 1;
        self.committed.store(to, Ordering::Release);
        Some(())
    }

    fn lock(&self) -> MutexGuard<'_, Free> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slab {
    fn drop(&mut self) {
        // SAFETY:
        // * the core drops its slab only when no slot is in flight, else it leaks it whole.
        // * no reference into it is left: slots are borrowed from the slab.
        unsafe { os::release(self.base, self.places as usize * size_of::<Slot>()) };
    }
}

/// Whether the place at this index is no slot.
pub(super) fn is_header(index: u32) -> bool {
    index % STEP == 0
}

/// The place at an offset from the base of a reservation: committed memory, a valid slot unless it is
/// a header, aligned because base and size are multiples of 128.
///
/// # Safety
///
/// The offset is a multiple of the size of a slot, and below the committed length.
#[inline(always)]
unsafe fn place(base: NonNull<u8>, offset: usize) -> NonNull<Slot> {
    // SAFETY:
    // * the offset is below the committed length, inside the reservation.
    let place = unsafe { base.as_ptr().add(offset) };
    // SAFETY:
    // * an offset from a pointer that is not null, inside its allocation, is not null.
    unsafe { NonNull::new_unchecked(place.cast()) }
}
