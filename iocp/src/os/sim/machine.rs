//! What all objects of one simulated machine share: its script, its numbers, its faults and counts.

use std::{
    cell::Cell,
    fmt,
    sync::{
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
        mpsc::{channel, Sender},
        Mutex, OnceLock,
    },
    thread::JoinHandle,
};

use super::{
    datagram::Datagrams,
    finished::Finished,
    handles::FreeHandles,
    listen::Listeners,
    lock, mix,
    pipe::Pipes,
    script::{Choices, Script},
};
use crate::os::{Code, Handle};

/// What all objects of one machine share. Never freed: operations may outlive the test.
pub(super) struct Machine {
    pub(super) script: Script,
    pub(super) handles: FreeHandles,
    pub(super) listeners: Listeners,
    pub(super) datagrams: Datagrams,
    pub(super) pipes: Pipes,
    pub(super) worker: OnceLock<Sender<Work>>,
    numbers: AtomicU32,
    pub(super) post_faults: AtomicU32,
    pub(super) post_fault_key: AtomicUsize,
    pub(super) commit_faults: AtomicU32,
    pub(super) skip_faults: AtomicU32,
    pub(super) exaggeration: AtomicUsize,
    pub(super) empty_waits: AtomicU32,
    pub(super) apcs: AtomicU32,
    pub(super) reserved: AtomicU32,
    pub(super) open: AtomicU32,
    pub(super) sleeping: AtomicU32,
    pub(super) cancels: AtomicU32,
    pub(super) stray_cancels: AtomicU32,
    pub(super) submits: AtomicU32,
    pub(super) direct: AtomicU32,
    pub(super) sockets: AtomicU32,
    pub(super) posts: AtomicU32,
    pub(super) stale: AtomicU32,
    pub(super) stale_allowed: AtomicBool,
    pub(super) last_stale: AtomicUsize,
    /// Receives that were cancelled, by the number of their object and their block, whose packets were not
    /// taken yet.
    cancelled: Mutex<Vec<(u32, usize)>>,
}

/// For the thread of the kernel's own.
#[allow(clippy::large_enum_variant)] // `Stop` is sent once
pub(super) enum Work {
    Finish(Finished),
    Stop,
}

static MACHINES: Mutex<Vec<&'static Machine>> = Mutex::new(Vec::new());

thread_local! {
    static CURRENT: Cell<Option<&'static Machine>> = const { Cell::new(None) };
}

/// Takes one from a count of faults, if any is left. Relaxed: a fault orders nothing.
fn take_one(count: &AtomicU32) -> bool {
    count.load(Ordering::Relaxed) > 0
        && count
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .is_ok()
}

