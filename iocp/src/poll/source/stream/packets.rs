//! A poller's visit of a stream: finishes its connect and its sends, and reports its pending event.
//!
//! Packets of its receives do not lead here: `queue/deliver.rs` makes events of them.

use super::connect::{submit, Connecting, Progress};
use super::{inbox::Inbox, More, Stream};
use crate::poll::native::SharedStream;
use crate::poll::tag::{CONNECT, RECV, SEND};
use crate::poll::{context::Context, event::Ready, lists::Visit};
use crate::{operation::Operation, ops::connect::Connect};

impl Stream {
    /// Starts to connect to the `first` address, on the stream's first socket. True if that is over already
    /// and an event must be posted.
    pub(crate) fn connect(
        &mut self,
        socket: &SharedStream,
        at: Context<'_>,
        first: Operation<Connect>,
        mut connecting: Connecting,
    ) -> bool {
        let more = self.more(socket);
        let submitted = submit(&more.socket.view(), at, first);
        let progress = connecting.go_on(&mut more.socket, at, Ok(submitted));
        let Some(ready) = self.note_progress(progress, connecting, at) else { return false };
        if self.broken().is_some() {
            return at.marks.add_pending(ready | Ready::CONNECT_FAILED);
        }
        !at.wanted(ready).is_none() && at.marks.add_pending(ready)
    }

    fn connect_finished(&mut self, at: Context<'_>) -> Ready {
        let Some(more) = self.more.as_mut() else { return Ready::NONE };
        let Some((mut connecting, _)) = more.connecting.take() else { return Ready::NONE };
        let progress = connecting.finish(&mut more.socket, at);
        let Some(ready) = self.note_progress(progress, connecting, at) else { return Ready::NONE };
        self.with_failure(self.broken().is_some(), at.wanted(ready))
    }

    /// Adds an error, if the connect has `failed`: whatever the interests, but not after `deregister`.
    fn with_failure(&self, failed: bool, ready: Ready) -> Ready {
        if failed && !self.silent {
            return ready | Ready::ERROR;
        }
        ready
    }

    /// Notes how far the connect has come. What is ready if it is over.
    fn note_progress(
        &mut self,
        progress: Progress,
        connecting: Connecting,
        at: Context<'_>,
    ) -> Option<Ready> {
        let more = self.more.as_mut()?;
        match progress {
            Ok(true) => Some(more.receive_early(at) | self.write_ready(at)),
            Ok(false) => {
                more.connecting = Some((connecting, Self::connect_finished));
                None
            }
            Err(code) => {
                more.broken = Some(code);
                Some(Ready::OF_READING | Ready::WRITABLE)
            }
        }
    }

    pub(crate) fn visit(&mut self, visit: Visit, at: Context<'_>) -> Ready {
        if self.lingers().is_some() {
            if matches!(visit, Visit::Drained) {
                at.marks.take_starved(SEND);
                at.marks.take_starved(RECV);
            }
            self.advance_end(at);
            return Ready::NONE;
        }
        match visit {
            Visit::Finished(CONNECT) => {
                self.touch();
                let connecting = self.more.as_ref().and_then(|more| more.connecting.as_ref());
                let finished = connecting.map(|(_, finished)| *finished);
                finished.map_or(Ready::NONE, |finished| finished(self, at))
            }
            Visit::Finished(SEND) => {
                self.touch();
                self.sent(at)
            }
            Visit::Retry => self.sent(at),
            Visit::Finished(_) | Visit::Accepted(_) => Ready::NONE,
            Visit::Posted => self.posted(at),
            Visit::Drained => self.retry_refused(at),
        }
    }

    /// Takes the pending event: what of it is still so.
    fn posted(&mut self, at: Context<'_>) -> Ready {
        let pending = at.marks.take_pending();
        let mut ready = pending.only(Ready::READABLE);
        if pending.has(Ready::WRITABLE) {
            ready = ready | self.write_ready(at);
        }
        self.with_failure(pending.has(Ready::CONNECT_FAILED), at.wanted(ready))
    }

    /// Finishes sends and starts others. Writable if that is what the owner waits for.
    fn sent(&mut self, at: Context<'_>) -> Ready {
        let Some((sending, socket)) = self.queue_mut() else { return Ready::NONE };
        if sending.go_on(&socket, at) {
            return at.wanted(self.write_ready(at));
        }
        Ready::NONE
    }

    /// The port has room again: sends what it has refused. A receive is tried by the owner's next read.
    fn retry_refused(&mut self, at: Context<'_>) -> Ready {
        let sent = if at.marks.take_starved(SEND) { self.sent(at) } else { Ready::NONE };
        let read = if at.marks.take_starved(RECV) { Ready::READABLE } else { Ready::NONE };
        sent | at.wanted(read)
    }
}

impl More {
    /// Receives for the owner, if it is registered for that. What can be read.
    fn receive_early(&mut self, at: Context<'_>) -> Ready {
        let watch = at.marks.watch();
        if !watch.interests.is_readable() {
            return Ready::NONE;
        }
        let mut early = Box::new(Inbox::new());
        early.fetch(at, None, None);
        let socket = self.socket.view();
        early.set_direct(&socket, at, Some(watch.token));
        // The first read reports an error of this.
        let _ = early.arm(&socket, at);
        let ready = early.ready(at);
        self.early = Some(early);
        ready
    }
}
