//! [`Poll`]: the event queue as users hold it; the work is done in `queue`.

use std::{io, sync::Arc, time::Duration};

use super::lingering::LingerStats;
use super::queue::{table::Table, Queue};
use super::{config::Config, events::Events, hub::Hub, registrator::Registrator};
use crate::base::{config::Stats, timeout::Deadline};

/// An event queue: waits for what was registered with its [`Registrator`].
///
/// Several threads may poll it at once, each with its own [`Events`]: an event goes to one of them.
/// Dropping it closes the queue. Streams that [linger](super::TcpStream#dropping-it) then are gone on with
/// until none does, for the port's [`drain_limit`](crate::Config::drain_limit) at most (half a second unless
/// set): the rest are closed.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::poll::{Events, Poll};
/// use std::time::Duration;
///
/// let poll = Poll::new()?;
/// let waker = poll.registrator().waker(5)?;
/// let of_thread = waker.clone();
/// std::thread::spawn(move || of_thread.wake());
///
/// let mut events = Events::with_capacity(64); // once for each thread
/// assert_eq!(poll.poll_for(&mut events, Duration::from_secs(60))?, 1);
/// for event in &events {
///     assert_eq!(event.id(), 5);
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct Poll {
    queue: Arc<Queue>,
}

/// Another name of [`Poll`], for programs that [`select`](Poll::select).
pub type Selector = Poll;

impl Poll {
    /// Makes a queue.
    ///
    /// # Errors
    ///
    /// The system's error if it has no handle or memory left.
    pub fn new() -> io::Result<Self> {
        Self::with_config(&Config::default())
    }

    /// Makes a queue with other buffers, marks and limits.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_config(config: &Config) -> io::Result<Self> {
        let queue = Queue { hub: Hub::new(config)?, table: Table::new() };
        Ok(Self { queue: Arc::new(queue) })
    }

    /// A handle to register with, for any thread. Cheap to make and to clone.
    #[must_use]
    pub fn registrator(&self) -> Registrator {
        Registrator { queue: Arc::clone(&self.queue) }
    }

    /// Waits for events, and returns how many there are.
    ///
    /// `timeout_ms`: `None` waits for ever; 0 and negative numbers take what is there; any other waits for
    /// the first event, and never less when there is none. 0 events: the time has passed.
    ///
    /// # Errors
    ///
    /// [That of a closed queue](super::is_closed), once it is closed and all events are taken: leave
    /// the loop. Anything else is the system's refusal.
    #[inline]
    pub fn poll(&self, events: &mut Events, timeout_ms: Option<i32>) -> io::Result<usize> {
        self.select(events, timeout_ms)?;
        Ok(events.len())
    }

    /// As [`poll`](Self::poll), with a duration: rounded up to milliseconds, so never early;
    /// `Duration::MAX` is for ever.
    ///
    /// # Errors
    ///
    /// As [`poll`](Self::poll).
    pub fn poll_for(&self, events: &mut Events, timeout: Duration) -> io::Result<usize> {
        self.select_for(events, Some(timeout))?;
        Ok(events.len())
    }

    /// As [`poll`](Self::poll), without the count.
    ///
    /// # Errors
    ///
    /// As [`poll`](Self::poll).
    #[inline]
    pub fn select(&self, events: &mut Events, timeout_ms: Option<i32>) -> io::Result<()> {
        // Negative is 0, never "for ever".
        let limit = |ms: i32| Duration::from_millis(u64::try_from(ms).unwrap_or(0));
        self.select_for(events, timeout_ms.map(limit))
    }

    /// As [`poll_for`](Self::poll_for), without the count; `None` waits for ever.
    ///
    /// # Errors
    ///
    /// As [`poll`](Self::poll).
    #[inline]
    pub fn select_for(&self, events: &mut Events, timeout: Option<Duration>) -> io::Result<()> {
        self.queue.select(events, Deadline::after(timeout))
    }

    /// Whether the queue was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.queue.hub.is_closed()
    }

    /// Counts of the port beneath, idle operations too: looks at every one, for diagnosis and tests. The buffers of
    /// [`lent_bytes`](super::Config#structfield.lent_bytes) are not in its bytes, which that bounds alone.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.queue.hub.port.stats()
    }

    /// How many dropped streams linger, and how many were reset.
    #[must_use]
    pub fn linger_stats(&self) -> LingerStats {
        self.queue.hub.lingering.stats()
    }

    /// The port beneath.
    #[cfg(all(test, not(windows)))]
    pub(crate) fn core(&self) -> &crate::core::shared::Core {
        &self.queue.hub.port.core
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.queue.abandon();
    }
}
