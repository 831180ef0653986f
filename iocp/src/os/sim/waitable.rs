//! Objects that can be waited for by a port: events, semaphores, processes, timers.

use std::{
    sync::{
        atomic::{AtomicU32, Ordering},
        Arc, Condvar, Mutex, PoisonError,
    },
    time::{Duration, Instant},
};

use super::{
    handle::{AsHandle, BorrowedHandle},
    handles::{self, Kind},
    job::Job,
    lock,
    machine::Machine,
    wait::{Pooled, WaitPacket},
};
use crate::os::{Borrowed, Code, Handle, Owned};

/// What signals an object, and what a wait takes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signals {
    /// Stays signalled: an event with manual reset, a process, the console's input.
    Stay,
    /// One waiter takes the signal, and several signals are one: an event with automatic reset, a timer.
    One,
    /// Each waiter takes one: a semaphore.
    Counted,
}

/// An object to wait for, closed on drop. Made by [`Kernel::waitable`](super::Kernel::waitable).
#[derive(Debug)]
pub struct Waitable(pub(super) Owned);

/// The object behind its handles.
pub(super) struct Object {
    pub(super) machine: &'static Machine,
    number: u32,
    calls: AtomicU32,
    signals: Signals,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    count: u32,
    exit_code: u32,
    job: Option<&'static Job>,
    waiters: Vec<Waiter>,
}

