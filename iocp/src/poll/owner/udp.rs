//! [`UdpSocket`]: what users hold of a UDP socket; how it waits is in `source/udp`.

#[cfg(windows)]
use std::net::{Ipv4Addr, Ipv6Addr};
use std::{io, net::SocketAddr, sync::Arc};

use super::link::{Attach, Link};
use crate::os::AsSocket;
use crate::poll::source::udp::{Datagrams, Received};
use crate::poll::util::impossible;
use crate::poll::{
    context::Context, error::refused, marks::Watch, native, queue::Queue, source::Source,
};

/// A UDP socket.
///
/// Each read takes one datagram, each write sends one; they are never joined or split. Before it is
/// registered its calls are `Unsupported`: use the `std` socket it is made from.
///
/// | call | registered |
/// | --- | --- |
/// | [`recv_from`](Self::recv_from) and the like | one call that does not block, into the caller's memory. With `WouldBlock` the socket begins to wait, and an event follows: so receive **until** `WouldBlock`, after an error too; what is left behind gives no other event |
/// | [`send_to`](Self::send_to), [`send`](Self::send) | one call that does not block, from the caller's memory. What the system has no room for is copied and sent when it has; until then the next is `WouldBlock`, and an event follows |
/// | drop | cancels what is in flight |
///
/// The socket is put into non-blocking mode when it is registered (`FIONBIO`); so are its clones of `std`, which
/// share it. For options that have no method here: `socket2::SockRef::from(&udp)`, as for every source.
///
/// # How it waits
///
/// By a receive with `MSG_PEEK` and without room, which ends when a datagram is there, takes none and lends nothing.
/// Microsoft documents that flag for "non-overlapped sockets" only
/// ([`WSARecv`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv)). libuv, and so every
/// program of Node.js, waits in this way ([source](https://github.com/libuv/libuv/blob/v1.x/src/win/udp.c)); that each
/// Windows allows it is *open*.
///
/// You need not call [`lend`](Self::lend). Call it to keep to what is documented, or to save a call of the system for
/// each datagram that is waited for: the socket then waits by a receive into a buffer of that size.
///
/// # What it has not
///
/// The address that a datagram was sent to, and the choice of the one that an answer leaves by: bind one socket to
/// each address (Wine 8 has one IPv4 socket for each port number), or receive by operations with
/// [`Message`](crate::Message), which wait in the same loop on a socket of
/// [`Registrator::associate_socket`](crate::poll::Registrator::associate_socket).
///
/// An idle limit: a socket has many peers, of which one may be silent while others speak. Keep a time for each peer, and
/// give [`poll_for`](crate::poll::Poll::poll_for) what is left to the next one; on a port of operations a
/// [`Timer`](crate::Timer) for each.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::poll::{Events, Interests, Poll, UdpSocket};
/// use std::io::ErrorKind;
///
/// let poll = Poll::new()?;
/// let mut socket = UdpSocket::bind("127.0.0.1:0")?;
/// poll.registrator().register(&mut socket, 1, Interests::READABLE)?;
/// # let client = std::net::UdpSocket::bind("127.0.0.1:0")?;
/// # client.send_to(b"question", socket.local_addr()?)?;
///
/// let (mut events, mut room) = (Events::with_capacity(64), [0; 1500]);
/// let mut count = 0;
/// while count == 0 {
///     poll.poll(&mut events, None)?;
///     loop {
///         match socket.recv_datagram(&mut room) {
///             Ok(received) if received.is_truncated => println!("more than the room"),
///             Ok(received) => {
///                 println!("{} bytes from {}", received.len, received.from);
///                 count += 1;
///             }
///             Err(error) if error.kind() == ErrorKind::WouldBlock => break,
///             // Of a datagram that was sent from here: the socket is still good.
///             Err(error) => eprintln!("{error}"),
///         }
///     }
/// }
/// assert_eq!(&room[..8], b"question");
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct UdpSocket {
    socket: Arc<native::Udp>,
    /// Bytes of the buffer that it lends; 0: none.
    lent: usize,
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

    /// Only datagrams of this peer are received from now on, and [`send`](Self::send) sends to it. Connects at
    /// once, also when it was connected to another.
    ///
    /// # Errors
    ///
    /// As `std::net::UdpSocket::connect`.
    pub fn connect(&self, peer: impl std::net::ToSocketAddrs) -> io::Result<()> {
        self.socket.connect(peer)
    }

    /// The peer that it is connected to.
    ///
    /// # Errors
    ///
    /// As `std::net::UdpSocket::peer_addr`: `NotConnected` (10057).
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.socket.peer_addr()
    }

    /// `SO_BROADCAST`: allows sending to a broadcast address, which is refused (10013) without it.
    ///
    /// # Errors
    ///
    /// As `std::net::UdpSocket::set_broadcast`.
    #[doc(alias = "SO_BROADCAST")]
    pub fn set_broadcast(&self, broadcast: bool) -> io::Result<()> {
        self.socket.set_broadcast(broadcast)
    }

    /// `IP_TTL`: how many routers what is sent may pass, 1 to 255.
    ///
    /// # Errors
    ///
    /// As `std::net::UdpSocket::set_ttl`.
    #[doc(alias = "IP_TTL")]
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.socket.set_ttl(ttl)
    }

    /// `SO_ERROR`: takes the error that the socket keeps, if there is one.
    ///
    /// # Errors
    ///
    /// As `std::net::UdpSocket::take_error`.
    #[doc(alias = "SO_ERROR")]
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.socket.take_error()
    }

    /// `IP_ADD_MEMBERSHIP`: receives what is sent to this group too, on the interface with this address;
    /// `0.0.0.0` leaves that to the system.
    ///
    /// # Errors
    ///
    /// As `std::net::UdpSocket::join_multicast_v4`.
    #[doc(alias = "IP_ADD_MEMBERSHIP")]
    pub fn join_multicast_v4(&self, group: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        self.socket.join_multicast_v4(group, interface)
    }

    /// `IP_DROP_MEMBERSHIP`: ends that.
    ///
    /// # Errors
    ///
    /// As `std::net::UdpSocket::leave_multicast_v4`.
    #[doc(alias = "IP_DROP_MEMBERSHIP")]
    pub fn leave_multicast_v4(&self, group: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        self.socket.leave_multicast_v4(group, interface)
    }

    /// `IPV6_ADD_MEMBERSHIP`: receives what is sent to this group too, on the interface with this number; 0
    /// leaves that to the system.
    ///
    /// # Errors
    ///
    /// As `std::net::UdpSocket::join_multicast_v6`.
    #[doc(alias = "IPV6_ADD_MEMBERSHIP")]
    pub fn join_multicast_v6(&self, group: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.socket.join_multicast_v6(group, interface)
    }

    /// `IPV6_DROP_MEMBERSHIP`: ends that.
    ///
    /// # Errors
    ///
    /// As `std::net::UdpSocket::leave_multicast_v6`.
    #[doc(alias = "IPV6_DROP_MEMBERSHIP")]
    pub fn leave_multicast_v6(&self, group: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.socket.leave_multicast_v6(group, interface)
    }
}

