//! One simulated machine, as a test uses it, and what it can ask of it.

use std::{fmt, sync::atomic::Ordering, thread::JoinHandle};

use super::{
    fault::{Fault, Stuck},
    handle::BorrowedHandle,
    handles,
    hold::{Hold, Point},
    machine::{Machine, Work},
    script::{Finish, Script},
    socket::OwnedSocket,
    waitable::{self, Signals, Waitable},
};
use crate::os::{borrow_handle, borrow_socket};

/// What a machine has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Calls that start an operation.
    pub submits: u32,
    /// Calls of a socket that start none: `recv`, `send`, `FIONBIO`.
    pub direct: u32,
    /// `WSASocketW`.
    pub sockets: u32,
    /// Threads that sleep in a wait of a port now.
    pub sleeping: u32,
    /// `CancelIoEx`.
    pub cancels: u32,
    /// `PostQueuedCompletionStatus`, refused ones too.
    pub posts: u32,
    /// Reservations of memory that were not released.
    pub reserved: u32,
    /// Handles that are open.
    pub handles: u32,
    /// Uses of handles after their close.
    pub stale_handles: u32,
    /// `CancelIoEx` of one operation on a file on which none was ever started: meant for another one,
    /// which had the handle's value before.
    pub stray_cancels: u32,
}

/// One simulated machine. Dropping it checks that no stale handle was used, also where its value is
/// another's by then.
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
        let outer = Machine::set_current(Some(machine));
        Self { machine, worker, outer }
    }

    /// Uses the machine on another thread: for ports and sockets that are made there.
    #[must_use]
    pub fn enter(&self) -> Entered {
        Entered(Machine::set_current(Some(self.machine)))
    }

    /// Makes an object to wait for, not signalled.
    #[must_use]
    pub fn waitable(&self, signals: Signals) -> Waitable {
        let object = waitable::Object::new(self.machine, signals);
        Waitable(waitable::own(self.machine, handles::Kind::Waitable(object)))
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

    /// Every wait says that it brought so many packets more than it did.
    pub fn exaggerate_waits(&self, by: usize) {
        self.machine.exaggeration.store(by, Ordering::Relaxed);
    }

    /// The next wait brings nothing, and says that it has succeeded.
    pub fn bring_nothing_once(&self) {
        self.machine.empty_waits.store(1, Ordering::Relaxed);
    }

    /// The next alertable wait runs a procedure call.
    pub fn queue_apc(&self) {
        self.machine.apcs.fetch_add(1, Ordering::Relaxed);
    }

    /// What the next call that starts an operation on this socket does instead.
    pub fn fault(&self, socket: &OwnedSocket, fault: Fault) {
        if let Ok(file) = handles::file(borrow_socket(socket).value()) {
            file.set_fault(fault);
        }
    }

    /// The same, on another handle.
    pub fn fault_on(&self, handle: BorrowedHandle<'_>, fault: Fault) {
        if let Ok(file) = handles::file(borrow_handle(&handle).value()) {
            file.set_fault(fault);
        }
    }

    /// The next operation on this socket is pending until the result says otherwise: no cancel and
    /// no close ends it.
    #[must_use]
    pub fn stick(&self, socket: &OwnedSocket) -> Option<Stuck> {
        let file = handles::file(borrow_socket(socket).value()).ok()?;
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
        match handles::file(borrow_socket(socket).value()) {
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
            direct: machine.direct.load(Ordering::Relaxed),
            sockets: machine.sockets.load(Ordering::Relaxed),
            sleeping: machine.sleeping.load(Ordering::Relaxed),
            cancels: machine.cancels.load(Ordering::Relaxed),
            posts: machine.posts.load(Ordering::Relaxed),
            reserved: machine.reserved.load(Ordering::Relaxed),
            handles: machine.open.load(Ordering::Relaxed),
            stale_handles: machine.stale.load(Ordering::Relaxed),
            stray_cancels: machine.stray_cancels.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        Machine::set_current(self.outer);
        if let Some(worker) = self.worker.take() {
            if let Some(sender) = self.machine.worker.get() {
                let _ = sender.send(Work::Stop);
            }
            let _ = worker.join();
        }
        self.machine.handles.give_up();
        let Counts { stale_handles: stale, stray_cancels: stray, .. } = self.counts();
        let allowed = self.machine.stale_allowed.load(Ordering::Relaxed);
        if stale > 0 && !allowed && !std::thread::panicking() {
            let last = self.machine.last_stale.load(Ordering::Relaxed);
            panic!("{stale} uses of closed handles, the last of {last}; {:?}", self.machine.script);
        }
        if stray > 0 && !allowed && !std::thread::panicking() {
            panic!("{stray} cancels on handles that are another's; {:?}", self.machine.script);
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        Machine::set_current(self.0);
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
