//! The receiving half of a stream, which is its owner's: at most one receive in flight, and what it
//! brought.
//!
//! To a poller the packet of a receive is only an event. The read that follows finishes the operation,
//! copies the bytes and starts the next receive: so the stream's only owner reads without a lock.

mod read;
mod receive;

use std::sync::atomic::{fence, Ordering};
use std::sync::Arc;

use super::last::{Buffer, Last};
use crate::operation::{InFlight, Operation};
use crate::poll::event::{Ready, Token};
use crate::poll::{context::Context, native::StreamSocket, tag::DIRECT};

pub(crate) struct Inbox {
    /// Dropped first, which ends what is in flight.
    socket: Arc<StreamSocket>,
    /// A receive in flight into its own buffer, while no event is pending: the fast path of a read.
    plain: Option<InFlight<Buffer>>,
    /// Any other receive in flight.
    flying: Option<InFlight<Buffer>>,
    /// What there is while nothing is in flight.
    state: State,
    /// The idle receive of zero bytes of a zero-read stream.
    probe: Option<Operation<Buffer>>,
    /// The token under which the packet of a receive is an event; `None`: the poller reads the marks.
    direct: Option<Token>,
    /// The number of its source.
    index: u32,
    /// What was received and not read yet is from here …
    from: u16,
    /// … to here.
    to: u16,
    /// The marks may have a pending event of this half.
    event_pending: bool,
    zero_read: bool,
}

/// How far receiving has come.
#[derive(Default)]
enum State {
    /// The stream may be connecting: nothing is received before it is [fetched](Inbox::fetch).
    Connecting,
    /// Nothing was made yet, or it is in flight.
    #[default]
    None,
    /// Made, not in flight.
    Idle(Operation<Buffer>),
    /// Bytes wait to be read.
    Filled(Operation<Buffer>),
    /// Bytes or the end are there, and no buffer for them.
    Probed,
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
            probe: None,
            direct: None,
            index: at.index,
            from: 0,
            to: 0,
            event_pending: false,
            zero_read: at.hub.config.zero_read,
        }
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
            Some(early) => *self = *early,
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
        if let Some(ticket) = self.plain.take().or_else(|| self.flying.take()) {
            return Last::Flying(ticket);
        }
        match std::mem::take(&mut self.state) {
            State::Filled(operation) | State::Idle(operation) | State::Short(operation)
                if !operation.buffer().is_empty() =>
            {
                Last::Idle(operation)
            }
            State::Ended => Last::Ended,
            State::Failed(_) => Last::Failed,
            _ => Last::None,
        }
    }

    /// Whether [`fetch`](Self::fetch) was called.
    pub(crate) fn is_fetched(&self) -> bool {
        !matches!(self.state, State::Connecting)
    }

    /// Sets [`direct`](Self::direct). The caller looks whether the receive is done after this: the fence
    /// and that of `queue/deliver.rs` order it, so that the poller sees the change or the caller the end.
    pub(crate) fn set_direct(&mut self, direct: Option<Token>) {
        self.direct = direct;
        if let Some(token) = direct {
            self.socket.set_key(token);
        }
        if let Some(ticket) = self.plain.as_ref().or(self.flying.as_ref()) {
            ticket.set_tag(self.tag(ticket.token()), direct);
        }
        fence(Ordering::SeqCst);
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
            State::Filled(_) | State::Probed => Ready::READABLE,
            State::Short(_) => Ready::READABLE | Ready::ERROR,
            State::Ended | State::Shut => Ready::READABLE | Ready::READ_CLOSED,
            State::Failed(_) => Ready::OF_READING,
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
                at.hub.post(at.index);
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
        self.event_pending = pending;
        if let Some(ticket) = self.plain.take().or_else(|| self.flying.take()) {
            self.set_flying(ticket);
        }
    }

    fn set_flying(&mut self, ticket: InFlight<Buffer>) {
        let plain = !self.event_pending && !self.zero_read;
        *(if plain { &mut self.plain } else { &mut self.flying }) = Some(ticket);
    }
}
