//! Streams whose owner was dropped, which stay until nothing of what they sent can be lost: in the order in
//! which their time began, so that the first is the next to be given up.
//!
//! All of them have the same time, which begins again for one whose peer has taken or sent something meanwhile. So
//! one entry of the lists' wheel is enough, for the first; and the cap meets the first too. Each is in the list from
//! [`Lingering::begin`], under the lock of its cell, until [`Lingering::end`], under that lock.
//!
//! A thread that waits already does not know of a time limit that begins. So the first of the list is one
//! packet; all that begin while there is one are none. If the waiter that took it returns with other work, the
//! others look at the lists when their slice of time is over.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::lists::{Limit, Lists};
use super::util::{later, lock};
use crate::core::packet::UserPacket;
use crate::port::CompletionPort;

/// How many streams of a [`Poll`](super::Poll) linger, and what became of others: see
/// [dropping a stream](super::TcpStream#dropping-it).
///
/// # Examples
///
/// ```no_run
/// # #[cfg(windows)]
/// # fn main() -> std::io::Result<()> {
/// use iocp::poll::{Events, Poll};
/// use std::{io, time::Duration};
///
/// /// Before the program ends, and before its loop is closed: what was written by streams
/// /// that are dropped is sent first.
/// fn let_them_end(poll: &Poll, events: &mut Events) -> io::Result<()> {
///     while poll.linger_stats().lingering > 0 {
///         poll.poll_for(events, Duration::from_millis(100))?;
///     }
///     Ok(())
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LingerStats {
    /// Streams that were dropped and whose connection is not closed yet.
    pub lingering: usize,
    /// Streams that were reset since the start, because they lingered beyond a limit, in bytes or while not all that
    /// they had written was sent. Their peers may not have all of it.
    pub resets: u64,
}

#[derive(Default)]
pub(crate) struct Lingering {
    order: Mutex<Order>,
    resets: AtomicU64,
}

/// No place.
const NONE: u32 = u32::MAX;

struct Order {
    places: Vec<Place>,
    first: u32,
    last: u32,
    /// The first place that is free; the others follow by `next`.
    free: u32,
    len: usize,
    /// The visit when the first is overdue.
    alarm: Option<Limit>,
    /// The `Poll` is gone: none lingers any more.
    over: bool,
}

struct Place {
    /// The number of the source.
    index: u32,
    until: Instant,
    previous: u32,
    next: u32,
}

/// The place of a stream that lingers. Not `Copy`: it is given back once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PlaceId(u32);

/// Why a stream is to be given up.
#[derive(Clone, Copy)]
pub(crate) enum Beyond {
    /// Its time is over, at this moment.
    Time(Instant),
    /// More than so many linger.
    Cap(usize),
}

impl Lingering {
    /// A stream begins to linger; under the lock of its cell. `None`: none does any more.
    pub(crate) fn begin(
        &self,
        index: u32,
        time: Duration,
        port: &CompletionPort,
        lists: &Lists,
    ) -> Option<PlaceId> {
        let until = later(Instant::now(), time);
        let mut order = lock(&self.order);
        if order.over {
            return None;
        }
        let place = order.push(index, until);
        if order.alarm.is_none() {
            order.alarm = Some(lists.add_overdue(until));
            drop(order);
            // Its token is no source's. Lost, it costs a waiter its slice.
            let _ = port.post(UserPacket { token: usize::MAX, bytes: 0 });
        }
        Some(place)
    }

    /// The peer of a stream has taken or sent something since its time began: it begins again, behind all others. Under the lock of its
    /// cell, by the thread that [sets the alarm](Self::set_alarm) then.
    pub(crate) fn begin_again(&self, PlaceId(place): PlaceId, time: Duration) -> PlaceId {
        let mut order = lock(&self.order);
        let index = order.places[place as usize].index;
        order.remove(place);
        order.push(index, later(Instant::now(), time))
    }

    /// A stream has ended; under the lock of its cell.
    pub(crate) fn end(&self, place: PlaceId, lists: &Lists) {
        let mut order = lock(&self.order);
        order.remove(place.0);
        if order.len == 0 {
            order.alarm.take().into_iter().for_each(|alarm| lists.remove_limit(alarm));
        }
    }

