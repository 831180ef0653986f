//! Starting a stream's receive, and finishing it.

use std::io;

use super::{Buffer, Inbox, State};
use crate::base::status::CompletionKind;
use crate::operation::{Completed, InFlight, Submitted};
use crate::poll::tag::{token, PROBE, RECV};
use crate::poll::{context::Context, error::code_of, error::WSAENOBUFS};

/// An operation that the system has ended by itself is started again at once, at most so often.
const TRIES: usize = 4;

impl Inbox {
    /// Puts a receive in flight if none is and nothing waits to be read.
    pub(crate) fn arm(&mut self, at: Context<'_>) -> io::Result<()> {
        let none_in_flight = self.plain.is_none() && self.flying.is_none();
        self.state = match std::mem::take(&mut self.state) {
            State::None if none_in_flight => State::Idle(match self.probe.take() {
                Some(probe) => probe,
                None if at.hub.config.zero_read => at.operation(PROBE, None, Buffer::default)?,
                None => at.operation(RECV, None, || new_buffer(at))?,
            }),
            State::Short(operation) => State::Idle(operation),
            other => other,
        };
        self.submit_idle()
    }

    /// Receives into a buffer of the pool, after a probe has found that there is something.
    pub(super) fn take_buffer(&mut self, at: Context<'_>) -> io::Result<()> {
        self.state = State::Idle(at.operation(RECV, Some(&at.hub.reads), || new_buffer(at))?);
        self.submit_idle()
    }

    /// Submits the idle operation, if there is one.
    pub(super) fn submit_idle(&mut self) -> io::Result<()> {
        for _ in 0..TRIES {
            let operation = match std::mem::take(&mut self.state) {
                State::Idle(operation) => operation,
                other => {
                    self.state = other;
                    break;
                }
            };
            let probe = operation.buffer().is_empty();
            let kind = if probe { PROBE } else { RECV };
            operation.set_tag(self.tag(token(self.index, kind)), self.direct);
            let socket = &self.socket;
            let submitted = if probe { socket.probe(operation) } else { socket.recv(operation) };
            self.after_submit(submitted, probe)?;
        }
        Ok(())
    }

    /// A submit has returned. Idle after this without an error: the system has ended it by itself.
    fn after_submit(&mut self, submitted: Submitted<Buffer>, probe: bool) -> io::Result<()> {
        match submitted {
            Submitted::Pending(ticket) => self.set_flying(ticket),
            Submitted::Ready(completed) => {
                self.received(completed, probe);
                if matches!(self.state, State::Short(_)) {
                    return Err(io::Error::from_raw_os_error(WSAENOBUFS));
                }
            }
            Submitted::Refused(failed) => {
                self.state = State::Idle(failed.value);
                return Err(failed.error.into());
            }
        }
        Ok(())
    }

    /// As [`after_submit`](Self::after_submit), and submits again what the system has ended by itself. The
    /// read that finds nothing reports an error of this.
    pub(super) fn follow_up(&mut self, submitted: Submitted<Buffer>, probe: bool) {
        if self.after_submit(submitted, probe).is_ok() {
            let _ = self.submit_idle();
        }
    }

    /// Finishes the receive, if its packet was dequeued.
    pub(crate) fn advance(&mut self) {
        let plain = InFlight::take_finished(&mut self.plain);
        if let Some(completed) = plain.or_else(|| InFlight::take_finished(&mut self.flying)) {
            self.finished(completed);
        }
    }

    /// A receive has ended.
    pub(crate) fn finished(&mut self, completed: Completed<Buffer>) {
        let probe = completed.buffer().is_empty();
        self.follow_up(Submitted::Ready(completed), probe);
    }

    /// A receive has ended. It is idle again only if the system has ended it by itself.
    fn received(&mut self, completed: Completed<Buffer>, probe: bool) {
        self.state = match completed.result() {
            Ok(_) if probe => {
                self.probe = Some(completed.into_operation());
                State::Probed
            }
            Ok(0) => State::Ended,
            Ok(count) => {
                self.from = 0;
                // A buffer is at most 65,535 bytes long.
                self.to = u16::try_from(count).unwrap_or(u16::MAX);
                State::Filled(completed.into_operation())
            }
            Err(error) => match error.kind {
                CompletionKind::AbortedBySystem => State::Idle(completed.into_operation()),
                CompletionKind::NoResources => State::Short(completed.into_operation()),
                _ => State::Failed(code_of(error)),
            },
        };
    }

    /// Cancels the receive: from now on reads find the end.
    pub(crate) fn shut_down(&mut self) {
        (self.plain, self.flying, self.probe) = (None, None, None);
        self.state = State::Shut;
    }
}

fn new_buffer(at: Context<'_>) -> Buffer {
    vec![0; at.hub.config.receive_buffer].into_boxed_slice()
}
