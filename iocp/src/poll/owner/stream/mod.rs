//! [`TcpStream`]: what users hold of a connection; its state is in `registered`.

mod io;
#[cfg(windows)]
mod options;
mod outbox;
mod registered;

use std::io::{Error as IoError, ErrorKind, Result};
use std::net::{Shutdown, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;
use std::vec::IntoIter;

use self::registered::Registered;
use super::link::{Attach, Link};
use crate::associated::{accepted::AcceptedSocket, AssociatedSocket};
use crate::base::error::{Error, Refused};
use crate::os;
use crate::poll::native::{self, StreamSocket};
use crate::poll::source::stream::{connect_operation, socket_for, Connecting};
use crate::poll::util::impossible;
use crate::poll::{error::refused, marks::Watch, queue::Queue};

/// A TCP connection.
///
/// Until it is registered it is a blocking `std` stream. From then on no call on it blocks:
///
/// | call | registered |
/// | --- | --- |
/// | `read`, `read_vectored` | what has come, as much as there is room for; `WouldBlock` if nothing is there; `Ok(0)` for ever at the peer's end; after a reset the error, for ever, once what a lent buffer holds is read (Wine 8 tells a reset behind bytes that were left as the end, of std's sockets too) |
/// | [`peek`](Self::peek) | as `read`, and leaves it there |
/// | `write`, `write_vectored` | what the system takes at once is sent from the caller's memory, the rest copied and queued, in order: sent on while somebody polls; short, then `WouldBlock`, at the [high-water mark](crate::poll::Config::send_high_water): an event follows; an error of an earlier write's sending is that of the next write |
/// | `flush` | `WouldBlock` until the system has taken all that was written: an event follows |
/// | [`shutdown`](Self::shutdown) | `Write` takes effect when all that was written is sent |
/// | drop | see below |
///
/// `Read` and `Write` are there for `&TcpStream` too: one thread may read and another write.
///
/// Options that have no method here: `socket2::SockRef::from(&stream)`; leave the non-blocking mode as it is. A stream
/// that is registered is not given back as std's: bytes may be in a buffer of the queue, and before Windows 8.1 a socket
/// leaves a port only by its close.
///
/// # Dropping it
///
/// What was written is still sent, and not lost by the close: a socket that is closed while a receive is
/// pending, or before all that has come was read, can reset the connection, which takes away what the peer has
/// not read yet
/// ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/winsock/graceful-shutdown-linger-options-and-socket-closure-2)).
/// So a stream that has written *lingers* in the queue. What is queued is sent, then the end; what still comes
/// is thrown away until the peer ends its side too; then the socket is closed. Its events end at once. A peer that
/// reads slowly loses nothing, as long as one of the sends in which the queue goes out (two to three, each at most the
/// high-water mark long) ends in each [`linger`](crate::poll::Config::linger).
///
/// One that pauses for longer loses the rest. Where that matters, `flush` until it is `Ok`, and drop the stream then:
/// the system has all of it, and goes on sending however long the peer takes. That works after
/// [`shutdown`](Self::shutdown) too; a limit of your own is for a peer that never reads.
///
/// | dropped | its connection |
/// | --- | --- |
/// | nothing was written since it was registered | is closed at once |
/// | it is broken, or [aborted](Self::abort) | is closed at once |
/// | the peer's end has come, and all is sent | is closed at once |
/// | something was written | is closed when the system has all of it and the peer's end has come |
/// | … and something is queued of which the peer takes nothing within [`linger`](crate::poll::Config::linger) | is reset |
/// | … and the system has all, and the peer neither ends nor sends within [`linger`](crate::poll::Config::linger) | is closed: the system goes on sending; what the peer sends later resets the connection |
/// | … and the peer sends more than [`linger_bytes`](crate::poll::Config::linger_bytes) | is reset |
/// | … and more than [`max_lingering`](crate::poll::Config::max_lingering) linger after it | as if its time were over, and without another if something is queued |
/// | … and the [`Poll`](crate::poll::Poll) is dropped | goes on within the port's [`drain_limit`](crate::Config::drain_limit), then is closed |
/// | after the loop was [closed](crate::poll::Registrator::close_loop) | as far as what is in flight goes, when the `Poll` is dropped |
/// | after the `Poll` | is closed at once |
///
/// Lingering needs somebody who polls, and at most one operation with its buffer beside the sends. A peer that
/// does not read, or is not to be waited for: [`abort`](Self::abort).
/// [`linger_stats`](crate::poll::Poll::linger_stats) counts.
///
/// # Examples
///
/// ```no_run
/// # #[cfg(windows)]
/// # fn main() -> std::io::Result<()> {
/// use iocp::poll::{Interests, Registrator, TcpStream, Token};
/// use std::io::{self, ErrorKind, Write};
///
/// /// Writes what is left; true once all of it is queued.
/// fn go_on(
///     stream: &mut TcpStream,
///     left: &mut Vec<u8>,
///     registrator: &Registrator,
///     token: Token,
/// ) -> io::Result<bool> {
///     while !left.is_empty() {
///         match stream.write(left) {
///             Ok(count) => drop(left.drain(..count)),
///             // The queue of this stream is full: a writable event says when it is not.
///             Err(error) if error.kind() == ErrorKind::WouldBlock => {
///                 let both = Interests::READABLE | Interests::WRITABLE;
///                 registrator.reregister(stream, token, both)?;
///                 return Ok(false);
///             }
///             Err(error) => return Err(error), // the connection is broken
///         }
///     }
///     Ok(true)
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
pub struct TcpStream {
    state: State,
}

enum State {
    Registered(Registered),
    /// With the kind of an accepted socket, which is known. None while it is being registered.
    Plain(Option<native::Stream>, Option<os::SocketKind>),
}

impl TcpStream {
    /// Reads what has come, and leaves it there for the next read. The count may be less than the next read
    /// gives; twice in a row it gives the same bytes.
    ///
    /// # Errors
    ///
    /// As those of a read: `WouldBlock` if nothing is there, and an event follows. No event follows a peek that gave
    /// bytes, so nobody can wait by it for more: read them.
    #[doc(alias = "MSG_PEEK")]
    pub fn peek(&self, into: &mut [u8]) -> Result<usize> {
        match self.registered() {
            Some(registered) => registered.peek(into),
            None => self.plain().peek(into),
        }
    }

    /// `shutdown`: ends one direction or both.
    ///
    /// The sending direction ends when all that was written is sent; later writes say
    /// `WSAESHUTDOWN` (10058). After `Read` all reads are `Ok(0)`.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::shutdown`; kind `NotConnected` while it is connecting.
    pub fn shutdown(&self, how: Shutdown) -> Result<()> {
        match self.registered() {
            Some(registered) => registered.shut_down(how),
            None => self.plain().shutdown(how),
        }
    }

    /// Sets a limit of idleness: when for so long no byte was read or written, an event tells it
    /// ([`is_idle`](crate::poll::Event::is_idle)), whatever the interests. The time begins anew then, so a stream that
    /// stays idle is told again after each limit. `None`: no limit, as in the beginning.
    ///
    /// The connection is left as it is: whoever hears of it drops the stream or [aborts](Self::abort) it, or sends a
    /// sign of life. What counts is a read that gave bytes, a write that took some, and a send of what was queued that
    /// came to its end; so a peer that stops reading is told too. While it is connecting, the limit is one of the
    /// connect. Without somebody who polls nothing is told; a deregistered stream is not told.
    ///
    /// In steps of a millisecond, at least one; at the end of the limit or up to a tick of the system's clock later,
    /// as long as a thread polls. It is a [`Timer`](crate::Timer) of the queue's port: polls look at the clock from the
    /// first limit on, and a thread that waits may be woken where this limit is the next that ends. A stream with a
    /// limit takes two locks and the time for each read and write; one without pays nothing for it.
    ///
    /// # Errors
    ///
    /// Kind `Unsupported` if the stream is not registered.
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn serve(poll: &iocp::poll::Poll, stream: iocp::poll::TcpStream) -> std::io::Result<()> {
    /// use std::time::Duration;
    ///
    /// stream.set_idle_limit(Some(Duration::from_secs(30)))?;
    /// let mut events = iocp::poll::Events::with_capacity(64);
    /// poll.poll(&mut events, None)?;
    /// if events.iter().any(|event| event.is_idle()) {
    ///     stream.abort();
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_idle_limit(&self, limit: Option<Duration>) -> Result<()> {
        let registered = self.registered().ok_or(ErrorKind::Unsupported)?;
        registered.set_idle_limit(limit);
        Ok(())
    }

    /// Closes the connection at once: what was written and not sent yet is discarded, and the peer
    /// sees a reset. For clients that do not read, or that are not to be waited for: dropping the stream
    /// sends first what was written (see [above](Self)).
    ///
    /// Wine 10 keeps a socket open whose write once said `WouldBlock`, std's too: there the peer sees nothing before the
    /// process ends.
    pub fn abort(self) {
        // A refusal leaves an orderly end, which is the next best.
        let _ = os::reset_on_close(os::borrow_socket(&self));
        if let Some(registered) = self.registered() {
            // WSAECONNABORTED: what later writes would say.
            let link = &registered.link;
            link.with_stream(|stream, _| stream.sending(registered.socket()).fail(10_053));
        }
    }

    /// Starts connecting; the first address whose socket can be made is the first that is tried.
    pub(crate) fn connecting(
        queue: &Arc<Queue>,
        addresses: impl ToSocketAddrs,
        watch: Watch,
    ) -> Result<Self> {
        let mut addresses = addresses.to_socket_addrs()?.collect::<Vec<_>>().into_iter();
        let mut error = IoError::new(ErrorKind::InvalidInput, "no address to connect to");
        while let Some(address) = addresses.next() {
            match socket_for(&queue.hub, &address) {
                Ok(socket) => return Self::start(queue, socket, address, addresses, watch),
                Err(failed) => error = failed.into(),
            }
        }
        Err(error)
    }

    /// Starts connecting a socket of the caller's own.
    pub(crate) fn connecting_from(
        queue: &Arc<Queue>,
        socket: native::Stream,
        address: SocketAddr,
        watch: Watch,
    ) -> Result<Self> {
        let associated = queue.hub.port.associate_socket(socket, 0).map_err(refused)?;
        check_stream(&associated)?;
        Self::start(queue, associated, address, Vec::new().into_iter(), watch)
    }

    /// Starts connecting to this address, and tries the others after it.
    fn start(
        queue: &Arc<Queue>,
        socket: StreamSocket,
        address: SocketAddr,
        others: IntoIter<SocketAddr>,
        watch: Watch,
    ) -> Result<Self> {
        // A full port is the caller's to know, not the stream's.
        let first = connect_operation(&queue.hub, address)?;
        let (connecting, later) = Connecting::new(others);
        let made =
            Registered::new(queue, socket, (!later.is_empty()).then_some(later), Watch::NONE);
        let registered = made.map_err(|(error, _)| error)?;
        let link = &registered.link;
        link.report_if(link.with_stream(|stream, at| {
            stream.watch(at, watch);
            stream.connect(&registered.own, at, first, connecting)
        }));
        Ok(Self { state: State::Registered(registered) })
    }

    /// A connection that a listener of the queue gave.
    pub(crate) fn accepted(socket: AcceptedSocket) -> Self {
        let kind = Some(socket.kind());
        Self { state: State::Plain(Some(socket.into()), kind) }
    }

    fn registered(&self) -> Option<&Registered> {
        match &self.state {
            State::Registered(registered) => Some(registered),
            _ => None,
        }
    }

    /// The socket of one that is not registered.
    fn plain(&self) -> &native::Stream {
        match &self.state {
            State::Plain(Some(socket), _) => socket,
            _ => impossible(), // it is registered, or is being registered by the caller
        }
    }

    /// Calls `what` with the socket.
    fn with_native<T>(&self, what: impl FnOnce(&native::Stream) -> T) -> T {
        match self.registered() {
            Some(registered) => what(registered.socket().view().get_ref()),
            None => what(self.plain()),
        }
    }
}

impl Attach for TcpStream {
    fn link(&self) -> Option<&Link> {
        self.registered().map(|registered| &registered.link)
    }

    fn attach(&mut self, queue: &Arc<Queue>, watch: Watch) -> Result<()> {
        let State::Plain(socket, kind) = &mut self.state else { return Ok(()) };
        let (Some(socket), kind) = (socket.take(), *kind) else { return Ok(()) };
        let associated = match kind {
            Some(kind) => AssociatedSocket::of_kind(&queue.hub.port.core, socket, kind, 0),
            None => queue.hub.port.associate_socket(socket, 0),
        };
        let made = match associated {
            Ok(associated) => match check_stream(&associated) {
                Ok(()) => Registered::new(queue, associated, None, watch),
                Err(error) => Err((error, associated)),
            },
            Err(Refused { error, value }) => {
                self.state = State::Plain(Some(value), kind);
                return Err(refused(error));
            }
        };
        match made {
            Ok(registered) => {
                self.state = State::Registered(registered);
                match &mut self.state {
                    State::Registered(registered) => registered.begin(watch),
                    _ => Ok(()),
                }
            }
            Err((error, socket)) => {
                self.state = State::Plain(Some(socket.into_inner()), kind);
                Err(error)
            }
        }
    }

    fn set(&self, _: &Link, watch: Watch) -> Result<()> {
        self.registered().map_or(Ok(()), |registered| registered.register(watch))
    }

    fn unset(&self, _: &Link) {
        if let Some(registered) = self.registered() {
            registered.deregister();
        }
    }
}

fn check_stream(socket: &StreamSocket) -> Result<()> {
    if socket.is_stream() {
        return Ok(());
    }
    // An empty message would read as the end.
    Err(Error::Unsupported("a stream whose socket carries messages").into())
}

#[cfg(all(test, not(windows)))]
impl TcpStream {
    /// A drop that was interrupted after its cell was given back. What is returned is dropped later.
    pub(crate) fn half_dropped(self) -> impl std::any::Any {
        match self.state {
            State::Registered(registered) => Some(registered.half_dropped()),
            _ => None,
        }
    }
}
