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

use super::packet::{ForeignPacket, Packet, UserPacket};
use super::{
    arrived::Arrived,
    finishers::Awaited,
    keys::{class, external_number, Class, USER},
    shared::Core,
    slab::is_header,
    sorted::Sorted,
    state::Settled,
};
use crate::base::status::NtStatus;

/// Whoever wants packets of operations as they arrive, before they are packets.
pub(crate) trait Taker {
    /// [Settles](Arrived::settle) what has arrived and succeeded, and takes it. False if it did not:
    /// then its packet follows. `first`: of this wait it was given nothing but what it has taken so.
    fn take(&mut self, arrived: &Arrived<'_>, first: bool) -> bool;

    /// Takes anything else.
    fn packet(&mut self, packet: &Packet);
}

impl Core {
    /// Settles entries, and makes the list of what they are for the caller.
    ///
    /// The usual ones are settled in a loop that calls nothing, so that all it needs stays in
    /// registers. Returns whether there is [more](Sorted::has_more) than packets now; there was not before.
    ///
    /// # Safety
    ///
    /// * The entries are initialised.
    /// * The list has room for as many packets as there are entries; what it held is forgotten.
    #[inline(always)]
    pub(crate) unsafe fn settle(
        &self,
        entries: &[MaybeUninit<OVERLAPPED_ENTRY>],
        sorted: &mut Sorted,
    ) -> bool {
        let mut place = sorted.packets.as_mut_ptr();
        let mut left = entries;
        while let [entry, rest @ ..] = left {
            // SAFETY:
            // * the caller says so.
            let entry = unsafe { entry.assume_init_ref() };
            let Some(arrived) = self.arrived(entry).filter(Arrived::is_finished) else { break };
            // Before it is settled: whoever redeems it then may use the slot again.
            // SAFETY:
            // * fewer were written than there are entries, for which there is room.
            unsafe { place.write(arrived.packet(self.number)) };
            if !arrived.settle() {
                break;
            }
            // SAFETY:
            // * still within the room, or at its end.
            place = unsafe { place.add(1) };
            left = rest;
        }
        // SAFETY:
        // * so many are written, one for each entry that is settled.
        unsafe { sorted.packets.set_len(entries.len() - left.len()) };
        if left.is_empty() {
            return false;
        }
        // SAFETY:
        // * the caller says so.
        unsafe { self.settle_rest(left, sorted) };
        sorted.has_more()
    }

    /// Settles entries, and gives each to `taker`. Returns whether there is [more](Sorted::has_more)
    /// than what it was given now; there was not before.
    ///
    /// # Safety
    ///
    /// The entries are initialised.
    #[inline(always)]
    pub(crate) unsafe fn settle_for(
        &self,
        entries: &[MaybeUninit<OVERLAPPED_ENTRY>],
        sorted: &mut Sorted,
        mut taker: impl Taker,
    ) -> bool {
        let mut left = entries;
        while let [entry, rest @ ..] = left {
            // SAFETY:
            // * the caller says so.
            let entry = unsafe { entry.assume_init_ref() };
            if !self.arrived(entry).is_some_and(|arrived| taker.take(&arrived, true)) {
                // SAFETY:
                // * the caller says so.
                unsafe { self.settle_rest_for(left, sorted, taker) };
                return sorted.has_more();
            }
            left = rest;
        }
        false
    }

    /// As [`settle_for`](Self::settle_for), of entries whose first is not taken as it is.
    ///
    /// # Safety
    ///
    /// The entries are initialised.
    #[inline(never)]
    unsafe fn settle_rest_for(
        &self,
        entries: &[MaybeUninit<OVERLAPPED_ENTRY>],
        sorted: &mut Sorted,
        mut taker: impl Taker,
    ) {
        // Of an earlier wait, told then: a panic must not hold them back now.
        sorted.packets.clear();
        for entry in entries {
            // SAFETY:
            // * the caller says so.
            let entry = unsafe { entry.assume_init_ref() };
            if !self.arrived(entry).is_some_and(|arrived| taker.take(&arrived, false)) {
                if let Some(packet) = self.settle_any(entry, sorted) {
                    taker.packet(&packet);
                }
            }
        }
    }

