//! Receive and send with several buffers in one call.

use super::buffers::{IoBufs, IoBufsMut};
use crate::{
    associated::AssociatedSocket,
    base::error::{Error, Refused},
    operation::{Operation, Prepared, Submitted},
    os::{self, AsSocket},
    port::CompletionPort,
};

impl CompletionPort {
    /// Makes an operation that owns several buffers, for [`AssociatedSocket::recv_vectored`] and
    /// [`AssociatedSocket::send_vectored`]; a [`Datagram`](crate::Datagram) or [`Message`](crate::Message) of
    /// several, for their own. Charged with the capacities of all of them.
    ///
    /// # Errors
    ///
    /// The buffers come back with [`Error::Full`], [`Error::TooLarge`] or [`Error::Closed`].
    pub fn vectored_operation<B: IoBufs>(
        &self,
        buffers: B,
        token: usize,
    ) -> Result<Operation<B>, Refused<B>> {
        let bytes = buffers.capacity();
        Operation::new(&self.core, buffers, bytes, token)
    }
}

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// [`WSARecv`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv):
    /// receives into the room of several buffers, filled one after the other.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv); [`Error::NoRoom`] if none has room, [`Error::TooLarge`] if they have
    /// more than 4 GiB - 1 bytes together.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
    /// # let (stream, _) = listener.accept()?;
    /// use iocp::{CompletionPort, Packets};
    /// # use std::io::Write;
    ///
    /// let port = CompletionPort::new()?;
    /// let socket = port.associate_socket(stream, 0)?;
    /// # client.write_all(b"HEADbody")?;
    /// let buffers = [Vec::with_capacity(4), Vec::with_capacity(64)];
    /// let operation = port.vectored_operation(buffers, 1)?;
    /// let mut packets = Packets::with_capacity(8);
    /// let received = port.finish(socket.recv_vectored(operation), &mut packets, None)?;
    /// assert_eq!(received.result()?, 8);
    /// let [head, body] = received.into_buffer(); // filled one after the other
    /// assert_eq!((&head[..], &body[..]), (&b"HEAD"[..], &b"body"[..]));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "WSARecv")]
    pub fn recv_vectored<B: IoBufsMut>(&self, operation: Operation<B>) -> Submitted<B> {
        let prepare = |buffers: &mut B| {
            let (parameters, room) = buffers.rooms()?;
            if room == 0 {
                return Err(Error::NoRoom);
            }
            Ok(Prepared::filling(parameters, fill_in_turn::<B>, room))
        };
        let issue = |descriptors: B::Descriptors, socket, block| {
            // SAFETY:
            // * Block and buffers lie in the slot and on the heap, where nobody touches them before `submit`
            //   knows that the system is done with them.
            unsafe { os::recv(socket, descriptors.as_ref(), block) }
        };
        // SAFETY:
        // * `issue` makes one WSARecv, into the rooms that `prepare` got from the buffers.
        // * `fill_in_turn` is that of `B`, and a receive fills the rooms in their order.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }

    /// [`WSASend`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasend):
    /// sends the contents of several buffers, one after the other, as one message.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); [`Error::TooLarge`] above 4 GiB - 1 bytes together.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
    /// # let (stream, _) = listener.accept()?;
    /// use iocp::{CompletionPort, Packets};
    ///
    /// let port = CompletionPort::new()?;
    /// let socket = port.associate_socket(stream, 0)?;
    /// let body: Vec<u8> = b"body".to_vec();
    /// let operation = port.vectored_operation(("HEAD", body), 1)?; // of two types
    /// let mut packets = Packets::with_capacity(8);
    /// let sent = port.finish(socket.send_vectored(operation), &mut packets, None)?;
    /// assert_eq!(sent.result()?, 8);
    /// # drop(client);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "WSASend")]
    pub fn send_vectored<B: IoBufs>(&self, operation: Operation<B>) -> Submitted<B> {
        let prepare = |buffers: &mut B| Ok(Prepared::filling_nothing(buffers.describe()?));
        let issue = |descriptors: B::Descriptors, socket, block| {
            // SAFETY:
            // * Block and buffers lie in the slot and on the heap, as for `recv_vectored`.
            unsafe { os::send(socket, descriptors.as_ref(), block) }
        };
        // SAFETY:
        // * `issue` makes one WSASend, which only reads what `prepare` got from the buffers.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }
}

/// Gives each buffer its share of the `n` bytes that arrived.
///
/// # Safety
///
/// `buffers` is a `B` that nobody else refers to; the first `n` bytes of their rooms, taken in turn, are initialised.
pub(super) unsafe fn fill_in_turn<B: IoBufsMut>(buffers: *mut (), n: usize) {
    // SAFETY:
    // * `buffers` is a `B` that nobody else refers to, as the caller promises.
    let buffers = unsafe { &mut *buffers.cast::<B>() };
    // SAFETY:
    // * The first `n` bytes of the rooms are initialised, as the caller promises.
    unsafe { buffers.fill_in_turn(n) };
}
