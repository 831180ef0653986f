//! What sends packets without a slot: waits for objects, and jobs. A table, whose entries their packet keys
//! name by number and generation.
//!
//! Such a packet writes no status block, so nothing tells a forged one from a real one while the entry
//! lives. So nothing is freed, reused or believed by it: it is passed on, and who hears of it looks at the
//! object. After the entry's end the generation is another, and a late packet is refused.

use std::sync::{Mutex, MutexGuard, PoisonError};

use iocp_sys::OVERLAPPED_ENTRY;

use super::{
    attention::Attention,
    batch::Batch,
    job_message::JobMessage,
    keys::{self, SlotlessKey, LAST_GENERATION, MOST_SLOTLESS},
    packet::Packet,
};
use crate::base::error::{Error, Limit};

/// Whose packets they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// A wait for an object, and how far it is.
    Wait(Progress),
    /// A job.
    Job,
}

/// How far a wait is, as far as packets tell: a forged one tells the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Not started, or cancelled.
    Idle,
    /// Started: its packet is to come.
    Armed,
    /// Its packet has come.
    Taken,
}

/// The senders of one port.
#[derive(Debug, Default)]
pub(crate) struct Slotless(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    entries: Vec<Entry>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Entry {
    generation: usize,
    token: usize,
    /// `None`: the entry is free.
    sender: Option<Sender>,
    /// The post of its packet failed: the next wait reports it.
    unposted: bool,
}

impl Slotless {
    pub(crate) fn add(&self, sender: Sender, token: usize) -> Result<SlotlessKey, Error> {
        let mut table = self.lock();
        let index = match table.free.pop() {
            Some(index) => index,
            None if table.entries.len() < MOST_SLOTLESS => {
                table.entries.push(Entry { generation: 0, token, sender: None, unposted: false });
                u32::try_from(table.entries.len() - 1).unwrap_or(u32::MAX)
            }
            None => return Err(Error::Full(Limit::Sources)),
        };
        let entry = &mut table.entries[index as usize];
        (entry.token, entry.sender, entry.unposted) = (token, Some(sender), false);
        Ok(keys::slotless(index, entry.generation))
    }

    /// Ends an entry: its packets are refused from now on. One whose generations are used up is not used
    /// again.
    pub(crate) fn remove(&self, key: SlotlessKey) {
        let mut table = self.lock();
        let Some((index, entry)) = table.find(key.0) else { return };
        entry.sender = None;
        if entry.generation < LAST_GENERATION {
            entry.generation += 1;
            table.free.push(index);
        }
    }

    /// A wait is being started. What it was before; `None` if its packet is still to come.
    pub(crate) fn arm(&self, key: SlotlessKey) -> Option<Progress> {
        match self.set_progress(key, Progress::Armed)? {
            Progress::Armed => None,
            was => Some(was),
        }
    }

    /// Notes how far a wait is. How far it was.
    pub(crate) fn set_progress(&self, key: SlotlessKey, to: Progress) -> Option<Progress> {
        match &mut self.lock().find(key.0)?.1.sender {
            Some(Sender::Wait(progress)) => Some(std::mem::replace(progress, to)),
            _ => None,
        }
    }

    /// How far a wait is.
    pub(crate) fn progress(&self, key: SlotlessKey) -> Option<Progress> {
        match self.lock().find(key.0)?.1.sender {
            Some(Sender::Wait(progress)) => Some(progress),
            _ => None,
        }
    }

    /// Keeps a packet whose post failed, for the next wait on the port.
    pub(crate) fn keep(&self, key: SlotlessKey, attention: &Attention) {
        let mut table = self.lock();
        if let Some((_, entry)) = table.find(key.0) {
            entry.unposted = true;
            attention.set_unposted(true);
        }
    }

    /// Adds the packets that were kept to the list, as many as it has room for. Whether there were any.
    pub(crate) fn take_kept(&self, attention: &Attention, batch: &mut Batch, room: usize) -> bool {
        let before = batch.packets.len();
        let mut table = self.lock();
        let mut kept = table.entries.iter_mut().filter(|entry| entry.unposted).peekable();
        while batch.packets.len() < room {
            let Some(entry) = kept.next() else { break };
            entry.unposted = false;
            batch.packets.extend(entry.packet(0, 0));
        }
        let more = kept.peek().is_some();
        attention.set_unposted(more);
        batch.packets.len() > before
    }

    /// The packet of an entry of the port's queue; `None` if nobody has its key any more.
    pub(super) fn packet(&self, entry: &OVERLAPPED_ENTRY) -> Option<Packet> {
        let mut table = self.lock();
        let (_, sender) = table.find(entry.lpCompletionKey)?;
        sender.packet(entry.dwNumberOfBytesTransferred, entry.lpOverlapped as usize)
    }

    /// No code of the user's runs under the lock, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn find(&mut self, key: usize) -> Option<(u32, &mut Entry)> {
        let (index, generation) = keys::slotless_parts(key);
        let entry = self.entries.get_mut(index as usize)?;
        (entry.generation == generation && entry.sender.is_some()).then_some((index, entry))
    }
}

