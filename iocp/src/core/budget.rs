//! How much may be lent to the kernel: operations and bytes, and when to say that there is room.
//!
//! Charged when an operation is made, given back when it is freed: never on the path of a submit.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::Error;

/// The counts and their limits.
#[derive(Debug)]
pub(crate) struct Budget {
    max_operations: usize,
    max_bytes: usize,
    low_water: usize,
    operations: AtomicUsize,
    bytes: AtomicUsize,
    /// Somebody was told `Full` and wants to hear of room.
    armed: AtomicBool,
}

impl Budget {
    pub(crate) fn new(max_operations: usize, max_bytes: usize, low_water: usize) -> Self {
        let low_water = low_water.min(max_operations.saturating_sub(1));
        let (operations, bytes) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let armed = AtomicBool::new(false);
        Self { max_operations, max_bytes, low_water, operations, bytes, armed }
    }

    /// Charges one operation of `bytes`.
    pub(crate) fn charge(&self, bytes: usize) -> Result<(), Error> {
        if bytes > self.max_bytes {
            return Err(Error::TooLarge);
        }
        if self.try_charge(bytes) {
            return Ok(());
        }
        // Arm, then look again: else the last release could slip in between, unheard.
        self.armed.store(true, Ordering::SeqCst);
        if self.try_charge(bytes) {
            return Ok(());
        }
        Err(Error::Full)
    }

    /// Gives back one operation of `bytes`. True if a `Drained` packet is due now.
    pub(crate) fn release(&self, bytes: usize) -> bool {
        self.bytes.fetch_sub(bytes, Ordering::SeqCst);
        let left = self.operations.fetch_sub(1, Ordering::SeqCst) - 1;
        self.armed.load(Ordering::SeqCst)
            && left <= self.low_water
            && self.armed.swap(false, Ordering::SeqCst)
    }

    /// The `Drained` packet could not be posted: the next release tries again.
    pub(crate) fn rearm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    pub(crate) fn operations(&self) -> usize {
        self.operations.load(Ordering::Relaxed)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    fn try_charge(&self, bytes: usize) -> bool {
        if !add_within(&self.operations, 1, self.max_operations) {
            return false;
        }
        if !add_within(&self.bytes, bytes, self.max_bytes) {
            self.operations.fetch_sub(1, Ordering::SeqCst);
            return false;
        }
        true
    }
}

fn add_within(count: &AtomicUsize, more: usize, limit: usize) -> bool {
    count
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| {
            now.checked_add(more).filter(|&sum| sum <= limit)
        })
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_refuses_what_is_beyond_it_and_tells_once_when_there_is_room() {
        let budget = Budget::new(2, 100, 1);
        assert!(matches!(budget.charge(101), Err(Error::TooLarge)));
        budget.charge(60).unwrap();
        assert!(matches!(budget.charge(60), Err(Error::Full)));
        budget.charge(40).unwrap();
        assert!(matches!(budget.charge(0), Err(Error::Full)));
        assert!(budget.release(40), "one operation left is the low-water mark");
        assert!(!budget.release(60), "told once");
        assert_eq!((budget.operations(), budget.bytes()), (0, 0));
    }
}
