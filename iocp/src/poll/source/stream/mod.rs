//! A registered stream, behind the lock of its cell: what its owner does not do alone.
//!
//! That is the connect, what waits to be sent, and what a poller does. Receiving is the owner's
//! (`inbox`), and so is a direct send (`owner/stream/outbox.rs`).

mod connect;
mod idle;
mod inbox;
mod last;
mod linger;
mod packets;
mod pieces;
mod sending;

use std::{io, sync::Arc, time::Duration};

pub(crate) use self::{
    connect::{socket_for, Connecting, Later},
    inbox::{Inbox, Room},
    pieces::Pieces,
};

use self::{idle::Idle, sending::Sending};
use crate::base::error::Error;
use crate::poll::error::{code_of, is_shortage, is_would_block, plain};
use crate::poll::native::{self, StreamSocket};
use crate::poll::source::send_slot::SendSlot;
use crate::poll::{context::Context, event::Ready, marks::Watch};

/// The socket is dropped first: the last reference ends the operations of the other fields.
pub(crate) struct Stream {
    pub(crate) socket: Arc<StreamSocket>,
    connecting: Option<Box<Connecting>>,
    /// The code of the last address, if none could be connected to.
    broken: Option<i32>,
    /// Receives from the end of the connect on, until the owner takes it over.
    early: Option<Box<Inbox>>,
    /// Made by the first write that the system does not take at once.
    sending: Option<Box<Sending>>,
    /// Something was written.
    wrote: bool,
    /// Its idle limit, if it has one.
    idle: Option<Box<Idle>>,
    /// Deregistered: a failed connect is not reported either.
    silent: bool,
}

impl Stream {
    pub(crate) fn new(socket: Arc<StreamSocket>) -> Self {
        Self {
            socket,
            connecting: None,
            broken: None,
            early: None,
            sending: None,
            wrote: false,
            idle: None,
            silent: false,
        }
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

    /// Whether its owner may send directly, without the lock. Not the first time: what was written must be known
    /// at the drop.
    pub(crate) fn sends_directly(&self, at: Context<'_>) -> bool {
        let free = self.connecting.is_none() && self.broken.is_none() && self.idle.is_none();
        free && self.wrote && at.marks.is_nonblocking() && self.nothing_queued()
    }

    /// Whether nothing is queued, and nothing stands against sending.
    fn nothing_queued(&self) -> bool {
        self.sending.as_ref().map_or(true, |sending| sending.is_idle())
    }

    pub(crate) fn sending(&mut self) -> &mut Sending {
        self.sending.get_or_insert_with(Box::default)
    }

    /// Sets the idle limit, from now on, or takes it away.
    pub(crate) fn set_idle_limit(&mut self, at: Context<'_>, limit: Option<Duration>) {
        if let Some(idle) = self.idle.take() {
            idle.end(&at.hub.lists);
        }
        self.idle = limit.map(|limit| Box::new(Idle::new(at, limit)));
    }

    /// A byte was read or written.
    pub(crate) fn touch(&mut self) {
        if let Some(idle) = &mut self.idle {
            idle.touch();
        }
    }

    /// The time of the idle limit may have come: what is to be told.
    pub(crate) fn look_at_idle(&mut self, at: Context<'_>) -> Ready {
        if self.idle.as_mut().is_some_and(|idle| idle.look(at)) && !self.silent {
            return Ready::IDLE;
        }
        Ready::NONE
    }

    /// Writes, as `TcpStream` says: what the system takes at once, and then as much as may be queued. `sent`: what
    /// a direct send has said already.
    pub(crate) fn write(
        &mut self,
        at: Context<'_>,
        bytes: Pieces<'_>,
        sent: Option<io::Result<usize>>,
    ) -> io::Result<usize> {
        let written = self.write_now(at, bytes, sent);
        if written.as_ref().is_ok_and(|&count| count > 0) {
            self.touch();
        }
        written
    }

    fn write_now(
        &mut self,
        at: Context<'_>,
        bytes: Pieces<'_>,
        sent: Option<io::Result<usize>>,
    ) -> io::Result<usize> {
        if self.connecting.is_some() {
            self.sending().wants_room(at);
            return Err(io::ErrorKind::WouldBlock.into());
        }
        if let Some(code) = self.broken {
            return Err(io::Error::from_raw_os_error(code));
        }
        let may_send = self.nothing_queued() && !bytes.is_empty() && !at.hub.is_closed();
        let count = match sent {
            Some(sent) => self.sent_directly(sent)?,
            None if may_send => {
                let sent = match self.send_first(at, bytes) {
                    Some(sent) => sent,
                    None => {
                        let socket: &native::Stream = &self.socket;
                        at.marks.make_nonblocking(|| socket.set_nonblocking(true))?;
                        bytes.send(socket)
                    }
                };
                self.sent_directly(sent)?
            }
            None => 0,
        };
        if count == bytes.len() && count > 0 {
            return Ok(count);
        }
        let sending = self.sending.get_or_insert_with(Box::default);
        let queued = sending.write(&self.socket, at, bytes.behind(count));
        match queued {
            Ok(more) => {
                self.wrote |= more > 0;
                Ok(count + more)
            }
            // The next write says so again.
            Err(_) if count > 0 => Ok(count),
            Err(error) => Err(error),
        }
    }

    /// Sends what a stream writes first by an operation, if that is little and the socket is in blocking mode: a
    /// connection of one answer does without the call that changes it. `None`: not so.
    fn send_first(&mut self, at: Context<'_>, bytes: Pieces<'_>) -> Option<io::Result<usize>> {
        if self.wrote || at.marks.is_nonblocking() || !self.socket.skips_on_success() {
            return None;
        }
        let mut slot = SendSlot::of_pool(at, bytes.len())?;
        let sent = slot.send(&self.socket, at, bytes);
        if let Ok((count, true)) = sent {
            self.sending().begin_with(slot, count);
        } else if let Some(operation) = slot.idle {
            at.hub.writes.keep(operation, &at.hub.lists);
        }
        match sent {
            Ok((count, _)) => Some(Ok(count)),
            // Was closed meanwhile, or has no room.
            Err(Error::Closed | Error::Full(_)) => None,
            Err(error) => Some(Err(plain(error))),
        }
    }

    /// A direct send has returned: how many bytes the system has taken.
    fn sent_directly(&mut self, sent: io::Result<usize>) -> io::Result<usize> {
        match sent {
            Ok(count) => {
                self.wrote |= count > 0;
                Ok(count)
            }
            Err(error) if is_would_block(&error) => Ok(0),
            // A later write may succeed.
            Err(error) if is_shortage(&error) => Err(error),
            Err(error) => {
                let code = code_of(error);
                self.sending().fail(code);
                Err(io::Error::from_raw_os_error(code))
            }
        }
    }

    pub(crate) fn flush(&mut self, at: Context<'_>) -> io::Result<()> {
        self.sending.as_mut().map_or(Ok(()), |sending| sending.flush(at))
    }

    pub(crate) fn shut_down_write(&mut self) -> io::Result<()> {
        self.sending.get_or_insert_with(Box::default).shut_down(&self.socket)
    }
}
