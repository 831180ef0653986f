//! [`TcpListener`]: what users hold of a listener; its accepts are in `source/listener.rs`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::{io, net::SocketAddr, sync::Arc};

use super::link::{Attach, Link};
use super::stream::TcpStream;
use crate::os::AsSocket;
use crate::poll::source::{listener::Listening, Source};
use crate::poll::util::impossible;
use crate::poll::{error::refused, marks::Watch, native, queue::Queue};

/// A TCP listener.
///
/// Registered for readable, it keeps accepts with the system, less the connections that nobody has taken yet:
/// with as many of those, further ones stay in the system's backlog. It begins with two, each with a socket for
/// the next connection, and has twice as many each time that connections have come to all of them before one
/// was taken, up to [`set_depth`](Self::set_depth). A peer that left before it was accepted is not reported; the
/// accept is started again. Until it is registered it is a blocking `std` listener.
///
/// [Deregistered](crate::poll::Registrator::deregister), or registered without readable, it pauses: it accepts
/// nothing more, and connections stay in the backlog until it is registered for readable again. What was
/// accepted by then can still be taken.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::poll::{Events, Interests, Poll};
/// use std::io::ErrorKind;
///
/// let poll = Poll::new()?;
/// let listener = poll.registrator().listen("127.0.0.1:0", 0, 16)?; // 16 accepts at once
/// # let client = std::net::TcpStream::connect(listener.local_addr()?)?;
/// let mut events = Events::with_capacity(64);
/// let mut streams = Vec::new();
/// while streams.is_empty() {
///     poll.poll(&mut events, None)?;
///     loop {
///         match listener.accept() {
///             Ok((mut stream, peer)) => {
///                 println!("{peer}");
///                 poll.registrator().register(&mut stream, 1, Interests::READABLE)?;
///                 streams.push(stream);
///             }
///             Err(error) if error.kind() == ErrorKind::WouldBlock => break,
///             Err(error) => return Err(error.into()),
///         }
///     }
/// }
/// # drop(client);
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct TcpListener {
    socket: Arc<native::Listener>,
    depth: usize,
    /// Registered, and nothing is to be taken: known without the lock of its cell.
    waits: Arc<AtomicBool>,
    link: Option<Link>,
}

const DEPTH: usize = 16;
const DEPTH_MOST: usize = 1024;

#[cfg(windows)]
impl TcpListener {
    /// Listens.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpListener::bind`.
    pub fn bind(address: impl std::net::ToSocketAddrs) -> io::Result<Self> {
        native::Listener::bind(address).map(Self::from)
    }

    /// This end's address.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpListener::local_addr`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

impl TcpListener {
    /// How many accepts the system has at a time at most, 1 to 1024, clamped; 16 if it is never called. Once the
    /// listener is registered it changes nothing.
    pub fn set_depth(&mut self, depth: usize) {
        self.depth = depth.clamp(1, DEPTH_MOST);
    }

    /// Takes a connection, and the peer's address.
    ///
    /// The connection is a blocking stream until it is registered. After an event, accept until
    /// `WouldBlock`; one that is left gives another event.
    ///
    /// # Errors
    ///
    /// * `WouldBlock`: none is there; an event follows, if registered for readable.
    /// * [That of a closed queue](crate::poll::is_closed).
    /// * Why the system cannot accept, such as `WSAEMFILE` (10024) and `WSAENOBUFS` (10055): said once.
    ///   The listener is still good: the next call tries again, and a poll does 100 ms later, whose
    ///   failure is an event again.
    pub fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let Some(link) = &self.link else {
            let (stream, peer) = self.socket.accept()?;
            return Ok((stream.into(), peer));
        };
        if self.waits.load(Ordering::Acquire) && !link.hub().is_closed() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let (accepted, post) = link.with(|source, at| match source.as_other::<Listening>() {
            Some(listening) => listening.accept(at),
            None => impossible(), // a listener's cell holds a listener
        });
        link.report_if(post);
        let (socket, peer) = accepted?;
        Ok((TcpStream::accepted(socket), peer))
    }
}

impl Attach for TcpListener {
    fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    fn attach(&mut self, queue: &Arc<Queue>, watch: Watch) -> io::Result<()> {
        let associated =
            queue.hub.port.associate_socket(Arc::clone(&self.socket), 0).map_err(refused)?;
        let listening = Listening::new(associated, self.depth, Arc::clone(&self.waits));
        let link = Link::new(queue, Source::other(listening), Watch::NONE)?;
        self.link.insert(link).register(watch)
    }

    fn unset(&self, link: &Link) {
        link.with(|source, at| {
            at.unwatch();
            if let Some(listening) = source.as_other::<Listening>() {
                listening.pause();
            }
        });
    }
}

impl From<native::Listener> for TcpListener {
    /// A listener of `std`'s.
    fn from(listener: native::Listener) -> Self {
        Self { socket: Arc::new(listener), depth: DEPTH, waits: Arc::default(), link: None }
    }
}

impl AsSocket for TcpListener {
    fn as_socket(&self) -> native::BorrowedSocket<'_> {
        self.socket.as_socket()
    }
}

#[cfg(windows)]
impl std::os::windows::io::AsRawSocket for TcpListener {
    fn as_raw_socket(&self) -> std::os::windows::io::RawSocket {
        self.socket.as_raw_socket()
    }
}
