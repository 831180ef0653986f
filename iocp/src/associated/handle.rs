//! Files, pipes and devices that belong to a port.

use std::{fmt, sync::Arc};

use super::member::{associate, Member};
use crate::{
    core::{seat::Target, shared::Core},
    error::Refused,
    os::{self, AsHandle},
    Error,
};

/// A file, pipe or device associated with a [`CompletionPort`](crate::CompletionPort).
///
/// The handle must be opened for overlapped I/O (`FILE_FLAG_OVERLAPPED`, in std
/// `OpenOptionsExt::custom_flags(0x4000_0000)`).
///
/// Dropping it cancels its operations and closes the handle now, if `H` owns the last reference. It
/// does not dereference to the source: std's blocking reads and writes end the process when they
/// meet an overlapped operation. See [`get_ref`](Self::get_ref).
pub struct AssociatedHandle<H: AsHandle> {
    member: Member<H>,
}

impl<H: AsHandle> AssociatedHandle<H> {
    pub(crate) fn new(core: &Arc<Core>, source: H, key: usize) -> Result<Self, Refused<H>> {
        match associate(core, os::handle_value(source.as_handle()), None, key) {
            Ok(seat) => Ok(Self { member: Member::new(source, seat) }),
            Err(error) => Err(Refused { error, value: source }),
        }
    }

    /// The source, for what neither reads nor writes: metadata, length, flush.
    ///
    /// A blocking `Read` or `Write` of std on it ends the process if the call does not finish at
    /// once.
    #[must_use]
    pub fn get_ref(&self) -> &H {
        &self.member.source
    }

    /// Cancels every operation in flight on this handle, whoever submitted it. Their packets follow.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system refuses. Nothing to cancel is no error.
    #[doc(alias = "CancelIoEx")]
    pub fn cancel_all(&self) -> Result<(), Error> {
        self.member.cancel_all()
    }

    /// How many operations are in flight on this handle. Looks at every slot of the port.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.member.in_flight()
    }

    /// The number it was associated with.
    #[must_use]
    pub fn key(&self) -> usize {
        self.member.gate().key()
    }

    /// Cancels every operation in flight and gives the source back. It stays associated with the
    /// port for as long as it is open.
    #[must_use]
    pub fn into_inner(self) -> H {
        self.member.into_inner()
    }

    /// Asks the source which handle it is, and refuses another one than was associated.
    #[inline]
    pub(crate) fn target(&self) -> Result<Target<'_>, Error> {
        self.member.target(os::handle_value(self.member.source.as_handle()))
    }
}

impl<H: AsHandle + fmt::Debug> fmt::Debug for AssociatedHandle<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssociatedHandle")
            .field("source", &self.member.source)
            .field("key", &self.key())
            .finish_non_exhaustive()
    }
}
