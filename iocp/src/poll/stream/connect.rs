//! Connecting without blocking: one address after the other, each with a socket of its own.
//!
//! Each socket is associated before its connect, as `ConnectEx` wants it. The stream's owner may ask
//! for its socket at any time, and a borrow must stay good: so the sockets of addresses that failed
//! stay open until the stream is dropped, in a chain that only grows.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    vec::IntoIter,
};

use super::{
    code_of,
    inbox::Inbox,
    state::{report, Socket, Stream},
};
use crate::{
    poll::{
        context::{token, Context, Settled, CONNECT},
        event::Ready,
        native,
        queue::Queue,
    },
    Completed, Connect, Error, InFlight, Operation, Submitted,
};

/// A connect in flight.
#[derive(Debug)]
pub(in crate::poll) struct Connecting {
    ticket: InFlight<Connect>,
    rest: Rest,
}

/// What is tried if it fails.
#[derive(Debug)]
pub(in crate::poll) struct Rest {
    addresses: IntoIter<SocketAddr>,
    /// Where the owner finds the next socket.
    tail: Arc<Later>,
}

/// The sockets that a stream had after its first.
#[derive(Debug, Default)]
pub(in crate::poll) struct Later {
    socket: OnceLock<Arc<native::Stream>>,
    next: OnceLock<Arc<Later>>,
}

impl Later {
    /// The last socket; `None` if there was only the first.
    pub(super) fn last(&self) -> Option<&Arc<native::Stream>> {
        let mut last = self.socket.get()?;
        let mut this = self;
        while let Some(next) = this.next.get() {
            let Some(socket) = next.socket.get() else { break };
            last = socket;
            this = next;
        }
        Some(last)
    }

    fn push(&self, socket: Arc<native::Stream>) -> Arc<Self> {
        let next = Arc::new(Self::default());
        // Only the connecting stream pushes, under its lock, and once to each.
        let _ = self.socket.set(socket);
        let _ = self.next.set(Arc::clone(&next));
        next
    }
}

impl Stream {
    /// A connect was started. True if it is over already, and an event must be posted.
    pub(super) fn connect_started(&mut self, at: Context<'_>) -> bool {
        if self.is_connecting() {
            return false;
        }
        let read = self.connect_over(at);
        if self.broken.is_some() {
            return at.place.owe(Ready::CONNECT_FAILED | Ready::WRITABLE | read);
        }
        let ready = read | Ready::WRITABLE;
        let wanted = ready.wanted(at.place.watch().interests);
        !wanted.is_none() && at.place.owe(ready)
    }

    /// It is connected, or will never be. What can be read.
    fn connect_over(&mut self, at: Context<'_>) -> Ready {
        if self.broken.is_some() {
            return Ready::OF_READING;
        }
        let watch = at.place.watch();
        if !watch.interests.is_readable() {
            return Ready::NONE;
        }
        let zero_read = at.queue.config.zero_read;
        let mut early = Box::new(Inbox::new(Arc::clone(&self.socket), at.index, zero_read));
        early.set_tells(Some(watch.token));
        // An error of this is told by the first read.
        let _ = early.arm(at, &mut self.recv_starved);
        let ready = early.ready();
        self.early = Some(early);
        ready
    }

    pub(super) fn connect_finished(&mut self, at: Context<'_>) -> Settled {
        if !finished(self, at) {
            return report(Ready::NONE, at);
        }
        let read = self.connect_over(at);
        let mut settled = report(read | self.write_ready(at), at);
        if self.broken.is_some() && !self.silent {
            settled.ready = settled.ready | Ready::ERROR;
        }
        settled
    }
}

/// A new socket for this address, associated with the queue's port.
pub(super) fn socket_for(
    queue: &Queue,
    address: &SocketAddr,
) -> Result<(Arc<native::Stream>, Socket), Error> {
    let native = Arc::new(native::stream(crate::stream_socket(address)?));
    let socket = queue.port.associate_socket(Arc::clone(&native), 0)?;
    Ok((native, socket))
}

/// Starts with the first address, on the stream's first socket.
pub(super) fn start(
    stream: &mut Stream,
    at: Context<'_>,
    first: Operation<Connect>,
    addresses: IntoIter<SocketAddr>,
    tail: Arc<Later>,
) {
    let rest = Rest { addresses, tail };
    if let Err((code, rest)) = submit(stream, at, first, rest) {
        try_next(stream, at, code, rest);
    }
}

/// The connect may have finished. True if the stream is connected now, or has failed for good.
fn finished(stream: &mut Stream, at: Context<'_>) -> bool {
    let Some(connecting) = stream.connecting.take() else { return false };
    let Connecting { ticket, rest } = *connecting;
    match ticket.finish() {
        Ok(completed) => {
            if let Err((code, rest)) = connected(stream, completed, rest) {
                try_next(stream, at, code, rest);
            }
        }
        Err(ticket) => stream.connecting = Some(Box::new(Connecting { ticket, rest })),
    }
    !stream.is_connecting()
}

/// Tries the other addresses; the last failure is the stream's.
fn try_next(stream: &mut Stream, at: Context<'_>, mut code: i32, mut rest: Rest) {
    while let Some(address) = rest.addresses.next() {
        match socket_for(at.queue, &address) {
            Ok((native, socket)) => {
                rest.tail = rest.tail.push(native);
                stream.socket = Arc::new(socket);
                match at.queue.port.connect_operation(address, 0) {
                    Ok(operation) => match submit(stream, at, operation, rest) {
                        Ok(()) => return,
                        Err(failed) => (code, rest) = failed,
                    },
                    Err(error) => code = code_of(error),
                }
            }
            Err(error) => code = code_of(error),
        }
    }
    stream.broken = Some(code);
}

fn submit(
    stream: &mut Stream,
    at: Context<'_>,
    operation: Operation<Connect>,
    rest: Rest,
) -> Result<(), (i32, Rest)> {
    operation.set_token(token(at.index, CONNECT));
    match stream.socket.connect(operation) {
        Submitted::Pending(ticket) => {
            stream.connecting = Some(Box::new(Connecting { ticket, rest }));
            Ok(())
        }
        Submitted::Ready(completed) => connected(stream, completed, rest),
        Submitted::Refused(failed) => Err((code_of(failed.error), rest)),
    }
}

/// A connect has ended. Its operation is freed before the next one needs room.
fn connected(
    stream: &Stream,
    completed: Completed<Connect>,
    rest: Rest,
) -> Result<(), (i32, Rest)> {
    completed.connected(&stream.socket).map_err(|error| (code_of(error), rest))
}

/// No address at all.
pub(super) fn nowhere() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "no address to connect to")
}
