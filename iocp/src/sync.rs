//! The atomics of the state machine: std's, or loom's when its models are built.
//!
//! Only what loom explores goes through this alias, so that its models compile the production
//! file rather than a copy of it.

#[cfg(loom)]
pub(crate) use loom::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    thread::yield_now,
};
#[cfg(not(loom))]
pub(crate) use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    thread::yield_now,
};
