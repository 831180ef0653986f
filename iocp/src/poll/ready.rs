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
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use super::util::lock;
use crate::core::{packet::UserPacket, sleepers::Sleepers, wakes::Wakes};
use crate::port::CompletionPort;

/// The token of the packet that wakes a poller: no source's.
pub(crate) const LOOK: usize = usize::MAX - 1;

/// After so many polls that found nothing listed, pollers do not count themselves any more.
const QUIET: u8 = 16;

pub(crate) struct ReadyList {
    state: Mutex<State>,
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
    /// The period of counting, or the last one, from 1 on.
    period: u64,
    /// Whether pollers count themselves. It is in the port's attention too.
    counts: bool,
    quiet: u8,
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
        let state = Mutex::new(State { counts: true, period: 1, ..State::default() });
        port.core.attention.set_counts(true);
        Arc::new(Self { state, sleepers: Sleepers::default(), wakes: Wakes::default(), tag })
    }

    /// Lists a source, and wakes a poller if one sleeps.
    pub(crate) fn push(&self, index: u32, port: &CompletionPort) {
        let attention = &port.core.attention;
        let mut state = lock(&self.state);
        state.sources.push_back(index);
        state.quiet = 0;
        if !state.counts {
            state.counts = true;
            state.period += 1;
            state.aware = 0;
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
        let mut left = most.min(lock(&self.state).sources.len());
        while left > 0 {
            let mut state = lock(&self.state);
            let next = state.sources.pop_front();
            if state.sources.is_empty() {
                port.core.attention.set_ready(false);
            }
            drop(state);
            let Some(index) = next else { return };
            each(index);
            left -= 1;
        }
        let state = lock(&self.state);
        let (rest, unaware) = (!state.sources.is_empty(), state.aware < state.seats);
        drop(state);
        if rest {
            self.wake(unaware, port);
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

    /// A poll begins while pollers count themselves: whether they still do.
    pub(crate) fn become_aware(&mut self, port: &CompletionPort) -> bool {
        let mut state = lock(&self.list.state);
        if state.counts && self.period != state.period {
            self.period = state.period;
            state.aware += 1;
        }
        state.quiet += u8::from(state.counts && state.sources.is_empty());
        if state.quiet > QUIET {
            (state.counts, state.quiet) = (false, 0);
            port.core.attention.set_counts(false);
        }
        state.counts
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = lock(&self.list.state);
        state.seats -= 1;
        state.aware -= usize::from(self.period != 0 && self.period == state.period);
    }
}
