//! The events of one poll, merged by their source.

use std::fmt;

use super::event::{Event, Ready, Token};
use crate::core::packets::Packets;

/// Holds the events of one [`poll`](super::Poll::poll). Make it once and use it again.
///
/// A source is in it at most once: what happened to it since the last poll is merged. Several
/// threads that poll the same [`Poll`](super::Poll) have one each.
pub struct Events {
    pub(crate) packets: Packets,
    pub(crate) merged: Merged,
}

/// The list, and how a source is found in it.
pub(crate) struct Merged {
    list: Vec<Event>,
    /// Used once there are more than [`FEW`].
    index: Index,
    /// Whether all are in the index.
    indexed: bool,
}

/// So many events are looked through; more are found by the index.
const FEW: usize = 8;

impl Events {
    /// Room for the packets of one system call: 0 is taken as 1, more than 65,536 as that. One poll
    /// takes at most so many; the others stay for the next.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let capacity = capacity.clamp(1, 65_536);
        let merged = Merged {
            list: Vec::with_capacity(capacity),
            index: Index::with_capacity(capacity.max(2 * FEW)),
            indexed: false,
        };
        Self { packets: Packets::with_capacity(capacity), merged }
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

    /// Forgets the events. [`poll`](super::Poll::poll) does it too.
    #[inline]
    pub fn clear(&mut self) {
        self.merged.list.clear();
        self.merged.indexed = false;
    }
}

impl Merged {
    /// Events that are [pushed](Self::push_readable) after one that was [added](Self::add) are not in
    /// the index.
    pub(crate) fn forget_index(&mut self) {
        self.indexed = false;
    }

    /// Adds that a source is readable, by the packet of its receive, of which it has one at a time: in
    /// what the first system call of a poll brings it is in no other such packet, and only such are in
    /// the list. (But one that is being dropped meanwhile, beside the next source of its number.)
    #[inline(always)]
    pub(crate) fn push_readable(&mut self, source: u32, token: Token) {
        self.list.push(Event { source, token, ready: Ready::READABLE });
    }

    /// Adds what became ready on a source, or merges it.
    #[cold]
    pub(crate) fn add(&mut self, source: u32, token: Token, ready: Ready) {
        if ready.is_none() {
            return;
        }
        if self.list.len() >= FEW {
            return self.add_to_many(source, token, ready);
        }
        match self.list.iter_mut().find(|event| event.source == source) {
            Some(event) => event.merge(token, ready),
            None => self.list.push(Event { source, token, ready }),
        }
    }

    fn add_to_many(&mut self, source: u32, token: Token, ready: Ready) {
        let count = self.list.len();
        let indexed = std::mem::replace(&mut self.indexed, true);
        let grows = 2 * count >= self.index.entries.len();
        if grows {
            self.index = Index::with_capacity(2 * count);
        }
        if grows || !indexed {
            self.index.start_again();
            for (at, event) in self.list.iter().enumerate() {
                self.index.find_or_insert(event.source, at);
            }
        }
        match self.index.find_or_insert(source, self.list.len()) {
            Some(at) => self.list[at].merge(token, ready),
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

/// Where each source is in the list: open addressing, and a stamp in place of clearing. Never more
/// than half full.
struct Index {
    entries: Box<[Entry]>,
    stamp: u32,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    stamp: u32,
    source: u32,
    at: u32,
}

impl Index {
    fn with_capacity(capacity: usize) -> Self {
        let entries = vec![Entry::default(); (2 * capacity).next_power_of_two()];
        Self { entries: entries.into_boxed_slice(), stamp: 1 }
    }

    fn start_again(&mut self) {
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.entries.fill(Entry::default());
            self.stamp = 1;
        }
    }

    /// Where the source is, or `None`, and then it is at `at` from now on.
    fn find_or_insert(&mut self, source: u32, at: usize) -> Option<usize> {
        let mask = self.entries.len() - 1;
        let mut entry = source as usize & mask;
        loop {
            let this = &mut self.entries[entry];
            if this.stamp != self.stamp {
                let at = u32::try_from(at).unwrap_or(u32::MAX);
                *this = Entry { stamp: self.stamp, source, at };
                return None;
            }
            if this.source == source {
                return Some(this.at as usize);
            }
            entry = (entry + 1) & mask;
        }
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
            // The same entry of the index, another source.
            events.add(7 + 4, 110, Ready::WRITABLE);
            events.add(7, 70, Ready::WRITABLE | Ready::ERROR);
            events.add(9, 90, Ready::NONE);
            let [first, second] = events.list[..] else { panic!("{:?}", events.list) };
            assert!(first.is_readable() && first.is_writable() && first.is_error());
            assert_eq!((first.id(), second.id()), (70, 110));
        }
    }

    /// Registered with another token while a poll collects: it was listed twice, and then again.
    #[test]
    fn a_source_is_listed_once_under_its_newest_token() {
        let mut events = Events::with_capacity(4);
        events.merged.add(7, 70, Ready::READABLE);
        for _ in 0..2 {
            events.merged.add(7, 71, Ready::WRITABLE);
        }
        let all: Vec<_> = events.iter().map(|event| (event.id(), event.ready)).collect();
        assert_eq!(
            all,
            [(71, Ready::WRITABLE)],
            "what the old token was ready for is reported anew"
        );
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
