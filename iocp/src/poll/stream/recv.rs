//! The receiving half: at most one receive in flight, and what it brought.

use std::io;

use super::{
    connect::Connecting,
    state::{code_of, Stream},
};
use crate::{
    poll::{
        context::{Context, RECV},
        event::Ready,
    },
    Completed, CompletionKind, Error, InFlight, Operation, Submitted,
};

pub(super) type Buffer = Box<[u8]>;

/// How far receiving has come.
#[derive(Debug)]
pub(in crate::poll) enum Recv {
    /// Nothing was made yet.
    None,
    /// Made, not in flight.
    Idle(Operation<Buffer>),
    /// A receive is in flight.
    Flying(InFlight<Buffer>),
    /// Bytes wait to be read: between `from` and `to` of the stream.
    Filled(Operation<Buffer>),
    /// A receive of nothing is in flight: it ends when there is something.
    Probing(InFlight<Buffer>),
    /// There is something; no buffer is held for it.
    Probed(Operation<Buffer>),
    /// The system was short of memory; a read tries again.
    Short(Operation<Buffer>),
    /// Not connected yet.
    Connecting(Box<Connecting>),
    /// The peer sends no more.
    Ended,
    /// Broken, with this code.
    Failed(i32),
}

impl Recv {
    pub(super) fn ready(&self) -> Ready {
        match self {
            Self::Filled(_) | Self::Probed(_) => Ready::READABLE,
            Self::Short(_) => Ready::READABLE | Ready::ERROR,
            Self::Ended => Ready::READABLE | Ready::READ_CLOSED,
            Self::Failed(_) => Ready::READABLE | Ready::READ_CLOSED | Ready::ERROR,
            _ => Ready::NONE,
        }
    }
}

const WSAENOBUFS: i32 = 10_055;

fn short_of_memory() -> io::Error {
    io::Error::from_raw_os_error(WSAENOBUFS)
}

impl Stream {
    /// Puts a receive in flight if none is and nothing waits to be read.
    pub(super) fn arm(&mut self, at: Context<'_>) -> io::Result<()> {
        if matches!(self.recv, Recv::None) {
            let zero_read = at.queue.config.zero_read;
            let buffer = if zero_read { Buffer::default() } else { at.queue.buffer() };
            self.recv = Recv::Idle(at.operation(buffer, RECV, &mut self.starved)?);
        }
        self.submit(at)
    }

    /// Submits the operation that is idle, if there is one.
    fn submit(&mut self, at: Context<'_>) -> io::Result<()> {
        // Twice only where the system has ended an operation by itself.
        for _ in 0..4 {
            let operation = match std::mem::replace(&mut self.recv, Recv::None) {
                Recv::Idle(operation) | Recv::Short(operation) => operation,
                other => {
                    self.recv = other;
                    return Ok(());
                }
            };
            let probe = at.queue.config.zero_read && operation.buffer().is_empty();
            let submitted =
                if probe { self.socket.probe(operation) } else { self.socket.recv(operation) };
            match submitted {
                Submitted::Pending(ticket) if probe => self.recv = Recv::Probing(ticket),
                Submitted::Pending(ticket) => self.recv = Recv::Flying(ticket),
                Submitted::Ready(completed) => self.received(completed, probe),
                Submitted::Failed(failed) => match (failed.error, failed.operation) {
                    (Error::Closed, operation) => {
                        self.recv = Recv::Idle(operation);
                        return Err(Error::Closed.into());
                    }
                    (error, operation) => match code_of(error) {
                        WSAENOBUFS => {
                            self.recv = Recv::Short(operation);
                            return Err(short_of_memory());
                        }
                        code => self.recv = Recv::Failed(code),
                    },
                },
            }
        }
        Ok(())
    }

