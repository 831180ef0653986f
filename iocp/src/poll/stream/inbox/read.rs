//! Reading: what has come, from the quickest way to the longest.

use std::io;

use super::{Buffer, Inbox, Rest};
use crate::{
    poll::{
        context::{token, RECV},
        link::Link,
        stream::put,
    },
    Completed, Error, Operation, Submitted,
};

impl Inbox {
    /// What has come, and how many bytes, where that is all that is to be done. 0 bytes: its result says
    /// more.
    #[inline(always)]
    pub(in crate::poll::stream) fn take_arrived(&mut self) -> Option<(Completed<Buffer>, usize)> {
        match self.plain.take()?.finish_received() {
            Ok(arrived) => Some(arrived),
            Err(ticket) => {
                put(&mut self.plain, ticket);
                None
            }
        }
    }

    /// Receives again, with what [`take_arrived`](Self::take_arrived) gave.
    #[inline(always)]
    pub(in crate::poll::stream) fn receive_again(
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

    /// Reads what a receive of nothing has found, where that is all that is to be done. `None`: there is
    /// [more](Self::read) to it.
    pub(in crate::poll::stream) fn read_found(
        &mut self,
        link: &Link,
        into: &mut [u8],
    ) -> Option<usize> {
        if !self.zero_read || self.told {
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
        let Some(operation) = link.queue.reads.take() else {
            (self.probe, self.rest) = (Some(probe), Rest::Probed);
            return None;
        };
        operation.set_tag(self.tag(token(self.index, RECV)), self.tells);
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
                link.queue.reads.keep(operation, &link.queue.lists);
                match self.socket.probe(probe) {
                    Submitted::Pending(ticket) => put(&mut self.flying, ticket),
                    other => self.go_on(link, other, true),
                }
                Some(count)
            }
            other => {
                self.probe = Some(probe);
                // What this says is said again by what follows.
                if let Ok(Some(operation)) = self.begun(other, false) {
                    let _ = self.submit(operation);
                }
                None
            }
        }
    }

    /// Reads what was received, or starts what was not started.
    pub(in crate::poll::stream) fn read(
        &mut self,
        link: &Link,
        into: &mut [u8],
    ) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        // Probed, filled, and read: a few rounds at most.
        for _ in 0..4 {
            match &self.rest {
                Rest::Filled(operation) => {
                    let filled = &operation.buffer()[self.from.into()..self.to.into()];
                    let count = filled.len().min(into.len());
                    into[..count].copy_from_slice(&filled[..count]);
                    // At most what is between them.
                    self.from += u16::try_from(count).unwrap_or(u16::MAX);
                    if self.from == self.to {
                        self.emptied(link);
                    }
                    return Ok(count);
                }
                Rest::Ended => {
                    self.forget(link);
                    return Ok(0);
                }
                Rest::Failed(code) => {
                    let error = io::Error::from_raw_os_error(*code);
                    self.forget(link);
                    return Err(error);
                }
                Rest::Probed => self.take_buffer(link)?,
                Rest::None | Rest::Idle(_) | Rest::Short(_) => {
                    if !self.is_flying() {
                        self.arm_at(link)?;
                    }
                    self.advance();
                    if matches!(self.rest, Rest::None) {
                        break;
                    }
                }
            }
        }
        // Nobody takes packets any more.
        if link.queue.is_closed() {
            return Err(Error::Closed.into());
        }
        self.forget(link);
        Err(io::ErrorKind::WouldBlock.into())
    }

    /// All that was received is read: receives again.
    fn emptied(&mut self, link: &Link) {
        if let Rest::Filled(mut operation) = std::mem::take(&mut self.rest) {
            if let Some(probe) = self.probe.take() {
                link.queue.reads.keep(operation, &link.queue.lists);
                operation = probe;
            }
            // What this says is said again by the read that finds nothing.
            let _ = self.submit(operation);
        }
        self.tell(link);
    }
}
