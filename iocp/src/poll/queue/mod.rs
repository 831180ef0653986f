//! The poller's side: the sources by number, and the visits that packets and lists lead to.
//!
//! A packet brings the number of its source and the kind of the operation; the cell is found without
//! a lock. A receive of a stream is only reported, by the packet's own status: the read that follows
//! finishes the operation. Every other packet is a visit of the source under its lock, and what became
//! ready is an event. An event that no packet brings (data was there already, there is room to write)
//! is posted to the port as a packet of our own: so the port's queue is the only one, and wakes one
//! poller; nothing is scanned.

pub(crate) mod cell;
mod deliver;
pub(crate) mod table;
mod wait;

use std::{fmt, sync::MutexGuard};

use self::{cell::Cell, table::Table};
use super::lists::Visit;
use super::{context::Context, events::Merged, hub::Hub, source::Source};
use crate::core::batch::SLICE_MS;

#[allow(unreachable_pub)] // named by a sealed trait
pub struct Queue {
    pub(crate) hub: Hub,
    pub(crate) table: Table<Cell>,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("port", &self.hub.port).finish_non_exhaustive()
    }
}

impl Queue {
    /// Visits a source, and adds what it reports to the events.
    #[cold]
    fn visit(&self, index: u32, events: &mut Merged, why: Visit) {
        let Some(cell) = self.table.get(index) else { return };
        let mut source = cell.lock();
        let Some(visited) = source.as_mut() else { return };
        let ready = visited.visit(why, Context { hub: &self.hub, marks: &cell.marks, index });
        events.add(index, cell.marks.watch().token, ready);
        if visited.lingering() == Some(true) {
            self.empty(source, index);
        }
    }

    /// Empties a cell. The source is dropped outside the lock, which closes its socket.
    fn empty(&self, mut source: MutexGuard<'_, Option<Source>>, index: u32) {
        let gone = source.take();
        drop(source);
        self.table.give_back(index);
        drop(gone);
    }

    /// Makes the listed visits that are due. Returns how long to wait at most until the next call.
    #[cold]
    fn look_at_lists(&self, events: &mut Merged) -> u32 {
        loop {
            match self.hub.lists.take_due() {
                Ok((index, visit)) => self.visit(index, events, visit),
                Err(next) => {
                    let ms = next.and_then(|ms| u32::try_from(ms).ok());
                    return ms.map_or(SLICE_MS, |ms| ms.min(SLICE_MS));
                }
            }
        }
    }

    /// The owner was dropped: empties the cell, unless the source stays to send what was written.
    pub(crate) fn release(&self, cell: &Cell, index: u32) {
        let mut source = cell.lock();
        let at = Context { hub: &self.hub, marks: &cell.marks, index };
        if source.as_mut().is_some_and(|source| source.linger(at)) && !self.hub.is_closed() {
            return;
        }
        self.empty(source, index);
    }

    /// The `Poll` was dropped: closes the queue, and drops the sources that linger.
    pub(crate) fn abandon(&self) {
        // It may be closed already.
        let _ = self.hub.close();
        self.hub.lists.set_over();
        for index in self.table.used() {
            let Some(cell) = self.table.get(index) else { continue };
            let source = cell.lock();
            if source.as_ref().and_then(Source::lingering).is_some() {
                self.empty(source, index);
            }
        }
    }
}
