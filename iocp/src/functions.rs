//! The functions of the field by their own names, thin and safe.

use std::time::Duration;

use crate::{
    os::AsSocket, Associated, CompletionPort, Error, IoBuf, IoBufMut, Operation, Packets, Refused,
    Submitted, UserPacket, Wait,
};

/// `CreateIoCompletionPort`: makes a port. As [`CompletionPort::new`].
///
/// # Errors
///
/// As [`CompletionPort::new`].
pub fn create_completion_port() -> Result<CompletionPort, Error> {
    CompletionPort::new()
}

/// `CreateIoCompletionPort`: associates a socket with a port; `key` comes back with each of its
/// packets. As [`CompletionPort::associate_with_key`].
///
/// # Errors
///
/// As [`CompletionPort::associate_with_key`]: the socket comes back.
pub fn create_io_completion_port<S: AsSocket>(
    socket: S,
    port: &CompletionPort,
    key: usize,
) -> Result<Associated<S>, Refused<S>> {
    port.associate_with_key(socket, key)
}

/// `WSARecv`: receives. As [`Associated::recv`].
#[inline]
pub fn wsa_recv<S: AsSocket, B: IoBufMut>(
    socket: &Associated<S>,
    operation: Operation<B>,
) -> Submitted<B> {
    socket.recv(operation)
}

/// `WSASend`: sends. As [`Associated::send`].
#[inline]
pub fn wsa_send<S: AsSocket, B: IoBuf>(
    socket: &Associated<S>,
    operation: Operation<B>,
) -> Submitted<B> {
    socket.send(operation)
}

/// `PostQueuedCompletionStatus`: posts a packet. As [`CompletionPort::post`].
///
/// # Errors
///
/// As [`CompletionPort::post`].
pub fn post_queued_completion_status(
    port: &CompletionPort,
    packet: UserPacket,
) -> Result<(), Error> {
    port.post(packet)
}

/// `GetQueuedCompletionStatusEx`: waits for packets. As [`CompletionPort::wait`], or
/// [`wait_alertable`](CompletionPort::wait_alertable).
///
/// # Errors
///
/// As [`CompletionPort::wait`].
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

/// Closes a port: every waiter is told. As [`CompletionPort::close`]; the system's handle goes with
/// the last reference.
///
/// # Errors
///
/// As [`CompletionPort::close`].
pub fn close_handle(port: &CompletionPort) -> Result<(), Error> {
    port.close()
}
