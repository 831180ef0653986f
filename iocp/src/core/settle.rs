//! What a dequeued entry is: one of our operations, finished; ours, stale; or somebody else's.
//!
//! Nothing an entry carries is believed: anyone may post anything. The key class comes first, the
//! pointer is only looked up, and the status block decides.

use std::sync::atomic::Ordering;

use iocp_sys::OVERLAPPED_ENTRY;

use super::{
    keys::{class, external_number, Class},
    shared::Core,
    state::Settled,
};
use crate::{
    packet::{ForeignPacket, OperationId, Packet, UserPacket},
    status::NtStatus,
};

/// What the entries of one wait came to.
#[derive(Default)]
pub(crate) struct Sorted {
    /// For the caller, oldest first.
    pub(crate) packets: Vec<Packet>,
    /// Slots of orphans, owned by us now.
    pub(crate) orphans: Vec<u32>,
    /// Somebody called `wake`.
    pub(crate) woken: bool,
}

impl Core {
    /// Sorts one entry and settles its operation. True if it is the close packet, to be passed on.
    ///
    /// The common case is written out here, so that its packet is made where it stays.
    #[inline(always)]
    pub(crate) fn settle(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) -> bool {
        if class(entry.lpCompletionKey) != Class::Handle {
            return self.settle_other(entry, sorted);
        }
        let Some((index, slot)) = self.find(entry.lpOverlapped as usize) else {
            return self.foreign(entry, sorted);
        };
        let seen = slot.state.load();
        // These reads belong to the generation of `seen`: if it is over, `settle` says so.
        if !seen.is_lent()
            || slot.key.load(Ordering::Relaxed) != entry.lpCompletionKey
            || !slot.is_finished()
        {
            return self.stale();
        }
        let (token, key) =
            (slot.token.load(Ordering::Relaxed), slot.handle_key.load(Ordering::Relaxed));
        let outcome = slot.outcome();
        match slot.state.settle(seen) {
            Settled::Done { generation } => {
                sorted.packets.push(Packet::Io {
                    id: OperationId { port: self.number, index, generation },
                    token,
                    key,
                    status: outcome.status,
                    bytes: u32::try_from(outcome.count).unwrap_or(u32::MAX),
                });
                false
            }
            Settled::Orphan { .. } => {
                sorted.orphans.push(index);
                false
            }
            Settled::Stale => self.stale(),
        }
    }

    #[cold]
    fn settle_other(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) -> bool {
        let packet = match class(entry.lpCompletionKey) {
            Class::Wake => {
                self.port.heard();
                sorted.woken = true;
                return false;
            }
            Class::Close => return true,
            Class::Handle | Class::Foreign => return self.foreign(entry, sorted),
            Class::Drained => Packet::Drained,
            Class::User => {
                let token = entry.lpOverlapped as usize;
                Packet::User(UserPacket { token, bytes: entry.dwNumberOfBytesTransferred })
            }
            Class::Mail => Packet::Mail { key: entry.lpOverlapped as usize },
            Class::External => Packet::External {
                key: external_number(entry.lpCompletionKey),
                message: entry.dwNumberOfBytesTransferred,
                value: entry.lpOverlapped as usize,
            },
        };
        sorted.packets.push(packet);
        false
    }

    #[cold]
    fn stale(&self) -> bool {
        self.stale.fetch_add(1, Ordering::Relaxed);
        false
    }

    #[cold]
    fn foreign(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) -> bool {
        self.foreign.fetch_add(1, Ordering::Relaxed);
        sorted.packets.push(Packet::Foreign(ForeignPacket {
            key: entry.lpCompletionKey,
            overlapped: entry.lpOverlapped,
            bytes: entry.dwNumberOfBytesTransferred,
            status: NtStatus::from_internal(entry.Internal),
        }));
        false
    }
}
