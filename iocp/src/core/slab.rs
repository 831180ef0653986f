//! The slab: one reservation of address space for all slots of a port.
//!
//! Because all slots lie in one range, telling whether a pointer in a packet is one of ours is
//! subtract, rotate, compare: no table, no lock, and the pointer is not dereferenced. The access then
//! goes through the slab's own base pointer, never through what the packet carried.
//!
//! # Safety
//!
//! Committed memory is zeroed, which is a valid [`Slot`] (free, generation 0), also where a header lies,
//! and stays until the slab is dropped or leaked.

use std::{mem::size_of, ptr::NonNull, sync::atomic::AtomicUsize};

use super::{
    arena::{Arena, Item},
    slot::Slot,
    state::LAST_GENERATION,
};
use crate::os::Code;

/// The most slots a port may have: a reservation of 2 GiB on 64-bit targets, 8 MiB on 32-bit ones.
pub(crate) const MOST_SLOTS: u32 = if cfg!(target_pointer_width = "64") { 1 << 24 } else { 65_536 };

/// All slots of a port.
#[derive(Debug)]
pub(crate) struct Slab {
    base: NonNull<u8>,
    arena: Arena<Slot>,
}

impl Item for Slot {
    fn next_free(&self) -> &AtomicUsize {
        &self.charge
    }

    fn first() -> Option<Self> {
        None
    }
}

// SAFETY:
// * `base` is the start of memory that the arena owns; what lies there is `Sync`.
unsafe impl Send for Slab {}
// SAFETY:
// * shared use changes only the arena, which has a lock, and slots, which are `Sync`.
unsafe impl Sync for Slab {}

impl Slab {
    /// Reserves room for at least `capacity` slots (clamped to 1 ..= [`MOST_SLOTS`]); commits nothing yet.
    pub(crate) fn new(capacity: u32) -> Result<Self, Code> {
        let (arena, base) = Arena::contiguous(capacity.clamp(1, MOST_SLOTS) as usize)?;
        Ok(Self { base, arena })
    }

    /// As [`Arena::leak`].
    pub(crate) fn leak(&self) {
        self.arena.leak();
    }

    /// Takes a free slot: its index. `owner` is who the slots belong to.
    pub(crate) fn take(&self, owner: *const ()) -> Result<u32, Code> {
        let slot = self.arena.take(owner)?;
        // SAFETY:
        // * a slot of this slab, which is borrowed, and shared.
        let slot = unsafe { slot.as_ref() };
        slot.state.take();
        Ok(self.index_of(slot))
    }

    /// Puts back a slot whose state is `Free`, unless its generations are used up.
    pub(crate) fn put(&self, slot: &Slot) {
        if slot.state.load().generation() < LAST_GENERATION - 2 {
            // SAFETY:
            // * taken from this arena: only such slots are freed, and once each.
            unsafe { self.arena.put(self.pointer(self.index_of(slot))) };
        }
    }

    /// The slot at an index that [`take`](Self::take) or [`find`](Self::find) gave.
    pub(crate) fn slot(&self, index: u32) -> &Slot {
        // SAFETY:
        // * a pointer to a slot of this slab, which is borrowed, and shared.
        unsafe { self.pointer(index).as_ref() }
    }

    /// The slot at this index, if there is one.
    pub(super) fn get(&self, index: u32) -> Option<&Slot> {
        self.has(index).then(|| self.slot(index))
    }

    /// As [`slot`](Self::slot); the pointer may be used for all of the reservation.
    pub(crate) fn pointer(&self, index: u32) -> NonNull<Slot> {
        assert!(self.has(index), "no slot has this index");
        // SAFETY:
        // * just looked at: it lies in committed memory.
        unsafe { place(self.base, index as usize * size_of::<Slot>()) }
    }

    fn has(&self, index: u32) -> bool {
        (index as usize) < self.arena.places() && !is_header(index)
    }

