//! An operation whose packet has been dequeued and is not settled yet.

use std::sync::atomic::Ordering;

use iocp_sys::OVERLAPPED_ENTRY;

use super::packet::{OperationId, Packet};
use super::{block::Outcome, shared::Core, slot::Slot, state::Snapshot};
use crate::base::status::NtStatus;

/// An operation in flight whose packet has come: a forged one, if the system has not
/// [finished](Arrived::is_finished) it.
pub(crate) struct Arrived<'a> {
    slot: &'a Slot,
    index: u32,
    /// The state word, of an operation in flight.
    seen: Snapshot,
    outcome: Outcome,
}

impl Core {
    /// What the entry is the packet of, if that is an operation in flight. `None` if it is anything
    /// else.
    ///
    /// Its key needs no look of its own: it is that of a slot, which only handles have.
    #[inline(always)]
    pub(crate) fn arrived(&self, entry: &OVERLAPPED_ENTRY) -> Option<Arrived<'_>> {
        let (index, slot) = self.slab.find(entry.lpOverlapped as usize)?;
        let seen = slot.state.load();
        // These reads belong to the generation of `seen`: if it is over, settling fails.
        if !seen.is_in_flight_unawaited()
            || slot.packet_key.load(Ordering::Relaxed) != entry.lpCompletionKey
        {
            return None;
        }
        Some(Arrived::new(index, slot, seen))
    }
}

impl<'a> Arrived<'a> {
    /// What the slot says, of an operation seen in this state.
    #[inline(always)]
    pub(super) fn new(index: u32, slot: &'a Slot, seen: Snapshot) -> Self {
        Self { slot, index, seen, outcome: slot.block.outcome() }
    }

    /// Its packet, as the caller gets it. `port` is the port's number.
    #[inline(always)]
    pub(super) fn packet(&self, port: u64) -> Packet {
        // One operation lends 4 GiB - 1 at most.
        #[allow(clippy::cast_possible_truncation)]
        let bytes = self.outcome.count as u32;
        Packet::Io {
            id: OperationId { port, index: self.index, word: self.seen },
            token: self.slot.token.load(Ordering::Relaxed),
            key: self.slot.handle_key.load(Ordering::Relaxed),
            status: self.outcome.status,
            bytes,
        }
    }

    /// Whether the system has written how it ended: the packet alone says nothing.
    #[inline(always)]
    pub(super) fn is_finished(&self) -> bool {
        self.outcome.status != NtStatus::PENDING
    }

    /// Its token and its handle's key. Once settled, the operation may be redeemed and its slot used
    /// again: token and key are then a later operation's, and may not even belong to the same one.
    #[inline(always)]
    pub(crate) fn token(&self) -> usize {
        self.slot.token.load(Ordering::SeqCst)
    }

    #[inline(always)]
    pub(crate) fn key(&self) -> usize {
        self.slot.handle_key.load(Ordering::SeqCst)
    }

    /// Bytes that have arrived, or `usize::MAX` of a message that did not fit; `None` if it ended otherwise.
    #[inline(always)]
    pub(crate) fn brought(&self) -> Option<usize> {
        match self.outcome.status {
            NtStatus::SUCCESS => Some(self.outcome.count),
            NtStatus::BUFFER_OVERFLOW => Some(usize::MAX),
            _ => None,
        }
    }

    /// Accepts its packet: from now on its ticket is ready. False, and nothing was changed, if it is
    /// not the usual change of its state.
    #[inline(always)]
    pub(crate) fn settle(&self) -> bool {
        self.slot.state.settle_plain(self.seen)
    }
}
