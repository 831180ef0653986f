//! A registered stream, behind the lock of its cell: what its owner does not do alone.
//!
//! That is the connect, what waits to be sent, and what a poller does. Receiving is the owner's
//! (`inbox`), and so is a direct send (`owner/stream/outbox.rs`).

mod backlog;
mod connect;
mod inbox;
mod last;
mod linger;
mod packets;
mod pieces;
mod sending;

use std::{io, time::Duration};

pub(crate) use self::{
    connect::{connect_operation, socket_for, Connecting, Later},
    inbox::{Inbox, Room},
    pieces::Pieces,
};

use self::sending::Sending;
use crate::associated::View;
use crate::base::error::Error;
use crate::poll::error::{code_of, is_shortage, is_would_block, plain};
use crate::poll::native::{self, SharedStream};
use crate::poll::source::idle::{Idle, Limit};
use crate::poll::source::send_slot::send;
use crate::poll::{context::Context, event::Ready, hub::LEAST, marks::Watch};

/// Where the socket is needed and `more` may not be there yet, the owner lends its own.
#[derive(Default)]
pub(crate) struct Stream {
    /// `None` for one that does nothing but receive and send at once.
    more: Option<Box<More>>,
    /// Something was written.
    wrote: bool,
    /// Deregistered: a failed connect is not reported either.
    silent: bool,
}

