//! Accepting connections with `AcceptEx`.

use std::{fmt, io, net::SocketAddr};

use crate::{
    associated::{accepted::AcceptedSocket, AssociatedSocket},
    base::error::{CompletionError, Error, Refused},
    core::held::{HeldSlot, Target},
    operation::{Completed, Operation, Prepared, Submitted},
    os::{self, address::LONGEST, AsSocket, Borrowed, Handle},
    port::CompletionPort,
};

/// Room for one address: the system wants 16 bytes more than the address has.
pub(crate) const ADDRESS_ROOM: usize = LONGEST + 16;

/// What an accept lends to the system: a socket, and room for two addresses, and for first bytes if there is
/// any. Made by [`CompletionPort::accept_operation`] and
/// [`accept_operation_with_data`](CompletionPort::accept_operation_with_data).
pub struct Accept {
    into: Into,
    /// The first bytes, then two addresses.
    room: Box<[u8]>,
    /// How many first bytes came.
    received: usize,
}

/// Which socket the connection is accepted into.
enum Into {
    /// None is chosen yet.
    Nothing,
    /// One that was made for it.
    New(AcceptedSocket),
    /// One of the caller's; its packet key says which.
    Used(usize),
}

/// The result of a finished accept, and the operation to accept the next one with.
#[derive(Debug)]
pub struct Accepted<T = (AcceptedSocket, SocketAddr)> {
    /// The connection, inheriting the listener's options, and the peer's address; after
    /// [`accept_into`](AssociatedSocket::accept_into) the address alone.
    pub result: Result<T, AcceptError>,
    /// To be submitted again; it has the [first bytes](Accept::first_data), if it had room for some.
    pub operation: Operation<Accept>,
}

/// Why an accept gave no connection. The listener is still good.
///
/// # Examples
///
/// ```no_run
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{AcceptError, CompletionKind};
///
/// /// Whether to accept the next connection at once.
/// fn goes_on(error: &AcceptError) -> bool {
///     match error {
///         // Cancelled here, or by the end of the listener.
///         AcceptError::Completion(error) => error.kind != CompletionKind::Cancelled,
///         // This connection could not be made ready; others may.
///         _ => true,
///     }
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AcceptError {
    /// The accept itself failed: the peer was gone before it was accepted, or it was cancelled.
    #[error(transparent)]
    Completion(#[from] CompletionError),
    /// The connection could not be made ready; it is closed.
    #[error(transparent)]
    Setup(#[from] Error),
}

impl<T> From<Refused<T>> for AcceptError {
    /// That of the accept that was not started.
    fn from(refused: Refused<T>) -> Self {
        Self::Setup(refused.error)
    }
}

impl From<AcceptError> for io::Error {
    /// That of the error in it.
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::Completion(error) => error.into(),
            AcceptError::Setup(error) => error.into(),
        }
    }
}

impl CompletionPort {
    /// Makes an operation for [`AssociatedSocket::accept`].
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Closed`].
    pub fn accept_operation(&self, token: usize) -> Result<Operation<Accept>, Error> {
        self.accept_operation_with_data(0, token)
    }

    /// Makes an operation for [`AssociatedSocket::accept`] that is done only when the connection's first bytes are
    /// there, at most `room` of them, in one packet with the connection: [`Accept::first_data`]. With a room of
    /// 0 it waits for none.
    ///
    /// A peer that says nothing, or an end of its, holds the accept for as long as it likes (Microsoft's page
    /// of `AcceptEx` has a way to find such, `SO_CONNECT_TIME`): have several pending, and cancel.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Closed`]; [`Error::TooLarge`] of a `room` of more than 4 GiB - 89 bytes.
    #[doc(alias = "AcceptEx")]
    pub fn accept_operation_with_data(
        &self,
        room: usize,
        token: usize,
    ) -> Result<Operation<Accept>, Error> {
        let bytes =
            room.checked_add(2 * ADDRESS_ROOM).filter(|bytes| u32::try_from(*bytes).is_ok());
        let bytes = bytes.ok_or(Error::TooLarge)?;
        let room = vec![0; bytes].into_boxed_slice();
        let accept = Accept { into: Into::Nothing, room, received: 0 };
        Operation::new(&self.core, accept, bytes, token).map_err(Error::from)
    }
}

impl Accept {
    /// The first bytes of the connection that was accepted last; none without
    /// [room for them](CompletionPort::accept_operation_with_data), or if the peer ended without any.
    #[must_use]
    pub fn first_data(&self) -> &[u8] {
        self.room.get(..self.received.min(self.data_room())).unwrap_or_default()
    }

