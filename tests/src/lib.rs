//! Helpers of the integration tests, which are in `tests/`, one file per family of behaviours.
//!
//! The rules that the helpers are there for: every wait has a deadline, no test sleeps for order,
//! and what cannot be shown on a kernel is said with [`not_here`], never skipped in silence.

#![allow(clippy::unwrap_used)] // reason: a test helper fails by panicking

#[cfg(windows)]
pub mod buffers;
#[cfg(all(windows, target_arch = "x86_64"))]
pub mod calls;
#[cfg(windows)]
pub mod child;
#[cfg(windows)]
pub mod compile_fail;
mod counting;
#[cfg(windows)]
pub mod facts;
mod kernel;
pub mod literal;
#[cfg(windows)]
pub mod net;
#[cfg(windows)]
pub mod raw;
#[cfg(windows)]
mod receive;
#[cfg(windows)]
pub mod storm;
#[cfg(windows)]
pub mod waiting;

#[cfg(windows)]
pub use self::receive::Receive;
pub use self::{
    counting::{Allocations, Counting},
    kernel::{kernel, not_here, Kernel},
};

/// The README of the project: its example compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
