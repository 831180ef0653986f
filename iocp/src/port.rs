//! The completion port: associate handles, make operations, wait for packets, close.

use std::{
    any::TypeId,
    fmt,
    sync::{atomic::Ordering, Arc},
    time::Duration,
};

use crate::{
    associated::Associated,
    buffer::IoBuf,
    core::{shared::Core, state::Phase},
    operation::{Completed, Lease, Operation, Refused},
    os::{self, AsSocket, Code},
    packet::{OperationId, UserPacket},
    timeout::{Deadline, INFINITE},
    Config, Error, Packets, Stats, Waker,
};

/// The longest single wait: so that a lost wake-up costs latency, never a hang.
const SLICE_MS: u32 = 5_000;

/// An I/O completion port: a queue in which finished operations of many handles arrive.
///
/// A cheap handle to a shared core; clones are the same port. What keeps it open: every clone, every
/// [`Associated`], [`Operation`] and ticket. When the last of them is gone the port waits up to
/// [`Config::drain_limit`] for what the system still owns, and leaks the rest (counted by
/// [`leaked_operations`](crate::leaked_operations)). A buffer that owns a clone of the port is a
/// cycle: it is never freed.
///
/// # Source
///
/// [I/O completion ports](https://learn.microsoft.com/en-us/windows/win32/fileio/i-o-completion-ports)
#[derive(Clone)]
pub struct CompletionPort {
    pub(crate) core: Arc<Core>,
}

/// What ended a [`wait`](CompletionPort::wait).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// So many packets are in the [`Packets`].
    Packets(usize),
    /// The time limit passed. Not an error.
    TimedOut,
    /// A [`Waker`] asked for attention.
    Woken,
    /// An asynchronous procedure call ran on this thread (only in an alertable wait).
    Apc,
}

impl CompletionPort {
    /// `CreateIoCompletionPort`: makes a port with the default limits.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system has no handle or memory left.
    #[doc(alias = "CreateIoCompletionPort")]
    pub fn new() -> Result<Self, Error> {
        Self::with_config(&Config::default())
    }

    /// `CreateIoCompletionPort`: makes a port.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system has no handle or memory left.
    pub fn with_config(config: &Config) -> Result<Self, Error> {
        Ok(Self { core: Arc::new(Core::new(config)?) })
    }

    /// `CreateIoCompletionPort`: associates a socket with this port, for its whole life.
    ///
    /// As [`associate_with_key`](Self::associate_with_key) with key 0.
    ///
    /// # Errors
    ///
    /// As [`associate_with_key`](Self::associate_with_key).
    pub fn associate<S: AsSocket>(&self, socket: S) -> Result<Associated<S>, Refused<S>> {
        self.associate_with_key(socket, 0)
    }

    /// `CreateIoCompletionPort`: associates a socket with this port; `key` comes back with each of
    /// its packets.
    ///
    /// A stream socket is put into skip mode (`FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`) if
    /// [`Config::skip_on_success`] asks for it; a datagram socket never is.
    ///
    /// # Errors
    ///
    /// The socket comes back with:
    /// * [`Error::NotAssociable`] ← `ERROR_INVALID_PARAMETER` (87): associated before, with any
    ///   port, through any duplicate; or not overlapped.
    /// * [`Error::HandleClosed`] ← 6, 10038: not an open socket.
    /// * [`Error::Unsupported`]: its provider has no real file handles (`XP1_IFS_HANDLES`).
    /// * [`Error::Closed`]: this port is closed.
    /// * [`Error::Os`]: anything else.
    pub fn associate_with_key<S: AsSocket>(
        &self,
        socket: S,
        key: usize,
    ) -> Result<Associated<S>, Refused<S>> {
        Associated::new(Arc::clone(&self.core), socket, key)
    }

    /// Makes an operation that owns `buffer` and can be submitted any number of times.
    ///
    /// The limits are charged here, not at each submit. `token` is any number; it comes back with
    /// each packet.
    ///
    /// # Errors
    ///
    /// The buffer comes back with [`Error::Full`], [`Error::TooLarge`] or [`Error::Closed`].
    pub fn operation<B: IoBuf>(&self, buffer: B, token: usize) -> Result<Operation<B>, Refused<B>> {
        let bytes = buffer.capacity();
        Operation::new(&self.core, buffer, bytes, token)
    }

