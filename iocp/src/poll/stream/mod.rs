//! A TCP connection that can be registered.

mod connect;
pub(super) mod recv;
mod send;
pub(super) mod state;

use std::{
    fmt,
    io::{self, Read, Write},
    net::{Shutdown, ToSocketAddrs},
    sync::Arc,
};

pub(super) use self::state::code_of;

use self::{connect::Later, state::Stream};
use super::{
    context::Context,
    link::Link,
    native,
    queue::{closed, Queue},
    registrator::sealed::Attach,
    source::Source,
    Interests, Token,
};
use crate::{
    os::{self, AsSocket},
    AcceptedSocket, Associated, Error,
};

/// A TCP connection.
///
/// Until it is registered it is a blocking `std` stream. From then on no call on it blocks:
///
/// | call | registered |
/// | --- | --- |
/// | `read` | what was received, at most the internal buffer at a time; `WouldBlock` if nothing is there; `Ok(0)` for ever at the peer's end; after a reset the error, for ever, once what was buffered is read |
/// | `write` | copied and queued, in order; short, then `WouldBlock`, at the [high-water mark](super::Config::send_high_water); an error of an earlier write's sending is that of the next write |
/// | `flush` | `WouldBlock` until the system has taken all that was written |
/// | [`shutdown`](Self::shutdown) | `Write` takes effect when all that was written is sent |
/// | drop | see below |
///
/// `Read` and `Write` are there for `&TcpStream` too: one thread may read and another write.
///
/// # Dropping it
///
/// What was written is still sent: the stream goes on in the queue until the system has taken all
/// of it, or the connection breaks, and is closed then. Its events end at once. A peer that never
/// reads keeps that part alive until the [`Poll`](super::Poll) is dropped, at most the high-water mark
/// of bytes each: [`abort`](Self::abort) such a stream instead.
pub struct TcpStream {
    socket: Arc<native::Stream>,
    /// What kind of socket it is, where that need not be asked.
    kind: Option<os::SocketKind>,
    /// The sockets of further addresses.
    later: Option<Arc<Later>>,
    link: Option<Link>,
}

#[cfg(windows)]
impl TcpStream {
    /// Connects, and blocks until the connection is made or refused.
    ///
    /// [`Registrator::connect`](super::Registrator::connect) does not block.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::connect`.
    pub fn connect(address: impl ToSocketAddrs) -> io::Result<Self> {
        native::Stream::connect(address).map(Self::from)
    }

    /// The peer's address.
    ///
    /// # Errors
    ///
    /// `NotConnected`, also while it is connecting.
    pub fn peer_addr(&self) -> io::Result<std::net::SocketAddr> {
        self.native().peer_addr()
    }

    /// This end's address.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::local_addr`.
    pub fn local_addr(&self) -> io::Result<std::net::SocketAddr> {
        self.native().local_addr()
    }

    /// `TCP_NODELAY`: sends small writes at once.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::set_nodelay`.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.native().set_nodelay(nodelay)
    }

    /// `TCP_NODELAY`.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::nodelay`.
    pub fn nodelay(&self) -> io::Result<bool> {
        self.native().nodelay()
    }
}

