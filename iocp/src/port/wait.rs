//! Waiting: deadlines, slices, the close packet that everybody hears, and what a panic held back.

use std::{sync::atomic::Ordering, time::Duration};

use super::{CompletionPort, Wait};
use crate::{
    base::error::Error,
    base::timeout::{to_millis, Deadline, INFINITE},
    core::{
        packets::Packets,
        shared::{Core, SLICE_MS},
    },
    os::Code,
};

/// After so many dequeues that brought nothing for the caller, the deadline is looked at.
const FRUITLESS: u32 = 64;

impl CompletionPort {
    /// The common wait, in which one call brings packets; everything else goes on from there.
    #[inline]
    pub(super) fn wait_for(
        &self,
        packets: &mut Packets,
        timeout: Option<Duration>,
    ) -> Result<Wait, Error> {
        let deadline = Deadline::after(timeout);
        let core: &Core = &self.core;
        // No check for closed or held-back packets of its own: the slice is another one then.
        if !packets.is_usual(core.slice_ms.load(Ordering::Relaxed)) {
            return self.wait_until(packets, deadline, Mode::WAIT);
        }
        let left_ms = to_millis(timeout);
        let taken = packets.dequeue_entries(core, left_ms.min(SLICE_MS), false);
        if matches!(taken, Ok(false)) {
            return Ok(Wait::Packets(packets.len()));
        }
        let taken = taken.map(|more| {
            if more {
                packets.reap(core);
            }
        });
        // Closed meanwhile, or before it: asked once more for what was there before that.
        let first = match taken {
            Err(Code::WAIT_TIMEOUT) if self.is_closed() => None,
            taken => Some(Taken { closed: false, left_ms, taken }),
        };
        self.go_on(packets, deadline, Mode::WAIT, first)
    }

    #[cold]
    pub(super) fn wait_until(
        &self,
        packets: &mut Packets,
        deadline: Deadline,
        mode: Mode,
    ) -> Result<Wait, Error> {
        packets.clear();
        self.go_on(packets, deadline, mode, None)
    }

    /// Waits until something has come, or the time has passed. `first` is what was taken before.
    #[cold]
    fn go_on(
        &self,
        packets: &mut Packets,
        deadline: Deadline,
        mode: Mode,
        mut first: Option<Taken>,
    ) -> Result<Wait, Error> {
        let mut pass_on = PassOn::new(self);
        let mut fruitless = 0;
        let mut passed_on = None;
        // A drain asks first, and looks at every slot only when there is nothing to take.
        let mut polling = mode.drain;
        loop {
            if first.is_none() {
                if let Some(brought) = pass_on.report(packets) {
                    return Ok(brought);
                }
                let closed = self.is_closed() && !mode.drain;
                let left_ms = if closed { 0 } else { deadline.remaining_ms() };
                let way = packets.way();
                if left_ms == 0 && way.is_some() && way == passed_on {
                    // It was put at the queue's end: all that was there has been taken since.
                    return if closed { Err(Error::Closed) } else { Ok(Wait::TimedOut) };
                }
                passed_on = way;
                if self.gives_way(packets, left_ms) {
                    return Ok(Wait::Packets(0));
                }
            }
            let Taken { closed, left_ms, taken } = first.take().unwrap_or_else(|| {
                let closed = self.is_closed() && !mode.drain;
                let left_ms = if closed { 0 } else { deadline.remaining_ms() };
                let ms = if polling { 0 } else { left_ms.min(SLICE_MS) };
                let taken = packets.dequeue(&self.core, ms, mode.alertable);
                Taken { closed, left_ms, taken }
            });
            match taken {
                Ok(()) => {
                    pass_on.note(packets);
                    fruitless += 1;
                    // What came may have been the last that was in flight.
                    polling = mode.drain;
                }
                // Meanwhile, and the post that tells of it failed.
                Err(Code::WAIT_TIMEOUT) if self.core.holds_back() => continue,
                Err(Code::WAIT_TIMEOUT) if closed => return Err(Error::Closed),
                Err(Code::WAIT_TIMEOUT) => {
                    if mode.drain && self.core.in_flight() == 0 {
                        return Ok(Wait::Packets(0));
                    }
                    if left_ms != INFINITE && deadline.remaining_ms() == 0 {
                        return Ok(Wait::TimedOut);
                    }
                    polling = false;
                }
                Err(Code::WAIT_IO_COMPLETION) => return Ok(Wait::Apc),
                Err(Code::ABANDONED_WAIT | Code::INVALID_HANDLE) => {
                    self.core.close();
                    return Err(Error::Closed);
                }
                Err(code) => return Err(Error::os("GetQueuedCompletionStatusEx", code)),
            }
            if let Some(brought) = outcome(packets) {
                return Ok(brought);
            }
            // Nobody may hold a waiter here by posting what comes to nothing.
            if fruitless >= FRUITLESS && left_ms == 0 {
                return if closed { Err(Error::Closed) } else { Ok(Wait::TimedOut) };
            }
        }
    }
}

