//! Ending a connection with `DisconnectEx`, and using its socket again.
//!
//! Wine ends the connection within the call and still answers that it is pending. In skip mode no packet
//! follows there, and the operation stays in flight: under Wine, a port on which sockets are disconnected
//! is made without skip mode.

use crate::{
    associated::AssociatedSocket,
    base::error::Error,
    operation::{Operation, Prepared, Submitted},
    os::{self, AsSocket},
};

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// [`DisconnectEx`](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_disconnectex):
    /// ends the connection in order, when all that was sent has gone out.
    ///
    /// The operation's buffer is not touched: disconnect with that of the last receive, or with
    /// `()`. The socket is of no more use then; see
    /// [`disconnect_for_reuse`](Self::disconnect_for_reuse). Under Wine no packet follows if the socket
    /// is in skip mode: there, make the port with [`Config::skip_on_success`](crate::Config) off.
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused); [`Error::Unsupported`]: the socket is not TCP over IP;
    /// [`Error::Os`] of `WSAIoctl`. A socket that was never connected is `WSAENOTCONN`
    /// (10057) as the result (fact DIS01). One that was disconnected before is no error on Windows (fact
    /// DIS04, seen of the call that blocks).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{AssociatedSocket, CompletionPort, Packets};
    /// use std::net::TcpStream;
    ///
    /// /// Ends a connection whose answers are all sent.
    /// fn end(
    ///     port: &CompletionPort,
    ///     socket: AssociatedSocket<TcpStream>,
    /// ) -> Result<(), Box<dyn std::error::Error>> {
    ///     let end = socket.disconnect(port.operation((), 1)?);
    ///     port.finish(end, &mut Packets::with_capacity(8), None)?.result()?;
    ///     Ok(()) // the socket is closed here
    /// }
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "DisconnectEx")]
    pub fn disconnect<B: Send + 'static>(&self, operation: Operation<B>) -> Submitted<B> {
        self.end_connection(operation, false)
    }

    /// [`DisconnectEx`](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_disconnectex)
    /// with `TF_REUSE_SOCKET`: ends the connection, and when it is done this socket can take another one.
    ///
    /// Pass it to [`accept_into`](Self::accept_into) then. It is still associated, and in skip mode if
    /// it was: a connection on a socket used again takes an accept, an update, a disconnect, and its
    /// part of the waits, where a new socket is also made, associated, put into skip mode and closed.
    ///
    /// The system may keep the operation until the peer has ended its side, and the socket's address
    /// has left the state TIME_WAIT. Finish or cancel what else is in flight first: what is still
    /// pending afterwards may take bytes of the next connection.
    ///
    /// # Errors
    ///
    /// As [`disconnect`](Self::disconnect).
    #[doc(alias = "DisconnectEx")]
    #[doc(alias = "TF_REUSE_SOCKET")]
    pub fn disconnect_for_reuse<B: Send + 'static>(&self, operation: Operation<B>) -> Submitted<B> {
        self.end_connection(operation, true)
    }

    fn end_connection<B: Send + 'static>(
        &self,
        operation: Operation<B>,
        reuse: bool,
    ) -> Submitted<B> {
        let (target, kind) = (self.target(), self.kind());
        let handle = target.map(|target| target.handle);
        let prepare = |_: &mut B| {
            if !kind.is_tcp() {
                return Err(Error::Unsupported("disconnecting a socket that is not TCP over IP"));
            }
            os::find_disconnect(handle?, kind).map_err(|code| Error::os("WSAIoctl", code))?;
            Ok(Prepared::filling_nothing(()))
        };
        let issue = |(), socket, block| {
            // SAFETY:
            // * The block lies in the slot until `submit` knows that the system is done with it.
            unsafe { os::disconnect(socket, kind, reuse, block) }
        };
        // SAFETY:
        // * `issue` makes one DisconnectEx, which uses no memory but the status block, and fills nothing.
        unsafe { operation.submit(target, false, prepare, issue) }
    }
}
