//! The cells of the sources, by their numbers: found without a lock.
//!
//! The token of an operation has the number of its source, by which a poller finds the cell. A lock
//! over all would make pollers queue up there, so cells never move: leaves of 64, made when needed,
//! freed with the table. Two levels of a fixed width lead to a leaf. Owners keep their leaf.

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

use crate::poll::util::lock;

/// Cells in a leaf.
const LEAF: usize = 64;

/// Leaves of a branch, and branches: 2^24 cells in all, as many as a port has operations.
const WIDTH: usize = 512;

/// Some cells beside each other.
pub(crate) type Leaf<C> = [C; LEAF];
type Level<T> = Box<[OnceLock<T>; WIDTH]>;

pub(crate) struct Table<C> {
    branches: Level<Level<Arc<Leaf<C>>>>,
    free: Mutex<Free>,
}

#[derive(Default)]
struct Free {
    /// Used before.
    list: Vec<u32>,
    /// The first that was never used.
    next: u32,
}

/// Where a number lies in a leaf.
#[inline]
pub(crate) fn cell_in<C>(leaf: &Leaf<C>, index: u32) -> &C {
    &leaf[index as usize % LEAF]
}

impl<C: Default> Table<C> {
    pub(crate) fn new() -> Self {
        Self { branches: level(), free: Mutex::default() }
    }

    /// Takes a free number; `None` if there is none. Its cell is in the leaf.
    pub(crate) fn take(&self) -> Option<(u32, Arc<Leaf<C>>)> {
        const ALL: usize = LEAF * WIDTH * WIDTH;
        let mut free = lock(&self.free);
        let index = match free.list.pop() {
            Some(index) => index,
            None if (free.next as usize) < ALL => {
                free.next += 1;
                free.next - 1
            }
            None => return None,
        };
        drop(free);
        let (branch, leaf) = way_to(index);
        let leaves = self.branches[branch].get_or_init(level);
        Some((index, Arc::clone(leaves[leaf].get_or_init(new_leaf))))
    }

    /// The cell of a number; `None` if its leaf was never used.
    #[inline]
    pub(crate) fn get(&self, index: u32) -> Option<&C> {
        let (branch, leaf) = way_to(index);
        let leaf = self.branches[branch].get()?[leaf].get()?;
        Some(cell_in(leaf, index))
    }

    /// This number is free again: its cell was emptied by the caller, once.
    pub(crate) fn give_back(&self, index: u32) {
        lock(&self.free).list.push(index);
    }

    pub(crate) fn used(&self) -> Range<u32> {
        0..lock(&self.free).next
    }
}

/// Branch, and leaf in it.
#[inline]
fn way_to(index: u32) -> (usize, usize) {
    let leaf = index as usize / LEAF;
    (leaf / WIDTH % WIDTH, leaf % WIDTH)
}

fn level<T>() -> Level<T> {
    let slots: Box<[_]> = (0..WIDTH).map(|_| OnceLock::new()).collect();
    // As many as were made.
    slots.try_into().unwrap_or_else(|_| unreachable!("{WIDTH} were made"))
}

fn new_leaf<C: Default>() -> Arc<Leaf<C>> {
    let cells: Arc<[_]> = (0..LEAF).map(|_| C::default()).collect();
    cells.try_into().unwrap_or_else(|_| unreachable!("{LEAF} were made"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_cell_of_its_own_and_is_used_again() {
        const MANY: u32 = if cfg!(miri) { 200 } else { 40_000 };
        let table = Table::<Mutex<Option<u32>>>::new();
        for value in 0..MANY {
            let (index, leaf) = table.take().unwrap();
            assert_eq!(index, value);
            assert_eq!(lock(cell_in(&leaf, index)).replace(value), None);
        }
        for index in 0..MANY {
            assert_eq!(*lock(table.get(index).unwrap()), Some(index));
        }
        assert!(table.get(100_000).is_none() && table.get(u32::MAX).is_none());
        table.give_back(150);
        let (index, leaf) = table.take().unwrap();
        assert_eq!(index, 150);
        assert!(std::ptr::eq(cell_in(&leaf, index), table.get(150).unwrap()));
    }
}
