//! Receive and send on a connected socket, and asking whether there is something to receive.

use iocp_sys::WSABUF;

use super::buffers::{contents_of, room_of, EMPTY};
use crate::{
    associated::AssociatedSocket,
    base::buffer::{set_filled, IoBuf, IoBufMut},
    base::error::Error,
    operation::{Operation, Prepared, Submitted},
    os::{self, AsSocket},
};

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// [`WSARecv`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv):
    /// receives into the room of the operation's buffer, at most 4 GiB - 1 bytes.
    ///
    /// Finished, the buffer holds what arrived behind what it held before (a `Vec`), or from its
    /// start (a boxed slice); the result is the number of bytes. `Ok(0)` on a stream is the peer's end. On
    /// a datagram socket a message larger than the room is
    /// [`Truncated`](crate::CompletionKind::Truncated).
    ///
    /// A [`Datagram`](crate::Datagram) or [`Message`](crate::Message) is a buffer too, so its operation fits here: then its
    /// bytes come, and no address. Take [`recv_from`](Self::recv_from), [`recv_msg`](Self::recv_msg).
    ///
    /// The socket's own time limit (`set_read_timeout`, fact TCP24) does not end it. After a `shutdown` of
    /// the receiving side a receive that is pending still takes what comes (fact TCP25).
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused). As results `WSAECONNRESET` (10054), `WSAENOTCONN`
    /// (10057), `WSAENOBUFS` (10055) …
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
    /// let mut packets = Packets::with_capacity(8);
    /// # client.write_all(b"abc")?;
    /// # client.shutdown(std::net::Shutdown::Write)?;
    ///
    /// let mut operation = port.operation(Vec::with_capacity(4096), 1)?;
    /// let mut all: Vec<u8> = Vec::new();
    /// loop {
    ///     operation.buffer_mut().clear(); // the room is what lies behind the contents
    ///     let received = port.finish(socket.recv(operation), &mut packets, None)?;
    ///     if received.result()? == 0 {
    ///         break; // the peer's end
    ///     }
    ///     all.extend(received.buffer());
    ///     operation = received.into_operation();
    /// }
    /// assert_eq!(all, b"abc");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "WSARecv")]
    #[inline(always)]
    pub fn recv<B: IoBufMut>(&self, operation: Operation<B>) -> Submitted<B> {
        let prepare = |buffer: &mut B| {
            let room = room_of(buffer)?;
            Ok(Prepared::filling(room, set_filled::<B>, room.len))
        };
        let issue = |room, socket, block| {
            // SAFETY:
            // * Block and buffer lie in the slot and on the heap, where nobody touches them before `submit`
            //   knows that the system is done with them.
            unsafe { os::recv(socket, &[room], block) }
        };
        // SAFETY:
        // * `issue` makes one WSARecv, into the room that `prepare` got from the buffer.
        // * `set_filled` is that of `B`, and a receive fills its room from the start.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }

    /// [`WSARecv`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv)
    /// without room: is done when a receive would bring something at once.
    ///
    /// Nothing is received and the operation's buffer is not touched, so an idle connection need not
    /// hold one: probe with an empty `Vec`, or with `()`, and receive when it is done. Success says
    /// that there are bytes, or the peer's end; its result is 0 in either case.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv), without [`Error::NoRoom`]; [`Error::Unsupported`] on a socket that is
    /// not a stream, where a receive without room takes the datagram and loses it.
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
    /// let mut packets = Packets::with_capacity(8);
    ///
    /// let probe = socket.probe(port.operation((), 1)?); // lends no buffer
    /// # client.write_all(b"abc")?;
    /// port.finish(probe, &mut packets, None)?.result()?;
    /// let received = socket.recv(port.operation(Vec::with_capacity(4096), 2)?);
    /// assert_eq!(port.finish(received, &mut packets, None)?.buffer(), b"abc");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "WSARecv")]
    #[inline(always)]
    pub fn probe<B: Send + 'static>(&self, operation: Operation<B>) -> Submitted<B> {
        let stream = self.is_stream();
        let prepare = |_: &mut B| {
            if !stream {
                return Err(Error::Unsupported("a probe of a socket that is not a stream"));
            }
            Ok(Prepared::filling_nothing(EMPTY))
        };
        let issue = |nothing: WSABUF, socket, block| {
            // SAFETY:
            // * The block lies in the slot, as for `recv`; no byte of any buffer is lent.
            unsafe { os::recv(socket, &[nothing], block) }
        };
        // SAFETY:
        // * `issue` makes one WSARecv, which uses no memory but the status block, and fills nothing.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }

    /// [`WSASend`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasend):
    /// sends the contents of the operation's buffer.
    ///
    /// Success counts the bytes that were sent: on Windows all of them, as far as is known. Wine ends a send
    /// that is pending when the peer ends its side, with success and fewer, also none: what is left is to be
    /// sent again. A send that was cancelled may have sent an unknown part: close the stream then.
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused). As results `WSAECONNRESET` (10054), `WSAESHUTDOWN`
    /// (10058), `WSAENOBUFS` (10055) …
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
    /// use std::io::Read;
    ///
    /// let port = CompletionPort::new()?;
    /// let socket = port.associate_socket(stream, 0)?;
    /// // Bytes that never change are lent as they are.
    /// let operation = port.operation("hello", 1)?;
    /// let sent = port.finish(socket.send(operation), &mut Packets::with_capacity(8), None)?;
    /// assert_eq!(sent.result()?, 5);
    /// # let mut received = [0; 5];
    /// # client.read_exact(&mut received)?;
    /// # assert_eq!(&received, b"hello");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "WSASend")]
    #[inline(always)]
    pub fn send<B: IoBuf>(&self, operation: Operation<B>) -> Submitted<B> {
        let prepare = |buffer: &mut B| Ok(Prepared::filling_nothing(contents_of(buffer)?));
        let issue = |contents, socket, block| {
            // SAFETY:
            // * Block and buffer lie in the slot and on the heap, as for `recv`.
            unsafe { os::send(socket, &[contents], block) }
        };
        // SAFETY:
        // * `issue` makes one WSASend, which only reads the contents that `prepare` got from the buffer.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }
}