/// What a poller does when a connect has ended, by a pointer: a program that connects nothing does without its code.
type Finished = fn(&mut Stream, Context<'_>) -> Ready;

/// What few streams have, or for a while only.
struct More {
    /// Dropped first: the last reference ends the operations of the other fields.
    socket: SharedStream,
    connecting: Option<(Connecting, Finished)>,
    /// The code of the last address, if none could be connected to.
    broken: Option<i32>,
    /// Receives from the end of the connect on, until the owner takes it over.
    early: Option<Box<Inbox>>,
    /// Made by the first write that the system does not take at once.
    sending: Option<Sending>,
    /// Its idle limit, if it has one.
    idle: Option<Box<dyn Limit>>,
}

impl Stream {
    fn more(&mut self, socket: &SharedStream) -> &mut More {
        self.more.get_or_insert_with(|| Box::new(More::new(socket)))
    }

    fn is_connecting(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.connecting.is_some())
    }

    fn broken(&self) -> Option<i32> {
        self.more.as_ref()?.broken
    }

    fn queue(&self) -> Option<&Sending> {
        self.more.as_ref()?.sending.as_ref()
    }

    fn queue_mut(&mut self) -> Option<(&mut Sending, View<'_, native::Stream>)> {
        let more = self.more.as_deref_mut()?;
        Some((more.sending.as_mut()?, more.socket.view()))
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
    pub(crate) fn hand_over(&mut self, inbox: &mut Inbox, at: Context<'_>) -> bool {
        if !inbox.is_fetched() && !self.is_connecting() {
            let early = self.more.as_mut().and_then(|more| more.early.take());
            inbox.fetch(at, early, self.broken());
            // A connect is over that left nothing else.
            self.more = self.more.take().filter(|more| more.is_in_use());
        }
        inbox.is_fetched()
    }

    /// Whether there is room to write. If not, and the owner is registered for it, an event follows.
    pub(crate) fn room(&mut self, socket: &SharedStream, at: Context<'_>) -> Ready {
        let ready = self.write_ready(at);
        if at.marks.watch().interests.is_writable() && ready.is_none() {
            self.sending(socket).wants_room(at);
        }
        ready
    }

    fn write_ready(&self, at: Context<'_>) -> Ready {
        match self.queue() {
            _ if self.is_connecting() => Ready::NONE,
            _ if self.broken().is_some() => Ready::WRITABLE | Ready::ERROR,
            Some(sending) => sending.ready(at),
            None => Ready::WRITABLE,
        }
    }

    /// Whether its owner may send directly, without the lock. Not the first time: what was written must be known
    /// at the drop.
    pub(crate) fn sends_directly(&self, at: Context<'_>) -> bool {
        let free = self.more.as_ref().map_or(true, |more| {
            more.connecting.is_none() && more.broken.is_none() && more.idle.is_none()
        });
        free && self.wrote && at.marks.is_nonblocking() && self.nothing_queued()
    }

    /// Whether nothing is queued, and nothing stands against sending.
    fn nothing_queued(&self) -> bool {
        self.queue().map_or(true, Sending::is_idle)
    }

    pub(crate) fn sending(&mut self, socket: &SharedStream) -> &mut Sending {
        self.more(socket).sending.get_or_insert_with(Sending::default)
    }

    /// Sets the idle limit, from now on, or takes it away.
    pub(crate) fn set_idle_limit(
        &mut self,
        socket: &SharedStream,
        at: Context<'_>,
        limit: Option<Duration>,
    ) {
        match (limit, &mut self.more) {
            (Some(limit), _) => self.more(socket).idle = Some(Idle::boxed(at, limit)),
            (None, Some(more)) => more.idle = None,
            (None, None) => {}
        }
    }

    fn idle(&mut self) -> Option<&mut (dyn Limit + 'static)> {
        self.more.as_mut()?.idle.as_deref_mut()
    }

    /// A byte was read or written.
    pub(crate) fn touch(&mut self) {
        if let Some(idle) = self.idle() {
            idle.touch();
        }
    }

    /// The time of the idle limit may have come: what is to be told.
    pub(crate) fn look_at_idle(&mut self) -> Ready {
        let silent = self.silent;
        self.idle().map_or(Ready::NONE, |idle| idle.look(silent))
    }

    /// Writes, as `TcpStream` says: what the system takes at once, and then as much as may be queued. `sent`: what
    /// a direct send has said already.
    pub(crate) fn write(
        &mut self,
        socket: &SharedStream,
        at: Context<'_>,
        bytes: Pieces<'_>,
        sent: Option<io::Result<usize>>,
    ) -> io::Result<usize> {
        let written = self.write_now(socket, at, bytes, sent);
        if written.as_ref().is_ok_and(|&count| count > 0) {
            self.touch();
        }
        written
    }

    fn write_now(
        &mut self,
        socket: &SharedStream,
        at: Context<'_>,
        bytes: Pieces<'_>,
        sent: Option<io::Result<usize>>,
    ) -> io::Result<usize> {
        if self.is_connecting() {
            self.sending(socket).wants_room(at);
            return Err(io::ErrorKind::WouldBlock.into());
        }
        if let Some(code) = self.broken() {
            return Err(io::Error::from_raw_os_error(code));
        }
        let may_send = self.nothing_queued() && !bytes.is_empty() && !at.hub.is_closed();
        let count = match sent {
            Some(sent) => self.sent_directly(socket, sent)?,
            None if may_send => {
                let sent = match self.send_first(socket, at, bytes) {
                    Some(sent) => sent,
                    None => {
                        let socket = socket.view();
                        let native = socket.get_ref();
                        at.marks.make_nonblocking(|| native.set_nonblocking(true))?;
                        bytes.send(native)
                    }
                };
                self.sent_directly(socket, sent)?
            }
            None => 0,
        };
        if count == bytes.len() && count > 0 {
            return Ok(count);
        }
        let queued = self.sending(socket).write(&socket.view(), at, bytes.behind(count));
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
    fn send_first(
        &mut self,
        socket: &SharedStream,
        at: Context<'_>,
        bytes: Pieces<'_>,
    ) -> Option<io::Result<usize>> {
        let little = bytes.len() <= LEAST.min(at.hub.config.send_high_water);
        let blocks = !at.marks.is_nonblocking() && socket.view().skips_on_success();
        if self.wrote || !little || !blocks || at.hub.lists.has_starved() {
            return None;
        }
        match send(&socket.view(), at, bytes) {
            Ok((count, None)) => Some(Ok(count)),
            Ok((count, flying)) => {
                self.sending(socket).begin_with(flying, count);
                Some(Ok(count))
            }
            // Was closed meanwhile, or has no room.
            Err(Error::Closed | Error::Full(_)) => None,
            Err(error) => Some(Err(plain(error))),
        }
    }

    /// A direct send has returned: how many bytes the system has taken.
    fn sent_directly(
        &mut self,
        socket: &SharedStream,
        sent: io::Result<usize>,
    ) -> io::Result<usize> {
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
                self.sending(socket).fail(code);
                Err(io::Error::from_raw_os_error(code))
            }
        }
    }

    pub(crate) fn flush(&mut self, at: Context<'_>) -> io::Result<()> {
        self.queue_mut().map_or(Ok(()), |(sending, _)| sending.flush(at))
    }

    pub(crate) fn shut_down_write(&mut self, socket: &SharedStream) -> io::Result<()> {
        self.sending(socket).shut_down(&socket.view())
    }
}

impl More {
    fn new(socket: &SharedStream) -> Self {
        let socket = socket.clone();
        Self { socket, connecting: None, broken: None, early: None, sending: None, idle: None }
    }

    fn is_in_use(&self) -> bool {
        let connects = self.connecting.is_some() || self.broken.is_some() || self.early.is_some();
        connects || self.sending.is_some() || self.idle.is_some()
    }
}
