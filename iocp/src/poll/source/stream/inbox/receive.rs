//! Starting a stream's receive, and finishing it.

use std::io;

use super::{Buffer, Inbox, Rest};
use crate::base::{error::Error, status::CompletionKind};
use crate::operation::{Completed, InFlight, Operation, Submitted};
use crate::poll::tag::{token, PROBE, RECV};
use crate::poll::{context::Context, error::code_of, error::WSAENOBUFS};

/// An operation that the system has ended by itself is started again at once, at most so often.
const TRIES: usize = 4;

impl Inbox {
    /// Puts a receive in flight if none is and nothing waits to be read.
    pub(crate) fn arm(&mut self, at: Context<'_>) -> io::Result<()> {
        let operation = match std::mem::take(&mut self.rest) {
            Rest::None if !self.is_flying() => match self.probe.take() {
                Some(probe) => probe,
                None if at.hub.config.zero_read => at.operation(PROBE, None, Buffer::default)?,
                None => at.operation(RECV, None, || new_buffer(at))?,
            },
            Rest::Idle(operation) | Rest::Short(operation) => operation,
            other => {
                self.rest = other;
                return Ok(());
            }
        };
        self.submit(operation)
    }

    /// Receives into a buffer of the pool, after a probe has found that there is something.
    pub(super) fn take_buffer(&mut self, at: Context<'_>) -> io::Result<()> {
        let operation = at.operation(RECV, Some(&at.hub.reads), || new_buffer(at))?;
        self.rest = Rest::None;
        self.submit(operation)
    }

    pub(super) fn submit(&mut self, mut operation: Operation<Buffer>) -> io::Result<()> {
        for _ in 0..TRIES {
            let probe = operation.buffer().is_empty();
            let kind = if probe { PROBE } else { RECV };
            operation.set_tag(self.tag(token(self.index, kind)), self.direct);
            let socket = &self.socket;
            let submitted = if probe { socket.probe(operation) } else { socket.recv(operation) };
            match self.begun(submitted, probe)? {
                Some(ended) => operation = ended,
                None => return Ok(()),
            }
        }
        self.rest = Rest::Idle(operation);
        Ok(())
    }

    /// A submit has returned. The operation, if the system has ended it by itself.
    pub(super) fn begun(
        &mut self,
        submitted: Submitted<Buffer>,
        probe: bool,
    ) -> io::Result<Option<Operation<Buffer>>> {
        match submitted {
            Submitted::Pending(ticket) => self.set_flying(ticket),
            Submitted::Ready(completed) => return Ok(self.received(completed, probe)),
            Submitted::Refused(failed) if matches!(failed.error, Error::Closed) => {
                self.rest = Rest::Idle(failed.value);
                return Err(failed.error.into());
            }
            Submitted::Refused(failed) => match code_of(failed.error) {
                WSAENOBUFS => {
                    self.rest = Rest::Short(failed.value);
                    return Err(io::Error::from_raw_os_error(WSAENOBUFS));
                }
                code => self.rest = Rest::Failed(code),
            },
        }
        Ok(None)
    }

    /// Finishes the receive, if its packet was dequeued.
    pub(crate) fn advance(&mut self) {
        let plain = InFlight::take_finished(&mut self.plain);
        if let Some(completed) = plain.or_else(|| InFlight::take_finished(&mut self.flying)) {
            self.finished(completed);
        }
    }

    /// A receive has ended: goes on, if the system has ended it by itself.
    pub(crate) fn finished(&mut self, completed: Completed<Buffer>) {
        let probe = completed.buffer().is_empty();
        if let Some(operation) = self.received(completed, probe) {
            self.resubmit(operation);
        }
    }

    /// Submits again. An error of this is reported by the read that finds nothing.
    pub(super) fn resubmit(&mut self, operation: Operation<Buffer>) {
        let _ = self.submit(operation);
    }

    /// A receive has ended. The operation, if the system has ended it by itself.
    fn received(&mut self, completed: Completed<Buffer>, probe: bool) -> Option<Operation<Buffer>> {
        self.rest = match completed.result() {
            Ok(_) if probe => {
                self.probe = Some(completed.into_operation());
                Rest::Probed
            }
            Ok(0) => Rest::Ended,
            Ok(count) => {
                self.from = 0;
                // A buffer is at most 65,535 bytes long.
                self.to = u16::try_from(count).unwrap_or(u16::MAX);
                Rest::Filled(completed.into_operation())
            }
            Err(error) => match error.kind {
                CompletionKind::AbortedBySystem => return Some(completed.into_operation()),
                CompletionKind::NoResources => Rest::Short(completed.into_operation()),
                _ => Rest::Failed(code_of(error)),
            },
        };
        None
    }

    /// Cancels the receive: from now on reads find the end.
    pub(crate) fn shut_down(&mut self) {
        (self.plain, self.flying, self.probe) = (None, None, None);
        self.rest = Rest::Ended;
    }
}

fn new_buffer(at: Context<'_>) -> Buffer {
    vec![0; at.hub.config.receive_buffer].into_boxed_slice()
}
