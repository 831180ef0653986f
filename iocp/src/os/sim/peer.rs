//! The other end of a connection, as a test plays it: blocking, without operations.

use std::time::Duration;

use super::{
    connection::Arrived,
    file::Link,
    handles,
    socket::{AsSocket, BorrowedSocket, OwnedSocket},
};
use crate::os::socket_handle;

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
        let Some(Link { connection, side }) = self.link() else { return false };
        connection.send_bytes(side, bytes).is_ok()
    }

    /// Receives what is there, waiting up to ten seconds. `Some(0)` is the end, `None` a reset or
    /// nothing.
    pub fn recv(&self, into: &mut [u8]) -> Option<usize> {
        self.recv_within(into, Duration::from_secs(10))
    }

    /// As [`recv`](Self::recv), without waiting.
    pub fn try_recv(&self, into: &mut [u8]) -> Option<usize> {
        self.recv_within(into, Duration::ZERO)
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
        let Link { connection, side } = self.link()?;
        match connection.recv_bytes(side, into, limit) {
            Arrived::Bytes(count) => Some(count),
            Arrived::End => Some(0),
            Arrived::Reset | Arrived::Nothing => None,
        }
    }

    fn link(&self) -> Option<Link> {
        handles::file(socket_handle(&self.0)).ok()?.link()
    }
}
