//! The end of a port: it waits for the operations that the kernel still owns, and leaks the rest. Not
//! `CompletionPort::drain`, which is a wait of the caller's (`port/wait.rs`).

use std::{
    mem::ManuallyDrop,
    panic::{catch_unwind, AssertUnwindSafe},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use super::{
    packets::Packets,
    shared::{forget_panic, Core},
    state::Phase,
};
use crate::{base::timeout::to_millis, os::Code};

/// Operations of ports long gone that the kernel never gave back.
static LEAKED: AtomicUsize = AtomicUsize::new(0);

/// A drop does not block longer than this, whatever `drain_limit` says.
pub(crate) const LONGEST_DRAIN: Duration = Duration::from_secs(60);

/// How much longer a drain may go on as long as there is something to take at once.
const GRACE: Duration = Duration::from_millis(50);

/// How many operations, with their buffers, this process has leaked because the kernel still owned
/// them when their port was gone and its [`drain_limit`](crate::Config::drain_limit) had passed.
///
/// What a program loses at its own end is not counted: operations in flight when `main` returns, and what is
/// written but not sent. [Closing](crate::guide::closing) has the order that loses nothing.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let port = iocp::CompletionPort::new()?;
/// drop(port);
/// assert_eq!(iocp::leaked_operations(), 0); // the log of a server that ends
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[must_use]
pub fn leaked_operations() -> usize {
    LEAKED.load(Ordering::Relaxed)
}

impl Core {
    /// Takes packets until nothing is in flight or the limit has passed.
    fn take_until_idle(&self, limit: Duration) {
        let start = Instant::now();
        let mut packets = Packets::with_capacity(64);
        // Slots are looked at only when there is nothing to take.
        let mut ms = 0;
        loop {
            // A buffer whose drop panics here must not end the process with a second panic.
            let taken = catch_unwind(AssertUnwindSafe(|| packets.dequeue(self, ms, false)));
            packets.clear();
            match taken {
                Ok(Err(Code::WAIT_TIMEOUT)) => {
                    let left = limit.saturating_sub(start.elapsed());
                    if left.is_zero() || !self.is_any_in_flight() {
                        return;
                    }
                    ms = to_millis(Some(left));
                }
                Ok(Err(_)) => return,
                taken => {
                    forget_panic(taken.map(drop));
                    // What is queued is taken also beyond the limit, but not for ever.
                    if start.elapsed() > limit + GRACE {
                        return;
                    }
                    // It may have been the last that was in flight.
                    ms = 0;
                }
            }
        }
    }
}

impl Drop for Core {
    /// Waits, within the limit, for the operations that the kernel still owns; leaks the rest.
    fn drop(&mut self) {
        // Wakers and senders may outlive the port: their calls fail from now on.
        self.port.set_closed();
        self.take_until_idle(self.drain_limit.min(LONGEST_DRAIN));
        for slot in self.slab.slots() {
            let seen = slot.state.load();
            if seen.phase() == Phase::Done && slot.state.seize(seen.generation()) {
                // SAFETY:
                // * nobody else refers to the core; `seize` made us the owner of the slot.
                forget_panic(unsafe { self.drop_buffer(slot) });
            }
        }
        let left = self.in_flight();
        if left > 0 {
            LEAKED.fetch_add(left, Ordering::Relaxed);
            self.slab.leak();
        }
        // SAFETY:
        // * dropped once, here; nothing is in flight, so the kernel refers to no slot, or the memory stays.
        unsafe { ManuallyDrop::drop(&mut self.slab) };
    }
}
