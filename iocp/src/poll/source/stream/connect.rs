//! Connecting without blocking: one address after the other, each with a socket of its own.
//!
//! Each socket is associated before its connect, so that a packet follows. The stream's owner may borrow
//! the socket at any time, for as long as the stream: so the sockets of addresses that failed stay open
//! until the stream is dropped, in a list whose entries are set once.

use std::sync::{Arc, OnceLock};
use std::{net::SocketAddr, vec::IntoIter};

use crate::base::error::Error;
use crate::operation::{InFlight, Operation, Submitted};
use crate::ops::connect::{stream_socket, Connect};
use crate::poll::native::{SharedStream, StreamSocket};
use crate::poll::tag::{token, CONNECT};
use crate::poll::{context::Context, error::code_of, hub::Hub};

/// A connect in flight, and what is tried if it fails.
pub(crate) struct Connecting {
    flying: Option<InFlight<Connect>>,
    addresses: IntoIter<SocketAddr>,
    /// Where the owner finds their sockets.
    later: Later,
}

/// Whether it is connected; or the code of the last address, if none could be connected to.
pub(super) type Progress = Result<bool, i32>;

/// A stream's sockets after its first: one for each further address, set when that is tried.
pub(crate) type Later = Arc<Box<[OnceLock<SharedStream>]>>;

impl Connecting {
    /// For the addresses that are left after the first.
    pub(crate) fn new(addresses: IntoIter<SocketAddr>) -> (Self, Later) {
        let later: Later = Arc::new(addresses.as_slice().iter().map(|_| OnceLock::new()).collect());
        (Self { flying: None, addresses, later: Arc::clone(&later) }, later)
    }

    /// Goes on if the packet of its connect was dequeued.
    pub(super) fn finish(&mut self, socket: &mut SharedStream, at: Context<'_>) -> Progress {
        match InFlight::take_finished(&mut self.flying) {
            Some(completed) => self.go_on(socket, at, Ok(Submitted::Ready(completed))),
            None => Ok(false),
        }
    }

    /// Goes on after a connect was submitted, or could not be made. While it has failed, tries the next
    /// address, with a socket that replaces the stream's.
    pub(super) fn go_on(
        &mut self,
        socket: &mut SharedStream,
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
                Ok(Submitted::Ready(completed)) => match completed.connected(&socket.view()) {
                    Ok(()) => return Ok(true),
                    Err(error) => code_of(error),
                },
                Ok(Submitted::Refused(failed)) => code_of(failed.error),
                Err(code) => code,
            };
            let Some(address) = self.addresses.next() else { return Err(code) };
            let made = socket_for(at.hub, &address).and_then(|next| {
                *socket = SharedStream::new(next);
                // Only the connecting stream sets them, under its lock.
                if let Some(free) = self.later.iter().find(|socket| socket.get().is_none()) {
                    let _ = free.set(socket.clone());
                }
                connect_operation(at.hub, address)
            });
            connect = made.map(|operation| submit(&socket.view(), at, operation)).map_err(code_of);
        }
    }
}

/// For a connect. Others' idle operations are given up for it.
pub(crate) fn connect_operation(
    hub: &Hub,
    address: SocketAddr,
) -> Result<Operation<Connect>, Error> {
    loop {
        match hub.port.connect_operation(address, 0) {
            Err(Error::Full(_)) if hub.give_up_spare() => {}
            made => return made,
        }
    }
}

/// A new socket for this address, associated with the queue's port.
pub(crate) fn socket_for(hub: &Hub, address: &SocketAddr) -> Result<StreamSocket, Error> {
    #[allow(clippy::useless_conversion)] // one type on the simulated kernel
    Ok(hub.port.associate_socket(stream_socket(address)?.into(), 0)?)
}

pub(super) fn submit(
    socket: &StreamSocket,
    at: Context<'_>,
    operation: Operation<Connect>,
) -> Submitted<Connect> {
    operation.set_tag(token(at.index, CONNECT), None);
    socket.connect(operation)
}
