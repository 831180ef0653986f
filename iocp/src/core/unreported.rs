//! Packets that a wait has taken and not returned, because the drop of an orphan's buffer panicked.
//!
//! They stay with the port. The next wait reports them before anything younger, on whatever thread and
//! with whatever array. The fast path pays nothing for that. Every wait compares `attention` with what its
//! array expects anyway; while packets are held back it has the flag `HOLDS_BACK`, so that comparison fails
//! and the wait looks here.
//!
//! A thread that waits already has compared before. A packet of the port's own wakes it, which it passes
//! on if it leaves some packets behind. A post that fails costs such a thread the rest of its time slice,
//! never a packet.

use std::{
    collections::VecDeque,
    sync::{
        atomic::{AtomicBool, AtomicU32, Ordering},
        Arc, Mutex, MutexGuard, PoisonError,
    },
};

use super::{batch::Batch, keys::HELD_BACK, packet::Packet, port_handle::PortHandle};

/// Packets are held back.
const HOLDS_BACK: u32 = 1;
/// The port is closed.
const CLOSED: u32 = 2;
/// The port has, or had, a timer.
const HAS_TIMERS: u32 = 4;
/// The port is an event queue's, which has something to do that no packet brings.
const LISTED: u32 = 8;

#[derive(Debug)]
pub(crate) struct Unreported {
    /// Flags of what a wait has to look at first; 0 for nothing, as usual.
    attention: AtomicU32,
    /// Whether there is anything. Changed under the lock.
    any: AtomicBool,
    kept: Mutex<Kept>,
    port: Arc<PortHandle>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Oldest first.
    packets: VecDeque<Packet>,
    /// A wake was among them.
    woken: bool,
    /// The packet that wakes a waiter for them is in the queue: one is enough.
    posted: bool,
}

impl Unreported {
    pub(super) fn new(port: Arc<PortHandle>) -> Self {
        let (attention, any) = (AtomicU32::new(0), AtomicBool::new(false));
        Self { attention, any, kept: Mutex::default(), port }
    }

    /// Keeps what has been taken, and wakes a thread that waits already.
    #[cold]
    pub(crate) fn hold_back(&self, batch: &mut Batch) {
        let mut kept = self.lock();
        kept.packets.extend(batch.packets.drain(..));
        kept.woken |= std::mem::take(&mut batch.woken);
        if !kept.is_empty() {
            self.any.store(true, Ordering::Release);
            self.attention.fetch_or(HOLDS_BACK, Ordering::Relaxed);
        }
        self.tell(&mut kept);
    }

    /// Whether a wait should look here.
    pub(crate) fn holds_back(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// Moves up to `room` packets into the list in place of what it held; a wake comes with the first.
    /// False if there is nothing.
    #[cold]
    pub(super) fn take(&self, batch: &mut Batch, room: usize) -> bool {
        let mut kept = self.lock();
        if kept.is_empty() {
            return false;
        }
        batch.clear();
        let count = kept.packets.len().min(room);
        batch.packets.extend(kept.packets.drain(..count));
        if std::mem::take(&mut kept.woken) {
            batch.set_woken();
        }
        if kept.is_empty() {
            self.any.store(false, Ordering::Release);
            self.attention.fetch_and(!HOLDS_BACK, Ordering::Relaxed);
        }
        true
    }

    /// Posts a packet by which a waiting thread hears of what is held back, if anything is.
    #[cold]
    pub(crate) fn tell_again(&self) {
        if self.holds_back() {
            self.tell(&mut self.lock());
        }
    }

    fn tell(&self, kept: &mut Kept) {
        if !kept.is_empty() && !kept.posted {
            kept.posted = self.port.post_key(HELD_BACK).is_ok();
        }
    }

    /// A thread has taken that packet.
    #[cold]
    pub(super) fn heard(&self) {
        self.lock().posted = false;
    }

    /// Every wait looks here from now on, before it goes into the port.
    pub(super) fn set_port_closed(&self) {
        self.attention.fetch_or(CLOSED, Ordering::Relaxed);
    }

    /// Pollers look at their lists from now on, or no longer.
    pub(crate) fn set_listed(&self, listed: bool) {
        if listed {
            self.attention.fetch_or(LISTED, Ordering::SeqCst);
        } else {
            self.attention.fetch_and(!LISTED, Ordering::SeqCst);
        }
    }

    pub(crate) fn is_listed(&self) -> bool {
        self.attention.load(Ordering::SeqCst) & LISTED != 0
    }

    /// What a wait compares with what its array expects.
    #[inline(always)]
    pub(crate) fn attention(&self) -> u32 {
        self.attention.load(Ordering::Acquire)
    }

    /// Every wait that begins from now on counts itself among the [timers'](super::timers) waits.
    pub(crate) fn count_waits(&self) {
        self.attention.fetch_or(HAS_TIMERS, Ordering::SeqCst);
    }

    pub(crate) fn counts_waits(&self) -> bool {
        self.attention.load(Ordering::SeqCst) & HAS_TIMERS != 0
    }

    /// As if a wait had looked before the packets were held back.
    #[cfg(all(test, not(windows)))]
    pub(crate) fn forget_attention(&self) {
        self.attention.store(0, Ordering::Relaxed);
    }

    /// No code of the user's runs under the lock, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn is_empty(&self) -> bool {
        self.packets.is_empty() && !self.woken
    }
}
