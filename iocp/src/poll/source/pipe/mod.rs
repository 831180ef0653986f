//! A registered pipe, behind the lock of its cell: the client that a server's end waits for, one read in flight,
//! and one write.

mod reading;

use std::{any::Any, io, mem::take, time::Duration};

pub use self::reading::PipePart;

use self::reading::{Reading, TRIES};
use super::{
    idle::{Idle, Limit},
    other::Other,
    slot::Slot,
};
use crate::base::status::CompletionKind;
use crate::operation::{Completed, InFlight};
use crate::ops::pipe::PipeConnect;
use crate::poll::native::PipeAssociated;
use crate::poll::tag::{CONNECT, RECV, SEND};
use crate::poll::{context::Context, error::code_of, error::plain, event::Ready};
use crate::poll::{lists::Visit, marks::Watch};

/// The smallest buffer for writing.
const LEAST: usize = 512;

/// The pipe is dropped first.
pub(crate) struct Piped {
    pipe: PipeAssociated,
    /// Of a server's end.
    connect: Slot<PipeConnect>,
    client: Client,
    reading: Reading,
    write: Slot,
    /// Why an earlier write failed: said once.
    failed: Option<i32>,
    /// The owner waits for the end of the write, or for a client.
    wants_room: bool,
    idle: Option<Box<dyn Limit>>,
    /// Deregistered: its idle limit is not told.
    silent: bool,
}

/// Whether somebody is at the other end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Client {
    /// A server's end has none yet.
    Awaited,
    There,
    /// It cannot be waited for: this code.
    Failed(i32),
}

impl Piped {
    /// `listens`: a server's end, which waits for its client.
    pub(crate) fn new(pipe: PipeAssociated, listens: bool) -> Self {
        Self {
            pipe,
            connect: Slot::default(),
            client: if listens { Client::Awaited } else { Client::There },
            reading: Reading::default(),
            write: Slot::default(),
            failed: None,
            wants_room: false,
            idle: None,
            silent: false,
        }
    }

    pub(crate) fn set_idle_limit(&mut self, at: Context<'_>, limit: Option<Duration>) {
        self.idle = limit.map(|limit| Idle::boxed(at, limit));
    }

    pub(crate) fn deregister(&mut self, at: Context<'_>) {
        at.unwatch();
        self.silent = true;
    }

    /// Bytes or a message were read or written.
    fn touch(&mut self) {
        self.idle.iter_mut().for_each(|idle| idle.touch());
    }

    /// Takes what was read: of one message at most; `None` at the end. Also whether an event must be posted: the
    /// caller may stop here, and more is there.
    pub(crate) fn read(
        &mut self,
        at: Context<'_>,
        into: &mut [u8],
    ) -> io::Result<(Option<PipePart>, bool)> {
        match self.client {
            Client::Awaited => return Err(at.would_block()),
            Client::Failed(code) => return Err(io::Error::from_raw_os_error(code)),
            Client::There => {}
        }
        let taken = self.reading.take(&self.pipe, at, into);
        let must_post = match &taken {
            Ok(Some(part)) if part.len < into.len() || part.is_last => {
                at.marks.add_pending(at.wanted(self.reading.ready()))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                at.marks.forget_pending(Ready::OF_READING);
                false
            }
            _ => false,
        };
        if matches!(taken, Ok(Some(_))) {
            self.touch();
        }
        Ok((taken?, must_post))
    }

    /// Writes a part of `bytes`, or `all` of them, in one write of the system's.
    pub(crate) fn write(&mut self, at: Context<'_>, bytes: &[u8], all: bool) -> io::Result<usize> {
        let config = &at.hub.config;
        // What its own read holds is never free for it.
        let ever = config.port.max_bytes.saturating_sub(self.reading.holds(at));
        let most = if all { ever } else { ever.min(config.send_high_water) };
        let count = bytes.len().min(most);
        if count < bytes.len() && (all || count == 0) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.flush(at)?;
        if at.hub.is_closed() {
            return Err(at.would_block());
        }
        let is_of_use = |buffer: &Vec<u8>| buffer.capacity() >= count;
        // Rounded up only where that is little of what there is.
        let rounded = count.next_power_of_two().max(LEAST).min(most);
        let capacity = if rounded <= ever / 2 { rounded } else { count };
        let taken = self.write.take(at, SEND, is_of_use, || Vec::with_capacity(capacity));
        // Of a port that is full, which leads to a visit.
        self.wants_room |= taken.is_err();
        let mut write = taken?;
        let buffer = write.buffer_mut();
        buffer.clear();
        buffer.extend_from_slice(&bytes[..count]);
        if let Some(written) = self.write.submitted(self.pipe.write_at(write, 0))? {
            self.written(at, written);
            self.say_failure()?;
        }
        self.touch();
        Ok(count)
    }

    /// Whether a client is there and no write is in flight; `WouldBlock` if not, and an event follows.
    pub(crate) fn flush(&mut self, at: Context<'_>) -> io::Result<()> {
        self.say_failure()?;
        match self.client {
            Client::Failed(code) => Err(io::Error::from_raw_os_error(code)),
            Client::There if self.write.flying.is_none() => Ok(()),
            _ => {
                self.wants_room = true;
                Err(at.would_block())
            }
        }
    }

