//! The reusable array that packets are taken into: fixed capacity, nothing allocated or zeroed per
//! wait.
//!
//! # Safety
//!
//! The entries are uninitialised memory until the kernel has written them: only the first `n` are
//! read, where `n` is the kernel's count, clamped, and only after success.

use std::{fmt, mem::MaybeUninit, panic::resume_unwind};

use iocp_sys::OVERLAPPED_ENTRY;

use super::{
    batch::Batch,
    packet::Packet,
    settle::Taker,
    shared::{forget_panic, Core},
};
use crate::os::{self, Code};

/// Holds the packets of one [`wait`](crate::CompletionPort::wait).
pub struct Packets {
    entries: Box<[MaybeUninit<OVERLAPPED_ENTRY>]>,
    pub(crate) batch: Batch,
    /// The last packet was a timer's, where there is room for one.
    pub(crate) was_timer: bool,
    /// How often timers that are due have waited for what is queued behind packets of the port's own.
    pub(crate) put_off: u8,
}

// SAFETY:
// * the entries' pointers are never dereferenced, and are dead outside `dequeue`.
unsafe impl Send for Packets {}
// SAFETY:
// * a shared reference reads only `packets`, which are plain data.
unsafe impl Sync for Packets {}

impl Packets {
    /// Room for `capacity` packets per wait; 0 is taken as 1.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let capacity = capacity.clamp(1, 1 << 20);
        Self {
            entries: vec![MaybeUninit::uninit(); capacity].into_boxed_slice(),
            batch: Batch::with_capacity(capacity),
            was_timer: false,
            put_off: 0,
        }
    }

    /// The most packets one wait can bring.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.entries.len()
    }

    /// How many packets the last wait brought.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.batch.packets.len()
    }

    /// Whether the last wait brought none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.batch.packets.is_empty()
    }

    /// Whether a [`Waker`](crate::Waker) was heard in the last wait, beside any packets.
    #[must_use]
    #[inline]
    pub fn was_woken(&self) -> bool {
        self.batch.woken
    }

    /// The packets, oldest first.
    #[inline]
    pub fn iter(&self) -> std::slice::Iter<'_, Packet> {
        self.batch.packets.iter()
    }

    /// Forgets the packets. Their operations stay finished and redeemable.
    #[inline]
    pub fn clear(&mut self) {
        self.batch.clear();
    }

    /// How many packets a wait takes while timers are due.
    pub(crate) fn room_beside_timers(&self) -> usize {
        (self.capacity() - 1).max(1)
    }

    /// Whether a timer that is due comes before what is queued: with room for one packet, unless the last was
    /// a timer's too.
    pub(crate) fn is_timers_turn(&self) -> bool {
        self.capacity() == 1 && !self.was_timer
    }

    /// Takes what a panic held back, as much as there is room for, in place of what the array held.
    /// False if there is nothing.
    pub(crate) fn take_held_back(&mut self, core: &Core) -> bool {
        core.unreported.holds_back()
            && core.unreported.take(&core.attention, &mut self.batch, self.entries.len())
    }

    /// Takes what is there into the array in place of what it held, settles all of it, then drops the
    /// buffers of orphans.
    pub(crate) fn dequeue(&mut self, core: &Core, ms: u32, alert: bool) -> Result<(), Code> {
        if self.dequeue_entries(core, ms, alert, usize::MAX)? {
            self.reap(core);
        }
        Ok(())
    }

    /// Takes what is there into the array in place of what it held, at most `most`, and settles it.
    ///
    /// Precondition: [`is_unusual`](Batch::is_unusual) is false. Returns `is_unusual()`: if true,
    /// [`reap`](Self::reap) is to be called; if false, there is at least one packet.
    #[inline]
    pub(crate) fn dequeue_entries(
        &mut self,
        core: &Core,
        ms: u32,
        alert: bool,
        most: usize,
    ) -> Result<bool, Code> {
        let most = most.min(self.entries.len());
        let count = match os::port_wait(core.handle(), &mut self.entries[..most], ms, alert) {
            Ok(count) => count,
            Err(code) => {
                self.batch.packets.clear();
                return Err(code);
            }
        };
        // SAFETY:
        // * the call succeeded and says that it wrote this many.
        let Some(entries @ [_, ..]) = (unsafe { written(&self.entries[..most], count) }) else {
            return Ok(self.settle_odd(core, count, most));
        };
        // SAFETY:
        // * the list was made with room for a packet of each entry.
        Ok(unsafe { core.settle(entries, &mut self.batch) })
    }

    /// As [`dequeue_entries`](Self::dequeue_entries), for `taker`, which gets what came instead of the
    /// array.
    #[inline]
    pub(crate) fn dequeue_for(
        &mut self,
        core: &Core,
        ms: u32,
        taker: impl Taker,
    ) -> Result<bool, Code> {
        let count = os::port_wait(core.handle(), &mut self.entries, ms, false)?;
        // SAFETY:
        // * the call succeeded and says that it wrote this many.
        let Some(entries @ [_, ..]) = (unsafe { written(&self.entries, count) }) else {
            return Ok(self.settle_odd_for(core, count, taker));
        };
        Ok(core.settle_for(entries, &mut self.batch, taker))
    }

    /// As [`settle_odd`](Self::settle_odd), for `taker`.
    #[cold]
    fn settle_odd_for(&mut self, core: &Core, count: usize, mut taker: impl Taker) -> bool {
        let more = self.settle_odd(core, count, self.entries.len());
        self.batch.packets.iter().for_each(|packet| taker.packet(packet));
        more
    }

    /// Settles what a call brought that succeeded without an entry, or, which no system does, with
    /// more than it had room for.
    #[cold]
    fn settle_odd(&mut self, core: &Core, count: usize, most: usize) -> bool {
        self.batch.packets.clear();
        if count == 0 {
            self.batch.set_unusual();
        }
        if count > most {
            // SAFETY:
            // * the call succeeded, and says that it wrote all that it had room for and more.
            let all = unsafe { written(&self.entries, most) };
            core.settle_rest(all.unwrap_or_default(), &mut self.batch);
        }
        self.batch.is_unusual()
    }

    /// Drops the buffers of orphans: user code, so every state is settled before it, and the first
    /// panic goes on only after the last drop. The packets of the batch stay with the port then.
    #[cold]
    pub(crate) fn reap(&mut self, core: &Core) {
        let mut panic = None;
        while let Some(index) = self.batch.orphans.pop() {
            // SAFETY:
            // * settling the orphan made us the owner of its slot, and its buffer is still there.
            let dropped = unsafe { core.drop_buffer(core.slot(index)) };
            match (dropped, &panic) {
                (Err(payload), None) => panic = Some(payload),
                // Nothing may stop this loop.
                (dropped, _) => forget_panic(dropped),
            }
        }
        if let Some(payload) = panic {
            if std::mem::take(&mut self.batch.close) {
                core.pass_close_on();
            }
            core.unreported.hold_back(&core.attention, &mut self.batch);
            resume_unwind(payload);
        }
    }
}

/// The first `count` entries, if there are so many.
///
/// # Safety
///
/// A call wrote them.
#[inline(always)]
unsafe fn written(
    entries: &[MaybeUninit<OVERLAPPED_ENTRY>],
    count: usize,
) -> Option<&[OVERLAPPED_ENTRY]> {
    let written = std::ptr::from_ref(entries.get(..count)?);
    // SAFETY:
    // * a `MaybeUninit` has the layout of its value; all of them are initialised, and borrowed.
    Some(unsafe { &*(written as *const [OVERLAPPED_ENTRY]) })
}

impl<'a> IntoIterator for &'a Packets {
    type Item = &'a Packet;
    type IntoIter = std::slice::Iter<'a, Packet>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Packets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.batch.packets).finish()
    }
}
