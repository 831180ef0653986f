//! A registered stream, as its lock guards it: what its owner does not do alone.
//!
//! The receiving half is the owner's, and so is a send that is done at once. Here is the connect,
//! what waits to be sent, and what a poller does when the owner is not there.

use std::{io, sync::Arc};

use super::{connect::Connecting, inbox::Inbox, sending::Sending};
use crate::{
    poll::{
        context::{Context, Settled, CONNECT, SEND},
        event::{Ready, Token},
        native,
        place::Watch,
        Interests,
    },
    AssociatedSocket, Operation, Submitted,
};

pub(in crate::poll) type Socket = AssociatedSocket<Arc<native::Stream>>;

/// The part of a stream that belongs to the queue. Its token and interests are in its place.
///
/// The socket comes first: where this is its last reference it is dropped first, which ends the
/// operations of the others.
#[derive(Debug)]
pub(in crate::poll) struct Stream {
    pub(super) socket: Arc<Socket>,
    pub(super) connecting: Option<Box<Connecting>>,
    /// Why no address could be connected to.
    pub(super) broken: Option<i32>,
    /// What the end of the connect has received for the owner, who comes later.
    pub(super) early: Option<Box<Inbox>>,
    /// Made by the first write.
    pub(super) sending: Option<Box<Sending>>,
    /// The port was full: listed to be tried again when it has room.
    pub(super) recv_starved: bool,
    send_starved: bool,
    /// Deregistered: not even a connect that fails is told.
    pub(super) silent: bool,
}

impl Stream {
    pub(in crate::poll) fn new(socket: Arc<Socket>) -> Self {
        Self {
            socket,
            connecting: None,
            broken: None,
            early: None,
            sending: None,
            recv_starved: false,
            send_starved: false,
            silent: false,
        }
    }

    /// Replaces token and interests. What is owed to the old ones is not owed any more.
    pub(super) fn watch(&mut self, at: Context<'_>, token: Token, interests: Interests) {
        self.silent = false;
        at.place.set_watch(Watch { token, interests, direct: true });
        at.place.forget(Ready::ALL);
    }

    pub(super) fn deregister(&mut self, at: Context<'_>) {
        let token = at.place.watch().token;
        self.watch(at, token, Interests::NONE);
        self.silent = true;
    }

    /// Whether there is room to write; if its owner wants to hear of some, it will.
    pub(super) fn room(&mut self, at: Context<'_>, interests: Interests) -> Ready {
        let ready = self.write_ready(at);
        if interests.is_writable() && ready.is_none() {
            self.sending_mut().wants_room();
        }
        ready
    }

    /// The packet of our own has come: reports what is owed and still so.
    pub(in crate::poll) fn owed(&mut self, at: Context<'_>) -> Settled {
        let owed = at.place.take_owed();
        let mut ready = owed.only(Ready::READABLE);
        if owed.has(Ready::WRITABLE) {
            ready = ready | self.write_ready(at);
        }
        let mut settled = report(ready, at);
        if owed.has(Ready::CONNECT_FAILED) && !self.silent {
            settled.ready = settled.ready | Ready::ERROR;
        }
        settled
    }

    pub(in crate::poll) fn finished(&mut self, kind: usize, at: Context<'_>) -> Settled {
        match kind {
            SEND => self.sent(at),
            CONNECT => self.connect_finished(at),
            _ => report(Ready::NONE, at),
        }
    }

    fn sent(&mut self, at: Context<'_>) -> Settled {
        let Some(sending) = self.sending.as_mut() else { return report(Ready::NONE, at) };
        let tells = sending.finished(&self.socket, at, &mut self.send_starved);
        let over = sending.is_over() && sending.lingers;
        if over {
            return Settled { over, ..report(Ready::NONE, at) };
        }
        report(if tells { self.write_ready(at) } else { Ready::NONE }, at)
    }

    /// What could not be sent a while ago is tried again.
    pub(in crate::poll) fn again(&mut self, at: Context<'_>) -> Settled {
        self.sent(at)
    }

