//! The events of one poll: at most one for each source.

use std::hash::{BuildHasherDefault, Hasher};
use std::{collections::HashMap, fmt};

use super::event::{Event, Ready, Token};
use super::ready::Seat;
use crate::core::{job_message::JobMessage, packets::Packets};

/// Holds the events of one [`poll`](super::Poll::poll). Make it once and use it again.
///
/// A source is in it at most once: what happened to it since the last poll is merged. (What is no source, such as the
/// [operations on a handle](super::Registrator::associate_handle), has one event for each end.) Several
/// threads that poll the same [`Poll`](super::Poll) have one each.
pub struct Events {
    pub(crate) packets: Packets,
    pub(crate) merged: Merged,
    /// So many polls in a row made no system call.
    pub(crate) without_call: u8,
    /// In the queue that it is used with.
    pub(crate) seat: Option<Seat>,
}

/// The list, and how a source is found in it.
pub(crate) struct Merged {
    list: Vec<Event>,
    /// Where each source is in the list, once that is longer than [`FEW`].
    index: HashMap<u32, usize, BuildHasherDefault<Spread>>,
    /// Whether all of the list is in the index.
    indexed: bool,
    /// The most sources that one look at the ready ones takes.
    pub(crate) capacity: usize,
    /// Of the events of [`JOB`], in their order; of an earlier poll, if there are none.
    messages: Vec<JobMessage>,
}

/// The number of what is no source.
const OWN: u32 = u32::MAX;
/// The number of jobs.
const JOB: u32 = OWN - 1;

/// A list of so many events is searched from its start, a longer one by the index.
const FEW: usize = 8;

impl Events {
    /// Room for the packets of one system call: 0 is taken as 1, more than 65,536 as that. One poll
    /// takes at most so many; the others stay for the next.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let capacity = capacity.clamp(1, 65_536);
        let merged = Merged {
            list: Vec::with_capacity(capacity),
            index: HashMap::with_capacity_and_hasher(capacity.max(2 * FEW), Default::default()),
            indexed: false,
            capacity,
            messages: Vec::new(),
        };
        Self { packets: Packets::with_capacity(capacity), merged, without_call: 0, seat: None }
    }

    /// The most packets that one system call takes.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.packets.capacity()
    }

    /// How many events there are.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.merged.list.len()
    }

    /// Whether there are none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.merged.list.is_empty()
    }

    /// The events, oldest first.
    #[inline]
    pub fn iter(&self) -> std::slice::Iter<'_, Event> {
        self.merged.list.iter()
    }

    /// What the events of [jobs](super::Registrator::associate_job) say, oldest first, each with the job's token.
    pub fn job_messages(&self) -> impl Iterator<Item = (Token, JobMessage)> + '_ {
        let jobs = self.iter().filter(|event| event.source == JOB);
        jobs.zip(&self.merged.messages).map(|(event, &message)| (event.token, message))
    }

    /// Forgets the events. [`poll`](super::Poll::poll) does it too.
    #[inline]
    pub fn clear(&mut self) {
        self.merged.list.clear();
        self.merged.indexed = false;
    }
}

impl Merged {
    /// The index is made anew: events that are [pushed](Self::push_readable) next are not in it.
    pub(crate) fn forget_index(&mut self) {
        self.indexed = false;
    }

    /// Adds that a source is readable, by the packet of its receive, and does not look for an earlier
    /// event of it. There is none in the poll's first system call, because a source has one receive at a
    /// time. (The exception: a source that is dropped meanwhile, beside the next one of its number.)
    #[inline(always)]
    pub(crate) fn push_readable(&mut self, source: u32, token: Token) {
        self.list.push(Event { source, token, ready: Ready::READABLE });
    }

    /// Adds an event of what is no source: an object, an operation of the caller's own. Such are not merged.
    pub(crate) fn push_own(&mut self, token: Token) {
        self.list.push(Event { source: OWN, token, ready: Ready::READABLE });
    }

