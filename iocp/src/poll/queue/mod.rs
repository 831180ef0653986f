//! The poller's side: the sources by number, and the visits that packets and lists lead to.
//!
//! A packet brings the number of its source and the kind of the operation; the cell is found without
//! a lock. A receive of a stream is only reported, by the packet's own status: the read that follows
//! finishes the operation. Every other packet is a visit of the source under its lock, and what became
//! ready is an event. A source with an event that no packet brings (data was there already, there is room to
//! write) is [listed](crate::poll::ready): the next poll visits it before it waits, and a poller that waits
//! is woken by one packet. One poll in 32 asks the port in any case.

pub(crate) mod cell;
mod deliver;
mod ending;
pub(crate) mod table;
mod wait;

use std::{fmt, sync::MutexGuard, time::Instant};

use self::{cell::Cell, table::Table};
use super::lists::{Due, Visit};
use super::source::{stream::Stream, Source};
use super::{
    context::Context,
    events::Merged,
    hub::Hub,
    lingering::{Beyond, PlaceId},
};
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
    #[inline]
    fn empty(&self, mut source: MutexGuard<'_, Option<Source>>, index: u32) {
        let mut gone = source.take();
        let stream = gone.as_mut().and_then(Source::as_stream);
        if let Some(place) = stream.and_then(Stream::take_place) {
            self.hub.lingering.end(place, &self.hub.lists);
        }
        drop(source);
        self.table.give_back(index);
        drop(gone);
    }

    /// Makes the listed visits that are due. Returns how long to wait at most until the next call.
    #[cold]
    fn look_at_lists(&self, events: &mut Merged) -> u32 {
        loop {
            match self.hub.lists.take_due() {
                Ok(Due::Visit(index, visit)) => self.visit(index, events, visit),
                Ok(Due::Room) => {
                    if self.hub.lists.looks_for_room() {
                        self.spare_idle();
                    }
                    self.visit_starved(events);
                }
                Ok(Due::Overdue) => {
                    self.give_up_beyond(Beyond::Time(Instant::now()));
                    self.hub.lingering.set_alarm(&self.hub.lists);
                }
                Err(next) => {
                    let ms = next.and_then(|ms| u32::try_from(ms).ok());
                    return ms.map_or(SLICE_MS, |ms| ms.min(SLICE_MS));
                }
            }
        }
    }

    /// Others want room: takes the idle operations of all sources.
    fn spare_idle(&self) {
        for cell in self.table.used().filter_map(|index| self.table.get(index)) {
            if let Some(source) = cell.lock().as_mut() {
                source.spare_idle();
            }
        }
    }

    /// The idle limit of a source has come, unless it was active meanwhile.
    #[cold]
    fn look_at_idle(&self, index: u32, events: &mut Merged) {
        let Some(cell) = self.table.get(index) else { return };
        if let Some(source) = cell.lock().as_mut() {
            let ready = source.look_at_idle();
            events.add(index, cell.marks.watch().token, ready);
        }
    }

    /// Gives up the streams that have lingered longest, as long as they are beyond this.
    fn give_up_beyond(&self, beyond: Beyond) {
        while let Some(index) = self.hub.lingering.first(beyond) {
            let Some(cell) = self.table.get(index) else { return };
            let mut source = cell.lock();
            // It may have ended meanwhile, and another be the first.
            let Some(stream) = source.as_mut().and_then(Source::as_stream) else { continue };
            let is_first = |place: &PlaceId| self.hub.lingering.is_first(place, beyond);
            if stream.place().is_some_and(is_first)
                && stream.give_up(beyond, Context { hub: &self.hub, marks: &cell.marks, index })
            {
                self.empty(source, index);
            }
        }
    }

    /// The owner was dropped, who does the `last` thing: empties the cell, unless the source stays until what was
    /// written has arrived.
    pub(crate) fn release(
        &self,
        cell: &Cell,
        index: u32,
        last: impl FnOnce(&mut Source, Context<'_>),
    ) {
        let mut source = cell.lock();
        let at = Context { hub: &self.hub, marks: &cell.marks, index };
        let lingers = source.as_mut().is_some_and(|source| {
            last(source, at);
            source.linger(at)
        });
        if lingers {
            drop(source);
            self.give_up_beyond(Beyond::Cap(self.hub.config.max_lingering));
            return;
        }
        self.empty(source, index);
    }

    /// The `Poll` was dropped: goes on with what lingers, closes the queue, and drops what lingers still.
    pub(crate) fn abandon(&self) {
        self.finish_lingering();
        // It may be closed already.
        let _ = self.hub.close();
        self.hub.lists.set_over();
        self.hub.lingering.set_over();
        for index in self.table.used() {
            let Some(cell) = self.table.get(index) else { continue };
            let source = cell.lock();
            if source.as_ref().and_then(Source::lingering).is_some() {
                self.empty(source, index);
            }
        }
    }
}
