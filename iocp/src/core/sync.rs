//! The atomics of the state machine, by a name that its models change: in `tests/loom`, which compiles
//! the production file of the state word, `super::sync` is loom's.

pub(crate) use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    thread::yield_now,
};
