//! The other end of a connection, as a test plays it: blocking, without operations.

use std::{net::SocketAddr, time::Duration};

use super::{
    connection::Arrived,
    datagram::{self, Taken},
    file::{File, Link},
    handles, lock,
    socket::{AsSocket, BorrowedSocket, OwnedSocket},
};
use crate::os::borrow_socket;

/// How long the other end waits for what should come.
const LIMIT: Duration = Duration::from_secs(if cfg!(iocp_mutants) { 2 } else { 120 });

/// The other end. Dropping it closes it.
#[derive(Debug)]
pub struct Peer(OwnedSocket);

impl AsSocket for Peer {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        self.0.as_socket()
    }
}

impl Peer {
    pub(super) fn new(socket: OwnedSocket) -> Self {
        Self(socket)
    }

    /// Sends, never blocking. False if the program's end is gone.
    pub fn send(&self, bytes: &[u8]) -> bool {
        let Some(file) = self.file() else { return false };
        if let Some(inbox) = &file.inbox {
            return datagram::send(file, inbox, bytes, None).is_ok();
        }
        let Some(Link { connection, side }) = file.link() else { return false };
        connection.send_bytes(side, bytes).is_ok()
    }

    /// Sends a datagram to an address of the machine. False if it cannot be sent; that nobody has
    /// the address is told by a later receive.
    pub fn send_to(&self, bytes: &[u8], to: SocketAddr) -> bool {
        let Some(file) = self.file() else { return false };
        let Some(inbox) = &file.inbox else { return false };
        datagram::send(file, inbox, bytes, Some(to)).is_ok()
    }

    /// Receives one datagram, and who sent it, waiting up to two minutes. `None`: nothing came, or
    /// word that nobody was there.
    pub fn recv_from(&self, into: &mut [u8]) -> Option<(usize, SocketAddr)> {
        match self.file()?.inbox.as_ref()?.recv_bytes(into, LIMIT) {
            Taken::Datagram { from, bytes } => Some((bytes, from)),
            Taken::Unreachable | Taken::Nothing => None,
        }
    }

    /// The address it has.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        lock(&self.file()?.state).local
    }

    /// Receives what is there, waiting up to two minutes. `Some(0)` is the end of a stream or an
    /// empty datagram, `None` a reset or nothing.
    pub fn recv(&self, into: &mut [u8]) -> Option<usize> {
        self.recv_within(into, LIMIT)
    }

    /// As [`recv`](Self::recv), without waiting.
    pub fn try_recv(&self, into: &mut [u8]) -> Option<usize> {
        self.recv_within(into, Duration::ZERO)
    }

    /// Whether the program's end is closed, by an end or a reset, and all before it is read.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.link().is_some_and(|Link { connection, side }| {
            let arrived = connection.recv_bytes(side, &mut [0; 1], Duration::ZERO, false);
            matches!(arrived, Arrived::End | Arrived::Reset)
        })
    }

    /// Sends no more.
    pub fn shut_down(&self) {
        if let Some(Link { connection, side }) = self.link() {
            connection.shut_down(side);
        }
    }

    /// Ends the connection without an end.
    pub fn reset(&self) {
        if let Some(Link { connection, side }) = self.link() {
            connection.end(side, true);
        }
    }

    fn recv_within(&self, into: &mut [u8], limit: Duration) -> Option<usize> {
        let file = self.file()?;
        if let Some(inbox) = &file.inbox {
            return match inbox.recv_bytes(into, limit) {
                Taken::Datagram { bytes, .. } => Some(bytes),
                Taken::Unreachable | Taken::Nothing => None,
            };
        }
        let Link { connection, side } = file.link()?;
        match connection.recv_bytes(side, into, limit, false) {
            Arrived::Bytes(count) => Some(count),
            Arrived::End => Some(0),
            Arrived::Reset | Arrived::Nothing => None,
        }
    }

    fn link(&self) -> Option<Link> {
        self.file()?.link()
    }

    fn file(&self) -> Option<&'static File> {
        handles::file(borrow_socket(&self.0).value()).ok()
    }
}
