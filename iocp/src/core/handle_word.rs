//! Half a word of a handle cell: whether its handle is open, its lock, how many hold it, and the slots that were
//! submitted on it.
//!
//! The lock is held across a cancel of the system's, which hardly anybody waits for: so who does looks
//! again and again, and the lock is one bit.
//!
//! At most four hold a handle: the owner of a stream, the queue, and those that connect it.
//!
//! Two slots are remembered, since a connection receives with one and sends with another. Of each there is
//! room for a *number* only, which others have too: every slot of that number is to be looked at.

use super::sync::{back_off, AtomicU16, AtomicU8, Ordering};

/// The handle is open and ours.
const OPEN: u16 = 1;
/// Everything on the handle was cancelled at some time.
const CANCELLED_ALL: u16 = 2;
const LOCKED: u16 = 4;
/// Above the flags: how many hold the handle beside the first.
const HOLDER: u16 = 8;
const MORE_HOLDERS: u16 = 3 * HOLDER;
/// Above those: the number of the first slot, 0 for none.
const FIRST: u32 = 5;

/// How many numbers there are for the first slot, and for the second.
const FIRSTS: u32 = u16::MAX as u32 >> FIRST;
const SECONDS: u32 = u8::MAX as u32 - 1;

/// The second number of a handle on which more slots were submitted than two.
const MANY: u8 = u8::MAX;

/// So many slots of one number are looked at, where a call of the system costs as much.
pub(super) const LOOKS: u32 = 64;

#[derive(Debug, Default)]
pub(crate) struct HandleWord {
    word: AtomicU16,
    second: AtomicU8,
    /// The cell's own: written before it is opened.
    pub(super) kind: AtomicU8,
}

/// The lock of a cell, until it is dropped.
pub(crate) struct Locked<'a>(&'a HandleWord);

impl HandleWord {
    /// Waits for a cancel of this handle that is inside the system.
    pub(super) fn lock(&self) -> Locked<'_> {
        let mut round = 0;
        while self.word.fetch_or(LOCKED, Ordering::Acquire) & LOCKED != 0 {
            back_off(round);
            round = round.saturating_add(1);
        }
        Locked(self)
    }

    pub(super) fn is_open(&self) -> bool {
        self.word.load(Ordering::Relaxed) & OPEN != 0
    }

    /// One more holds the handle; asked by one that does. False if there are as many as are counted, four.
    pub(super) fn add_holder(&self) -> bool {
        let more = |word| (word & MORE_HOLDERS < MORE_HOLDERS).then_some(word + HOLDER);
        self.word.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// One that holds the handle is gone. True for the last, which sees what the others did.
    pub(super) fn remove_holder(&self) -> bool {
        let fewer = |word| (word & MORE_HOLDERS > 0).then(|| word - HOLDER);
        self.word.fetch_update(Ordering::Release, Ordering::Acquire, fewer).is_err()
    }

    pub(super) fn set_cancelled_all(&self) {
        self.word.fetch_or(CANCELLED_ALL, Ordering::Relaxed);
    }

    /// Acquire: who sees the flags of a later handle sees what was written before it was opened.
    pub(super) fn is_cancelled_all(&self) -> bool {
        self.word.load(Ordering::Acquire) & CANCELLED_ALL != 0
    }

    /// The operation of this slot is to be submitted on the handle. None is ever forgotten, so that two
    /// threads need no order.
    pub(super) fn remember(&self, slot: u32) {
        let number = low(slot % FIRSTS + 1);
        let mut word = self.word.load(Ordering::Relaxed);
        while word >> FIRST == 0 {
            let (with, relaxed) = (word | number << FIRST, Ordering::Relaxed);
            match self.word.compare_exchange(word, with, relaxed, relaxed) {
                Ok(_) => return,
                Err(changed) => word = changed,
            }
        }
        if word >> FIRST == number {
            return;
        }
        let [number, _] = low(slot % SECONDS + 1).to_le_bytes();
        match self.second.compare_exchange(0, number, Ordering::Relaxed, Ordering::Relaxed) {
            Err(other) if other != number => self.second.store(MANY, Ordering::Relaxed),
            _ => {}
        }
    }

    /// Whether one of the slots below `end` that may have been submitted on the handle `is` so, or they are too many
    /// to look at.
    #[inline(always)]
    pub(super) fn any_remembered(&self, end: u32, is: impl Fn(u32) -> bool) -> bool {
        let first = u32::from(self.word.load(Ordering::Relaxed) >> FIRST);
        let second = self.second.load(Ordering::Relaxed);
        if second == MANY {
            return true;
        }
        let any_of = |number: u32, numbers: u32| {
            let Some(mut slot) = number.checked_sub(1) else { return false };
            let too_many = end > slot + LOOKS * numbers;
            while !too_many && slot < end && !is(slot) {
                slot += numbers;
            }
            slot < end
        };
        any_of(first, FIRSTS) || any_of(second.into(), SECONDS)
    }
}

impl Locked<'_> {
    /// What was written before is seen by those that see it open.
    pub(super) fn open(&self) {
        self.0.second.store(0, Ordering::Relaxed);
        // Others change the lock's bit meanwhile. The first number and the flags begin anew at once: see
        // `HandleCell::was_cancelled`.
        let set = |word| Some(word & LOCKED | OPEN);
        let _ = self.0.word.fetch_update(Ordering::Release, Ordering::Relaxed, set);
    }

    /// True if it was open.
    pub(super) fn close(&self) -> bool {
        self.0.set_cancelled_all();
        self.0.word.fetch_and(!OPEN, Ordering::Relaxed) & OPEN != 0
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.0.word.fetch_and(!LOCKED, Ordering::Release);
    }
}

/// A number, which is less than 2^16.
fn low(number: u32) -> u16 {
    let [low, high, ..] = number.to_le_bytes();
    u16::from_le_bytes([low, high])
}
