//! Making an event from another thread.

use std::{fmt, io, sync::Arc};

use super::{
    context::Settled,
    event::{Ready, Token},
    link::Link,
    queue::{closed, Queue},
    source::Source,
};
use crate::{core::wakes::Wakes, UserPacket};

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
    wakes: Arc<Wakes>,
}

/// The part of a waker that belongs to the queue.
#[derive(Debug)]
pub(super) struct Wakeable {
    token: Token,
    wakes: Arc<Wakes>,
}

impl Waker {
    pub(super) fn new(queue: &Arc<Queue>, token: Token) -> io::Result<Self> {
        let wakes = Arc::new(Wakes::default());
        let source = Source::Waker(Wakeable { token, wakes: Arc::clone(&wakes) });
        let link = Link::new(queue, source)?;
        Ok(Self { shared: Arc::new(Shared { link, wakes }) })
    }

    /// `PostQueuedCompletionStatus`: makes the event, unless one is on its way. Keep the waker: when the
    /// last of its clones is dropped its events end, also one that is on its way.
    ///
    /// # Errors
    ///
    /// Kind `Interrupted` if the queue is closed; the system's error if it is out of memory.
    pub fn wake(&self) -> io::Result<()> {
        let Shared { link, wakes } = &*self.shared;
        if link.queue.is_closed() {
            return Err(closed());
        }
        let packet = UserPacket { token: link.number(), bytes: 0 };
        wakes.wake(|| link.queue.port.post(packet)).map_err(io::Error::from)
    }
}

impl Wakeable {
    pub(super) fn token(&self) -> Token {
        self.token
    }

    pub(super) fn owed(&self) -> Settled {
        let ready = if self.wakes.heard() { Ready::READABLE } else { Ready::NONE };
        Settled::new(self.token, ready)
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waker").field("wakes", &self.shared.wakes).finish_non_exhaustive()
    }
}
