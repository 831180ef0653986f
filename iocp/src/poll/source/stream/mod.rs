//! A registered stream, behind the lock of its cell: what its owner does not do alone.
//!
//! That is the connect, what waits to be sent, and what a poller does. Receiving is the owner's
//! (`inbox`), and so is a send that is done at once (`owner/stream/outbox.rs`).

mod connect;
mod inbox;
mod last;
mod linger;
mod packets;
mod sending;

use std::{io, sync::Arc};

pub(crate) use self::{
    connect::{socket_for, Connecting, Later},
    inbox::{Inbox, Room},
};

use self::sending::Sending;
use crate::operation::{Operation, Submitted};
use crate::poll::{context::Context, event::Ready, marks::Watch, native::StreamSocket};

/// The socket is dropped first: the last reference ends the operations of the other fields.
pub(crate) struct Stream {
    pub(crate) socket: Arc<StreamSocket>,
    connecting: Option<Box<Connecting>>,
    /// The code of the last address, if none could be connected to.
    broken: Option<i32>,
    /// Receives from the end of the connect on, until the owner takes it over.
    early: Option<Box<Inbox>>,
    /// Made by the first write.
    sending: Option<Box<Sending>>,
    /// Deregistered: a failed connect is not reported either.
    silent: bool,
}

impl Stream {
    pub(crate) fn new(socket: Arc<StreamSocket>) -> Self {
        Self { socket, connecting: None, broken: None, early: None, sending: None, silent: false }
    }

    pub(crate) fn watch(&mut self, at: Context<'_>, watch: Watch) {
        self.silent = false;
        at.watch(Watch { by_owner: true, ..watch });
    }

    pub(crate) fn deregister(&mut self, at: Context<'_>) {
        at.unwatch();
        self.silent = true;
    }

    /// Gives the owner's inbox the `early` one, once the connect is over. False: still connecting.
    pub(crate) fn hand_over(&mut self, inbox: &mut Inbox) -> bool {
        if !inbox.is_fetched() && self.connecting.is_none() {
            inbox.fetch(self.early.take(), &self.socket, self.broken);
        }
        inbox.is_fetched()
    }

    /// Whether there is room to write. If not, and the owner is registered for it, an event follows.
    pub(crate) fn room(&mut self, at: Context<'_>) -> Ready {
        let ready = self.write_ready(at);
        if at.marks.watch().interests.is_writable() && ready.is_none() {
            self.sending().wants_room(at);
        }
        ready
    }

    fn write_ready(&self, at: Context<'_>) -> Ready {
        match &self.sending {
            _ if self.connecting.is_some() => Ready::NONE,
            _ if self.broken.is_some() => Ready::WRITABLE | Ready::ERROR,
            Some(sending) => sending.ready(at),
            None => Ready::WRITABLE,
        }
    }

    /// Whether a send may start at once.
    pub(crate) fn can_start(&self) -> bool {
        let idle = self.connecting.is_none() && self.broken.is_none();
        idle && self.sending.as_ref().is_some_and(|sending| sending.can_start())
    }

    pub(crate) fn sending(&mut self) -> &mut Sending {
        self.sending.get_or_insert_with(Box::default)
    }

    /// Takes the owner's idle send back.
    pub(crate) fn give_back(&mut self, idle: Option<Operation<Vec<u8>>>) {
        if let Some(idle) = idle {
            self.sending().give_back(idle);
        }
    }

    /// Writes, as `TcpStream` says.
    pub(crate) fn write(&mut self, at: Context<'_>, bytes: &[u8]) -> io::Result<usize> {
        let sending = self.sending.get_or_insert_with(Box::default);
        if self.connecting.is_some() {
            sending.wants_room(at);
            return Err(io::ErrorKind::WouldBlock.into());
        }
        if let Some(code) = self.broken {
            return Err(io::Error::from_raw_os_error(code));
        }
        sending.write(&self.socket, at, bytes)
    }

    /// The owner has submitted a send of `len` bytes, while nothing was queued.
    pub(crate) fn after_submit(
        &mut self,
        at: Context<'_>,
        submitted: Submitted<Vec<u8>>,
        len: usize,
    ) -> io::Result<()> {
        self.sending.get_or_insert_with(Box::default).after_submit(&self.socket, at, submitted, len)
    }

    pub(crate) fn flush(&mut self, at: Context<'_>) -> io::Result<()> {
        self.sending.as_mut().map_or(Ok(()), |sending| sending.flush(at))
    }

    pub(crate) fn shut_down_write(&mut self) -> io::Result<()> {
        self.sending.get_or_insert_with(Box::default).shut_down(&self.socket)
    }
}
