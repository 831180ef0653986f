//! Making a port, its operations, and what is asked of it: wait, post, close, count.

use std::{sync::Arc, time::Duration};

use super::{wait::Mode, CompletionPort, Wait};
use crate::{
    base::buffer::IoBuf,
    base::config::{Config, Stats},
    base::error::{Error, Refused},
    base::timeout::Deadline,
    core::{keys, packet::UserPacket, packets::Packets, shared::Core},
    operation::Operation,
    port::waker::Waker,
};

impl CompletionPort {
    /// `CreateIoCompletionPort`: makes a port with the default limits.
    ///
    /// # Errors
    ///
    /// As [`with_config`](Self::with_config).
    #[doc(alias = "CreateIoCompletionPort")]
    pub fn new() -> Result<Self, Error> {
        Self::with_config(&Config::default())
    }

    /// `CreateIoCompletionPort`: makes a port.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system has no handle or memory left.
    #[doc(alias = "CreateIoCompletionPort")]
    pub fn with_config(config: &Config) -> Result<Self, Error> {
        Ok(Self { core: Arc::new(Core::new(config)?) })
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

    /// [`GetQueuedCompletionStatusEx`](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-getqueuedcompletionstatusex):
    /// waits for packets.
    ///
    /// `timeout`: `None` waits for ever, zero polls, anything else is rounded up to milliseconds and
    /// never returns early. After [`close`](Self::close) it takes what is there without blocking,
    /// then says [`Error::Closed`]. Several threads may wait at once.
    ///
    /// A wait is made of system calls of at most 5 seconds each: so a thread that has nothing to do wakes that
    /// often for a moment, and a packet of the port's own that was lost (a post may fail) costs time only.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`], or [`Error::Os`].
    ///
    /// # Panics
    ///
    /// If the buffer of a dropped ticket panics in its own drop; of several that do, the first is seen. All packets
    /// of the batch are settled before, and the port keeps them: the next wait reports them, on whichever thread and with
    /// whichever [`Packets`]. A thread that waits already is woken for them.
    #[doc(alias = "GetQueuedCompletionStatusEx")]
    #[inline]
    pub fn wait(&self, packets: &mut Packets, timeout: Option<Duration>) -> Result<Wait, Error> {
        self.wait_for(packets, timeout)
    }

    /// As [`wait`](Self::wait), also ended by an asynchronous procedure call queued to this thread:
    /// [`Wait::Apc`].
    ///
    /// A thread that has not taken a packet from this port yet may be told of a call while packets are
    /// there (fact PORT01: the next wait takes them); one that has is given the packets first, and its
    /// calls wait (fact PORT02).
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait).
    pub fn wait_alertable(
        &self,
        packets: &mut Packets,
        timeout: Option<Duration>,
    ) -> Result<Wait, Error> {
        self.wait_until(packets, Deadline::after(timeout), Mode::Alertable)
    }

    /// Takes the packets of operations still in flight, also after [`close`](Self::close).
    ///
    /// Returns `Packets(0)` once nothing is in flight and the queue is empty, and `TimedOut` if
    /// something still is when the time has passed. It cancels nothing: drop or cancel the sockets
    /// first, or a receive from a silent peer keeps `drain(None)` waiting for ever.
    ///
    /// # Errors
    ///
    /// [`Error::Os`], or [`Error::Closed`] if the system's port itself is gone.
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait).
    pub fn drain(&self, packets: &mut Packets, timeout: Option<Duration>) -> Result<Wait, Error> {
        self.wait_until(packets, Deadline::after(timeout), Mode::Drain)
    }

    /// [`PostQueuedCompletionStatus`](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-postqueuedcompletionstatus):
    /// puts a packet of the caller's own into the queue.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`], or [`Error::Os`] if the system is out of memory: nothing was posted then.
    #[doc(alias = "PostQueuedCompletionStatus")]
    pub fn post(&self, packet: UserPacket) -> Result<(), Error> {
        if self.is_closed() {
            return Err(Error::Closed);
        }
        let port = &self.core.port;
        port.post(packet.bytes, keys::USER, packet.token)
            .map_err(|code| Error::os("PostQueuedCompletionStatus", code))
    }

    /// The packet key to give to other code that sends packets to this port, such as a job
    /// object (`JOBOBJECT_ASSOCIATE_COMPLETION_PORT`): they arrive as
    /// [`Packet::External`](crate::Packet::External) with this number. `None` above
    /// `usize::MAX / 8`.
    #[must_use]
    pub fn external_key(&self, number: usize) -> Option<usize> {
        keys::external(number)
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
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{CompletionPort, Error, Packets};
    ///
    /// let port = CompletionPort::new()?;
    /// let mut packets = Packets::with_capacity(8);
    /// std::thread::scope(|scope| {
    ///     let waiter = scope.spawn(|| port.wait(&mut packets, None));
    ///     port.close()?;
    ///     assert_eq!(waiter.join().expect("no panic"), Err(Error::Closed));
    ///     Ok::<_, Error>(())
    /// })?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    pub fn close(&self) -> Result<(), Error> {
        if !self.core.close() {
            return Err(Error::Closed);
        }
        self.core.port.post_close();
        Ok(())
    }

    /// As [`close_handle`](crate::close_handle).
    pub(crate) fn close_handle(self) -> Result<(), Error> {
        if self.core.close() {
            self.core.port.post_close();
        }
        let handle = Arc::downgrade(&self.core.port);
        drop(self);
        match handle.strong_count() {
            0 => Ok(()),
            _ => Err(Error::InUse),
        }
    }

    /// Whether [`close`](Self::close) was called, or the system's port is gone.
    #[must_use]
    #[inline]
    pub fn is_closed(&self) -> bool {
        self.core.port.is_closed()
    }

    /// Counts of this moment. Looks at every slot: for diagnosis, not for every message.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.core.stats()
    }
}
