//! The idle limit of a stream or a pipe: an event tells that for so long no byte was read or written.
//!
//! A stream with a limit is read and written under the lock of its cell, where the time is noted: so one without a
//! limit pays nothing. A [`Timer`] of the port is set for the moment at which the limit passes if nothing more
//! happens; only when it ends, it is set anew for what happened since.

use std::time::{Duration, Instant};

use crate::poll::{context::Context, event::Ready, tag::IDLE, util::later};
use crate::port::timer::Timer;

/// Below this a timer would be due in each poll.
const LEAST: Duration = Duration::from_millis(1);

/// What is called of a limit: by a table, so that a program without limits has no code for them.
pub(crate) trait Limit: Send {
    /// A byte was read or written.
    fn touch(&mut self);

    /// The timer has ended, and is set anew: what is to be told. It may have been the timer of the last source of this
    /// number, or of the last limit. `silent`: nothing is told.
    fn look(&mut self, silent: bool) -> Ready;
}

pub(crate) struct Idle {
    limit: Duration,
    /// When a byte was read or written last, or the limit was set or told.
    last: Instant,
    timer: Timer,
}

impl Idle {
    /// From now on.
    pub(super) fn boxed(at: Context<'_>, limit: Duration) -> Box<dyn Limit> {
        let timer = at.hub.port.timer(IDLE | at.index as usize);
        let idle = Self { limit: limit.max(LEAST), last: Instant::now(), timer };
        idle.set_timer();
        Box::new(idle)
    }

    fn set_timer(&self) {
        self.timer.set(later(self.last, self.limit));
    }
}

impl Limit for Idle {
    fn touch(&mut self) {
        self.last = Instant::now();
    }

    fn look(&mut self, silent: bool) -> Ready {
        let now = Instant::now();
        let over = now.saturating_duration_since(self.last) >= self.limit;
        if over {
            self.last = now;
        }
        self.set_timer();
        match over && !silent {
            true => Ready::IDLE,
            false => Ready::NONE,
        }
    }
}
