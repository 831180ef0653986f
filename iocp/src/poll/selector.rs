//! What is beneath a `Poll`: the wait itself.

use std::{io, sync::Arc, time::Duration};

use super::{config::Config, events::Events, queue::Queue, registrator::Registrator};
use crate::base::config::Stats;
use crate::base::timeout::Deadline;

/// The queue beneath a [`Poll`](super::Poll). Dropping it closes the queue.
#[derive(Debug)]
pub struct Selector {
    queue: Arc<Queue>,
}

impl Selector {
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
        Ok(Self { queue: Arc::new(Queue::new(config)?) })
    }

    /// A handle to register with, for any thread. Cheap to make and to clone.
    #[must_use]
    pub fn registrator(&self) -> Registrator {
        Registrator::new(Arc::clone(&self.queue))
    }

    /// As [`Poll::poll`](super::Poll::poll).
    ///
    /// # Errors
    ///
    /// As [`Poll::poll`](super::Poll::poll).
    #[inline]
    pub fn select(&self, events: &mut Events, timeout_ms: Option<i32>) -> io::Result<()> {
        // Negative is 0, never "for ever".
        let limit = |ms: i32| Duration::from_millis(u64::try_from(ms).unwrap_or(0));
        self.select_for(events, timeout_ms.map(limit))
    }

    /// As [`Poll::poll_for`](super::Poll::poll_for).
    ///
    /// # Errors
    ///
    /// As [`Poll::poll`](super::Poll::poll).
    #[inline]
    pub fn select_for(&self, events: &mut Events, timeout: Option<Duration>) -> io::Result<()> {
        self.queue.select(events, Deadline::after(timeout))
    }

    /// Counts of the port beneath, idle operations too: looks at every one, for diagnosis and tests.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.queue.hub.port.stats()
    }

    /// The port beneath.
    #[cfg(all(test, not(windows)))]
    pub(super) fn core(&self) -> &crate::core::shared::Core {
        &self.queue.hub.port.core
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.queue.hub.is_closed()
    }
}

impl Drop for Selector {
    fn drop(&mut self) {
        self.queue.abandon();
    }
}
