//! The sending half: a queue of bytes, at most two sends in flight, in order.
//!
//! A write copies into the buffer of an idle send and submits it. While both sends are in flight it
//! copies into a backlog, which the next completion sends. So order is that of the writes, and what
//! is queued is bounded by the high-water mark.

use std::{collections::VecDeque, io, net::Shutdown};

use super::state::{code_of, Socket};
use crate::{
    poll::{
        context::{Context, SEND},
        event::Ready,
        native,
    },
    Completed, Error, InFlight, Operation, Submitted,
};

/// The smallest buffer for sending.
const LEAST: usize = 512;

/// Shut down by this end.
const WSAESHUTDOWN: i32 = 10_058;
const WSAENOBUFS: i32 = 10_055;
/// WSAECONNABORTED: what writes of an aborted stream would say.
const ABORTED: i32 = 10_053;

#[derive(Debug, Default)]
pub(in crate::poll) struct Sending {
    lines: [Line; 2],
    /// Accepted, and not submitted yet.
    backlog: VecDeque<u8>,
    /// Accepted, and not known to be sent: in flight and in the backlog.
    queued: usize,
    /// The first error; every later write says it.
    failed: Option<i32>,
    wants: Wants,
    /// No more is accepted; the peer is told when nothing is queued.
    pub(super) shut: bool,
    told: bool,
    /// Its owner is gone.
    pub(super) lingers: bool,
}

/// One of the two sends.
#[derive(Debug, Default)]
enum Line {
    #[default]
    None,
    Idle(Operation<Vec<u8>>),
    Flying(InFlight<Vec<u8>>),
}

/// What the owner waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wants {
    #[default]
    Nothing,
    /// The low-water mark.
    Room,
    /// An empty queue.
    Empty,
}

impl Sending {
    pub(super) fn wants_room(&mut self) {
        self.wants = Wants::Room;
    }

    /// Whether nothing is left to send.
    pub(super) fn is_over(&self) -> bool {
        self.queued == 0 || self.failed.is_some()
    }

    pub(super) fn ready(&self, at: Context<'_>) -> Ready {
        match self.failed {
            Some(_) => Ready::WRITABLE | Ready::ERROR,
            None if self.queued < at.queue.config.send_high_water => Ready::WRITABLE,
            None => Ready::NONE,
        }
    }

    #[inline]
    pub(super) fn write(
        &mut self,
        socket: &Socket,
        at: Context<'_>,
        starved: &mut bool,
        bytes: &[u8],
    ) -> io::Result<usize> {
        if let Some(code) = self.failed {
            return Err(io::Error::from_raw_os_error(code));
        }
        if self.shut {
            return Err(io::Error::from_raw_os_error(WSAESHUTDOWN));
        }
        let room = at.queue.config.send_high_water - self.queued;
        let bytes = &bytes[..bytes.len().min(room)];
        if bytes.is_empty() {
            if room > 0 {
                return Ok(0);
            }
            return self.would_block(Wants::Room, at);
        }
        if self.backlog.is_empty() {
            if let Some(line) = self.idle_line() {
                return match self.submit(line, socket, at, starved, bytes) {
                    Ok((count, flying)) => {
                        self.queued += if flying { count } else { 0 };
                        Ok(count)
                    }
                    Err(Error::Full) if self.queued == 0 => self.would_block(Wants::Room, at),
                    Err(Error::Full) => self.defer(bytes),
                    Err(Error::Closed) => Err(Error::Closed.into()),
                    Err(error) => {
                        let error = io::Error::from(error);
                        match error.raw_os_error() {
                            // Short of memory: the next write may do.
                            None | Some(WSAENOBUFS) => {}
                            Some(code) => self.fail(code),
                        }
                        Err(error)
                    }
                };
            }
        }
        if at.queue.is_closed() {
            return Err(Error::Closed.into());
        }
        self.defer(bytes)
    }

    #[allow(clippy::unnecessary_wraps)] // the last step of a write
    fn defer(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.backlog.extend(bytes);
        self.queued += bytes.len();
        Ok(bytes.len())
    }

    fn would_block<T>(&mut self, wants: Wants, at: Context<'_>) -> io::Result<T> {
        if at.queue.is_closed() {
            return Err(Error::Closed.into());
        }
        self.wants = wants;
        Err(io::ErrorKind::WouldBlock.into())
    }

    pub(super) fn flush(&mut self, at: Context<'_>) -> io::Result<()> {
        match self.failed {
            Some(code) => Err(io::Error::from_raw_os_error(code)),
            None if self.queued == 0 => Ok(()),
            None => self.would_block(Wants::Empty, at),
        }
    }

    pub(super) fn shut_down(&mut self, socket: &native::Stream) -> io::Result<()> {
        if self.queued == 0 && !self.told {
            native::shut_down(socket, Shutdown::Write)?;
            self.told = true;
        }
        self.shut = true;
        Ok(())
    }

    fn is_flying(&self) -> bool {
        self.lines.iter().any(|line| matches!(line, Line::Flying(_)))
    }

