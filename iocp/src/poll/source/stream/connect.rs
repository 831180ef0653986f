//! Connecting without blocking: one address after the other, each with a socket of its own.
//!
//! Each socket is associated before its connect, as `ConnectEx` wants it. The stream's owner may ask
//! for its socket at any time, and a borrow must stay good: so the sockets of addresses that failed
//! stay open until the stream is dropped, in a chain that only grows.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    vec::IntoIter,
};

use crate::base::error::Error;
use crate::operation::{Completed, InFlight, Operation, Submitted};
use crate::ops::connect::{stream_socket, Connect};
use crate::poll::native::{self, StreamSocket};
use crate::poll::tag::{token, CONNECT};
use crate::poll::{context::Context, error::code_of, hub::Hub};

/// Those that are left to be tried.
pub(super) type Addresses = IntoIter<SocketAddr>;

/// A connect in flight.
pub(super) struct Connecting {
    ticket: InFlight<Connect>,
    rest: Rest,
}

/// How far a connect has come.
pub(super) enum Progress {
    Connecting(Box<Connecting>),
    Connected,
    /// No address could be connected to: the code of the last.
    Failed(i32),
}

/// What is tried if it fails.
struct Rest {
    addresses: Addresses,
    /// Where the owner finds the next socket.
    tail: Arc<Later>,
}

/// The sockets that a stream had after its first: the next one, and those after it.
#[derive(Default)]
pub(crate) struct Later(OnceLock<(Arc<native::Stream>, Arc<Later>)>);

impl Later {
    /// The last socket; `None` if there was only the first.
    pub(crate) fn last(&self) -> Option<&Arc<native::Stream>> {
        let (mut last, mut later) = self.0.get().map(|(socket, later)| (socket, later))?;
        while let Some((socket, after)) = later.0.get() {
            (last, later) = (socket, after);
        }
        Some(last)
    }

    fn push(&self, socket: Arc<native::Stream>) -> Arc<Self> {
        let later = Arc::new(Self::default());
        // Only the connecting stream pushes, under its lock, and once to each.
        let _ = self.0.set((socket, Arc::clone(&later)));
        later
    }
}

impl Connecting {
    /// Starts with the first address, on the stream's first socket. Each further address replaces it.
    pub(super) fn start(
        socket: &mut Arc<StreamSocket>,
        at: Context<'_>,
        first: Operation<Connect>,
        addresses: Addresses,
        tail: Arc<Later>,
    ) -> Progress {
        let begun = submit(socket, at, first, Rest { addresses, tail });
        begun.unwrap_or_else(|(code, rest)| try_next(socket, at, code, rest))
    }

    /// Its packet may have come.
    pub(super) fn finish(self, socket: &mut Arc<StreamSocket>, at: Context<'_>) -> Progress {
        let Self { ticket, rest } = self;
        match ticket.finish() {
            Ok(completed) => connected(socket, completed, rest)
                .unwrap_or_else(|(code, rest)| try_next(socket, at, code, rest)),
            Err(ticket) => Progress::Connecting(Box::new(Self { ticket, rest })),
        }
    }
}

/// A new socket for this address, associated with the queue's port.
pub(crate) fn socket_for(
    hub: &Hub,
    address: &SocketAddr,
) -> Result<(Arc<native::Stream>, StreamSocket), Error> {
    let native = Arc::new(native::stream(stream_socket(address)?));
    let socket = hub.port.associate_socket(Arc::clone(&native), 0)?;
    Ok((native, socket))
}

/// Tries the other addresses; the last failure is the stream's.
fn try_next(
    socket: &mut Arc<StreamSocket>,
    at: Context<'_>,
    mut code: i32,
    mut rest: Rest,
) -> Progress {
    while let Some(address) = rest.addresses.next() {
        let made = socket_for(at.hub, &address).and_then(|(native, next)| {
            rest.tail = rest.tail.push(native);
            *socket = Arc::new(next);
            at.hub.port.connect_operation(address, 0)
        });
        match made {
            Ok(operation) => match submit(socket, at, operation, rest) {
                Ok(progress) => return progress,
                Err(failed) => (code, rest) = failed,
            },
            Err(error) => code = code_of(error),
        }
    }
    Progress::Failed(code)
}

fn submit(
    socket: &StreamSocket,
    at: Context<'_>,
    operation: Operation<Connect>,
    rest: Rest,
) -> Result<Progress, (i32, Rest)> {
    operation.set_token(token(at.index, CONNECT));
    match socket.connect(operation) {
        Submitted::Pending(ticket) => {
            Ok(Progress::Connecting(Box::new(Connecting { ticket, rest })))
        }
        Submitted::Ready(completed) => connected(socket, completed, rest),
        Submitted::Refused(failed) => Err((code_of(failed.error), rest)),
    }
}

/// A connect has ended. Its operation is freed before the next one needs room.
fn connected(
    socket: &StreamSocket,
    completed: Completed<Connect>,
    rest: Rest,
) -> Result<Progress, (i32, Rest)> {
    match completed.connected(socket) {
        Ok(()) => Ok(Progress::Connected),
        Err(error) => Err((code_of(error), rest)),
    }
}
