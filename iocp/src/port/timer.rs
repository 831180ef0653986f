//! Timers: deadlines of a port, which its waits bring as everything else. (The time limit of one wait is in
//! `base/timeout.rs`.)

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    core::{shared::Core, timers::Timers, wheel::EntryId},
    port::{timed_wait, CompletionPort},
};

/// One time limit of a port, made by [`CompletionPort::timer`]: set and changed any number of times, such as
/// at each message of a connection that is to be closed when it falls idle.
///
/// When its deadline has passed, a wait brings one [`Packet::Timer`](crate::Packet::Timer) with its token,
/// never earlier, and later by what the system's waits are late. That is once for each deadline: set it
/// again for another. Setting, changing and clearing cost the same however many there are; each takes
/// 32 bytes of a table that doubles as it grows, and counts against no limit of the port.
///
/// Whoever waits when a deadline passes takes its packet. If nobody waits it comes with the next wait, after
/// what is queued by then. Deadlines of the same millisecond come in any order. On a closed port no timer
/// ends. Dropping it clears it. It does not keep the port open.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{CompletionPort, Packet, Packets};
/// use std::time::Duration;
///
/// let port = CompletionPort::new()?;
/// let timer = port.timer(9);
/// timer.set_after(Duration::from_millis(5));
/// timer.set_after(Duration::from_millis(1)); // in place of the first
///
/// let mut packets = Packets::with_capacity(8);
/// port.wait(&mut packets, None)?;
/// assert_eq!(packets.iter().next(), Some(&Packet::Timer { token: 9 }));
/// assert!(!timer.is_set());
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
pub struct Timer {
    timers: Arc<Timers>,
    id: EntryId,
}

impl CompletionPort {
    /// Makes a timer that is not set. `token` comes back with each of its packets.
    ///
    /// A port that has ever had one looks at the clock in each wait.
    #[must_use]
    pub fn timer(&self, token: usize) -> Timer {
        Timer::new(&self.core, token)
    }
}

impl Timer {
    pub(crate) fn new(core: &Core, token: usize) -> Self {
        timed_wait::set_has_timers(core);
        let timers = Arc::clone(&core.timers);
        let id = timers.add(token);
        Self { timers, id }
    }

    /// Sets the deadline, in place of an earlier one. One that has passed ends with the next wait.
    ///
    /// If it is the port's next, and a thread waits that does not know it, this is one
    /// `PostQueuedCompletionStatus`. (A deadline in the first 5 s after the port's first timer was made posts
    /// more: threads may wait that are not counted yet.)
    pub fn set(&self, at: Instant) {
        self.timers.set(self.id, at);
    }

    /// [`set`](Self::set) to so much after now. A time beyond what the clock can tell clears it.
    pub fn set_after(&self, after: Duration) {
        match Instant::now().checked_add(after) {
            Some(at) => self.set(at),
            None => drop(self.clear()),
        }
    }

    /// Whether a deadline is set whose packet no wait has taken yet.
    ///
    /// A wait can bring the packet of a deadline beside that of a message at which you set the timer again:
    /// at a [`Packet::Timer`](crate::Packet::Timer) of a timer that is set, the time is not over any more.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.timers.is_set(self.id)
    }

    /// Takes the deadline back. False if none was set, or its packet was taken by a wait already, perhaps on
    /// another thread that has not looked at it yet, or in the batch at hand: leave that one out, for
    /// [`is_set`](Self::is_set) does not tell a timer that was cleared from one that has ended.
    pub fn clear(&self) -> bool {
        self.timers.clear(self.id)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.timers.remove(self.id);
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").finish_non_exhaustive()
    }
}
