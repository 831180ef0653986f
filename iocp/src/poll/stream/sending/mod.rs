//! What a stream has to send: a queue of bytes, at most two sends in flight, in order.
//!
//! A write copies into the buffer of an idle send and submits it. While both sends are in flight it
//! copies into a backlog, which the next completion sends. So order is that of the writes, and what
//! is queued is bounded by the high-water mark.

mod ending;

use std::{collections::VecDeque, io, net::Shutdown};

use super::{
    code_of,
    line::{Begun, Line},
    state::Socket,
};
use crate::{
    poll::{context::Context, event::Ready, native},
    Error, Operation, Submitted,
};

/// Shut down by this end.
const WSAESHUTDOWN: i32 = 10_058;
const WSAENOBUFS: i32 = 10_055;

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

    /// Gives the owner an idle send, for what is sent at once, if nothing is in the way of that.
    pub(super) fn lend(&mut self) -> Option<Operation<Vec<u8>>> {
        if !self.is_clear() {
            return None;
        }
        self.lines.iter_mut().find_map(|line| match std::mem::take(line) {
            Line::Idle(operation) => Some(operation),
            other => {
                *line = other;
                None
            }
        })
    }

    /// Whether nothing is in the way of what is sent at once.
    pub(super) fn is_clear(&self) -> bool {
        self.queued == 0 && self.failed.is_none() && !self.shut
    }

    /// The owner gives it back.
    pub(super) fn give_back(&mut self, operation: Operation<Vec<u8>>) {
        if let Some(line) = self.lines.iter_mut().find(|line| matches!(line, Line::None)) {
            *line = Line::Idle(operation);
        }
    }

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
                return match self.lines[line].send(socket, at, starved, bytes) {
                    Ok((count, begun)) => {
                        self.queued += if matches!(begun, Begun::Flying) { count } else { 0 };
                        Ok(count)
                    }
                    Err(Error::Full) if self.queued == 0 => self.would_block(Wants::Room, at),
                    Err(Error::Full) => self.defer(bytes),
                    Err(error) => self.refused(error),
                };
            }
        }
        if at.queue.is_closed() {
            return Err(Error::Closed.into());
        }
        self.defer(bytes)
    }

    /// The owner has begun a send of `len` bytes by itself, while nothing was queued.
    pub(super) fn begun(
        &mut self,
        at: Context<'_>,
        submitted: Submitted<Vec<u8>>,
        len: usize,
    ) -> io::Result<()> {
        // Its own line is free: what was lent from it comes back.
        let Some(line) = self.idle_line() else { unreachable!("nothing is on its way") };
        match self.lines[line].begun(at, submitted) {
            Ok(Begun::Sent) => Ok(()),
            Ok(Begun::Flying) => {
                self.queued += len;
                Ok(())
            }
            Err(error) => self.refused(error),
        }
    }

    /// A send was not begun, or has failed at once.
    fn refused<T>(&mut self, error: Error) -> io::Result<T> {
        let error = io::Error::from(error);
        match error.raw_os_error() {
            // Closed, or short of memory: the next write may do.
            None | Some(WSAENOBUFS) => {}
            Some(code) => self.fail(code),
        }
        Err(error)
    }

    #[allow(clippy::unnecessary_wraps)] // the last step of a write
    fn defer(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.backlog.extend(bytes);
        self.queued += bytes.len();
        Ok(bytes.len())
    }

    fn is_flying(&self) -> bool {
        self.lines.iter().any(Line::is_flying)
    }

    fn idle_line(&self) -> Option<usize> {
        self.lines.iter().position(|line| !line.is_flying())
    }

    /// Finishes those sends whose packets have come.
    pub(super) fn settle(&mut self, at: Context<'_>) {
        for line in 0..self.lines.len() {
            if let Some(completed) = self.lines[line].finish() {
                self.queued -= completed.buffer().len();
                let result = completed.result();
                self.lines[line].rest(at, completed);
                if let Err(error) = result {
                    self.fail(code_of(error));
                }
            }
        }
    }

    /// Sends of this stream may have finished. True if the owner waits for what is so now.
    pub(super) fn finished(
        &mut self,
        socket: &Socket,
        at: Context<'_>,
        starved: &mut bool,
    ) -> bool {
        self.settle(at);
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
            let next = self.backlog.as_slices().0;
            match self.lines[line].send(socket, at, starved, next) {
                Ok((count, begun)) => {
                    self.backlog.drain(..count);
                    self.queued -= if matches!(begun, Begun::Sent) { count } else { 0 };
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