    /// A receive has ended.
    #[inline]
    fn received(&mut self, completed: Completed<Buffer>, probe: bool) {
        self.recv = match completed.result() {
            Ok(_) if probe => Recv::Probed(completed.into_operation()),
            Ok(0) => Recv::Ended,
            Ok(count) => {
                self.from = 0;
                // A buffer is at most 65,535 bytes long.
                self.to = u16::try_from(count).unwrap_or(u16::MAX);
                Recv::Filled(completed.into_operation())
            }
            Err(error) => match error.kind {
                CompletionKind::AbortedBySystem => Recv::Idle(completed.into_operation()),
                CompletionKind::NoResources => Recv::Short(completed.into_operation()),
                _ => Recv::Failed(code_of(error)),
            },
        };
    }

    /// Reads what is there. The flag says that an event is owed that must be posted.
    pub(in crate::poll) fn read(
        &mut self,
        at: Context<'_>,
        into: &mut [u8],
    ) -> (io::Result<usize>, bool) {
        if into.is_empty() {
            return (Ok(0), false);
        }
        // Filled at once, probed and then filled: a few rounds at most.
        for _ in 0..4 {
            match &self.recv {
                Recv::Filled(operation) => {
                    let filled = &operation.buffer()[self.from.into()..self.to.into()];
                    let count = filled.len().min(into.len());
                    into[..count].copy_from_slice(&filled[..count]);
                    // At most what is between them.
                    self.from += u16::try_from(count).unwrap_or(u16::MAX);
                    let owed = self.from == self.to && self.drained_buffer(at);
                    return (Ok(count), owed);
                }
                Recv::Ended => {
                    self.told_of_end();
                    return (Ok(0), false);
                }
                Recv::Failed(code) => {
                    let error = io::Error::from_raw_os_error(*code);
                    self.told_of_end();
                    return (Err(error), false);
                }
                Recv::Flying(_) | Recv::Probing(_) | Recv::Connecting(_) => break,
                Recv::None | Recv::Idle(_) | Recv::Short(_) => {
                    if let Err(error) = self.arm(at) {
                        return (Err(error), false);
                    }
                }
                Recv::Probed(_) => {
                    if let Recv::Probed(mut operation) =
                        std::mem::replace(&mut self.recv, Recv::None)
                    {
                        *operation.buffer_mut() = at.queue.buffer();
                        self.recv = Recv::Idle(operation);
                    }
                    if let Err(error) = self.submit(at) {
                        return (Err(error), false);
                    }
                }
            }
        }
        // Nobody takes packets any more.
        if at.queue.is_closed() {
            return (Err(Error::Closed.into()), false);
        }
        (Err(io::ErrorKind::WouldBlock.into()), false)
    }

    /// All was read: receives again. True if an event must be posted because more is there already.
    #[inline]
    fn drained_buffer(&mut self, at: Context<'_>) -> bool {
        if let Recv::Filled(mut operation) = std::mem::replace(&mut self.recv, Recv::None) {
            if at.queue.config.zero_read {
                at.queue.keep_buffer(std::mem::take(operation.buffer_mut()));
            }
            self.recv = Recv::Idle(operation);
        }
        // What this says is said again by the read that finds nothing.
        let _ = self.submit(at);
        let ready = self.recv.ready();
        !ready.is_none() && self.owe(ready.wanted(self.interests))
    }
}

/// A receive, or a probe, of this stream may have finished.
#[inline]
pub(super) fn finished(stream: &mut Stream, at: Context<'_>) {
    let (completed, probe) = match std::mem::replace(&mut stream.recv, Recv::None) {
        Recv::Flying(ticket) => (ticket.finish().map_err(Recv::Flying), false),
        Recv::Probing(ticket) => (ticket.finish().map_err(Recv::Probing), true),
        other => (Err(other), false),
    };
    match completed {
        Ok(completed) => {
            stream.received(completed, probe);
            if matches!(stream.recv, Recv::Idle(_)) {
                let _ = stream.submit(at);
            }
        }
        Err(other) => stream.recv = other,
    }
}
