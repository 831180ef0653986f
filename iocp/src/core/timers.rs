//! The timers of a port: when the next is due, and which thread that waits on the port knows it.
//!
//! A wait sleeps no longer than to the next deadline that it knew when it began. If an earlier one is set
//! meanwhile, a packet of the port's own wakes one waiter, which begins again and knows it. When the last
//! waiter that knows it returns to its caller while others sleep on, it posts that packet again, for one of
//! them. So a deadline is missed by none as long as somebody waits, and a program with one thread posts
//! nothing (but for the first slice: see below).
//!
//! Only waits of ports that have timers count themselves here. One that began before the port had its first
//! timer is not counted. There may be such for one slice: a deadline within that is posted in any case, when it
//! is set and by each waiter that returns while no counted one knows it.

use std::{
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        Arc, Mutex, MutexGuard, PoisonError,
    },
    time::Instant,
};

use super::{
    batch::{Batch, SLICE_MS},
    counted_waits::{CountedWaits, NEVER},
    keys::TIMER,
    packet::Packet,
    port_handle::PortHandle,
    wheel::{ticks, ticks_up, EntryId, Wheel},
};

#[derive(Debug)]
pub(crate) struct Timers {
    /// Tick 0, of a millisecond each.
    start: Instant,
    wheel: Mutex<Wheel<usize>>,
    waits: CountedWaits,
    /// Until this tick waits may sleep that began before the first timer was made.
    uncounted_until: AtomicU64,
    /// The packet that wakes a waiter is in the queue: one is enough.
    posted: AtomicBool,
    port: Arc<PortHandle>,
}

impl Timers {
    pub(super) fn new(port: Arc<PortHandle>) -> Self {
        Self {
            start: Instant::now(),
            wheel: Mutex::new(Wheel::new()),
            waits: CountedWaits::default(),
            uncounted_until: AtomicU64::new(NEVER),
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
        // What has passed is due.
        wheel.set(timer, if at <= now { ticks(at) } else { ticks_up(at) });
        let next = wheel.next().unwrap_or(NEVER);
        let told = self.waits.set_next(next);
        drop(wheel);
        if told.is_some_and(|waits| waits || self.may_sleep_uncounted(next)) {
            self.post();
        }
    }

    /// A wait begins, and is counted until what this returns is dropped.
    pub(crate) fn begin_wait(&self) -> CountedWait<'_> {
        let (next, began) = self.waits.begin();
        let left = if next == NEVER { NEVER } else { next.saturating_sub(self.tick()) };
        let most_ms = u32::try_from(left).map_or(SLICE_MS, |left| left.min(SLICE_MS));
        CountedWait { timers: self, began, most_ms }
    }

    /// A waiter returns to its caller: tells another one of the next deadline, if only those wait on that do
    /// not know it.
    pub(crate) fn pass_on(&self) {
        if self.waits.nobody_knows(|next| self.may_sleep_uncounted(next)) {
            self.post();
        }
    }

    /// A waiter has taken the packet.
    pub(super) fn heard(&self) {
        self.posted.store(false, Ordering::SeqCst);
    }

    /// Whether something may be due.
    pub(crate) fn is_due(&self) -> bool {
        let next = self.waits.next();
        next != NEVER && next <= self.tick()
    }

    /// Whether it is set.
    pub(crate) fn is_set(&self, timer: EntryId) -> bool {
        self.lock().is_set(timer)
    }

    /// Adds the packets of what is due to the list, as many as it has room for. Whether there were any.
    pub(crate) fn take_due(&self, batch: &mut Batch, room: usize) -> bool {
        let before = batch.packets.len();
        let mut wheel = self.lock();
        let now = self.tick();
        while batch.packets.len() < room {
            let Some((_, token)) = wheel.take_due(now) else { break };
            batch.packets.push(Packet::Timer { token });
        }
        // Later than before.
        self.waits.set_next(wheel.next().unwrap_or(NEVER));
        batch.packets.len() > before
    }

    /// Whether a wait may sleep beyond this deadline that began before the port had its first timer.
    fn may_sleep_uncounted(&self, next: u64) -> bool {
        let until = self.uncounted_until.load(Ordering::SeqCst);
        next < until && self.tick() < until
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
        self.timers.waits.end(self.began);
    }
}
