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

use std::sync::atomic::{fence, Ordering};
use std::sync::Arc;

pub(crate) use self::room::Room;

use super::last::Last;
use crate::base::lent::LentBuffer as Buffer;
use crate::operation::{InFlight, Operation};
use crate::poll::event::{Ready, Token};
use crate::poll::{context::Context, native::StreamSocket, tag::DIRECT};

pub(crate) struct Inbox {
    /// Dropped first, which ends what is in flight.
    socket: Arc<StreamSocket>,
    /// A lent receive in flight, while no event is pending: the fast path of a read.
    plain: Option<InFlight<Buffer>>,
    /// Any other receive in flight.
    flying: Option<InFlight<Buffer>>,
    /// What there is while nothing is in flight.
    state: State,
    /// The token under which the packet of a receive is an event; `None`: the poller reads the marks.
    direct: Option<Token>,
    /// The number of its source.
    index: u32,
    /// What was received into the buffer and not read yet is from here …
    from: u32,
    /// … to here.
    to: u32,
    /// Bytes read directly since the receive: no more than are counted.
    taken: u32,
    /// The marks may have a pending event of this half. A read takes no fast path then.
    event_pending: bool,
    /// The operation has a buffer. If not its receive is a probe.
    lent: bool,
    /// The stream has an idle limit: a read notes the time, and takes no fast path either.
    timed: bool,
    /// More may be there as soon as it is read empty.
    busy: bool,
    /// Idle, and an event says that more is there, which nobody knows.
    guessed: bool,
}

/// How far receiving has come.
#[derive(Default)]
enum State {
    /// The stream may be connecting: nothing is received before it is [fetched](Inbox::fetch).
    Connecting,
    /// No operation was made yet, or it is in flight.
    #[default]
    None,
    /// Not in flight: nobody knows whether there is something.
    Idle(Operation<Buffer>),
    /// A probe has found bytes or the end.
    Found(Operation<Buffer>),
    /// Bytes wait in the buffer.
    Filled(Operation<Buffer>),
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
    pub(crate) fn new(socket: Arc<StreamSocket>, at: Context<'_>) -> Self {
        Self {
            socket,
            plain: None,
            flying: None,
            state: State::Connecting,
            direct: None,
            index: at.index,
            from: 0,
            to: 0,
            taken: 0,
            event_pending: false,
            lent: false,
            timed: false,
            busy: true,
            guessed: false,
        }
    }

    /// The stream is connected, and nothing is in flight on it. `direct`: as [`set_direct`](Self::set_direct).
    pub(crate) fn begin(&mut self, direct: Option<Token>) {
        self.state = State::None;
        self.note_direct(direct);
    }

    /// The connect is over, if there was one: takes over what has received since, or begins on the
    /// stream's socket. `broken`: no address could be connected to.
    pub(super) fn fetch(
        &mut self,
        early: Option<Box<Self>>,
        socket: &Arc<StreamSocket>,
        broken: Option<i32>,
    ) {
        match early {
            Some(early) => *self = Self { timed: self.timed, ..*early },
            None => (self.socket, self.state) = (Arc::clone(socket), State::None),
        }
        if let Some(code) = broken {
            self.state = State::Failed(code);
        }
        // The end of the connect has made one.
        self.set_event_pending(true);
    }

    /// The owner is being dropped: gives the receive away.
    pub(super) fn take_last(&mut self) -> Last {
        match self.plain.take().or_else(|| self.flying.take()) {
            Some(ticket) => Last::Flying(ticket),
            None => match std::mem::take(&mut self.state) {
                State::Ended => Last::Ended,
                State::Failed(_) => Last::Failed,
                // What its buffer holds is thrown away with it.
                _ => Last::None,
            },
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

    /// Sets [`direct`](Self::direct). The caller looks whether the receive is done after this: the fence
    /// and that of `queue/deliver.rs` order it, so that the poller sees the change or the caller the end.
    pub(crate) fn set_direct(&mut self, direct: Option<Token>) {
        self.note_direct(direct);
        if let Some(ticket) = self.plain.as_ref().or(self.flying.as_ref()) {
            ticket.set_tag(self.tag(ticket.token()), direct);
        }
        fence(Ordering::SeqCst);
    }

    fn note_direct(&mut self, direct: Option<Token>) {
        self.direct = direct;
        if let Some(token) = direct {
            self.socket.set_key(token);
        }
    }

    fn tag(&self, token: usize) -> usize {
        if self.direct.is_some() {
            token | DIRECT
        } else {
            token & !DIRECT
        }
    }

    /// What is there to be read.
    pub(crate) fn ready(&self) -> Ready {
        match self.state {
            State::Filled(_) | State::Found(_) => Ready::READABLE,
            State::Short(_) => Ready::READABLE | Ready::ERROR,
            State::Ended | State::Shut => Ready::READABLE | Ready::READ_CLOSED,
            State::Failed(_) => Ready::OF_READING,
            State::Idle(_) if self.guessed => Ready::READABLE,
            State::Connecting | State::None | State::Idle(_) => Ready::NONE,
        }
    }

    /// Posts an event of what can be read, or takes the pending one back if nothing can.
    #[cold]
    fn update_event(&mut self, at: Context<'_>) {
        let ready = self.ready();
        if ready.is_none() {
            self.forget_event(at);
        } else if !at.wanted(ready).is_none() {
            self.set_event_pending(true);
            if at.marks.add_pending(ready) {
                at.hub.report(at.index);
            }
        }
    }

    /// Takes the pending event back: a read has returned what it reports, or nothing can be read.
    fn forget_event(&mut self, at: Context<'_>) {
        if self.event_pending {
            at.marks.forget_pending(Ready::OF_READING);
            self.set_event_pending(false);
        }
    }

    pub(crate) fn set_event_pending(&mut self, pending: bool) {
        self.event_pending = pending || self.timed;
        if let Some(ticket) = self.plain.take().or_else(|| self.flying.take()) {
            self.set_flying(ticket);
        }
    }

    /// Whether the stream has an idle limit.
    pub(crate) fn set_timed(&mut self, timed: bool) {
        self.timed = timed;
        self.set_event_pending(self.event_pending);
    }

    pub(crate) fn is_timed(&self) -> bool {
        self.timed
    }

    fn set_flying(&mut self, ticket: InFlight<Buffer>) {
        let plain = !self.event_pending && self.lent;
        *(if plain { &mut self.plain } else { &mut self.flying }) = Some(ticket);
    }
}
