//! What a dequeued entry is: one of our operations, finished; ours, stale; or somebody else's.
//!
//! Nothing an entry carries is believed: anyone may post anything. The pointer is only looked up, the
//! key must be the slot's, and the status block decides.
//!
//! The fast path settles packets of operations that somebody waits for and that are finished, in a loop
//! without calls, so that all it needs stays in registers. The first entry that is anything else, and
//! all behind it, take the cold path.
//!
//! # Safety
//!
//! The fast path writes packets into the list's spare room, without asking again whether it has any.

use std::sync::atomic::Ordering;

use iocp_sys::OVERLAPPED_ENTRY;

use super::packet::{ForeignPacket, Packet, UserPacket};
use super::{
    arrived::Arrived,
    batch::Batch,
    finishers::SlotUse,
    keys::{class, external_number, Class, USER},
    shared::Core,
    slab::is_header,
    state::Settled,
};
use crate::base::status::NtStatus;

/// Consumes completions without building `Packet`s.
pub(crate) trait Taker {
    /// [Settles](Arrived::settle) what has arrived and succeeded, and takes it. False if it did not:
    /// then its packet follows. `first`: every earlier entry of this wait was accepted by `take`;
    /// `packet` was not called yet.
    fn take(&mut self, arrived: &Arrived<'_>, first: bool) -> bool;

    /// The same of what `take` did not settle; off the fast path.
    fn take_other(&mut self, arrived: &Arrived<'_>) -> bool;

    /// Takes anything else.
    fn packet(&mut self, packet: &Packet);
}

impl Core {
    /// The fast path of a wait that returns packets: settles entries and makes the list of their packets.
    ///
    /// Precondition: [`is_unusual`](Batch::is_unusual) is false. Returns `is_unusual()`.
    ///
    /// # Safety
    ///
    /// The list has room for as many packets as there are entries; what it held is forgotten.
    #[inline(always)]
    pub(crate) unsafe fn settle(&self, entries: &[OVERLAPPED_ENTRY], batch: &mut Batch) -> bool {
        let mut next = batch.packets.as_mut_ptr();
        let mut left = entries;
        while let [entry, rest @ ..] = left {
            let Some(arrived) = self.arrived(entry).filter(Arrived::is_finished) else { break };
            // Before it is settled: after that it may be redeemed, and the slot used again.
            // SAFETY:
            // * within the list's room: fewer packets are written than there are entries.
            unsafe { next.write(arrived.packet(self.number)) };
            if !arrived.settle() {
                break;
            }
            // SAFETY:
            // * within the list's room, or at its end.
            next = unsafe { next.add(1) };
            left = rest;
        }
        // SAFETY:
        // * within the list's room; so many packets are written, one for each entry that is settled.
        unsafe { batch.packets.set_len(entries.len() - left.len()) };
        if left.is_empty() {
            return false;
        }
        self.settle_rest(left, batch);
        batch.is_unusual()
    }

    /// The fast path of a wait for `taker`: settles entries and gives it each.
    ///
    /// Precondition: [`is_unusual`](Batch::is_unusual) is false. Returns `is_unusual()`.
    #[inline(always)]
    pub(crate) fn settle_for(
        &self,
        entries: &[OVERLAPPED_ENTRY],
        batch: &mut Batch,
        mut taker: impl Taker,
    ) -> bool {
        let mut left = entries;
        while let [entry, rest @ ..] = left {
            if !self.arrived(entry).is_some_and(|arrived| taker.take(&arrived, true)) {
                self.settle_rest_for(left, batch, taker);
                return batch.is_unusual();
            }
            left = rest;
        }
        false
    }

    /// The cold path for `taker`: of entries whose first it did not take.
    #[inline(never)]
    fn settle_rest_for(
        &self,
        entries: &[OVERLAPPED_ENTRY],
        batch: &mut Batch,
        mut taker: impl Taker,
    ) {
        // Packets of an earlier wait, which `taker` has had: left here, a panic in `reap` would keep them
        // in `unreported` and report them twice.
        batch.packets.clear();
        for entry in entries {
            let takes = |arrived| taker.take(&arrived, false) || taker.take_other(&arrived);
            if !self.arrived(entry).is_some_and(takes) {
                if let Some(packet) = self.settle_any(entry, batch) {
                    taker.packet(&packet);
                }
            }
        }
    }

    /// The cold path of a wait that returns packets: adds those of entries of any sort to the list.
    #[inline(never)]
    pub(crate) fn settle_rest(&self, entries: &[OVERLAPPED_ENTRY], batch: &mut Batch) {
        for entry in entries {
            if entry.lpCompletionKey == USER {
                batch.packets.push(user_packet(entry));
                continue;
            }
            let arrived = self.arrived(entry).filter(Arrived::is_finished);
            let settled = arrived.and_then(|arrived| {
                // Before it is settled: after that it may be redeemed, and the slot used again.
                let packet = arrived.packet(self.number);
                arrived.settle().then_some(packet)
            });
            let packet = settled.or_else(|| self.settle_any(entry, batch));
            batch.packets.extend(packet);
        }
    }

    /// Settles an entry of any sort. The packet, if it is one for the caller.
    #[inline(never)]
    fn settle_any(&self, entry: &OVERLAPPED_ENTRY, batch: &mut Batch) -> Option<Packet> {
        match class(entry.lpCompletionKey) {
            Class::Handle => self.settle_operation(entry, batch),
            Class::Foreign => Some(self.foreign(entry)),
            Class::Wake => {
                self.port.heard();
                batch.set_woken();
                None
            }
            Class::Close => {
                batch.close = true;
                batch.set_unusual();
                None
            }
            Class::HeldBack => {
                self.unreported.heard();
                batch.held_back = true;
                batch.set_unusual();
                None
            }
            Class::Awaited => {
                self.settle_awaited(entry, batch);
                None
            }
            Class::Timer => {
                self.timers.heard();
                batch.set_unusual();
                None
            }
            Class::Slotless => self.settle_slotless(entry, batch),
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
    fn settle_operation(&self, entry: &OVERLAPPED_ENTRY, batch: &mut Batch) -> Option<Packet> {
        let found =
            self.slab.find(entry.lpOverlapped as usize).filter(|(index, _)| !is_header(*index));
        let Some((index, slot)) = found else { return Some(self.foreign(entry)) };
        let seen = slot.state.load();
        // These reads belong to the generation of `seen`: if it is over, `settle` finds the packet stale.
        let arrived = Arrived::new(index, slot, seen);
        let packet = arrived.packet(self.number);
        let is_its = seen.is_lent()
            && slot.packet_key.load(Ordering::Relaxed) == entry.lpCompletionKey
            && arrived.is_finished();
        match if is_its { slot.state.settle(seen) } else { Settled::Stale } {
            Settled::Done { generation } => {
                if !self.wake_finisher(SlotUse { index, generation }, slot, batch) {
                    return Some(packet);
                }
            }
            Settled::Orphan { .. } => batch.orphans.push(index),
            Settled::Stale => {
                self.stale.fetch_add(1, Ordering::Relaxed);
            }
        }
        batch.set_unusual();
        None
    }

    /// The packet of a wait for an object, or of a job.
    fn settle_slotless(&self, entry: &OVERLAPPED_ENTRY, batch: &mut Batch) -> Option<Packet> {
        let packet = self.slotless.packet(entry);
        if packet.is_none() {
            self.stale.fetch_add(1, Ordering::Relaxed);
            batch.set_unusual();
        }
        packet
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
