//! [`Waker`]: makes an event of the queue, from any thread.

use std::{fmt, io, sync::Arc, task::Wake};

use super::link::Link;
use crate::base::error::Error;
use crate::core::{packet::UserPacket, wakes::Wakes};
use crate::poll::source::{waker::Waking, Source};
use crate::poll::{event::Token, marks::Watch, queue::Queue};

/// Makes a readable event with its token, from any thread. Made by
/// [`Registrator::waker`](crate::poll::Registrator::waker); clones are the same.
///
/// Wakes that no poll has reported yet are one event. What was written before a wake is seen by the
/// thread that gets the event. It becomes a [`std::task::Waker`] without an allocation, so that a
/// future which is polled by a thread that waits here wakes it.
#[derive(Clone)]
pub struct Waker {
    shared: Arc<Shared>,
}

struct Shared {
    link: Link,
    wakes: Arc<Wakes>,
}

impl Waker {
    pub(crate) fn new(queue: &Arc<Queue>, token: Token) -> io::Result<Self> {
        let wakes = Arc::new(Wakes::default());
        let watch = Watch { token, ..Watch::NONE };
        let link = Link::new(queue, Source::other(Waking::new(&wakes)), watch)?;
        Ok(Self { shared: Arc::new(Shared { link, wakes }) })
    }

    /// `PostQueuedCompletionStatus`: makes the event, unless one is to come. It comes also if the waker is dropped
    /// meanwhile, as by a thread that has done its work.
    ///
    /// # Errors
    ///
    /// [That of a closed queue](crate::poll::is_closed); the system's error if it is out of memory.
    #[doc(alias = "PostQueuedCompletionStatus")]
    pub fn wake(&self) -> io::Result<()> {
        let Shared { link, wakes } = &*self.shared;
        let hub = link.hub();
        if hub.is_closed() {
            return Err(Error::Closed.into());
        }
        let packet = UserPacket { token: link.context().index as usize, bytes: 0 };
        wakes.wake(|| hub.port.post(packet)).map_err(io::Error::from)
    }
}

impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    /// Reports no failure: what could not be posted is found by the next poll.
    fn wake_by_ref(self: &Arc<Self>) {
        let _ = self.wakes.wake(|| {
            self.link.report_if(true);
            Ok::<_, Error>(())
        });
    }
}

impl From<Waker> for std::task::Waker {
    /// Its wakes are as [`Waker::wake`]; on a queue that is closed they do nothing.
    fn from(waker: Waker) -> Self {
        waker.shared.into()
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waker").field("wakes", &self.shared.wakes).finish_non_exhaustive()
    }
}
