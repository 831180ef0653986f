//! [`UdpSocket`]: what users hold of a UDP socket; its operations are in `source/udp`.

use std::{io, net::SocketAddr, sync::Arc};

use super::link::{Attach, Link};
use crate::os::AsSocket;
use crate::poll::source::udp::{Datagrams, Received};
use crate::poll::{context::Context, error::refused, native, queue::Queue, source::Source};

/// A UDP socket.
///
/// Each read takes one datagram, each write sends one; they are never joined or split. Before it is
/// registered its calls are `Unsupported`: use the `std` socket it is made from.
///
/// At most two sends are in flight at a time; a third is `WouldBlock`, and the socket writable again
/// when one has ended. Dropping the socket cancels those in flight.
#[derive(Debug)]
pub struct UdpSocket {
    socket: Arc<native::Udp>,
    link: Option<Link>,
}

const WSAEMSGSIZE: i32 = 10_040;

#[cfg(windows)]
impl UdpSocket {
    /// Binds to an address.
    ///
    /// # Errors
    ///
    /// As `std::net::UdpSocket::bind`.
    pub fn bind(address: impl std::net::ToSocketAddrs) -> io::Result<Self> {
        native::Udp::bind(address).map(Self::from)
    }

    /// This end's address.
    ///
    /// # Errors
    ///
    /// As `std::net::UdpSocket::local_addr`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

impl UdpSocket {
    /// Takes one datagram.
    ///
    /// # Errors
    ///
    /// * `WouldBlock`: none is there; an event follows, if registered for readable.
    /// * `ConnectionReset` (10054): an earlier datagram met a closed port. `WSAENETRESET` (10052): its time to
    ///   live ran out. Each is said once, and the socket is good: receive again.
    ///   [`recv_from`](crate::AssociatedSocket::recv_from) of the operations says how to switch them off.
    /// * [That of a closed queue](crate::poll::is_closed).
    pub fn recv_datagram(&self, into: &mut [u8]) -> io::Result<Received> {
        self.with(|datagrams, at| datagrams.receive(at, into))
    }

    /// Takes one datagram: its length and its sender, as `std` does on Windows.
    ///
    /// # Errors
    ///
    /// As [`recv_datagram`](Self::recv_datagram); `WSAEMSGSIZE` (10040) if it was truncated: what
    /// fitted is in the buffer, the datagram is gone.
    pub fn recv_from(&self, into: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let Received { len, from, is_truncated } = self.recv_datagram(into)?;
        if is_truncated {
            return Err(io::Error::from_raw_os_error(WSAEMSGSIZE));
        }
        Ok((len, from))
    }

    /// Sends one datagram, copied.
    ///
    /// # Errors
    ///
    /// * `WouldBlock`: two are in flight, or the port is full; an event follows, if registered for
    ///   writable.
    /// * `WSAEMSGSIZE` (10040): too long for a datagram. The error of an earlier one, said once.
    /// * [That of a closed queue](crate::poll::is_closed).
    pub fn send_to(&self, bytes: &[u8], to: SocketAddr) -> io::Result<usize> {
        self.with(|datagrams, at| (datagrams.send(at, bytes, to), false))
    }

    /// Calls `what` under the lock. The flag that it returns: an event must be posted.
    fn with<T>(
        &self,
        what: impl FnOnce(&mut Datagrams, Context<'_>) -> (io::Result<T>, bool),
    ) -> io::Result<T> {
        let Some(link) = &self.link else { return Err(io::ErrorKind::Unsupported.into()) };
        let (result, post) = link.with(|source, at| match source {
            Source::Udp(datagrams) => what(datagrams, at),
            _ => unreachable!("a socket's cell holds its datagrams"),
        });
        link.post_if(post);
        result
    }
}

impl Attach for UdpSocket {
    fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    fn attach(&mut self, queue: &Arc<Queue>) -> io::Result<()> {
        let associated =
            queue.hub.port.associate_socket(Arc::clone(&self.socket), 0).map_err(refused)?;
        self.link = Some(Link::new(queue, Source::Udp(Box::new(Datagrams::new(associated))))?);
        Ok(())
    }
}

impl From<native::Udp> for UdpSocket {
    /// A bound socket of `std`'s.
    fn from(socket: native::Udp) -> Self {
        Self { socket: Arc::new(socket), link: None }
    }
}

impl AsSocket for UdpSocket {
    fn as_socket(&self) -> native::BorrowedSocket<'_> {
        self.socket.as_socket()
    }
}

#[cfg(windows)]
impl std::os::windows::io::AsRawSocket for UdpSocket {
    fn as_raw_socket(&self) -> std::os::windows::io::RawSocket {
        self.socket.as_raw_socket()
    }
}