    #[inline]
    fn idle_line(&self) -> Option<usize> {
        self.lines.iter().position(|line| !matches!(line, Line::Flying(_)))
    }

    /// Sends as much of `bytes` as the send's buffer takes. Says how much, and whether it is in
    /// flight rather than sent.
    fn submit(
        &mut self,
        line: usize,
        socket: &Socket,
        at: Context<'_>,
        starved: &mut bool,
        bytes: &[u8],
    ) -> Result<(usize, bool), Error> {
        let place = &mut self.lines[line];
        let mut operation = match std::mem::take(place) {
            Line::Idle(operation) if operation.buffer().capacity() >= bytes.len() => operation,
            Line::Idle(small) => make(at, bytes.len(), &mut true).unwrap_or(small),
            _ => make(at, bytes.len(), starved)?,
        };
        let buffer = operation.buffer_mut();
        buffer.clear();
        let count = bytes.len().min(buffer.capacity());
        buffer.extend_from_slice(&bytes[..count]);
        match socket.send(operation) {
            Submitted::Ready(completed) => {
                if let Err(error) = self.sent(line, completed, at) {
                    self.fail(error);
                    return Err(Error::os("WSASend", crate::os::Code(error.unsigned_abs())));
                }
                Ok((count, false))
            }
            Submitted::Pending(ticket) => {
                *place = Line::Flying(ticket);
                Ok((count, true))
            }
            Submitted::Failed(failed) => {
                *place = Line::Idle(failed.operation);
                Err(failed.error)
            }
        }
    }

    /// A send has ended: its line is idle again. The code of its error.
    fn sent(
        &mut self,
        line: usize,
        completed: Completed<Vec<u8>>,
        at: Context<'_>,
    ) -> Result<(), i32> {
        let result = completed.result();
        // An idle connection holds no buffer in zero-read mode.
        self.lines[line] = if at.queue.config.zero_read {
            Line::None
        } else {
            Line::Idle(completed.into_operation())
        };
        result.map(drop).map_err(code_of)
    }

    /// Nothing more is sent, and nothing is left to be sent.
    pub(super) fn abort(&mut self) {
        self.fail(ABORTED);
    }

    fn fail(&mut self, code: i32) {
        self.failed.get_or_insert(code);
        self.queued -= self.backlog.len();
        self.backlog = VecDeque::new();
    }

    /// Sends of this stream may have finished. True if the owner waits for what is so now.
    pub(super) fn finished(
        &mut self,
        socket: &Socket,
        at: Context<'_>,
        starved: &mut bool,
    ) -> bool {
        for line in 0..self.lines.len() {
            let ticket = match std::mem::take(&mut self.lines[line]) {
                Line::Flying(ticket) => ticket,
                other => {
                    self.lines[line] = other;
                    continue;
                }
            };
            match ticket.finish() {
                Ok(completed) => {
                    self.queued -= completed.buffer().len();
                    if let Err(code) = self.sent(line, completed, at) {
                        self.fail(code);
                    }
                }
                Err(ticket) => self.lines[line] = Line::Flying(ticket),
            }
        }
        self.pump(socket, at, starved);
        if self.queued == 0 && self.shut && !self.told {
            self.told = true;
            // The peer is gone if it fails; a read says so.
            let _ = native::shut_down(socket, Shutdown::Write);
        }
        let tells = match self.wants {
            _ if self.failed.is_some() => true,
            Wants::Nothing => false,
            Wants::Room => self.queued <= at.queue.config.send_low_water,
            Wants::Empty => self.queued == 0,
        };
        if tells {
            self.wants = Wants::Nothing;
        }
        tells
    }

    /// Sends the backlog as far as there are sends for it.
    fn pump(&mut self, socket: &Socket, at: Context<'_>, starved: &mut bool) {
        while self.failed.is_none() && !self.backlog.is_empty() {
            let Some(line) = self.idle_line() else { return };
            let backlog = std::mem::take(&mut self.backlog);
            let submitted = self.submit(line, socket, at, starved, backlog.as_slices().0);
            if self.failed.is_some() {
                self.queued -= backlog.len();
                return;
            }
            self.backlog = backlog;
            match submitted {
                Ok((count, flying)) => {
                    self.backlog.drain(..count);
                    self.queued -= if flying { 0 } else { count };
                }
                // The port's next room, or the next completion, tries again.
                Err(Error::Full | Error::Closed) => return,
                Err(error) => match code_of(error) {
                    // Short of memory: the send that is in flight tries again when it ends, or
                    // else the queue does in a while.
                    WSAENOBUFS => {
                        if !self.is_flying() {
                            at.queue.lists.add_tired(at.index);
                        }
                        return;
                    }
                    code => return self.fail(code),
                },
            }
        }
    }
}

/// A send with room for so many bytes.
fn make(at: Context<'_>, len: usize, starved: &mut bool) -> Result<Operation<Vec<u8>>, Error> {
    let config = &at.queue.config;
    let most = config.send_high_water.min(config.port.max_bytes);
    let capacity = len.next_power_of_two().max(LEAST).min(most);
    at.operation(Vec::with_capacity(capacity), SEND, starved).map_err(Error::from)
}