impl Machine {
    pub(super) fn new(script: Script) -> &'static Self {
        let machine: &'static Self = Box::leak(Box::new(Self {
            script,
            handles: FreeHandles::default(),
            listeners: Listeners::default(),
            datagrams: Datagrams::default(),
            pipes: Pipes::default(),
            worker: OnceLock::new(),
            numbers: AtomicU32::new(0),
            post_faults: AtomicU32::new(0),
            post_fault_key: AtomicUsize::new(usize::MAX),
            commit_faults: AtomicU32::new(0),
            skip_faults: AtomicU32::new(0),
            exaggeration: AtomicUsize::new(0),
            empty_waits: AtomicU32::new(0),
            apcs: AtomicU32::new(0),
            reserved: AtomicU32::new(0),
            open: AtomicU32::new(0),
            sleeping: AtomicU32::new(0),
            cancels: AtomicU32::new(0),
            stray_cancels: AtomicU32::new(0),
            submits: AtomicU32::new(0),
            direct: AtomicU32::new(0),
            sockets: AtomicU32::new(0),
            posts: AtomicU32::new(0),
            stale: AtomicU32::new(0),
            stale_allowed: AtomicBool::new(false),
            last_stale: AtomicUsize::new(0),
            cancelled: Mutex::default(),
        }));
        lock(&MACHINES).push(machine);
        machine
    }

    /// Makes it the machine of this thread; returns which was before.
    pub(super) fn set_current(machine: Option<&'static Self>) -> Option<&'static Self> {
        CURRENT.with(|current| current.replace(machine))
    }

    /// The machine of this thread; a kind one if it entered none.
    pub(super) fn current() -> &'static Self {
        static DEFAULT: OnceLock<&'static Machine> = OnceLock::new();
        CURRENT
            .with(Cell::get)
            .unwrap_or_else(|| DEFAULT.get_or_init(|| Self::new(Script::default())))
    }

    /// A receive on this object was cancelled: its packet is on its way.
    pub(super) fn note_cancelled(&self, number: u32, block: usize) {
        if self.script.resets {
            lock(&self.cancelled).push((number, block));
        }
    }

    /// The packet of this block was taken.
    pub(super) fn note_taken(&self, block: usize) {
        if self.script.resets {
            lock(&self.cancelled).retain(|&(_, cancelled)| cancelled != block);
        }
    }

    /// Whether a receive on this object was cancelled whose packet nobody has taken.
    pub(super) fn awaits_packet(&self, number: u32) -> bool {
        lock(&self.cancelled).iter().any(|&(of, _)| of == number)
    }

    /// A number for a new object: what its choices are drawn from.
    pub(super) fn number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// The choices for the `nth` call on an object.
    pub(super) fn choose(&self, number: u32, nth: u32) -> Choices {
        let call = u64::from(number) << 32 | u64::from(nth);
        self.script.choose(mix(self.script.seed ^ mix(call)))
    }

    pub(super) fn count_submit(&self) {
        self.submits.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_direct(&self) {
        self.direct.fetch_add(1, Ordering::Relaxed);
    }

    /// The room for what has come so far of what is there.
    pub(super) fn room_of_part<'a>(&self, room: &'a mut [u8]) -> &'a mut [u8] {
        let bits = mix(self.script.seed ^ mix(u64::from(self.direct.load(Ordering::Relaxed))));
        if bits % 100 >= u64::from(self.script.trickle) || room.is_empty() {
            return room;
        }
        let most = 1 + (bits >> 32) as usize % room.len();
        &mut room[..most]
    }

    pub(super) fn count_socket(&self) {
        self.sockets.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_cancel(&self) {
        self.cancels.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_stray_cancel(&self) {
        self.stray_cancels.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn stale_use(&self, handle: Handle) {
        self.last_stale.store(handle.0, Ordering::Relaxed);
        self.stale.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether this post fails.
    pub(super) fn refuses_post(&self, key: usize, bits: u64) -> bool {
        self.posts.fetch_add(1, Ordering::Relaxed);
        let only = self.post_fault_key.load(Ordering::Relaxed);
        if (only == usize::MAX || only == key) && take_one(&self.post_faults) {
            return true;
        }
        bits % 100 < u64::from(self.script.post_failures)
    }

    pub(super) fn refuses_commit(&self) -> bool {
        take_one(&self.commit_faults)
    }

    pub(super) fn refuses_skip(&self) -> bool {
        take_one(&self.skip_faults)
    }

    pub(super) fn takes_apc(&self) -> bool {
        take_one(&self.apcs)
    }

    /// Lets the kernel's own thread finish an operation; gives it back if there is none.
    pub(super) fn finish_on_worker(&self, finished: Finished) -> Result<(), Finished> {
        let Some(worker) = self.worker.get() else { return Err(finished) };
        worker.send(Work::Finish(finished)).map_err(|error| match error.0 {
            Work::Finish(finished) => finished,
            Work::Stop => unreachable!("only the drop of the kernel sends it"),
        })
    }

    pub(super) fn start_worker(&'static self) -> JoinHandle<()> {
        let (sender, receiver) = channel();
        let _ = self.worker.set(sender);
        std::thread::spawn(move || {
            // Ends with `Stop`, after what was sent before it.
            while let Ok(Work::Finish(finished)) = receiver.recv() {
                for _ in 0..finished.request.choices.bits % 4 {
                    std::thread::yield_now();
                }
                finished.deliver_and_queue();
            }
        })
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("script", &self.script).finish_non_exhaustive()
    }
}

/// The code of posts and commits that fail.
pub(super) const NO_RESOURCES: Code = Code(1450);
