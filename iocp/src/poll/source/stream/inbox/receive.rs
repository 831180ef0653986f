//! Starting a stream's receive, and finishing it.

use std::{io, mem::take};

use super::{flying, read::counted, tag_of, Buffer, Inbox, State};
use crate::base::status::CompletionKind;
use crate::operation::{Completed, Operation, Submitted};
use crate::poll::flags::{BUSY, DIRECT, GUESSED, LENT};
use crate::poll::tag::{token, PROBE, RECV};
use crate::poll::{context::Context, error::code_of, error::WSAENOBUFS, error::WSAESHUTDOWN};
use crate::poll::{event::Ready, native::StreamSocket};

/// An operation that the system has ended by itself is started again at once, at most so often.
const TRIES: usize = 4;

impl Inbox {
    /// Puts a receive in flight if none is and nothing is known to be there.
    #[inline]
    pub(crate) fn arm(&mut self, socket: &StreamSocket, at: Context<'_>) -> io::Result<()> {
        at.marks.inbox.set(GUESSED, false);
        if let State::None = self.state {
            let mut operation = at.operation(PROBE, Some(&at.hub.receives), Buffer::default)?;
            if operation.buffer().is_empty() {
                *operation.buffer_mut() = at.hub.lent.take_first().unwrap_or_default();
            }
            at.marks.inbox.set(LENT, !operation.buffer().is_empty());
            self.submit(socket, at, operation)?;
        }
        if let State::Short(_) = self.state {
            if let State::Short(operation) = take(&mut self.state) {
                self.state = State::Idle(operation, 0);
            }
        }
        self.choose_kind(at);
        self.submit_idle(socket, at)
    }

    /// All that was there is read: receives again. The read that finds nothing reports an error of this.
    pub(super) fn receive_next(&mut self, socket: &StreamSocket, at: Context<'_>) {
        let most = at.hub.config.receive_buffer;
        let was_much = matches!(self.state, State::Idle(_, taken) if taken as usize >= most);
        self.choose_kind(at);
        self.arm_or_guess(socket, at, was_much);
        self.update_event(at);
    }

    /// Receives again; or guesses that there is more, of a busy stream that is read by events.
    pub(super) fn arm_or_guess(&mut self, socket: &StreamSocket, at: Context<'_>, was_much: bool) {
        let is_told = !at.wanted(Ready::READABLE).is_none() && !at.hub.is_closed();
        let is_idle = matches!(self.state, State::Idle(..));
        if was_much && is_told && is_idle && at.marks.inbox.any(BUSY) {
            at.marks.inbox.set(GUESSED, true);
        } else {
            let _ = self.arm(socket, at);
            self.note_probe(at, was_much);
        }
    }

    /// A probe was submitted behind a short read.
    pub(super) fn note_probe(&mut self, at: Context<'_>, was_much: bool) {
        if was_much {
            at.marks.inbox.set(BUSY, matches!(self.state, State::Found(_)));
        }
    }

    /// What comes next is received as what came last would have been best: into a buffer if that was smaller.
    /// If nothing came, as before.
    fn choose_kind(&mut self, at: Context<'_>) {
        let State::Idle(operation, taken) = &mut self.state else { return };
        let taken = take(taken);
        let fits = (taken as usize) < at.hub.config.receive_buffer;
        let lent = at.marks.inbox.any(LENT);
        if lent && !fits {
            *operation.buffer_mut() = Buffer::default();
            at.marks.inbox.set(LENT, false);
        } else if !lent && fits && taken > 0 {
            if let Some(buffer) = at.hub.lent.take() {
                *operation.buffer_mut() = buffer;
                at.marks.inbox.set(LENT, true);
            }
        }
    }

    /// Submits the idle operation, if there is one.
    pub(super) fn submit_idle(&mut self, socket: &StreamSocket, at: Context<'_>) -> io::Result<()> {
        for _ in 0..TRIES {
            let State::Idle(..) = self.state else { break };
            let State::Idle(operation, _) = take(&mut self.state) else { break };
            self.submit(socket, at, operation)?;
        }
        Ok(())
    }

