//! What the poller, the registrators and the sources share: the port, and the sources by number.
//!
//! A packet brings the number of its source and the kind of the operation. Its place is found without
//! a lock. What a stream has received is only told, by the packet's own status: the read that follows
//! finishes the operation. Everything else is settled under the source's lock, and what became ready
//! is added to the events. An event that no packet brings (data was there already, there is room to
//! write) is posted to the port as a packet of our own: the system's queue is the only queue, it wakes
//! one poller, and nothing is scanned.

use std::{fmt, io};

use super::{
    config::Config,
    context::{index_of, is_told, kind_of, Context, Settled, PROBE},
    event::Ready,
    events::Merged,
    lists::{Lists, RETRY},
    place::Place,
    pool::Pool,
    source::Source,
    stream::told_by,
    table::Table,
};
use crate::{
    core::{arrived::Arrived, settle::Taker, shared::SLICE_MS},
    timeout::to_millis,
    CompletionPort, Error, Packet, UserPacket,
};

#[allow(unreachable_pub)] // named by a sealed trait
pub struct Queue {
    pub(super) port: CompletionPort,
    pub(super) table: Table<Place>,
    pub(super) config: Config,
    /// What zero-read streams receive with while they are read …
    pub(super) reads: Pool<Box<[u8]>>,
    /// … and send with.
    pub(super) writes: Pool<Vec<u8>>,
    /// Sources that no packet leads to.
    pub(super) lists: Lists,
}

/// The queue is closed; the kind that the seed's programs look for.
pub(super) fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::Interrupted, Error::Closed)
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Queue {
    pub(super) fn new(config: &Config) -> io::Result<Self> {
        let config = config.clamped();
        Ok(Self {
            port: CompletionPort::with_config(&config.port)?,
            table: Table::new(),
            config,
            reads: Pool::default(),
            writes: Pool::default(),
            lists: Lists::default(),
        })
    }

    #[inline]
    pub(super) fn is_closed(&self) -> bool {
        self.port.is_closed()
    }

    /// Every poller is told, those that come later before they wait.
    pub(super) fn close(&self) -> Result<(), Error> {
        self.lists.set_closing();
        self.port.close()
    }

    #[cold]
    pub(super) fn settle(&self, packet: &Packet, events: &mut Merged) {
        match *packet {
            Packet::Io { token, status, bytes, .. } => {
                let (index, kind) = (index_of(token), kind_of(token));
                let Some(place) = self.table.get(index) else { return };
                let watch = place.watch_of_packet();
                if !watch.direct || kind > PROBE {
                    self.visit(index, events, |source, at| source.finished(kind, at));
                } else {
                    // What the owner finishes by itself is only told.
                    let ready = told_by(status, bytes, kind == PROBE).wanted(watch.interests);
                    events.add(index, watch.token, ready);
                }
            }
            Packet::User(UserPacket { token, .. }) => {
                if let Ok(index) = u32::try_from(token) {
                    self.visit(index, events, |source, at| source.owed(at));
                }
            }
            Packet::Drained => {
                for index in self.lists.take_starved() {
                    self.visit(index, events, |source, at| source.drained(at));
                }
            }
            // Nobody else sends packets to this port; whoever does by raw calls is not heard.
            _ => {}
        }
    }

    /// Tells of bytes that have come to a source, by what its place says.
    #[cold]
    fn tell_by_place(&self, index: u32, events: &mut Merged) {
        if let Some(place) = self.table.get(index) {
            let watch = place.watch_of_packet();
            events.add(index, watch.token, Ready::READABLE.wanted(watch.interests));
        }
    }

    #[cold]
    fn visit(
        &self,
        index: u32,
        events: &mut Merged,
        what: impl FnOnce(&mut Source, Context<'_>) -> Settled,
    ) {
        let Some(place) = self.table.get(index) else { return };
        let mut source = place.lock();
        let Some(visited) = source.as_mut() else { return };
        let settled = what(visited, Context { queue: self, place, index });
        let over = if settled.over { source.take() } else { None };
        drop(source);
        events.add(index, settled.token, settled.ready);
        if over.is_some() {
            self.table.give_back(index);
        }
    }

    /// Sends a source its own event. The source has noted what it is owed.
    pub(super) fn post(&self, index: u32) {
        let packet = UserPacket { token: index as usize, bytes: 0 };
        if let Err(Error::Os { .. }) = self.port.post(packet) {
            // The system is out of memory: whoever polls next looks here.
            self.lists.add_unposted(index);
        }
    }

    /// Reports what could not be posted, and tries again what failed a while ago. Returns the
    /// longest wait until it is to be called again.
    #[cold]
    pub(super) fn look_at_lists(&self, events: &mut Merged) -> u32 {
        for index in self.lists.take_unposted() {
            self.visit(index, events, |source, at| source.owed(at));
        }
        let (due, waits) = self.lists.take_due();
        for index in due {
            self.visit(index, events, |source, at| source.again(at));
        }
        if waits {
            to_millis(Some(RETRY))
        } else {
            SLICE_MS
        }
    }

    /// Empties a source's place when its owner is gone, or lets it linger.
    pub(super) fn release(&self, place: &Place, index: u32) {
        let mut source = place.lock();
        let at = Context { queue: self, place, index };
        let lingers = match source.as_mut() {
            Some(Source::Stream(stream)) => stream.linger(at) && !self.is_closed(),
            _ => false,
        };
        if lingers {
            return;
        }
        let gone = source.take();
        drop(source);
        self.table.give_back(index);
        // Closes the socket: outside the lock.
        drop(gone);
    }

    /// Nobody polls any more: registrators and sources are told, what lingers is given up.
    pub(super) fn abandon(&self) {
        // It may be closed already.
        let _ = self.close();
        self.lists.set_over();
        self.table.for_each(|index| {
            let Some(place) = self.table.get(index) else { return };
            let mut source = place.lock();
            let lingers = source.as_ref().is_some_and(Source::is_lingering);
            let gone = if lingers { source.take() } else { None };
            drop(source);
            if gone.is_some() {
                self.table.give_back(index);
            }
        });
    }

    /// Gives up what is kept, because somebody was refused.
    pub(super) fn shed(&self) {
        drop((self.reads.take(), self.writes.take()));
    }
}

/// Makes events of what has arrived.
pub(super) struct Teller<'a> {
    pub(super) queue: &'a Queue,
    pub(super) events: &'a mut Merged,
}

impl Taker for Teller<'_> {
    /// Bytes for a stream that its owner wants to hear of; all that is needed lies in the slot.
    ///
    /// Whoever registers the stream anew changes its place, then the tag, and then, behind a fence,
    /// looks whether the receive is done: that is seen there, or the change is seen here.
    #[inline(always)]
    fn take(&mut self, arrived: &Arrived<'_>, first: bool) -> bool {
        let tag = arrived.token();
        let Some(bytes) = arrived.succeeded_with() else { return false };
        if !is_told(tag) || bytes == 0 && kind_of(tag) != PROBE || !arrived.settle() {
            return false;
        }
        let index = index_of(tag);
        if !first {
            // An event of the number's next source may be there, in whose place a token that is over by
            // now must not come.
            self.queue.tell_by_place(index, self.events);
            return true;
        }
        let token = arrived.key();
        if arrived.token() == tag {
            self.events.tell(index, token);
        } else {
            self.queue.tell_by_place(index, self.events);
            self.events.goes_on();
        }
        true
    }

    fn packet(&mut self, packet: &Packet) {
        self.queue.settle(packet, self.events);
    }
}
