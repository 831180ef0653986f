//! The sources that have something to report which no packet of an operation brings, first come first served.
//!
//! No packet is posted for them, unless a poller sleeps: the next poll looks here before it waits. So a stream whose
//! next receive is done at once costs no call of the system to report it.

use std::collections::VecDeque;
use std::sync::Mutex;

use super::util::lock;
use crate::core::{packet::UserPacket, sleepers::Sleepers, wakes::Wakes};
use crate::port::CompletionPort;

/// The token of the packet that wakes a poller: no source's.
pub(crate) const LOOK: usize = usize::MAX - 1;

#[derive(Default)]
pub(crate) struct ReadyList {
    /// The numbers of the sources, each at most once. Whether there are any is in the port's attention.
    sources: Mutex<VecDeque<u32>>,
    pub(crate) sleepers: Sleepers,
    /// One packet is enough for all that are listed before it is taken.
    wakes: Wakes,
}

impl ReadyList {
    /// Lists a source, and wakes a poller if one sleeps.
    pub(crate) fn push(&self, index: u32, port: &CompletionPort) {
        let mut sources = lock(&self.sources);
        sources.push_back(index);
        // Under the lock, as where it is cleared.
        port.core.attention.set_ready(true);
        drop(sources);
        self.wake(port);
    }

    /// Takes at most so many of those that are listed, and lets another poller have the rest.
    pub(crate) fn take(&self, most: usize, port: &CompletionPort, mut each: impl FnMut(u32)) {
        let mut left = most.min(lock(&self.sources).len());
        let mut rest = true;
        while left > 0 && rest {
            let mut sources = lock(&self.sources);
            let Some(index) = sources.pop_front() else { return };
            rest = !sources.is_empty();
            if !rest {
                port.core.attention.set_ready(false);
            }
            drop(sources);
            each(index);
            left -= 1;
        }
        if port.core.attention.is_ready() {
            self.wake(port);
        }
    }

    /// The packet was taken. What is listed is to be looked at after this.
    pub(crate) fn heard(&self) {
        self.wakes.heard();
    }

    /// Wakes a poller, if one sleeps. If the post fails, they look when their slice of time is over.
    fn wake(&self, port: &CompletionPort) {
        if self.sleepers.any() {
            let _ = self.wakes.wake(|| port.post(UserPacket { token: LOOK, bytes: 0 }));
        }
    }
}