    /// Settles entries of any sort, and adds what they are for the caller.
    ///
    /// # Safety
    ///
    /// The entries are initialised.
    #[inline(never)]
    pub(crate) unsafe fn settle_rest(
        &self,
        entries: &[MaybeUninit<OVERLAPPED_ENTRY>],
        sorted: &mut Sorted,
    ) {
        for entry in entries {
            // SAFETY:
            // * the caller says so.
            let entry = unsafe { entry.assume_init_ref() };
            if entry.lpCompletionKey == USER {
                sorted.packets.push(user_packet(entry));
                continue;
            }
            let packet = match self.arrived(entry).filter(Arrived::is_finished) {
                Some(arrived) => {
                    // Before it is settled: whoever redeems it then may use the slot again.
                    let packet = arrived.packet(self.number);
                    if arrived.settle() {
                        Some(packet)
                    } else {
                        self.settle_any(entry, sorted)
                    }
                }
                None => self.settle_any(entry, sorted),
            };
            sorted.packets.extend(packet);
        }
    }

    /// Settles an entry of any sort. The packet, if it is one for the caller.
    #[inline(never)]
    fn settle_any(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) -> Option<Packet> {
        match class(entry.lpCompletionKey) {
            Class::Handle => self.settle_operation(entry, sorted),
            Class::Foreign => Some(self.foreign(entry)),
            Class::Wake => {
                self.port.heard();
                sorted.set_woken();
                None
            }
            Class::Close => {
                sorted.close = true;
                sorted.set_more();
                None
            }
            Class::HeldBack => {
                self.unreported.heard();
                sorted.held_back = true;
                sorted.set_more();
                None
            }
            Class::Awaited => {
                self.settle_awaited(entry, sorted);
                None
            }
            Class::Drained => Some(Packet::Drained),
            Class::User => Some(user_packet(entry)),
            Class::Mail => Some(Packet::Mail { key: entry.lpOverlapped as usize }),
            Class::External => Some(Packet::External {
                key: external_number(entry.lpCompletionKey),
                message: entry.dwNumberOfBytesTransferred,
                value: entry.lpOverlapped as usize,
            }),
        }
    }

    /// The packet of an operation, whether anybody waits for it or not; or a forged one.
    fn settle_operation(&self, entry: &OVERLAPPED_ENTRY, sorted: &mut Sorted) -> Option<Packet> {
        let found = self.find(entry.lpOverlapped as usize).filter(|(index, _)| !is_header(*index));
        let Some((index, slot)) = found else { return Some(self.foreign(entry)) };
        let seen = slot.state.load();
        // These reads belong to the generation of `seen`: if it is over, `settle` says so.
        let settled = if !seen.is_lent()
            || slot.packet_key.load(Ordering::Relaxed) != entry.lpCompletionKey
            || !slot.block.is_finished()
        {
            None
        } else {
            let arrived = Arrived::new(index, slot, seen);
            let packet = arrived.packet(self.number);
            Some((slot.state.settle(seen), packet))
        };
        match settled {
            Some((Settled::Done { generation }, packet)) => {
                if !self.wake_finisher(Awaited { index, generation }, slot, sorted) {
                    return Some(packet);
                }
            }
            Some((Settled::Orphan { .. }, _)) => sorted.orphans.push(index),
            Some((Settled::Stale, _)) | None => {
                self.stale.fetch_add(1, Ordering::Relaxed);
            }
        }
        sorted.set_more();
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

#[inline(always)]
fn user_packet(entry: &OVERLAPPED_ENTRY) -> Packet {
    Packet::User(UserPacket {
        token: entry.lpOverlapped as usize,
        bytes: entry.dwNumberOfBytesTransferred,
    })
}