impl UdpSocket {
    /// While it [waits](Self#how-it-waits), lends a buffer of so many bytes: 1 to 65,535, more is clamped; 0 lends none,
    /// as does a socket for which this is never called. What is longer than the buffer and comes while it waits is
    /// truncated. Once the socket is registered it changes nothing.
    pub fn lend(&mut self, bytes: usize) {
        self.lent = bytes.min(65_535);
    }

    /// Takes one datagram, and says whether it was longer than `into`.
    ///
    /// # Errors
    ///
    /// * `WouldBlock`: none is there; an event follows, if registered for readable.
    /// * `ConnectionReset` (10054): an earlier datagram met a closed port. `WSAENETRESET` (10052): its time to
    ///   live ran out. Each is said once, and the socket is good: receive again, there may be more behind it. (Wine
    ///   says 10061 of a closed port, to a connected socket only, which may hear nothing more.)
    ///   [`recv_from`](crate::AssociatedSocket::recv_from) of the operations says how to switch them off.
    /// * `WSAENOBUFS` (10055): the system is short of memory. The next call tries again.
    /// * [That of a closed queue](crate::poll::is_closed).
    pub fn recv_datagram(&self, into: &mut [u8]) -> io::Result<Received> {
        self.with(|datagrams, at| datagrams.receive(at, into, false))
    }

