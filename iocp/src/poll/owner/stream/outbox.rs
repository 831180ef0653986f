//! The sending half of a stream, as its owner has it.
//!
//! While nothing is queued, and nothing stands against sending, it sends directly from the caller's memory, by
//! a call that does not block: without the lock of its cell, an operation or a buffer. What the system does not
//! take at once is queued under the lock (`source/stream/sending.rs`).

use std::io::{IoSlice, Result, Write};
use std::sync::Arc;

use crate::poll::native::{self, StreamSocket};
use crate::poll::owner::link::Link;
use crate::poll::source::stream::Pieces;

pub(super) struct Outbox {
    /// The stream's, when it could send directly last.
    pub(super) socket: Arc<StreamSocket>,
    direct: bool,
}

impl Outbox {
    pub(super) fn new(socket: Arc<StreamSocket>) -> Self {
        Self { socket, direct: false }
    }

    #[inline]
    pub(super) fn write(&mut self, link: &Link, bytes: &[u8]) -> Result<usize> {
        if !self.direct || bytes.is_empty() || link.hub().is_closed() {
            return self.write_rest(link, bytes, None);
        }
        let mut socket: &native::Stream = &self.socket;
        match socket.write(bytes) {
            Ok(count) if count == bytes.len() => Ok(count),
            sent => self.write_rest(link, bytes, Some(sent)),
        }
    }

    /// As [`write`](Self::write), of several pieces by one call.
    pub(super) fn write_vectored(&mut self, link: &Link, pieces: &[IoSlice<'_>]) -> Result<usize> {
        let bytes = Pieces::new(pieces);
        if !self.direct || bytes.is_empty() || link.hub().is_closed() {
            return self.write_on(link, bytes, None);
        }
        match bytes.send(&self.socket) {
            Ok(count) if count == bytes.len() => Ok(count),
            sent => self.write_on(link, bytes, Some(sent)),
        }
    }

    /// Whether it knows, without the lock, that nothing is queued.
    pub(super) fn is_empty(&self) -> bool {
        self.direct
    }

    /// From now on writes go on under the lock.
    pub(super) fn give_up(&mut self) {
        self.direct = false;
    }

    #[cold]
    fn write_rest(
        &mut self,
        link: &Link,
        bytes: &[u8],
        sent: Option<Result<usize>>,
    ) -> Result<usize> {
        self.write_on(link, Pieces::new(&[IoSlice::new(bytes)]), sent)
    }

    /// Writes under the lock. `sent`: what a direct send has said already.
    fn write_on(
        &mut self,
        link: &Link,
        bytes: Pieces<'_>,
        sent: Option<Result<usize>>,
    ) -> Result<usize> {
        link.with_stream(|stream, at| {
            let written = stream.write(at, bytes, sent);
            self.direct = stream.sends_directly(at);
            if self.direct && !Arc::ptr_eq(&self.socket, &stream.socket) {
                self.socket = Arc::clone(&stream.socket);
            }
            written
        })
    }
}