    /// `GetQueuedCompletionStatusEx`: waits for packets.
    ///
    /// `timeout`: `None` waits for ever, zero polls, anything else is rounded up to milliseconds and
    /// never returns early. After [`close`](Self::close) it takes what is there without blocking,
    /// then says [`Error::Closed`]. Several threads may wait at once.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`], or [`Error::Os`].
    ///
    /// # Panics
    ///
    /// If the buffer of a dropped ticket panics in its own drop. All packets of the batch are
    /// settled before; the next call returns them.
    #[doc(alias = "GetQueuedCompletionStatusEx")]
    pub fn wait(&self, packets: &mut Packets, timeout: Option<Duration>) -> Result<Wait, Error> {
        self.wait_until(packets, Deadline::after(timeout), Mode::WAIT)
    }

    /// As [`wait`](Self::wait), also ended by an asynchronous procedure call queued to this thread:
    /// [`Wait::Apc`].
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    pub fn wait_alertable(
        &self,
        packets: &mut Packets,
        timeout: Option<Duration>,
    ) -> Result<Wait, Error> {
        self.wait_until(packets, Deadline::after(timeout), Mode { alertable: true, ..Mode::WAIT })
    }

    /// Takes the packets of operations still in flight, also after [`close`](Self::close).
    ///
    /// Returns `Packets(0)` once nothing is in flight and the queue is empty.
    ///
    /// # Errors
    ///
    /// [`Error::Os`], or [`Error::Closed`] if the system's port itself is gone.
    pub fn drain(&self, packets: &mut Packets, timeout: Option<Duration>) -> Result<Wait, Error> {
        self.wait_until(packets, Deadline::after(timeout), Mode { drain: true, ..Mode::WAIT })
    }

