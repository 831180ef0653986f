//! The receiving half, which is the owner's: at most one receive in flight, and what it brought.
//!
//! A packet of a receive is an event and nothing else: the read that follows finishes the operation,
//! copies what came and starts the next one. So a read by the stream's only owner takes no lock.

mod read;
mod receive;
mod told;

use std::sync::{
    atomic::{fence, Ordering},
    Arc,
};

pub(in crate::poll) use self::told::told_by;

use super::state::Socket;
use crate::{
    poll::{
        context::TOLD,
        event::{Ready, Token},
        link::Link,
    },
    InFlight, Operation, Submitted,
};

pub(super) type Buffer = Box<[u8]>;

#[derive(Debug)]
pub(in crate::poll) struct Inbox {
    /// The one that is received on, once it is [fetched](Self::fetch). Dropped first, which ends what is
    /// in flight.
    socket: Arc<Socket>,
    /// A receive in flight into its own buffer, while no event of what was there is on its way: a read
    /// has nothing to do but to take what has come.
    plain: Option<InFlight<Buffer>>,
    /// Any other receive in flight.
    flying: Option<InFlight<Buffer>>,
    /// While nothing is in flight.
    rest: Rest,
    /// A receive of nothing that is not in flight, of a stream that holds no buffer.
    probe: Option<Operation<Buffer>>,
    /// What the packets of its receives tell: the token of an owner who wants to hear of bytes.
    tells: Option<Token>,
    /// The number of its source.
    index: u32,
    /// What was received and not read yet is from here …
    from: u16,
    /// … to here.
    to: u16,
    /// An event of what was there is perhaps on its way.
    told: bool,
    /// Whether a stream holds no buffer while it is idle.
    zero_read: bool,
    /// Whether the stream's connect is over, if there was one, and what it left is here.
    fetched: bool,
}

/// How far receiving has come.
#[derive(Debug, Default)]
enum Rest {
    /// Nothing was made yet, or it is in flight.
    #[default]
    None,
    /// Made, not in flight.
    Idle(Operation<Buffer>),
    /// Bytes wait to be read.
    Filled(Operation<Buffer>),
    /// There is something; no buffer is held for it.
    Probed,
    /// The system was short of memory; a read tries again.
    Short(Operation<Buffer>),
    /// The peer sends no more.
    Ended,
    /// Broken, with this code.
    Failed(i32),
}

const WSAENOBUFS: i32 = 10_055;

impl Inbox {
    pub(in crate::poll) fn new(socket: Arc<Socket>, index: u32, zero_read: bool) -> Self {
        Self {
            socket,
            plain: None,
            flying: None,
            rest: Rest::None,
            probe: None,
            tells: None,
            index,
            from: 0,
            to: 0,
            told: false,
            zero_read,
            fetched: false,
        }
    }

    /// From now on, bytes are told to the owner of this token; or it is looked up who wants to hear.
    ///
    /// What is looked at after this is ordered with what a poller does; see
    /// [`Teller`](crate::poll::queue::Teller).
    pub(super) fn set_tells(&mut self, tells: Option<Token>) {
        self.tells = tells;
        if let Some(token) = tells {
            self.socket.set_key(token);
        }
        if let Some(ticket) = self.plain.as_ref().or(self.flying.as_ref()) {
            ticket.set_tag(self.tag(ticket.token()), tells);
        }
        fence(Ordering::SeqCst);
    }

    /// The token of a receive: this one, told or not.
    fn tag(&self, token: usize) -> usize {
        if self.tells.is_some() {
            token | TOLD
        } else {
            token & !TOLD
        }
    }

    /// What is there to be read.
    pub(super) fn ready(&self) -> Ready {
        match self.rest {
            Rest::Filled(_) | Rest::Probed => Ready::READABLE,
            Rest::Short(_) => Ready::READABLE | Ready::ERROR,
            Rest::Ended => Ready::READABLE | Ready::READ_CLOSED,
            Rest::Failed(_) => Ready::OF_READING,
            Rest::None | Rest::Idle(_) => Ready::NONE,
        }
    }

    /// Sees to the event of what is there already, or not there any more.
    #[cold]
    fn tell(&mut self, link: &Link) {
        let ready = self.ready();
        if ready.is_none() {
            self.forget(link);
        } else if !ready.wanted(link.place().watch().interests).is_none() {
            self.set_told(true);
            if link.place().owe(ready) {
                link.post();
            }
        }
    }

    /// What an event on its way would tell was said by a read, or is not so any more.
    fn forget(&mut self, link: &Link) {
        if self.told {
            link.place().forget(Ready::OF_READING);
            self.set_told(false);
        }
    }

    /// Notes whether an event was made of what is there.
    pub(super) fn set_told(&mut self, told: bool) {
        self.told = told;
        if let Some(ticket) = self.take_flying() {
            self.set_flying(ticket);
        }
    }

    fn is_flying(&self) -> bool {
        self.plain.is_some() || self.flying.is_some()
    }

    fn set_flying(&mut self, ticket: InFlight<Buffer>) {
        let plain = !self.told && !self.zero_read;
        *(if plain { &mut self.plain } else { &mut self.flying }) = Some(ticket);
    }

    fn take_flying(&mut self) -> Option<InFlight<Buffer>> {
        self.plain.take().or_else(|| self.flying.take())
    }

    /// The next receive is over at once, or was not started.
    pub(super) fn go_on(&mut self, link: &Link, submitted: Submitted<Buffer>, probe: bool) {
        let _ = match self.begun(submitted, probe) {
            Ok(Some(operation)) => self.submit(operation),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        self.tell(link);
    }
}
