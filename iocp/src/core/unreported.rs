//! Packets that a wait has taken and not returned, because the drop of an orphan's buffer panicked.
//!
//! They stay with the port. The next wait reports them before anything younger, on whatever thread and
//! with whatever array. The fast path pays nothing for that: a flag of the port's [`Attention`] says that
//! there are some, and every wait looks at that word anyway.
//!
//! A thread that waits already has compared before. A packet of the port's own wakes it, which it passes
//! on if it leaves some packets behind. A post that fails costs such a thread the rest of its time slice,
//! never a packet.

use std::{
    collections::VecDeque,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Mutex, MutexGuard, PoisonError,
    },
};

use super::{
    attention::Attention, batch::Batch, keys::HELD_BACK, packet::Packet, port_handle::PortHandle,
};

#[derive(Debug)]
pub(crate) struct Unreported {
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
        Self { any: AtomicBool::new(false), kept: Mutex::default(), port }
    }

    /// Keeps what has been taken, and wakes a thread that waits already.
    #[cold]
    pub(crate) fn hold_back(&self, attention: &Attention, batch: &mut Batch) {
        let mut kept = self.lock();
        kept.packets.extend(batch.packets.drain(..));
        kept.woken |= std::mem::take(&mut batch.woken);
        if !kept.is_empty() {
            self.any.store(true, Ordering::Release);
            attention.set_holds_back(true);
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
    pub(super) fn take(&self, attention: &Attention, batch: &mut Batch, room: usize) -> bool {
        let mut kept = self.lock();
        if kept.is_empty() {
            return false;
        }
        batch.clear();
        for _ in 0..room {
            let Some(packet) = kept.packets.pop_front() else { break };
            batch.packets.push(packet);
        }
        if std::mem::take(&mut kept.woken) {
            batch.set_woken();
        }
        if kept.is_empty() {
            self.any.store(false, Ordering::Release);
            attention.set_holds_back(false);
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
