//! The socket of an accepted connection, which knows what kind of socket it is.

use std::fmt;

use crate::os::{AsSocket, OwnedSocket, SocketKind};

/// A connection that [`accepted`](crate::Completed::accepted) gave.
///
/// It is a socket like any other: `TcpStream::from` and `OwnedSocket::from` take it. As long as it is
/// this, [`CompletionPort::associate_accepted`](crate::CompletionPort::associate_accepted) need not ask the system what it is.
pub struct AcceptedSocket {
    socket: OwnedSocket,
    /// Found out once, of its listener: the system accepts into a socket of the same provider only,
    /// and this crate made it, of the same family.
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
/// No type of the caller's: what closed the socket on the way, and was another one with the same
/// value by then, would pass for it.
pub trait AcceptedAs: AsSocket + sealed::From + 'static {}

mod sealed {
    pub trait From {
        fn from_accepted(accepted: super::AcceptedSocket) -> Self;
    }
}

impl AcceptedAs for OwnedSocket {}
#[cfg(windows)]
impl AcceptedAs for std::net::TcpStream {}

impl sealed::From for OwnedSocket {
    fn from_accepted(accepted: AcceptedSocket) -> Self {
        accepted.into()
    }
}

#[cfg(windows)]
impl sealed::From for std::net::TcpStream {
    fn from_accepted(accepted: AcceptedSocket) -> Self {
        accepted.into()
    }
}

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

#[cfg(windows)]
impl AsSocket for AcceptedSocket {
    fn as_socket(&self) -> std::os::windows::io::BorrowedSocket<'_> {
        self.socket.as_socket()
    }
}

#[cfg(not(windows))]
impl AsSocket for AcceptedSocket {
    fn as_socket(&self) -> crate::os::sim::BorrowedSocket<'_> {
        self.socket.as_socket()
    }
}

impl fmt::Debug for AcceptedSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.socket.fmt(f)
    }
}
