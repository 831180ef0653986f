//! Waits for objects of the system, whose ends come to the port: events, semaphores, processes, waitable
//! timers, the console's input.
//!
//! By wait completion packets where the system has them, else by waits of the thread pool, whose callback
//! posts the packet. Neither writes a status block, so a wait has an entry of a table and no slot.
//!
//! # Safety
//!
//! The pool's callback gets the address of a [`Context`] on the heap, which [`Registration`] frees after it
//! has waited for the callback.

use std::{
    ffi::c_void,
    fmt,
    ptr::NonNull,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Mutex, MutexGuard, PoisonError,
    },
};

use crate::{
    base::error::Error,
    core::{
        keys::SlotlessKey,
        shared::Core,
        slotless::{Progress, Sender},
    },
    os::{self, AsHandle, Code, Owned, WaitPacketEnd},
    port::CompletionPort,
};

/// A wait for one object of the system, made by [`CompletionPort::handle_wait`]: each [`start`](Self::start)
/// brings one [`Packet::Signalled`](crate::Packet::Signalled) with its token, once the object is signalled.
///
/// | object | is signalled |
/// | --- | --- |
/// | event ([`EventObject`](crate::EventObject), or another's), semaphore | when it is set or released; the wait takes the signal (an event with manual reset stays set) |
/// | process (a [`Child`](std::process::Child)) | when it has ended: [`exit_code`](Self::exit_code) |
/// | waitable timer ([`WaitableTimer`](crate::WaitableTimer)) | each time it is due; ticks while no wait is started become one |
/// | console input (`std::io::stdin()`) | while there is input to read |
///
/// Not for a mutex, which belongs to the thread that waits; nor for files, pipes and sockets, whose
/// operations send packets of their own.
///
/// The wait holds a duplicate of the handle, so the object lasts, and nothing has to be kept open beside it.
/// It keeps the port open. Dropped, it is cancelled, and its packet is not reported any more, also if the
/// object was signalled: [`cancel`](Self::cancel) says which.
///
/// # How
///
/// Wait completion packets (`NtAssociateWaitCompletionPacket`, Windows 8), looked up at run time; where the
/// system has none, waits of the thread pool (`RegisterWaitForSingleObject`), whose callback posts. If that
/// post fails, the port keeps the packet, and a wait brings it after at most 5 seconds. (With the pool a signal
/// that is taken in the very moment of a cancel may be lost with it: Wine's does that, which has no wait completion
/// packets, and whether Windows 7's does is *open*. So look at the object after a cancel, where one signal matters; one
/// that is reset by its signal, as an auto-reset event is, does not show it any more.)
///
/// # Forged packets
///
/// Other code of this process that posts to the port with the key of a live wait is not told apart from the
/// system, for such a packet has no status block. Nothing is freed by it: it is a `Signalled` without a signal,
/// and the next `start` goes on with the wait that is still there. Look at the object before you act.
///
/// # Examples
///
/// ```no_run
/// # #[cfg(windows)] {
/// use iocp::{CompletionPort, Packet, Packets};
///
/// let port = CompletionPort::new()?;
/// let child = std::process::Command::new("cmd").args(["/c", "exit 3"]).spawn()?;
/// let ended = port.handle_wait(&child, 7)?;
/// ended.start()?;
/// let mut packets = Packets::with_capacity(8);
/// port.wait(&mut packets, None)?;
/// for packet in &packets {
///     if *packet == (Packet::Signalled { token: 7 }) {
///         assert_eq!(ended.exit_code()?, Some(3));
///     }
/// }
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "NtAssociateWaitCompletionPacket")]
#[doc(alias = "RegisterWaitForSingleObject")]
pub struct HandleWait {
    core: Arc<Core>,
    key: SlotlessKey,
    object: Owned,
    way: Mutex<Way>,
}

/// What became of a wait: of [`HandleWait::cancel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitEnd {
    /// It is over, or was not started: no packet follows, and no signal was taken. (Where the thread pool waits, a
    /// signal of that very moment may have been: see [`HandleWait`].)
    Cancelled,
    /// The object was signalled: the packet was taken by a wait on the port, or the next one brings it.
    Signalled,
}

/// How the system is asked to wait.
enum Way {
    /// A wait completion packet.
    Packet(Owned),
    /// The thread pool, and its wait, if one was started.
    Pool(Option<Registration>),
}

/// A wait of the thread pool, ended on drop.
struct Registration {
    /// Until the drop.
    wait: Option<os::PoolWait>,
    context: NonNull<Context>,
    /// The system refused to end the wait, for which it has no reason: the context stays.
    goes_on: bool,
}

