//! A stream that is registered, as its owner has it: its place in the queue and its own two halves.

use std::{
    io,
    net::Shutdown,
    sync::{Arc, Mutex},
};

use super::{
    inbox::{Buffer, Inbox},
    outbox::Outbox,
    state::Socket,
};
use crate::{
    poll::{event::Ready, link::Link, place::Watch, table::lock, Interests, Token},
    Completed, Submitted,
};

/// Where more than one is locked, it is in the order of reading them here from below.
#[derive(Debug)]
pub(super) struct Member {
    /// Dropped first: the place is given back before the last reference to the socket is gone.
    pub(super) link: Link,
    outbox: Mutex<Outbox>,
    inbox: Mutex<Inbox>,
}

/// An exclusive reference needs no lock. Poison says nothing: no code of the user's runs under them.
fn own<T>(mutex: &mut Mutex<T>) -> &mut T {
    mutex.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Member {
    pub(super) fn new(link: Link, socket: Arc<Socket>) -> Self {
        let outbox = Outbox::new(Arc::clone(&socket));
        let inbox = Inbox::new(socket, link.index(), link.queue.config.zero_read);
        Self { link, outbox: Mutex::new(outbox), inbox: Mutex::new(inbox) }
    }

    /// Reads what has come, where that is all that is to be done. 0: there is more to it.
    ///
    /// What is not usual is out of line and gets the whole member, whose address is at hand.
    #[inline(always)]
    pub(super) fn read_at_once(&mut self, into: &mut [u8]) -> usize {
        let inbox = own(&mut self.inbox);
        let Some((completed, count)) = inbox.take_arrived() else { return 0 };
        // None, or some will be left in its buffer.
        if count == 0 || count > into.len() {
            return self.arrived(completed);
        }
        let operation = completed.into_operation();
        into[..count].copy_from_slice(&operation.buffer()[..count]);
        match inbox.receive_again(operation) {
            Ok(()) => count,
            Err(other) => self.go_on(other, count),
        }
    }

    #[cold]
    fn go_on(&mut self, submitted: Submitted<Buffer>, count: usize) -> usize {
        own(&mut self.inbox).go_on(&self.link, submitted, false);
        count
    }

    #[cold]
    fn arrived(&mut self, completed: Completed<Buffer>) -> usize {
        own(&mut self.inbox).finished(completed);
        0
    }

    /// Goes on after [`read_at_once`](Self::read_at_once).
    #[cold]
    pub(super) fn read_mut(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let inbox = own(&mut self.inbox);
        match inbox.read_found(&self.link, into) {
            Some(count) => Ok(count),
            None => inbox.read(&self.link, into),
        }
    }

    pub(super) fn read(&self, into: &mut [u8]) -> io::Result<usize> {
        lock(&self.inbox).read(&self.link, into)
    }

    #[inline]
    pub(super) fn write_mut(&mut self, bytes: &[u8]) -> io::Result<usize> {
        own(&mut self.outbox).write(&self.link, bytes)
    }

    /// All of it, if it can be sent at once; false, and nothing was done, if it cannot.
    #[inline]
    pub(super) fn write_all_mut(&mut self, bytes: &[u8]) -> io::Result<bool> {
        own(&mut self.outbox).write_all(&self.link, bytes)
    }

    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.outbox).write(&self.link, bytes)
    }

    pub(super) fn flush(&self) -> io::Result<()> {
        if lock(&self.outbox).is_empty() {
            return Ok(());
        }
        self.link.with_stream(|stream, at| stream.flush(at))
    }

    /// Replaces token and interests.
    ///
    /// What is ready already gives an event now, whatever was reported before.
    pub(super) fn register(&self, token: Token, interests: Interests) -> io::Result<()> {
        let link = &self.link;
        let mut inbox = lock(&self.inbox);
        link.with_stream(|stream, at| {
            stream.watch(at, token, interests);
            inbox.fetch(stream)
        });
        inbox.set_tells(interests.is_readable().then_some(token));
        if interests.is_readable() {
            if let Err(error) = inbox.arm_at(link) {
                inbox.set_tells(None);
                let watch = Watch { token, interests: Interests::NONE, direct: true };
                link.with_stream(|_, at| at.place.set_watch(watch));
                return Err(error);
            }
        }
        // A poller may have taken a packet, and not have found these interests.
        inbox.advance();
        let read = inbox.ready();
        inbox.set_told(true);
        let write = link.with_stream(|stream, at| stream.room(at, interests));
        // Whether writing is an error is asked again when it is told.
        let owed = read | write.without(Ready::ERROR);
        if !owed.wanted(interests).is_none() && link.place().owe(owed) {
            link.post();
        }
        Ok(())
    }

    pub(super) fn deregister(&self) {
        let mut inbox = lock(&self.inbox);
        self.link.with_stream(|stream, at| {
            stream.deregister(at);
            inbox.fetch(stream)
        });
        inbox.set_tells(None);
    }

    pub(super) fn shut_down(&self, how: Shutdown) -> io::Result<()> {
        let mut inbox = lock(&self.inbox);
        if !self.link.with_stream(|stream, _| inbox.fetch(stream)) {
            return Err(io::ErrorKind::NotConnected.into());
        }
        if how != Shutdown::Write {
            // Cancels the receive.
            drop(inbox.shut_down());
        }
        drop(inbox);
        if how != Shutdown::Read {
            let idle = lock(&self.outbox).give_up();
            return self.link.with_stream(|stream, _| stream.shut_down_write(idle));
        }
        Ok(())
    }

    pub(super) fn abort(&self) {
        self.link.with_stream(|stream, _| stream.abort());
    }

    /// Dropped as far as its place.
    #[cfg(all(test, not(windows)))]
    pub(super) fn half_dropped(self) -> impl std::any::Any {
        let Self { link, outbox, inbox } = self;
        drop(link);
        (outbox, inbox)
    }
}
