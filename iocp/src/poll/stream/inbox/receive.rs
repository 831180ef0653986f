//! Starting receives, and what became of them.

use std::{io, sync::Arc};

use super::{Buffer, Inbox, Rest, WSAENOBUFS};
use crate::{
    poll::{
        context::{token, Context, PROBE, RECV},
        link::Link,
        stream::{code_of, state::Stream},
    },
    Completed, CompletionKind, Error, InFlight, Operation, Submitted,
};

impl Inbox {
    /// As [`arm`](Self::arm), of a stream whose place is not locked.
    pub(in crate::poll::stream) fn arm_at(&mut self, link: &Link) -> io::Result<()> {
        link.with_stream(|stream, at| {
            if self.fetch(stream) {
                self.arm(at, &mut stream.recv_starved)
            } else {
                Ok(())
            }
        })
    }

    /// Gets what the stream's connect has left for its owner. False: it is connecting.
    pub(in crate::poll::stream) fn fetch(&mut self, stream: &mut Stream) -> bool {
        if self.fetched {
            return true;
        }
        if stream.is_connecting() {
            return false;
        }
        *self = match stream.early.take() {
            Some(early) => *early,
            None => Self::new(Arc::clone(&stream.socket), self.index, self.zero_read),
        };
        self.fetched = true;
        if let Some(code) = stream.broken {
            self.rest = Rest::Failed(code);
        }
        // The end of the connect was told, or is.
        self.set_told(true);
        true
    }

    /// Puts a receive in flight if none is and nothing waits to be read.
    pub(in crate::poll::stream) fn arm(
        &mut self,
        at: Context<'_>,
        starved: &mut bool,
    ) -> io::Result<()> {
        let operation = match std::mem::take(&mut self.rest) {
            Rest::None if !self.is_flying() => match self.probe.take() {
                Some(probe) => probe,
                None if at.queue.config.zero_read => {
                    at.operation(Buffer::default(), PROBE, starved)?
                }
                None => at.operation(buffer(at), RECV, starved)?,
            },
            Rest::Idle(operation) | Rest::Short(operation) => operation,
            other => {
                self.rest = other;
                return Ok(());
            }
        };
        self.submit(operation)
    }

    /// There is something: receives it into a buffer that is taken for it.
    pub(super) fn take_buffer(&mut self, link: &Link) -> io::Result<()> {
        let reads = &link.queue.reads;
        let operation = link.with_stream(|stream, at| {
            at.pooled(reads, || buffer(at), RECV, &mut stream.recv_starved)
        })?;
        self.rest = Rest::None;
        self.submit(operation)
    }

    pub(super) fn submit(&mut self, mut operation: Operation<Buffer>) -> io::Result<()> {
        // Twice only where the system has ended an operation by itself.
        for _ in 0..4 {
            let probe = operation.buffer().is_empty();
            let kind = if probe { PROBE } else { RECV };
            operation.set_tag(self.tag(token(self.index, kind)), self.tells);
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

    /// A submit has returned. The operation if the system has ended it.
    pub(super) fn begun(
        &mut self,
        submitted: Submitted<Buffer>,
        probe: bool,
    ) -> io::Result<Option<Operation<Buffer>>> {
        match submitted {
            Submitted::Pending(ticket) => self.set_flying(ticket),
            Submitted::Ready(completed) => return Ok(self.received(completed, probe)),
            Submitted::Refused(failed) => match (failed.error, failed.value) {
                (Error::Closed, operation) => {
                    self.rest = Rest::Idle(operation);
                    return Err(Error::Closed.into());
                }
                (error, operation) => match code_of(error) {
                    WSAENOBUFS => {
                        self.rest = Rest::Short(operation);
                        return Err(io::Error::from_raw_os_error(WSAENOBUFS));
                    }
                    code => self.rest = Rest::Failed(code),
                },
            },
        }
        Ok(None)
    }

    /// Finishes what was in flight, if its packet has come.
    pub(in crate::poll::stream) fn advance(&mut self) {
        match self.take_flying().map(InFlight::finish) {
            Some(Ok(completed)) => self.finished(completed),
            Some(Err(ticket)) => self.set_flying(ticket),
            None => {}
        }
    }

    pub(in crate::poll::stream) fn finished(&mut self, completed: Completed<Buffer>) {
        let probe = completed.buffer().is_empty();
        if let Some(operation) = self.received(completed, probe) {
            // What this says is said again by the read that finds nothing.
            let _ = self.submit(operation);
        }
    }

    /// A receive has ended. The operation if that was the system's doing.
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

    /// Nothing is received any more. What is returned is dropped after any lock.
    pub(in crate::poll::stream) fn shut_down(&mut self) -> Self {
        let mut ended = Self::new(Arc::clone(&self.socket), self.index, self.zero_read);
        (ended.rest, ended.fetched) = (Rest::Ended, true);
        std::mem::replace(self, ended)
    }
}

fn buffer(at: Context<'_>) -> Buffer {
    vec![0; at.queue.config.receive_buffer].into_boxed_slice()
}
