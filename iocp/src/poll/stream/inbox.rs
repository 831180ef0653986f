//! The receiving half, which is the owner's: at most one receive in flight, and what it brought.
//!
//! A packet of a receive is an event and nothing else: the read that follows finishes the operation,
//! copies what came and starts the next one. So a read by the stream's only owner takes no lock.

use std::{io, sync::Arc};

use super::state::{code_of, Socket, Stream};
use crate::{
    poll::{
        context::{Context, PROBE, RECV},
        event::Ready,
        link::Link,
    },
    status::NtStatus,
    Completed, CompletionKind, Error, InFlight, Operation, Submitted,
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

/// What the packet of a receive says of its stream.
#[cold]
pub(in crate::poll) fn told_by(status: NtStatus, bytes: u32, probe: bool) -> Ready {
    if status.is_success() {
        let ended = if bytes == 0 && !probe { Ready::READ_CLOSED } else { Ready::NONE };
        return Ready::READABLE | ended;
    }
    match status.kind() {
        // Nobody here cancels: the read that finds it so starts the next one.
        CompletionKind::Cancelled | CompletionKind::AbortedBySystem => Ready::READABLE,
        CompletionKind::NoResources => Ready::READABLE | Ready::ERROR,
        _ => Ready::OF_READING,
    }
}

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

    /// As [`arm`](Self::arm), of a stream whose place is not locked.
    pub(super) fn arm_at(&mut self, link: &Link) -> io::Result<()> {
        link.with_stream(|stream, at| {
            if self.fetch(stream) {
                self.arm(at, &mut stream.recv_starved)
            } else {
                Ok(())
            }
        })
    }

    /// Gets what the stream's connect has left for its owner. False: it is connecting.
    pub(super) fn fetch(&mut self, stream: &mut Stream) -> bool {
        if self.socket.is_some() {
            return true;
        }
        if stream.is_connecting() {
            return false;
        }
        *self = match stream.early.take() {
            Some(early) => *early,
            None => Self::on(Arc::clone(&stream.socket)),
        };
        if let Some(code) = stream.broken {
            self.rest = Rest::Failed(code);
        }
        // The end of the connect was told, or is.
        self.told = true;
        true
    }

    /// Puts a receive in flight if none is and nothing waits to be read.
    pub(super) fn arm(&mut self, at: Context<'_>, starved: &mut bool) -> io::Result<()> {
        let operation = match std::mem::take(&mut self.rest) {
            Rest::None if self.flying.is_none() => match self.probe.take() {
                Some(probe) => probe,
                None if at.queue.config.zero_read => {
                    at.operation(Buffer::default(), PROBE, starved)?
                }
                None => at.operation(buffer(at), RECV, starved)?,
            },
            Rest::Idle(operation) | Rest::Short(operation) => operation,
            other => {
                self.rest = other;
                return Ok(());
            }
        };
        self.submit(operation)
    }

    /// There is something: receives it into a buffer that is taken for it.
    fn take_buffer(&mut self, link: &Link) -> io::Result<()> {
        let reads = &link.queue.reads;
        let operation = link.with_stream(|stream, at| {
            at.pooled(reads, || buffer(at), RECV, &mut stream.recv_starved)
        })?;
        self.rest = Rest::None;
        self.submit(operation)
    }

    fn submit(&mut self, mut operation: Operation<Buffer>) -> io::Result<()> {
        // Twice only where the system has ended an operation by itself.
        for _ in 0..4 {
            let Some(socket) = &self.socket else { break };
            let probe = operation.buffer().is_empty();
            let submitted = if probe { socket.probe(operation) } else { socket.recv(operation) };
            match self.begun(submitted, probe)? {
                Some(ended) => operation = ended,
                None => return Ok(()),
            }
        }
        self.rest = Rest::Idle(operation);
        Ok(())
    }

    /// A submit has returned. The operation if the system has ended it.
    fn begun(
        &mut self,
        submitted: Submitted<Buffer>,
        probe: bool,
    ) -> io::Result<Option<Operation<Buffer>>> {
        match submitted {
            Submitted::Pending(ticket) => self.flying = Some(ticket),
            Submitted::Ready(completed) => return Ok(self.received(completed, probe)),
            Submitted::Failed(failed) => match (failed.error, failed.operation) {
                (Error::Closed, operation) => {
                    self.rest = Rest::Idle(operation);
                    return Err(Error::Closed.into());
                }
                (error, operation) => match code_of(error) {
                    WSAENOBUFS => {
                        self.rest = Rest::Short(operation);
                        return Err(io::Error::from_raw_os_error(WSAENOBUFS));
                    }
                    code => self.rest = Rest::Failed(code),
                },
            },
        }
        Ok(None)
    }

    /// Finishes what was in flight, if its packet has come.
    pub(super) fn advance(&mut self) {
        match self.flying.take().map(InFlight::finish) {
            Some(Ok(completed)) => self.finished(completed),
            Some(Err(ticket)) => self.flying = Some(ticket),
            None => {}
        }
    }

    fn finished(&mut self, completed: Completed<Buffer>) {
        let probe = completed.buffer().is_empty();
        if let Some(operation) = self.received(completed, probe) {
            // What this says is said again by the read that finds nothing.
            let _ = self.submit(operation);
        }
    }

    /// A receive has ended. The operation if that was the system's doing.
    fn received(&mut self, completed: Completed<Buffer>, probe: bool) -> Option<Operation<Buffer>> {
        self.rest = match completed.result() {
            Ok(_) if probe => {
                self.probe = Some(completed.into_operation());
                Rest::Probed
            }
            Ok(0) => Rest::Ended,
            Ok(count) => {
                self.from = 0;
                // A buffer is at most 65,535 bytes long.
                self.to = u16::try_from(count).unwrap_or(u16::MAX);
                Rest::Filled(completed.into_operation())
            }
            Err(error) => match error.kind {
                CompletionKind::AbortedBySystem => return Some(completed.into_operation()),
                CompletionKind::NoResources => Rest::Short(completed.into_operation()),
                _ => Rest::Failed(code_of(error)),
            },
        };
        None
    }

    /// Nothing is received any more. What is returned is dropped after any lock.
    pub(super) fn shut_down(&mut self) -> Self {
        let ended = Self { socket: self.socket.clone(), rest: Rest::Ended, ..Self::default() };
        std::mem::replace(self, ended)
    }
}

fn buffer(at: Context<'_>) -> Buffer {
    vec![0; at.queue.config.receive_buffer].into_boxed_slice()
}