    /// Adds a message of a job. Such are not merged.
    pub(crate) fn push_job(&mut self, token: Token, message: JobMessage) {
        // Here rather than in each `clear`: the usual poll has none.
        if self.list.iter().all(|event| event.source != JOB) {
            self.messages.clear();
        }
        self.list.push(Event { source: JOB, token, ready: Ready::READABLE });
        self.messages.push(message);
    }

    /// Adds what became ready on a source to its event, or makes one.
    #[cold]
    pub(crate) fn add(&mut self, source: u32, token: Token, ready: Ready) {
        if ready.is_none() {
            return;
        }
        let event = if self.list.len() < FEW {
            self.list.iter_mut().find(|event| event.source == source)
        } else {
            if !std::mem::replace(&mut self.indexed, true) {
                self.index.clear();
                for (at, event) in self.list.iter().enumerate() {
                    self.index.entry(event.source).or_insert(at);
                }
            }
            let at = *self.index.entry(source).or_insert(self.list.len());
            self.list.get_mut(at)
        };
        match event {
            Some(event) => event.merge(token, ready),
            None => self.list.push(Event { source, token, ready }),
        }
    }
}

impl Default for Events {
    /// As `with_capacity(1024)`.
    fn default() -> Self {
        Self::with_capacity(1024)
    }
}

impl<'a> IntoIterator for &'a Events {
    type Item = &'a Event;
    type IntoIter = std::slice::Iter<'a, Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// Spreads the number of a source over the word.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write_u32(&mut self, source: u32) {
        self.0 = u64::from(source).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only numbers are hashed")
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_one_source_are_merged_until_the_next_poll() {
        let mut events = Events::with_capacity(2);
        for _ in 0..3 {
            events.clear();
            let events = &mut events.merged;
            events.add(7, 70, Ready::READABLE);
            events.add(7 + 4, 110, Ready::WRITABLE);
            events.add(7, 70, Ready::WRITABLE | Ready::ERROR);
            events.add(9, 90, Ready::NONE);
            let [first, second] = events.list[..] else { panic!("{:?}", events.list) };
            assert!(first.is_readable() && first.is_writable() && first.is_error());
            assert_eq!((first.id(), second.id()), (70, 110));
        }
    }

    /// Registered with another token while a poll collects: what the old one was ready for is reported
    /// anew, so it is not in the list any more.
    #[test]
    fn a_source_is_listed_once_under_its_newest_token() {
        let mut events = Events::with_capacity(4);
        events.merged.add(7, 70, Ready::READABLE);
        for _ in 0..2 {
            events.merged.add(7, 71, Ready::WRITABLE);
        }
        let [event] = events.merged.list[..] else { panic!("{events:?}") };
        assert_eq!((event.id(), event.ready), (71, Ready::WRITABLE));
    }

    /// How many events there are, and how many say both.
    fn counts(events: &Events) -> (usize, usize) {
        let both = events.iter().filter(|event| event.is_readable() && event.is_writable());
        (events.len(), both.count())
    }

    #[test]
    fn what_follows_on_sources_that_were_pushed_is_merged_with_it() {
        for pushed in [3, 8, 9, 40] {
            let mut events = Events::with_capacity(4);
            for _ in 0..3 {
                events.clear();
                (0..pushed).for_each(|source| events.merged.push_readable(source, source as usize));
                for source in [pushed, 2, 0, pushed, 2] {
                    events.merged.add(source, source as usize, Ready::WRITABLE);
                }
                assert_eq!(counts(&events), (pushed as usize + 1, 2), "{pushed}");
            }
        }
    }

    #[test]
    fn more_sources_than_there_is_room_for_are_not_lost_and_many_are_merged() {
        for capacity in [1, 100] {
            let mut events = Events::with_capacity(capacity);
            for many in [50, 100, 150] {
                events.clear();
                for ready in [Ready::READABLE, Ready::WRITABLE] {
                    (0..many).for_each(|source| events.merged.add(source, source as usize, ready));
                }
                assert_eq!(counts(&events), (many as usize, many as usize));
            }
        }
    }
}
