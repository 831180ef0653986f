//! Waiting: deadlines, slices, the close packet that every waiter gets, and packets that a panic held
//! back.

use std::time::Duration;

use super::{
    timed_wait::{self, Leaving},
    CompletionPort, Wait,
};
use crate::{
    base::error::Error,
    base::timeout::{to_millis, Deadline, INFINITE},
    core::{batch::SLICE_MS, packets::Packets, shared::Core},
    os::Code,
};

/// After so many dequeues without a packet for the caller, the deadline is checked.
const FRUITLESS: u32 = 64;

impl CompletionPort {
    /// The fast path, on which one call brings packets. Any other outcome goes on in `go_on`.
    #[inline]
    pub(super) fn wait_for(
        &self,
        packets: &mut Packets,
        timeout: Option<Duration>,
    ) -> Result<Wait, Error> {
        let deadline = Deadline::after(timeout);
        let core: &Core = &self.core;
        // Closing the port, holding packets back and timers change it: no other check is needed.
        if !packets.batch.is_usual(core.attention.word()) {
            return self.wait_until(packets, deadline, Mode::Wait);
        }
        let left_ms = to_millis(timeout);
        let taken = packets.dequeue_entries(core, left_ms.min(SLICE_MS), false, usize::MAX);
        if matches!(taken, Ok(false)) {
            return Ok(Wait::Packets(packets.len()));
        }
        let taken = taken.map(|more| {
            if more {
                packets.reap(core);
            }
        });
        // Closed during the call or before it: one more call takes what was posted before the close.
        let first = match taken {
            Err(Code::WAIT_TIMEOUT) if self.is_closed() => None,
            taken => Some(Taken { closed: false, left_ms, taken }),
        };
        self.go_on(packets, || deadline.remaining_ms(), Mode::Wait, first)
    }

    #[cold]
    pub(super) fn wait_until(
        &self,
        packets: &mut Packets,
        deadline: Deadline,
        mode: Mode,
    ) -> Result<Wait, Error> {
        packets.clear();
        self.go_on(packets, || deadline.remaining_ms(), mode, None)
    }

    /// One system call that waits for at most `ms` milliseconds, at most a slice, and never looks at the
    /// clock: for callers with a deadline of their own. `Packets(0)`: only stale or internal packets were
    /// dequeued. Orphans are the caller's to [reap](Packets::reap), and a [`Leaving`] is to be held until it returns to
    /// its own caller.
    pub(crate) fn wait_once(&self, packets: &mut Packets, ms: u32) -> Result<Wait, Error> {
        packets.clear();
        self.go_on(packets, || ms, Mode::Once, None)
    }

