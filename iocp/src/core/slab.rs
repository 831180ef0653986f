//! The slab: one reservation of address space for all slots of a port, committed as it is needed.
//!
//! Because all slots lie in one range, telling whether a pointer in a packet is one of ours is
//! subtract, bounds, mask: no table, no lock, and the pointer is not dereferenced. The access then
//! goes through the slab's own base pointer, never through what the packet carried.
//!
//! The first place of each step is no slot: it names the core, so that a pointer to a slot is all
//! that an operation needs to hold. A step is 64 KiB and so aligned, hence found by a mask.
//!
//! # Safety
//!
//! Committed memory is zeroed, which is a valid [`Slot`] (free, generation 0) and a valid header, and
//! stays until the slab is dropped or leaked.

use std::{
    mem::size_of,
    ptr::NonNull,
    sync::{
        atomic::{AtomicPtr, AtomicU32, Ordering},
        Mutex, MutexGuard, PoisonError,
    },
};

use static_assertions::const_assert_eq;

use super::{line::OwnLine, shared::Core, slot::Slot};
use crate::os;

/// Places committed at a time: a header and 511 slots.
const STEP: u32 = 512;

/// Bytes of a step, and its alignment: what reservations are aligned to.
const STEP_BYTES: usize = 65_536;

const_assert_eq!(STEP as usize * size_of::<Slot>(), STEP_BYTES);

/// What the first place of a step holds.
#[repr(transparent)]
struct Header {
    core: AtomicPtr<Core>,
}

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
        let places = capacity + capacity.div_ceil(STEP - 1);
        let base = os::reserve(places as usize * size_of::<Slot>())?;
        let (committed, free) = (AtomicU32::new(0), OwnLine(Mutex::new(Vec::new())));
        Ok(Self { base, places, committed, free })
    }

    /// Takes a free slot: its index. `None` if all are in use or memory is short. `core` is who the
    /// slots belong to.
    pub(crate) fn take(&self, core: *const Core) -> Option<u32> {
        let mut free = self.lock();
        let index = match free.pop() {
            Some(index) => index,
            None => self.commit(&mut free, core)?,
        };
        self.slot(index).state.take();
        Some(index)
    }

    /// Puts back a slot whose state is `Free`.
    pub(crate) fn put(&self, slot: &Slot) {
        if slot.state.load().generation() < super::state::LAST_GENERATION - 2 {
            self.lock().push(self.index_of(slot));
        }
    }

    /// The slot at an index that [`take`](Self::take) or [`find`](Self::find) gave.
    pub(crate) fn slot(&self, index: u32) -> &Slot {
        // SAFETY:
        // * a pointer to a slot of this slab, which lives as long as `self` and is shared only
        //   through atomics and cells.
        unsafe { self.pointer(index).as_ref() }
    }

    /// As [`slot`](Self::slot), for [`core_of`].
    pub(crate) fn pointer(&self, index: u32) -> NonNull<Slot> {
        assert!(index < self.committed() && index % STEP != 0, "no slot has this index");
        // SAFETY:
        // * just looked at: it is below the bound.
        unsafe { self.at(index as usize) }
    }

    /// The slot at exactly this address, and its index, if it is one of ours.
    #[inline(always)]
    pub(crate) fn find(&self, address: usize) -> Option<(u32, &Slot)> {
        let offset = address.wrapping_sub(self.base.as_ptr() as usize);
        let index = offset / size_of::<Slot>();
        if offset % size_of::<Slot>() != 0
            || index >= self.committed() as usize
            || offset % STEP_BYTES == 0
        {
            return None;
        }
        // Below a `u32`, so it is one.
        #[allow(clippy::cast_possible_truncation)]
        let number = index as u32;
        // SAFETY:
        // * just looked at: it is below the bound.
        let slot = unsafe { self.at(index) };
        // SAFETY:
        // * a slot of this slab, which lives as long as `self` and is shared only through atomics
        //   and cells.
        Some((number, unsafe { slot.as_ref() }))
    }

    /// The place at an index: committed memory, a valid slot unless it is a header, aligned because
    /// base and size are multiples of 128. The pointer may be used for all of the reservation.
    ///
    /// # Safety
    ///
    /// `index` is below [`committed`](Self::committed).
    #[inline(always)]
    unsafe fn at(&self, index: usize) -> NonNull<Slot> {
        // SAFETY:
        // * the offset is below the committed length, inside the reservation.
        let place = unsafe { self.base.as_ptr().add(index * size_of::<Slot>()) };
        // SAFETY:
        // * an offset from a pointer that is not null, inside its allocation, is not null.
        unsafe { NonNull::new_unchecked(place.cast()) }
    }

    /// The index of one of its slots.
    pub(crate) fn index_of(&self, slot: &Slot) -> u32 {
        let offset = std::ptr::from_ref(slot) as usize - self.base.as_ptr() as usize;
        // Never beyond `MOST_SLOTS` and its headers.
        u32::try_from(offset / size_of::<Slot>()).unwrap_or(u32::MAX)
    }

    /// All slots there have ever been.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        let all = (0..self.committed()).filter(|index| index % STEP != 0);
        all.map(|index| self.slot(index))
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
    fn commit(&self, free: &mut Vec<u32>, core: *const Core) -> Option<u32> {
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
        // * zeroed memory, which is a valid header, larger and more aligned than one.
        let header = unsafe { header.cast::<Header>().as_ref() };
        header.core.store(core.cast_mut(), Ordering::Relaxed);
        // Room for every index, so that giving a slot back never allocates.
        let missing = to as usize - free.len();
        free.reserve(missing);
        free.extend((from + 1..to).rev());
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
        unsafe { os::release(self.base, self.places as usize * size_of::<Slot>()) };
    }
}

/// Who the slot belongs to.
///
/// # Safety
///
/// The pointer is one that [`Slab::pointer`] gave, and its slab is alive.
#[inline(always)]
pub(crate) unsafe fn core_of(slot: NonNull<Slot>) -> *const Core {
    let place = slot.as_ptr().cast::<u8>();
    // SAFETY:
    // * a slot lies in a step of the reservation, which begins at this multiple.
    let step = unsafe { place.sub(place as usize % STEP_BYTES) };
    // SAFETY:
    // * the first place of a step that has slots is a header.
    let header = unsafe { &*step.cast::<Header>() };
    header.core.load(Ordering::Relaxed)
}
