//! A registered UDP socket, as its lock guards it: one receive, up to two sends.

use std::{io, net::SocketAddr, sync::Arc};

use super::Received;
use crate::{
    poll::{
        context::{Context, Settled, RECV, SEND},
        event::{Ready, Token},
        native,
        stream::code_of,
        Interests,
    },
    Associated, Completed, CompletionKind, Datagram, Error, InFlight, Operation, Submitted,
};

/// The part of a socket that belongs to the queue. The socket is dropped first.
#[derive(Debug)]
pub(in crate::poll) struct Datagrams {
    socket: Associated<Arc<native::Udp>>,
    recv: Recv,
    sends: [Send; 2],
    /// Why an earlier datagram did not leave.
    failed: Option<i32>,
    wants_room: bool,
    token: Token,
    interests: Interests,
    owed: Ready,
    posted: bool,
    starved: bool,
}

type Incoming = Datagram<Box<[u8]>>;
type Outgoing = Datagram<Vec<u8>>;

#[derive(Debug)]
enum Recv {
    None,
    Idle(Operation<Incoming>),
    Flying(InFlight<Incoming>),
    Filled {
        operation: Operation<Incoming>,
        len: usize,
        is_truncated: bool,
    },
    /// Word of an earlier datagram, or a passing failure: said once.
    Failed {
        operation: Operation<Incoming>,
        code: i32,
    },
}

#[derive(Debug)]
enum Send {
    None,
    Idle(Operation<Outgoing>),
    Flying(InFlight<Outgoing>),
}

impl Datagrams {
    pub(super) fn new(socket: Associated<Arc<native::Udp>>) -> Self {
        Self {
            socket,
            recv: Recv::None,
            sends: [Send::None, Send::None],
            failed: None,
            wants_room: false,
            token: 0,
            interests: Interests::NONE,
            owed: Ready::NONE,
            posted: false,
            starved: false,
        }
    }

    /// Replaces token and interests. True if an event must be posted.
    pub(super) fn register(
        &mut self,
        at: Context<'_>,
        token: Token,
        interests: Interests,
    ) -> io::Result<bool> {
        (self.token, self.interests) = (token, interests);
        self.owed = Ready::NONE;
        if interests.is_readable() {
            if let Err(error) = self.arm(at) {
                self.interests = Interests::NONE;
                return Err(error);
            }
        }
        let ready = self.now().wanted(interests);
        self.wants_room = interests.is_writable() && !ready.has(Ready::WRITABLE);
        Ok(self.owe(ready))
    }

    pub(super) fn deregister(&mut self) {
        self.interests = Interests::NONE;
        self.owed = Ready::NONE;
    }

    fn owe(&mut self, ready: Ready) -> bool {
        if ready.is_none() {
            return false;
        }
        self.owed = self.owed | ready;
        !std::mem::replace(&mut self.posted, true)
    }

    pub(in crate::poll) fn owed(&mut self) -> Settled {
        self.posted = false;
        let owed = std::mem::take(&mut self.owed);
        self.report(owed)
    }

    pub(in crate::poll) fn finished(&mut self, kind: usize, at: Context<'_>) -> Settled {
        if kind == SEND {
            let freed = self.sent();
            let tells = freed && std::mem::take(&mut self.wants_room);
            return self.report(if tells { Ready::WRITABLE } else { Ready::NONE });
        }
        match std::mem::replace(&mut self.recv, Recv::None) {
            Recv::Flying(ticket) => match ticket.finish() {
                Ok(completed) => self.received(completed),
                Err(ticket) => self.recv = Recv::Flying(ticket),
            },
            other => self.recv = other,
        }
        if matches!(self.recv, Recv::Idle(_)) {
            // An error of this is said by the next read.
            let _ = self.arm(at);
        }
        self.report(Ready::READABLE)
    }

    /// The port has room again.
    pub(in crate::poll) fn drained(&mut self, at: Context<'_>) -> Settled {
        if !std::mem::take(&mut self.starved) {
            return self.report(Ready::NONE);
        }
        if self.interests.is_readable() {
            let _ = self.arm(at);
        }
        // Both sends may still be on their way: then there is no room yet, and their end tells.
        if self.now().has(Ready::WRITABLE) {
            self.wants_room = false;
        }
        self.report(Ready::READABLE | Ready::WRITABLE)
    }

    fn report(&self, of: Ready) -> Settled {
        Settled::new(self.token, self.now().only(of).wanted(self.interests))
    }

    fn now(&self) -> Ready {
        let read = match self.recv {
            Recv::Filled { .. } => Ready::READABLE,
            Recv::Failed { .. } => Ready::READABLE | Ready::ERROR,
            _ => Ready::NONE,
        };
        let room = self.sends.iter().any(|send| !matches!(send, Send::Flying(_)));
        match self.failed {
            Some(_) => read | Ready::WRITABLE | Ready::ERROR,
            None if room => read | Ready::WRITABLE,
            None => read,
        }
    }

