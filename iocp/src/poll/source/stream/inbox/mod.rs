//! The receiving half of a stream, which is its owner's: at most one receive in flight, and what it
//! brought.
//!
//! To a poller the packet of a receive is only an event. The read that follows finishes the operation and
//! takes the bytes: so the stream's only owner reads without a lock. A receive is one of two:
//!
//! * a *probe*, of no bytes: done when there is something, which is then read into the caller's memory;
//! * *lent*, with a buffer of the queue's ([`Lent`](crate::base::lent::Lent)), which saves a call where messages
//!   are small. What did not fit is read into the caller's memory, and the next receive is a probe.
//!
//! While a lent receive is in flight nothing is read directly: it would overtake.
//!
//! A stream is *busy* unless nothing more was there when it was last read empty of much. Behind such a short read of
//! a busy one no probe is submitted: an event is listed by guess, and the read that follows it brings more, or finds
//! nothing and probes.

mod read;
mod receive;
mod room;

use std::mem::take;
use std::sync::atomic::{fence, Ordering};

pub(crate) use self::room::Room;

use super::last::Last;
use crate::base::lent::LentBuffer as Buffer;
use crate::operation::{InFlight, Operation};
use crate::poll::event::{Ready, Token};
use crate::poll::flags::{self, ELSEWHERE, EVENT_PENDING, GUESSED, LENT, TIMED};
use crate::poll::{context::Context, native::StreamSocket, tag::DIRECT};

pub(crate) struct Inbox {
    state: State,
}

/// The flags that keep a read from its fast path.
const SLOW: u8 = EVENT_PENDING | TIMED | ELSEWHERE;

/// How far receiving has come.
#[derive(Default)]
enum State {
    /// The stream may be connecting: nothing is received before it is [fetched](Inbox::fetch).
    Connecting,
    /// No operation was made yet.
    #[default]
    None,
    /// A lent receive in flight, and none of the flags is set that keep a read from its fast path.
    Plain(InFlight<Buffer>),
    /// Any other receive in flight.
    Flying(InFlight<Buffer>),
    /// Not in flight: nobody knows whether there is something. So many bytes were read since the receive; no more
    /// than are counted.
    Idle(Operation<Buffer>, u32),
    /// A probe has found bytes or the end.
    Found(Operation<Buffer>),
    /// Bytes wait in the buffer, from here to here.
    Filled(Operation<Buffer>, u32, u32),
    /// The system was short of memory; a read tries again.
    Short(Operation<Buffer>),
    /// The peer sends no more.
    Ended,
    /// The owner receives no more.
    Shut,
    /// Broken, with this code.
    Failed(i32),
}

impl Inbox {
    /// The owner's, while its stream may be connecting.
    pub(crate) fn new() -> Self {
        Self { state: State::Connecting }
    }

    /// The stream is connected, and nothing is in flight on it. `direct`: as [`set_direct`](Self::set_direct).
    pub(crate) fn begin(&mut self, socket: &StreamSocket, at: Context<'_>, direct: Option<Token>) {
        self.state = State::None;
        note_direct(socket, at, direct);
    }

    /// The connect is over, if there was one: takes over what has received since, or begins. `broken`: no address
    /// could be connected to.
    pub(super) fn fetch(&mut self, at: Context<'_>, early: Option<Box<Self>>, broken: Option<i32>) {
        self.state = early.map_or(State::None, |early| early.state);
        if let Some(code) = broken {
            self.state = State::Failed(code);
        }
        // The end of the connect has made one.
        self.set_event_pending(at, true);
    }

    /// The owner is being dropped: gives the receive away.
    pub(super) fn take_last(&mut self) -> Last {
        match take(&mut self.state) {
            State::Plain(ticket) | State::Flying(ticket) => Last::Flying(ticket),
            State::Ended => Last::Ended,
            State::Failed(_) => Last::Failed,
            // What its buffer holds is thrown away with it.
            _ => Last::None,
        }
    }

    /// Whether nothing more can come: the peer has ended its side, or the connection is broken.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, State::Ended | State::Failed(_))
    }

    /// Whether [`fetch`](Self::fetch) was called.
    pub(crate) fn is_fetched(&self) -> bool {
        !matches!(self.state, State::Connecting)
    }

    /// The owner's socket is the stream's from now on.
    pub(crate) fn set_at_home(&mut self, at: Context<'_>) {
        self.note(at, ELSEWHERE, false);
    }

    /// Sets or clears `DIRECT`, under this token. The caller looks whether the receive is done after this:
    /// the fence and that of `queue/deliver.rs` order it, so that the poller sees the change or the caller the end.
    pub(crate) fn set_direct(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        direct: Option<Token>,
    ) {
        note_direct(socket, at, direct);
        if let State::Plain(ticket) | State::Flying(ticket) = &self.state {
            ticket.set_tag(tag_of(at, ticket.token()), direct);
        }
        fence(Ordering::SeqCst);
    }

    /// What is there to be read.
    pub(crate) fn ready(&self, at: Context<'_>) -> Ready {
        match self.state {
            State::Filled(..) | State::Found(_) => Ready::READABLE,
            State::Short(_) => Ready::READABLE | Ready::ERROR,
            State::Ended | State::Shut => Ready::READABLE | Ready::READ_CLOSED,
            State::Failed(_) => Ready::OF_READING,
            State::Idle(..) if at.marks.inbox.any(GUESSED) => Ready::READABLE,
            State::Connecting | State::None | State::Idle(..) => Ready::NONE,
            State::Plain(_) | State::Flying(_) => Ready::NONE,
        }
    }

    /// Posts an event of what can be read, or takes the pending one back if nothing can.
    #[cold]
    fn update_event(&mut self, at: Context<'_>) {
        let ready = self.ready(at);
        if ready.is_none() {
            self.forget_event(at);
        } else if !at.wanted(ready).is_none() {
            self.set_event_pending(at, true);
            if at.marks.add_pending(ready) {
                at.hub.report(at.index);
            }
        }
    }

    /// Takes the pending event back: a read has returned what it reports, or nothing can be read.
    fn forget_event(&mut self, at: Context<'_>) {
        if at.marks.inbox.any(EVENT_PENDING) {
            at.marks.forget_pending(Ready::OF_READING);
            self.set_event_pending(at, false);
        }
    }

    pub(crate) fn set_event_pending(&mut self, at: Context<'_>, pending: bool) {
        self.note(at, EVENT_PENDING, pending);
    }

    /// Whether the stream has an idle limit.
    pub(crate) fn set_timed(&mut self, at: Context<'_>, timed: bool) {
        self.note(at, TIMED, timed);
    }

    /// Sets or clears one of the flags that keep a read from its fast path.
    fn note(&mut self, at: Context<'_>, flag: u8, on: bool) {
        at.marks.inbox.set(flag, on);
        self.state = match take(&mut self.state) {
            State::Plain(ticket) | State::Flying(ticket) => flying(at, ticket),
            other => other,
        };
    }
}

fn note_direct(socket: &StreamSocket, at: Context<'_>, direct: Option<Token>) {
    at.marks.inbox.set(flags::DIRECT, direct.is_some());
    if let Some(token) = direct {
        socket.set_key(token);
    }
}

fn tag_of(at: Context<'_>, token: usize) -> usize {
    if at.marks.inbox.any(flags::DIRECT) {
        token | DIRECT
    } else {
        token & !DIRECT
    }
}

fn flying(at: Context<'_>, ticket: InFlight<Buffer>) -> State {
    if at.marks.inbox.any(LENT) && !at.marks.inbox.any(SLOW) {
        return State::Plain(ticket);
    }
    State::Flying(ticket)
}
