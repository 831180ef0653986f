//! Reading from a stream: the fast path, and the general case ([`Inbox::read`]).

use std::io::{self, IoSliceMut};

use super::{Buffer, Inbox, Room, State, SLOW};
use crate::operation::{Completed, Operation, Submitted};
use crate::os::{self, Code};
use crate::poll::error::{code_of, is_shortage, is_would_block};
use crate::poll::flags::{BUSY, ELSEWHERE, GUESSED, LENT, TIMED};
use crate::poll::{context::Context, event::Ready, native::StreamSocket};

/// A read takes at most so many rounds: it finds nothing, and the receive that it starts then is done at once;
/// one more where the system has ended a receive by itself.
const ROUNDS: usize = 4;

impl Inbox {
    /// Finishes a `plain` receive, if its packet was dequeued. After 0 its result says why: that may be a full
    /// buffer, behind which more may wait.
    #[inline(always)]
    pub(crate) fn take_arrived(&mut self) -> Option<(Completed<Buffer>, usize)> {
        let State::Plain(_) = &self.state else { return None };
        let State::Plain(ticket) = std::mem::take(&mut self.state) else { return None };
        match ticket.finish_received() {
            Ok(arrived) => Some(arrived),
            Err(ticket) => {
                self.put(State::Plain(ticket));
                None
            }
        }
    }

    /// Fills the state, which is `None`: nothing is there to be dropped, which the compiler cannot know.
    #[inline(always)]
    fn put(&mut self, state: State) {
        let none = std::mem::replace(&mut self.state, state);
        debug_assert!(matches!(none, State::None));
        std::mem::forget(none);
    }

    /// Receives again. The fast path only: `Err` is for [`go_on`](Self::go_on).
    #[inline(always)]
    pub(crate) fn receive_again(
        &mut self,
        socket: &StreamSocket,
        operation: Operation<Buffer>,
    ) -> Result<(), Submitted<Buffer>> {
        match socket.recv(operation) {
            Submitted::Pending(ticket) => {
                self.put(State::Plain(ticket));
                Ok(())
            }
            other => Err(other),
        }
    }

    /// The fast path of a read where what it finds is known: bytes in the buffer, or the end. `None`: any other case,
    /// for [`read`](Self::read).
    pub(crate) fn read_known(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        into: &mut [u8],
    ) -> Option<usize> {
        match self.state {
            State::Filled(..) if !into.is_empty() && !at.marks.inbox.any(ELSEWHERE | TIMED) => {
                Some(self.read_filled(socket, at, &mut Room::new(&mut [IoSliceMut::new(into)])))
            }
            State::Ended => {
                self.forget_event(at);
                Some(0)
            }
            _ => None,
        }
    }

    /// The fast path of a read of a stream that waits without a buffer: its probe has found bytes, all of them fit,
    /// and it probes again, or is lent a buffer now. `None`: any other case, for [`read_known`](Self::read_known).
    pub(crate) fn read_found(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        into: &mut [u8],
    ) -> Option<io::Result<usize>> {
        if at.marks.inbox.any(SLOW | LENT) || into.is_empty() {
            return None;
        }
        let State::Flying(_) = &self.state else { return None };
        let State::Flying(ticket) = std::mem::take(&mut self.state) else { return None };
        let completed = match ticket.finish_received() {
            Ok((completed, _)) => completed,
            Err(ticket) => {
                self.put(State::Flying(ticket));
                return None;
            }
        };
        if completed.result().is_err() {
            self.finished(socket, at, completed);
            return None;
        }
        let operation = completed.into_operation();
        let native = socket.get_ref();
        let nonblocking = at.marks.make_nonblocking(|| native.set_nonblocking(true));
        let read = |()| os::recv_stream(os::borrow_socket(native), into).map_err(Code::into_io);
        match nonblocking.and_then(read) {
            Ok(count) if count > 0 && count < into.len() => {
                let fits = count < at.hub.config.receive_buffer;
                let lent = if fits { at.hub.lent.take() } else { None };
                match lent {
                    None if !fits && at.marks.inbox.any(BUSY) => {
                        self.state = State::Idle(operation, 0);
                        self.arm_or_guess(socket, at, true);
                        self.update_event(at);
                    }
                    None => match socket.probe(operation) {
                        Submitted::Pending(ticket) => self.put(State::Flying(ticket)),
                        other => {
                            self.follow_up(socket, at, other, true);
                            self.note_probe(at, !fits);
                            self.update_event(at);
                        }
                    },
                    Some(lent) => self.receive_lent(socket, at, operation, lent),
                }
                Some(Ok(count))
            }
            // More may be there, which the caller reads without an event.
            Ok(count) if count > 0 => {
                self.state = State::Idle(operation, counted(count));
                Some(Ok(count))
            }
            Ok(_) => {
                self.end(at, State::Ended, Some(operation));
                None
            }
            Err(error) if is_would_block(&error) => {
                self.state = State::Idle(operation, 0);
                None
            }
            // Reported again by the next read, unless that succeeds.
            Err(error) if is_shortage(&error) => {
                self.state = State::Found(operation);
                Some(Err(error))
            }
            Err(error) => {
                self.end(at, State::Failed(code_of(error)), Some(operation));
                None
            }
        }
    }

    /// It is lent a buffer for what comes next.
    #[cold]
    fn receive_lent(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        mut operation: Operation<Buffer>,
        buffer: Buffer,
    ) {
        *operation.buffer_mut() = buffer;
        at.marks.inbox.set(LENT, true);
        self.state = State::Idle(operation, 0);
        // The read that finds nothing reports an error of this.
        let _ = self.submit_idle(socket, at);
        self.update_event(at);
    }

