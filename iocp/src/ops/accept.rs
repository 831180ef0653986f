//! Accepting connections with `AcceptEx`.

use std::{fmt, net::SocketAddr};

use super::{accepted::AcceptedSocket, address::LONGEST};
use crate::{
    associated::Associated,
    operation::{Completed, Operation, Prepared, StartCall, Submitted},
    os::{self, AsSocket, Code},
    CompletionError, CompletionPort, Error,
};

/// Room for one address: the system wants 16 bytes more than the address has.
pub(crate) const ADDRESS_ROOM: usize = LONGEST + 16;

/// What an accept lends to the system: a new socket, and room for two addresses.
///
/// Made by [`CompletionPort::accept_operation`].
pub struct Accept {
    socket: Option<AcceptedSocket>,
    addresses: Box<[u8; 2 * ADDRESS_ROOM]>,
}

/// What a finished accept came to, and the operation to accept the next one with.
#[derive(Debug)]
pub struct Accepted {
    /// The connection, inheriting the listener's options, and the peer's address.
    pub result: Result<(AcceptedSocket, SocketAddr), AcceptError>,
    /// To be submitted again.
    pub operation: Operation<Accept>,
}

/// Why an accept gave no connection. The listener is still good.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AcceptError {
    /// The accept itself failed: the peer was gone before it was accepted, or it was cancelled.
    #[error(transparent)]
    Completion(#[from] CompletionError),
    /// The connection could not be made ready; it is closed.
    #[error(transparent)]
    Setup(#[from] Error),
}

impl CompletionPort {
    /// Makes an operation for [`Associated::accept`].
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Closed`].
    pub fn accept_operation(&self, token: usize) -> Result<Operation<Accept>, Error> {
        let accept = Accept { socket: None, addresses: Box::new([0; 2 * ADDRESS_ROOM]) };
        Operation::new(&self.core, accept, 2 * ADDRESS_ROOM, token).map_err(Error::from)
    }
}

impl<S: AsSocket> Associated<S> {
    /// `AcceptEx`: accepts one connection on this listener, into a socket made for it.
    ///
    /// It waits for no first bytes: the peer's silence holds nothing up.
    ///
    /// # Errors
    ///
    /// The operation comes back, and no packet follows, with [`Error::WrongPort`],
    /// [`Error::Closed`], [`Error::HandleClosed`], [`Error::Unsupported`] (not a stream socket), or
    /// [`Error::Os`] ← `WSAEINVAL` (10022: not listening), `WSAEMFILE` (10024) …
    ///
    /// # Source
    ///
    /// mswsock.h, Windows 2000: [AcceptEx](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-acceptex)
    #[doc(alias = "AcceptEx")]
    pub fn accept(&self, operation: Operation<Accept>) -> Submitted<Accept> {
        let kind = self.kind();
        let prepare = |accept: &mut Accept| {
            if !kind.stream {
                return Err(Error::Unsupported("accepting on a socket that is not a stream"));
            }
            let socket = match accept.socket.take() {
                Some(socket) => socket,
                None => {
                    let socket = os::stream_socket(kind.family);
                    let socket = socket.map_err(|code| Error::os("WSASocketW", code))?;
                    AcceptedSocket::new(socket, kind)
                }
            };
            let socket = accept.socket.insert(socket);
            let parameters = (os::socket_handle(socket), accept.addresses.as_mut_ptr());
            Ok(Prepared::reading(parameters))
        };
        let issue = |(socket, addresses), listener, block| {
            // SAFETY:
            // * the socket and the room for two addresses stay in the operation's slot until
            //   `submit` knows that the system is done with them.
            unsafe { os::accept(listener, socket, addresses, ADDRESS_ROOM, block) }
        };
        let call = StartCall::named("AcceptEx");
        // SAFETY:
        // * one AcceptEx, which uses nothing but what the operation owns; it fills no buffer.
        let mut submitted = unsafe { operation.submit(self.target(), &call, prepare, issue) };
        if let Submitted::Failed(failed) = &mut submitted {
            // It may be of another family than the next listener.
            failed.operation.buffer_mut().socket = None;
        }
        submitted
    }
}

impl Completed<Accept> {
    /// `SO_UPDATE_ACCEPT_CONTEXT`: makes the accepted socket a full one, with the options of the
    /// listener that accepted it.
    ///
    /// The result is an error, and the new socket closed, if the accept failed or `listener` is
    /// closed. [`CompletionPort::associate_accepted`] gives the connection to the port.
    #[must_use]
    pub fn accepted<S: AsSocket>(self, listener: &Associated<S>) -> Accepted {
        let result = self.result();
        let mut operation = self.into_operation();
        let socket = operation.buffer_mut().socket.take();
        let result = result.map_err(AcceptError::from).and_then(|_| {
            let target = listener.target()?;
            if !operation.place().is_of(listener.core()) {
                return Err(AcceptError::Setup(Error::WrongPort));
            }
            let socket = socket.ok_or(Error::os("AcceptEx", Code::INVALID_PARAMETER))?;
            os::update_accept(os::socket_handle(&socket), target.handle)
                .map_err(|code| Error::os("setsockopt", code))?;
            let peer = os::accepted_peer(&operation.buffer().addresses[..], ADDRESS_ROOM)
                .ok_or(Error::Unsupported("the peer's address family"))?;
            Ok((socket, peer))
        });
        Accepted { result, operation }
    }
}

impl fmt::Debug for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accept").finish_non_exhaustive()
    }
}
