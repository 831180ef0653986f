//! Waiting for an event of mio's, with a deadline.
// reason: each test file uses a part.
#![allow(dead_code)]

use std::{
    io::{ErrorKind, Result},
    time::Instant,
};

use behaviour::LIMIT;
use mio::{Events, Poll};

/// What an event says.
#[derive(Debug, Default, PartialEq)]
pub struct Seen {
    pub token: usize,
    pub readable: bool,
    pub writable: bool,
    pub read_closed: bool,
    pub error: bool,
}

/// Polls until an event satisfies `wanted`; looks at every event of that batch.
pub fn until(poll: &mut Poll, mut wanted: impl FnMut(&Seen) -> bool) {
    let mut events = Events::with_capacity(64);
    let deadline = Instant::now() + LIMIT;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "no such event within {LIMIT:?}");
        poll.poll(&mut events, Some(left)).expect("a wait");
        let mut found = false;
        for event in &events {
            found |= wanted(&Seen {
                token: event.token().0,
                readable: event.is_readable(),
                writable: event.is_writable(),
                read_closed: event.is_read_closed(),
                error: event.is_error(),
            });
        }
        if found {
            return;
        }
    }
}

/// Does `work` each time `token` has an event, until it no longer would block. An event may have
/// come already, so it is tried first.
pub fn when_ready<T>(poll: &mut Poll, token: usize, mut work: impl FnMut() -> Result<T>) -> T {
    loop {
        match work() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                until(poll, |seen| seen.token == token);
            }
            outcome => return outcome.expect("neither done nor would block"),
        }
    }
}
