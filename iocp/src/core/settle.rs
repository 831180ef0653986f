//! What a dequeued entry is: one of our operations, finished; ours, stale; or somebody else's.
//!
//! Nothing an entry carries is believed: anyone may post anything. The key class comes first, the
//! pointer is only looked up, and the status block decides.

use std::sync::atomic::Ordering;

use iocp_sys::OVERLAPPED_ENTRY;

use super::{
    keys::{class, external_number, Class},
    shared::Core,
    state::{Phase, Settled},
};
use crate::{
    packet::{ForeignPacket, OperationId, Packet, UserPacket},
    status::NtStatus,
};

/// What one entry came to.
pub(crate) enum Entry {
    /// For the caller.
    Packet(Packet),
    /// An orphan's slot, owned by us now.
    Orphan(u32),
    /// Somebody called `wake`.
    Woken,
    /// The port was closed; pass it on.
    Close,
    /// Nothing.
    Stale,
}

impl Core {
    /// Sorts one entry and settles its operation.
    #[inline]
    pub(crate) fn settle(&self, entry: &OVERLAPPED_ENTRY) -> Entry {
        match class(entry.lpCompletionKey) {
            Class::Handle => self.settle_operation(entry),
            Class::Wake => {
                self.port.heard();
                Entry::Woken
            }
            Class::Close => Entry::Close,
            Class::Drained => Entry::Packet(Packet::Drained),
            Class::User => {
                let token = entry.lpOverlapped as usize;
                let bytes = entry.dwNumberOfBytesTransferred;
                Entry::Packet(Packet::User(UserPacket { token, bytes }))
            }
            Class::Mail => Entry::Packet(Packet::Mail { key: entry.lpOverlapped as usize }),
            Class::External => Entry::Packet(Packet::External {
                key: external_number(entry.lpCompletionKey),
                message: entry.dwNumberOfBytesTransferred,
                value: entry.lpOverlapped as usize,
            }),
            Class::Foreign => self.foreign(entry),
        }
    }

    #[inline]
    fn settle_operation(&self, entry: &OVERLAPPED_ENTRY) -> Entry {
        let Some(index) = self.find(entry.lpOverlapped as usize) else {
            return self.foreign(entry);
        };
        let slot = self.slot(index);
        let seen = slot.state.load();
        let in_flight = matches!(seen.phase(), Phase::InFlight | Phase::Orphan);
        // These reads belong to the generation of `seen`: if it is over, `settle` says so.
        if !in_flight
            || slot.key.load(Ordering::Relaxed) != entry.lpCompletionKey
            || !slot.is_finished()
        {
            return self.stale();
        }
        let (token, key) =
            (slot.token.load(Ordering::Relaxed), slot.handle_key.load(Ordering::Relaxed));
        let outcome = slot.outcome();
        match slot.state.settle(seen) {
            Settled::Done { generation } => Entry::Packet(Packet::Io {
                id: OperationId { port: self.number, index, generation },
                token,
                key,
                status: outcome.status,
                bytes: u32::try_from(outcome.count).unwrap_or(u32::MAX),
            }),
            Settled::Orphan { .. } => Entry::Orphan(index),
            Settled::Stale => self.stale(),
        }
    }

    #[cold]
    fn stale(&self) -> Entry {
        self.stale.fetch_add(1, Ordering::Relaxed);
        Entry::Stale
    }

    #[cold]
    fn foreign(&self, entry: &OVERLAPPED_ENTRY) -> Entry {
        self.foreign.fetch_add(1, Ordering::Relaxed);
        Entry::Packet(Packet::Foreign(ForeignPacket {
            key: entry.lpCompletionKey,
            overlapped: entry.lpOverlapped,
            bytes: entry.dwNumberOfBytesTransferred,
            status: NtStatus::from_internal(entry.Internal),
        }))
    }
}