    /// The alarm has come: it is set for the first again when those that are overdue have been given up.
    pub(crate) fn set_alarm(&self, lists: &Lists) {
        let mut order = lock(&self.order);
        order.alarm = order.first().map(|first| lists.add_overdue(first.until));
    }

    /// The number of the first, if that is to be given up.
    pub(crate) fn first(&self, beyond: Beyond) -> Option<u32> {
        lock(&self.order).first_if(beyond).map(|first| first.index)
    }

    /// Whether this one, in the cell whose lock the caller holds, is the first and to be given up.
    pub(crate) fn is_first(&self, place: &PlaceId, beyond: Beyond) -> bool {
        let order = lock(&self.order);
        order.first == place.0 && order.first_if(beyond).is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.order).len == 0
    }

    pub(crate) fn count_reset(&self) {
        self.resets.fetch_add(1, Ordering::Relaxed);
    }

    /// From now on none begins.
    pub(crate) fn set_over(&self) {
        lock(&self.order).over = true;
    }

    pub(crate) fn stats(&self) -> LingerStats {
        let lingering = lock(&self.order).len;
        LingerStats { lingering, resets: self.resets.load(Ordering::Relaxed) }
    }
}

impl Default for Order {
    fn default() -> Self {
        let (first, last, free) = (NONE, NONE, NONE);
        Self { places: Vec::new(), first, last, free, len: 0, alarm: None, over: false }
    }
}

impl Order {
    fn first(&self) -> Option<&Place> {
        self.places.get(self.first as usize)
    }

    fn first_if(&self, beyond: Beyond) -> Option<&Place> {
        self.first().filter(|first| match beyond {
            Beyond::Time(now) => first.until <= now,
            Beyond::Cap(cap) => self.len > cap,
        })
    }

    fn push(&mut self, index: u32, until: Instant) -> PlaceId {
        let new = Place { index, until, previous: self.last, next: NONE };
        let at = if let Some(place) = self.places.get_mut(self.free as usize) {
            let at = std::mem::replace(&mut self.free, place.next);
            *place = new;
            at
        } else {
            self.places.push(new);
            // Sources have numbers of 24 bits.
            u32::try_from(self.places.len() - 1).unwrap_or(NONE)
        };
        match self.places.get_mut(self.last as usize) {
            Some(last) => last.next = at,
            None => self.first = at,
        }
        self.last = at;
        self.len += 1;
        PlaceId(at)
    }

    fn remove(&mut self, at: u32) {
        let free = std::mem::replace(&mut self.free, at);
        let place = &mut self.places[at as usize];
        let (previous, next) = (place.previous, std::mem::replace(&mut place.next, free));
        match self.places.get_mut(previous as usize) {
            Some(before) => before.next = next,
            None => self.first = next,
        }
        match self.places.get_mut(next as usize) {
            Some(behind) => behind.previous = previous,
            None => self.last = previous,
        }
        self.len -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_leave_in_any_order_and_the_first_is_the_oldest_that_is_left() {
        let mut order = Order::default();
        let now = Instant::now();
        let indexes = |order: &Order| {
            let (mut at, mut seen) = (order.first, Vec::new());
            while let Some(place) = order.places.get(at as usize) {
                seen.push(place.index);
                at = place.next;
            }
            assert_eq!(seen.len(), order.len);
            seen
        };
        let [a, b, c, d] = [1, 2, 3, 4].map(|index| order.push(index, now).0);
        order.remove(b);
        assert_eq!(indexes(&order), [1, 3, 4]);
        order.remove(a);
        order.remove(d);
        assert_eq!(indexes(&order), [3]);
        let [_, f, _] = [5, 6, 7].map(|index| order.push(index, now).0);
        assert_eq!((indexes(&order), order.places.len()), (vec![3, 5, 6, 7], 4), "places again");
        order.remove(f);
        order.remove(c);
        assert_eq!(indexes(&order), [5, 7]);
        let first = |beyond| order.first_if(beyond).map(|place| place.index);
        assert_eq!((first(Beyond::Cap(1)), first(Beyond::Cap(2))), (Some(5), None));
        let earlier = now.checked_sub(Duration::from_nanos(1)).unwrap();
        assert_eq!((first(Beyond::Time(now)), first(Beyond::Time(earlier))), (Some(5), None));
    }
}
