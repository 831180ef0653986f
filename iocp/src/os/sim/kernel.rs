//! One simulated machine, and what a test can ask of it.

use std::{
    cell::Cell,
    fmt,
    net::SocketAddr,
    sync::{
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
        mpsc::{channel, Sender},
        Mutex, OnceLock,
    },
    thread::JoinHandle,
};

use super::{
    connection::Connection,
    file::{Fault, File, Stuck},
    handles::{self, FreeHandles, Kind},
    hold::{Hold, Point},
    listen::Listeners,
    lock, mix,
    peer::Peer,
    request::Finished,
    script::{Choices, Finish, Script},
    socket::OwnedSocket,
};
use crate::os::{socket_handle, Code, Handle, SocketKind};

/// What all objects of one machine share. Never freed: operations may outlive the test.
pub(super) struct Machine {
    pub(super) script: Script,
    pub(super) handles: FreeHandles,
    pub(super) listeners: Listeners,
    worker: OnceLock<Sender<Work>>,
    numbers: AtomicU32,
    post_faults: AtomicU32,
    post_fault_key: AtomicUsize,
    commit_faults: AtomicU32,
    skip_faults: AtomicU32,
    apcs: AtomicU32,
    cancels: AtomicU32,
    submits: AtomicU32,
    posts: AtomicU32,
    stale: AtomicU32,
    stale_allowed: AtomicBool,
    last_stale: AtomicUsize,
}

