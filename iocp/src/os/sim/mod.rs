//! A simulated kernel: completion ports, sockets and memory in plain Rust, for any host.
//!
//! It answers the calls of the seam (`seam`) as the documentation of Windows allows, not as one
//! kind host would: in whichever order, on whichever thread, with whatever garbage. So the whole
//! state machine of this crate runs under Miri, the sanitizers and random schedules.
//!
//! * [`Kernel`] is one machine. The thread that makes it uses it until it is dropped; other threads
//!   [`enter`](Kernel::enter) it. It fails the test that used a stale handle.
//! * [`Script`] says what it does where Windows leaves a choice; [`Script::any`] leaves it to a
//!   seed. Each choice is drawn from the seed, the object and the number of the call on it, so it
//!   does not depend on how threads interleave.
//! * [`Fault`], [`Hold`], [`Kernel::fail_posts`] … make single calls go wrong.
//!
//! What orders memory here is only what orders it on Windows: the queue of the port, the lock of
//! the connection that an operation is pending on. There is no lock over all, and looking a handle
//! up is a load: else Miri and ThreadSanitizer would never see a missing edge of the crate's own.
//!
//! What it is not: a network. There is no timing, no loss, one process.
//!
//! # Safety
//!
//! The memory it writes is what the callers of the seam gave it, through the very pointers they
//! gave; their contract (see `os`) is what its `unsafe` blocks rest on.

// The large errors are values given back: finished operations.
#![allow(clippy::result_large_err)]

mod answer;
mod codes;
mod connection;
mod console;
mod control;
mod datagram;
mod disk;
mod ends;
mod fault;
mod file;
mod finished;
mod handle;
mod handles;
mod hold;
mod job;
mod kernel;
mod listen;
mod machine;
mod memory;
mod message;
mod native;
mod net;
mod peer;
mod pipe;
mod pipe_data;
mod port;
mod request;
mod script;
pub(crate) mod seam;
mod socket;
#[cfg(any(test, iocp_sim))]
pub(crate) mod status_map;
mod transmit;
mod wait;
mod waitable;

#[cfg(test)]
pub(crate) use self::datagram::LONGEST as LONGEST_DATAGRAM;
pub use self::{
    console::raise_console_control,
    fault::{Fault, Stuck},
    handle::{AsHandle, BorrowedHandle, RawHandle},
    hold::{Hold, Point},
    kernel::{Counts, Entered, Kernel},
    native::device_control,
    net::SocketSpec,
    peer::Peer,
    script::{Answer, Finish, Order, Script, Warning},
    socket::{close_raw, AsSocket, BorrowedSocket, OwnedSocket, RawSocket},
    waitable::{Signals, Waitable},
};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A test that panicked says so itself; its locks stay usable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Mixes numbers into one that looks random: SplitMix64.
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ x >> 31
}
