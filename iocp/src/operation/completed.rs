//! A finished operation: its result, and the buffer back.

use std::fmt;

use super::{Operation, Place};
use crate::{
    error::CompletionError,
    status::{CompletionKind, NtStatus},
};

/// A finished operation.
pub struct Completed<B: Send + 'static> {
    operation: Operation<B>,
    status: NtStatus,
    bytes: usize,
    cancelled: bool,
}

impl<B: Send + 'static> Completed<B> {
    /// Makes what arrived part of the buffer.
    ///
    /// # Safety
    ///
    /// The caller owns the slot, idle, with a `B` in it that the kernel is done with, and gives it
    /// away.
    #[inline(always)]
    pub(crate) unsafe fn collect(place: Place, cancelled: bool) -> Self {
        let slot = place.slot();
        let outcome = slot.outcome();
        // SAFETY:
        // * the caller owns the slot.
        let (fill, room) = unsafe { slot.fill() };
        let cancelled =
            cancelled || (outcome.status == NtStatus::CANCELLED && gate_cancelled(slot));
        // SAFETY:
        // * the slot is the caller's to give, idle, and holds a `B`.
        let mut operation = unsafe { Operation::<B>::adopt(place) };
        let bytes = match fill {
            None => outcome.count,
            Some(_) if !outcome.status.carries_bytes() => 0,
            Some(fill) => {
                let filled = outcome.count.min(room);
                // SAFETY:
                // * `fill` was set for buffers of type `B`, and `filled` is at most the room.
                // * the kernel has written that many bytes from the start of the room.
                unsafe { fill(std::ptr::from_mut(operation.buffer_mut()).cast(), filled) };
                filled
            }
        };
        Self { operation, status: outcome.status, bytes, cancelled }
    }

    /// The bytes transferred, or why it failed. A stream receive of `Ok(0)` is the peer's end.
    ///
    /// # Errors
    ///
    /// [`CompletionError`]; a truncated message is one too, with its bytes in the buffer.
    #[inline(always)]
    pub fn result(&self) -> Result<usize, CompletionError> {
        if self.status.is_success() {
            return Ok(self.bytes);
        }
        let kind = match self.status.kind() {
            CompletionKind::Cancelled if !self.cancelled => CompletionKind::AbortedBySystem,
            kind => kind,
        };
        Err(CompletionError { status: self.status, bytes: self.bytes, kind })
    }

    /// The system's status.
    #[must_use]
    #[inline]
    pub fn status(&self) -> NtStatus {
        self.status
    }

    /// The operation's token.
    #[must_use]
    #[inline]
    pub fn token(&self) -> usize {
        self.operation.token()
    }

    /// The buffer, with what arrived.
    #[must_use]
    #[inline]
    pub fn buffer(&self) -> &B {
        self.operation.buffer()
    }

    /// The operation, to be submitted again.
    #[must_use]
    #[inline(always)]
    pub fn into_operation(self) -> Operation<B> {
        self.operation
    }

    /// Frees the slot and gives the buffer back.
    #[must_use]
    pub fn into_buffer(self) -> B {
        self.operation.into_buffer()
    }
}

#[cold]
fn gate_cancelled(slot: &crate::core::slot::Slot) -> bool {
    slot.gate().is_some_and(|(gate, packet_key)| gate.was_cancelled(packet_key))
}

impl<B: Send + fmt::Debug + 'static> fmt::Debug for Completed<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completed")
            .field("result", &self.result())
            .field("operation", &self.operation)
            .finish()
    }
}