/// What the callback needs.
struct Context {
    core: Arc<Core>,
    key: SlotlessKey,
    called: AtomicBool,
}

// SAFETY:
// * the context is shared between threads by reference only, and freed by the one owner; all it has may be.
unsafe impl Send for Registration {}

impl CompletionPort {
    /// Makes a wait for an object, not started. `token` comes back with each of its packets.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`]; [`Error::Full`] ([`Sources`](crate::Limit::Sources)); [`Error::Os`] if the handle
    /// cannot be duplicated (6: not open) or the system is out of memory.
    #[doc(alias = "NtCreateWaitCompletionPacket")]
    pub fn handle_wait<H: AsHandle>(&self, object: &H, token: usize) -> Result<HandleWait, Error> {
        if self.is_closed() {
            return Err(Error::Closed);
        }
        let object = os::duplicate(os::borrow_handle(object))
            .map_err(|code| Error::os("DuplicateHandle", code))?;
        let way = match os::wait_packet_create() {
            Some(packet) => {
                Way::Packet(packet.map_err(|code| Error::os("NtCreateWaitCompletionPacket", code))?)
            }
            None => Way::Pool(None),
        };
        let key = self.core.slotless.add(Sender::Wait(Progress::Idle), token)?;
        Ok(HandleWait { core: Arc::clone(&self.core), key, object, way: Mutex::new(way) })
    }
}

impl HandleWait {
    /// Starts one wait. If the object is signalled already, its packet is there at once.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`]; [`Error::Busy`] if one is started whose packet no wait on the port has taken;
    /// [`Error::Os`] if the object cannot be waited for (`ERROR_INVALID_HANDLE`, 6), the handle lacks
    /// `SYNCHRONIZE` (`ERROR_ACCESS_DENIED`, 5), or the system is out of memory. No packet follows any of
    /// these.
    pub fn start(&self) -> Result<(), Error> {
        if self.core.port.is_closed() {
            return Err(Error::Closed);
        }
        let mut way = self.lock();
        // Before the call: the packet may be taken before that returns.
        let was = self.core.slotless.arm(self.key).ok_or(Error::Busy)?;
        let started = match &mut *way {
            Way::Packet(packet) => self.start_packet(packet, was),
            Way::Pool(registration) => self.start_pool(registration),
        };
        started.inspect_err(|_| {
            self.core.slotless.set_progress(self.key, was);
        })
    }