    /// The slot at exactly this address, and its index, if it is one of ours.
    ///
    /// It may be the header of a chunk: that reads as a slot which is never in flight. [`is_header`]
    /// tells them apart.
    #[inline(always)]
    pub(crate) fn find(&self, address: usize) -> Option<(u32, &Slot)> {
        // Read once: behind an atomic access it would be read again.
        let base = self.base;
        let offset = address.wrapping_sub(base.as_ptr() as usize);
        // The rotation moves the remainder to the top bits, so a misaligned address gives an index that is
        // too large: one comparison checks alignment and range.
        let index = offset.rotate_right(size_of::<Slot>().trailing_zeros());
        if index >= self.arena.places() {
            return None;
        }
        // Never beyond `MOST_SLOTS` and its headers.
        #[allow(clippy::cast_possible_truncation)]
        let number = index as u32;
        // SAFETY:
        // * just looked at: the offset is that of a place in committed memory.
        let slot = unsafe { place(base, offset) };
        // SAFETY:
        // * a slot of this slab, which is borrowed, and shared.
        Some((number, unsafe { slot.as_ref() }))
    }

    /// The index of one of its slots.
    fn index_of(&self, slot: &Slot) -> u32 {
        let offset = std::ptr::from_ref(slot) as usize - self.base.as_ptr() as usize;
        // Never beyond `MOST_SLOTS` and its headers.
        u32::try_from(offset / size_of::<Slot>()).unwrap_or(u32::MAX)
    }

    /// The first slot that `is` so, at this index or after it, and then before it.
    pub(crate) fn first_from(&self, index: u32, is: impl Fn(&Slot) -> bool) -> Option<u32> {
        let end = self.end();
        let start = index.min(end);
        (start..end).chain(0..start).find(|&index| self.get(index).is_some_and(&is))
    }

    /// All slots there have ever been.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        (0..self.end()).filter_map(|index| self.get(index))
    }

    /// Every index is less than this.
    pub(super) fn end(&self) -> u32 {
        u32::try_from(self.arena.places()).unwrap_or(u32::MAX)
    }
}

/// Whether the place at this index is no slot.
pub(super) fn is_header(index: u32) -> bool {
    index as usize % Arena::<Slot>::IN_CHUNK == 0
}

/// The place at an offset from the base of a reservation: a valid slot, aligned because base and size
/// are multiples of 128.
///
/// # Safety
///
/// The offset is a multiple of the size of a slot, and lies in committed memory.
#[inline(always)]
unsafe fn place(base: NonNull<u8>, offset: usize) -> NonNull<Slot> {
    // SAFETY:
    // * the offset lies in committed memory, inside the reservation.
    let place = unsafe { base.as_ptr().add(offset) };
    // SAFETY:
    // * an offset within an allocation from a pointer that is not null.
    unsafe { NonNull::new_unchecked(place.cast()) }
}

#[cfg(all(test, not(windows)))]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;
    use crate::sim::{Kernel, Script};

    /// As they end one by one, in any order.
    #[test]
    fn waiting_for_all_slots_to_end_looks_at_each_about_once() {
        let _kernel = Kernel::new(Script::default());
        let slab = Slab::new(20_000).unwrap();
        let mut looks = Vec::new();
        let sizes = if cfg!(miri) { [10, 40] } else { [500, 2_000] };
        for many in sizes {
            let taken: Vec<_> = (0..many).map(|_| slab.take(std::ptr::null()).unwrap()).collect();
            let count = Cell::new(0);
            let mut lent = vec![false; 4 * many];
            taken.iter().for_each(|&index| lent[index as usize] = true);
            let (lent, mut hint) = (RefCell::new(lent), 0);
            let is_lent = |slot: &Slot| {
                count.set(count.get() + 1);
                lent.borrow()[slab.index_of(slot) as usize]
            };
            for step in 0..many {
                assert!(slab.first_from(hint, is_lent).is_some(), "{step}");
                hint = slab.first_from(hint, is_lent).unwrap();
                lent.borrow_mut()[taken[step * 7_919 % many] as usize] = false;
            }
            assert_eq!(slab.first_from(hint, is_lent), None);
            looks.push(count.get());
            taken.into_iter().for_each(|index| {
                slab.slot(index).state.free();
                slab.put(slab.slot(index));
            });
        }
        assert!(looks[0] <= 6 * sizes[0] && looks[1] <= 6 * sizes[1], "{looks:?}");
    }
}
