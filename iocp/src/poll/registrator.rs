//! [`Registrator`]: registers sources with a queue, from any thread, and closes it.

use std::net::{SocketAddr, ToSocketAddrs};
use std::{fmt, io, sync::Arc};

use super::error::refused;
use super::owner::link::{Attach, Link};
#[cfg(windows)]
use super::owner::listener::TcpListener;
use super::owner::{stream::TcpStream, waker::Waker};
use super::{event::Token, interests::Interests, marks::Watch, queue::Queue};
use crate::base::error::Error;
use crate::os::OwnedSocket;

/// Registers sources with a [`Poll`](super::Poll): from any thread, also while that is waiting.
///
/// Clones are the same. It keeps the port's memory, but not the queue: once the `Poll` is dropped, as
/// after [`close_loop`](Self::close_loop), every call says [that it is closed](super::is_closed),
/// without a system call.
#[doc(alias = "Registry")]
#[derive(Clone)]
pub struct Registrator {
    pub(crate) queue: Arc<Queue>,
}

/// What [`Registrator::register`] takes: [`TcpStream`], [`TcpListener`](super::TcpListener),
/// [`UdpSocket`](super::UdpSocket), [`PipeStream`](super::PipeStream), and nothing else: it is sealed.
///
/// A bound for functions of your own over all of them. A waker is made with its token
/// ([`Registrator::waker`]); handles of other kinds go to the port or have calls of their own here.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> std::io::Result<()> {
/// use iocp::poll::{Interests, Poll, Registrable, Registrator, Token};
/// use iocp::poll::{TcpListener, UdpSocket};
/// use std::io;
///
/// fn add<S: Registrable>(r: &Registrator, source: &mut S, id: Token) -> io::Result<()> {
///     r.register(source, id, Interests::READABLE)
/// }
///
/// let poll = Poll::new()?;
/// add(&poll.registrator(), &mut TcpListener::bind("127.0.0.1:0")?, 1)?;
/// add(&poll.registrator(), &mut UdpSocket::bind("127.0.0.1:0")?, 2)?;
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[doc(alias = "Source")]
pub trait Registrable: Attach {}

impl<T: Attach> Registrable for T {}

impl Registrator {
    /// Registers a source, or replaces the token and interests of one that is registered here.
    ///
    /// The socket is associated with the port once, at the first time; at most one receive is in
    /// flight. What is ready already gives an event now: data, an end or an error for `READABLE`,
    /// room for `WRITABLE`.
    ///
    /// # Errors
    ///
    /// * [`Error::NotAssociable`](crate::Error::NotAssociable) within kind `InvalidInput`: it is
    ///   registered with another `Poll`, or its socket is associated with another port.
    /// * Kind `Unsupported`: a `TcpStream` made of a socket that carries messages, of which an empty one would
    ///   read as the end.
    /// * [That of a closed queue](super::is_closed).
    /// * Kind `WouldBlock`: as many operations or bytes are lent as the
    ///   [port's limits](super::Config::port) allow. The source has no interests now, and no event
    ///   follows: register it again later, after a poll, which frees what other sources keep unused.
    /// * The system's error if the socket is of no use.
    #[inline]
    pub fn register<S: Registrable>(
        &self,
        source: &mut S,
        token: Token,
        interests: Interests,
    ) -> io::Result<()> {
        if source.link().is_some() {
            return self.reregister(source, token, interests);
        }
        self.check_open()?;
        source.attach(&self.queue, Watch { token, interests, ..Watch::NONE })
    }

    /// As [`register`](Self::register), for a source that is registered: needs only a shared
    /// reference.
    ///
    /// An event under the old token may still come, also to another thread that polls. Ignore it: what is
    /// ready gives an event under the new one.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register); kind `NotFound` if the source was never registered.
    pub fn reregister<S: Registrable>(
        &self,
        source: &S,
        token: Token,
        interests: Interests,
    ) -> io::Result<()> {
        source.set(self.link_of(source)?, Watch { token, interests, ..Watch::NONE })
    }

    /// No more events of this source, not even the error of a connect that fails. A listener
    /// [pauses](super::TcpListener).
    ///
    /// It can be registered again with the same `Poll`, and with no other: a socket belongs to one
    /// port for as long as it is open. Its calls still do not block.
    ///
    /// # Errors
    ///
    /// As [`reregister`](Self::reregister).
    pub fn deregister<S: Registrable>(&self, source: &S) -> io::Result<()> {
        source.unset(self.link_of(source)?);
        Ok(())
    }