    fn say_failure(&mut self) -> io::Result<()> {
        self.failed.take().map_or(Ok(()), |code| Err(io::Error::from_raw_os_error(code)))
    }

    /// Parts from the client, and waits for the next one. True if an event must be posted.
    pub(crate) fn disconnect(&mut self, at: Context<'_>) -> io::Result<bool> {
        self.pipe.part().map_err(plain)?;
        // What is in flight has failed with that: its packets free it.
        (self.reading, self.write, self.failed) = (Reading::default(), Slot::default(), None);
        // Nobody has heard of that client: its packet is not the next one's.
        self.connect.flying = None;
        self.client = Client::Awaited;
        at.marks.forget_pending(Ready::ALL);
        self.register(at, at.marks.watch())
    }

    /// Starts what is wanted and not in flight.
    fn go_on(&mut self, at: Context<'_>) {
        match self.listen(at) {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
                self.client = Client::Failed(code_of(error));
            }
            _ => {}
        }
        if at.marks.watch().interests.is_readable() && self.client == Client::There {
            self.reading.arm_again(&self.pipe, at);
        }
    }

    /// Writable, if the owner waits for that or has not heard of a failure.
    fn room(&mut self) -> Ready {
        if self.ready().has(Ready::WRITABLE)
            && (take(&mut self.wants_room) || self.failed.is_some())
        {
            return Ready::WRITABLE;
        }
        Ready::NONE
    }

    /// Waits for a client, if there is none and nothing is in flight.
    fn listen(&mut self, at: Context<'_>) -> io::Result<()> {
        for _ in 0..TRIES {
            if self.client != Client::Awaited || self.connect.flying.is_some() {
                return Ok(());
            }
            let connect = self.connect.take(at, CONNECT, |_| true, || PipeConnect)?;
            if let Some(over) = self.connect.submitted(self.pipe.listen(connect))? {
                self.connected(&over);
            }
        }
        match self.client {
            // ERROR_OPERATION_ABORTED: the system ends each one that is started.
            Client::Awaited if self.connect.flying.is_none() => {
                Err(io::Error::from_raw_os_error(995))
            }
            _ => Ok(()),
        }
    }

    fn connected(&mut self, connect: &Completed<PipeConnect>) {
        self.client = match connect.connected() {
            Ok(()) => Client::There,
            Err(error) => match error.kind {
                // It is gone already: what it has written is there, and then the end.
                CompletionKind::BrokenPipe => Client::There,
                CompletionKind::AbortedBySystem => Client::Awaited,
                _ => Client::Failed(code_of(error)),
            },
        };
    }

    fn written(&mut self, at: Context<'_>, write: Completed<Vec<u8>>) {
        match write.result() {
            Ok(_) => self.touch(),
            Err(error) => self.failed = Some(code_of(error)),
        }
        self.write.keep(at, write);
    }

    fn ready(&self) -> Ready {
        match self.client {
            Client::Awaited => return Ready::NONE,
            Client::Failed(_) => return Ready::OF_READING | Ready::WRITABLE,
            Client::There => {}
        }
        let write = match self.failed {
            Some(_) => Ready::WRITABLE | Ready::ERROR,
            None if self.write.flying.is_some() => Ready::NONE,
            None => Ready::WRITABLE,
        };
        self.reading.ready() | write
    }
}

impl Other for Piped {
    /// Waits for a client, and then for bytes. True if an event must be posted.
    fn register(&mut self, at: Context<'_>, Watch { interests, .. }: Watch) -> io::Result<bool> {
        self.silent = false;
        self.listen(at)?;
        self.reading.advance();
        if interests.is_readable() && self.client == Client::There {
            self.reading.arm(&self.pipe, at)?;
        }
        let ready = at.wanted(self.ready());
        self.wants_room = interests.is_writable() && !ready.has(Ready::WRITABLE);
        Ok(at.marks.add_pending(ready))
    }

    fn visit(&mut self, visit: Visit, at: Context<'_>) -> Ready {
        let of = match visit {
            Visit::Finished(CONNECT) => {
                if let Some(over) = InFlight::take_finished(&mut self.connect.flying) {
                    self.connected(&over);
                }
                self.go_on(at);
                Ready::READABLE | self.room()
            }
            Visit::Finished(SEND) => {
                if let Some(over) = InFlight::take_finished(&mut self.write.flying) {
                    self.written(at, over);
                }
                self.room()
            }
            Visit::Finished(_) => {
                self.reading.advance();
                self.go_on(at);
                Ready::READABLE
            }
            // `|` takes both notes.
            Visit::Drained if at.marks.take_starved(RECV) | at.marks.take_starved(SEND) => {
                self.go_on(at);
                Ready::READABLE | self.room()
            }
            Visit::Drained => Ready::NONE,
            // It lists nothing for a retry, and accepts nothing: the number was another source's.
            Visit::Posted | Visit::Retry | Visit::Accepted(_) => at.marks.take_pending(),
        };
        at.wanted(self.ready().only(of))
    }

    fn look_at_idle(&mut self) -> Ready {
        let silent = self.silent;
        self.idle.as_mut().map_or(Ready::NONE, |idle| idle.look(silent))
    }

    /// The read is not idle, or its bytes wait.
    fn spare_idle(&mut self) {
        self.write.idle = None;
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