impl CompletionPort {
    /// One system call that waits for at most `ms` milliseconds and never looks at the clock: for
    /// those who have their own deadline. No packets stands for some that came to nothing.
    pub(crate) fn wait_once(&self, packets: &mut Packets, ms: u32) -> Result<Wait, Error> {
        packets.clear();
        let mut pass_on = PassOn::new(self);
        // Twice where the close packet was taken: what else is there comes before `Closed`.
        loop {
            if let Some(brought) = pass_on.report(packets) {
                return Ok(brought);
            }
            self.gives_way(packets, ms);
            let closed = self.is_closed();
            let ms = if closed { 0 } else { ms };
            match packets.dequeue(&self.core, ms, false) {
                Ok(()) => {
                    pass_on.note(packets);
                    match outcome(packets) {
                        Some(brought) => return Ok(brought),
                        None if self.core.holds_back() => {}
                        None if pass_on.close && self.is_closed() => {}
                        None => return Ok(Wait::Packets(0)),
                    }
                }
                Err(Code::WAIT_TIMEOUT) if self.core.holds_back() => {}
                Err(Code::WAIT_TIMEOUT) if closed => return Err(Error::Closed),
                Err(Code::WAIT_TIMEOUT) => return Ok(Wait::TimedOut),
                Err(Code::ABANDONED_WAIT | Code::INVALID_HANDLE) => {
                    self.core.close();
                    return Err(Error::Closed);
                }
                Err(code) => return Err(Error::os("GetQueuedCompletionStatusEx", code)),
            }
        }
    }
}

impl CompletionPort {
    /// Before the system's wait: gives way to another call whose operation is done. True if the one that
    /// this call waits for is done: there is nothing to wait for.
    fn gives_way(&self, packets: &mut Packets, left_ms: u32) -> bool {
        let own = packets.finishing();
        if let Some(other) = packets.way() {
            self.core.give_way(other, own, left_ms);
            packets.set_way_given();
        }
        own.is_some_and(|own| self.core.is_done(own))
    }
}

/// What the packets taken amount to; `None` for nothing.
fn outcome(packets: &Packets) -> Option<Wait> {
    if !packets.is_empty() {
        return Some(Wait::Packets(packets.len()));
    }
    packets.was_woken().then_some(Wait::Woken)
}

/// One call of the system's wait.
struct Taken {
    /// The port was closed before it.
    closed: bool,
    /// The time that was left before it.
    left_ms: u32,
    /// Whether anything came.
    taken: Result<(), Code>,
}

/// How to wait.
#[derive(Clone, Copy)]
pub(super) struct Mode {
    pub(super) alertable: bool,
    pub(super) drain: bool,
}

impl Mode {
    pub(super) const WAIT: Self = Self { alertable: false, drain: false };
}

/// Keeps the port's own packets while their taker is inside, and passes them on when it leaves.
struct PassOn<'a> {
    port: &'a CompletionPort,
    /// That of the port's close: every waiter hears of it.
    close: bool,
    /// That of what is held back: until nothing is.
    tidings: bool,
}

impl<'a> PassOn<'a> {
    fn new(port: &'a CompletionPort) -> Self {
        Self { port, close: false, tidings: false }
    }

    /// Notes what a call has brought.
    fn note(&mut self, packets: &mut Packets) {
        self.close |= packets.take_close();
        self.tidings |= packets.take_tidings();
    }

    /// Reports what a panic held back, as much as there is room for.
    fn report(&mut self, packets: &mut Packets) -> Option<Wait> {
        if !packets.take_held_back(&self.port.core) {
            return None;
        }
        // What there is no room for is another waiter's.
        self.tidings = true;
        outcome(packets)
    }
}

impl Drop for PassOn<'_> {
    fn drop(&mut self) {
        if self.close {
            self.port.core.pass_close_on();
        }
        if self.tidings {
            self.port.core.tell_of_held_back();
        }
    }
}
