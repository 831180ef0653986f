//! Reading from a stream: the fast path, and the general case ([`Inbox::read`]).

use std::io::{self, IoSliceMut, Read};

use super::{Buffer, Inbox, Room, State};
use crate::operation::{Completed, InFlight, Operation, Submitted};
use crate::poll::error::{code_of, is_shortage, is_would_block};
use crate::poll::{context::Context, event::Ready, util::put};

/// A read takes at most so many rounds: it finds nothing, and the receive that it starts then is done at once;
/// one more where the system has ended a receive by itself.
const ROUNDS: usize = 4;

impl Inbox {
    /// Finishes a `plain` receive, if its packet was dequeued. After 0 its result says why: that may be a full
    /// buffer, behind which more may wait.
    #[inline(always)]
    pub(crate) fn take_arrived(&mut self) -> Option<(Completed<Buffer>, usize)> {
        match self.plain.take()?.finish_received() {
            Ok(arrived) => Some(arrived),
            Err(ticket) => {
                put(&mut self.plain, ticket);
                None
            }
        }
    }

    /// Receives again. The fast path only: `Err` is for [`go_on`](Self::go_on).
    #[inline(always)]
    pub(crate) fn receive_again(
        &mut self,
        operation: Operation<Buffer>,
    ) -> Result<(), Submitted<Buffer>> {
        match self.socket.recv(operation) {
            Submitted::Pending(ticket) => {
                put(&mut self.plain, ticket);
                Ok(())
            }
            other => Err(other),
        }
    }

    /// The fast path of a read of a stream that waits without a buffer: its probe has found bytes, all of them fit,
    /// and it probes again, or is lent a buffer now. `None`: any other case, for [`read`](Self::read).
    pub(crate) fn read_found(
        &mut self,
        at: Context<'_>,
        into: &mut [u8],
    ) -> Option<io::Result<usize>> {
        if self.event_pending || self.lent || into.is_empty() {
            return None;
        }
        let completed = match self.flying.take().map(InFlight::finish_received) {
            Some(Ok((completed, _))) => completed,
            Some(Err(ticket)) => {
                put(&mut self.flying, ticket);
                return None;
            }
            None => return None,
        };
        if completed.result().is_err() {
            self.finished(completed);
            return None;
        }
        let operation = completed.into_operation();
        let mut socket = self.socket.get_ref();
        let nonblocking = at.marks.make_nonblocking(|| socket.set_nonblocking(true));
        match nonblocking.and_then(|()| socket.read(into)) {
            Ok(count) if count > 0 && count < into.len() => {
                let taken = (self.taken as usize).saturating_add(count);
                let fits = taken < at.hub.config.receive_buffer;
                let lent = if fits { at.hub.lent.take() } else { None };
                self.taken = 0;
                match lent {
                    None if self.busy && !fits => {
                        self.state = State::Idle(operation);
                        self.arm_or_guess(at, true);
                        self.update_event(at);
                    }
                    None => match self.socket.probe(operation) {
                        Submitted::Pending(ticket) => put(&mut self.flying, ticket),
                        other => {
                            self.follow_up(other, true);
                            self.note_probe(!fits);
                            self.update_event(at);
                        }
                    },
                    Some(lent) => self.receive_lent(at, operation, lent),
                }
                Some(Ok(count))
            }
            // More may be there, which the caller reads without an event.
            Ok(count) if count > 0 => {
                self.taken = self.taken.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
                self.state = State::Idle(operation);
                Some(Ok(count))
            }
            Ok(_) => {
                self.end(State::Ended, Some(operation));
                None
            }
            Err(error) if is_would_block(&error) => {
                self.state = State::Idle(operation);
                None
            }
            // Reported again by the next read, unless that succeeds.
            Err(error) if is_shortage(&error) => {
                self.state = State::Found(operation);
                Some(Err(error))
            }
            Err(error) => {
                self.end(State::Failed(code_of(error)), Some(operation));
                None
            }
        }
    }

    /// It is lent a buffer for what comes next.
    #[cold]
    fn receive_lent(&mut self, at: Context<'_>, mut operation: Operation<Buffer>, lent: Buffer) {
        *operation.buffer_mut() = lent;
        (self.lent, self.state) = (true, State::Idle(operation));
        // The read that finds nothing reports an error of this.
        let _ = self.submit_idle();
        self.update_event(at);
    }

    /// The next receive was done at once, or refused: posts an event of what can be read.
    pub(crate) fn go_on(&mut self, at: Context<'_>, submitted: Submitted<Buffer>) {
        self.follow_up(submitted, false);
        self.update_event(at);
    }

    /// Reads what there is; if there is nothing, starts to receive.
    pub(crate) fn read(&mut self, at: Context<'_>, room: &mut Room<'_, '_>) -> io::Result<usize> {
        if room.is_full() {
            return Ok(0);
        }
        self.find(at, |inbox| match inbox.state {
            State::Filled(_) => Ok(Some(inbox.read_filled(at, room))),
            _ => inbox.read_directly(at, room),
        })
    }

