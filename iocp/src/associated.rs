//! A socket that belongs to a port.

use std::{fmt, ops::Deref, sync::Arc};

use crate::{
    core::{
        gate::{Cancel, Gate},
        shared::Core,
    },
    operation::Refused,
    os::{self, AsSocket, Code, Handle},
    port::foreign::associating,
    Error,
};

/// A socket associated with a [`CompletionPort`](crate::CompletionPort).
///
/// Dropping it cancels its operations and closes the socket now, if `S` owns the last reference to
/// it: they come back cancelled, closed, or done. (A `try_clone` of the socket keeps the connection;
/// its blocking reads are aborted all the same, because cancelling goes by socket.)
///
/// It dereferences to the socket for everything else: `peer_addr`, `shutdown`, `set_nodelay` …
/// Plain `std` reads and writes on it work and send no packet.
pub struct Associated<S: AsSocket> {
    gate: CloseGate,
    source: S,
    /// What was associated; `source` must answer with it at every submit.
    handle: Handle,
    family: i32,
    stream: bool,
    skips: bool,
    /// The key that the system puts into its packets.
    packet_key: usize,
    key: usize,
    core: Arc<Core>,
}

/// Closes the gate before the source is dropped: fields drop in their order.
struct CloseGate(Arc<Gate>);

impl Drop for CloseGate {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// What a submit needs to know of its handle.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) core: &'a Arc<Core>,
    pub(crate) gate: &'a Arc<Gate>,
    pub(crate) handle: Handle,
    pub(crate) packet_key: usize,
    pub(crate) key: usize,
    pub(crate) skips: bool,
}

impl<S: AsSocket> Associated<S> {
    pub(crate) fn new(core: Arc<Core>, source: S, key: usize) -> Result<Self, Refused<S>> {
        match Self::associate(&core, &source) {
            Ok(Facts { handle, kind, skips, packet_key }) => Ok(Self {
                gate: CloseGate(Arc::new(Gate::new(handle))),
                source,
                handle,
                family: kind.family,
                stream: kind.stream,
                skips,
                packet_key,
                key,
                core,
            }),
            Err(error) => Err(Refused { error, value: source }),
        }
    }

    fn associate(core: &Core, source: &S) -> Result<Facts, Error> {
        if core.port.is_closed() {
            return Err(Error::Closed);
        }
        let handle = os::socket_handle(source);
        let kind = os::socket_kind(handle).map_err(|code| match code {
            Code::INVALID_HANDLE | Code::NOT_A_SOCKET => Error::HandleClosed,
            code => Error::os("getsockopt", code),
        })?;
        if !kind.ifs {
            return Err(Error::Unsupported("the socket's provider has no file handles"));
        }
        let packet_key = core.keys.next();
        os::port_associate(core.port.handle, handle, packet_key).map_err(associating)?;
        // Where it cannot be set, every completion sends a packet: slower, not wrong.
        let skips = core.skip_on_success && kind.stream && os::set_skip_on_success(handle).is_ok();
        Ok(Facts { handle, kind, skips, packet_key })
    }

    /// Cancels every operation in flight on this handle, whoever submitted it. Their packets follow.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system refuses. Nothing to cancel is no error.
    #[doc(alias = "CancelIoEx")]
    pub fn cancel_all(&self) -> Result<(), Error> {
        match self.gate.0.cancel_all() {
            Cancel::Requested | Cancel::AlreadyDone => Ok(()),
            Cancel::Failed(code) => Err(Error::os("CancelIoEx", code)),
        }
    }

    /// How many operations are in flight on this handle. Looks at every slot of the port.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.core.in_flight_on(self.packet_key)
    }

    /// The number it was associated with.
    #[must_use]
    pub fn key(&self) -> usize {
        self.key
    }

    /// Whether operations that finish at once send no packet (skip mode).
    #[must_use]
    pub fn skips_on_success(&self) -> bool {
        self.skips
    }

    /// Cancels every operation in flight and gives the socket back. It stays associated with the
    /// port for as long as it is open.
    #[must_use]
    pub fn into_inner(self) -> S {
        let Self { gate, source, .. } = self;
        drop(gate);
        source
    }

    /// `SOCK_STREAM`?
    pub(crate) fn is_stream(&self) -> bool {
        self.stream
    }

    /// `AF_INET` or `AF_INET6`.
    pub(crate) fn family(&self) -> i32 {
        self.family
    }

    /// Asks the source which socket it is, and refuses another one than was associated.
    pub(crate) fn target(&self) -> Result<Target<'_>, Error> {
        let handle = os::socket_handle(&self.source);
        if handle != self.handle {
            return Err(Error::HandleClosed);
        }
        Ok(Target {
            core: &self.core,
            gate: &self.gate.0,
            handle,
            packet_key: self.packet_key,
            key: self.key,
            skips: self.skips,
        })
    }
}

/// What associating found out.
struct Facts {
    handle: Handle,
    kind: os::SocketKind,
    skips: bool,
    packet_key: usize,
}

impl<S: AsSocket> Deref for Associated<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.source
    }
}

impl<S: AsSocket + fmt::Debug> fmt::Debug for Associated<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Associated")
            .field("source", &self.source)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
