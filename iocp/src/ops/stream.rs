//! Receive and send on a connected socket, and asking whether there is something to receive.

use iocp_sys::WSABUF;

use crate::{
    associated::AssociatedSocket,
    base::buffer::{set_filled, IoBuf, IoBufMut},
    base::error::Error,
    operation::{Operation, Prepared, StartCall, Submitted},
    os::{self, AsSocket},
};

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// `WSARecv`: receives into the room of the operation's buffer.
    ///
    /// Finished, the buffer holds what arrived behind what it held before (a `Vec`), or from its
    /// start (a boxed slice); the result says how much. `Ok(0)` on a stream is the peer's end. On a
    /// datagram socket a message larger than the room is
    /// [`Truncated`](crate::CompletionKind::Truncated).
    ///
    /// # Errors
    ///
    /// The operation comes back, and no packet follows, with:
    /// * [`Error::NoRoom`]: the buffer is full; its end would read as the end of the stream.
    /// * [`Error::WrongPort`], [`Error::Closed`], [`Error::HandleClosed`].
    /// * [`Error::Os`] ← `WSAECONNRESET` (10054), `WSAENOTCONN` (10057), `WSAENOBUFS` (10055) …
    ///
    /// # Source
    ///
    /// winsock2.h, Windows 2000: [WSARecv](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv)
    #[doc(alias = "WSARecv")]
    #[inline(always)]
    pub fn recv<B: IoBufMut>(&self, operation: Operation<B>) -> Submitted<B> {
        let prepare = |buffer: &mut B| {
            let (start, room) = buffer.room();
            if room == 0 {
                return Err(Error::NoRoom);
            }
            // One system buffer holds 4 GiB - 1; a short receive is a receive.
            let room = u32::try_from(room).unwrap_or(u32::MAX);
            let parameters = WSABUF { len: room, buf: start };
            Ok(Prepared::filling(parameters, set_filled::<B>, room))
        };
        let issue = |wsabuf, socket, block| {
            // SAFETY:
            // * the buffer stays in its slot until `submit` knows that the system is done with it.
            // * the descriptor is captured by the call.
            unsafe { os::recv(socket, &[wsabuf], block) }
        };
        let call = StartCall::named("WSARecv");
        // SAFETY:
        // * one WSARecv, into the room of the buffer; the descriptor is captured by the call.
        // * `set_filled` is that of `B`, and a receive fills its room from the start.
        unsafe { operation.submit(self.target(), &call, prepare, issue) }
    }

    /// `WSARecv` without room: is done when a receive would bring something at once.
    ///
    /// Nothing is received and the operation's buffer is not touched, so an idle connection need not
    /// hold one: probe with an empty `Vec`, or with `()`, and receive when it is done. Success says
    /// that there are bytes, or the peer's end; it is 0 bytes in either case.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv), without [`Error::NoRoom`]; [`Error::Unsupported`] on a socket that is
    /// not a stream, where a receive without room takes the datagram and loses it.
    ///
    /// # Source
    ///
    /// winsock2.h, Windows 2000: [WSARecv](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv)
    #[doc(alias = "WSARecv")]
    #[inline(always)]
    pub fn probe<B: Send + 'static>(&self, operation: Operation<B>) -> Submitted<B> {
        let stream = self.is_stream();
        let prepare = |_: &mut B| {
            if !stream {
                return Err(Error::Unsupported("a probe of a socket that is not a stream"));
            }
            let parameters = WSABUF { len: 0, buf: std::ptr::null_mut() };
            Ok(Prepared::reading(parameters))
        };
        let issue = |nothing, socket, block| {
            // SAFETY:
            // * no byte of any buffer is lent; the descriptor is captured by the call.
            unsafe { os::recv(socket, &[nothing], block) }
        };
        let call = StartCall::named("WSARecv");
        // SAFETY:
        // * one WSARecv, which uses no memory but the status block; it fills no buffer.
        unsafe { operation.submit(self.target(), &call, prepare, issue) }
    }

    /// `WSASend`: sends the contents of the operation's buffer.
    ///
    /// A stream send that succeeds has sent all of it. One that was cancelled may have sent an
    /// unknown part: close the stream then.
    ///
    /// # Errors
    ///
    /// The operation comes back, and no packet follows, with:
    /// * [`Error::TooLarge`]: more than 4 GiB - 1 in one buffer.
    /// * [`Error::WrongPort`], [`Error::Closed`], [`Error::HandleClosed`].
    /// * [`Error::Os`] ← `WSAECONNRESET` (10054), `WSAESHUTDOWN` (10058), `WSAENOBUFS` (10055) …
    ///
    /// # Source
    ///
    /// winsock2.h, Windows 2000: [WSASend](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasend)
    #[doc(alias = "WSASend")]
    #[inline(always)]
    pub fn send<B: IoBuf>(&self, operation: Operation<B>) -> Submitted<B> {
        let prepare = |buffer: &mut B| {
            let contents = buffer.contents();
            let len = u32::try_from(contents.len()).map_err(|_| Error::TooLarge)?;
            let parameters = WSABUF { len, buf: contents.as_ptr().cast_mut() };
            Ok(Prepared::reading(parameters))
        };
        let issue = |wsabuf, socket, block| {
            // SAFETY:
            // * the buffer stays in its slot until `submit` knows that the system is done with it.
            // * the descriptor is captured by the call.
            unsafe { os::send(socket, &[wsabuf], block) }
        };
        let call = StartCall::named("WSASend");
        // SAFETY:
        // * one WSASend, from the contents of the buffer, which it only reads; the descriptor is
        //   captured by the call.
        unsafe { operation.submit(self.target(), &call, prepare, issue) }
    }
}