    /// The port has room again: tries what it had no room for.
    pub(in crate::poll) fn drained(&mut self, at: Context<'_>) -> Settled {
        let read = std::mem::take(&mut self.recv_starved);
        let mut settled = report(Ready::NONE, at);
        if std::mem::take(&mut self.send_starved) {
            // Writable only if its owner waits for that, as after any send.
            settled = self.sent(at);
        }
        if read && !settled.over {
            // The owner's next read tries.
            settled.ready = settled.ready | report(Ready::READABLE, at).ready;
        }
        settled
    }

    /// Whether there is room to write now.
    pub(super) fn write_ready(&self, at: Context<'_>) -> Ready {
        match &self.sending {
            _ if self.is_connecting() => Ready::NONE,
            _ if self.broken.is_some() => Ready::WRITABLE | Ready::ERROR,
            Some(sending) => sending.ready(at),
            None => Ready::WRITABLE,
        }
    }

    /// The send that the owner uses alone until it is not over at once.
    pub(super) fn lend(&mut self) -> Option<Operation<Vec<u8>>> {
        self.sending.as_mut()?.lend()
    }

    /// Whether nothing is in the way of a send.
    pub(super) fn is_clear(&self) -> bool {
        let sending = self.sending.as_ref();
        !self.is_connecting()
            && self.broken.is_none()
            && sending.map_or(true, |sending| sending.is_clear())
    }

    fn sending_mut(&mut self) -> &mut Sending {
        self.sending.get_or_insert_with(Box::default)
    }

    /// Writes; see [`TcpStream`](super::TcpStream). The owner's own send comes back.
    pub(super) fn write(
        &mut self,
        at: Context<'_>,
        idle: Option<Operation<Vec<u8>>>,
        bytes: &[u8],
    ) -> io::Result<usize> {
        let sending = self.sending.get_or_insert_with(Box::default);
        if let Some(idle) = idle {
            sending.give_back(idle);
        }
        if self.connecting.is_some() {
            sending.wants_room();
            return Err(io::ErrorKind::WouldBlock.into());
        }
        if let Some(code) = self.broken {
            return Err(io::Error::from_raw_os_error(code));
        }
        sending.write(&self.socket, at, &mut self.send_starved, bytes)
    }

    /// The owner's own send of `len` bytes is not over, or has failed.
    pub(super) fn begun(
        &mut self,
        at: Context<'_>,
        submitted: Submitted<Vec<u8>>,
        len: usize,
    ) -> io::Result<()> {
        let sending = self.sending_mut();
        let begun = sending.begun(at, submitted, len);
        // Its packet may have come already, when nobody knew whose it was.
        sending.settle(at);
        begun
    }

    pub(super) fn flush(&mut self, at: Context<'_>) -> io::Result<()> {
        match &mut self.sending {
            Some(sending) => sending.flush(at),
            None => Ok(()),
        }
    }

    /// `idle` is the owner's own send: there are no more.
    pub(super) fn shut_down_write(&mut self, idle: Option<Operation<Vec<u8>>>) -> io::Result<()> {
        let socket = Arc::clone(&self.socket);
        let sending = self.sending_mut();
        if let Some(idle) = idle {
            sending.give_back(idle);
        }
        sending.shut_down(&socket)
    }

    pub(super) fn is_connecting(&self) -> bool {
        self.connecting.is_some()
    }

    /// Its owner wants none of it to be sent.
    pub(super) fn abort(&mut self) {
        if let Some(sending) = &mut self.sending {
            sending.abort();
        }
    }

    /// Its owner is gone. True if there is something to send: it stays until that is sent.
    pub(in crate::poll) fn linger(&mut self, at: Context<'_>) -> bool {
        self.deregister(at);
        self.early = None;
        match &mut self.sending {
            Some(sending) if !sending.is_over() => {
                sending.lingers = true;
                true
            }
            _ => false,
        }
    }

    pub(in crate::poll) fn is_lingering(&self) -> bool {
        self.sending.as_ref().is_some_and(|sending| sending.lingers)
    }
}

/// What of this is wanted.
pub(super) fn report(ready: Ready, at: Context<'_>) -> Settled {
    let watch = at.place.watch();
    Settled::new(watch.token, ready.wanted(watch.interests))
}
