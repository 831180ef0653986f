//! Files, pipes and devices that belong to a port.
//!
//! # Safety
//!
//! One unsafe function, whose caller vouches for a driver.

use std::{fmt, sync::Arc};

use super::attachment::Attachment;
use crate::{
    base::error::{Error, Refused},
    core::{held::Target, shared::Core},
    os::{self, AsHandle, Borrowed, BorrowedHandle, Code},
};

/// A file or pipe, or a device that its associator vouches for, associated with a
/// [`CompletionPort`](crate::CompletionPort).
///
/// The handle must be opened for overlapped I/O (`FILE_FLAG_OVERLAPPED`, in std
/// `OpenOptionsExt::custom_flags(0x4000_0000)`).
///
/// Dropping it cancels its operations and closes the handle now, if `H` owns the last reference. It
/// does not dereference to the source: std's blocking reads and writes end the process when they
/// meet an overlapped operation. See [`get_ref`](Self::get_ref). `H` owns its handle, or borrows it for
/// ever, as the source of an [`AssociatedSocket`](crate::AssociatedSocket) does.
///
/// Waiting on the handle itself (`WaitForSingleObject`) tells nothing of one operation: the system sets a file
/// handle at the end of each, whoever started it
/// ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/fileio/synchronous-and-asynchronous-i-o)). Wait for
/// the packet, or [`finish`](crate::CompletionPort::finish).
pub struct AssociatedHandle<H: AsHandle + 'static> {
    attachment: Attachment<H>,
}

impl<H: AsHandle + 'static> AssociatedHandle<H> {
    /// Refuses what is neither a file of a disk nor a pipe.
    pub(crate) fn new(core: &Arc<Core>, source: H, key: usize) -> Result<Self, Refused<H>> {
        let attachment = Attachment::new(core, source, key, |source| {
            let handle = os::borrow_handle(source);
            refuse_device(core, handle)?;
            Ok((handle, None))
        })?;
        Ok(Self { attachment })
    }

    /// As [`new`](Self::new), of a device too.
    ///
    /// # Safety
    ///
    /// A driver of the handle that answers a request with an error has not marked it pending.
    pub(crate) unsafe fn of_device(
        core: &Arc<Core>,
        source: H,
        key: usize,
    ) -> Result<Self, Refused<H>> {
        let attachment =
            Attachment::new(core, source, key, |source| Ok((os::borrow_handle(source), None)))?;
        Ok(Self { attachment })
    }

    /// The source, for what neither reads nor writes: metadata, length, flush.
    ///
    /// A blocking `Read` or `Write` of std on it ends the process if the call does not finish at
    /// once.
    #[must_use]
    pub fn get_ref(&self) -> &H {
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

    /// Cancels every operation in flight and gives the source back. It stays associated with the port
    /// for as long as it is open.
    #[must_use]
    pub fn into_inner(self) -> H {
        self.attachment.into_inner()
    }

    /// Asks the source which handle it is, and refuses another one than was associated.
    #[inline]
    pub(crate) fn target(&self) -> Result<Target<'_>, Error> {
        self.attachment.target(os::borrow_handle(&self.attachment.source))
    }
}

impl<H: AsHandle + 'static> AsHandle for AssociatedHandle<H> {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.attachment.source.as_handle()
    }
}

fn refuse_device(core: &Core, handle: Borrowed<'_>) -> Result<(), Error> {
    if core.port.is_closed() {
        return Err(Error::Closed);
    }
    match os::is_device(handle) {
        Ok(false) => Ok(()),
        Ok(true) => Err(Error::Unsupported("a device by `associate_handle`: `associate_device`")),
        Err(Code::INVALID_HANDLE) => Err(Error::HandleClosed),
        Err(code) => Err(Error::os("GetFileType", code)),
    }
}

impl<H: AsHandle + fmt::Debug + 'static> fmt::Debug for AssociatedHandle<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.attachment.show(f, "AssociatedHandle")
    }
}