#[derive(Clone)]
pub(super) enum Waiter {
    Packet(&'static WaitPacket),
    Pool(Arc<Pooled>),
}

impl Object {
    pub(super) fn new(machine: &'static Machine, signals: Signals) -> Self {
        Self {
            machine,
            number: machine.number(),
            calls: AtomicU32::new(0),
            signals,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    pub(super) fn signal(&self) {
        let mut state = lock(&self.state);
        state.count = if self.signals == Signals::Counted { state.count + 1 } else { 1 };
        self.serve(state);
        self.changed.notify_all();
    }

    /// As a process: its number is its id.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// As a process that goes into a job: one only, and while it runs.
    pub(super) fn join(&self, job: &'static Job) -> bool {
        let mut state = lock(&self.state);
        let may = state.count == 0 && state.job.is_none();
        if may {
            state.job = Some(job);
        }
        may
    }

    /// Ends it as a process, once.
    pub(super) fn exit(&self, code: u32) {
        let mut state = lock(&self.state);
        if state.count > 0 {
            return;
        }
        state.exit_code = code;
        let job = state.job;
        drop(state);
        self.signal();
        if let Some(job) = job {
            job.ended(self.number);
        }
    }

    fn reset(&self) {
        lock(&self.state).count = 0;
    }

    /// Lets go as many as there are signals for.
    fn serve(&self, mut state: std::sync::MutexGuard<'_, State>) {
        let mut calls = Vec::new();
        while state.count > 0 && !state.waiters.is_empty() {
            if self.signals != Signals::Stay {
                state.count -= 1;
            }
            match state.waiters.remove(0) {
                // In the queue at once: the object's lock orders it before what is asked of the packet.
                Waiter::Packet(packet) => packet.signalled(),
                Waiter::Pool(pooled) => calls.push(pooled),
            }
        }
        drop(state);
        for pooled in calls {
            let nth = self.calls.fetch_add(1, Ordering::Relaxed);
            if self.machine.choose(self.number, nth).bits % 4 == 0 {
                std::thread::spawn(move || pooled.call());
            } else {
                pooled.call();
            }
        }
    }

    pub(super) fn add(&self, waiter: Waiter) {
        let mut state = lock(&self.state);
        state.waiters.push(waiter);
        self.serve(state);
    }

    /// Whether the waiter was still there.
    pub(super) fn remove(&self, is_it: impl Fn(&Waiter) -> bool) -> bool {
        let mut state = lock(&self.state);
        let before = state.waiters.len();
        state.waiters.retain(|waiter| !is_it(waiter));
        state.waiters.len() < before
    }

    /// `WaitForSingleObject`: whether it was signalled within the limit, which may pass early as in every wait of the
    /// system. Takes the signal.
    pub(super) fn wait(&self, timeout_ms: u32) -> bool {
        let nth = self.calls.fetch_add(1, Ordering::Relaxed);
        let bits = self.machine.choose(self.number, nth).bits;
        let early = bits % 100 < u64::from(self.machine.script.early_timeouts);
        let limit = Duration::from_millis(u64::from(timeout_ms)) / if early { 2 } else { 1 };
        let end = Instant::now() + limit;
        let mut state = lock(&self.state);
        while state.count == 0 {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state =
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        if self.signals != Signals::Stay {
            state.count -= 1;
        }
        true
    }
}

impl Waitable {
    /// Signals it: `SetEvent`, `ReleaseSemaphore`, the end of a process, a timer that is due.
    ///
    /// # Panics
    ///
    /// If it is no such object.
    pub fn signal(&self) {
        object(self.0.borrow().value()).expect("an open handle of an object").signal();
    }

    /// `ResetEvent`.
    ///
    /// # Panics
    ///
    /// If it is no such object.
    pub fn reset(&self) {
        object(self.0.borrow().value()).expect("an open handle of an object").reset();
    }

    /// Ends it as a process.
    ///
    /// # Panics
    ///
    /// If it is no such object.
    pub fn exit(&self, code: u32) {
        object(self.0.borrow().value()).expect("an open handle of an object").exit(code);
    }

    /// Its id as a process.
    ///
    /// # Panics
    ///
    /// If it is no such object.
    #[must_use]
    pub fn id(&self) -> u32 {
        object(self.0.borrow().value()).expect("an open handle of an object").number()
    }

    /// Whether it is signalled; takes the signal as a wait does.
    ///
    /// # Panics
    ///
    /// If it is no such object.
    #[must_use]
    pub fn try_wait(&self) -> bool {
        object(self.0.borrow().value()).expect("an open handle of an object").wait(0)
    }
}

impl AsHandle for Waitable {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        lend_handle(self.0.borrow())
    }
}

pub(crate) fn lend_handle(handle: Borrowed<'_>) -> BorrowedHandle<'_> {
    BorrowedHandle::lend(handle.value())
}

pub(super) fn object(handle: Handle) -> Result<&'static Object, Code> {
    match &handles::find(handle)?.kind {
        Kind::Waitable(object) => Ok(object),
        _ => Err(Code::INVALID_HANDLE),
    }
}

pub(super) fn own(machine: &'static Machine, kind: Kind) -> Owned {
    // SAFETY:
    // * The handle has just been made, so nobody else owns it.
    unsafe { Owned::new(handles::create(machine, kind).0) }
}

pub(crate) fn duplicate(handle: Borrowed<'_>) -> Result<Owned, Code> {
    let object = handles::find(handle.value())?;
    // SAFETY:
    // * The handle has just been made, so nobody else owns it.
    Ok(unsafe { Owned::new(handles::open(Machine::current(), object)) })
}

pub(crate) fn process_exit_code(process: Borrowed<'_>) -> Result<u32, Code> {
    let object = object(process.value())?;
    let state = lock(&object.state);
    Ok(if state.count == 0 { 259 } else { state.exit_code })
}

pub(crate) fn event_create(manual: bool) -> Result<Owned, Code> {
    let machine = Machine::current();
    let signals = if manual { Signals::Stay } else { Signals::One };
    Ok(own(machine, Kind::Waitable(Object::new(machine, signals))))
}

pub(crate) fn event_set(event: Borrowed<'_>) -> Result<(), Code> {
    object(event.value()).map(Object::signal)
}

pub(crate) fn event_wait(event: Borrowed<'_>, timeout_ms: u32) -> Result<bool, Code> {
    Ok(object(event.value())?.wait(timeout_ms))
}

pub(crate) fn event_reset(event: Borrowed<'_>) -> Result<(), Code> {
    object(event.value()).map(Object::reset)
}

pub(crate) fn timer_create() -> Result<Owned, Code> {
    let machine = Machine::current();
    Ok(own(machine, Kind::Waitable(Object::new(machine, Signals::One))))
}

/// There is no time here: one that is due at once is signalled, any other waits for its test to do so.
pub(crate) fn timer_set(timer: Borrowed<'_>, due: i64, _period_ms: i32) -> Result<(), Code> {
    let object = object(timer.value())?;
    object.reset();
    if due == 0 {
        object.signal();
    }
    Ok(())
}

pub(crate) fn timer_cancel(timer: Borrowed<'_>) -> Result<(), Code> {
    object(timer.value()).map(drop)
}
