//! The receiving half, which is the owner's: at most one receive in flight, and what it brought.
//!
//! A packet of a receive is an event and nothing else: the read that follows finishes the operation,
//! copies what came and starts the next one. So a read by the stream's only owner takes no lock.

mod receive;
mod told;

use std::{io, sync::Arc};

pub(in crate::poll) use self::told::told_by;

use super::state::Socket;
use crate::{
    poll::{event::Ready, link::Link},
    Error, InFlight, Operation, Submitted,
};

pub(super) type Buffer = Box<[u8]>;

#[derive(Debug, Default)]
pub(in crate::poll) struct Inbox {
    /// `None` until the stream is connected. Dropped first, which ends what is in flight.
    socket: Option<Arc<Socket>>,
    flying: Option<InFlight<Buffer>>,
    /// While nothing is in flight.
    rest: Rest,
    /// A receive of nothing that is not in flight, of a stream that holds no buffer.
    probe: Option<Operation<Buffer>>,
    /// What was received and not read yet is from here …
    from: u16,
    /// … to here.
    to: u16,
    /// An event of what was there is perhaps on its way.
    told: bool,
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
    pub(super) fn on(socket: Arc<Socket>) -> Self {
        Self { socket: Some(socket), ..Self::default() }
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

    /// Reads what is there.
    #[inline]
    pub(super) fn read(&mut self, link: &Link, into: &mut [u8]) -> io::Result<usize> {
        if let Some(ticket) = self.flying.take() {
            match ticket.finish() {
                Ok(completed) => {
                    if let Ok(count @ 1..) = completed.result() {
                        // A buffer of its own, and nothing will be left in it.
                        if count <= into.len() && self.probe.is_none() {
                            let operation = completed.into_operation();
                            into[..count].copy_from_slice(&operation.buffer()[..count]);
                            let Some(socket) = &self.socket else { unreachable!("it received") };
                            match socket.recv(operation) {
                                Submitted::Pending(ticket) => self.flying = Some(ticket),
                                other => self.go_on(link, other),
                            }
                            if self.told {
                                self.tell(link);
                            }
                            return Ok(count);
                        }
                    }
                    self.finished(completed);
                }
                Err(ticket) => self.flying = Some(ticket),
            }
        }
        self.read_rest(link, into)
    }

    /// Reads what was received before, or starts what was not started.
    #[cold]
    fn read_rest(&mut self, link: &Link, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        // Probed, filled, and read: a few rounds at most.
        for _ in 0..4 {
            match &self.rest {
                Rest::Filled(operation) => {
                    let filled = &operation.buffer()[self.from.into()..self.to.into()];
                    let count = filled.len().min(into.len());
                    into[..count].copy_from_slice(&filled[..count]);
                    // At most what is between them.
                    self.from += u16::try_from(count).unwrap_or(u16::MAX);
                    if self.from == self.to {
                        self.emptied(link);
                    }
                    return Ok(count);
                }
                Rest::Ended => {
                    self.forget(link);
                    return Ok(0);
                }
                Rest::Failed(code) => {
                    let error = io::Error::from_raw_os_error(*code);
                    self.forget(link);
                    return Err(error);
                }
                Rest::Probed => self.take_buffer(link)?,
                Rest::None | Rest::Idle(_) | Rest::Short(_) => {
                    if self.flying.is_none() {
                        self.arm_at(link)?;
                    }
                    self.advance();
                    if matches!(self.rest, Rest::None) {
                        break;
                    }
                }
            }
        }
        // Nobody takes packets any more.
        if link.queue.is_closed() {
            return Err(Error::Closed.into());
        }
        self.forget(link);
        Err(io::ErrorKind::WouldBlock.into())
    }

    /// All that was received is read: receives again.
    fn emptied(&mut self, link: &Link) {
        if let Rest::Filled(mut operation) = std::mem::take(&mut self.rest) {
            if let Some(probe) = self.probe.take() {
                link.queue.reads.keep(operation, &link.queue.lists);
                operation = probe;
            }
            // What this says is said again by the read that finds nothing.
            let _ = self.submit(operation);
        }
        self.tell(link);
    }

    /// Sees to the event of what is there already, or not there any more.
    #[cold]
    fn tell(&mut self, link: &Link) {
        let ready = self.ready();
        if ready.is_none() {
            self.forget(link);
        } else if !ready.wanted(link.place().watch().interests).is_none() {
            self.told = true;
            if link.place().owe(ready) {
                link.post();
            }
        }
    }

    /// What an event on its way would tell was said by a read, or is not so any more.
    fn forget(&mut self, link: &Link) {
        if std::mem::take(&mut self.told) {
            link.place().forget(Ready::OF_READING);
        }
    }

    /// An event was made of what is there.
    pub(super) fn set_told(&mut self) {
        self.told = true;
    }

    /// The next receive is over at once, or was not started.
    #[cold]
    fn go_on(&mut self, link: &Link, submitted: Submitted<Buffer>) {
        let _ = match self.begun(submitted, false) {
            Ok(Some(operation)) => self.submit(operation),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        self.tell(link);
    }
}
