//! How much may be lent to the kernel: operations and bytes, and when to say that there is room.
//!
//! Charged when an operation is made, given back when it is freed: never on the path of a submit, so
//! one lock serves, and a refusal and a release cannot miss each other.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::base::error::{Error, Limit};

/// The limits, and what is in use.
#[derive(Debug)]
pub(crate) struct Budget {
    max_operations: usize,
    max_bytes: usize,
    low_water: usize,
    used: Mutex<Used>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Used {
    operations: usize,
    bytes: usize,
    /// An operation was refused as `Full`: a `Drained` packet is due when there is room.
    armed: bool,
}

impl Budget {
    pub(crate) fn new(max_operations: usize, max_bytes: usize, low_water: usize) -> Self {
        let low_water = low_water.min(max_operations.saturating_sub(1));
        Self { max_operations, max_bytes, low_water, used: Mutex::default() }
    }

    /// Charges one operation of `bytes`.
    pub(crate) fn charge(&self, bytes: usize) -> Result<(), Error> {
        if bytes > self.max_bytes {
            return Err(Error::TooLarge);
        }
        let mut used = self.lock();
        let sum = used.bytes.checked_add(bytes).filter(|&sum| sum <= self.max_bytes);
        let limit = match sum {
            Some(sum) if used.operations < self.max_operations => {
                used.operations += 1;
                used.bytes = sum;
                return Ok(());
            }
            Some(_) => Limit::Operations(self.max_operations),
            None => Limit::Bytes(self.max_bytes),
        };
        used.armed = true;
        Err(Error::Full(limit))
    }

    /// Whether there is room for one more of `bytes`, beside so many operations of so many bytes that are
    /// about to be charged. If not, a `Drained` packet is due at the next release.
    pub(crate) fn has_room_beside(&self, operations: usize, sum: usize, bytes: usize) -> bool {
        let mut used = self.lock();
        let fits = used.operations + operations < self.max_operations
            && used.bytes.saturating_add(sum).saturating_add(bytes) <= self.max_bytes;
        used.armed |= !fits;
        fits
    }

    /// Gives back one operation of `bytes`. True if a `Drained` packet is due now.
    pub(crate) fn release(&self, bytes: usize) -> bool {
        let mut used = self.lock();
        used.operations -= 1;
        used.bytes -= bytes;
        let due = used.armed && used.operations <= self.low_water;
        if due {
            used.armed = false;
        }
        due
    }

    /// The `Drained` packet could not be posted: the next release tries again.
    pub(crate) fn rearm(&self) {
        self.lock().armed = true;
    }

    pub(crate) fn operations(&self) -> usize {
        self.lock().operations
    }

    pub(crate) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// No code of the user's runs under the lock, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_counted_with_what_is_promised_and_its_lack_arms() {
        let budget = Budget::new(3, 100, 2);
        budget.charge(60).unwrap();
        assert!(budget.has_room_beside(0, 0, 40) && budget.has_room_beside(1, 10, 30));
        assert!(!budget.release(60), "nobody was refused");
        budget.charge(60).unwrap();
        for (operations, sum, bytes) in [(2, 0, 0), (0, 0, 41), (1, 40, 1)] {
            assert!(!budget.has_room_beside(operations, sum, bytes));
            assert!(budget.release(60));
            budget.charge(60).unwrap();
        }
    }

    #[test]
    fn the_budget_refuses_what_is_beyond_it_and_tells_once_when_there_is_room() {
        let budget = Budget::new(2, 100, 1);
        assert!(matches!(budget.charge(101), Err(Error::TooLarge)));
        budget.charge(60).unwrap();
        assert_eq!(budget.charge(60), Err(Error::Full(Limit::Bytes(100))));
        budget.charge(40).unwrap();
        assert_eq!(budget.charge(0), Err(Error::Full(Limit::Operations(2))));
        assert!(budget.release(40), "one operation left is the low-water mark");
        assert!(!budget.release(60), "told once");
        assert_eq!((budget.operations(), budget.bytes()), (0, 0));
    }
}
