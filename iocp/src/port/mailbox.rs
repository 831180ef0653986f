//! Messages of any type into a port's queue, from any thread.
//!
//! A packet carries two numbers. So messages lie in a queue beside the port, and a packet is posted for those
//! that nobody has looked at since the last one. The message is pushed first: if the post then fails, the
//! sender takes it back.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc, Mutex, MutexGuard, PoisonError,
    },
};

use crate::{
    base::error::{Error, Refused},
    core::{keys::MAIL, port_handle::PortHandle, wakes::Wakes},
    port::CompletionPort,
};

/// Messages, oldest first, each with its number.
struct Queue<M> {
    messages: Mutex<VecDeque<(u64, M)>>,
    next: AtomicU64,
    /// Heard by each look into the queue.
    wakes: Wakes,
}

impl<M> Queue<M> {
    /// No code of the user's runs under the lock, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, VecDeque<(u64, M)>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes messages. Made by [`CompletionPort::mailbox`].
pub struct Mailbox<M> {
    queue: Arc<Queue<M>>,
}

/// Sends messages to a [`Mailbox`]; clone it for every thread. It does not keep the port open.
pub struct Sender<M> {
    queue: Arc<Queue<M>>,
    port: Arc<PortHandle>,
    key: usize,
}

impl CompletionPort {
    /// Makes a mailbox: a message that is sent wakes one waiter with
    /// [`Packet::Mail`](crate::Packet::Mail) of this `key`.
    ///
    /// One packet stands for all messages that are sent until somebody [takes](Mailbox::take) one: so a burst
    /// costs one system call and one packet. At each such packet, take messages **until there are none**: those
    /// that are left give no packet of their own before another is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{CompletionPort, Packet, Packets};
    ///
    /// let port = CompletionPort::new()?;
    /// let (sender, mailbox) = port.mailbox::<String>(3);
    /// let worker = std::thread::spawn(move || sender.send("hello".to_owned()));
    ///
    /// let mut packets = Packets::with_capacity(8);
    /// port.wait(&mut packets, None)?;
    /// assert_eq!(packets.iter().next(), Some(&Packet::Mail { key: 3 }));
    /// while let Some(message) = mailbox.take() {
    ///     assert_eq!(message, "hello");
    /// }
    /// # worker.join().expect("no panic")?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn mailbox<M: Send>(&self, key: usize) -> (Sender<M>, Mailbox<M>) {
        let queue = Arc::new(Queue {
            messages: Mutex::new(VecDeque::new()),
            next: AtomicU64::new(0),
            wakes: Wakes::default(),
        });
        let port = Arc::clone(&self.core.port);
        (Sender { queue: Arc::clone(&queue), port, key }, Mailbox { queue })
    }
}

impl<M: Send> Sender<M> {
    /// `PostQueuedCompletionStatus`: sends a message; no packet is posted while one of this mailbox waits to be
    /// heard. Where the [`Mailbox`] is gone, messages stay in
    /// the queue and are dropped with the last sender.
    ///
    /// # Errors
    ///
    /// The message comes back, undelivered, with [`Error::Closed`], or [`Error::Os`] if the system
    /// is out of memory.
    #[doc(alias = "PostQueuedCompletionStatus")]
    pub fn send(&self, message: M) -> Result<(), Refused<M>> {
        if self.port.is_closed() {
            return Err(Refused { error: Error::Closed, value: message });
        }
        let number = self.queue.next.fetch_add(1, Ordering::Relaxed);
        self.queue.lock().push_back((number, message));
        let sent = self.queue.wakes.wake(|| self.port.post(0, MAIL, self.key));
        let Err(code) = sent else { return Ok(()) };
        let mut queue = self.queue.lock();
        let Some(at) = queue.iter().position(|&(sent, _)| sent == number) else {
            // A waiter took it at the packet of another message.
            return Ok(());
        };
        let taken = queue.remove(at);
        drop(queue);
        match taken {
            Some((_, value)) => {
                Err(Refused { error: Error::os("PostQueuedCompletionStatus", code), value })
            }
            None => Ok(()),
        }
    }
}

impl<M: Send> Mailbox<M> {
    /// Takes the oldest message. `None` if there is none: call it until then at each
    /// [`Packet::Mail`](crate::Packet::Mail).
    #[must_use]
    pub fn take(&self) -> Option<M> {
        // Before the look: who sends after it posts a packet.
        self.queue.wakes.heard();
        self.queue.lock().pop_front().map(|(_, message)| message)
    }

    /// How many messages wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queue.lock().len()
    }

    /// Whether no message waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<M> Clone for Sender<M> {
    fn clone(&self) -> Self {
        Self { queue: Arc::clone(&self.queue), port: Arc::clone(&self.port), key: self.key }
    }
}

impl<M> fmt::Debug for Sender<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("key", &self.key).finish_non_exhaustive()
    }
}

impl<M> fmt::Debug for Mailbox<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("waiting", &self.queue.lock().len()).finish()
    }
}
