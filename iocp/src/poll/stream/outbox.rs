//! The sending half, as the owner has it: the operation that sends what is sent at once.
//!
//! It has one only while nothing is on its way, has failed or is shut down: then a write by the
//! stream's only owner takes no lock. The rest is [`Sending`](super::sending::Sending)'s.

use std::{io, sync::Arc};

use super::state::Socket;
use crate::{poll::link::Link, Operation, Submitted};

#[derive(Debug, Default)]
pub(in crate::poll) struct Outbox {
    /// There is one as soon as there is an operation.
    socket: Option<Arc<Socket>>,
    idle: Option<Operation<Vec<u8>>>,
}

impl Outbox {
    #[inline]
    pub(super) fn write(&mut self, link: &Link, bytes: &[u8]) -> io::Result<usize> {
        let Some(mut operation) = self.idle.take() else { return self.write_on(link, bytes) };
        let buffer = operation.buffer_mut();
        if bytes.is_empty() || bytes.len() > buffer.capacity() {
            self.idle = Some(operation);
            return self.write_on(link, bytes);
        }
        buffer.clear();
        buffer.extend_from_slice(bytes);
        let Some(socket) = &self.socket else { unreachable!("what was lent came with it") };
        match socket.send(operation) {
            Submitted::Ready(completed) => {
                if completed.result().is_ok() {
                    self.idle = Some(completed.into_operation());
                    return Ok(bytes.len());
                }
                begun(link, Submitted::Ready(completed), bytes.len())
            }
            other => begun(link, other, bytes.len()),
        }
    }

    /// Nothing is on its way.
    pub(super) fn is_empty(&self) -> bool {
        self.idle.is_some()
    }

    /// Gives the operation up: writes go on under the lock.
    pub(super) fn give_up(&mut self) -> Option<Operation<Vec<u8>>> {
        self.idle.take()
    }

    /// Writes under the lock, and keeps the operation if that is all.
    #[cold]
    fn write_on(&mut self, link: &Link, bytes: &[u8]) -> io::Result<usize> {
        let idle = self.idle.take();
        link.with_stream(|stream, at| {
            let written = stream.write(at, idle, bytes);
            self.idle = stream.lend();
            if self.idle.is_some() {
                self.socket = Some(Arc::clone(&stream.socket));
            }
            written
        })
    }
}

/// A send of so many bytes is not over, or has failed.
#[cold]
fn begun(link: &Link, submitted: Submitted<Vec<u8>>, len: usize) -> io::Result<usize> {
    link.with_stream(|stream, at| stream.begun(at, submitted, len))?;
    Ok(len)
}
