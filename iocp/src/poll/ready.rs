//! The sources that have something to report which no packet of an operation brings, first come first served.
//!
//! No packet is posted for them, unless a poller sleeps: the next poll looks here before it waits. So a stream whose
//! next receive is done at once costs no call of the system to report it.
//!
//! To know whether one sleeps, pollers [count themselves](crate::core::sleepers) before they wait: but only while
//! something was listed lately, so that the usual wait pays nothing. A poller that has begun to wait before that is
//! not counted, so as long as there may be such a one each listing posts a packet. That is known by the *seats*: each
//! [`Events`](super::Events) has one in the queue that it is used with, and in each period of counting it becomes
//! *aware* at its first poll. A queue begins with such a period: what is listed first needs no packet.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::util::lock;
use crate::core::{packet::UserPacket, sleepers::Sleepers, wakes::Wakes};
use crate::port::CompletionPort;

/// The token of the packet that wakes a poller: no source's.
pub(crate) const LOOK: usize = usize::MAX - 1;

/// After so many polls that found nothing listed, pollers do not count themselves any more.
const QUIET: u32 = 16;

pub(crate) struct ReadyList {
    state: Mutex<State>,
    /// The period of counting, or the last one, from 1 on. Changed under the lock.
    period: AtomicU64,
    /// Polls of this period since the last one that found something listed.
    quiet: AtomicU32,
    pub(crate) sleepers: Sleepers,
    /// One packet is enough for all that are listed before it is taken.
    wakes: Wakes,
    /// In the port's attention: what polls of those with a seat find there as usual.
    tag: u32,
}

#[derive(Default)]
struct State {
    /// The numbers of the sources. Whether there are any is in the port's attention.
    sources: VecDeque<u32>,
    seats: usize,
    /// Seats that are aware of this period.
    aware: usize,
    /// Whether pollers count themselves. It is in the port's attention too.
    counts: bool,
}

/// The seat of one `Events`.
pub(crate) struct Seat {
    list: Arc<ReadyList>,
    /// The last period of which it was aware.
    period: u64,
}

impl ReadyList {
    pub(crate) fn new(port: &CompletionPort) -> Arc<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let tag = port.core.attention.set_tag(NUMBER.fetch_add(1, Ordering::Relaxed));
        let state = Mutex::new(State { counts: true, ..State::default() });
        port.core.attention.set_counts(true);
        let (period, quiet) = (AtomicU64::new(1), AtomicU32::new(0));
        let (sleepers, wakes) = (Sleepers::default(), Wakes::default());
        Arc::new(Self { state, period, quiet, sleepers, wakes, tag })
    }

    /// Lists a source, and wakes a poller if one sleeps.
    pub(crate) fn push(&self, index: u32, port: &CompletionPort) {
        let attention = &port.core.attention;
        let mut state = lock(&self.state);
        state.sources.push_back(index);
        self.quiet.store(0, Ordering::Relaxed);
        if !state.counts {
            (state.counts, state.aware) = (true, 0);
            self.period.fetch_add(1, Ordering::Release);
            attention.set_counts(true);
        }
        // Under the lock, as where it is cleared.
        attention.set_ready(true);
        let unaware = state.aware < state.seats;
        drop(state);
        self.wake(unaware, port);
    }

    /// Takes at most so many of those that are listed, and lets another poller have the rest.
    pub(crate) fn take(&self, most: usize, port: &CompletionPort, mut each: impl FnMut(u32)) {
        let mut left = most;
        loop {
            let mut state = lock(&self.state);
            // What is listed meanwhile is for the next time.
            left = left.min(state.sources.len());
            let Some(index) = state.sources.pop_front() else { return };
            left -= 1;
            if state.sources.is_empty() {
                port.core.attention.set_ready(false);
            }
            let (rest, unaware) = (!state.sources.is_empty(), state.aware < state.seats);
            drop(state);
            if left == 0 && rest {
                self.wake(unaware, port);
            }
            each(index);
            if left == 0 {
                return;
            }
        }
    }

    /// The packet was taken. What is listed is to be looked at after this.
    pub(crate) fn heard(&self) {
        self.wakes.heard();
    }

    /// Wakes a poller, if one sleeps or may sleep. If the post fails, they look when their slice of time is over.
    fn wake(&self, unaware: bool, port: &CompletionPort) {
        if unaware || self.sleepers.any() {
            let _ = self.wakes.wake(|| port.post(UserPacket { token: LOOK, bytes: 0 }));
        }
    }
}

impl Seat {
    /// Takes a seat of this queue in the place of one of another. What polls find in its attention as usual is
    /// returned, if the seat is new.
    pub(crate) fn take(seat: &mut Option<Self>, list: &Arc<ReadyList>) -> Option<u32> {
        if seat.as_ref().is_some_and(|seat| Arc::ptr_eq(&seat.list, list)) {
            return None;
        }
        lock(&list.state).seats += 1;
        *seat = Some(Self { list: Arc::clone(list), period: 0 });
        Some(list.tag)
    }

    /// A poll begins while pollers count themselves: whether it is to count itself.
    ///
    /// Who is aware of the period already does without the lock. It may be over by then: to be counted is never
    /// wrong, and who lists something finds that nobody is aware of the next one.
    pub(crate) fn become_aware(&mut self, port: &CompletionPort) -> bool {
        let list = &*self.list;
        let is_quiet = || list.quiet.fetch_add(1, Ordering::Relaxed) >= QUIET;
        let ends = !port.core.attention.is_ready() && is_quiet();
        if !ends && self.period == list.period.load(Ordering::Acquire) {
            return true;
        }
        let mut state = lock(&list.state);
        let period = list.period.load(Ordering::Relaxed);
        if state.counts && self.period != period {
            self.period = period;
            state.aware += 1;
        }
        if ends && state.sources.is_empty() {
            state.counts = false;
            list.quiet.store(0, Ordering::Relaxed);
            port.core.attention.set_counts(false);
        }
        state.counts
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = lock(&self.list.state);
        state.seats -= 1;
        let period = self.list.period.load(Ordering::Relaxed);
        state.aware -= usize::from(self.period != 0 && self.period == period);
    }
}
