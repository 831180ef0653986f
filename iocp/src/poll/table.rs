//! The places of the sources, by their numbers: found without a lock.
//!
//! The number of a source travels with its operations; when a packet comes, the poller finds the
//! place by it. A lock over all would make several pollers queue up there, so places never move:
//! leaves of 64, made when needed, never freed while the table lives. Two steps lead to a leaf, each
//! of a fixed width, so that nothing is searched. Owners keep their leaf and take no step.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Places in a leaf.
const LEAF: usize = 64;

/// Leaves of a branch, and branches: 2^24 places in all, as many as a port has operations.
const WIDTH: usize = 512;

/// Some places beside each other.
pub(super) type Leaf<P> = [P; LEAF];
type Steps<T> = Box<[OnceLock<T>; WIDTH]>;

/// Places, each with a number.
pub(super) struct Table<P> {
    branches: Steps<Steps<Arc<Leaf<P>>>>,
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
pub(super) fn place_in<P>(leaf: &Leaf<P>, index: u32) -> &P {
    &leaf[index as usize % LEAF]
}

impl<P: Default> Table<P> {
    pub(super) fn new() -> Self {
        Self { branches: steps(), free: Mutex::default() }
    }

    /// Takes a free number; `None` if there is none. Its place is in the leaf.
    pub(super) fn take(&self) -> Option<(u32, Arc<Leaf<P>>)> {
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
        let leaves = self.branches[branch].get_or_init(steps);
        Some((index, Arc::clone(leaves[leaf].get_or_init(leaf_of_places))))
    }

    /// The place of a number; `None` if its leaf was never used.
    #[inline]
    pub(super) fn get(&self, index: u32) -> Option<&P> {
        let (branch, leaf) = way_to(index);
        let leaf = self.branches[branch].get()?[leaf].get()?;
        Some(place_in(leaf, index))
    }

    /// This number is free again: its place was emptied by the caller, once.
    pub(super) fn give_back(&self, index: u32) {
        lock(&self.free).list.push(index);
    }

    /// Calls `visit` for every number that was ever used.
    pub(super) fn for_each(&self, mut visit: impl FnMut(u32)) {
        let next = lock(&self.free).next;
        (0..next).for_each(&mut visit);
    }
}

/// Branch, and leaf in it.
#[inline]
fn way_to(index: u32) -> (usize, usize) {
    let leaf = index as usize / LEAF;
    (leaf / WIDTH % WIDTH, leaf % WIDTH)
}

fn steps<T>() -> Steps<T> {
    let steps: Box<[_]> = (0..WIDTH).map(|_| OnceLock::new()).collect();
    // As many as were made.
    steps.try_into().unwrap_or_else(|_| unreachable!("{WIDTH} were made"))
}

fn leaf_of_places<P: Default>() -> Arc<Leaf<P>> {
    let places: Arc<[_]> = (0..LEAF).map(|_| P::default()).collect();
    places.try_into().unwrap_or_else(|_| unreachable!("{LEAF} were made"))
}

/// No code of the user's runs under these locks, so poison says nothing.
#[inline]
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_place_of_its_own_and_is_used_again() {
        const MANY: u32 = if cfg!(miri) { 200 } else { 40_000 };
        let table = Table::<Mutex<Option<u32>>>::new();
        for value in 0..MANY {
            let (index, leaf) = table.take().unwrap();
            assert_eq!(index, value);
            assert_eq!(lock(place_in(&leaf, index)).replace(value), None);
        }
        for index in 0..MANY {
            assert_eq!(*lock(table.get(index).unwrap()), Some(index));
        }
        assert!(table.get(100_000).is_none() && table.get(u32::MAX).is_none());
        table.give_back(150);
        let (index, leaf) = table.take().unwrap();
        assert_eq!(index, 150);
        assert!(std::ptr::eq(place_in(&leaf, index), table.get(150).unwrap()));
    }
}
