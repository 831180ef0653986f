//! How sending ends: all is sent, nothing more is accepted, or it has failed.

use std::{collections::VecDeque, io, net::Shutdown};

use super::{Sending, Wants};
use crate::{
    poll::{context::Context, native},
    Error,
};

/// WSAECONNABORTED: what writes of an aborted stream would say.
const ABORTED: i32 = 10_053;

impl Sending {
    pub(super) fn would_block<T>(&mut self, wants: Wants, at: Context<'_>) -> io::Result<T> {
        if at.queue.is_closed() {
            return Err(Error::Closed.into());
        }
        self.wants = wants;
        Err(io::ErrorKind::WouldBlock.into())
    }

    pub(in crate::poll::stream) fn flush(&mut self, at: Context<'_>) -> io::Result<()> {
        match self.failed {
            Some(code) => Err(io::Error::from_raw_os_error(code)),
            None if self.queued == 0 => Ok(()),
            None => self.would_block(Wants::Empty, at),
        }
    }

    pub(in crate::poll::stream) fn shut_down(&mut self, socket: &native::Stream) -> io::Result<()> {
        if self.queued == 0 && !self.told {
            native::shut_down(socket, Shutdown::Write)?;
            self.told = true;
        }
        self.shut = true;
        Ok(())
    }

    /// Nothing more is sent, and nothing is left to be sent.
    pub(in crate::poll::stream) fn abort(&mut self) {
        self.fail(ABORTED);
    }

    pub(super) fn fail(&mut self, code: i32) {
        self.failed.get_or_insert(code);
        self.queued -= self.backlog.len();
        self.backlog = VecDeque::new();
    }
}
