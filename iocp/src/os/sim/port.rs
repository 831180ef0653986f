//! A completion port: a queue of packets, and those who wait for them.
//!
//! A packet that comes is given to the thread that began to wait last, and to nobody who asks meanwhile
//! (fact PORT19; <https://learn.microsoft.com/en-us/windows/win32/fileio/i-o-completion-ports>: "threads that
//! block their execution on an I/O completion port are released in last-in-first-out (LIFO) order").

use std::{
    cell::Cell,
    collections::VecDeque,
    mem::MaybeUninit,
    sync::{
        atomic::{AtomicU32, Ordering},
        Arc, Condvar, Mutex, PoisonError,
    },
    time::{Duration, Instant},
};

use iocp_sys::{OVERLAPPED, OVERLAPPED_ENTRY};

use super::{
    finished::Finished,
    lock,
    machine::{Machine, NO_RESOURCES},
    script::Choices,
    wait::WaitPacket,
};
use crate::os::Code;

/// What is in the queue.
#[derive(Clone, Copy)]
pub(super) struct Packet {
    pub(super) key: usize,
    pub(super) overlapped: *mut OVERLAPPED,
    pub(super) bytes: u32,
    pub(super) status: u32,
    pub(super) choices: Choices,
}

// SAFETY:
// * a port only carries the pointer.
unsafe impl Send for Packet {}

thread_local! {
    /// Where this thread took its last packet.
    static LAST_PORT: Cell<*const ()> = const { Cell::new(std::ptr::null()) };
    /// Where this thread sleeps: it waits for one port at a time.
    static BED: Arc<Condvar> = Arc::default();
}

/// A packet, and what is to be done by the one who takes it.
type Queued = (Packet, Owed);

/// What the one who takes a packet does.
#[allow(clippy::large_enum_variant)] // most packets are of operations
enum Owed {
    Nothing,
    /// Writes the status block.
    Write(Finished),
    /// Frees a wait completion packet for its next use.
    Free(&'static WaitPacket),
}

pub(super) struct Port {
    pub(super) machine: &'static Machine,
    number: u32,
    calls: AtomicU32,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    packets: VecDeque<Queued>,
    /// Who sleeps, the last one last.
    waiting: Vec<Arc<Condvar>>,
    /// Whom a packet was given to that has not woken yet.
    given: Vec<(Arc<Condvar>, Queued)>,
    closed: bool,
}

impl Port {
    pub(super) fn new(machine: &'static Machine) -> Self {
        Self {
            machine,
            number: machine.number(),
            calls: AtomicU32::new(0),
            queue: Mutex::default(),
        }
    }

    /// Queues the packet of an operation. A closed port takes none: nothing is written then.
    pub(super) fn push(&self, packet: Packet, finished: Option<Finished>) {
        let mut queue = lock(&self.queue);
        if queue.closed {
            return;
        }
        let bits = packet.choices.bits;
        let owed = finished.map_or(Owed::Nothing, Owed::Write);
        queue.put(packet, owed, packet.choices.overtake.then_some(bits));
        if packet.choices.duplicate {
            queue.put(packet, Owed::Nothing, Some(bits >> 16));
        }
    }

    pub(super) fn post(&self, key: usize, carried: usize, bytes: u32) -> Result<(), Code> {
        let choices = self.choose();
        if self.machine.refuses_post(key, choices.bits) {
            return Err(NO_RESOURCES);
        }
        // A number, not a pointer: it has no provenance.
        let overlapped = std::ptr::null_mut::<u8>().wrapping_add(carried).cast();
        let mut queue = lock(&self.queue);
        if queue.closed {
            return Err(Code::INVALID_HANDLE);
        }
        queue.put(Packet { key, overlapped, bytes, status: 0, choices }, Owed::Nothing, None);
        Ok(())
    }

    /// Queues the packet of a wait: once, whatever the script says of others.
    pub(super) fn push_wait(&self, key: usize, wait: &'static WaitPacket) {
        let choices = self.choose();
        let mut queue = lock(&self.queue);
        if queue.closed {
            return;
        }
        let packet = Packet { key, overlapped: std::ptr::null_mut(), bytes: 0, status: 0, choices };
        queue.put(packet, Owed::Free(wait), choices.overtake.then_some(choices.bits));
    }

    /// Queues a message of a job, or loses it.
    pub(super) fn push_job(&self, key: usize, message: u32, process: u32, lost: u8) {
        let choices = self.choose();
        if choices.bits % 100 < u64::from(lost) {
            return;
        }
        let overlapped = std::ptr::null_mut::<u8>().wrapping_add(process as usize).cast();
        self.push(Packet { key, overlapped, bytes: message, status: 0, choices }, None);
    }

    /// Whether the packet of the wait was in the queue.
    pub(super) fn take_back(&self, wait: &'static WaitPacket) -> bool {
        let is_its = |owed: &Owed| matches!(owed, Owed::Free(other) if std::ptr::eq(*other, wait));
        let mut queue = lock(&self.queue);
        let before = queue.packets.len();
        queue.packets.retain(|(_, owed)| !is_its(owed));
        queue.packets.len() < before
    }

