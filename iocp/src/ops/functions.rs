//! The system's names, as functions: thin and safe. Each is a method under the name that C programs know.

use std::time::Duration;

use crate::{
    associated::AssociatedSocket,
    base::buffer::{IoBuf, IoBufMut},
    base::error::{Error, Refused},
    core::{packet::UserPacket, packets::Packets},
    operation::{Operation, Submitted},
    os::AsSocket,
    port::{CompletionPort, Wait},
};

/// [`CreateIoCompletionPort`](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport)
/// of no handle: makes a port, as [`CompletionPort::new`] does.
///
/// As many threads may run at once as there are processors, and the port has the limits of
/// [`Config::default`](crate::Config); [`CompletionPort::with_config`] has others.
///
/// # Errors
///
/// [`Error::Os`] if the system has no handle or memory left.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
/// # let (stream, _) = listener.accept()?;
/// use iocp::{
///     create_completion_port, create_io_completion_port, get_queued_completion_status_ex,
///     post_queued_completion_status, wsa_recv, wsa_send, Packets, UserPacket,
/// };
///
/// let port = create_completion_port()?;
/// let socket = create_io_completion_port(stream, &port, 1)?;
/// let sending = wsa_send(&socket, port.operation("abc", 2)?);
/// let receiving = wsa_recv(&socket, port.operation(Vec::with_capacity(64), 3)?);
/// post_queued_completion_status(&port, UserPacket::default())?;
///
/// let mut packets = Packets::with_capacity(8);
/// get_queued_completion_status_ex(&port, &mut packets, None, false)?;
/// assert!(!packets.is_empty());
/// # drop((sending, receiving, client));
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[doc(alias = "CreateIoCompletionPort")]
pub fn create_completion_port() -> Result<CompletionPort, Error> {
    CompletionPort::new()
}

/// [`CreateIoCompletionPort`](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport)
/// of a handle: associates a socket with the port, as [`CompletionPort::associate_socket`] does.
///
/// `key` is any number, also 0 and `usize::MAX`; it comes back with each packet of the socket
/// ([`Packet::Io`](crate::Packet::Io)). A socket is with one port for its whole life. Files and pipes:
/// [`CompletionPort::associate_handle`].
///
/// # Errors
///
/// The socket comes back with one of the errors of [associating](CompletionPort#associating): for one that is
/// with a port already, `ERROR_INVALID_PARAMETER` (87).
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
/// # let (stream, _) = listener.accept()?;
/// use iocp::{create_completion_port, create_io_completion_port, Refused};
///
/// let port = create_completion_port()?;
/// let socket = create_io_completion_port(stream, &port, 7)?;
/// assert_eq!(socket.key(), 7);
///
/// let again = socket.get_ref().try_clone()?;
/// let Err(Refused { error, value }) = create_io_completion_port(again, &port, 8) else {
///     panic!("it is with a port");
/// };
/// assert_eq!(error.raw_os_error(), Some(87));
/// drop::<std::net::TcpStream>(value); // it came back
/// # drop(client);
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[doc(alias = "CreateIoCompletionPort")]
pub fn create_io_completion_port<S: AsSocket + 'static>(
    socket: S,
    port: &CompletionPort,
    key: usize,
) -> Result<AssociatedSocket<S>, Refused<S>> {
    port.associate_socket(socket, key)
}

/// [`WSARecv`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv): starts to receive
/// into the room of the operation's buffer, as [`AssociatedSocket::recv`] does.
///
/// The result says whether a packet is owed: with [`Submitted::Pending`] it is, and the ticket waits for it; with
/// [`Submitted::Ready`] the operation is done, and no packet comes. 0 bytes are the peer's end.
///
/// # Errors
///
/// [`Submitted::Refused`] gives the operation back: those of [every submit](Submitted::Refused), as
/// [`Error::NoRoom`] for a `Vec` without spare capacity. What the system says is the operation's result:
/// `WSAECONNRESET` (10054), `WSAENOTCONN` (10057), `WSAENOBUFS` (10055) …
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
/// # let (stream, _) = listener.accept()?;
/// use iocp::{create_completion_port, create_io_completion_port, wsa_recv, Packets};
/// # use std::io::Write;
///
/// let port = create_completion_port()?;
/// let socket = create_io_completion_port(stream, &port, 1)?;
/// # client.write_all(b"abc")?;
///
/// let receiving = wsa_recv(&socket, port.operation(Vec::with_capacity(64), 2)?);
/// let received = port.finish(receiving, &mut Packets::with_capacity(8), None)?;
/// assert_eq!(received.result()?, 3);
/// assert_eq!(received.buffer(), b"abc");
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[doc(alias = "WSARecv")]
#[inline]
pub fn wsa_recv<S: AsSocket + 'static, B: IoBufMut>(
    socket: &AssociatedSocket<S>,
    operation: Operation<B>,
) -> Submitted<B> {
    socket.recv(operation)
}

