//! The sending half, as the owner has it: the operation that sends what is sent at once.
//!
//! It has one only while nothing is on its way, has failed or is shut down: then a write by the
//! stream's only owner takes no lock. The rest is [`Sending`](super::sending::Sending)'s.

use std::{io, sync::Arc};

use super::{put, state::Socket};
use crate::{poll::link::Link, Operation, Submitted};

#[derive(Debug)]
pub(in crate::poll) struct Outbox {
    /// The one that the operation is for, where there is one.
    socket: Arc<Socket>,
    idle: Option<Operation<Vec<u8>>>,
}

impl Outbox {
    pub(super) fn new(socket: Arc<Socket>) -> Self {
        Self { socket, idle: None }
    }

    /// Writes all of it, if it can be sent at once: true, or nothing was done.
    #[inline]
    pub(super) fn write_all(&mut self, link: &Link, bytes: &[u8]) -> io::Result<bool> {
        let Some(mut operation) = self.idle.take() else { return Ok(false) };
        let buffer = operation.buffer_mut();
        if bytes.is_empty() || bytes.len() > buffer.capacity() {
            put(&mut self.idle, operation);
            return Ok(false);
        }
        buffer.clear();
        buffer.extend_from_slice(bytes);
        match self.socket.send(operation) {
            Submitted::Ready(completed) if completed.result().is_ok() => {
                put(&mut self.idle, completed.into_operation());
            }
            other => begun(link, other, bytes.len())?,
        }
        Ok(true)
    }

    #[inline]
    pub(super) fn write(&mut self, link: &Link, bytes: &[u8]) -> io::Result<usize> {
        if self.write_all(link, bytes)? {
            Ok(bytes.len())
        } else {
            self.write_on(link, bytes)
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
            if self.idle.is_some() && !Arc::ptr_eq(&self.socket, &stream.socket) {
                self.socket = Arc::clone(&stream.socket);
            }
            written
        })
    }
}

/// A send of so many bytes is not over, or has failed.
#[cold]
fn begun(link: &Link, submitted: Submitted<Vec<u8>>, len: usize) -> io::Result<()> {
    link.with_stream(|stream, at| stream.begun(at, submitted, len))
}
