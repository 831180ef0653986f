//! What a poller does about a stream: the end of its connect, its sends, and its pending event.

use std::sync::Arc;

use super::connect::{Addresses, Connecting, Later, Progress};
use super::{inbox::Inbox, Stream};
use crate::operation::Operation;
use crate::ops::connect::Connect;
use crate::poll::tag::{CONNECT, RECV, SEND};
use crate::poll::{context::Context, event::Ready};

impl Stream {
    /// Starts to connect. True if that is over already, and an event must be posted.
    pub(crate) fn connect(
        &mut self,
        at: Context<'_>,
        first: Operation<Connect>,
        addresses: Addresses,
        tail: Arc<Later>,
    ) -> bool {
        let progress = Connecting::start(&mut self.socket, at, first, addresses, tail);
        if !self.has_come(progress) {
            return false;
        }
        let read = self.connect_over(at);
        if self.broken.is_some() {
            return at.marks.add_pending(Ready::CONNECT_FAILED | Ready::WRITABLE | read);
        }
        let ready = read | Ready::WRITABLE;
        !at.wanted(ready).is_none() && at.marks.add_pending(ready)
    }

    /// Notes how far the connect has come. True if it is over.
    fn has_come(&mut self, progress: Progress) -> bool {
        match progress {
            Progress::Connecting(connecting) => self.connecting = Some(connecting),
            Progress::Connected => return true,
            Progress::Failed(code) => {
                self.broken = Some(code);
                return true;
            }
        }
        false
    }

    /// It is connected, or will never be. What can be read.
    fn connect_over(&mut self, at: Context<'_>) -> Ready {
        if self.broken.is_some() {
            return Ready::OF_READING;
        }
        let watch = at.marks.watch();
        if !watch.interests.is_readable() {
            return Ready::NONE;
        }
        let zero_read = at.hub.config.zero_read;
        let mut early = Box::new(Inbox::connected(Arc::clone(&self.socket), at.index, zero_read));
        early.set_direct(Some(watch.token));
        // The first read reports an error of this.
        let _ = early.arm(at);
        let ready = early.ready();
        self.early = Some(early);
        ready
    }

    fn connect_finished(&mut self, at: Context<'_>) -> Ready {
        let Some(connecting) = self.connecting.take() else { return Ready::NONE };
        let progress = connecting.finish(&mut self.socket, at);
        if !self.has_come(progress) {
            return Ready::NONE;
        }
        let read = self.connect_over(at);
        let ready = at.wanted(read | self.write_ready(at));
        if self.broken.is_some() && !self.silent {
            return ready | Ready::ERROR;
        }
        ready
    }

    /// The packet of the pending event has come: reports what is still so of it.
    pub(crate) fn posted(&mut self, at: Context<'_>) -> Ready {
        let pending = at.marks.take_pending();
        let mut ready = pending.only(Ready::READABLE);
        if pending.has(Ready::WRITABLE) {
            ready = ready | self.write_ready(at);
        }
        let ready = at.wanted(ready);
        if pending.has(Ready::CONNECT_FAILED) && !self.silent {
            return ready | Ready::ERROR;
        }
        ready
    }

    pub(crate) fn finished(&mut self, kind: usize, at: Context<'_>) -> Ready {
        match kind {
            SEND => self.sent(at),
            CONNECT => self.connect_finished(at),
            _ => Ready::NONE,
        }
    }

    /// Its sends may have finished, or what could not be sent a while ago is tried again.
    pub(crate) fn sent(&mut self, at: Context<'_>) -> Ready {
        let Some(sending) = self.sending.as_mut() else { return Ready::NONE };
        if sending.finished(&self.socket, at) {
            return at.wanted(self.write_ready(at));
        }
        Ready::NONE
    }

    /// The port has room again: tries what it had no room for.
    pub(crate) fn drained(&mut self, at: Context<'_>) -> Ready {
        let read = at.marks.take_starved(RECV);
        let mut ready = Ready::NONE;
        if at.marks.take_starved(SEND) {
            // Writable only if its owner waits for that, as after any send.
            ready = self.sent(at);
        }
        if read {
            // The owner's next read tries.
            ready = ready | at.wanted(Ready::READABLE);
        }
        ready
    }
}
