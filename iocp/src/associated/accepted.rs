//! The socket of an accepted connection, which knows what kind of socket it is.

use std::fmt;

use crate::os::{AsSocket, BorrowedSocket, OwnedSocket, SocketKind};

/// A connection that [`accepted`](crate::Completed::accepted) gave.
///
/// It is a socket like any other: `TcpStream::from` and `OwnedSocket::from` take it. As long as it is
/// this, [`associate_accepted`](crate::CompletionPort::associate_accepted) need not ask the system what
/// kind of socket it is.
pub struct AcceptedSocket {
    socket: OwnedSocket,
    /// Its listener's, which was asked once: the system accepts into a socket of the same provider
    /// only, and this crate made it, of the same family.
    kind: SocketKind,
}

impl AcceptedSocket {
    pub(crate) fn new(socket: OwnedSocket, kind: SocketKind) -> Self {
        Self { socket, kind }
    }

    pub(crate) fn kind(&self) -> SocketKind {
        self.kind
    }
}

/// What an accepted socket can be associated as: on Windows a `TcpStream`, or an `OwnedSocket`.
///
/// No type of the caller's: its code could close the socket on the way, and another one with the same
/// value would pass for it.
pub trait AcceptedAs: AsSocket + From<AcceptedSocket> + sealed::Sealed + 'static {}

mod sealed {
    pub trait Sealed {}
}

impl AcceptedAs for OwnedSocket {}
impl sealed::Sealed for OwnedSocket {}
#[cfg(windows)]
impl AcceptedAs for std::net::TcpStream {}
#[cfg(windows)]
impl sealed::Sealed for std::net::TcpStream {}

impl From<AcceptedSocket> for OwnedSocket {
    fn from(accepted: AcceptedSocket) -> Self {
        accepted.socket
    }
}

#[cfg(windows)]
impl From<AcceptedSocket> for std::net::TcpStream {
    fn from(accepted: AcceptedSocket) -> Self {
        accepted.socket.into()
    }
}

impl AsSocket for AcceptedSocket {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        self.socket.as_socket()
    }
}

impl fmt::Debug for AcceptedSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.socket.fmt(f)
    }
}
