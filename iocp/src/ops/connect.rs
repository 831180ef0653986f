//! Connecting without blocking, with `ConnectEx`.

use std::{fmt, net::SocketAddr};

use super::buffers::contents_of;
use crate::{
    associated::AssociatedSocket,
    base::{
        buffer::IoBuf,
        error::{Error, Refused},
    },
    operation::{Completed, Operation, Prepared, Submitted},
    os::{
        self,
        address::{encode, family, LONGEST},
        AsSocket, OwnedSocket,
    },
    port::CompletionPort,
};

/// What a connect lends to the system: the peer's address, and the first bytes to send, if there are any.
///
/// Made by [`CompletionPort::connect_operation`] and
/// [`connect_operation_with_data`](CompletionPort::connect_operation_with_data).
pub struct Connect<B = ()> {
    address: SocketAddr,
    raw: Box<[u8; LONGEST]>,
    data: B,
}

/// [`WSASocketW`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasocketw):
/// makes an unbound TCP socket, overlapped and not inheritable (`WSA_FLAG_NO_HANDLE_INHERIT`), of the family of
/// `peer`. Before Windows 7 SP1 that flag is `WSAEINVAL` (10022): neither this nor an accept makes a socket there.
///
/// # Errors
///
/// [`Error::Os`] ← `WSAEAFNOSUPPORT` (10047), `WSAEMFILE` (10024) …
#[doc(alias = "WSASocketW")]
pub fn stream_socket(peer: &SocketAddr) -> Result<OwnedSocket, Error> {
    os::stream_socket(i32::from(family(peer))).map_err(|code| Error::os("WSASocketW", code))
}

impl CompletionPort {
    /// Makes an operation for [`AssociatedSocket::connect`].
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Closed`].
    pub fn connect_operation(
        &self,
        address: SocketAddr,
        token: usize,
    ) -> Result<Operation<Connect>, Error> {
        self.connect_operation_with_data(address, (), token).map_err(Error::from)
    }

    /// Makes an operation for [`AssociatedSocket::connect`] that sends these bytes as soon as the connection is
    /// there. Its result is how many were sent (fact CON03); without data it is 0.
    ///
    /// # Errors
    ///
    /// The data comes back with [`Error::Full`], [`Error::TooLarge`] or [`Error::Closed`].
    #[doc(alias = "ConnectEx")]
    pub fn connect_operation_with_data<B: IoBuf>(
        &self,
        address: SocketAddr,
        data: B,
        token: usize,
    ) -> Result<Operation<Connect<B>>, Refused<B>> {
        let bytes = data.capacity().saturating_add(LONGEST);
        let connect = Connect { address, raw: Box::new(encode(&address).0), data };
        let operation = Operation::new(&self.core, connect, bytes, token);
        operation.map_err(|Refused { error, value }| Refused { error, value: value.data })
    }
}

impl<B> Connect<B> {
    /// What is sent first, to be changed between uses.
    pub fn data_mut(&mut self) -> &mut B {
        &mut self.data
    }

    /// What is sent first, alone.
    #[must_use]
    pub fn into_data(self) -> B {
        self.data
    }
}

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// `bind`, [`ConnectEx`](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_connectex):
    /// connects this socket, which is bound to any local address first unless it is bound already; and sends the
    /// operation's [first bytes](CompletionPort::connect_operation_with_data).
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused); [`Error::Unsupported`]: the socket is not TCP over IP;
    /// [`Error::TooLarge`]: more than 4 GiB - 1 bytes to send;
    /// [`Error::Os`] of `bind` (`WSAEADDRINUSE`, 10048 …) or `WSAIoctl`. What the connect says is its
    /// result: `WSAEISCONN` (10056), or that nobody listens
    /// ([`Refused`](crate::CompletionKind::Refused)).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{stream_socket, CompletionKind, CompletionPort, Packets};
    /// use std::net::{TcpListener, TcpStream};
    ///
    /// # let listener = TcpListener::bind("127.0.0.1:0")?;
    /// # let peer = listener.local_addr()?;
    /// let port = CompletionPort::new()?;
    /// let socket = port.associate_socket(TcpStream::from(stream_socket(&peer)?), 0)?;
    /// let connect = socket.connect(port.connect_operation(peer, 1)?);
    /// let connected = port.finish(connect, &mut Packets::with_capacity(8), None)?;
    /// match connected.kind() {
    ///     None => connected.connected(&socket)?, // makes `peer_addr` and the like work
    ///     Some(CompletionKind::Refused) => eprintln!("nobody listens at {peer}"),
    ///     Some(_) => return Err(connected.result().unwrap_err().into()),
    /// }
    /// assert_eq!(socket.peer_addr()?, peer);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "bind")]
    #[doc(alias = "ConnectEx")]
    pub fn connect<B: IoBuf>(&self, operation: Operation<Connect<B>>) -> Submitted<Connect<B>> {
        let (target, kind) = (self.target(), self.kind());
        let handle = target.map(|target| target.handle);
        let prepare = |connect: &mut Connect<B>| {
            if !kind.is_tcp() {
                return Err(Error::Unsupported("connecting a socket that is not TCP over IP"));
            }
            let data = contents_of(&connect.data)?;
            os::find_connect(handle?, kind).map_err(|code| Error::os("WSAIoctl", code))?;
            os::bind_any(handle?, &connect.address).map_err(|code| Error::os("bind", code))?;
            let (_, len) = encode(&connect.address);
            Ok(Prepared::filling_nothing((connect.raw.as_ptr(), len, data)))
        };
        let issue = |(name, len, data), socket, block| {
            // SAFETY:
            // * Block, address and data lie in the slot and on the heap, where nobody touches them before
            //   `submit` knows that the system is done with them.
            // * `len` is the length of an address of this family, at most that of `raw`.
            unsafe { os::connect(socket, kind, name, len, data, block) }
        };
        // SAFETY:
        // * `issue` makes one ConnectEx, which only reads the address and the data that the operation owns.
        unsafe { operation.submit(target, false, prepare, issue) }
    }
}

impl<B: IoBuf> Completed<Connect<B>> {
    /// `SO_UPDATE_CONNECT_CONTEXT`: completes the socket, which `peer_addr`, `shutdown` and the like need.
    ///
    /// # Errors
    ///
    /// The connect's, or that of the update; [`raw_os_error`](crate::raw_os_error) has Winsock's code.
    #[doc(alias = "SO_UPDATE_CONNECT_CONTEXT")]
    pub fn connected<S: AsSocket + 'static>(
        &self,
        socket: &AssociatedSocket<S>,
    ) -> std::io::Result<()> {
        self.result()?;
        os::update_connect(socket.target()?.handle)
            .map_err(|code| Error::os("setsockopt", code).into())
    }

    /// The peer's address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.buffer().address
    }
}

impl<B> fmt::Debug for Connect<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect").field("address", &self.address).finish_non_exhaustive()
    }
}
