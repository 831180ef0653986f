//! The system's names, as functions: thin and safe. Each says which method it is: parameters and errors
//! are on that page.

#![allow(clippy::missing_errors_doc)]

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

/// `CreateIoCompletionPort`: [`CompletionPort::new`].
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

/// `CreateIoCompletionPort`: [`CompletionPort::associate_socket`]. `key` comes back with each packet.
#[doc(alias = "CreateIoCompletionPort")]
pub fn create_io_completion_port<S: AsSocket + 'static>(
    socket: S,
    port: &CompletionPort,
    key: usize,
) -> Result<AssociatedSocket<S>, Refused<S>> {
    port.associate_socket(socket, key)
}

/// `WSARecv`: [`AssociatedSocket::recv`].
#[doc(alias = "WSARecv")]
#[inline]
pub fn wsa_recv<S: AsSocket + 'static, B: IoBufMut>(
    socket: &AssociatedSocket<S>,
    operation: Operation<B>,
) -> Submitted<B> {
    socket.recv(operation)
}

/// `WSASend`: [`AssociatedSocket::send`].
#[doc(alias = "WSASend")]
#[inline]
pub fn wsa_send<S: AsSocket + 'static, B: IoBuf>(
    socket: &AssociatedSocket<S>,
    operation: Operation<B>,
) -> Submitted<B> {
    socket.send(operation)
}

/// `PostQueuedCompletionStatus`: [`CompletionPort::post`].
#[doc(alias = "PostQueuedCompletionStatus")]
pub fn post_queued_completion_status(
    port: &CompletionPort,
    packet: UserPacket,
) -> Result<(), Error> {
    port.post(packet)
}

/// `GetQueuedCompletionStatusEx`: [`CompletionPort::wait`], or, if `alertable`,
/// [`wait_alertable`](CompletionPort::wait_alertable).
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

/// `CloseHandle`: closes the port for everybody, and the system's handle of it. Every waiter returns with
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
