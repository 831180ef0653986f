//! Deadlines in order of time: a hierarchical timing wheel, in which setting, changing and removing one
//! costs the same however many there are.
//!
//! A deadline is a number of ticks. Level 0 has a list for each of the next 64 ticks; a list of each
//! further level is for 64 times as long as one of the level below. A deadline lies on the lowest level
//! whose lists tell it from now, and moves down when the time of its list comes: at most [`LEVELS`] times.
//! (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987.)

use std::{mem::size_of, time::Duration};

use static_assertions::const_assert;

/// A level has a list for each value of so many bits of a tick.
const BITS: usize = 6;
const LISTS: u8 = 1 << BITS;

/// With ticks of a millisecond the last level has lists of 12 days, for 2 years together. What is due later
/// waits in its last list, and is put in order again from there.
const LEVELS: usize = 6;

/// So many ticks ahead the last level tells apart: all but its present list.
const HORIZON: u64 = (LISTS as u64 - 1) << (BITS * (LEVELS - 1));

/// No entry.
const NONE: u32 = u32::MAX;

/// The tick of an entry that is not set: the last there is, so none can be due then.
const UNSET: u64 = u64::MAX;

/// Names one entry, until it is removed. A late one compares unequal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntryId {
    index: u32,
    generation: u32,
}

#[derive(Debug)]
struct Entry<T> {
    value: T,
    /// When it is due; [`UNSET`] if it is not set.
    at: u64,
    generation: u32,
    /// The list it is in, by level and place.
    list: (u8, u8),
    previous: u32,
    /// The next of its list; of a free entry the next free one.
    next: u32,
}

const_assert!(size_of::<Entry<usize>>() <= 32);

#[derive(Debug)]
pub(crate) struct Wheel<T> {
    entries: Vec<Entry<T>>,
    free: u32,
    /// The first entry of each list.
    lists: [[u32; LISTS as usize]; LEVELS],
    /// Which lists of a level have entries.
    occupied: [u64; LEVELS],
    /// All that is due up to this tick was taken.
    now: u64,
}

impl<T: Copy> Wheel<T> {
    pub(crate) const fn new() -> Self {
        Self {
            entries: Vec::new(),
            free: NONE,
            lists: [[NONE; LISTS as usize]; LEVELS],
            occupied: [0; LEVELS],
            now: 0,
        }
    }

    /// Makes an entry that is not set.
    pub(crate) fn add(&mut self, value: T) -> EntryId {
        if let Some(entry) = self.entries.get_mut(self.free as usize) {
            let index = std::mem::replace(&mut self.free, entry.next);
            entry.value = value;
            return EntryId { index, generation: entry.generation };
        }
        // Fewer than this fit into memory.
        let index = u32::try_from(self.entries.len()).unwrap_or(NONE);
        assert!(index != NONE, "too many deadlines");
        let (list, previous, next) = ((0, 0), NONE, NONE);
        self.entries.push(Entry { value, at: UNSET, generation: 0, list, previous, next });
        EntryId { index, generation: 0 }
    }

    /// Removes an entry, set or not.
    pub(crate) fn remove(&mut self, id: EntryId) {
        if self.clear(id).is_some() {
            let free = std::mem::replace(&mut self.free, id.index);
            let entry = self.entry(id.index);
            entry.generation = entry.generation.wrapping_add(1);
            entry.next = free;
        }
    }

    /// Sets when an entry is due, in place of what was set before. A tick that has passed is due at once.
    pub(crate) fn set(&mut self, id: EntryId, at: u64) {
        if self.clear(id).is_some() {
            self.entry(id.index).at = at.min(UNSET - 1);
            self.link(id.index);
        }
    }

    pub(crate) fn is_set(&self, id: EntryId) -> bool {
        let entry = self.entries.get(id.index as usize);
        entry.is_some_and(|entry| entry.generation == id.generation && entry.at != UNSET)
    }

