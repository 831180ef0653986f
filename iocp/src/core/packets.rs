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
    packet::Packet,
    settle::{Sorted, Taker},
    shared::{forget_panic, Core},
};
use crate::os::{self, Code};

/// Holds the packets of one [`wait`](crate::CompletionPort::wait).
pub struct Packets {
    entries: Box<[MaybeUninit<OVERLAPPED_ENTRY>]>,
    sorted: Sorted,
    /// Settled, but not returned: a buffer's drop panicked on the way. The port's number.
    unreported: Option<u64>,
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
            sorted: Sorted {
                packets: Vec::with_capacity(capacity),
                orphans: Vec::with_capacity(capacity),
                ..Sorted::default()
            },
            unreported: None,
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
        self.sorted.packets.len()
    }

    /// Whether the last wait brought none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.sorted.packets.is_empty()
    }

    /// Whether a [`Waker`](crate::Waker) was heard in the last wait, beside any packets.
    #[must_use]
    #[inline]
    pub fn was_woken(&self) -> bool {
        self.sorted.woken
    }

    /// The packets, oldest first.
    #[inline]
    pub fn iter(&self) -> std::slice::Iter<'_, Packet> {
        self.sorted.packets.iter()
    }

    /// Forgets the packets. Their operations stay finished and redeemable.
    #[inline]
    pub fn clear(&mut self) {
        self.sorted.packets.clear();
        (self.sorted.woken, self.sorted.close, self.sorted.more) = (false, false, false);
        self.unreported = None;
    }

    /// Whether it was not one packet for each entry: a wake, the close packet, an orphan, what is
    /// stale, what a panic held back, or no entry at all.
    #[inline]
    pub(crate) fn has_more(&self) -> bool {
        self.sorted.more
    }

    /// Whether the close packet came: whoever asks passes it on.
    pub(crate) fn take_close(&mut self) -> bool {
        std::mem::take(&mut self.sorted.close)
    }

    /// Whether a panic held back what this port brought.
    pub(crate) fn holds_back(&self, core: &Core) -> bool {
        self.unreported == Some(core.number)
    }

    /// What a panic held back is reported now.
    pub(crate) fn settle_report(&mut self) {
        self.unreported = None;
    }

    /// Takes what is there into the array in place of what it held, settles all of it, then drops the
    /// buffers of orphans.
    pub(crate) fn dequeue(&mut self, core: &Core, ms: u32, alert: bool) -> Result<(), Code> {
        if self.dequeue_entries(core, ms, alert)? {
            self.reap(core);
        }
        Ok(())
    }

    /// Takes what is there into the array in place of what it held, and settles it. There was
    /// [no more](Self::has_more) in it than packets.
    ///
    /// Returns whether there is more now: then [`reap`](Self::reap) is to be called. If there is not,
    /// there is at least one packet.
    #[inline]
    pub(crate) fn dequeue_entries(
        &mut self,
        core: &Core,
        ms: u32,
        alert: bool,
    ) -> Result<bool, Code> {
        let count = match os::port_wait(core.handle, &mut self.entries, ms, alert) {
            Ok(count) => count,
            Err(code) => {
                self.sorted.packets.clear();
                return Err(code);
            }
        };
        let Some(entries @ [_, ..]) = self.entries.get(..count) else {
            return Ok(self.settle_odd(core, count));
        };
        // SAFETY:
        // * the call succeeded and wrote this many entries.
        // * the list was made with room for a packet of each entry.
        Ok(unsafe { core.settle(entries, &mut self.sorted) })
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
        let count = os::port_wait(core.handle, &mut self.entries, ms, false)?;
        let Some(entries @ [_, ..]) = self.entries.get(..count) else {
            return Ok(self.settle_odd_for(core, count, taker));
        };
        // SAFETY:
        // * the call succeeded and wrote this many entries.
        Ok(unsafe { core.settle_for(entries, &mut self.sorted, taker) })
    }

    /// As [`settle_odd`](Self::settle_odd), for `taker`.
    #[cold]
    fn settle_odd_for(&mut self, core: &Core, count: usize, mut taker: impl Taker) -> bool {
        let more = self.settle_odd(core, count);
        self.sorted.packets.iter().for_each(|packet| taker.packet(packet));
        more
    }

    /// Settles what a call brought that succeeded without an entry, or, which no system does, with
    /// more than it had room for.
    #[cold]
    fn settle_odd(&mut self, core: &Core, count: usize) -> bool {
        self.sorted.packets.clear();
        self.sorted.more = count == 0;
        if count > self.entries.len() {
            // SAFETY:
            // * the call succeeded, and says that it has written all of them.
            unsafe { core.settle_rest(&self.entries, &mut self.sorted) };
        }
        self.sorted.more
    }

    /// Drops the buffers of orphans: user code, so every state is settled before it, and the first
    /// panic goes on only after the last drop.
    #[cold]
    pub(crate) fn reap(&mut self, core: &Core) {
        let mut panic = None;
        while let Some(index) = self.sorted.orphans.pop() {
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
            if self.take_close() {
                core.pass_close_on();
            }
            self.unreported = Some(core.number);
            resume_unwind(payload);
        }
    }
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
        f.debug_list().entries(&self.sorted.packets).finish()
    }
}