    /// As [`read`](Self::read), and leaves it there.
    pub(crate) fn peek(&mut self, at: Context<'_>, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        self.find(at, |inbox| {
            if let State::Filled(operation) = &inbox.state {
                let bytes = &operation.buffer()[inbox.from as usize..inbox.to as usize];
                return Ok(Some(Room::new(&mut [IoSliceMut::new(into)]).copy(bytes)));
            }
            let socket = inbox.socket.get_ref();
            at.marks.make_nonblocking(|| socket.set_nonblocking(true))?;
            match socket.peek(into) {
                Err(error) if is_would_block(&error) => Ok(None),
                peeked => peeked.map(Some),
            }
        })
    }

    /// Calls `take` while something may be in the buffer or in the socket, until it finds it. If there is nothing,
    /// starts to receive.
    fn find(
        &mut self,
        at: Context<'_>,
        mut take: impl FnMut(&mut Self) -> io::Result<Option<usize>>,
    ) -> io::Result<usize> {
        for _ in 0..ROUNDS {
            self.advance();
            if self.waits_for_guess(at) {
                return Err(at.would_block());
            }
            match &self.state {
                State::Ended | State::Shut => {
                    self.forget_event(at);
                    return Ok(0);
                }
                &State::Failed(code) => {
                    self.forget_event(at);
                    return Err(io::Error::from_raw_os_error(code));
                }
                State::Connecting => break,
                State::None if self.is_receiving() => break,
                State::Filled(_) | State::None | State::Idle(_) | State::Found(_) => {
                    if let Some(count) = take(self)? {
                        return Ok(count);
                    }
                    self.busy = false;
                    self.choose_kind(at);
                    self.arm(at)?;
                }
                State::Short(_) => self.arm(at)?,
            }
        }
        if !at.hub.is_closed() {
            self.forget_event(at);
        }
        Err(at.would_block())
    }

    /// An event was listed by guess, and no poll has brought it yet: by then more may have come.
    fn waits_for_guess(&mut self, at: Context<'_>) -> bool {
        self.guessed &= at.marks.has_pending(Ready::READABLE) && !at.hub.is_closed();
        self.guessed
    }

    /// Takes from the buffer, and where that was not large enough for all that came, the rest directly.
    fn read_filled(&mut self, at: Context<'_>, room: &mut Room<'_, '_>) -> usize {
        let State::Filled(operation) = &self.state else { return 0 };
        let buffer = operation.buffer();
        let count = room.copy(&buffer[self.from as usize..self.to as usize]);
        let was_full = self.to as usize == buffer.len();
        // At most what is between them, in a buffer of 1 GiB at most.
        self.from += u32::try_from(count).unwrap_or(u32::MAX);
        if self.from < self.to {
            return count;
        }
        self.taken = self.to;
        if let State::Filled(operation) = std::mem::take(&mut self.state) {
            self.state = State::Idle(operation);
        }
        if !was_full {
            self.receive_next(at);
            return count;
        }
        if room.is_full() {
            return count;
        }
        match self.read_directly(at, room) {
            // The end. This read is short and says nothing of it.
            Ok(Some(0)) => {
                self.update_event(at);
                count
            }
            Ok(Some(more)) => count + more,
            // The next read reports an error again.
            Ok(None) | Err(_) => {
                self.receive_next(at);
                count
            }
        }
    }

    /// Reads into the caller's memory, while no receive is in flight: how many bytes, 0 at the end. Unless the
    /// room is full, nothing is left, and the next receive is started. `None`: there is nothing.
    fn read_directly(
        &mut self,
        at: Context<'_>,
        room: &mut Room<'_, '_>,
    ) -> io::Result<Option<usize>> {
        let socket = self.socket.get_ref();
        at.marks.make_nonblocking(|| socket.set_nonblocking(true))?;
        match room.receive(socket) {
            Ok(0) => {
                let operation = self.take_idle();
                self.end(State::Ended, operation);
                self.forget_event(at);
                Ok(Some(0))
            }
            Ok(count) => {
                self.taken = self.taken.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
                if !room.is_full() {
                    self.receive_next(at);
                } else if let Some(operation) = self.take_idle() {
                    // More may be there, which the caller reads without an event.
                    self.state = State::Idle(operation);
                    self.forget_event(at);
                }
                Ok(Some(count))
            }
            Err(error) if is_would_block(&error) => Ok(None),
            // Reported again by the next read, unless that succeeds.
            Err(error) if is_shortage(&error) => Err(error),
            Err(error) => {
                let code = code_of(error);
                let operation = self.take_idle();
                self.end(State::Failed(code), operation);
                self.forget_event(at);
                Err(io::Error::from_raw_os_error(code))
            }
        }
    }

    /// The operation, if it is idle or has found something.
    fn take_idle(&mut self) -> Option<Operation<Buffer>> {
        match std::mem::take(&mut self.state) {
            State::Idle(operation) | State::Found(operation) => Some(operation),
            other => {
                self.state = other;
                None
            }
        }
    }
}
