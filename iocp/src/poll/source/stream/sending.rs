//! What a stream has accepted from writes and the system has not taken yet: at most two sends in flight,
//! and a backlog, in order.
//!
//! A write copies into the buffer of a send and submits it. While both are in flight it copies into
//! the backlog, which is sent when a poller takes the packet of one: so nothing more is sent while nobody
//! polls. All of it is at most the high-water mark. An error ends sending: later writes report it.
//!
//! A send that ends short is sent on, before the backlog. Wine 8 ends one so when the peer ends its side
//! meanwhile; whether Windows ever does is open. So sends are finished in the order in which they began, and
//! nothing is submitted while one is in flight behind a short one: had that sent anything, bytes would be
//! missing before it, and sending ends.

use std::{io, io::IoSlice, net::Shutdown};

use super::{backlog::Backlog, last::Linger, pieces::Pieces};
use crate::base::error::Error;
use crate::operation::InFlight;
use crate::poll::error::{code_of, plain, WSAENOBUFS, WSAESHUTDOWN};
use crate::poll::lists::{Visit, RETRY};
use crate::poll::native::{self, StreamSocket};
use crate::poll::source::send_slot::{put_away, send, Flying};
use crate::poll::{context::Context, event::Ready};

/// The connection is not to be used any more: bytes are missing in what was sent.
const WSAECONNABORTED: i32 = 10_053;

#[derive(Default)]
pub(crate) struct Sending {
    flying: [Flying; 2],
    /// Which of them began first, if a send is in flight.
    older: usize,
    /// What sends that ended short have not sent, until none is in flight.
    rest: Vec<u8>,
    /// Accepted, and not submitted yet.
    backlog: Backlog,
    /// Bytes accepted, and not known to be sent: in flight, left over and in the backlog.
    queued: usize,
    /// The code of the first error: that of every later write.
    failed: Option<i32>,
    /// The owner waits until no more than this is queued.
    waits_for: Option<usize>,
    /// No more is accepted; the end is sent when nothing is queued.
    shut: bool,
    end_sent: bool,
    /// The owner was dropped, and the stream stays.
    pub(super) linger: Option<Linger>,
}

impl Sending {
    /// The owner waits for room: an event follows at the low-water mark.
    pub(super) fn wants_room(&mut self, at: Context<'_>) {
        self.waits_for = Some(at.hub.config.send_low_water);
    }

    pub(super) fn is_broken(&self) -> bool {
        self.failed.is_some()
    }

    pub(super) fn has_backlog(&self) -> bool {
        !self.backlog.is_empty() || !self.rest.is_empty()
    }

    pub(super) fn queued(&self) -> usize {
        self.queued
    }

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

    /// Whether nothing is queued, nothing has failed, and sending is not shut down.
    pub(super) fn is_idle(&self) -> bool {
        self.queued == 0 && self.failed.is_none() && !self.shut
    }

    pub(super) fn write(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        bytes: Pieces<'_>,
    ) -> io::Result<usize> {
        if let Some(code) = self.failed.or(self.shut.then_some(WSAESHUTDOWN)) {
            return Err(io::Error::from_raw_os_error(code));
        }
        let low_water = at.hub.config.send_low_water;
        let room = at.hub.config.send_high_water - self.queued;
        let bytes = bytes.up_to(room);
        if room == 0 {
            return self.would_block(low_water, at);
        }
        if bytes.is_empty() {
            return Ok(0);
        }
        match self.idle_slot().filter(|_| !self.has_backlog()) {
            Some(slot) => match send(socket, at, bytes) {
                Ok((count, flying)) => {
                    self.queued += self.begun(slot, count, flying);
                    return Ok(count);
                }
                Err(Error::Full(_)) if self.queued == 0 => return self.would_block(low_water, at),
                Err(Error::Full(_)) => {}
                Err(error) => return Err(self.refused(error)),
            },
            None if at.hub.is_closed() => return Err(Error::Closed.into()),
            None => {}
        }
        bytes.parts().for_each(|part| self.backlog.add(part));
        self.queued += bytes.len();
        Ok(bytes.len())
    }

    /// The first send is in flight; nothing was queued before.
    pub(super) fn begin_with(&mut self, flying: Flying, count: usize) {
        self.queued = self.begun(0, count, flying);
    }

    /// A send was refused, or has failed at once.
    fn refused(&mut self, error: Error) -> io::Error {
        let error = plain(error);
        match error.raw_os_error() {
            // Closed, or short of memory: a later write may succeed.
            None | Some(WSAENOBUFS) => {}
            Some(code) => self.fail(code),
        }
        error
    }

