//! The wait of one poll: its first system call, written out, and everything that goes on after it.

use std::{io, mem::take};

use super::{deliver::Delivery, Queue};
use crate::base::{error::Error, timeout::Deadline};
use crate::core::{batch::SLICE_MS, packets::Packets, shared::Core};
use crate::os::Code;
use crate::poll::{events::Events, ready::Seat};
use crate::port::{timed_wait::Leaving, Wait};

/// After so many system calls in a row whose packets gave no event, the deadline is looked at.
const FRUITLESS: u32 = 64;

/// So many polls in a row may do without a system call, because sources have something to report without one: then
/// the port is asked, so that others have their turn.
const WITHOUT_CALL: u8 = 31;

impl Queue {
    /// Waits until something became ready, the time has passed, or the queue is closed.
    ///
    /// The common case is written out here: one system call that brings an event.
    #[inline]
    pub(crate) fn select(&self, events: &mut Events, deadline: Deadline) -> io::Result<()> {
        events.clear();
        let core: &Core = &self.hub.port.core;
        // Also what is listed, a queue that is being closed, and events that have no seat in it yet.
        if !events.packets.batch.is_usual(core.attention.word()) {
            return self.select_on(events, deadline, None);
        }
        match self.dequeue(core, events, deadline) {
            Ok(false) if !events.is_empty() => Ok(()),
            first => self.select_on(events, deadline, Some(first)),
        }
    }

    /// One system call, where nothing else is to be looked at. True: some of its entries gave no packet.
    #[inline(always)]
    fn dequeue(&self, core: &Core, events: &mut Events, deadline: Deadline) -> Result<bool, Code> {
        let ms = deadline.remaining_ms().min(SLICE_MS);
        let delivery = Delivery { queue: self, events: &mut events.merged };
        events.packets.dequeue_for(core, ms, delivery)
    }

    /// Keeps the receives of streams that are gone, whose packets a wait has taken, and frees other orphans.
    pub(super) fn reap(&self, packets: &mut Packets) {
        while let Some(receive) = self.hub.port.take_orphan(packets) {
            self.hub.keep_receive(receive);
        }
        packets.reap(&self.hub.port.core);
    }

    /// Goes on after the first system call. `None`: none was made yet. `Ok`: it brought packets, perhaps
    /// without an event; true: some of its entries gave no packet.
    #[cold]
    fn select_on(
        &self,
        events: &mut Events,
        deadline: Deadline,
        first: Option<Result<bool, Code>>,
    ) -> io::Result<()> {
        let core: &Core = &self.hub.port.core;
        let _leaving = Leaving(core);
        let mut fruitless = 0;
        let mut came = first;
        while let Some(Ok(more)) = came {
            if more {
                self.reap(&mut events.packets);
            }
            if take(&mut events.packets.batch.close) {
                core.pass_close_on();
            }
            // A wake of the port ends the wait, though no user has its waker.
            if events.packets.was_woken() {
                if take(&mut events.packets.batch.held_back) {
                    core.unreported.tell_again();
                }
                return Ok(());
            }
            events.packets.clear();
            if !events.is_empty() {
                return Ok(());
            }
            fruitless += 1;
            let usual = events.packets.batch.is_usual(core.attention.word());
            came = (usual && fruitless < FRUITLESS).then(|| self.dequeue(core, events, deadline));
        }
        // The next call fails again if this was an error.
        if matches!(came, Some(Err(Code::WAIT_TIMEOUT))) && deadline.remaining_ms() == 0 {
            return Ok(());
        }
        if self.hub.lists.is_over() && events.is_empty() {
            return Err(Error::Closed.into());
        }
        if let Some(tag) = Seat::take(&mut events.seat, &self.hub.ready) {
            events.packets.batch.set_base(tag);
        }
        fruitless = 0;
        loop {
            let mut slice_ms = SLICE_MS;
            if self.hub.lists.has_any() {
                slice_ms = self.look_at_lists(&mut events.merged);
            }
            let counts = core.attention.counts()
                && events.seat.as_mut().is_some_and(|seat| seat.become_aware(&self.hub.port));
            if core.attention.is_ready() {
                self.report_ready(&mut events.merged);
                if !events.is_empty() && events.without_call < WITHOUT_CALL {
                    events.without_call += 1;
                    return Ok(());
                }
            }
            events.without_call = 0;
            let left_ms = if events.is_empty() { deadline.remaining_ms() } else { 0 };
            if counts {
                self.hub.ready.sleepers.begin();
            }
            let ms = if core.attention.is_ready() { 0 } else { left_ms.min(slice_ms) };
            let waited = self.hub.port.wait_once(&mut events.packets, ms);
            if counts {
                self.hub.ready.sleepers.end();
            }
            self.reap(&mut events.packets);
            match waited {
                Ok(Wait::Packets(_)) => {
                    for packet in &events.packets {
                        self.deliver(packet, &mut events.merged);
                    }
                    fruitless += 1;
                    if events.is_empty() && fruitless < FRUITLESS {
                        continue;
                    }
                }
                Ok(Wait::Woken) => return Ok(()),
                Ok(_) => {}
                Err(Error::Closed) => {
                    self.hub.lists.set_over();
                    return if events.is_empty() { Err(Error::Closed.into()) } else { Ok(()) };
                }
                // The next poll fails again if it stays; the events are reported now.
                Err(_) if !events.is_empty() => return Ok(()),
                Err(error) => return Err(error.into()),
            }
            if !events.is_empty() || left_ms == 0 && !core.attention.is_ready() {
                return Ok(());
            }
            fruitless = 0;
        }
    }
}
