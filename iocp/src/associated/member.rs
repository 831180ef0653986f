//! What sockets and other handles of a port have in common: a source, and its seat at the port.
//!
//! # Safety
//!
//! The one value that is moved out of a type with a drop of its own is moved out once.

use std::{mem::ManuallyDrop, sync::Arc};

use crate::{
    base::error::Error,
    core::{
        gate::{Cancel, Entrant, Gate, Narrow},
        keys,
        seat::{Seat, Target},
        shared::Core,
    },
    os::{self, Code, Handle, SocketKind},
};

/// A source of a handle, and its membership of a port.
///
/// The gate is closed first, so that nothing is cancelled on a handle that is closed; then the
/// source is dropped, and the port outlives it.
pub(crate) struct Member<S> {
    pub(super) source: S,
    seat: Seat,
}

/// Associates a handle with the port, for its whole life. A stream is put into skip mode if the port
/// asks for it.
pub(super) fn associate(
    core: &Arc<Core>,
    handle: Handle,
    kind: Option<SocketKind>,
    key: usize,
) -> Result<Seat, Error> {
    if core.port.is_closed() {
        return Err(Error::Closed);
    }
    let narrow = Narrow::of(handle).ok_or(Error::HandleClosed)?;
    let seat = Seat::take(core).map_err(|code| Error::os("VirtualAlloc", code))?;
    let packet_key = keys::next_handle();
    os::port_associate(core.port.handle, handle, packet_key).map_err(associating)?;
    let stream = kind.is_some_and(|kind| kind.stream);
    // Where it cannot be set, every completion sends a packet: slower, not wrong.
    let skips = core.skip_on_success && stream && os::set_skip_on_success(handle).is_ok();
    seat.gate().open(&Entrant { handle: narrow, packet_key, key, kind, skips });
    if core.port.is_closed() {
        // It may have been closed before the gate was there to be told.
        seat.gate().set_port_closed();
    }
    Ok(seat)
}

impl<S> Member<S> {
    /// The source keeps the handle open also where the result is forgotten: then the gate stays open,
    /// and nobody closes it.
    pub(super) fn new(source: S, seat: Seat) -> Self
    where
        S: 'static,
    {
        Self { source, seat }
    }

    pub(super) fn gate(&self) -> &Gate {
        self.seat.gate()
    }

    pub(super) fn skips(&self) -> bool {
        self.seat.skips()
    }

    pub(super) fn core(&self) -> &Core {
        self.seat.core()
    }

    /// What to submit on, if the source still answers with the handle that was associated.
    #[inline(always)]
    pub(super) fn target(&self, answer: Handle) -> Result<Target<'_>, Error> {
        if answer != self.seat.handle() {
            return Err(Error::HandleClosed);
        }
        Ok(Target { seat: &self.seat, handle: answer })
    }

    /// What to submit on, of a source that cannot answer with another handle than was associated.
    #[inline(always)]
    pub(super) fn own_target(&self) -> Target<'_> {
        Target { seat: &self.seat, handle: self.seat.handle() }
    }

    pub(super) fn cancel_all(&self) -> Result<(), Error> {
        match self.gate().cancel_all() {
            Cancel::Requested | Cancel::AlreadyDone => Ok(()),
            Cancel::Failed(code) => Err(Error::os("CancelIoEx", code)),
        }
    }

    pub(super) fn in_flight(&self) -> usize {
        self.seat.core().in_flight_on(self.gate().packet_key())
    }

    pub(super) fn into_inner(self) -> S {
        self.gate().close();
        let this = ManuallyDrop::new(self);
        // SAFETY:
        // * `this` is never dropped, so the seat is moved out once.
        drop(unsafe { std::ptr::read(&this.seat) });
        // SAFETY:
        // * `this` is never dropped, so the source is moved out once.
        unsafe { std::ptr::read(&this.source) }
    }
}

impl<S> Drop for Member<S> {
    fn drop(&mut self) {
        self.gate().close();
    }
}

/// Why a handle could not be associated.
pub(crate) fn associating(code: Code) -> Error {
    match code {
        // Some Wine 8 is said to give no code at all for a second association.
        Code::INVALID_PARAMETER | Code(0) => Error::NotAssociable,
        Code::INVALID_HANDLE => Error::HandleClosed,
        code => Error::os("CreateIoCompletionPort", code),
    }
}