/// For the thread of the kernel's own.
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
    fn new(script: Script) -> &'static Self {
        let machine: &'static Self = Box::leak(Box::new(Self {
            script,
            handles: FreeHandles::default(),
            listeners: Listeners::default(),
            worker: OnceLock::new(),
            numbers: AtomicU32::new(0),
            post_faults: AtomicU32::new(0),
            post_fault_key: AtomicUsize::new(usize::MAX),
            commit_faults: AtomicU32::new(0),
            skip_faults: AtomicU32::new(0),
            apcs: AtomicU32::new(0),
            cancels: AtomicU32::new(0),
            submits: AtomicU32::new(0),
            posts: AtomicU32::new(0),
            stale: AtomicU32::new(0),
            stale_allowed: AtomicBool::new(false),
            last_stale: AtomicUsize::new(0),
        }));
        lock(&MACHINES).push(machine);
        machine
    }

    /// The machine of this thread; a kind one if it entered none.
    pub(super) fn current() -> &'static Self {
        static DEFAULT: OnceLock<&'static Machine> = OnceLock::new();
        CURRENT
            .with(Cell::get)
            .unwrap_or_else(|| DEFAULT.get_or_init(|| Self::new(Script::default())))
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

    pub(super) fn count_cancel(&self) {
        self.cancels.fetch_add(1, Ordering::Relaxed);
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

    fn start_worker(&'static self) -> JoinHandle<()> {
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

/// What a socket is made of.
#[derive(Clone, Copy, Debug)]
pub struct SocketSpec {
    /// A byte stream, not datagrams.
    pub stream: bool,
    /// Its provider gives real file handles.
    pub ifs: bool,
    /// Made for overlapped I/O.
    pub overlapped: bool,
}

impl Default for SocketSpec {
    fn default() -> Self {
        Self { stream: true, ifs: true, overlapped: true }
    }
}

/// What a machine has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Calls that start an operation.
    pub submits: u32,
    /// `CancelIoEx`.
    pub cancels: u32,
    /// `PostQueuedCompletionStatus`, refused ones too.
    pub posts: u32,
    /// Uses of handles after their close.
    pub stale_handles: u32,
}

/// One simulated machine. Dropping it checks that no stale handle was used.
pub struct Kernel {
    pub(super) machine: &'static Machine,
    worker: Option<JoinHandle<()>>,
    outer: Option<&'static Machine>,
}

/// While it lives, this thread uses a machine. Made by [`Kernel::enter`].
#[derive(Debug)]
pub struct Entered(Option<&'static Machine>);

impl Kernel {
    /// Starts a machine, and enters it on this thread.
    #[must_use]
    pub fn new(script: Script) -> Self {
        let machine = Machine::new(script);
        let works = matches!(script.finish, Finish::Any | Finish::OnWorker);
        let worker = works.then(|| machine.start_worker());
        let outer = CURRENT.with(|current| current.replace(Some(machine)));
        Self { machine, worker, outer }
    }

    /// Uses the machine on another thread: for ports and sockets that are made there.
    #[must_use]
    pub fn enter(&self) -> Entered {
        Entered(CURRENT.with(|current| current.replace(Some(self.machine))))
    }

    /// Two connected stream sockets: one for the program, and the other end.
    #[must_use]
    pub fn stream_pair(&self) -> (OwnedSocket, Peer) {
        self.pair(SocketSpec::default())
    }

    /// Two datagram sockets connected to each other.
    #[must_use]
    pub fn datagram_pair(&self) -> (OwnedSocket, Peer) {
        self.pair(SocketSpec { stream: false, ..SocketSpec::default() })
    }

    /// Two connected sockets like this.
    #[must_use]
    pub fn pair(&self, spec: SocketSpec) -> (OwnedSocket, Peer) {
        let (near, far) = (self.socket(spec), self.socket(spec));
        let connection = Connection::new(self.machine, spec.stream);
        for (side, socket) in [&near, &far].into_iter().enumerate() {
            if let Ok(file) = handles::file(socket_handle(socket)) {
                file.link_to(&connection, side);
            }
        }
        (near, Peer::new(far))
    }

    /// A socket connected to nothing.
    #[must_use]
    pub fn socket(&self, spec: SocketSpec) -> OwnedSocket {
        let kind =
            SocketKind { stream: spec.stream, ifs: spec.ifs, family: i32::from(iocp_sys::AF_INET) };
        let file = File::new(self.machine, kind, spec.overlapped);
        OwnedSocket::own(handles::create(self.machine, Kind::File(file)).0)
    }

    /// A socket that listens at an address of this machine.
    #[must_use]
    pub fn listener(&self, address: SocketAddr) -> OwnedSocket {
        let socket = self.socket(SocketSpec::default());
        if let Ok(file) = handles::file(socket_handle(&socket)) {
            self.machine.listeners.listen(file, address);
        }
        socket
    }

    /// Connects to a listener of this machine; `None` if none listens there.
    #[must_use]
    pub fn connect(&self, address: SocketAddr) -> Option<Peer> {
        let socket = self.socket(SocketSpec::default());
        let file = handles::file(socket_handle(&socket)).ok()?;
        let connected = self.machine.listeners.connect(file, address);
        connected.then(|| Peer::new(socket))
    }

    /// The next `count` posts fail with `ERROR_NO_SYSTEM_RESOURCES`: all, or those with this key.
    pub fn fail_posts(&self, count: u32, key: Option<usize>) {
        self.machine.post_fault_key.store(key.unwrap_or(usize::MAX), Ordering::Relaxed);
        self.machine.post_faults.store(count, Ordering::Relaxed);
    }

    /// The next `count` commits of memory fail.
    pub fn fail_commits(&self, count: u32) {
        self.machine.commit_faults.store(count, Ordering::Relaxed);
    }

    /// The next `count` requests for skip mode fail.
    pub fn fail_skip_mode(&self, count: u32) {
        self.machine.skip_faults.store(count, Ordering::Relaxed);
    }

    /// The next alertable wait runs a procedure call.
    pub fn queue_apc(&self) {
        self.machine.apcs.fetch_add(1, Ordering::Relaxed);
    }

    /// What the next call that starts an operation on this socket does instead.
    pub fn fault(&self, socket: &OwnedSocket, fault: Fault) {
        if let Ok(file) = handles::file(socket_handle(socket)) {
            file.set_fault(fault);
        }
    }

    /// The next operation on this socket is pending until the result says otherwise: no cancel and
    /// no close ends it.
    #[must_use]
    pub fn stick(&self, socket: &OwnedSocket) -> Option<Stuck> {
        let file = handles::file(socket_handle(socket)).ok()?;
        file.set_fault(Fault::Stick);
        Some(Stuck(file))
    }

    /// Stops the next call on this socket at some point, until the result lets it go on.
    ///
    /// # Panics
    ///
    /// If the socket is closed.
    #[must_use]
    pub fn hold(&self, socket: &OwnedSocket, point: Point) -> Hold {
        match handles::file(socket_handle(socket)) {
            Ok(file) => file.holds.arm(point),
            Err(_) => panic!("the socket to hold calls on is closed"),
        }
    }

    /// Uses of stale handles are no failure of the test: it makes them.
    pub fn allow_stale_handles(&self) {
        self.machine.stale_allowed.store(true, Ordering::Relaxed);
    }

    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let machine = self.machine;
        Counts {
            submits: machine.submits.load(Ordering::Relaxed),
            cancels: machine.cancels.load(Ordering::Relaxed),
            posts: machine.posts.load(Ordering::Relaxed),
            stale_handles: machine.stale.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        CURRENT.with(|current| current.set(self.outer));
        if let Some(worker) = self.worker.take() {
            if let Some(sender) = self.machine.worker.get() {
                let _ = sender.send(Work::Stop);
            }
            let _ = worker.join();
        }
        self.machine.handles.give_up();
        let stale = self.counts().stale_handles;
        let allowed = self.machine.stale_allowed.load(Ordering::Relaxed);
        if stale > 0 && !allowed && !std::thread::panicking() {
            let last = self.machine.last_stale.load(Ordering::Relaxed);
            panic!("{stale} uses of closed handles, the last of {last}; {:?}", self.machine.script);
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.with(|current| current.set(self.0));
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("script", &self.script).finish_non_exhaustive()
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kernel")
            .field("script", &self.machine.script)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

/// The code of posts and commits that fail.
pub(super) const NO_RESOURCES: Code = Code(1450);