    fn data_room(&self) -> usize {
        self.room.len() - 2 * ADDRESS_ROOM
    }
}

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// [`AcceptEx`](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-acceptex):
    /// accepts one connection on this listener, into a socket made for it.
    ///
    /// It waits for no first bytes, so that the peer's silence holds nothing up, unless the operation
    /// [has room for them](CompletionPort::accept_operation_with_data).
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused); [`Error::Unsupported`]: the socket is not TCP over IP;
    /// [`Error::Os`] of `WSASocketW` (`WSAEMFILE`, 10024 …) or `WSAIoctl`. A socket that does not listen is
    /// `WSAEINVAL` (10022) as the result.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{CompletionPort, Packets};
    /// use std::net::{TcpListener, TcpStream};
    ///
    /// let port = CompletionPort::new()?;
    /// let mut packets = Packets::with_capacity(8);
    /// let listener = port.associate_socket(TcpListener::bind("127.0.0.1:0")?, 0)?;
    /// let accept = listener.accept(port.accept_operation(1)?);
    /// # let client = TcpStream::connect(listener.local_addr()?)?;
    ///
    /// let accepted = port.finish(accept, &mut packets, None)?.accepted(&listener);
    /// match accepted.result {
    ///     Ok((socket, peer)) => {
    /// #       assert_eq!(peer, client.local_addr()?);
    ///         let socket = port.associate_accepted::<TcpStream>(socket, 2)?;
    ///         println!("{peer} on {:?}", socket.local_addr()?);
    ///     }
    ///     // The listener is still good: a client that is gone is no reason to stop.
    ///     Err(error) => eprintln!("{error}"),
    /// }
    /// let next = listener.accept(accepted.operation);
    /// # drop(next);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "AcceptEx")]
    pub fn accept(&self, operation: Operation<Accept>) -> Submitted<Accept> {
        let kind = self.kind();
        let choose = |accept: &mut Accept| {
            let socket = match std::mem::replace(&mut accept.into, Into::Nothing) {
                Into::New(socket) if socket.kind() == kind => socket,
                _ => {
                    let socket = os::stream_socket(kind.family);
                    let socket = socket.map_err(|code| Error::os("WSASocketW", code))?;
                    AcceptedSocket::new(socket, kind)
                }
            };
            let handle = os::borrow_socket(&socket).value();
            accept.into = Into::New(socket);
            Ok(handle)
        };
        self.start_accept(operation, choose)
    }

    /// [`AcceptEx`](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-acceptex):
    /// accepts one connection on this listener into a socket that had one before, which ended with
    /// [`disconnect_for_reuse`](Self::disconnect_for_reuse).
    ///
    /// It ends with [`Completed::accepted_into`]. Keep the socket meanwhile: if it is dropped the
    /// accept ends at once, without a connection (fact ACC17):
    /// [`AbortedBySystem`](crate::CompletionKind::AbortedBySystem).
    /// To end the accept, cancel *it*: it is an operation of the listener (fact ACC20).
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept), but for `WSASocketW`; [`Error::WrongPort`] and
    /// [`Error::HandleClosed`] also because of `socket`. As a result `WSAEINVAL` (10022) says also that
    /// `socket` is connected, or that another accept has it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{CompletionPort, Config, Packets};
    /// use std::net::{TcpListener, TcpStream};
    ///
    /// // Without skip mode: under Wine a disconnect sends its packet only so.
    /// let port = CompletionPort::with_config(&Config::default().skip_on_success(false))?;
    /// let mut packets = Packets::with_capacity(8);
    /// let listener = port.associate_socket(TcpListener::bind("127.0.0.1:0")?, 0)?;
    /// # let address = listener.local_addr()?;
    /// # let first = TcpStream::connect(address)?;
    /// let accept = listener.accept(port.accept_operation(1)?);
    /// let accepted = port.finish(accept, &mut packets, None)?.accepted(&listener);
    /// let socket = port.associate_accepted::<TcpStream>(accepted.result?.0, 2)?;
    ///
    /// # drop(first);
    /// let end = socket.disconnect_for_reuse(port.operation((), 3)?);
    /// port.finish(end, &mut packets, None)?.result()?;
    /// let accept = listener.accept_into(accepted.operation, &socket);
    /// # let second = TcpStream::connect(address)?;
    /// let accepted = port.finish(accept, &mut packets, None)?;
    /// let peer = accepted.accepted_into(&listener, &socket).result?;
    /// # assert_eq!(peer, second.local_addr()?);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "AcceptEx")]
    #[doc(alias = "TF_REUSE_SOCKET")]
    pub fn accept_into<T: AsSocket + 'static>(
        &self,
        operation: Operation<Accept>,
        socket: &AssociatedSocket<T>,
    ) -> Submitted<Accept> {
        // Runs code of the caller's, so it comes before anything changes.
        let (target, port) = (socket.target(), self.core());
        let choose = |accept: &mut Accept| {
            let target = target?;
            if !std::ptr::eq(target.cell.core(), port) {
                return Err(Error::WrongPort);
            }
            accept.into = Into::Used(target.cell.get().packet_key());
            Ok(target.handle.value())
        };
        self.start_accept(operation, choose)
    }

    fn start_accept(
        &self,
        operation: Operation<Accept>,
        choose: impl FnOnce(&mut Accept) -> Result<Handle, Error>,
    ) -> Submitted<Accept> {
        let (target, kind) = (self.target(), self.kind());
        let listener = target.map(|target| target.handle);
        let prepare = |accept: &mut Accept| {
            if !kind.is_tcp() {
                return Err(Error::Unsupported("accepting on a socket that is not TCP over IP"));
            }
            os::find_accept(listener?, kind).map_err(|code| Error::os("WSAIoctl", code))?;
            let (socket, data_room) = (choose(accept)?, accept.data_room());
            accept.received = 0;
            Ok(Prepared::filling_nothing((socket, accept.room.as_mut_ptr(), data_room)))
        };
        let issue = |(socket, room, data_room), listener, block| {
            // SAFETY:
            // * The socket lies in the operation, which is not dropped before this call has returned; or
            //   `accept_into` borrows it.
            let socket = unsafe { Borrowed::new(socket) };
            // SAFETY:
            // * Block and room for data and two addresses lie in the operation's slot and heap, where nobody
            //   touches them before `submit` knows that the system is done with them.
            unsafe { os::accept(listener, kind, socket, room, data_room, ADDRESS_ROOM, block) }
        };
        // SAFETY:
        // * `issue` makes one AcceptEx, which uses no memory but what the operation owns, all of it
        //   initialised before.
        unsafe { operation.submit(target, false, prepare, issue) }
    }
}

