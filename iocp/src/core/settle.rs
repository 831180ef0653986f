//! What a dequeued entry is: one of our operations, finished; ours, stale; or somebody else's.
//!
//! Nothing an entry carries is believed: anyone may post anything. The key class comes first, the
//! pointer is only looked up, and the status block decides.

use std::sync::atomic::Ordering;

use iocp_sys::OVERLAPPED_ENTRY;

use super::{
    block::Outcome,
    keys::{class, external_number, Class},
    shared::Core,
    slab::is_header,
    state::{Phase, Settled},
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
    /// The close packet was there: whoever took it passes it on.
    pub(crate) close: bool,
    /// There was not one packet for each entry, and at least one: one of the above, what a panic held
    /// back, what is stale, or nothing at all.
    pub(crate) more: bool,
}

impl Core {
    /// Sorts one entry and settles its operation.
    ///
    /// The common case is written out here, so that its packet is made where it stays. Its key needs
    /// no look of its own: it is that of a slot, which only handles have.
    #[inline(always)]
    pub(crate) fn settle(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) {
        let found = self.find(entry.lpOverlapped as usize);
        let Some((index, slot)) = found else { return self.sort(entry, sorted) };
        let seen = slot.state.load();
        // These reads belong to the generation of `seen`: if it is over, `settle` says so.
        if !seen.is_in_flight() || slot.key.load(Ordering::Relaxed) != entry.lpCompletionKey {
            return self.sort(entry, sorted);
        }
        let Outcome { status, count } = slot.outcome();
        if status == NtStatus::PENDING {
            return self.sort(entry, sorted);
        }
        let token = slot.token.load(Ordering::Relaxed);
        let key = slot.handle_key.load(Ordering::Relaxed);
        // Looked at only here, where what was read is dead on the way out.
        if sorted.packets.len() == sorted.packets.capacity() {
            return self.settle_with_room(entry, sorted);
        }
        // One operation lends 4 GiB - 1 at most.
        #[allow(clippy::cast_possible_truncation)]
        let bytes = count as u32;
        // Before it is settled: whoever redeems it then may use the slot again.
        sorted.packets.push(Packet::Io {
            id: OperationId { port: self.number, index, generation: seen.generation() },
            token,
            key,
            status,
            bytes,
        });
        let settled = slot.settle(seen);
        if !matches!(settled, Settled::Done { .. }) {
            sorted.packets.pop();
            self.not_done(settled, index, sorted);
        }
    }

    /// There is room for as many packets as entries: that more come is not to be expected.
    #[cold]
    fn settle_with_room(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) {
        sorted.packets.reserve(1);
        self.settle(entry, sorted);
    }

    /// Sorts an entry that is not the packet of an operation in flight.
    #[inline(never)]
    fn sort(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) {
        let packet = match class(entry.lpCompletionKey) {
            Class::Wake => {
                self.port.heard();
                (sorted.woken, sorted.more) = (true, true);
                return;
            }
            Class::Close => {
                (sorted.close, sorted.more) = (true, true);
                return;
            }
            Class::Handle => return self.settle_orphan(entry, sorted),
            Class::Foreign => return self.foreign(entry, sorted),
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
    }

    /// The packet of an orphan; or a forged one.
    fn settle_orphan(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) {
        let found = self.find(entry.lpOverlapped as usize).filter(|(index, _)| !is_header(*index));
        let Some((index, slot)) = found else { return self.foreign(entry, sorted) };
        let seen = slot.state.load();
        if seen.phase() != Phase::Orphan
            || slot.key.load(Ordering::Relaxed) != entry.lpCompletionKey
            || !slot.is_finished()
        {
            return self.not_done(Settled::Stale, index, sorted);
        }
        self.not_done(slot.state.settle(seen), index, sorted);
    }

    /// What is settled, but not reported.
    #[cold]
    fn not_done(&self, settled: Settled, index: u32, sorted: &mut Sorted) {
        sorted.more = true;
        if let Settled::Orphan { .. } = settled {
            sorted.orphans.push(index);
        } else {
            self.stale.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn foreign(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) {
        self.foreign.fetch_add(1, Ordering::Relaxed);
        sorted.packets.push(Packet::Foreign(ForeignPacket {
            key: entry.lpCompletionKey,
            overlapped: entry.lpOverlapped,
            bytes: entry.dwNumberOfBytesTransferred,
            status: NtStatus::from_internal(entry.Internal),
        }));
    }
}