    /// Waits until something has come, or the time has passed. `first` is what was taken before.
    #[cold]
    fn go_on(
        &self,
        packets: &mut Packets,
        remaining_ms: impl Fn() -> u32,
        mode: Mode,
        mut first: Option<Taken>,
    ) -> Result<Wait, Error> {
        // Who makes one call goes on after it, and leaves later.
        let _leaving = (mode != Mode::Once).then(|| Leaving(&self.core));
        let mut to_repost = Repost::new(self);
        let mut fruitless = 0;
        let mut gave_way_to = None;
        // A drain polls first, and looks at slots only when there is nothing to take.
        let mut polling = mode == Mode::Drain;
        let look = || {
            let closed = self.is_closed() && mode != Mode::Drain;
            (closed, if closed { 0 } else { remaining_ms() })
        };
        loop {
            let Taken { closed, left_ms, taken } = if let Some(first) = first.take() {
                first
            } else {
                if let Some(brought) = to_repost.report(packets) {
                    return Ok(brought);
                }
                let (mut closed, mut left_ms) = look();
                let finisher = packets.batch.calls.gives_way_to;
                if finisher.is_some() && finisher == gave_way_to {
                    // The wake-up packet that this waiter posted again has come back to it: all that was
                    // queued before it is taken.
                    if mode == Mode::Drain && !self.core.is_any_in_flight() {
                        return Ok(Wait::Packets(0));
                    }
                    if left_ms == 0 {
                        return if closed { Err(Error::Closed) } else { Ok(Wait::TimedOut) };
                    }
                }
                gave_way_to = finisher;
                if self.gives_way(packets, left_ms) {
                    return Ok(Wait::Packets(0));
                }
                if finisher.is_some() {
                    // Giving way took time.
                    (closed, left_ms) = look();
                }
                let ms = if polling { 0 } else { left_ms.min(SLICE_MS) };
                let taken = self.take(packets, ms, mode);
                Taken { closed, left_ms, taken }
            };
            match taken {
                Ok(()) => {
                    to_repost.note(packets);
                    fruitless += 1;
                    // What came may have been the last that was in flight.
                    polling = mode == Mode::Drain;
                }
                // A panic on another thread held packets back meanwhile, and its post failed.
                Err(Code::WAIT_TIMEOUT) if self.core.unreported.holds_back() => continue,
                Err(Code::WAIT_TIMEOUT) if closed => return Err(Error::Closed),
                Err(Code::WAIT_TIMEOUT) if mode == Mode::Once => return Ok(Wait::TimedOut),
                Err(Code::WAIT_TIMEOUT) => {
                    if mode == Mode::Drain && !self.core.is_any_in_flight() {
                        return Ok(Wait::Packets(0));
                    }
                    if left_ms != INFINITE && remaining_ms() == 0 {
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
            if mode == Mode::Once {
                // One more call where the close packet was taken: what else is there comes before
                // `Closed`.
                if !(self.core.unreported.holds_back() || to_repost.close && self.is_closed()) {
                    return Ok(Wait::Packets(0));
                }
            } else if fruitless >= FRUITLESS && left_ms == 0 {
                // Posting stale packets for ever does not keep a waiter here beyond its limit.
                return if closed { Err(Error::Closed) } else { Ok(Wait::TimedOut) };
            }
        }
    }
}

impl CompletionPort {
    /// One call of the system's wait, and what is due of timers.
    fn take(&self, packets: &mut Packets, ms: u32, mode: Mode) -> Result<(), Code> {
        let core: &Core = &self.core;
        let (alert, reaps) = (mode == Mode::Alertable, mode != Mode::Once);
        let room = packets.capacity();
        if core.attention.has_unposted()
            && core.slotless.take_kept(&core.attention, &mut packets.batch, room)
        {
            return Ok(());
        }
        if let Some(timed) = timed_wait::of(core) {
            return (timed.take)(core, packets, ms, [alert, reaps]);
        }
        if packets.dequeue_entries(core, ms, alert, usize::MAX)? && reaps {
            packets.reap(core);
        }
        Ok(())
    }

    /// Before the system's wait: gives way to another call whose operation is done. True if the one that
    /// this call waits for is done: there is nothing to wait for.
    fn gives_way(&self, packets: &mut Packets, left_ms: u32) -> bool {
        let calls = &mut packets.batch.calls;
        let own = calls.finishing;
        if let Some(other) = calls.gives_way_to.take() {
            self.core.give_way(other, own, left_ms);
        }
        own.is_some_and(|own| self.core.is_done(own))
    }
}

/// What a wait returns for the packets taken; `None` if there is nothing to report.
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
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Wait,
    /// Asynchronous procedure calls run, and end the wait.
    Alertable,
    /// Until nothing is in flight, also when the port is closed.
    Drain,
    /// One system call, whose orphans the caller frees.
    Once,
}

/// Notes which of the port's own packets this waiter has taken, and posts them again when it leaves: for
/// the next waiter.
struct Repost<'a> {
    port: &'a CompletionPort,
    /// The close packet: every waiter gets it.
    close: bool,
    /// The packet that tells of held-back packets: until there are none.
    held_back: bool,
}

impl<'a> Repost<'a> {
    fn new(port: &'a CompletionPort) -> Self {
        Self { port, close: false, held_back: false }
    }

    /// Notes what a call has brought.
    fn note(&mut self, packets: &mut Packets) {
        self.close |= std::mem::take(&mut packets.batch.close);
        self.held_back |= std::mem::take(&mut packets.batch.held_back);
    }

    /// Takes what a panic held back, as much as there is room for.
    fn report(&mut self, packets: &mut Packets) -> Option<Wait> {
        if !packets.take_held_back(&self.port.core) {
            return None;
        }
        // The rest is for another waiter.
        self.held_back = true;
        outcome(packets)
    }
}

impl Drop for Repost<'_> {
    fn drop(&mut self) {
        if self.close {
            self.port.core.pass_close_on();
        }
        if self.held_back {
            self.port.core.unreported.tell_again();
        }
    }
}