    pub(super) fn flush(&mut self, at: Context<'_>) -> io::Result<()> {
        match self.failed {
            Some(code) => Err(io::Error::from_raw_os_error(code)),
            None if self.queued == 0 => Ok(()),
            None => self.would_block(0, at),
        }
    }

    pub(super) fn shut_down(&mut self, socket: &native::Stream) -> io::Result<()> {
        self.send_end(socket)?;
        self.shut = true;
        Ok(())
    }

    /// Sends the end, once, if nothing is queued.
    fn send_end(&mut self, socket: &native::Stream) -> io::Result<()> {
        if self.queued == 0 && !self.end_sent {
            socket.shutdown(Shutdown::Write)?;
            self.end_sent = true;
        }
        Ok(())
    }

    /// `WouldBlock`: an event follows when no more than `most` is queued. No event follows on a closed
    /// queue, which is the error then.
    fn would_block<T>(&mut self, most: usize, at: Context<'_>) -> io::Result<T> {
        if !at.hub.is_closed() {
            self.waits_for = Some(most);
        }
        Err(at.would_block())
    }

    /// Ends sending with this error, and discards the backlog.
    pub(crate) fn fail(&mut self, code: i32) {
        self.failed.get_or_insert(code);
        self.queued -= self.backlog.len() + self.rest.len();
        (self.backlog, self.rest) = (Backlog::default(), Vec::new());
    }

    fn idle_slot(&self) -> Option<usize> {
        self.flying.iter().position(Option::is_none)
    }

    /// A send of this many bytes was submitted, and is in flight now or done. Returns how many are in flight.
    fn begun(&mut self, slot: usize, count: usize, flying: Flying) -> usize {
        if flying.is_none() {
            return 0;
        }
        self.flying[slot] = flying;
        if self.flying[1 - slot].is_none() {
            self.older = slot;
        }
        count
    }

    /// Finishes the sends whose packets were dequeued, in the order in which they began.
    fn finish(&mut self, at: Context<'_>) {
        while let Some(completed) = InFlight::take_finished(&mut self.flying[self.older]) {
            let bytes = completed.buffer();
            self.queued -= bytes.len();
            let ended = match completed.result() {
                _ if self.failed.is_some() => Ok(()),
                Ok(count) if count == bytes.len() && self.rest.is_empty() => Ok(()),
                Ok(count) if count == 0 || self.rest.is_empty() => {
                    let left = &bytes[count.min(bytes.len())..];
                    self.rest.extend_from_slice(left);
                    self.queued += left.len();
                    Ok(())
                }
                Ok(_) => Err(WSAECONNABORTED),
                Err(error) => Err(code_of(error)),
            };
            put_away(at, completed);
            self.older = 1 - self.older;
            if let Err(code) = ended {
                self.fail(code);
            }
        }
        if !self.rest.is_empty() && self.flying.iter().all(Option::is_none) {
            self.backlog.put_before(std::mem::take(&mut self.rest));
        }
    }

    /// Finishes and starts sends. True if what the owner waits for is reached, or sending has failed.
    pub(super) fn go_on(&mut self, socket: &StreamSocket, at: Context<'_>) -> bool {
        self.finish(at);
        self.pump(socket, at);
        if self.queued == 0 {
            // Nothing is kept of what has waited: it may be idle from now on.
            self.backlog = Backlog::default();
        }
        if self.shut && self.send_end(socket).is_err() {
            // The connection is broken, which a read reports.
            self.end_sent = true;
        }
        let reached =
            self.failed.is_some() || self.waits_for.is_some_and(|most| self.queued <= most);
        if reached {
            self.waits_for = None;
        }
        reached
    }

    /// Sends the backlog while a slot is free.
    fn pump(&mut self, socket: &StreamSocket, at: Context<'_>) {
        while self.failed.is_none() && self.rest.is_empty() && !self.backlog.is_empty() {
            let Some(slot) = self.idle_slot() else { return };
            let next = [IoSlice::new(self.backlog.bytes())];
            match send(socket, at, Pieces::new(&next)) {
                Ok((count, flying)) => {
                    self.backlog.take(count);
                    self.queued -= count - self.begun(slot, count, flying);
                }
                // Tried again when the port has room, or by the next completion.
                Err(Error::Full(_) | Error::Closed) => return,
                Err(error) => match code_of(error) {
                    // Short of memory: tried again when the send in flight ends, or else after `RETRY`.
                    WSAENOBUFS => {
                        if self.flying.iter().all(Option::is_none) {
                            at.hub.lists.add(at.index, Visit::Retry, RETRY);
                        }
                        return;
                    }
                    code => return self.fail(code),
                },
            }
        }
    }
}