    fn submit(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        operation: Operation<Buffer>,
    ) -> io::Result<()> {
        let probe = operation.buffer().is_empty();
        let kind = if probe { PROBE } else { RECV };
        let key = at.marks.inbox.any(DIRECT).then(|| at.marks.watch().token);
        operation.set_tag(tag_of(at, token(at.index, kind)), key);
        let submitted = if probe { socket.probe(operation) } else { socket.recv(operation) };
        self.after_submit(at, submitted, probe)
    }

    /// A submit has returned. Idle after this without an error: the system has ended it by itself.
    #[inline(always)]
    fn after_submit(
        &mut self,
        at: Context<'_>,
        submitted: Submitted<Buffer>,
        probe: bool,
    ) -> io::Result<()> {
        match submitted {
            Submitted::Pending(ticket) => self.state = flying(at, ticket),
            Submitted::Ready(completed) => {
                self.received(at, completed, probe);
                if matches!(self.state, State::Short(_)) {
                    return Err(io::Error::from_raw_os_error(WSAENOBUFS));
                }
            }
            Submitted::Refused(failed) => {
                self.state = State::Idle(failed.value, 0);
                return Err(failed.error.into());
            }
        }
        Ok(())
    }

    /// As [`after_submit`](Self::after_submit), and submits again what the system has ended by itself. The
    /// read that finds nothing reports an error of this.
    pub(super) fn follow_up(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        submitted: Submitted<Buffer>,
        probe: bool,
    ) {
        if self.after_submit(at, submitted, probe).is_ok() {
            let _ = self.submit_idle(socket, at);
        }
    }

    /// Finishes the receive, if its packet was dequeued.
    pub(crate) fn advance(&mut self, socket: &StreamSocket, at: Context<'_>) {
        let ticket = match take(&mut self.state) {
            State::Plain(ticket) | State::Flying(ticket) => ticket,
            other => return self.state = other,
        };
        match ticket.finish() {
            Ok(completed) => self.finished(socket, at, completed),
            Err(ticket) => self.state = flying(at, ticket),
        }
    }

    /// A receive has ended.
    pub(crate) fn finished(
        &mut self,
        socket: &StreamSocket,
        at: Context<'_>,
        completed: Completed<Buffer>,
    ) {
        let probe = completed.buffer().is_empty();
        self.follow_up(socket, at, Submitted::Ready(completed), probe);
    }

    /// Nothing is received any more: operation and buffer are for others.
    pub(super) fn end(&mut self, at: Context<'_>, end: State, was: Option<Operation<Buffer>>) {
        at.marks.inbox.set(LENT, false);
        self.state = end;
        if let Some(operation) = was {
            at.hub.keep_receive(operation);
        }
    }

    /// A receive has ended. It is idle again only if the system has ended it by itself.
    fn received(&mut self, at: Context<'_>, completed: Completed<Buffer>, probe: bool) {
        self.state = match completed.result() {
            Ok(_) if probe => State::Found(completed.into_operation()),
            Ok(0) => return self.end(at, State::Ended, Some(completed.into_operation())),
            Ok(count) => {
                // A buffer is at most 1 GiB long.
                State::Filled(completed.into_operation(), 0, counted(count))
            }
            Err(error) => match error.kind {
                CompletionKind::AbortedBySystem => State::Idle(completed.into_operation(), 0),
                CompletionKind::NoResources => State::Short(completed.into_operation()),
                _ => {
                    let end = match code_of(error) {
                        // Receiving was shut down before the socket was registered, or by a clone.
                        WSAESHUTDOWN => State::Shut,
                        code => State::Failed(code),
                    };
                    return self.end(at, end, Some(completed.into_operation()));
                }
            },
        };
    }

    /// Cancels the receive: from now on reads find the end.
    pub(crate) fn shut_down(&mut self, at: Context<'_>) {
        self.end(at, State::Shut, None);
    }
}
