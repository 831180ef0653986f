//! The atomics of the state machine, by a name that its models change: in `tests/loom`, which compiles
//! the production file of the state word, `super::sync` is loom's.

pub(crate) use std::sync::atomic::{
    AtomicU16, AtomicU32, AtomicU64, AtomicU8, AtomicUsize, Ordering,
};

use std::{
    thread::{sleep, yield_now},
    time::Duration,
};

/// Lets others run, in the `round`th look at what they are to change: at first the next thread, later
/// for a millisecond each, since a driver that is slow to cancel takes as long as it likes.
pub(crate) fn back_off(round: u32) {
    if round < 64 {
        yield_now();
    } else {
        sleep(Duration::from_millis(1));
    }
}
