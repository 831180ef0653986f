//! The wait of one poll.

use std::io;

use super::{deliver::Delivery, Queue};
use crate::base::error::Error;
use crate::base::timeout::Deadline;
use crate::core::{batch::SLICE_MS, shared::Core};
use crate::os::Code;
use crate::poll::events::Events;
use crate::port::Wait;

/// After so many system calls that brought no event, the deadline is looked at.
const FRUITLESS: u32 = 64;

/// What the first system call of a poll came to.
enum Took {
    /// Perhaps none, and perhaps the close packet.
    Packets,
    Timeout,
    /// It was not made, or it failed.
    Nothing,
}

impl Queue {
    /// Waits until something became ready, the time has passed, or the queue is closed.
    ///
    /// The common case is written out here: one system call that brings an event.
    #[inline]
    pub(crate) fn select(&self, events: &mut Events, deadline: Deadline) -> io::Result<()> {
        events.clear();
        // The port's list of held-back panics is not looked at: the buffers of this queue do not panic,
        // and a panic that is held back all the same comes with its packet.
        if self.hub.lists.has_any() || !events.packets.batch.is_usual(0) {
            return self.select_on(events, deadline, Took::Nothing);
        }
        let left_ms = deadline.remaining_ms();
        let (core, ms): (&Core, _) = (&self.hub.port.core, left_ms.min(SLICE_MS));
        let delivery = Delivery { queue: self, events: &mut events.merged };
        match events.packets.dequeue_for(core, ms, delivery) {
            Ok(false) if !events.is_empty() => Ok(()),
            Ok(more) => self.took(events, deadline, more),
            Err(code) => self.failed(events, deadline, left_ms, code),
        }
    }

    /// The first system call has brought packets, but perhaps no event; or there is `more`.
    #[cold]
    fn took(&self, events: &mut Events, deadline: Deadline, more: bool) -> io::Result<()> {
        if more {
            events.packets.reap(&self.hub.port.core);
        }
        self.select_on(events, deadline, Took::Packets)
    }

    /// The first system call has brought nothing. The next one fails again if this was an error.
    #[cold]
    fn failed(
        &self,
        events: &mut Events,
        deadline: Deadline,
        left_ms: u32,
        code: Code,
    ) -> io::Result<()> {
        let in_time = code == Code::WAIT_TIMEOUT && left_ms <= SLICE_MS;
        self.select_on(events, deadline, if in_time { Took::Timeout } else { Took::Nothing })
    }

    /// Goes on after the first system call.
    #[cold]
    fn select_on(&self, events: &mut Events, deadline: Deadline, took: Took) -> io::Result<()> {
        let mut fruitless = 0;
        match took {
            Took::Packets => {
                if std::mem::take(&mut events.packets.batch.close) {
                    self.hub.port.core.pass_close_on();
                }
                // A wake of the port ends the wait, though no user has its waker.
                if events.packets.was_woken() {
                    if std::mem::take(&mut events.packets.batch.held_back) {
                        self.hub.port.core.unreported.tell_again();
                    }
                    return Ok(());
                }
            }
            Took::Timeout if deadline.remaining_ms() == 0 => return Ok(()),
            Took::Timeout | Took::Nothing => {}
        }
        if self.hub.lists.is_over() && events.is_empty() {
            return Err(Error::Closed.into());
        }
        loop {
            let mut slice_ms = SLICE_MS;
            if self.hub.lists.has_any() {
                slice_ms = self.look_at_lists(&mut events.merged);
            }
            let left_ms = if events.is_empty() { deadline.remaining_ms() } else { 0 };
            match self.hub.port.wait_once(&mut events.packets, left_ms.min(slice_ms)) {
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
            if !events.is_empty() || left_ms == 0 {
                return Ok(());
            }
            fruitless = 0;
        }
    }
}
