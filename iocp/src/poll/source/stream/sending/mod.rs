//! What a stream has to send: a queue of bytes, at most two sends in flight, in order.
//!
//! A write copies into the buffer of an idle send and submits it. While both sends are in flight it
//! copies into a backlog, which the next completion sends. So order is that of the writes, and what
//! is queued is bounded by the high-water mark.

mod finish;

use std::{collections::VecDeque, io, net::Shutdown};

use super::send_slot::SendSlot;
use crate::base::error::Error;
use crate::operation::{Operation, Submitted};
use crate::poll::error::WSAENOBUFS;
use crate::poll::native::{self, StreamSocket};
use crate::poll::{context::Context, event::Ready};

/// Shut down by this end.
const WSAESHUTDOWN: i32 = 10_058;

#[derive(Default)]
pub(super) struct Sending {
    slots: [SendSlot; 2],
    /// Accepted, and not submitted yet.
    backlog: VecDeque<u8>,
    /// Accepted, and not known to be sent: in flight and in the backlog.
    queued: usize,
    /// The first error; every later write says it.
    failed: Option<i32>,
    wants: Wants,
    /// No more is accepted; the end is sent when nothing is queued.
    shut: bool,
    end_sent: bool,
    /// Its owner is gone.
    pub(super) lingers: bool,
}

/// What the owner waits for.
#[derive(Clone, Copy, Default)]
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
            None if self.queued < at.hub.config.send_high_water => Ready::WRITABLE,
            None => Ready::NONE,
        }
    }

    /// Gives the owner an idle send, for what is sent at once, if nothing is in the way of that.
    pub(super) fn lend(&mut self) -> Option<Operation<Vec<u8>>> {
        if !self.is_clear() {
            return None;
        }
        self.slots.iter_mut().find_map(|slot| match std::mem::take(slot) {
            SendSlot::Idle(operation) => Some(operation),
            other => {
                *slot = other;
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
        if let Some(slot) = self.slots.iter_mut().find(|slot| matches!(slot, SendSlot::None)) {
            *slot = SendSlot::Idle(operation);
        }
    }

    pub(super) fn write(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        bytes: &[u8],
    ) -> io::Result<usize> {
        if let Some(code) = self.failed {
            return Err(io::Error::from_raw_os_error(code));
        }
        if self.shut {
            return Err(io::Error::from_raw_os_error(WSAESHUTDOWN));
        }
        let room = at.hub.config.send_high_water - self.queued;
        let bytes = &bytes[..bytes.len().min(room)];
        if bytes.is_empty() {
            if room > 0 {
                return Ok(0);
            }
            return self.would_block(Wants::Room, at);
        }
        if self.backlog.is_empty() {
            if let Some(slot) = self.idle_slot() {
                return match self.slots[slot].send(socket, at, bytes) {
                    Ok((count, flying)) => {
                        self.queued += if flying { count } else { 0 };
                        Ok(count)
                    }
                    Err(Error::Full) if self.queued == 0 => self.would_block(Wants::Room, at),
                    Err(Error::Full) => Ok(self.defer(bytes)),
                    Err(error) => Err(self.refused(error)),
                };
            }
        }
        if at.hub.is_closed() {
            return Err(Error::Closed.into());
        }
        Ok(self.defer(bytes))
    }

    /// The owner has begun a send of `len` bytes by itself, while nothing was queued.
    pub(super) fn begun(
        &mut self,
        at: Context<'_>,
        submitted: Submitted<Vec<u8>>,
        len: usize,
    ) -> io::Result<()> {
        // Its own slot is free: what was lent from it comes back.
        let Some(slot) = self.idle_slot() else { unreachable!("nothing is on its way") };
        let flying = self.slots[slot].begun(at, submitted).map_err(|error| self.refused(error))?;
        self.queued += if flying { len } else { 0 };
        Ok(())
    }

    /// A send was not begun, or has failed at once.
    fn refused(&mut self, error: Error) -> io::Error {
        let error = io::Error::from(error);
        match error.raw_os_error() {
            // Closed, or short of memory: the next write may do.
            None | Some(WSAENOBUFS) => {}
            Some(code) => self.fail(code),
        }
        error
    }

    fn defer(&mut self, bytes: &[u8]) -> usize {
        self.backlog.extend(bytes);
        self.queued += bytes.len();
        bytes.len()
    }

    pub(super) fn flush(&mut self, at: Context<'_>) -> io::Result<()> {
        match self.failed {
            Some(code) => Err(io::Error::from_raw_os_error(code)),
            None if self.queued == 0 => Ok(()),
            None => self.would_block(Wants::Empty, at),
        }
    }

    pub(super) fn shut_down(&mut self, socket: &native::Stream) -> io::Result<()> {
        if self.queued == 0 && !self.end_sent {
            native::shut_down(socket, Shutdown::Write)?;
            self.end_sent = true;
        }
        self.shut = true;
        Ok(())
    }

    fn would_block<T>(&mut self, wants: Wants, at: Context<'_>) -> io::Result<T> {
        if !at.hub.is_closed() {
            self.wants = wants;
        }
        Err(at.would_block())
    }

    /// Nothing more is sent, and nothing is left to be sent.
    pub(super) fn fail(&mut self, code: i32) {
        self.failed.get_or_insert(code);
        self.queued -= self.backlog.len();
        self.backlog = VecDeque::new();
    }

    /// The number of a slot that is not in flight.
    fn idle_slot(&self) -> Option<usize> {
        self.slots.iter().position(|slot| !slot.is_flying())
    }
}