    pub(super) fn wait(
        &self,
        entries: &mut [MaybeUninit<OVERLAPPED_ENTRY>],
        timeout_ms: u32,
        alertable: bool,
    ) -> Result<usize, Code> {
        if self.machine.empty_waits.swap(0, Ordering::Relaxed) > 0 {
            return Ok(0);
        }
        let early = self.choose().bits % 100 < u64::from(self.machine.script.early_timeouts);
        let limit = Duration::from_millis(u64::from(timeout_ms)) / if early { 2 } else { 1 };
        let end = (timeout_ms != u32::MAX).then(|| Instant::now() + limit);
        // Facts PORT01, PORT02, PORT16.
        let calls_first = alertable && LAST_PORT.get() != std::ptr::from_ref(self).cast();
        let bed = BED.with(Arc::clone);
        let mut queue = lock(&self.queue);
        let outcome = loop {
            if let Some(given) = queue.given_to(&bed) {
                break Ok(given);
            }
            if calls_first && self.machine.takes_apc() {
                break Err(Code::WAIT_IO_COMPLETION);
            }
            if let Some(first) = queue.packets.pop_front() {
                break Ok(first);
            }
            if queue.closed {
                break Err(Code::ABANDONED_WAIT);
            }
            if alertable && self.machine.takes_apc() {
                break Err(Code::WAIT_IO_COMPLETION);
            }
            let left = match end {
                // Looked at often enough for procedure calls, which nothing here signals.
                None => Duration::from_secs(1),
                Some(end) => end.saturating_duration_since(Instant::now()),
            };
            if left.is_zero() {
                break Err(Code::WAIT_TIMEOUT);
            }
            queue.enter(&bed);
            self.machine.sleeping.fetch_add(1, Ordering::Relaxed);
            let waited = bed.wait_timeout(queue, left);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
            self.machine.sleeping.fetch_sub(1, Ordering::Relaxed);
        };
        queue.leave(&bed);
        drop(queue);
        Ok(self.take(outcome?, entries))
    }

    /// Takes more packets, one by one, and writes on this thread what they owe, outside the lock.
    fn take(&self, first: Queued, entries: &mut [MaybeUninit<OVERLAPPED_ENTRY>]) -> usize {
        LAST_PORT.set(std::ptr::from_ref(self).cast());
        let mut next = Some(first);
        let mut count = 0_usize;
        for entry in entries {
            let taken = next.take().or_else(|| lock(&self.queue).packets.pop_front());
            let Some((packet, owed)) = taken else { break };
            self.machine.note_taken(packet.overlapped as usize);
            match owed {
                Owed::Nothing => {}
                Owed::Write(mut finished) => finished.write(false),
                Owed::Free(wait) => wait.taken(),
            }
            // Only the low 32 bits are the status.
            #[allow(clippy::cast_possible_truncation)] // garbage
            let garbage = (packet.choices.bits as usize) & !0xFFFF_FFFF;
            entry.write(OVERLAPPED_ENTRY {
                lpCompletionKey: packet.key,
                lpOverlapped: packet.overlapped,
                Internal: garbage | packet.status as usize,
                dwNumberOfBytesTransferred: packet.bytes,
            });
            count += 1;
        }
        count.saturating_add(self.machine.exaggeration.load(Ordering::Relaxed))
    }

    /// The last handle is gone: waiters are told (facts PORT21, PORT22), packets are lost, and what they would
    /// have written is not.
    pub(super) fn close(&self) {
        let mut queue = lock(&self.queue);
        queue.closed = true;
        let lost = std::mem::take(&mut queue.packets);
        queue.waiting.iter().for_each(|bed| bed.notify_one());
        drop(queue);
        drop(lost);
    }

    fn choose(&self) -> Choices {
        self.machine.choose(self.number, self.calls.fetch_add(1, Ordering::Relaxed))
    }
}

impl Queue {
    /// To whom waits, else at the end, or at a place given by random bits.
    fn put(&mut self, packet: Packet, owed: Owed, place: Option<u64>) {
        if let Some(bed) = self.waiting.pop() {
            bed.notify_one();
            return self.given.push((bed, (packet, owed)));
        }
        let len = self.packets.len();
        #[allow(clippy::cast_possible_truncation)] // a random number
        let at = place.map_or(len, |bits| bits as usize % (len + 1));
        self.packets.insert(at, (packet, owed));
    }

    /// Sleeps from now on, or still.
    fn enter(&mut self, bed: &Arc<Condvar>) {
        if !self.waiting.iter().any(|other| Arc::ptr_eq(other, bed)) {
            self.waiting.push(Arc::clone(bed));
        }
    }

    fn leave(&mut self, bed: &Arc<Condvar>) {
        self.waiting.retain(|other| !Arc::ptr_eq(other, bed));
    }

    fn given_to(&mut self, bed: &Arc<Condvar>) -> Option<Queued> {
        let at = self.given.iter().position(|(other, _)| Arc::ptr_eq(other, bed))?;
        Some(self.given.remove(at).1)
    }
}
