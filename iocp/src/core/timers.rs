//! The timers of a port: when the next is due, and which thread that waits on the port knows it.
//!
//! A wait sleeps no longer than to the next deadline that it knew when it began. If an earlier one is set
//! meanwhile, a packet of the port's own wakes one waiter, which begins again and knows it. When the last
//! waiter that knows it returns to its caller while others sleep on, it posts that packet again, for one of
//! them. So a deadline is missed by none as long as somebody waits, and a program with one thread posts
//! nothing.
//!
//! Only waits of ports that have timers count themselves here. One that began before the port had its first
//! timer is not counted: for as long as there may be such, which is one slice, an earlier deadline is posted
//! in any case. If that packet goes to another waiter, such a one may be late by the rest of its slice.

use std::{
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        Arc, Mutex, MutexGuard, PoisonError,
    },
    time::{Duration, Instant},
};

use super::{
    batch::{Batch, SLICE_MS},
    keys::TIMER,
    packet::Packet,
    port_handle::PortHandle,
    wheel::{ticks, EntryId, Wheel},
};

/// The next deadline of a port that has none.
const NEVER: u64 = u64::MAX;

/// A wait that is counted: of waits, and of waits that know the next deadline.
const ONE: u64 = 1;
const KNOWING: u64 = 1 << 16;
/// Counts how often an earlier deadline was set: who knows one knows the next only from the same epoch.
const EPOCH: u64 = 1 << 32;
const COUNT: u64 = KNOWING - 1;

#[derive(Debug)]
pub(crate) struct Timers {
    /// Tick 0, of a millisecond each.
    start: Instant,
    wheel: Mutex<Wheel<usize>>,
    /// A tick before which nothing is due.
    next: AtomicU64,
    /// Until this tick waits may sleep that began before the first timer was made.
    uncounted_until: AtomicU64,
    /// Epoch, waits that know the next deadline, waits.
    waits: AtomicU64,
    /// The packet that wakes a waiter is in the queue: one is enough.
    posted: AtomicBool,
    port: Arc<PortHandle>,
}

impl Timers {
    pub(super) fn new(port: Arc<PortHandle>) -> Self {
        Self {
            start: Instant::now(),
            wheel: Mutex::new(Wheel::new()),
            next: AtomicU64::new(NEVER),
            uncounted_until: AtomicU64::new(NEVER),
            waits: AtomicU64::new(0),
            posted: AtomicBool::new(false),
            port,
        }
    }

    /// Makes a timer that is not set. Before it is set, every wait that begins is to be counted.
    pub(crate) fn add(&self, token: usize) -> EntryId {
        let until = self.tick() + u64::from(SLICE_MS);
        let _ =
            self.uncounted_until.compare_exchange(NEVER, until, Ordering::SeqCst, Ordering::SeqCst);
        self.lock().add(token)
    }

    pub(crate) fn remove(&self, timer: EntryId) {
        self.lock().remove(timer);
    }

    /// Whether it was set.
    pub(crate) fn clear(&self, timer: EntryId) -> bool {
        // A wait that knows its deadline may end early, and begins again.
        self.lock().clear(timer) == Some(true)
    }

    pub(crate) fn set(&self, timer: EntryId, at: Instant) {
        let mut wheel = self.lock();
        let (at, now) = (at.saturating_duration_since(self.start), self.start.elapsed());
        // Rounded up, never early; what has passed is due.
        let round = if at <= now { Duration::ZERO } else { Duration::from_nanos(999_999) };
        wheel.set(timer, ticks(at + round));
        let next = wheel.next().unwrap_or(NEVER);
        let before = self.next.swap(next, Ordering::SeqCst);
        if next >= before {
            return;
        }
        let told = |waits: u64| Some((waits & !(EPOCH - 1)).wrapping_add(EPOCH) | waits & COUNT);
        let waits = self.waits.fetch_update(Ordering::SeqCst, Ordering::SeqCst, told);
        drop(wheel);
        let (Ok(waits) | Err(waits)) = waits;
        if waits & COUNT != 0 || self.may_be_uncounted() {
            self.post();
        }
    }

    /// A wait begins, and is counted until what this returns is dropped.
    pub(crate) fn begin_wait(&self) -> CountedWait<'_> {
        let began = self.waits.fetch_add(ONE + KNOWING, Ordering::SeqCst);
        // After it is counted: a deadline set before that is seen here, by a later one it is told.
        let next = self.next.load(Ordering::SeqCst);
        let left = if next == NEVER { NEVER } else { next.saturating_sub(self.tick()) };
        let most_ms = u32::try_from(left).map_or(SLICE_MS, |left| left.min(SLICE_MS));
        CountedWait { timers: self, began, most_ms }
    }

    /// A waiter returns to its caller: tells another one of the next deadline, if only those wait on that do
    /// not know it.
    pub(crate) fn pass_on(&self) {
        if self.next.load(Ordering::SeqCst) == NEVER {
            return;
        }
        let waits = self.waits.load(Ordering::SeqCst);
        let (known, others) = ((waits / KNOWING) & COUNT != 0, waits & COUNT != 0);
        if !known && others {
            self.post();
        }
    }

    /// A waiter has taken the packet.
    pub(super) fn heard(&self) {
        self.posted.store(false, Ordering::SeqCst);
    }

    /// Adds the packets of what is due to the list, as many as it has room for. Whether there were any.
    pub(crate) fn take_due(&self, batch: &mut Batch, room: usize) -> bool {
        let next = self.next.load(Ordering::SeqCst);
        if next == NEVER || next > self.tick() {
            return false;
        }
        let mut wheel = self.lock();
        let now = self.tick();
        while batch.packets.len() < room {
            let Some((_, token)) = wheel.take_due(now) else { break };
            batch.packets.push(Packet::Timer { token });
        }
        self.next.store(wheel.next().unwrap_or(NEVER), Ordering::SeqCst);
        !batch.packets.is_empty()
    }

    /// Whether a wait may sleep that began before the port had its first timer.
    fn may_be_uncounted(&self) -> bool {
        self.tick() < self.uncounted_until.load(Ordering::SeqCst)
    }

    /// As if the port had had its first timer long ago.
    #[cfg(all(test, not(windows)))]
    pub(crate) fn forget_uncounted(&self) {
        self.uncounted_until.store(0, Ordering::SeqCst);
    }

    fn post(&self) {
        // Lost, it costs a waiter its slice.
        if !self.posted.swap(true, Ordering::SeqCst) && self.port.post_key(TIMER).is_err() {
            self.posted.store(false, Ordering::SeqCst);
        }
    }

    fn tick(&self) -> u64 {
        ticks(self.start.elapsed())
    }

    /// No code of the user's runs under the lock, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, Wheel<usize>> {
        self.wheel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wait, as long as this lives.
pub(crate) struct CountedWait<'a> {
    timers: &'a Timers,
    /// The counts when it began.
    began: u64,
    /// Milliseconds that it may take at most.
    pub(crate) most_ms: u32,
}

impl Drop for CountedWait<'_> {
    fn drop(&mut self) {
        let ended = |waits: u64| {
            let knows = (waits ^ self.began) & !(EPOCH - 1) == 0;
            Some(waits - ONE - if knows { KNOWING } else { 0 })
        };
        let _ = self.timers.waits.fetch_update(Ordering::SeqCst, Ordering::SeqCst, ended);
    }
}
