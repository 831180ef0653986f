//! How a pipe is read: by one read in flight, into a buffer of the queue's. A pipe has no call that does not block,
//! so there is no other way to wait for bytes that leaves them where they are for every kind of pipe.

use std::io;

use crate::base::status::CompletionKind;
use crate::operation::{Completed, InFlight};
use crate::poll::native::PipeAssociated;
use crate::poll::source::slot::Slot;
use crate::poll::tag::RECV;
use crate::poll::{context::Context, error::code_of, event::Ready};

/// The system may end a read by itself: it is started again, at most so often in one call.
pub(super) const TRIES: usize = 4;

/// What one read has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PipePart {
    /// Bytes in the caller's buffer. 0: a message of no bytes.
    pub len: usize,
    /// It ends a message. (Of a pipe of bytes it says only that the buffer of the queue is empty.)
    pub is_last: bool,
}

#[derive(Default)]
pub(super) struct Reading {
    read: Slot<Box<[u8]>>,
    state: State,
}

#[derive(Default)]
enum State {
    #[default]
    Nothing,
    /// Bytes of the idle operation's buffer wait, and whether they end a message.
    Filled { from: usize, to: usize, is_last: bool },
    /// The next read could not be started: said once, and tried again.
    Stuck(i32),
    /// The other end is closed, and all that it wrote was read.
    Ended,
    /// Broken, with this code.
    Failed(i32),
}

impl Reading {
    /// Bytes of its buffer, while it has one.
    pub(super) fn holds(&self, at: Context<'_>) -> usize {
        match self.read.flying.is_some() || self.read.idle.is_some() {
            true => size(at),
            false => 0,
        }
    }

    /// Puts a read in flight, if none is and nothing waits to be taken.
    pub(super) fn arm(&mut self, pipe: &PipeAssociated, at: Context<'_>) -> io::Result<()> {
        let size = size(at);
        for _ in 0..TRIES {
            if self.read.flying.is_some() || !matches!(self.state, State::Nothing) {
                return Ok(());
            }
            let read = self.read.take(at, RECV, |_| true, || vec![0; size].into_boxed_slice())?;
            if let Some(over) = self.read.submitted(pipe.read_at(read, 0))? {
                self.over(over);
            }
        }
        match self.state {
            // ERROR_OPERATION_ABORTED: the system ends each one that is started.
            State::Nothing if self.read.flying.is_none() => Err(io::Error::from_raw_os_error(995)),
            _ => Ok(()),
        }
    }

    /// As [`arm`](Self::arm), where nobody hears of an error: the next read says it, and an event comes. A full port
    /// leads to a visit.
    pub(super) fn arm_again(&mut self, pipe: &PipeAssociated, at: Context<'_>) {
        match self.arm(pipe, at) {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock && !at.hub.is_closed() => {
                self.state = State::Stuck(code_of(error));
            }
            _ => {}
        }
    }

    /// Finishes the read if its packet was dequeued.
    pub(super) fn advance(&mut self) {
        if let Some(over) = InFlight::take_finished(&mut self.read.flying) {
            self.over(over);
        }
    }

    fn over(&mut self, read: Completed<Box<[u8]>>) {
        self.state = match read.result() {
            _ if read.is_end() => State::Ended,
            Ok(to) => State::Filled { from: 0, to, is_last: true },
            Err(error) => match error.kind {
                CompletionKind::Truncated => {
                    State::Filled { from: 0, to: error.bytes, is_last: false }
                }
                CompletionKind::AbortedBySystem => State::Nothing,
                _ => State::Failed(code_of(error)),
            },
        };
        if !matches!(self.state, State::Ended | State::Failed(_)) {
            self.read.idle = Some(read.into_operation());
        }
    }

    /// Takes what there is, of one message at most, and reads on when all is taken; `None`: the end.
    pub(super) fn take(
        &mut self,
        pipe: &PipeAssociated,
        at: Context<'_>,
        into: &mut [u8],
    ) -> io::Result<Option<PipePart>> {
        self.advance();
        if let State::Stuck(code) = self.state {
            self.state = State::Nothing;
            return Err(io::Error::from_raw_os_error(code));
        }
        if !at.hub.is_closed() {
            self.arm(pipe, at)?;
        }
        let (from, to, is_last) = match self.state {
            State::Filled { from, to, is_last } => (from, to, is_last),
            State::Ended => return Ok(None),
            State::Failed(code) => return Err(io::Error::from_raw_os_error(code)),
            State::Nothing | State::Stuck(_) => return Err(at.would_block()),
        };
        let len = into.len().min(to - from);
        let buffer = self.read.idle.as_ref().map_or(&[][..], |read| &read.buffer()[from..to]);
        into[..len].copy_from_slice(&buffer[..len]);
        if from + len < to {
            self.state = State::Filled { from: from + len, to, is_last };
            return Ok(Some(PipePart { len, is_last: false }));
        }
        self.state = State::Nothing;
        self.arm_again(pipe, at);
        Ok(Some(PipePart { len, is_last }))
    }

    pub(super) fn ready(&self) -> Ready {
        match self.state {
            State::Nothing => Ready::NONE,
            State::Filled { .. } => Ready::READABLE,
            State::Stuck(_) => Ready::READABLE | Ready::ERROR,
            State::Ended => Ready::READABLE | Ready::READ_CLOSED,
            State::Failed(_) => Ready::OF_READING,
        }
    }
}

/// Of a buffer to read into.
fn size(at: Context<'_>) -> usize {
    let config = &at.hub.config;
    config.receive_buffer.min(config.port.max_bytes)
}
