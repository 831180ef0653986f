//! Makes events of packets: bytes of a stream's receive from the slot alone; of other receives from the
//! packet and the marks; of everything else by a visit of the source.

use super::Queue;
use crate::core::packet::{Packet, UserPacket};
use crate::core::{arrived::Arrived, settle::Taker};
use crate::poll::tag::{index_of, kind_of, ACCEPT, DIRECT, IDLE, OWN, PROBE};
use crate::poll::{event::Ready, events::Merged, lists::Visit, ready::LOOK};

pub(super) struct Delivery<'a> {
    pub(super) queue: &'a Queue,
    pub(super) events: &'a mut Merged,
}

impl Taker for Delivery<'_> {
    /// Settles a DIRECT receive that brought bytes, or a part of a datagram: all that its event needs is in the
    /// slot.
    ///
    /// A thread that registers the stream anew changes its marks, then the token and key of the slot, and
    /// then, behind a fence, looks whether the receive is done: it sees that, or its change is read here.
    #[inline(always)]
    fn take(&mut self, arrived: &Arrived<'_>, first: bool) -> bool {
        let tag = arrived.token();
        let Some(bytes) = arrived.brought() else { return false };
        if tag & DIRECT == 0 || bytes == 0 && kind_of(tag) != PROBE || !arrived.settle() {
            return false;
        }
        let index = index_of(tag);
        if !first {
            // The events may have one of the next source of this number, which must not get this one
            // under a token of the last.
            self.queue.deliver_by_marks(index, self.events);
            return true;
        }
        let token = arrived.key();
        if arrived.token() == tag {
            self.events.push_readable(index, token);
        } else {
            self.queue.deliver_by_marks(index, self.events);
            self.events.forget_index();
        }
        true
    }

    /// Settles an accept that has a connection, and visits its listener.
    fn take_other(&mut self, arrived: &Arrived<'_>) -> bool {
        let (tag, place) = (arrived.token(), arrived.key());
        if tag & ACCEPT != ACCEPT || arrived.brought().is_none() || !arrived.settle() {
            return false;
        }
        self.queue.visit(index_of(tag), self.events, Visit::Accepted(place));
        true
    }

    fn packet(&mut self, packet: &Packet) {
        self.queue.deliver(packet, self.events);
    }
}

impl Queue {
    #[cold]
    pub(super) fn deliver(&self, packet: &Packet, events: &mut Merged) {
        match *packet {
            Packet::Timer { token } if token >= IDLE => {
                if let Ok(index) = u32::try_from(token ^ IDLE) {
                    self.look_at_idle(index, events);
                }
            }
            Packet::Io { token: OWN, key: token, .. }
            | Packet::Signalled { token }
            | Packet::Timer { token } => events.push_own(token),
            Packet::Job { token, message } => events.push_job(token, message),
            Packet::Io { token, key, status, bytes, .. } => {
                let (index, kind) = (index_of(token), kind_of(token));
                let Some(cell) = self.table.get(index) else { return };
                let watch = cell.watch_of_packet();
                if token & ACCEPT == ACCEPT {
                    self.visit(index, events, Visit::Accepted(key));
                } else if !watch.by_owner || kind > PROBE {
                    self.visit(index, events, Visit::Finished(kind));
                } else {
                    let ready = Ready::of_receive(status, bytes, kind == PROBE);
                    events.add(index, watch.token, ready.wanted(watch.interests));
                }
            }
            Packet::User(UserPacket { token, .. }) => {
                if token == LOOK {
                    self.hub.ready.heard();
                    self.report_ready(events);
                } else if let Ok(index) = u32::try_from(token) {
                    self.visit(index, events, Visit::Posted);
                }
            }
            Packet::Drained => self.visit_starved(events),
            // Nothing of the queue's sent it.
            _ => {}
        }
    }

    /// Visits sources that have something to report.
    #[cold]
    pub(super) fn report_ready(&self, events: &mut Merged) {
        let most = events.capacity;
        let visit = |index| self.visit(index, events, Visit::Posted);
        self.hub.ready.take(most, &self.hub.port, visit);
    }

    /// Visits sources that the port has refused, as many as it has room for.
    #[cold]
    pub(super) fn visit_starved(&self, events: &mut Merged) {
        let waits = |index| self.table.get(index).is_some_and(|cell| cell.marks.is_starved());
        for index in self.hub.lists.take_starved(waits) {
            if let Some(cell) = self.table.get(index) {
                cell.marks.give_turn();
            }
            self.visit(index, events, Visit::Drained);
        }
    }

    /// Adds that a source is readable, if its marks say that this is wanted.
    #[cold]
    fn deliver_by_marks(&self, index: u32, events: &mut Merged) {
        if let Some(cell) = self.table.get(index) {
            let watch = cell.watch_of_packet();
            events.add(index, watch.token, Ready::READABLE.wanted(watch.interests));
        }
    }
}
