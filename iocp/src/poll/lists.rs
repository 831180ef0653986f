//! Sources that a poller visits without a packet of theirs, because a failure or a full port has stopped
//! them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::util::lock;
use crate::core::wheel::{ticks, ticks_up, EntryId, Wheel};
use crate::port::CompletionPort;

/// How long after a passing failure a source tries again.
pub(crate) const RETRY: Duration = Duration::from_millis(100);

/// Why a poller visits a source.
#[derive(Clone, Copy)]
pub(crate) enum Visit {
    /// A packet of an operation of this kind was dequeued.
    Finished(usize),
    /// The packet of an accept was dequeued: of the one in this place of its listener.
    Accepted(usize),
    /// It was listed as ready, for its pending event.
    Posted,
    /// [`RETRY`] has passed since a failure.
    Retry,
    /// The port has room for operations again, which it has refused to this source.
    Drained,
}

/// What is due.
#[derive(Clone, Copy)]
pub(crate) enum Due {
    /// A visit of the source of this number.
    Visit(u32, Visit),
    /// A stream has [lingered](super::lingering) for its time.
    Overdue,
    /// A look for room that those have left who were told of it, or who keep operations that are idle.
    Room,
}

/// Names the entry of the time limit of streams that linger.
pub(crate) struct Limit(EntryId);

/// The numbers of the sources to visit. One may be another source's by then, which finds nothing to do.
pub(crate) struct Lists {
    port: CompletionPort,
    /// Tick 0, of a millisecond each.
    start: Instant,
    /// Visits that no packet brings, and when they are due.
    visits: Mutex<Wheel<Due>>,
    closing: AtomicBool,
    /// The port has said `Closed`: nothing is asked of it any more.
    over: AtomicBool,
    /// Were refused by a full port; visited when it has room, in this order.
    starved: Mutex<Starved>,
    /// Whether there are such. Changed under the lock of the list.
    any_starved: AtomicBool,
}

#[derive(Default)]
struct Starved {
    /// Each with the bytes that it wanted.
    waiting: VecDeque<(u32, usize)>,
    /// [`Due::Room`] is listed.
    looks_again: bool,
    /// The tick before which it is not due again.
    looked: u64,
}

impl Lists {
    pub(crate) fn new(port: &CompletionPort) -> Self {
        Self {
            port: port.clone(),
            start: Instant::now(),
            visits: Mutex::new(Wheel::new()),
            closing: AtomicBool::new(false),
            over: AtomicBool::new(false),
            starved: Mutex::default(),
            any_starved: AtomicBool::new(false),
        }
    }

    /// Whether a visit is listed, or the queue is being closed: pollers look here before they wait. The flag
    /// is the port's, at which they look in any case.
    pub(crate) fn has_any(&self) -> bool {
        self.port.core.attention.is_listed()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Pollers look here from now on, before each wait.
    pub(crate) fn set_closing(&self) {
        // The lock keeps `take_due` from clearing the flag between the two.
        let _visits = lock(&self.visits);
        self.closing.store(true, Ordering::Release);
        self.port.core.attention.set_listed(true);
    }

    pub(crate) fn set_over(&self) {
        self.over.store(true, Ordering::Release);
        self.set_closing();
    }

    /// Lists a visit that is due after this time.
    #[cold]
    pub(crate) fn add(&self, index: u32, visit: Visit, after: Duration) {
        let at = if after.is_zero() { 0 } else { ticks_up(self.start.elapsed() + after) };
        self.add_at(Due::Visit(index, visit), at);
    }

    /// Lists that a stream that lingers is overdue, when it is.
    pub(crate) fn add_overdue(&self, at: Instant) -> Limit {
        Limit(self.add_at(Due::Overdue, ticks_up(at.saturating_duration_since(self.start))))
    }

    /// Takes that back. It may have been taken already.
    pub(crate) fn remove_limit(&self, limit: Limit) {
        lock(&self.visits).remove(limit.0);
    }

    fn add_at(&self, due: Due, tick: u64) -> EntryId {
        let mut visits = lock(&self.visits);
        let entry = visits.add(due);
        visits.set(entry, tick);
        self.port.core.attention.set_listed(true);
        entry
    }

    /// `bytes`: what it wanted.
    #[cold]
    pub(crate) fn add_starved(&self, index: u32, bytes: usize) {
        let mut starved = lock(&self.starved);
        starved.waiting.push_back((index, bytes));
        self.any_starved.store(true, Ordering::Release);
        if !starved.looks_again {
            starved.looks_again = true;
            // At once, but not again and again.
            let at = starved.looked;
            drop(starved);
            self.add_at(Due::Room, at);
        }
    }

    /// Whether some were refused. Ordered with the listing by any mutex that both threads held.
    #[inline]
    pub(crate) fn has_starved(&self) -> bool {
        self.any_starved.load(Ordering::Acquire)
    }

    /// Takes those that were refused, first come first served, as many as there is room for; who does not
    /// wait any more is left out. The port tells of room again when more is given back; and what those that
    /// are taken here leave is looked for after [`RETRY`].
    #[cold]
    pub(crate) fn take_starved(&self, waits: impl Fn(u32) -> bool) -> Vec<u32> {
        let (mut taken, mut sum) = (Vec::new(), 0);
        let mut starved = lock(&self.starved);
        while let Some(&(index, bytes)) = starved.waiting.front() {
            if waits(index) {
                if !self.port.core.budget.has_room_beside(taken.len(), sum, bytes) {
                    break;
                }
                taken.push(index);
                sum += bytes;
            }
            starved.waiting.pop_front();
        }
        let any_left = !starved.waiting.is_empty();
        self.any_starved.store(any_left, Ordering::Release);
        let looks = any_left && !taken.is_empty() && !starved.looks_again;
        starved.looks_again |= looks;
        drop(starved);
        if looks {
            self.add_at(Due::Room, ticks_up(self.start.elapsed() + RETRY));
        }
        taken
    }

    /// [`Due::Room`] was taken. Whether any wait for room.
    pub(crate) fn looks_for_room(&self) -> bool {
        let mut starved = lock(&self.starved);
        starved.looks_again = false;
        starved.looked = ticks_up(self.start.elapsed() + RETRY);
        !starved.waiting.is_empty()
    }

    /// Takes what is due, one at a time. Without one, how many milliseconds it is to the next at least;
    /// `None`: none is listed.
    pub(crate) fn take_due(&self) -> Result<Due, Option<u64>> {
        let mut visits = lock(&self.visits);
        let now = ticks(self.start.elapsed());
        if let Some((entry, due)) = visits.take_due(now) {
            visits.remove(entry);
            return Ok(due);
        }
        let next = visits.next();
        if next.is_none() && !self.closing.load(Ordering::Acquire) {
            self.port.core.attention.set_listed(false);
        }
        Err(next.map(|next| next.saturating_sub(now)))
    }
}