    /// Redeems a finished operation on any thread, by the id of its packet: one whose ticket was
    /// given up with [`InFlight::park`](crate::InFlight::park).
    ///
    /// # Errors
    ///
    /// * [`Error::UnknownOperation`]: not finished, redeemed before, or another port's.
    /// * [`Error::WrongType`]: its buffer is not a `B`; it can still be redeemed as what it is.
    /// * [`Error::StillSubmitting`]: the submitting call has not returned yet; redeem again soon.
    pub fn redeem<B: Send + 'static>(&self, id: OperationId) -> Result<Completed<B>, Error> {
        let slot = self.finished(id)?;
        let before = slot.state.redeem_parked(id.generation).ok_or(Error::UnknownOperation)?;
        // SAFETY:
        // * `redeem_parked` made us the owner of the slot.
        let held = unsafe { slot.buffer_type() };
        if held.map(|held| (held.id)()) != Some(TypeId::of::<B>()) {
            slot.state.put_back_parked(before);
            return Err(Error::WrongType);
        }
        let lease = Lease::adopt(Arc::clone(&self.core), id.index, id.generation + 1);
        // SAFETY:
        // * we own the slot, and it holds a finished `B`.
        Ok(unsafe { Completed::collect(lease, before.was_cancelled()) })
    }

    /// Frees a finished, parked operation without looking at its buffer.
    ///
    /// # Errors
    ///
    /// As [`redeem`](Self::redeem), without `WrongType`.
    pub fn discard(&self, id: OperationId) -> Result<(), Error> {
        let redeemed = self.finished(id)?.state.redeem_parked(id.generation);
        redeemed.ok_or(Error::UnknownOperation)?;
        // SAFETY:
        // * `redeem_parked` made us the owner of the slot, which holds its buffer.
        match unsafe { self.core.drop_buffer(id.index) } {
            Ok(()) => Ok(()),
            Err(payload) => std::panic::resume_unwind(payload),
        }
    }

    /// `PostQueuedCompletionStatus`: puts a packet of the caller's own into the queue.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`], or [`Error::Os`] if the system is out of memory: nothing was posted then.
    #[doc(alias = "PostQueuedCompletionStatus")]
    pub fn post(&self, packet: UserPacket) -> Result<(), Error> {
        if self.is_closed() {
            return Err(Error::Closed);
        }
        os::port_post(self.core.port.handle, packet.bytes, crate::core::keys::USER, packet.token)
            .map_err(|code| Error::os("PostQueuedCompletionStatus", code))
    }

    /// A handle that wakes one waiter of this port from any thread, and does not keep it open.
    #[must_use]
    pub fn waker(&self) -> Waker {
        Waker::new(Arc::clone(&self.core.port))
    }

    /// Closes the port: every waiter, now and later, gets what is there, then [`Error::Closed`].
    ///
    /// Operations in flight go on; take them with [`drain`](Self::drain). The system's handle is
    /// closed when the last reference is gone.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] if it was closed before.
    pub fn close(&self) -> Result<(), Error> {
        if self.core.port.closed.swap(true, Ordering::SeqCst) {
            return Err(Error::Closed);
        }
        self.core.port.post_close();
        Ok(())
    }

    /// Whether [`close`](Self::close) was called, or the system's port is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.core.port.is_closed()
    }

    /// Counts of this moment. Looks at every slot: for diagnosis, not for every message.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.core.stats()
    }

    /// The slot of a finished, parked operation.
    fn finished(&self, id: OperationId) -> Result<&crate::core::slot::Slot, Error> {
        if id.port != self.core.number {
            return Err(Error::UnknownOperation);
        }
        let slot = self.core.slot(id.index);
        let seen = slot.state.load();
        if seen.generation() != id.generation || seen.phase() != Phase::Done || !seen.is_parked() {
            return Err(Error::UnknownOperation);
        }
        if slot.has_returned(id.generation) {
            Ok(slot)
        } else {
            Err(Error::StillSubmitting)
        }
    }

    fn wait_until(
        &self,
        packets: &mut Packets,
        deadline: Deadline,
        mode: Mode,
    ) -> Result<Wait, Error> {
        if packets.is_unreported() {
            let count = packets.len();
            if count > 0 {
                packets.settle_report();
                return Ok(Wait::Packets(count));
            }
        }
        packets.clear();
        let mut close = PassOn { port: self, held: false };
        loop {
            let closed = self.is_closed();
            let left_ms = if closed && !mode.drain { 0 } else { deadline.remaining_ms() };
            let idle = mode.drain && self.core.in_flight() == 0;
            let ms = if idle { 0 } else { left_ms.min(SLICE_MS) };
            match packets.dequeue(&self.core, ms, mode.alertable) {
                Ok(brought) => close.held |= brought.close,
                Err(Code::WAIT_TIMEOUT) if idle => return Ok(Wait::Packets(0)),
                Err(Code::WAIT_TIMEOUT) if closed && !mode.drain => return Err(Error::Closed),
                Err(Code::WAIT_TIMEOUT) => {
                    if left_ms != INFINITE && deadline.remaining_ms() == 0 {
                        return Ok(Wait::TimedOut);
                    }
                }
                Err(Code::WAIT_IO_COMPLETION) => return Ok(Wait::Apc),
                Err(Code::ABANDONED_WAIT | Code::INVALID_HANDLE) => {
                    self.core.port.closed.store(true, Ordering::SeqCst);
                    return Err(Error::Closed);
                }
                Err(code) => return Err(Error::os("GetQueuedCompletionStatusEx", code)),
            }
            if !packets.is_empty() {
                return Ok(Wait::Packets(packets.len()));
            }
            if packets.was_woken() {
                return Ok(Wait::Woken);
            }
        }
    }
}

impl fmt::Debug for CompletionPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompletionPort")
            .field("closed", &self.is_closed())
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

/// How to wait.
#[derive(Clone, Copy)]
struct Mode {
    alertable: bool,
    drain: bool,
}

impl Mode {
    const WAIT: Self = Self { alertable: false, drain: false };
}

/// Holds the close packet while its taker is inside, and passes it on when it leaves.
struct PassOn<'a> {
    port: &'a CompletionPort,
    held: bool,
}

impl Drop for PassOn<'_> {
    fn drop(&mut self) {
        if self.held {
            self.port.core.port.post_close();
        }
    }
}
