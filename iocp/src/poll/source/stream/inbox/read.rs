//! Reading from a stream: the fast paths, and the general case ([`Inbox::read`]).

use std::io;

use super::{Buffer, Inbox, State};
use crate::operation::{Completed, Operation, Submitted};
use crate::poll::tag::{token, RECV};
use crate::poll::{context::Context, util::put};

/// A read takes at most so many rounds: finish the probe, take a buffer, receive; one more where the
/// system has ended a receive by itself.
const ROUNDS: usize = 4;

impl Inbox {
    /// Finishes a `plain` receive, if its packet was dequeued. After 0 bytes its result says why.
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

    /// The next receive was done at once, or refused: posts an event of what can be read.
    pub(crate) fn go_on(&mut self, at: Context<'_>, submitted: Submitted<Buffer>, probe: bool) {
        self.follow_up(submitted, probe);
        self.update_event(at);
    }

    /// The fast path of a zero-read stream: the probe has ended, and all that was received fits.
    /// `None`: any [other case](Self::read).
    #[inline(always)]
    pub(crate) fn read_found(&mut self, at: Context<'_>, into: &mut [u8]) -> Option<usize> {
        if !self.zero_read || self.event_pending {
            return None;
        }
        let found = match self.flying.take()?.finish() {
            Ok(completed) => completed,
            Err(ticket) => {
                put(&mut self.flying, ticket);
                return None;
            }
        };
        if !found.buffer().is_empty() || found.result().is_err() {
            self.finished(found);
            return None;
        }
        let probe = found.into_operation();
        let Some(operation) = at.hub.reads.take() else {
            (self.probe, self.state) = (Some(probe), State::Probed);
            return None;
        };
        operation.set_tag(self.tag(token(self.index, RECV)), self.direct);
        match self.socket.recv(operation) {
            Submitted::Ready(received) => {
                let (count, operation) = match received.result() {
                    // Nothing will be left in the buffer.
                    Ok(count @ 1..) if count <= into.len() => (count, received.into_operation()),
                    _ => {
                        self.probe = Some(probe);
                        self.finished(received);
                        return None;
                    }
                };
                into[..count].copy_from_slice(&operation.buffer()[..count]);
                at.hub.reads.keep(operation, &at.hub.lists);
                match self.socket.probe(probe) {
                    Submitted::Pending(ticket) => put(&mut self.flying, ticket),
                    other => self.go_on(at, other, true),
                }
                Some(count)
            }
            other => {
                self.probe = Some(probe);
                self.follow_up(other, false);
                None
            }
        }
    }

    /// Reads what was received; if nothing is in flight, starts to receive.
    pub(crate) fn read(&mut self, at: Context<'_>, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        for _ in 0..ROUNDS {
            match &self.state {
                State::Filled(operation) => {
                    let filled = &operation.buffer()[self.from.into()..self.to.into()];
                    let count = filled.len().min(into.len());
                    into[..count].copy_from_slice(&filled[..count]);
                    // At most what is between them.
                    self.from += u16::try_from(count).unwrap_or(u16::MAX);
                    if self.from == self.to {
                        self.emptied(at);
                    }
                    return Ok(count);
                }
                State::Ended | State::Shut => {
                    self.forget_event(at);
                    return Ok(0);
                }
                &State::Failed(code) => {
                    self.forget_event(at);
                    return Err(io::Error::from_raw_os_error(code));
                }
                State::Connecting => break,
                State::Probed => self.take_buffer(at)?,
                State::None | State::Idle(_) | State::Short(_) => {
                    self.arm(at)?;
                    self.advance();
                    if matches!(self.state, State::None) {
                        break;
                    }
                }
            }
        }
        if !at.hub.is_closed() {
            self.forget_event(at);
        }
        Err(at.would_block())
    }

    /// All that was received is read: receives again.
    fn emptied(&mut self, at: Context<'_>) {
        if let State::Filled(mut operation) = std::mem::take(&mut self.state) {
            if let Some(probe) = self.probe.take() {
                at.hub.reads.keep(operation, &at.hub.lists);
                operation = probe;
            }
            self.state = State::Idle(operation);
        }
        // The read that finds nothing reports an error of this.
        let _ = self.submit_idle();
        self.update_event(at);
    }
}
