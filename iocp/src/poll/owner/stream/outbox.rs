//! The sending half of a stream, as its owner has it: an operation for sends that are done at once.
//!
//! It has one only while no send is in flight or has failed, and sending is not shut down: then the
//! stream's only owner writes without a lock. Other writes are done under the lock of its cell
//! (`source/stream/sending.rs`).

use std::{io, sync::Arc};

use crate::operation::{Operation, Submitted};
use crate::poll::tag::{token, SEND};
use crate::poll::{native::StreamSocket, owner::link::Link, util::put};

pub(super) struct Outbox {
    /// The stream's, when a send could start at once last.
    pub(super) socket: Arc<StreamSocket>,
    idle: Option<Operation<Vec<u8>>>,
    /// A send may start at once, with an operation of the queue's pool.
    uses_pool: bool,
}

impl Outbox {
    pub(super) fn new(socket: Arc<StreamSocket>) -> Self {
        Self { socket, idle: None, uses_pool: false }
    }

    /// Writes all of it with the idle operation. False: that is not possible, and nothing was done.
    #[inline]
    pub(super) fn write_at_once(&mut self, link: &Link, bytes: &[u8]) -> io::Result<bool> {
        let Some(mut operation) = self.idle.take() else { return Ok(false) };
        if !fill(&mut operation, bytes) {
            put(&mut self.idle, operation);
            return Ok(false);
        }
        match self.socket.send(operation) {
            Submitted::Ready(completed) if completed.result().is_ok() => {
                put(&mut self.idle, completed.into_operation());
            }
            other => after_submit(link, other, bytes.len())?,
        }
        Ok(true)
    }

    #[inline]
    pub(super) fn write(&mut self, link: &Link, bytes: &[u8]) -> io::Result<usize> {
        if self.write_at_once(link, bytes)? {
            Ok(bytes.len())
        } else {
            self.write_pooled(link, bytes)
        }
    }

    /// Writes with an operation of the queue's pool, or else under the lock.
    #[cold]
    fn write_pooled(&mut self, link: &Link, bytes: &[u8]) -> io::Result<usize> {
        let hub = link.hub();
        let pooled = if self.uses_pool && !bytes.is_empty() { hub.writes.take() } else { None };
        let Some(mut operation) = pooled else { return self.write_on(link, bytes) };
        if !fill(&mut operation, bytes) {
            hub.writes.keep(operation, &hub.lists);
            return self.write_on(link, bytes);
        }
        operation.set_tag(token(link.context().index, SEND), None);
        match self.socket.send(operation) {
            Submitted::Ready(completed) if completed.result().is_ok() => {
                hub.writes.keep(completed.into_operation(), &hub.lists);
            }
            other => {
                self.uses_pool = false;
                after_submit(link, other, bytes.len())?;
            }
        }
        Ok(bytes.len())
    }

    /// Whether it knows, without the lock, that nothing is queued.
    pub(super) fn is_empty(&self) -> bool {
        self.idle.is_some() || self.uses_pool
    }

    /// Gives the operation up: writes go on under the lock.
    pub(super) fn give_up(&mut self) -> Option<Operation<Vec<u8>>> {
        self.uses_pool = false;
        self.idle.take()
    }

    /// Writes under the lock, and keeps the operation if the send is done at once.
    #[cold]
    fn write_on(&mut self, link: &Link, bytes: &[u8]) -> io::Result<usize> {
        let idle = self.idle.take();
        link.with_stream(|stream, at| {
            stream.give_back(idle);
            let written = stream.write(at, bytes);
            self.idle = stream.sending().lend();
            let shared = at.hub.config.lent_bytes == 0;
            self.uses_pool = self.idle.is_none() && shared && stream.can_start();
            if self.is_empty() && !Arc::ptr_eq(&self.socket, &stream.socket) {
                self.socket = Arc::clone(&stream.socket);
            }
            written
        })
    }
}

/// Copies all into the buffer of a send; false if there is nothing, or too much.
#[inline(always)]
fn fill(operation: &mut Operation<Vec<u8>>, bytes: &[u8]) -> bool {
    let buffer = operation.buffer_mut();
    if bytes.is_empty() || bytes.len() > buffer.capacity() {
        return false;
    }
    buffer.clear();
    buffer.extend_from_slice(bytes);
    true
}

/// The send of `len` bytes is in flight now, or has failed.
#[cold]
fn after_submit(link: &Link, submitted: Submitted<Vec<u8>>, len: usize) -> io::Result<()> {
    link.with_stream(|stream, at| stream.after_submit(at, submitted, len))
}