    /// As [`recv_datagram`](Self::recv_datagram), but the datagram stays for the next receive: it says what would
    /// be taken into so much room.
    ///
    /// # Errors
    ///
    /// As [`recv_datagram`](Self::recv_datagram).
    pub fn peek_datagram(&self, into: &mut [u8]) -> io::Result<Received> {
        self.with(|datagrams, at| datagrams.receive(at, into, true))
    }

    /// Takes one datagram: its length and its sender, as `std` does on Windows.
    ///
    /// # Errors
    ///
    /// As [`recv_datagram`](Self::recv_datagram); `WSAEMSGSIZE` (10040) if it was truncated: what
    /// fitted is in the buffer, the datagram is gone.
    pub fn recv_from(&self, into: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.recv_datagram(into).and_then(whole)
    }

    /// As [`recv_from`](Self::recv_from), but the datagram stays, also after `WSAEMSGSIZE`.
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from).
    pub fn peek_from(&self, into: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.peek_datagram(into).and_then(whole)
    }

    /// As [`recv_from`](Self::recv_from), without the sender: of a socket that is
    /// connected (`connect`).
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from).
    pub fn recv(&self, into: &mut [u8]) -> io::Result<usize> {
        Ok(self.recv_from(into)?.0)
    }

    /// As [`recv`](Self::recv), but the datagram stays.
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from).
    pub fn peek(&self, into: &mut [u8]) -> io::Result<usize> {
        Ok(self.peek_from(into)?.0)
    }

    /// Sends one datagram.
    ///
    /// # Errors
    ///
    /// * `WouldBlock`: an earlier one waits for room, or the port is full; an event follows, if registered for
    ///   writable.
    /// * `WSAEMSGSIZE` (10040): too long for a datagram. The error of an earlier one that waited, said once.
    /// * [That of a closed queue](crate::poll::is_closed).
    pub fn send_to(&self, bytes: &[u8], to: SocketAddr) -> io::Result<usize> {
        self.with(|datagrams, at| datagrams.send(at, bytes, Some(to)))
    }

    /// As [`send_to`](Self::send_to), to the peer that it is connected (`connect`) to.
    ///
    /// # Errors
    ///
    /// As [`send_to`](Self::send_to); `NotConnected` (10057).
    pub fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|datagrams, at| datagrams.send(at, bytes, None))
    }

    /// Calls `what` under the lock.
    fn with<T>(
        &self,
        what: impl FnOnce(&mut Datagrams, Context<'_>) -> io::Result<T>,
    ) -> io::Result<T> {
        match &self.link {
            Some(link) => with(link, what),
            None => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

fn with<T>(link: &Link, what: impl FnOnce(&mut Datagrams, Context<'_>) -> T) -> T {
    link.with(|source, at| match source.as_other::<Datagrams>() {
        Some(datagrams) => what(datagrams, at),
        None => impossible(), // a socket's cell holds its datagrams
    })
}

/// As `std` says it.
fn whole(Received { len, from, is_truncated }: Received) -> io::Result<(usize, SocketAddr)> {
    if is_truncated {
        return Err(io::Error::from_raw_os_error(WSAEMSGSIZE));
    }
    Ok((len, from))
}

impl Attach for UdpSocket {
    fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    fn attach(&mut self, queue: &Arc<Queue>, watch: Watch) -> io::Result<()> {
        let associated =
            queue.hub.port.associate_socket(Arc::clone(&self.socket), 0).map_err(refused)?;
        // For the calls that are no operations.
        self.socket.set_nonblocking(true)?;
        let datagrams = Datagrams::new(associated, self.lent);
        let link = Link::new(queue, Source::other(datagrams), Watch::NONE)?;
        self.link.insert(link).register(watch)
    }

    fn unset(&self, link: &Link) {
        with(link, Datagrams::deregister);
    }
}

impl From<native::Udp> for UdpSocket {
    /// A bound socket of `std`'s.
    fn from(socket: native::Udp) -> Self {
        Self { socket: Arc::new(socket), lent: 0, link: None }
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
