//! The cells of the sources, by their numbers: found without a lock.
//!
//! The token of an operation has the number of its source, by which a poller finds the cell. One lock
//! over all would make pollers wait for each other, so cells never move: they lie in leaves of 64, made
//! when needed and freed with the table, below two levels of a fixed width.

use std::sync::{Mutex, OnceLock};
use std::{array, ops::Range};

use crate::poll::util::lock;

/// Cells in a leaf.
const LEAF: usize = 64;

/// Leaves in a branch, and branches: 2^24 cells in all, as many as a port has operations.
const WIDTH: usize = 512;

/// Some cells beside each other.
type Leaf<C> = Box<[C; LEAF]>;
type Level<T> = Box<[OnceLock<T>; WIDTH]>;

pub(crate) struct Table<C> {
    branches: Level<Level<Leaf<C>>>,
    free: Mutex<Free>,
}

#[derive(Default)]
struct Free {
    /// Used before.
    list: Vec<u32>,
    /// The first that was never used.
    next: u32,
}

impl<C: Default> Table<C> {
    pub(crate) fn new() -> Self {
        Self { branches: level(), free: Mutex::default() }
    }

    /// Takes a free number, which has a cell from now on, and its cell; `None` if there is none.
    #[inline]
    pub(crate) fn take(&self) -> Option<(u32, &C)> {
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
        let (branch, leaf) = branch_and_leaf(index);
        let leaves = self.branches[branch].get_or_init(level);
        let leaf = leaves[leaf].get_or_init(|| Box::new(array::from_fn(|_| C::default())));
        Some((index, &leaf[index as usize % LEAF]))
    }

    /// The cell of a number; `None` if its leaf was never used.
    #[inline]
    pub(crate) fn get(&self, index: u32) -> Option<&C> {
        let (branch, leaf) = branch_and_leaf(index);
        let leaf = self.branches[branch].get()?[leaf].get()?;
        Some(&leaf[index as usize % LEAF])
    }

    /// Frees a number whose cell the caller has emptied: once for each time it was taken.
    #[inline]
    pub(crate) fn give_back(&self, index: u32) {
        lock(&self.free).list.push(index);
    }

    /// The numbers that were ever taken.
    pub(crate) fn used(&self) -> Range<u32> {
        0..lock(&self.free).next
    }
}

/// The branch of a number, and the leaf in it.
#[inline]
fn branch_and_leaf(index: u32) -> (usize, usize) {
    let leaf = index as usize / LEAF;
    (leaf / WIDTH % WIDTH, leaf % WIDTH)
}

fn level<T>() -> Level<T> {
    Box::new(array::from_fn(|_| OnceLock::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_cell_of_its_own_and_is_used_again() {
        const MANY: u32 = if cfg!(miri) { 200 } else { 40_000 };
        let table = Table::<Mutex<Option<u32>>>::new();
        for value in 0..MANY {
            let (index, cell) = table.take().unwrap();
            assert_eq!(index, value);
            assert_eq!(lock(cell).replace(value), None);
        }
        for index in 0..MANY {
            assert_eq!(*lock(table.get(index).unwrap()), Some(index));
        }
        assert!(table.get(100_000).is_none() && table.get(u32::MAX).is_none());
        table.give_back(150);
        assert_eq!(table.take().unwrap().0, 150);
    }
}