/// [`WSASend`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasend): starts to send
/// the contents of the operation's buffer, as [`AssociatedSocket::send`] does.
///
/// Whether a packet is owed: as [`wsa_recv`]. A result below the contents' length leaves the rest to be sent; its
/// page says when.
///
/// # Errors
///
/// [`Submitted::Refused`] gives the operation back: those of [every submit](Submitted::Refused). As results
/// `WSAECONNRESET` (10054), `WSAESHUTDOWN` (10058), `WSAENOBUFS` (10055) …
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
/// # let (stream, _) = listener.accept()?;
/// use iocp::{create_completion_port, create_io_completion_port, wsa_send, Packets};
///
/// let port = create_completion_port()?;
/// let socket = create_io_completion_port(stream, &port, 1)?;
/// let sending = wsa_send(&socket, port.operation("hello", 2)?);
/// let sent = port.finish(sending, &mut Packets::with_capacity(8), None)?;
/// assert_eq!(sent.result()?, 5);
/// # drop(client);
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[doc(alias = "WSASend")]
#[inline]
pub fn wsa_send<S: AsSocket + 'static, B: IoBuf>(
    socket: &AssociatedSocket<S>,
    operation: Operation<B>,
) -> Submitted<B> {
    socket.send(operation)
}

/// [`PostQueuedCompletionStatus`](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-postqueuedcompletionstatus):
/// puts a packet of the caller's own into the queue, as [`CompletionPort::post`] does.
///
/// It comes back as [`Packet::User`](crate::Packet::User), its two numbers as they are: any are good. No operation
/// is behind it, and nothing here is freed by one. A value for a thread goes by a
/// [`mailbox`](CompletionPort::mailbox), a mere "look" by a [`Waker`](crate::Waker).
///
/// # Errors
///
/// [`Error::Closed`], or [`Error::Os`] if the system is out of memory: nothing was posted then.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{create_completion_port, get_queued_completion_status_ex};
/// use iocp::{post_queued_completion_status, Packet, Packets, UserPacket};
///
/// let port = create_completion_port()?;
/// post_queued_completion_status(&port, UserPacket { token: 42, bytes: 7 })?;
///
/// let mut packets = Packets::with_capacity(8);
/// get_queued_completion_status_ex(&port, &mut packets, None, false)?;
/// let Some(Packet::User(posted)) = packets.iter().next() else { panic!("it was posted") };
/// assert_eq!((posted.token, posted.bytes), (42, 7));
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[doc(alias = "PostQueuedCompletionStatus")]
pub fn post_queued_completion_status(
    port: &CompletionPort,
    packet: UserPacket,
) -> Result<(), Error> {
    port.post(packet)
}

/// [`GetQueuedCompletionStatusEx`](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-getqueuedcompletionstatusex):
/// waits for packets, as [`CompletionPort::wait`] does or, if `alertable`,
/// [`wait_alertable`](CompletionPort::wait_alertable).
///
/// `packets` is emptied first; as many come as there are, at most its
/// [capacity](Packets::with_capacity). `timeout`: `None` waits for ever, zero takes what is there, anything else is
/// rounded up to milliseconds and never ends early. [`Wait`] says by what the wait was ended: a time limit that
/// passed is no error.
///
/// # Errors
///
/// [`Error::Closed`] once the port was closed and has no packet left; [`Error::Os`].
///
/// # Panics
///
/// As [`CompletionPort::wait`]: if the buffer of a dropped ticket panics in its drop.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{create_completion_port, get_queued_completion_status_ex};
/// use iocp::{post_queued_completion_status, Packets, UserPacket, Wait};
/// use std::time::Duration;
///
/// let port = create_completion_port()?;
/// let mut packets = Packets::with_capacity(64);
/// let limit = Some(Duration::from_millis(1));
/// let nothing = get_queued_completion_status_ex(&port, &mut packets, limit, false)?;
/// assert_eq!(nothing, Wait::TimedOut);
///
/// for token in 0..3 {
///     post_queued_completion_status(&port, UserPacket { token, bytes: 0 })?;
/// }
/// let three = get_queued_completion_status_ex(&port, &mut packets, None, false)?;
/// assert_eq!(three, Wait::Packets(3));
/// for packet in packets.iter() {
///     println!("{packet:?}");
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[doc(alias = "GetQueuedCompletionStatusEx")]
pub fn get_queued_completion_status_ex(
    port: &CompletionPort,
    packets: &mut Packets,
    timeout: Option<Duration>,
    alertable: bool,
) -> Result<Wait, Error> {
    if alertable {
        port.wait_alertable(packets, timeout)
    } else {
        port.wait(packets, timeout)
    }
}

/// [`CloseHandle`](https://learn.microsoft.com/en-us/windows/win32/api/handleapi/nf-handleapi-closehandle): closes the port for everybody, and the system's handle of it. Every waiter returns with
/// [`Error::Closed`].
///
/// The handle is closed when this returns `Ok`, after the port's end (see [`CompletionPort`]).
///
/// # Errors
///
/// [`Error::InUse`]: a clone, socket, operation, ticket, waker, timer or sender still refers to the port. It
/// is closed for all of them; the handle goes with the last.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{close_handle, create_completion_port};
///
/// let port = create_completion_port()?;
/// let waker = port.waker();
/// close_handle(port.clone()).unwrap_err(); // `Error::InUse`: closed, and still held
/// drop((port, waker));
/// close_handle(create_completion_port()?)?;
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[doc(alias = "CloseHandle")]
pub fn close_handle(port: CompletionPort) -> Result<(), Error> {
    port.close_handle()
}