    /// Ends a wait that is started. A signal that was taken is always told: by the packet, and by
    /// [`WaitEnd::Signalled`] here. Then it is in use until a wait on the port has taken the packet.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] of the system's call, which it has no reason for.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{HandleWait, WaitEnd};
    ///
    /// /// Stops waiting; true if the object was signalled all the same: its packet comes.
    /// fn stop(wait: &HandleWait) -> Result<bool, iocp::Error> {
    ///     Ok(wait.cancel()? == WaitEnd::Signalled)
    /// }
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "NtCancelWaitCompletionPacket")]
    #[doc(alias = "UnregisterWaitEx")]
    pub fn cancel(&self) -> Result<WaitEnd, Error> {
        let mut way = self.lock();
        let end = match &mut *way {
            Way::Packet(packet) => os::wait_packet_cancel(packet.borrow(), false)
                .map_err(|code| Error::os("NtCancelWaitCompletionPacket", code))?,
            Way::Pool(registration) => match registration.take().map(Registration::stop) {
                Some(false) => WaitPacketEnd::Cancelled,
                Some(true) => WaitPacketEnd::Queued,
                None => WaitPacketEnd::NotInUse,
            },
        };
        Ok(match end {
            WaitPacketEnd::Cancelled => {
                self.core.slotless.set_progress(self.key, Progress::Idle);
                WaitEnd::Cancelled
            }
            WaitPacketEnd::Queued => WaitEnd::Signalled,
            WaitPacketEnd::NotInUse => match self.core.slotless.progress(self.key) {
                Some(Progress::Idle) | None => WaitEnd::Cancelled,
                Some(Progress::Armed | Progress::Taken) => WaitEnd::Signalled,
            },
        })
    }

    /// Whether one is started whose packet no wait on the port has taken.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.core.slotless.progress(self.key) == Some(Progress::Armed)
    }

    /// [`GetExitCodeProcess`](https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-getexitcodeprocess):
    /// how the process that this waits for has ended; `None` while it runs.
    ///
    /// # Errors
    ///
    /// [`Error::Os`]: 6 if it is no process, 5 if the handle lacks `PROCESS_QUERY_LIMITED_INFORMATION`.
    #[doc(alias = "GetExitCodeProcess")]
    pub fn exit_code(&self) -> Result<Option<u32>, Error> {
        let code = os::process_exit_code(self.object.borrow())
            .map_err(|code| Error::os("GetExitCodeProcess", code))?;
        // A process may end with the code that stands for running: its handle tells.
        let ended = code != STILL_ACTIVE
            || os::event_wait(self.object.borrow(), 0)
                .map_err(|code| Error::os("WaitForSingleObject", code))?;
        Ok(ended.then_some(code))
    }

    fn start_packet(&self, packet: &Owned, was: Progress) -> Result<(), Error> {
        let (packet, port) = (packet.borrow(), self.core.port.handle());
        let associate = || os::wait_packet_start(packet, port, self.object.borrow(), self.key.0);
        let Err(code) = associate() else { return Ok(()) };
        let refused = Error::os("NtAssociateWaitCompletionPacket", code);
        if was == Progress::Idle {
            return Err(refused);
        }
        // A forged packet may have told of an end while the wait goes on.
        match os::wait_packet_cancel(packet, false) {
            Ok(WaitPacketEnd::Queued) => Ok(()),
            Ok(WaitPacketEnd::Cancelled) => {
                associate().map_err(|code| Error::os("NtAssociateWaitCompletionPacket", code))
            }
            _ => Err(refused),
        }
    }

    fn start_pool(&self, registration: &mut Option<Registration>) -> Result<(), Error> {
        if registration.as_ref().is_some_and(|registration| !registration.is_called()) {
            // A forged packet told of an end while this wait goes on.
            return Ok(());
        }
        *registration = None;
        let context =
            Context { core: Arc::clone(&self.core), key: self.key, called: AtomicBool::new(false) };
        *registration = Some(
            Registration::new(&self.object, context)
                .map_err(|code| Error::os("RegisterWaitForSingleObject", code))?,
        );
        Ok(())
    }

    /// No code of the user's runs under the lock, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, Way> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for HandleWait {
    fn drop(&mut self) {
        match self.way.get_mut().unwrap_or_else(PoisonError::into_inner) {
            // A packet that is left in the queue all the same is refused by its generation.
            Way::Packet(packet) => drop(os::wait_packet_cancel(packet.borrow(), true)),
            Way::Pool(registration) => *registration = None,
        }
        self.core.slotless.remove(self.key);
    }
}

impl Registration {
    fn new(object: &Owned, context: Context) -> Result<Self, Code> {
        let context = NonNull::from(Box::leak(Box::new(context)));
        let mut registration = Self { wait: None, context, goes_on: false };
        // SAFETY:
        // * The object is the wait's duplicate, which `HandleWait` closes after the registration's drop: that
        //   waits for the callback and frees the context then.
        // * The callback may run on any thread: a context is shared. It has nothing that unwinds.
        let wait =
            unsafe { os::pool_wait_start(object.borrow(), signalled, context.as_ptr().cast()) };
        registration.wait = Some(wait?);
        Ok(registration)
    }

    fn is_called(&self) -> bool {
        // SAFETY:
        // * The context lives until the drop.
        unsafe { self.context.as_ref() }.called.load(Ordering::SeqCst)
    }

    /// Ends the wait. Whether the object was signalled.
    fn stop(mut self) -> bool {
        self.end();
        self.is_called()
    }

    /// Then the callback has returned, or is never called.
    fn end(&mut self) {
        if let Some(wait) = self.wait.take() {
            self.goes_on = os::pool_wait_stop(wait).is_err();
        }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.end();
        if self.goes_on {
            return;
        }
        // SAFETY:
        // * It was made by `Box::leak`, and is freed once; the callback is over.
        drop(unsafe { Box::from_raw(self.context.as_ptr()) });
    }
}

/// Called by the thread pool, once, when the object is signalled.
///
/// # Safety
///
/// `context` is the address of a [`Context`], which lives until this has returned.
unsafe extern "system" fn signalled(context: *mut c_void, _timed_out: u8) {
    // SAFETY:
    // * As the caller promises; it is shared only.
    let context = unsafe { &*context.cast::<Context>().cast_const() };
    context.called.store(true, Ordering::SeqCst);
    let core = &context.core;
    if core.port.post(0, context.key.0, 0).is_err() {
        core.slotless.keep(context.key, &core.attention);
    }
}

/// `STILL_ACTIVE`.
const STILL_ACTIVE: u32 = 259;

impl fmt::Debug for HandleWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandleWait").field("started", &self.is_started()).finish_non_exhaustive()
    }
}
