//! A registered UDP socket, as the lock of its cell guards it: one receive, up to two sends.

mod incoming;
mod outgoing;

use std::{io, net::SocketAddr, sync::Arc};

pub use self::incoming::Received;

use self::{incoming::Incoming, outgoing::Outgoing};
use crate::associated::AssociatedSocket;
use crate::poll::event::{Ready, Token};
use crate::poll::tag::{RECV, SEND};
use crate::poll::{context::Context, interests::Interests, marks::Watch, native};

/// The part of a socket that belongs to the queue. The socket is dropped first.
pub(crate) struct Datagrams {
    socket: AssociatedSocket<Arc<native::Udp>>,
    incoming: Incoming,
    outgoing: Outgoing,
}

impl Datagrams {
    pub(crate) fn new(socket: AssociatedSocket<Arc<native::Udp>>) -> Self {
        let (incoming, outgoing) = (Incoming::default(), Outgoing::default());
        Self { socket, incoming, outgoing }
    }

    /// Replaces token and interests. True if an event must be posted.
    pub(crate) fn register(
        &mut self,
        at: Context<'_>,
        token: Token,
        interests: Interests,
    ) -> io::Result<bool> {
        at.watch(Watch { token, interests, ..Watch::NONE });
        if interests.is_readable() {
            if let Err(error) = self.arm(at) {
                at.unwatch();
                return Err(error);
            }
        }
        let ready = at.wanted(self.now());
        self.outgoing.wants_room = interests.is_writable() && !ready.has(Ready::WRITABLE);
        Ok(at.marks.add_pending(ready))
    }

    /// Takes one datagram. The flag says that an event must be posted: another is there already.
    pub(crate) fn receive(
        &mut self,
        at: Context<'_>,
        into: &mut [u8],
    ) -> (io::Result<Received>, bool) {
        if let Err(error) = self.arm(at) {
            return (Err(error), false);
        }
        let Some(received) = self.incoming.take(into) else {
            return (Err(at.would_block()), false);
        };
        // The next read reports an error of this.
        let _ = self.arm(at);
        let ready = at.wanted(self.now().only(Ready::READABLE));
        (received, at.marks.add_pending(ready))
    }

    /// Sends one datagram.
    pub(crate) fn send(
        &mut self,
        at: Context<'_>,
        bytes: &[u8],
        to: SocketAddr,
    ) -> io::Result<usize> {
        self.outgoing.send(&self.socket, at, bytes, to)
    }

    /// The packet of the pending event has come.
    pub(crate) fn posted(&mut self, at: Context<'_>) -> Ready {
        let pending = at.marks.take_pending();
        self.report(at, pending)
    }

    pub(crate) fn finished(&mut self, kind: usize, at: Context<'_>) -> Ready {
        if kind == SEND {
            let freed = self.outgoing.sent();
            let wanted = freed && std::mem::take(&mut self.outgoing.wants_room);
            return self.report(at, if wanted { Ready::WRITABLE } else { Ready::NONE });
        }
        if self.incoming.advance() {
            // The next read reports an error of this.
            let _ = self.arm(at);
        }
        self.report(at, Ready::READABLE)
    }

    /// The port has room again.
    pub(crate) fn drained(&mut self, at: Context<'_>) -> Ready {
        // Both are to be taken.
        if !(at.marks.take_starved(RECV) | at.marks.take_starved(SEND)) {
            return Ready::NONE;
        }
        if at.marks.watch().interests.is_readable() {
            let _ = self.arm(at);
        }
        // Both sends may still be on their way: then there is no room yet, and their end is reported.
        if self.now().has(Ready::WRITABLE) {
            self.outgoing.wants_room = false;
        }
        self.report(at, Ready::READABLE | Ready::WRITABLE)
    }

    /// Puts a receive in flight if none is and nothing waits to be taken.
    fn arm(&mut self, at: Context<'_>) -> io::Result<()> {
        self.incoming.arm(&self.socket, at)
    }

    fn report(&self, at: Context<'_>, of: Ready) -> Ready {
        at.wanted(self.now().only(of))
    }

    fn now(&self) -> Ready {
        self.incoming.ready() | self.outgoing.ready()
    }
}
