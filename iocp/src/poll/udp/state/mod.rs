//! A registered UDP socket, as its lock guards it: one receive, up to two sends.

mod incoming;
mod outgoing;

use std::{io, sync::Arc};

use self::{incoming::Recv, outgoing::Send};
use crate::{
    poll::{
        context::{Context, Settled, SEND},
        event::{Ready, Token},
        native, Interests,
    },
    AssociatedSocket,
};

/// The part of a socket that belongs to the queue. The socket is dropped first.
#[derive(Debug)]
pub(in crate::poll) struct Datagrams {
    socket: AssociatedSocket<Arc<native::Udp>>,
    recv: Recv,
    sends: [Send; 2],
    /// Why an earlier datagram did not leave.
    failed: Option<i32>,
    wants_room: bool,
    token: Token,
    interests: Interests,
    owed: Ready,
    posted: bool,
    starved: bool,
}

impl Datagrams {
    pub(super) fn new(socket: AssociatedSocket<Arc<native::Udp>>) -> Self {
        Self {
            socket,
            recv: Recv::None,
            sends: [Send::None, Send::None],
            failed: None,
            wants_room: false,
            token: 0,
            interests: Interests::NONE,
            owed: Ready::NONE,
            posted: false,
            starved: false,
        }
    }

    /// Replaces token and interests. True if an event must be posted.
    pub(super) fn register(
        &mut self,
        at: Context<'_>,
        token: Token,
        interests: Interests,
    ) -> io::Result<bool> {
        (self.token, self.interests) = (token, interests);
        self.owed = Ready::NONE;
        if interests.is_readable() {
            if let Err(error) = self.arm(at) {
                self.interests = Interests::NONE;
                return Err(error);
            }
        }
        let ready = self.now().wanted(interests);
        self.wants_room = interests.is_writable() && !ready.has(Ready::WRITABLE);
        Ok(self.owe(ready))
    }

    pub(super) fn deregister(&mut self) {
        self.interests = Interests::NONE;
        self.owed = Ready::NONE;
    }

    fn owe(&mut self, ready: Ready) -> bool {
        if ready.is_none() {
            return false;
        }
        self.owed = self.owed | ready;
        !std::mem::replace(&mut self.posted, true)
    }

    pub(in crate::poll) fn owed(&mut self) -> Settled {
        self.posted = false;
        let owed = std::mem::take(&mut self.owed);
        self.report(owed)
    }

    pub(in crate::poll) fn finished(&mut self, kind: usize, at: Context<'_>) -> Settled {
        if kind == SEND {
            let freed = self.sent();
            let tells = freed && std::mem::take(&mut self.wants_room);
            return self.report(if tells { Ready::WRITABLE } else { Ready::NONE });
        }
        match std::mem::replace(&mut self.recv, Recv::None) {
            Recv::Flying(ticket) => match ticket.finish() {
                Ok(completed) => self.received(completed),
                Err(ticket) => self.recv = Recv::Flying(ticket),
            },
            other => self.recv = other,
        }
        if matches!(self.recv, Recv::Idle(_)) {
            // An error of this is said by the next read.
            let _ = self.arm(at);
        }
        self.report(Ready::READABLE)
    }

    /// The port has room again.
    pub(in crate::poll) fn drained(&mut self, at: Context<'_>) -> Settled {
        if !std::mem::take(&mut self.starved) {
            return self.report(Ready::NONE);
        }
        if self.interests.is_readable() {
            let _ = self.arm(at);
        }
        // Both sends may still be on their way: then there is no room yet, and their end tells.
        if self.now().has(Ready::WRITABLE) {
            self.wants_room = false;
        }
        self.report(Ready::READABLE | Ready::WRITABLE)
    }

    fn report(&self, of: Ready) -> Settled {
        Settled::new(self.token, self.now().only(of).wanted(self.interests))
    }

    fn now(&self) -> Ready {
        let read = match self.recv {
            Recv::Filled { .. } => Ready::READABLE,
            Recv::Failed { .. } => Ready::READABLE | Ready::ERROR,
            _ => Ready::NONE,
        };
        let room = self.sends.iter().any(|send| !matches!(send, Send::Flying(_)));
        match self.failed {
            Some(_) => read | Ready::WRITABLE | Ready::ERROR,
            None if room => read | Ready::WRITABLE,
            None => read,
        }
    }
}

fn would_block() -> io::Error {
    io::ErrorKind::WouldBlock.into()
}
