//! Sockets that belong to a port; and which sockets are refused: those whose provider has no file handles.

use std::{fmt, ops::Deref, sync::Arc};

use super::{
    accepted::{AcceptedAs, AcceptedSocket},
    attachment::{associate, Attachment},
};
use crate::{
    base::error::{Error, Refused},
    core::{held::HeldCell, held::Target, shared::Core},
    os::{self, AsSocket, Borrowed, BorrowedSocket, Code, SocketKind},
};

/// A socket associated with a [`CompletionPort`](crate::CompletionPort).
///
/// Dropping it cancels its operations and closes the socket now, if `S` owns the last reference to
/// it: they come back cancelled, closed, or done. (A `try_clone` of the socket keeps the connection;
/// its blocking reads are aborted too then, because cancelling goes by socket. Where none of its
/// operations is in flight, nothing is cancelled, and no system call made for it.)
///
/// What is associated owns its socket, or borrows it for ever (`S: 'static`). Were `S` a shorter borrow,
/// it could be forgotten (`mem::forget`), so that its drop never closes the cell through which cancels
/// go. After the borrow the socket's number may name another's socket, and a late cancel would hit that
/// one. What owns the socket and is forgotten keeps it open. To share a socket, associate an `Arc` of it.
///
/// Set no linger time other than 0 (`SO_LINGER`; std sets none, and a socket from `accept` inherits its
/// listener's, fact ACC26). With one, `closesocket` of a non-blocking socket fails with `WSAEWOULDBLOCK` (10035,
/// [Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-closesocket)) and the
/// socket stays open to the process's end, for the types of std that own sockets do not look at that; of a
/// blocking one the drop blocks. What this crate has of the socket is free in either case: its operations
/// were cancelled before. [`Closing`](crate::Closing) waits for what was sent instead, and
/// [`abort`](Self::abort) sets a time of 0, with which `closesocket` does not wait.
///
/// It dereferences to the socket for everything else: `peer_addr`, `shutdown`, `set_nodelay` …
/// Plain `std` reads and writes on it work and send no packet.
pub struct AssociatedSocket<S: AsSocket + 'static> {
    attachment: Attachment<S>,
}

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    pub(crate) fn new(core: &Arc<Core>, source: S, key: usize) -> Result<Self, Refused<S>> {
        let attachment = Attachment::new(core, source, key, |source| {
            let socket = os::borrow_socket(source);
            Ok((socket, Some(kind_of(core, socket)?)))
        })?;
        Ok(Self { attachment })
    }

    /// As [`new`](Self::new), for a source whose kind is known: the system is not asked.
    pub(crate) fn of_kind(
        core: &Arc<Core>,
        source: S,
        kind: SocketKind,
        key: usize,
    ) -> Result<Self, Refused<S>> {
        let attachment = Attachment::new(core, source, key, |source| {
            Ok((os::borrow_socket(source), Some(kind)))
        })?;
        Ok(Self { attachment })
    }

    /// Associates the socket that was accepted. None of the caller's code runs: no other socket can
    /// pass for one of its kind.
    pub(crate) fn accepted(
        core: &Arc<Core>,
        socket: AcceptedSocket,
        key: usize,
    ) -> Result<Self, Refused<AcceptedSocket>>
    where
        S: AcceptedAs,
    {
        match associate(core, os::borrow_socket(&socket), Some(socket.kind()), key) {
            Ok(cell) => Ok(Self { attachment: Attachment::with_cell(S::from(socket), cell) }),
            Err(error) => Err(Refused { error, value: socket }),
        }
    }

    /// `cell`: opened for this socket.
    #[inline(always)]
    pub(super) fn of_parts(source: S, cell: HeldCell) -> Self {
        Self { attachment: Attachment::with_cell(source, cell) }
    }

    /// The open cell. The socket is left open, for whoever closes the cell.
    pub(super) fn into_cell(self) -> HeldCell {
        self.attachment.into_cell()
    }

    /// The socket, for everything that is not an operation; what dereferencing gives.
    #[must_use]
    pub fn get_ref(&self) -> &S {
        &self.attachment.source
    }

    /// [`CancelIoEx`](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-cancelioex):
    /// cancels every operation in flight on this handle, whoever submitted it. Their packets follow.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system refuses. Nothing to cancel is no error.
    #[doc(alias = "CancelIoEx")]
    pub fn cancel_all(&self) -> Result<(), Error> {
        self.attachment.cancel_all()
    }

    /// How many operations are in flight on this handle. Looks at every slot of the port.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.attachment.in_flight()
    }

    /// The handle key: the number it was associated with.
    #[must_use]
    pub fn key(&self) -> usize {
        self.attachment.cell().handle_key()
    }

    /// Whether operations that finish at once send no packet (skip mode).
    #[doc(alias = "SetFileCompletionNotificationModes")]
    #[must_use]
    pub fn skips_on_success(&self) -> bool {
        self.attachment.skips()
    }

    /// Cancels every operation in flight and gives the source back. It stays associated with the port
    /// for as long as it is open.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.attachment.into_inner()
    }

    /// Changes the handle key, for operations that have not been submitted on it.
    pub(crate) fn set_key(&self, key: usize) {
        self.attachment.cell().set_handle_key(key);
    }

    pub(crate) fn core(&self) -> &Core {
        self.attachment.core()
    }

    /// `SOCK_STREAM`?
    pub(crate) fn is_stream(&self) -> bool {
        self.kind().stream
    }

    pub(crate) fn kind(&self) -> SocketKind {
        self.attachment.cell().kind()
    }

    /// Asks the source which socket it is, unless it cannot change its answer, and refuses another one
    /// than was associated.
    #[inline(always)]
    pub(crate) fn target(&self) -> Result<Target<'_>, Error> {
        self.attachment.socket_target()
    }
}

/// Asks the system what kind of socket this is.
fn kind_of(core: &Core, socket: Borrowed<'_>) -> Result<SocketKind, Error> {
    if core.port.is_closed() {
        return Err(Error::Closed);
    }
    let kind = os::socket_kind(socket).map_err(|code| match code {
        Code::INVALID_HANDLE | Code::NOT_A_SOCKET => Error::HandleClosed,
        code => Error::os("getsockopt", code),
    })?;
    if !kind.ifs {
        return Err(Error::Unsupported("the socket's provider has no file handles"));
    }
    Ok(kind)
}

impl<S: AsSocket + 'static> AsSocket for AssociatedSocket<S> {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        self.attachment.source.as_socket()
    }
}

impl<S: AsSocket + 'static> Deref for AssociatedSocket<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.attachment.source
    }
}

impl<S: AsSocket + fmt::Debug + 'static> fmt::Debug for AssociatedSocket<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.attachment.show(f, "AssociatedSocket")
    }
}