    /// The next receive was done at once, or refused: posts an event of what can be read.
    pub(crate) fn go_on(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        submitted: Submitted<Buffer>,
    ) {
        self.follow_up(socket, at, submitted, false);
        self.update_event(at);
    }

    /// Reads what there is; if there is nothing, starts to receive.
    pub(crate) fn read(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        room: &mut Room<'_, '_>,
    ) -> io::Result<usize> {
        if room.is_full() {
            return Ok(0);
        }
        self.find(socket, at, |inbox| match inbox.state {
            State::Filled(..) => Ok(Some(inbox.read_filled(socket, at, room))),
            _ => inbox.read_directly(socket, at, room),
        })
    }

    /// As [`read`](Self::read), and leaves it there.
    pub(crate) fn peek(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        into: &mut [u8],
    ) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        self.find(socket, at, |inbox| {
            if let State::Filled(operation, from, to) = &inbox.state {
                let bytes = &operation.buffer()[*from as usize..*to as usize];
                return Ok(Some(Room::new(&mut [IoSliceMut::new(into)]).copy(bytes)));
            }
            let socket = socket.get_ref();
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
        socket: &StreamSocket,
        at: Context<'_>,
        mut take: impl FnMut(&mut Self) -> io::Result<Option<usize>>,
    ) -> io::Result<usize> {
        for _ in 0..ROUNDS {
            self.advance(socket, at);
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
                State::Connecting | State::Plain(_) | State::Flying(_) => break,
                State::Filled(..) | State::None | State::Idle(..) | State::Found(_) => {
                    if let Some(count) = take(self)? {
                        return Ok(count);
                    }
                    at.marks.inbox.set(BUSY, false);
                    if let Some((operation, taken)) = self.take_idle() {
                        self.state = State::Idle(operation, taken);
                    }
                    self.arm(socket, at)?;
                }
                State::Short(_) => self.arm(socket, at)?,
            }
        }
        if !at.hub.is_closed() {
            self.forget_event(at);
        }
        Err(at.would_block())
    }

    /// An event was listed by guess, and no poll has brought it yet: by then more may have come.
    fn waits_for_guess(&self, at: Context<'_>) -> bool {
        let guessed = at.marks.inbox.any(GUESSED);
        let waits = guessed && at.marks.has_pending(Ready::READABLE) && !at.hub.is_closed();
        at.marks.inbox.set(GUESSED, waits);
        waits
    }

    /// Takes from the buffer, and where that was not large enough for all that came, the rest directly.
    #[inline(never)] // once in a program
    fn read_filled(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        room: &mut Room<'_, '_>,
    ) -> usize {
        let State::Filled(operation, from, to) = &mut self.state else { return 0 };
        let count = room.copy(&operation.buffer()[*from as usize..*to as usize]);
        let was_full = *to as usize == operation.buffer().len();
        // At most what is between them, in a buffer of 1 GiB at most.
        *from += counted(count);
        if from < to {
            return count;
        }
        if let State::Filled(operation, _, taken) = std::mem::take(&mut self.state) {
            self.state = State::Idle(operation, taken);
        }
        if !was_full {
            self.receive_next(socket, at);
            return count;
        }
        if room.is_full() {
            return count;
        }
        match self.read_directly(socket, at, room) {
            // The end. This read is short and says nothing of it.
            Ok(Some(0)) => {
                self.update_event(at);
                count
            }
            Ok(Some(more)) => count + more,
            // The next read reports an error again.
            Ok(None) | Err(_) => {
                self.receive_next(socket, at);
                count
            }
        }
    }

    /// Reads into the caller's memory, while no receive is in flight: how many bytes, 0 at the end. Unless the
    /// room is full, nothing is left, and the next receive is started. `None`: there is nothing.
    fn read_directly(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        room: &mut Room<'_, '_>,
    ) -> io::Result<Option<usize>> {
        let native = socket.get_ref();
        at.marks.make_nonblocking(|| native.set_nonblocking(true))?;
        match room.receive(native) {
            Ok(0) => {
                let operation = self.take_idle().map(|(operation, _)| operation);
                self.end(at, State::Ended, operation);
                self.forget_event(at);
                Ok(Some(0))
            }
            Ok(count) => {
                if let Some((operation, taken)) = self.take_idle() {
                    self.state = State::Idle(operation, taken.saturating_add(counted(count)));
                    if room.is_full() {
                        // More may be there, which the caller reads without an event.
                        self.forget_event(at);
                    }
                }
                if !room.is_full() {
                    self.receive_next(socket, at);
                }
                Ok(Some(count))
            }
            Err(error) if is_would_block(&error) => Ok(None),
            // Reported again by the next read, unless that succeeds.
            Err(error) if is_shortage(&error) => Err(error),
            Err(error) => {
                let code = code_of(error);
                let operation = self.take_idle().map(|(operation, _)| operation);
                self.end(at, State::Failed(code), operation);
                self.forget_event(at);
                Err(io::Error::from_raw_os_error(code))
            }
        }
    }

    /// The operation, if it is idle or has found something, and how much was read since its receive.
    fn take_idle(&mut self) -> Option<(Operation<Buffer>, u32)> {
        match std::mem::take(&mut self.state) {
            State::Idle(operation, taken) => Some((operation, taken)),
            State::Found(operation) => Some((operation, 0)),
            other => {
                self.state = other;
                None
            }
        }
    }
}

/// No more than are counted.
pub(super) fn counted(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
