//! What sockets and other handles of a port have in common: a source, and its handle cell.
//!
//! # Safety
//!
//! The source keeps its handle open until the handle cell is closed. A value that is moved out of a type
//! with a drop of its own is moved out once.

use std::{fmt, mem::ManuallyDrop, sync::Arc};

use super::steady::is_steady;
use crate::{
    base::error::{Error, Refused},
    core::{
        handle_cell::{Handle32, HandleCell, InitialValues},
        held::{HeldCell, Target},
        keys::{self, HandleKind},
        shared::Core,
    },
    os::{self, AsSocket, Borrowed, Code, SocketKind},
};

/// A source of a handle, and its membership of a port.
///
/// The cell is closed first, so that nothing is cancelled on a handle that is closed; then the
/// source is dropped, and the port outlives it.
pub(crate) struct Attachment<S> {
    pub(super) source: S,
    cell: HeldCell,
}

/// Associates a handle with the port, for its whole life. A stream is put into skip mode if the port
/// asks for it.
pub(super) fn associate(
    core: &Arc<Core>,
    handle: Borrowed<'_>,
    kind: Option<SocketKind>,
    key: usize,
) -> Result<HeldCell, Error> {
    if core.port.is_closed() {
        return Err(Error::Closed);
    }
    let handle32 = Handle32::of(handle.value()).ok_or(Error::HandleClosed)?;
    let cell = HeldCell::take(core).map_err(|code| Error::os("VirtualAlloc", code))?;
    let handle_kind = match kind {
        Some(SocketKind { stream: true, .. }) => HandleKind::Stream,
        Some(_) => HandleKind::Socket,
        None => HandleKind::Other,
    };
    let packet_key = keys::next_packet_key(handle_kind);
    os::port_associate(core.handle(), handle, packet_key).map_err(associating)?;
    let stream = kind.is_some_and(|kind| kind.stream);
    // Where it cannot be set, every completion sends a packet: slower, not wrong.
    let skips = core.skip_on_success && stream && os::set_skip_on_success(handle).is_ok();
    let handle_key = key;
    cell.get().open(&InitialValues { handle: handle32, packet_key, handle_key, kind, skips });
    if core.port.is_closed() {
        // A close before the cell was open did not reach it.
        cell.get().set_port_closed();
    }
    Ok(cell)
}

impl<S: 'static> Attachment<S> {
    /// Associates the handle that `ask` finds in the source. It is asked once: a source that answers
    /// differently the next time gains nothing.
    pub(super) fn new(
        core: &Arc<Core>,
        source: S,
        key: usize,
        ask: impl FnOnce(&S) -> Result<(Borrowed<'_>, Option<SocketKind>), Error>,
    ) -> Result<Self, Refused<S>> {
        match ask(&source).and_then(|(handle, kind)| associate(core, handle, kind, key)) {
            Ok(cell) => Ok(Self::with_cell(source, cell)),
            Err(error) => Err(Refused { error, value: source }),
        }
    }

    /// If the result is forgotten the cell stays open; so does the handle, which the forgotten source
    /// owns or borrows for ever.
    pub(super) fn with_cell(source: S, cell: HeldCell) -> Self {
        Self { source, cell }
    }

    pub(super) fn cell(&self) -> &HandleCell {
        self.cell.get()
    }

    pub(super) fn skips(&self) -> bool {
        self.cell.skips()
    }

    pub(super) fn core(&self) -> &Core {
        self.cell.core()
    }

    /// What to submit on, if the source still answers with the handle that was associated.
    #[inline(always)]
    pub(super) fn target<'a>(&'a self, answer: Borrowed<'a>) -> Result<Target<'a>, Error> {
        if answer.value() != self.cell.handle() {
            return Err(Error::HandleClosed);
        }
        Ok(Target { cell: &self.cell, handle: answer })
    }

    pub(super) fn cancel_all(&self) -> Result<(), Error> {
        let asked = self.cell().cancel_all();
        asked.map(drop).map_err(|code| Error::os("CancelIoEx", code))
    }

    pub(super) fn in_flight(&self) -> usize {
        self.cell.core().in_flight_on(self.cell().packet_key())
    }

    pub(super) fn show(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result
    where
        S: fmt::Debug,
    {
        let mut shown = f.debug_struct(name);
        shown.field("source", &self.source).field("key", &self.cell().handle_key());
        shown.finish_non_exhaustive()
    }

    /// The open cell, without the source, which is left open.
    pub(super) fn into_cell(self) -> HeldCell {
        let this = ManuallyDrop::new(self);
        // SAFETY:
        // * `this` is never dropped, so the cell is moved out once.
        unsafe { std::ptr::read(&this.cell) }
    }

    pub(super) fn into_inner(self) -> S {
        self.cell.close();
        let this = ManuallyDrop::new(self);
        // SAFETY:
        // * `this` is never dropped, so the cell is moved out once.
        drop(unsafe { std::ptr::read(&this.cell) });
        // SAFETY:
        // * `this` is never dropped, so the source is moved out once.
        unsafe { std::ptr::read(&this.source) }
    }
}

impl<S: AsSocket + 'static> Attachment<S> {
    /// What to submit on. A source that cannot change its answer is not asked.
    #[inline(always)]
    pub(super) fn socket_target(&self) -> Result<Target<'_>, Error> {
        if !is_steady::<S>() {
            return self.target(os::borrow_socket(&self.source));
        }
        // SAFETY:
        // * A steady source owns the handle that was associated, never changes it behind a shared
        //   reference, and is borrowed with `self`.
        let handle = unsafe { Borrowed::new(self.cell.handle()) };
        Ok(Target { cell: &self.cell, handle })
    }
}

impl<S> Drop for Attachment<S> {
    fn drop(&mut self) {
        self.cell.close();
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
