//! What a dequeued entry is: one of our operations, finished; ours, stale; or somebody else's.
//!
//! Nothing an entry carries is believed: anyone may post anything. The pointer is only looked up, the
//! key must be the slot's, and the status block decides.
//!
//! # Safety
//!
//! Entries lie in memory that the system has written only in part: those who call say how many.

use std::{mem::MaybeUninit, sync::atomic::Ordering};

use iocp_sys::OVERLAPPED_ENTRY;

use super::{
    block::Outcome,
    keys::{class, external_number, Class},
    shared::Core,
    slab::is_header,
    slot::Slot,
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
    /// The close packet was there: whoever took it passes it on.
    pub(crate) close: bool,
    /// There was not one packet for each entry, and at least one: one of the above, what a panic held
    /// back, what is stale, or nothing at all.
    pub(crate) more: bool,
}

impl Core {
    /// Settles entries and adds what they are for the caller.
    ///
    /// The usual ones are settled in a loop that calls nothing, so that all it needs stays in
    /// registers. It ends with the first that is anything else.
    ///
    /// # Safety
    ///
    /// The entries are initialised.
    #[inline(always)]
    pub(crate) unsafe fn settle(
        &self,
        entries: &[MaybeUninit<OVERLAPPED_ENTRY>],
        sorted: &mut Sorted,
    ) {
        let mut left = entries;
        while let [entry, rest @ ..] = left {
            // SAFETY:
            // * the caller says so.
            let entry = unsafe { entry.assume_init_ref() };
            if !self.settle_usual(entry, sorted) {
                // SAFETY:
                // * the caller says so.
                return unsafe { self.settle_any(left, sorted) };
            }
            left = rest;
        }
    }

    /// Settles the packet of an operation in flight. False, and nothing was changed, if it is anything
    /// else.
    ///
    /// Its key needs no look of its own: it is that of a slot, which only handles have.
    #[inline(always)]
    fn settle_usual(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) -> bool {
        let Some((index, slot)) = self.find(entry.lpOverlapped as usize) else { return false };
        let seen = slot.state.load();
        // These reads belong to the generation of `seen`: if it is over, settling says so.
        if !seen.is_in_flight() || slot.key.load(Ordering::Relaxed) != entry.lpCompletionKey {
            return false;
        }
        let Outcome { status, count } = slot.outcome();
        if status == NtStatus::PENDING {
            return false;
        }
        let id = OperationId { port: self.number, index, generation: seen.generation() };
        let packet = io_packet(id, slot, Outcome { status, count });
        if sorted.packets.len() == sorted.packets.capacity() {
            return false;
        }
        // Before it is settled: whoever redeems it then may use the slot again.
        sorted.packets.push(packet);
        if slot.state.settle_plain(seen) {
            return true;
        }
        sorted.packets.pop();
        false
    }

    /// Settles entries of any sort.
    ///
    /// # Safety
    ///
    /// The entries are initialised.
    #[inline(never)]
    unsafe fn settle_any(&self, entries: &[MaybeUninit<OVERLAPPED_ENTRY>], sorted: &mut Sorted) {
        for entry in entries {
            // SAFETY:
            // * the caller says so.
            let entry = unsafe { entry.assume_init_ref() };
            let packet = match class(entry.lpCompletionKey) {
                Class::Handle => self.settle_operation(entry, sorted),
                Class::Foreign => Some(self.foreign(entry)),
                Class::Wake => {
                    self.port.heard();
                    (sorted.woken, sorted.more) = (true, true);
                    None
                }
                Class::Close => {
                    (sorted.close, sorted.more) = (true, true);
                    None
                }
                Class::Drained => Some(Packet::Drained),
                Class::User => Some(Packet::User(UserPacket {
                    token: entry.lpOverlapped as usize,
                    bytes: entry.dwNumberOfBytesTransferred,
                })),
                Class::Mail => Some(Packet::Mail { key: entry.lpOverlapped as usize }),
                Class::External => Some(Packet::External {
                    key: external_number(entry.lpCompletionKey),
                    message: entry.dwNumberOfBytesTransferred,
                    value: entry.lpOverlapped as usize,
                }),
            };
            sorted.packets.extend(packet);
        }
    }

    /// The packet of an operation, whether anybody waits for it or not; or a forged one.
    fn settle_operation(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) -> Option<Packet> {
        let found = self.find(entry.lpOverlapped as usize).filter(|(index, _)| !is_header(*index));
        let Some((index, slot)) = found else { return Some(self.foreign(entry)) };
        let seen = slot.state.load();
        // These reads belong to the generation of `seen`: if it is over, `settle` says so.
        let settled = if !seen.is_lent()
            || slot.key.load(Ordering::Relaxed) != entry.lpCompletionKey
            || !slot.is_finished()
        {
            None
        } else {
            let id = OperationId { port: self.number, index, generation: seen.generation() };
            let packet = io_packet(id, slot, slot.outcome());
            Some((slot.state.settle(seen), packet))
        };
        match settled {
            Some((Settled::Done { .. }, packet)) => return Some(packet),
            Some((Settled::Orphan { .. }, _)) => sorted.orphans.push(index),
            Some((Settled::Stale, _)) | None => {
                self.stale.fetch_add(1, Ordering::Relaxed);
            }
        }
        sorted.more = true;
        None
    }

    fn foreign(&self, entry: &OVERLAPPED_ENTRY) -> Packet {
        self.foreign.fetch_add(1, Ordering::Relaxed);
        Packet::Foreign(ForeignPacket {
            key: entry.lpCompletionKey,
            overlapped: entry.lpOverlapped,
            bytes: entry.dwNumberOfBytesTransferred,
            status: NtStatus::from_internal(entry.Internal),
        })
    }
}

/// What a slot says of its operation.
#[inline(always)]
fn io_packet(id: OperationId, slot: &Slot, outcome: Outcome) -> Packet {
    // One operation lends 4 GiB - 1 at most.
    #[allow(clippy::cast_possible_truncation)]
    let bytes = outcome.count as u32;
    Packet::Io {
        id,
        token: slot.token.load(Ordering::Relaxed),
        key: slot.handle_key.load(Ordering::Relaxed),
        status: outcome.status,
        bytes,
    }
}
