//! The idle limit of a stream: an event tells that for so long no byte was read or written.
//!
//! A stream with a limit is read and written under the lock of its cell, where the time is noted: so one without a
//! limit pays nothing. An entry of the lists is set for the moment at which the limit passes if nothing more happens;
//! only when it comes, it is set anew for what happened since.

use std::time::{Duration, Instant};

use crate::poll::lists::{Limit, Lists};
use crate::poll::{context::Context, util::later};

/// Below this the lists would never be without one that is due.
const LEAST: Duration = Duration::from_millis(1);

pub(super) struct Idle {
    limit: Duration,
    /// When a byte was read or written last, or the limit was set or told.
    last: Instant,
    entry: Limit,
}

impl Idle {
    /// From now on.
    pub(super) fn new(at: Context<'_>, limit: Duration) -> Self {
        let (limit, last) = (limit.max(LEAST), Instant::now());
        let entry = at.hub.lists.add_idle(at.index, later(last, limit));
        Self { limit, last, entry }
    }

    /// A byte was read or written.
    pub(super) fn touch(&mut self) {
        self.last = Instant::now();
    }

    /// The entry has come, and is set anew: whether the limit has passed. It may be a late one, of the last source of
    /// this number.
    pub(super) fn look(&mut self, at: Context<'_>) -> bool {
        let now = Instant::now();
        let over = now.saturating_duration_since(self.last) >= self.limit;
        if over {
            self.last = now;
        }
        let next = at.hub.lists.add_idle(at.index, later(self.last, self.limit));
        at.hub.lists.remove_limit(std::mem::replace(&mut self.entry, next));
        over
    }

    /// Takes the entry back.
    pub(super) fn end(self, lists: &Lists) {
        lists.remove_limit(self.entry);
    }
}
