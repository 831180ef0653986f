//! Sources that a poller looks at without a packet of theirs: what they wait for brings none.

use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        Mutex,
    },
    time::{Duration, Instant},
};

use super::table::lock;

/// How long after a passing failure it is tried again.
pub(super) const RETRY: Duration = Duration::from_millis(100);

/// The lists, by the numbers of the sources. A number may be another source's by the time it is
/// looked at, which then finds nothing to do.
#[derive(Default)]
pub(super) struct Lists {
    /// Owed an event whose post failed.
    unposted: Mutex<Vec<u32>>,
    /// Try again, and when.
    tired: Mutex<Vec<(Instant, u32)>>,
    /// Whether one of the two has something, or the queue is being closed.
    any: AtomicBool,
    closing: AtomicBool,
    /// The port has said `Closed`: nothing is asked of it any more.
    over: AtomicBool,
    /// Were refused by a full port; looked at when it has room.
    starved: Mutex<Vec<u32>>,
    /// Whether there are such. Changed with the lock.
    any_starved: AtomicBool,
}

impl Lists {
    /// Whether a poller should look here before it waits.
    #[inline]
    pub(super) fn has_any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Pollers look here from now on, before each wait.
    pub(super) fn set_closing(&self) {
        // The lock keeps `take_unposted` from taking the second back.
        let _list = lock(&self.unposted);
        self.closing.store(true, Ordering::Release);
        self.any.store(true, Ordering::SeqCst);
    }

    pub(super) fn set_over(&self) {
        self.over.store(true, Ordering::Release);
        self.set_closing();
    }

    #[cold]
    pub(super) fn add_unposted(&self, index: u32) {
        lock(&self.unposted).push(index);
        self.any.store(true, Ordering::Release);
    }

    #[cold]
    pub(super) fn add_tired(&self, index: u32) {
        lock(&self.tired).push((Instant::now() + RETRY, index));
        self.any.store(true, Ordering::Release);
    }

    #[cold]
    pub(super) fn add_starved(&self, index: u32) {
        let mut starved = lock(&self.starved);
        starved.push(index);
        self.any_starved.store(true, Ordering::Release);
    }

    /// Whether some were refused: whoever was listed before is seen by those that have since taken a
    /// lock which the listed one had taken.
    #[inline]
    pub(super) fn has_starved(&self) -> bool {
        self.any_starved.load(Ordering::Acquire)
    }

    /// All that were refused so far.
    #[cold]
    pub(super) fn take_starved(&self) -> Vec<u32> {
        let mut starved = lock(&self.starved);
        self.any_starved.store(false, Ordering::Release);
        std::mem::take(&mut *starved)
    }

    /// All that are owed an event. Before [`take_due`](Self::take_due), which says whether there is
    /// still something to look at.
    pub(super) fn take_unposted(&self) -> Vec<u32> {
        let mut list = lock(&self.unposted);
        self.any.store(self.closing.load(Ordering::Acquire), Ordering::Release);
        std::mem::take(&mut *list)
    }

    /// Those whose time to try again has come, and whether there are others.
    pub(super) fn take_due(&self) -> (Vec<u32>, bool) {
        let now = Instant::now();
        let mut tired = lock(&self.tired);
        let (due, later): (Vec<_>, Vec<_>) = tired.drain(..).partition(|&(at, _)| at <= now);
        let waits = !later.is_empty();
        *tired = later;
        if waits {
            self.any.store(true, Ordering::Release);
        }
        (due.into_iter().map(|(_, index)| index).collect(), waits)
    }
}