    /// Whether the entry was set, which it is no more; `None` if it was removed.
    pub(crate) fn clear(&mut self, id: EntryId) -> Option<bool> {
        let entry = self.entries.get_mut(id.index as usize)?;
        if entry.generation != id.generation {
            return None;
        }
        let set = std::mem::replace(&mut entry.at, UNSET) != UNSET;
        if set {
            self.unlink(id.index);
        }
        Some(set)
    }

    /// A tick before which nothing is due, as late as the lists tell; `None` if nothing is set.
    pub(crate) fn next(&self) -> Option<u64> {
        self.first().map(|(_, tick)| tick)
    }

    /// Takes one value that is due at `now`, and its entry, which is not set any more. Those of earlier ticks
    /// come first.
    pub(crate) fn take_due(&mut self, now: u64) -> Option<(EntryId, T)> {
        while let Some((level, tick)) = self.first().filter(|&(_, tick)| tick <= now) {
            self.now = tick;
            let index = self.lists[level][usize::from(place(level, tick))];
            self.unlink(index);
            let entry = self.entry(index);
            if level == 0 {
                entry.at = UNSET;
                let id = EntryId { index, generation: entry.generation };
                return Some((id, entry.value));
            }
            // Its tick is nearer now: to a level below.
            self.link(index);
        }
        self.now = self.now.max(now);
        None
    }

    /// The list to be looked at first, by its level and the tick at which it begins.
    fn first(&self) -> Option<(usize, u64)> {
        // A list that has begun is taken apart before anything else: what it holds may be due.
        let begun = |&level: &usize| self.occupied[level] & 1 << place(level, self.now) != 0;
        if let Some(level) = (1..LEVELS).rev().find(begun) {
            return Some((level, self.now));
        }
        // All of a level come before those of the levels above.
        let level = (0..LEVELS).find(|&level| self.occupied[level] != 0)?;
        let turned = self.occupied[level].rotate_right(place(level, self.now).into());
        let ahead = u64::from(turned.trailing_zeros());
        Some((level, ((self.now >> (BITS * level)) + ahead) << (BITS * level)))
    }

    fn entry(&mut self, index: u32) -> &mut Entry<T> {
        &mut self.entries[index as usize]
    }

    /// Puts an entry that is set into the list of its tick.
    fn link(&mut self, index: u32) {
        let now = self.now;
        let at = self.entry(index).at.clamp(now, now.saturating_add(HORIZON));
        // The highest digit, each of `BITS` bits, in which the tick differs from now.
        let level = (63 - ((at ^ now) | 1).leading_zeros() as usize) / BITS;
        let level = level.min(LEVELS - 1);
        let list = place(level, at);
        let next = std::mem::replace(&mut self.lists[level][usize::from(list)], index);
        if next != NONE {
            self.entry(next).previous = index;
        }
        self.occupied[level] |= 1 << list;
        let entry = self.entry(index);
        (entry.previous, entry.next) = (NONE, next);
        // Below `LEVELS`.
        entry.list = (level.to_le_bytes()[0], list);
    }

    fn unlink(&mut self, index: u32) {
        let &mut Entry { previous, next, list: (level, list), .. } = self.entry(index);
        if next != NONE {
            self.entry(next).previous = previous;
        }
        if previous != NONE {
            self.entry(previous).next = next;
            return;
        }
        let level = usize::from(level);
        self.lists[level][usize::from(list)] = next;
        if next == NONE {
            self.occupied[level] &= !(1 << list);
        }
    }
}

/// The list of a level that a tick belongs to.
const fn place(level: usize, tick: u64) -> u8 {
    (tick >> (BITS * level)).to_le_bytes()[0] % LISTS
}

/// The tick of a deadline: rounded up, so that it is never early.
pub(crate) fn ticks_up(time: Duration) -> u64 {
    ticks(time + Duration::from_nanos(999_999))
}

/// Whole milliseconds: the ticks of the deadlines here.
pub(crate) fn ticks(time: Duration) -> u64 {
    // Beyond what any clock counts.
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX - 1)
}
