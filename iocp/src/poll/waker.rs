//! Making an event from another thread.

use std::{
    fmt, io,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
};

use super::{
    event::{Ready, Token},
    queue::{closed, Queue, Settled},
    registrator::Link,
    source::Source,
};
use crate::UserPacket;

/// Makes a readable event with its token, from any thread. Made by
/// [`Registrator::waker`](super::Registrator::waker); clones are the same.
///
/// Wakes that no poll has reported yet are one event. What was written before a wake is seen by the
/// thread that gets the event.
#[derive(Clone)]
pub struct Waker {
    shared: Arc<Shared>,
}

struct Shared {
    link: Link,
    pending: Arc<AtomicBool>,
}

/// The part of a waker that belongs to the queue.
#[derive(Debug)]
pub(super) struct Wakeable {
    token: Token,
    pending: Arc<AtomicBool>,
}

impl Waker {
    pub(super) fn new(queue: &Arc<Queue>, token: Token) -> io::Result<Self> {
        let pending = Arc::new(AtomicBool::new(false));
        let source = Source::Waker(Wakeable { token, pending: Arc::clone(&pending) });
        let link = Link::new(queue, source)?;
        Ok(Self { shared: Arc::new(Shared { link, pending }) })
    }

    /// `PostQueuedCompletionStatus`: makes the event, unless one is on its way.
    ///
    /// # Errors
    ///
    /// Kind `Interrupted` if the queue is closed; the system's error if it is out of memory.
    pub fn wake(&self) -> io::Result<()> {
        let Shared { link, pending } = &*self.shared;
        if link.queue.is_closed() {
            return Err(closed());
        }
        if pending.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let packet = UserPacket { token: link.number(), bytes: 0 };
        link.queue.port.post(packet).map_err(|error| {
            pending.store(false, Ordering::Release);
            error.into()
        })
    }
}

impl Wakeable {
    pub(super) fn token(&self) -> Token {
        self.token
    }

    pub(super) fn owed(&self) -> Settled {
        let pending = self.pending.swap(false, Ordering::AcqRel);
        Settled::new(self.token, if pending { Ready::READABLE } else { Ready::NONE })
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pending = self.shared.pending.load(Ordering::Relaxed);
        f.debug_struct("Waker").field("pending", &pending).finish_non_exhaustive()
    }
}
