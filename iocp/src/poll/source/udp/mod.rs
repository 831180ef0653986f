//! A registered UDP socket, behind the lock of its cell: one receive and up to two sends in flight.

mod incoming;

use std::{io, mem::take, net::SocketAddr, sync::Arc};

pub use self::incoming::Received;

use self::incoming::Incoming;
use super::send_slot::{SendSlot, LEAST};
use crate::associated::AssociatedSocket;
use crate::operation::{InFlight, Submitted};
use crate::ops::datagram::Datagram;
use crate::poll::tag::{RECV, SEND};
use crate::poll::{context::Context, error::code_of, event::Ready};
use crate::poll::{interests::Interests, lists::Visit, native};

/// The socket is dropped first.
pub(crate) struct Datagrams {
    socket: AssociatedSocket<Arc<native::Udp>>,
    incoming: Incoming,
    sends: [SendSlot<Datagram<Vec<u8>>>; 2],
    /// Why an earlier datagram was not sent: reported once.
    failed: Option<i32>,
    /// The owner waits for the end of a send.
    wants_room: bool,
}

impl Datagrams {
    pub(crate) fn new(socket: AssociatedSocket<Arc<native::Udp>>) -> Self {
        let (incoming, sends) = (Incoming::default(), Default::default());
        Self { socket, incoming, sends, failed: None, wants_room: false }
    }

    /// Starts to receive. True if an event must be posted.
    pub(crate) fn register(&mut self, at: Context<'_>, interests: Interests) -> io::Result<bool> {
        if interests.is_readable() {
            self.arm(at)?;
        }
        let ready = at.wanted(self.ready());
        self.wants_room = interests.is_writable() && !ready.has(Ready::WRITABLE);
        Ok(at.marks.add_pending(ready))
    }

    /// Takes one datagram. The flag: an event must be posted, because another one is there.
    pub(crate) fn receive(
        &mut self,
        at: Context<'_>,
        into: &mut [u8],
    ) -> (io::Result<Received>, bool) {
        if let Err(error) = self.arm(at) {
            return (Err(error), false);
        }
        let Some(received) = self.incoming.take(into) else {
            return (Err(at.would_block()), false);
        };
        // The next read reports an error of this.
        let _ = self.arm(at);
        (received, at.marks.add_pending(self.report(at, Ready::READABLE)))
    }

    pub(crate) fn send(
        &mut self,
        at: Context<'_>,
        bytes: &[u8],
        to: SocketAddr,
    ) -> io::Result<usize> {
        if let Some(code) = self.failed.take() {
            return Err(io::Error::from_raw_os_error(code));
        }
        let Some(slot) = self.sends.iter_mut().find(|slot| slot.flying.is_none()) else {
            self.wants_room = true;
            return Err(at.would_block());
        };
        let mut operation = match slot.idle.take() {
            Some(idle) if idle.buffer().buffer().capacity() >= bytes.len() => idle,
            _ => {
                let capacity = bytes.len().next_power_of_two().max(LEAST);
                at.operation(SEND, None, || Datagram::new(Vec::with_capacity(capacity)))?
            }
        };
        let datagram = operation.buffer_mut();
        datagram.buffer_mut().clear();
        datagram.buffer_mut().extend_from_slice(bytes);
        datagram.set_address(&to);
        match self.socket.send_to(operation) {
            Submitted::Pending(ticket) => slot.flying = Some(ticket),
            Submitted::Ready(completed) => {
                let result = completed.result();
                slot.idle = Some(completed.into_operation());
                result?;
            }
            Submitted::Refused(failed) => {
                slot.idle = Some(failed.value);
                return Err(failed.error.into());
            }
        }
        Ok(bytes.len())
    }

    pub(crate) fn visit(&mut self, visit: Visit, at: Context<'_>) -> Ready {
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
            // It lists nothing for a retry: the number was another source's.
            Visit::Posted | Visit::Retry => at.marks.take_pending(),
        };
        self.report(at, of)
    }

    /// Finishes the sends whose packets were dequeued. Writable if the owner waits for the end of one.
    fn sent(&mut self) -> Ready {
        let mut ready = Ready::NONE;
        for slot in &mut self.sends {
            let Some(completed) = InFlight::take_finished(&mut slot.flying) else { continue };
            if take(&mut self.wants_room) {
                ready = Ready::WRITABLE;
            }
            self.failed = completed.result().err().map(code_of).or(self.failed);
            slot.idle = Some(completed.into_operation());
        }
        ready
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
        // While both sends are in flight the end of one is what the owner still waits for.
        if self.ready().has(Ready::WRITABLE) {
            self.wants_room = false;
        }
        Ready::READABLE | Ready::WRITABLE
    }

    fn arm(&mut self, at: Context<'_>) -> io::Result<()> {
        self.incoming.arm(&self.socket, at)
    }

    /// What of `of` is ready, and wanted.
    fn report(&self, at: Context<'_>, of: Ready) -> Ready {
        at.wanted(self.ready().only(of))
    }

    fn ready(&self) -> Ready {
        let write = match self.failed {
            Some(_) => Ready::WRITABLE | Ready::ERROR,
            None if self.sends.iter().all(|slot| slot.flying.is_some()) => Ready::NONE,
            None => Ready::WRITABLE,
        };
        self.incoming.ready() | write
    }
}
