//! Connecting without blocking: one address after the other, each with a socket of its own.
//!
//! Each socket is associated before its connect, so that a packet follows. The stream's owner may borrow
//! the socket at any time, for as long as the stream: so the sockets of addresses that failed stay open
//! until the stream is dropped, in a chain that only grows.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    vec::IntoIter,
};

use crate::base::error::Error;
use crate::operation::{InFlight, Operation, Submitted};
use crate::ops::connect::{stream_socket, Connect};
use crate::poll::native::{self, StreamSocket};
use crate::poll::tag::{token, CONNECT};
use crate::poll::{context::Context, error::code_of, hub::Hub};

/// A connect in flight, and what is tried if it fails.
pub(crate) struct Connecting {
    flying: Option<InFlight<Connect>>,
    addresses: IntoIter<SocketAddr>,
    /// Where the owner finds the next socket.
    tail: Arc<Later>,
}

/// Whether it is connected; or the code of the last address, if none could be connected to.
pub(super) type Progress = Result<bool, i32>;

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
    /// For the addresses that are left after the first.
    pub(crate) fn new(addresses: IntoIter<SocketAddr>, tail: Arc<Later>) -> Self {
        Self { flying: None, addresses, tail }
    }

    /// Starts with the first address, on the stream's first socket. Each further address replaces it.
    pub(super) fn start(
        &mut self,
        socket: &mut Arc<StreamSocket>,
        at: Context<'_>,
        first: Operation<Connect>,
    ) -> Progress {
        let submitted = submit(socket, at, first);
        self.go_on(socket, at, Ok(submitted))
    }

    /// Goes on if the packet of its connect was dequeued.
    pub(super) fn finish(&mut self, socket: &mut Arc<StreamSocket>, at: Context<'_>) -> Progress {
        match InFlight::take_finished(&mut self.flying) {
            Some(completed) => self.go_on(socket, at, Ok(Submitted::Ready(completed))),
            None => Ok(false),
        }
    }

    /// Tries one address after the other while the connect of the one before has failed.
    fn go_on(
        &mut self,
        socket: &mut Arc<StreamSocket>,
        at: Context<'_>,
        mut connect: Result<Submitted<Connect>, i32>,
    ) -> Progress {
        loop {
            // A failed operation is freed here, before the next one needs room.
            let code = match connect {
                Ok(Submitted::Pending(ticket)) => {
                    self.flying = Some(ticket);
                    return Ok(false);
                }
                Ok(Submitted::Ready(completed)) => match completed.connected(socket) {
                    Ok(()) => return Ok(true),
                    Err(error) => code_of(error),
                },
                Ok(Submitted::Refused(failed)) => code_of(failed.error),
                Err(code) => code,
            };
            let Some(address) = self.addresses.next() else { return Err(code) };
            let made = socket_for(at.hub, &address).and_then(|(native, next)| {
                self.tail = self.tail.push(native);
                *socket = Arc::new(next);
                at.hub.port.connect_operation(address, 0)
            });
            connect = made.map(|operation| submit(socket, at, operation)).map_err(code_of);
        }
    }
}

/// A new socket for this address, associated with the queue's port.
pub(crate) fn socket_for(
    hub: &Hub,
    address: &SocketAddr,
) -> Result<(Arc<native::Stream>, StreamSocket), Error> {
    #[allow(clippy::useless_conversion)] // one type on the simulated kernel
    let native = Arc::new(native::Stream::from(stream_socket(address)?));
    let socket = hub.port.associate_socket(Arc::clone(&native), 0)?;
    Ok((native, socket))
}

fn submit(
    socket: &StreamSocket,
    at: Context<'_>,
    operation: Operation<Connect>,
) -> Submitted<Connect> {
    operation.set_token(token(at.index, CONNECT));
    socket.connect(operation)
}
