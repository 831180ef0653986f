//! A registered stream, as its owner has it: its cell in the queue, its inbox and its outbox.

use std::sync::{atomic::Ordering, Arc, Mutex, OnceLock};
use std::{io, io::IoSliceMut, net::Shutdown, time::Duration};

use crate::base::lent::LentBuffer as Buffer;
use crate::operation::{Completed, Submitted};
use crate::poll::flags::{ELSEWHERE, TIMED};
use crate::poll::native::{SharedStream, StreamSocket};
use crate::poll::source::stream::{Inbox, Later, Room, Stream};
use crate::poll::util::{lock, own};
use crate::poll::{event::Ready, marks::Watch};
use crate::poll::{owner::link::Link, queue::Queue, source::Source};

/// Order of locks: inbox, writing, cell.
pub(super) struct Registered {
    /// Dropped first: the cell is given back before the last reference to the socket is gone.
    pub(super) link: Link,
    /// The socket that it was made of, or the one that was connected. Dropped before what may be in flight on it.
    pub(super) own: SharedStream,
    /// The sockets of further addresses, of which the last may be the stream's.
    later: Option<Later>,
    pub(super) inbox: Mutex<Inbox>,
}

impl Registered {
    /// After an error the socket is given back.
    #[inline(always)]
    pub(super) fn new(
        queue: &Arc<Queue>,
        socket: StreamSocket,
        later: Option<Later>,
        watch: Watch,
    ) -> Result<Self, (io::Error, StreamSocket)> {
        let source = Source::Stream(Stream::default());
        let link = match Link::new(queue, source, Watch { by_owner: true, ..watch }) {
            Ok(link) => link,
            Err(error) => return Err((error, socket)),
        };
        let own = SharedStream::new(socket);
        link.context().marks.inbox.set(ELSEWHERE, later.is_some());
        let inbox = Mutex::new(Inbox::new());
        Ok(Self { link, own, later, inbox })
    }

    /// The socket that is tried, or connected.
    pub(super) fn socket(&self) -> &SharedStream {
        latest(&self.own, &self.later)
    }

    /// Whether its own is the only socket that there is.
    pub(super) fn is_at_home(&self) -> bool {
        self.later.is_none()
    }

    /// Nobody else looks at the sockets now: once the connect is over, only its own is left.
    #[cold]
    fn come_home(&mut self) {
        let inbox = own(&mut self.inbox);
        if !inbox.is_fetched() {
            return;
        }
        if let Some(later) = self.later.take() {
            if let Some(socket) = later.iter().rev().find_map(OnceLock::get) {
                self.own = socket.clone();
            }
            inbox.set_at_home(self.link.context());
        }
    }

    /// The fast path of a read: bytes have arrived, all of them fit, and no more can be there. 0: any other case, for
    /// [`read_mut`](Self::read_mut). Those are out of line and take `&mut self`, which is in a register
    /// already.
    #[inline(always)]
    pub(super) fn read_at_once(&mut self, into: &mut [u8]) -> usize {
        let inbox = own(&mut self.inbox);
        let Some((completed, count)) = inbox.take_arrived() else { return 0 };
        if count == 0 || count > into.len() {
            return self.arrived(completed);
        }
        let operation = completed.into_operation();
        into[..count].copy_from_slice(&operation.buffer()[..count]);
        match inbox.receive_again(&self.own.view(), operation) {
            Ok(()) => count,
            Err(other) => self.go_on(other, count),
        }
    }

    #[cold]
    fn go_on(&mut self, submitted: Submitted<Buffer>, count: usize) -> usize {
        own(&mut self.inbox).go_on(&self.own.view(), self.link.context(), submitted);
        count
    }

    #[cold]
    fn arrived(&mut self, completed: Completed<Buffer>) -> usize {
        own(&mut self.inbox).finished(&self.own.view(), self.link.context(), completed);
        0
    }

    #[cold]
    #[inline(never)]
    pub(super) fn read_mut(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let inbox = own(&mut self.inbox);
        let (socket, at) = (self.own.view(), self.link.context());
        if let Some(read) = inbox.read_found(&socket, at, into) {
            return read;
        }
        match inbox.read_known(&socket, at, into) {
            Some(count) => Ok(count),
            None => self.read_vectored_mut(&mut [IoSliceMut::new(into)]),
        }
    }

    pub(super) fn read_vectored_mut(&mut self, into: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let Self { link, own: first, later, inbox, .. } = self;
        let count = read(link, (first, later), own(inbox), into);
        self.come_home();
        count
    }

    pub(super) fn read(&self, into: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        read(&self.link, (&self.own, &self.later), &mut lock(&self.inbox), into)
    }

    pub(super) fn peek(&self, into: &mut [u8]) -> io::Result<usize> {
        let inbox = &mut lock(&self.inbox);
        fetch(&self.link, inbox);
        inbox.peek(&self.socket().view(), self.link.context(), into)
    }

    pub(super) fn flush(&self) -> io::Result<()> {
        if self.has_nothing_queued() {
            return Ok(());
        }
        self.link.with_stream(|stream, at| stream.flush(at))
    }