impl Entry {
    fn packet(&mut self, message: u32, value: usize) -> Option<Packet> {
        let token = self.token;
        Some(match self.sender.as_mut()? {
            Sender::Wait(progress) => {
                *progress = Progress::Taken;
                Packet::Signalled { token }
            }
            Sender::Job => Packet::Job { token, message: JobMessage::of(message, value) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: usize) -> OVERLAPPED_ENTRY {
        OVERLAPPED_ENTRY { lpCompletionKey: key, ..OVERLAPPED_ENTRY::default() }
    }

    #[test]
    fn a_late_packet_finds_another_generation_of_the_same_entry() {
        let table = Slotless::default();
        let first = table.add(Sender::Wait(Progress::Idle), 1).unwrap();
        assert_eq!(table.packet(&entry(first.0)), Some(Packet::Signalled { token: 1 }));
        table.remove(first);
        assert_eq!(table.packet(&entry(first.0)), None);
        let second = table.add(Sender::Job, 2).unwrap();
        assert_ne!(first.0, second.0);
        assert_eq!(table.lock().entries.len(), 1, "the entry is used again");
        assert_eq!(table.packet(&entry(first.0)), None);
        assert!(matches!(table.packet(&entry(second.0)), Some(Packet::Job { token: 2, .. })));
    }

    #[test]
    fn an_entry_whose_generations_are_used_up_is_not_used_again() {
        let table = Slotless::default();
        let key = table.add(Sender::Job, 1).unwrap();
        table.lock().entries[0].generation = LAST_GENERATION;
        let last = keys::slotless(0, LAST_GENERATION);
        assert!(table.packet(&entry(key.0)).is_none());
        table.remove(last);
        assert!(table.packet(&entry(last.0)).is_none());
        table.add(Sender::Job, 2).unwrap();
        assert_eq!(table.lock().entries.len(), 2);
    }

    #[test]
    fn what_could_not_be_posted_is_kept_for_waits_with_little_room() {
        let (table, attention) = (Slotless::default(), Attention::default());
        for token in 0..3 {
            let key = table.add(Sender::Wait(Progress::Armed), token).unwrap();
            table.keep(key, &attention);
        }
        let mut batch = Batch::with_capacity(2);
        assert!(attention.has_unposted() && table.take_kept(&attention, &mut batch, 2));
        assert_eq!(batch.packets.len(), 2);
        batch.clear();
        assert!(attention.has_unposted() && table.take_kept(&attention, &mut batch, 2));
        assert_eq!(batch.packets, [Packet::Signalled { token: 2 }]);
        assert!(!attention.has_unposted() && !table.take_kept(&attention, &mut batch, 2));
    }
}