    /// Puts a receive in flight if none is and nothing waits to be taken.
    fn arm(&mut self, at: Context<'_>) -> io::Result<()> {
        if matches!(self.recv, Recv::None) {
            let buffer = vec![0; at.queue.config.datagram_buffer].into_boxed_slice();
            let made = at.operation(Datagram::new(buffer), RECV, &mut self.starved);
            self.recv = Recv::Idle(made?);
        }
        for _ in 0..4 {
            let operation = match std::mem::replace(&mut self.recv, Recv::None) {
                Recv::Idle(operation) => operation,
                other => {
                    self.recv = other;
                    return Ok(());
                }
            };
            match self.socket.recv_from(operation) {
                Submitted::Pending(ticket) => self.recv = Recv::Flying(ticket),
                Submitted::Ready(completed) => self.received(completed),
                Submitted::Failed(failed) => match (failed.error, failed.operation) {
                    (Error::Closed, operation) => {
                        self.recv = Recv::Idle(operation);
                        return Err(Error::Closed.into());
                    }
                    (error, operation) => {
                        self.recv = Recv::Failed { operation, code: code_of(error) };
                    }
                },
            }
        }
        Ok(())
    }

    fn received(&mut self, completed: Completed<Incoming>) {
        let result = completed.result();
        let operation = completed.into_operation();
        self.recv = match result {
            Ok(len) => Recv::Filled { operation, len, is_truncated: false },
            Err(error) => match error.kind {
                CompletionKind::Truncated => {
                    Recv::Filled { operation, len: error.bytes, is_truncated: true }
                }
                CompletionKind::AbortedBySystem => Recv::Idle(operation),
                _ => Recv::Failed { operation, code: code_of(error) },
            },
        };
    }

    /// Takes one datagram. The flag says that an event must be posted: another is there already.
    pub(super) fn receive(
        &mut self,
        at: Context<'_>,
        into: &mut [u8],
    ) -> (io::Result<Received>, bool) {
        if matches!(self.recv, Recv::None | Recv::Idle(_)) {
            if let Err(error) = self.arm(at) {
                return (Err(error), false);
            }
        }
        let (operation, result) = match std::mem::replace(&mut self.recv, Recv::None) {
            Recv::Filled { operation, len, is_truncated } => {
                let datagram = operation.buffer();
                let count = len.min(into.len());
                into[..count].copy_from_slice(&datagram.buffer()[..count]);
                let is_truncated = is_truncated || count < len;
                let unknown = || io::Error::from(Error::Unsupported("the sender's address family"));
                let from = datagram.address().ok_or_else(unknown);
                let received = from.map(|from| Received { len: count, from, is_truncated });
                (operation, received)
            }
            Recv::Failed { operation, code } => {
                (operation, Err(io::Error::from_raw_os_error(code)))
            }
            other => {
                self.recv = other;
                let closed = at.queue.is_closed();
                let error = if closed { Error::Closed.into() } else { would_block() };
                return (Err(error), false);
            }
        };
        self.recv = Recv::Idle(operation);
        // An error of this is said by the next read.
        let _ = self.arm(at);
        let ready = self.now().only(Ready::READABLE).wanted(self.interests);
        (result, self.owe(ready))
    }

    /// Sends one datagram.
    pub(super) fn send(
        &mut self,
        at: Context<'_>,
        bytes: &[u8],
        to: SocketAddr,
    ) -> io::Result<usize> {
        if let Some(code) = self.failed.take() {
            return Err(io::Error::from_raw_os_error(code));
        }
        let idle = self.sends.iter_mut().find(|send| !matches!(send, Send::Flying(_)));
        let Some(place) = idle else {
            self.wants_room = true;
            return Err(if at.queue.is_closed() { Error::Closed.into() } else { would_block() });
        };
        let mut operation = match std::mem::replace(place, Send::None) {
            Send::Idle(operation) if operation.buffer().buffer().capacity() >= bytes.len() => {
                operation
            }
            _ => {
                let capacity = bytes.len().next_power_of_two().max(512);
                let datagram = Datagram::new(Vec::with_capacity(capacity));
                at.operation(datagram, SEND, &mut self.starved)?
            }
        };
        let datagram = operation.buffer_mut();
        datagram.buffer_mut().clear();
        datagram.buffer_mut().extend_from_slice(bytes);
        datagram.set_address(&to);
        match self.socket.send_to(operation) {
            Submitted::Pending(ticket) => *place = Send::Flying(ticket),
            Submitted::Ready(completed) => {
                let result = completed.result();
                *place = Send::Idle(completed.into_operation());
                result?;
            }
            Submitted::Failed(failed) => {
                *place = Send::Idle(failed.operation);
                return Err(failed.error.into());
            }
        }
        Ok(bytes.len())
    }

    /// Sends may have finished. True if one has.
    fn sent(&mut self) -> bool {
        let mut freed = false;
        for place in &mut self.sends {
            match std::mem::replace(place, Send::None) {
                Send::Flying(ticket) => match ticket.finish() {
                    Ok(completed) => {
                        freed = true;
                        if let Err(error) = completed.result() {
                            self.failed = Some(code_of(error));
                        }
                        *place = Send::Idle(completed.into_operation());
                    }
                    Err(ticket) => *place = Send::Flying(ticket),
                },
                other => *place = other,
            }
        }
        freed
    }
}

fn would_block() -> io::Error {
    io::ErrorKind::WouldBlock.into()
}