    /// Begins to receive on a connected stream, which is new and registered for this. Nothing is in flight, nothing is
    /// queued, and no poller knows of it.
    #[inline(always)]
    pub(super) fn begin(&mut self, watch: Watch) -> io::Result<()> {
        let (link, interests) = (&self.link, watch.interests);
        let at = link.context();
        let inbox = own(&mut self.inbox);
        inbox.begin(&self.own.view(), at, interests.is_readable().then_some(watch.token));
        if interests.is_readable() {
            if let Err(error) = inbox.arm(&self.own.view(), at) {
                inbox.set_direct(&self.own.view(), at, None);
                link.with(|_, at| at.unwatch());
                return Err(error);
            }
        }
        let ready = (inbox.ready(at) | Ready::WRITABLE).wanted(interests);
        if !ready.is_none() {
            inbox.set_event_pending(at, true);
            link.report_if(at.marks.add_pending(ready));
        }
        Ok(())
    }

    /// Replaces token and interests. What is ready already gives an event now.
    pub(super) fn register(&self, watch: Watch) -> io::Result<()> {
        let (link, interests) = (&self.link, watch.interests);
        let mut inbox = lock(&self.inbox);
        link.with_stream(|stream, at| {
            stream.watch(at, watch);
            stream.hand_over(&mut inbox, at)
        });
        let direct = interests.is_readable().then_some(watch.token);
        inbox.set_direct(&self.socket().view(), link.context(), direct);
        if interests.is_readable() {
            if let Err(error) = inbox.arm(&self.socket().view(), link.context()) {
                inbox.set_direct(&self.socket().view(), self.link.context(), None);
                link.with(|_, at| at.unwatch());
                return Err(error);
            }
        }
        // A poller may have dequeued its packet and read the earlier interests: no event follows then.
        inbox.advance(&self.socket().view(), link.context());
        let read = inbox.ready(link.context());
        inbox.set_event_pending(link.context(), true);
        let write = link.with_stream(|stream, at| stream.room(self.socket(), at));
        // ERROR of writing is computed again when the event is delivered.
        let ready = read | write.without(Ready::ERROR);
        let wanted = !ready.wanted(interests).is_none();
        link.report_if(wanted && link.context().marks.add_pending(ready));
        Ok(())
    }

    /// From now on reads and writes are done under the lock of the cell if there is a limit.
    pub(super) fn set_idle_limit(&self, limit: Option<Duration>) {
        let mut inbox = lock(&self.inbox);
        inbox.set_timed(self.link.context(), limit.is_some());
        let _writing = lock(&self.link.writing);
        self.link.direct.store(false, Ordering::Relaxed);
        self.link.with_stream(|stream, at| stream.set_idle_limit(self.socket(), at, limit));
    }

    pub(super) fn deregister(&self) {
        let mut inbox = lock(&self.inbox);
        self.link.with_stream(|stream, at| {
            stream.deregister(at);
            stream.hand_over(&mut inbox, at)
        });
        inbox.set_direct(&self.socket().view(), self.link.context(), None);
    }

    pub(super) fn shut_down(&self, how: Shutdown) -> io::Result<()> {
        let mut inbox = lock(&self.inbox);
        if !self.link.with_stream(|stream, at| stream.hand_over(&mut inbox, at)) {
            return Err(io::ErrorKind::NotConnected.into());
        }
        if how != Shutdown::Write {
            inbox.shut_down(self.link.context());
        }
        drop(inbox);
        if how != Shutdown::Read {
            self.give_up_direct();
            return self.link.with_stream(|stream, _| stream.shut_down_write(self.socket()));
        }
        Ok(())
    }
}

#[cfg(all(test, not(windows)))]
impl Registered {
    pub(super) fn half_dropped(mut self) -> impl std::any::Any {
        let inbox = std::mem::replace(own(&mut self.inbox), Inbox::new());
        (self.own.clone(), inbox)
    }
}

impl Drop for Registered {
    /// Leaves the receive to the stream in the queue, if that stays.
    fn drop(&mut self) {
        let Self { link, own: first, later, inbox } = self;
        let inbox = own(inbox);
        link.release(|source, at| {
            if let Source::Stream(stream) = source {
                stream.take_over(latest(first, later), inbox, at);
            }
        });
    }
}

fn read(
    link: &Link,
    (first, later): (&SharedStream, &Option<Later>),
    inbox: &mut Inbox,
    into: &mut [IoSliceMut<'_>],
) -> io::Result<usize> {
    fetch(link, inbox);
    let count = inbox.read(&latest(first, later).view(), link.context(), &mut Room::new(into))?;
    if count > 0 && link.context().marks.inbox.any(TIMED) {
        link.with_stream(|stream, _| stream.touch());
    }
    Ok(count)
}

/// The socket that is tried, or connected.
pub(super) fn latest<'a>(first: &'a SharedStream, later: &'a Option<Later>) -> &'a SharedStream {
    let mut later = later.iter().flat_map(|later| later.iter().rev());
    later.find_map(OnceLock::get).unwrap_or(first)
}

/// Takes over what was received before the owner knew that the connect is over.
fn fetch(link: &Link, inbox: &mut Inbox) {
    if !inbox.is_fetched() {
        link.with_stream(|stream, at| stream.hand_over(inbox, at));
    }
}
