//! A registered stream, as the lock of its cell guards it: what its owner does not do alone.
//!
//! The receiving half is the owner's, and so is a send that is done at once. Here is the connect,
//! what waits to be sent, and what a poller does when the owner is not there.

mod connect;
mod inbox;
mod packets;
mod send_slot;
mod sending;

use std::{io, sync::Arc};

pub(crate) use self::{
    connect::{socket_for, Later},
    inbox::{Buffer, Inbox},
};

use self::{connect::Connecting, sending::Sending};
use crate::operation::{Operation, Submitted};
use crate::poll::event::{Ready, Token};
use crate::poll::{context::Context, interests::Interests, marks::Watch, native::StreamSocket};

/// The part of a stream that belongs to the queue. Its token and interests are in its marks.
///
/// The socket comes first: where this is its last reference it is dropped first, which ends the
/// operations of the others.
pub(crate) struct Stream {
    pub(crate) socket: Arc<StreamSocket>,
    connecting: Option<Box<Connecting>>,
    /// Why no address could be connected to.
    broken: Option<i32>,
    /// What the end of the connect has received for the owner, who comes later.
    early: Option<Box<Inbox>>,
    /// Made by the first write.
    sending: Option<Box<Sending>>,
    /// Deregistered: not even a connect that fails is reported.
    silent: bool,
}

impl Stream {
    pub(crate) fn new(socket: Arc<StreamSocket>) -> Self {
        Self { socket, connecting: None, broken: None, early: None, sending: None, silent: false }
    }

    /// Replaces token and interests.
    pub(crate) fn watch(&mut self, at: Context<'_>, token: Token, interests: Interests) {
        self.silent = false;
        at.watch(Watch { token, interests, by_owner: true });
    }

    pub(crate) fn deregister(&mut self, at: Context<'_>) {
        at.unwatch();
        self.silent = true;
    }

    /// Gives the owner's inbox what the end of the connect has left for it. False: it is connecting.
    pub(crate) fn hand_over(&mut self, inbox: &mut Inbox) -> bool {
        if !inbox.is_fetched() && self.connecting.is_none() {
            inbox.fetch(self.early.take(), &self.socket, self.broken);
        }
        inbox.is_fetched()
    }

    /// Whether there is room to write; if its owner wants to hear of some, it will.
    pub(crate) fn room(&mut self, at: Context<'_>, interests: Interests) -> Ready {
        let ready = self.write_ready(at);
        if interests.is_writable() && ready.is_none() {
            self.sending_mut().wants_room();
        }
        ready
    }

    /// Whether there is room to write now.
    fn write_ready(&self, at: Context<'_>) -> Ready {
        match &self.sending {
            _ if self.connecting.is_some() => Ready::NONE,
            _ if self.broken.is_some() => Ready::WRITABLE | Ready::ERROR,
            Some(sending) => sending.ready(at),
            None => Ready::WRITABLE,
        }
    }

    /// The send that the owner uses alone until it is not over at once.
    pub(crate) fn lend(&mut self) -> Option<Operation<Vec<u8>>> {
        self.sending.as_mut()?.lend()
    }

    /// Whether nothing is in the way of a send.
    pub(crate) fn is_clear(&self) -> bool {
        let sending = self.sending.as_ref();
        self.connecting.is_none()
            && self.broken.is_none()
            && sending.map_or(true, |sending| sending.is_clear())
    }

    fn sending_mut(&mut self) -> &mut Sending {
        self.sending.get_or_insert_with(Box::default)
    }

    /// Writes, as `TcpStream` says. The owner's own send, `idle`, comes back.
    pub(crate) fn write(
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
        sending.write(&self.socket, at, bytes)
    }

    /// The owner's own send of `len` bytes is not over, or has failed.
    pub(crate) fn begun(
        &mut self,
        at: Context<'_>,
        submitted: Submitted<Vec<u8>>,
        len: usize,
    ) -> io::Result<()> {
        let sending = self.sending_mut();
        let begun = sending.begun(at, submitted, len);
        // Its packet may have come already, when the ticket was not here.
        sending.settle(at);
        begun
    }

    pub(crate) fn flush(&mut self, at: Context<'_>) -> io::Result<()> {
        self.sending.as_mut().map_or(Ok(()), |sending| sending.flush(at))
    }

    /// `idle` is the owner's own send: there are no more.
    pub(crate) fn shut_down_write(&mut self, idle: Option<Operation<Vec<u8>>>) -> io::Result<()> {
        let socket = Arc::clone(&self.socket);
        let sending = self.sending_mut();
        if let Some(idle) = idle {
            sending.give_back(idle);
        }
        sending.shut_down(&socket)
    }

    /// Its owner wants none of it to be sent.
    pub(crate) fn abort(&mut self) {
        if let Some(sending) = &mut self.sending {
            // WSAECONNABORTED: what writes of it would say.
            sending.fail(10_053);
        }
    }

    /// Its owner is gone. True if there is something to send: it stays until that is sent.
    pub(crate) fn linger(&mut self, at: Context<'_>) -> bool {
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

    pub(crate) fn is_lingering(&self) -> bool {
        self.sending.as_ref().is_some_and(|sending| sending.lingers)
    }

    /// Whether it lingered until now.
    pub(crate) fn is_over(&self) -> bool {
        self.sending.as_ref().is_some_and(|sending| sending.lingers && sending.is_over())
    }
}
