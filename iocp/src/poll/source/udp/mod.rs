//! A registered UDP socket, behind the lock of its cell: how it receives, and one send in flight.

mod incoming;

use std::{any::Any, io, mem::take, net::SocketAddr};

pub use self::incoming::Received;

use self::incoming::Incoming;
use super::{other::Other, slot::Slot};
use crate::operation::InFlight;
use crate::ops::datagram::Datagram;
use crate::os::{self, Code};
use crate::poll::hub::LEAST;
use crate::poll::native::UdpAssociated;
use crate::poll::tag::{RECV, SEND};
use crate::poll::{context::Context, error::code_of, event::Ready};
use crate::poll::{lists::Visit, marks::Watch};

/// The socket is dropped first.
pub(crate) struct Datagrams {
    socket: UdpAssociated,
    incoming: Incoming,
    /// Of a datagram that the system did not take at once.
    send: Slot<Datagram<Vec<u8>>>,
    /// Why an earlier datagram was not sent: said once.
    failed: Option<i32>,
    /// The owner waits for the end of the send.
    wants_room: bool,
}

impl Datagrams {
    /// `lent`: bytes of the buffer that is lent while it waits; 0: none.
    pub(crate) fn new(socket: UdpAssociated, lent: usize) -> Self {
        let (incoming, send) = (Incoming::new(lent), Slot::default());
        Self { socket, incoming, send, failed: None, wants_room: false }
    }

    pub(crate) fn deregister(&mut self, at: Context<'_>) {
        at.unwatch();
        self.incoming.set_direct(&self.socket, at, None);
    }

    /// Takes one datagram, or looks at it.
    pub(crate) fn receive(
        &mut self,
        at: Context<'_>,
        into: &mut [u8],
        peek: bool,
    ) -> io::Result<Received> {
        self.incoming.receive(&self.socket, at, into, peek)
    }

    /// Sends one datagram, to the peer that the socket is connected to if no other is named.
    pub(crate) fn send(
        &mut self,
        at: Context<'_>,
        bytes: &[u8],
        to: Option<SocketAddr>,
    ) -> io::Result<usize> {
        if let Some(code) = self.failed.take() {
            return Err(io::Error::from_raw_os_error(code));
        }
        if at.hub.is_closed() {
            return Err(at.would_block());
        }
        // They leave in the order of the calls.
        if self.send.flying.is_some() {
            self.wants_room = true;
            return Err(at.would_block());
        }
        match os::send_now(os::borrow_socket(&self.socket), bytes, to.as_ref()) {
            Ok(()) => Ok(bytes.len()),
            Err(Code::WOULD_BLOCK) => self.send_later(at, bytes, to),
            Err(code) => Err(code.into_io()),
        }
    }

    /// The system has no room for it now: copies it, and sends the copy.
    #[cold]
    fn send_later(
        &mut self,
        at: Context<'_>,
        bytes: &[u8],
        to: Option<SocketAddr>,
    ) -> io::Result<usize> {
        let is_of_use = |idle: &Datagram<Vec<u8>>| idle.buffer().capacity() >= bytes.len();
        let capacity = bytes.len().next_power_of_two().max(LEAST);
        let made = || Datagram::new(Vec::with_capacity(capacity));
        let mut operation = self.send.take(at, SEND, is_of_use, made)?;
        let datagram = operation.buffer_mut();
        datagram.buffer_mut().clear();
        datagram.buffer_mut().extend_from_slice(bytes);
        let submitted = match &to {
            Some(to) => {
                datagram.set_address(to);
                self.socket.send_to(operation)
            }
            None => self.socket.send(operation),
        };
        if let Some(completed) = self.send.submitted(submitted)? {
            let result = completed.result();
            self.send.idle = Some(completed.into_operation());
            result?;
        }
        Ok(bytes.len())
    }

    /// Finishes the send if its packet was dequeued. Writable if the owner waits for that.
    fn sent(&mut self) -> Ready {
        let Some(completed) = InFlight::take_finished(&mut self.send.flying) else {
            return Ready::NONE;
        };
        self.failed = completed.result().err().map(code_of).or(self.failed);
        self.send.idle = Some(completed.into_operation());
        if take(&mut self.wants_room) {
            return Ready::WRITABLE;
        }
        Ready::NONE
    }

    /// The port has room again: tries what it has refused. What may be ready by that.
    fn retry_refused(&mut self, at: Context<'_>) -> Ready {
        // `|` takes both notes.
        if !(at.marks.take_starved(RECV) | at.marks.take_starved(SEND)) {
            return Ready::NONE;
        }
        if at.marks.watch().interests.is_readable() {
            let _ = self.arm(at);
        }
        // While a send is in flight its end is what the owner still waits for.
        if self.ready().has(Ready::WRITABLE) {
            self.wants_room = false;
        }
        Ready::READABLE | Ready::WRITABLE
    }

    fn arm(&mut self, at: Context<'_>) -> io::Result<()> {
        self.incoming.arm(&self.socket, at)
    }

    fn ready(&self) -> Ready {
        let write = match self.failed {
            Some(_) => Ready::WRITABLE | Ready::ERROR,
            None if self.send.flying.is_some() => Ready::NONE,
            None => Ready::WRITABLE,
        };
        self.incoming.ready() | write
    }
}

impl Other for Datagrams {
    /// Waits for datagrams. True if an event must be posted.
    fn register(&mut self, at: Context<'_>, watch: Watch) -> io::Result<bool> {
        let readable = watch.interests.is_readable();
        self.incoming.set_direct(&self.socket, at, readable.then_some(watch.token));
        // A poller may have dequeued its packet and read the earlier interests: no event follows then.
        self.incoming.advance();
        if readable {
            if let Err(error) = self.arm(at) {
                self.incoming.set_direct(&self.socket, at, None);
                return Err(error);
            }
        }
        let ready = at.wanted(self.ready());
        self.wants_room = watch.interests.is_writable() && !ready.has(Ready::WRITABLE);
        Ok(at.marks.add_pending(ready))
    }

    fn visit(&mut self, visit: Visit, at: Context<'_>) -> Ready {
        let of = match visit {
            Visit::Finished(SEND) => self.sent(),
            Visit::Finished(_) => {
                if self.incoming.advance() {
                    // The next read reports an error of this.
                    let _ = self.arm(at);
                }
                Ready::READABLE
            }
            Visit::Drained => self.retry_refused(at),
            // It lists nothing for a retry, and accepts nothing: the number was another source's.
            Visit::Posted | Visit::Retry | Visit::Accepted(_) => at.marks.take_pending(),
        };
        at.wanted(self.ready().only(of))
    }

    fn spare_idle(&mut self) {
        self.send.idle = None;
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