impl Completed<Accept> {
    /// `SO_UPDATE_ACCEPT_CONTEXT`: completes the accepted socket, with the options of the listener that
    /// accepted it.
    ///
    /// The result is an error, and the new socket closed, if the accept failed or `listener` is
    /// closed. [`CompletionPort::associate_accepted`] gives the connection to the port.
    #[doc(alias = "SO_UPDATE_ACCEPT_CONTEXT")]
    #[must_use]
    pub fn accepted<S: AsSocket + 'static>(self, listener: &AssociatedSocket<S>) -> Accepted {
        let take = |into, _: &HeldSlot| match into {
            Into::New(socket) => Ok(socket),
            // It went into a socket of the caller's.
            Into::Nothing | Into::Used(_) => Err(Error::HandleClosed),
        };
        self.update(listener, take, os::borrow_socket)
    }

    /// `SO_UPDATE_ACCEPT_CONTEXT`: as [`accepted`](Self::accepted), after
    /// [`accept_into`](AssociatedSocket::accept_into) this `socket`, which is the connection now. The
    /// result is the peer's address.
    ///
    /// It is an error if the accept failed, or if it was not into this socket
    /// ([`Error::HandleClosed`]). The socket can then be passed to the next accept.
    #[doc(alias = "SO_UPDATE_ACCEPT_CONTEXT")]
    #[must_use]
    pub fn accepted_into<S: AsSocket + 'static, T: AsSocket + 'static>(
        self,
        listener: &AssociatedSocket<S>,
        socket: &AssociatedSocket<T>,
    ) -> Accepted<SocketAddr> {
        let target = socket.target();
        let take = |into, held: &HeldSlot| {
            let Target { cell, handle } = target?;
            match into {
                Into::Used(key)
                    if held.belongs_to(cell.core()) && key == cell.get().packet_key() =>
                {
                    Ok(handle)
                }
                _ => Err(Error::HandleClosed),
            }
        };
        let Accepted { result, operation } = self.update(listener, take, |handle| *handle);
        Accepted { result: result.map(|(_, peer)| peer), operation }
    }

    fn update<S: AsSocket + 'static, T>(
        self,
        listener: &AssociatedSocket<S>,
        take: impl FnOnce(Into, &HeldSlot) -> Result<T, Error>,
        borrow: impl FnOnce(&T) -> Borrowed<'_>,
    ) -> Accepted<(T, SocketAddr)> {
        let result = self.result();
        let mut operation = self.into_operation();
        let accept = operation.buffer_mut();
        let into = std::mem::replace(&mut accept.into, Into::Nothing);
        accept.received = result.unwrap_or(0);
        let result = result.map_err(AcceptError::from).and_then(|_| {
            let target = listener.target()?;
            if !operation.held().belongs_to(listener.core()) {
                return Err(AcceptError::Setup(Error::WrongPort));
            }
            let taken = take(into, operation.held())?;
            os::update_accept(borrow(&taken), target.handle)
                .map_err(|code| Error::os("setsockopt", code))?;
            let Accept { room, .. } = operation.buffer();
            let data_room = operation.buffer().data_room();
            let peer = os::accepted_peer(listener.kind(), room, data_room, ADDRESS_ROOM)
                .ok_or(Error::Unsupported("the peer's address family"))?;
            Ok((taken, peer))
        });
        Accepted { result, operation }
    }
}

impl fmt::Debug for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accept").finish_non_exhaustive()
    }
}
