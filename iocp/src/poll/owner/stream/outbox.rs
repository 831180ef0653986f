//! The sending half of a stream, as its owner has it.
//!
//! While nothing is queued, and nothing stands against sending, it sends directly from the caller's memory, by
//! a call that does not block: without the lock of its cell, an operation or a buffer. What the system does not
//! take at once is queued under the lock (`source/stream/sending.rs`).

use std::io::{IoSlice, Result};
use std::sync::atomic::Ordering;

use super::registered::Registered;
use crate::os::{self, Code};
use crate::poll::source::stream::Pieces;
use crate::poll::util::lock;

impl Registered {
    /// Alone with the stream.
    #[inline]
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let direct = *self.link.direct.get_mut();
        match self.send(direct, bytes) {
            Some(Ok(count)) if count == bytes.len() => Ok(count),
            sent => self.write_rest(bytes, sent),
        }
    }

    /// As the trait's own, written out for what is sent at once.
    #[inline]
    pub(super) fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        let direct = *self.link.direct.get_mut();
        match self.send(direct, bytes) {
            Some(Ok(count)) if count == bytes.len() => Ok(()),
            sent => self.write_all_rest(bytes, sent),
        }
    }

    pub(super) fn write_shared(&self, bytes: &[u8]) -> Result<usize> {
        let _writing = lock(&self.link.writing);
        match self.send(self.link.direct.load(Ordering::Relaxed), bytes) {
            Some(Ok(count)) if count == bytes.len() => Ok(count),
            sent => self.write_rest(bytes, sent),
        }
    }

    /// As [`write_shared`](Self::write_shared), of several pieces by one call.
    pub(super) fn write_vectored(&self, pieces: &[IoSlice<'_>]) -> Result<usize> {
        let _writing = lock(&self.link.writing);
        let bytes = Pieces::new(pieces);
        let direct = self.link.direct.load(Ordering::Relaxed);
        if !direct || bytes.is_empty() || self.link.hub().is_closed() {
            return self.write_on(bytes, None);
        }
        match bytes.send(self.own.view().get_ref()) {
            Ok(count) if count == bytes.len() => Ok(count),
            sent => self.write_on(bytes, Some(sent)),
        }
    }

    /// Whether it is known, without the lock of the cell, that nothing is queued.
    pub(super) fn has_nothing_queued(&self) -> bool {
        let _writing = lock(&self.link.writing);
        self.link.direct.load(Ordering::Relaxed)
    }

    /// From now on writes go on under the lock of the cell.
    pub(super) fn give_up_direct(&self) {
        let _writing = lock(&self.link.writing);
        self.link.direct.store(false, Ordering::Relaxed);
    }

    /// Sends without the lock of the cell; `None`: that may not be.
    #[inline(always)]
    fn send(&self, direct: bool, bytes: &[u8]) -> Option<Result<usize>> {
        if !direct || bytes.is_empty() || self.link.hub().is_closed() {
            return None;
        }
        Some(os::send_stream(os::borrow_socket(&self.own), bytes).map_err(Code::into_io))
    }

    #[cold]
    fn write_all_rest(&self, mut bytes: &[u8], mut sent: Option<Result<usize>>) -> Result<()> {
        while !bytes.is_empty() {
            bytes = &bytes[self.write_rest(bytes, sent.take())?..];
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn write_rest(&self, bytes: &[u8], sent: Option<Result<usize>>) -> Result<usize> {
        self.write_on(Pieces::new(&[IoSlice::new(bytes)]), sent)
    }

    /// Writes under the lock of the cell. `sent`: what a direct send has said already.
    fn write_on(&self, bytes: Pieces<'_>, sent: Option<Result<usize>>) -> Result<usize> {
        self.link.with_stream(|stream, at| {
            let written = stream.write(self.socket(), at, bytes, sent);
            let direct = stream.sends_directly(at) && self.is_at_home();
            self.link.direct.store(direct, Ordering::Relaxed);
            written
        })
    }
}
