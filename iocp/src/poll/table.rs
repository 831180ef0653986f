//! The sources by their numbers: found without a lock, each behind a lock of its own.
//!
//! The number of a source travels with its operations; when a packet comes, the poller finds the
//! source by it. A lock over all would make several pollers queue up there, so places never move:
//! leaves of 64, made when needed, never freed while the table lives.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

const LEAF: usize = 64;

/// Row `k` has `2^k` leaves: 2^28 places in all.
const ROWS: usize = 22;

type Leaf<T> = Box<[Mutex<Option<T>>]>;
type Row<T> = Box<[OnceLock<Leaf<T>>]>;

/// Places for `T`, each with its own lock.
pub(super) struct Table<T> {
    rows: [OnceLock<Row<T>>; ROWS],
    free: Mutex<Free>,
}

#[derive(Default)]
struct Free {
    /// Used before.
    list: Vec<u32>,
    /// The first that was never used.
    next: u32,
}

impl<T> Table<T> {
    pub(super) fn new() -> Self {
        Self { rows: std::array::from_fn(|_| OnceLock::new()), free: Mutex::default() }
    }

    /// Puts a value in a free place. Gives it back if there is none.
    pub(super) fn insert(&self, value: T) -> Result<u32, T> {
        let mut free = lock(&self.free);
        let index = match free.list.pop() {
            Some(index) => index,
            None if row_of(free.next).0 < ROWS => {
                free.next += 1;
                free.next - 1
            }
            None => return Err(value),
        };
        drop(free);
        *self.place_or_make(index) = Some(value);
        Ok(index)
    }

    /// The place of a number; `None` if it was never used.
    #[inline]
    pub(super) fn get(&self, index: u32) -> Option<MutexGuard<'_, Option<T>>> {
        let (row, leaf, place) = row_of(index);
        let leaf = self.rows.get(row)?.get()?.get(leaf)?.get()?;
        Some(lock(&leaf[place]))
    }

    /// The place of this number is free again: emptied by the caller, once.
    pub(super) fn give_back(&self, index: u32) {
        lock(&self.free).list.push(index);
    }

    /// Calls `visit` for every number that was ever used.
    pub(super) fn for_each(&self, mut visit: impl FnMut(u32)) {
        let next = lock(&self.free).next;
        (0..next).for_each(&mut visit);
    }

    fn place_or_make(&self, index: u32) -> MutexGuard<'_, Option<T>> {
        let (row, leaf, place) = row_of(index);
        let leaves =
            self.rows[row].get_or_init(|| (0..1 << row).map(|_| OnceLock::new()).collect());
        let leaf = leaves[leaf].get_or_init(|| (0..LEAF).map(|_| Mutex::new(None)).collect());
        lock(&leaf[place])
    }
}

/// Row, leaf in the row, place in the leaf.
#[inline]
fn row_of(index: u32) -> (usize, usize, usize) {
    let leaf = index as usize / LEAF;
    let row = (leaf + 1).ilog2() as usize;
    (row, leaf + 1 - (1 << row), index as usize % LEAF)
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
        let table = Table::new();
        for value in 0..1_000_u32 {
            assert_eq!(table.insert(value), Ok(value));
        }
        for index in 0..1_000 {
            assert_eq!(*table.get(index).unwrap(), Some(index));
        }
        assert!(table.get(100_000).is_none());
        assert_eq!(table.get(500).unwrap().take(), Some(500));
        table.give_back(500);
        assert_eq!(table.insert(7), Ok(500));
        assert_eq!(*table.get(500).unwrap(), Some(7));
    }
}