    /// Connects without blocking: to each of the addresses in turn, until one accepts.
    ///
    /// The stream is registered already. When it is connected it is writable; if no address accepts,
    /// an event says [`is_error`](super::Event::is_error), whatever the interests, and reads and
    /// writes say the last address's error. Until then they are `WouldBlock`, and `shutdown` is `NotConnected`: one
    /// that passes an end on does so at the writable event.
    ///
    /// Host names are looked up here, which blocks; give addresses where that matters.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register); that of the look-up; kind `InvalidInput` if there is no
    /// address.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::poll::{Events, Interests, Poll};
    ///
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let address = listener.local_addr()?;
    /// let poll = Poll::new()?;
    /// let stream = poll.registrator().connect(address, 1, Interests::WRITABLE)?;
    /// let mut events = Events::with_capacity(64);
    /// while events.is_empty() {
    ///     poll.poll(&mut events, None)?;
    /// }
    /// // Writable: the connect is over. One that failed is an error too.
    /// let event = events.iter().next().expect("one");
    /// assert!(event.id() == 1 && event.is_writable() && !event.is_error());
    /// assert_eq!(stream.peer_addr()?, address);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    pub fn connect(
        &self,
        addresses: impl ToSocketAddrs,
        token: Token,
        interests: Interests,
    ) -> io::Result<TcpStream> {
        self.check_open()?;
        TcpStream::connecting(&self.queue, addresses, Watch { token, interests, ..Watch::NONE })
    }

    /// As [`connect`](Self::connect), of a socket of the caller's own: bound to an address, with options set, made
    /// by another crate. One that is not bound is bound to any address of the peer's family, as `ConnectEx` wants.
    ///
    /// It must be an overlapped TCP socket, as those of std and socket2 are (`socket2::Socket` becomes an
    /// `OwnedSocket`). There is one address to try: a socket whose connect has failed is not used again.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register). What the connect says is told as `connect` tells it, also `WSAEISCONN`
    /// (10056) of a socket that is connected.
    #[doc(alias = "ConnectEx")]
    pub fn connect_from(
        &self,
        socket: OwnedSocket,
        address: SocketAddr,
        token: Token,
        interests: Interests,
    ) -> io::Result<TcpStream> {
        self.check_open()?;
        let watch = Watch { token, interests, ..Watch::NONE };
        #[allow(clippy::useless_conversion)] // one type on the simulated kernel
        TcpStream::connecting_from(&self.queue, socket.into(), address, watch)
    }

    /// As [`listen`](Self::listen), on a socket of the caller's own, which is bound: dual-stack, with options set,
    /// made by another crate. It may listen already.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register); that of `listen`: `WSAEINVAL` (10022) if it is not bound.
    #[cfg(windows)]
    pub fn listen_on(
        &self,
        socket: OwnedSocket,
        token: Token,
        depth: usize,
    ) -> io::Result<TcpListener> {
        self.check_open()?;
        crate::os::listen(crate::os::borrow_socket(&socket)).map_err(io::Error::from)?;
        let mut listener = TcpListener::from(std::net::TcpListener::from(socket));
        listener.set_depth(depth);
        self.register(&mut listener, token, Interests::READABLE)?;
        Ok(listener)
    }

    /// Listens, and registers the listener for readable events; at most `depth` accepts are with the system
    /// at a time: 1 to 1024, clamped.
    ///
    /// # Errors
    ///
    /// As [`TcpListener::bind`](super::TcpListener::bind) and [`register`](Self::register).
    #[cfg(windows)]
    pub fn listen(
        &self,
        address: impl ToSocketAddrs,
        token: Token,
        depth: usize,
    ) -> io::Result<TcpListener> {
        self.check_open()?;
        let mut listener = TcpListener::bind(address)?;
        listener.set_depth(depth);
        self.register(&mut listener, token, Interests::READABLE)?;
        Ok(listener)
    }

    /// A handle that makes a readable event with this token, from any thread.
    ///
    /// # Errors
    ///
    /// [That of a closed queue](super::is_closed).
    pub fn waker(&self, token: Token) -> io::Result<Waker> {
        self.check_open()?;
        Waker::new(&self.queue, token)
    }

    /// Closes the queue: every [`poll`](super::Poll::poll), on all threads, brings what is there and
    /// then says `Closed`.
    ///
    /// # Errors
    ///
    /// [That of a closed queue](super::is_closed) if it was closed before.
    pub fn close_loop(&self) -> io::Result<()> {
        self.queue.hub.close().map_err(io::Error::from)
    }

    fn check_open(&self) -> io::Result<()> {
        if self.queue.hub.is_closed() {
            return Err(Error::Closed.into());
        }
        Ok(())
    }

    /// The link of a source that is registered here, while the queue is open.
    fn link_of<'a>(&self, source: &'a impl Attach) -> io::Result<&'a Link> {
        self.check_open()?;
        match source.link() {
            Some(link) if Arc::ptr_eq(&link.queue, &self.queue) => Ok(link),
            Some(_) => Err(refused(Error::NotAssociable)),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl fmt::Debug for Registrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registrator").field("closed", &self.queue.hub.is_closed()).finish()
    }
}
