//! What sockets and other handles of a port have in common: a source, and its seat at the port.
//!
//! # Safety
//!
//! The source keeps its handle open until the seat's gate is closed. A value that is moved out of a type
//! with a drop of its own is moved out once.

use std::{fmt, mem::ManuallyDrop, sync::Arc};

use super::steady::is_steady;
use crate::{
    base::error::{Error, Refused},
    core::{
        gate::{Cancel, Entrant, Gate, Narrow},
        keys,
        seat::{Seat, Target},
        shared::Core,
    },
    os::{self, AsSocket, Borrowed, Code, SocketKind},
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
    handle: Borrowed<'_>,
    kind: Option<SocketKind>,
    key: usize,
) -> Result<Seat, Error> {
    if core.port.is_closed() {
        return Err(Error::Closed);
    }
    let narrow = Narrow::of(handle.value()).ok_or(Error::HandleClosed)?;
    let seat = Seat::take(core).map_err(|code| Error::os("VirtualAlloc", code))?;
    let packet_key = keys::next_handle();
    os::port_associate(core.handle(), handle, packet_key).map_err(associating)?;
    let stream = kind.is_some_and(|kind| kind.stream);
    // Where it cannot be set, every completion sends a packet: slower, not wrong.
    let skips = core.skip_on_success && stream && os::set_skip_on_success(handle).is_ok();
    seat.gate().open(&Entrant { handle: narrow, packet_key, key, kind, skips });
    if core.port.is_closed() {
        // A close before the gate was open did not reach it.
        seat.gate().set_port_closed();
    }
    Ok(seat)
}

impl<S: 'static> Member<S> {
    /// Associates the handle that `ask` finds in the source. It is asked once: a source that answers
    /// differently the next time gains nothing.
    pub(super) fn new(
        core: &Arc<Core>,
        source: S,
        key: usize,
        ask: impl FnOnce(&S) -> Result<(Borrowed<'_>, Option<SocketKind>), Error>,
    ) -> Result<Self, Refused<S>> {
        match ask(&source).and_then(|(handle, kind)| associate(core, handle, kind, key)) {
            Ok(seat) => Ok(Self::seated(source, seat)),
            Err(error) => Err(Refused { error, value: source }),
        }
    }

    /// If the result is forgotten the gate stays open; so does the handle, which the forgotten source
    /// owns or borrows for ever.
    pub(super) fn seated(source: S, seat: Seat) -> Self {
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
    pub(super) fn target<'a>(&'a self, answer: Borrowed<'a>) -> Result<Target<'a>, Error> {
        if answer.value() != self.seat.handle() {
            return Err(Error::HandleClosed);
        }
        Ok(Target { seat: &self.seat, handle: answer })
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

    pub(super) fn show(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result
    where
        S: fmt::Debug,
    {
        let mut shown = f.debug_struct(name);
        shown.field("source", &self.source).field("key", &self.gate().key());
        shown.finish_non_exhaustive()
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

impl<S: AsSocket + 'static> Member<S> {
    /// What to submit on. A source that cannot change its answer is not asked.
    #[inline(always)]
    pub(super) fn socket_target(&self) -> Result<Target<'_>, Error> {
        if !is_steady::<S>() {
            return self.target(os::borrow_socket(&self.source));
        }
        // SAFETY:
        // * A steady source owns the handle that was associated, never changes it behind a shared
        //   reference, and is borrowed with `self`.
        let handle = unsafe { Borrowed::new(self.seat.handle()) };
        Ok(Target { seat: &self.seat, handle })
    }
}

impl<S> Drop for Member<S> {
    fn drop(&mut self) {
        self.seat.gate().close();
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