impl TcpStream {
    /// `shutdown`: ends one direction or both.
    ///
    /// The sending direction ends when all that was written is sent; later writes say
    /// `WSAESHUTDOWN` (10058). After `Read` all reads are `Ok(0)`.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::shutdown`; kind `NotConnected` while it is connecting.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        if self.link.is_none() {
            return native::shut_down(self.native(), how);
        }
        if self.with(|stream, _| stream.is_connecting()) {
            return Err(io::ErrorKind::NotConnected.into());
        }
        if how != Shutdown::Write {
            // Dropped after the lock: it cancels the receive.
            drop(self.with(|stream, _| stream.shut_down_read()));
        }
        if how != Shutdown::Read {
            return self.with(|stream, _| stream.shut_down_write());
        }
        Ok(())
    }

    /// Closes the connection at once: what was written and not sent yet is discarded, and the peer
    /// sees a reset.
    ///
    /// For clients that do not read, or that are not to be waited for; dropping the stream sends
    /// what was written first (see [above](Self)).
    pub fn abort(self) {
        // A refusal leaves an orderly end, which is the next best.
        let _ = os::reset_on_close(os::socket_handle(self.native()));
        if self.link.is_some() {
            self.with(|stream, _| stream.abort());
        }
    }

    /// Starts connecting; the first address whose socket can be made is the first that is tried.
    pub(super) fn connecting(
        queue: &Arc<Queue>,
        addresses: impl ToSocketAddrs,
        token: Token,
        interests: Interests,
    ) -> io::Result<Self> {
        let mut addresses = addresses.to_socket_addrs()?.collect::<Vec<_>>().into_iter();
        let mut error = connect::nowhere();
        while let Some(address) = addresses.next() {
            let (socket, associated) = match connect::socket_for(queue, &address) {
                Ok(pair) => pair,
                Err(failed) => {
                    error = failed.into();
                    continue;
                }
            };
            // A full port is the caller's to know, not the stream's.
            let first = queue.port.connect_operation(address, 0)?;
            let stream = Source::Stream(Stream::new(associated, token, interests));
            let link = Link::new(queue, stream)?;
            let later = Arc::new(Later::default());
            let later_sockets = Some(Arc::clone(&later));
            let this = Self { socket, kind: None, later: later_sockets, link: Some(link) };
            let post = this.with(|stream, at| {
                connect::start(stream, at, first, addresses, later);
                stream.connect_started(at)
            });
            this.post_if(post);
            return Ok(this);
        }
        Err(error)
    }

    /// A connection that a listener of the queue gave.
    pub(super) fn accepted(socket: AcceptedSocket) -> Self {
        let kind = Some(socket.kind());
        Self { kind, ..native::stream(socket.into()).into() }
    }

    fn native(&self) -> &native::Stream {
        self.later.as_ref().and_then(|later| later.last()).unwrap_or(&self.socket)
    }

    /// The stream's place in its queue, locked. Only for one that is registered.
    #[inline]
    fn with<T>(&self, what: impl FnOnce(&mut Stream, Context<'_>) -> T) -> T {
        let Some(link) = &self.link else { unreachable!("only registered streams come here") };
        link.with(|source, at| match source {
            Source::Stream(stream) => what(stream, at),
            _ => unreachable!("a stream's place holds a stream"),
        })
    }

    #[inline]
    fn post_if(&self, post: bool) {
        if let (true, Some(link)) = (post, &self.link) {
            link.post();
        }
    }

    #[inline]
    fn read_some(&self, into: &mut [u8]) -> io::Result<usize> {
        if self.link.is_none() {
            return native::read(self.native(), into);
        }
        let (read, post) = self.with(|stream, at| stream.read(at, into));
        self.post_if(post);
        read
    }

    #[inline]
    fn write_some(&self, bytes: &[u8]) -> io::Result<usize> {
        if self.link.is_none() {
            return native::write(self.native(), bytes);
        }
        self.with(|stream, at| stream.write(at, bytes))
    }

    fn flush_all(&self) -> io::Result<()> {
        if self.link.is_none() {
            return Ok(());
        }
        self.with(|stream, at| stream.flush(at))
    }
}

impl Attach for TcpStream {
    fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    fn attach(&mut self, queue: &Arc<Queue>) -> io::Result<()> {
        let socket = Arc::clone(&self.socket);
        let associated = match self.kind {
            Some(kind) => Associated::of_kind(&queue.port.core, socket, kind, 0),
            None => queue.port.associate(socket),
        };
        let associated = associated.map_err(refused)?;
        let stream = Stream::new(associated, 0, Interests::NONE);
        self.link = Some(Link::new(queue, Source::Stream(stream))?);
        Ok(())
    }

    fn set(&self, token: Token, interests: Interests) -> io::Result<()> {
        let post = self.with(|stream, at| stream.register(at, token, interests))?;
        self.post_if(post);
        Ok(())
    }

    fn unset(&self) {
        self.with(|stream, _| stream.deregister());
    }
}

/// Why a socket was not associated; the error is kept whole for those who look for it.
pub(super) fn refused<T>(refused: crate::Refused<T>) -> io::Error {
    match refused.error {
        Error::Closed => closed(),
        error @ Error::NotAssociable => io::Error::new(io::ErrorKind::InvalidInput, error),
        error => error.into(),
    }
}

impl Read for TcpStream {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.read_some(into)
    }
}

impl Read for &TcpStream {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.read_some(into)
    }
}

impl Write for TcpStream {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_some(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flush_all()
    }
}

impl Write for &TcpStream {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_some(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flush_all()
    }
}

impl From<native::Stream> for TcpStream {
    /// A connected stream of `std`'s. Leave it in blocking mode, or not: registered, it never blocks.
    fn from(stream: native::Stream) -> Self {
        Self { socket: Arc::new(stream), kind: None, later: None, link: None }
    }
}

#[cfg(windows)]
impl AsSocket for TcpStream {
    fn as_socket(&self) -> std::os::windows::io::BorrowedSocket<'_> {
        self.native().as_socket()
    }
}

#[cfg(windows)]
impl std::os::windows::io::AsRawSocket for TcpStream {
    fn as_raw_socket(&self) -> std::os::windows::io::RawSocket {
        self.native().as_raw_socket()
    }
}

#[cfg(not(windows))]
impl AsSocket for TcpStream {
    fn as_socket(&self) -> crate::os::sim::BorrowedSocket<'_> {
        self.native().as_socket()
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpStream")
            .field("socket", self.native())
            .field("registered", &self.link.is_some())
            .finish()
    }
}
