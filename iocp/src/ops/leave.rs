//! Leaving a port: a handle that is associated with none any more.

use crate::{
    associated::{AssociatedHandle, AssociatedSocket},
    base::{
        error::{Error, Refused},
        status::NtStatus,
    },
    os::{self, AsHandle, AsSocket, Borrowed},
};

impl<H: AsHandle + 'static> AssociatedHandle<H> {
    /// [`NtSetInformationFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntsetinformationfile)
    /// with `FileReplaceCompletionInformation`: gives the source back, associated with no port, to be associated
    /// again, or used without one. Windows 8.1.
    ///
    /// Looks at every slot of the port. Operations that other code has in flight on the file object, through
    /// this handle or a duplicate of it, are the caller's to know of: their packets may come to this port still,
    /// or to none.
    ///
    /// # Errors
    ///
    /// The handle comes back, associated as before: with [`Error::Busy`] while an operation of this port's is in
    /// flight on it (also one that was cancelled, or whose ticket was dropped, until its packet was taken);
    /// [`Error::Unsupported`] where the system or the file system cannot do it; [`Error::Os`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{open_overlapped, CompletionPort, Error};
    ///
    /// let (one, other) = (CompletionPort::new()?, CompletionPort::new()?);
    /// let options = &mut std::fs::OpenOptions::new();
    /// let file = open_overlapped(options.read(true), "data.bin", 0)?;
    /// let file = one.associate_handle(file, 0)?;
    /// let file = match file.leave() {
    ///     Ok(file) => other.associate_handle(file, 0)?,
    ///     Err(refused) if matches!(refused.error, Error::Unsupported(_)) => refused.value,
    ///     Err(refused) => return Err(refused.into()),
    /// };
    /// # drop(file);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "NtSetInformationFile")]
    #[doc(alias = "FileReplaceCompletionInformation")]
    pub fn leave(self) -> Result<H, Refused<Self>> {
        if self.in_flight() > 0 {
            return Err(Refused { error: Error::Busy, value: self });
        }
        match self.target().and_then(|target| leave(target.handle)) {
            Ok(()) => Ok(self.into_inner()),
            Err(error) => Err(Refused { error, value: self }),
        }
    }
}

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// As [`AssociatedHandle::leave`].
    ///
    /// # Errors
    ///
    /// As there; [`Error::Unsupported`] also of a socket in [skip mode](crate::Config::skip_on_success), which
    /// cannot be taken back: what uses the socket next would wait for events that are not set.
    #[doc(alias = "NtSetInformationFile")]
    pub fn leave(self) -> Result<S, Refused<Self>> {
        if self.skips_on_success() {
            let error = Error::Unsupported("leaving a port in skip mode, which stays");
            return Err(Refused { error, value: self });
        }
        if self.in_flight() > 0 {
            return Err(Refused { error: Error::Busy, value: self });
        }
        match self.target().and_then(|target| leave(target.handle)) {
            Ok(()) => Ok(self.into_inner()),
            Err(error) => Err(Refused { error, value: self }),
        }
    }
}

fn leave(handle: Borrowed<'_>) -> Result<(), Error> {
    match os::port_leave(handle) {
        NtStatus::SUCCESS => Ok(()),
        os::INVALID_INFO_CLASS | NtStatus::NOT_IMPLEMENTED | NtStatus::NOT_SUPPORTED => {
            Err(Error::Unsupported(
                "leaving a port: before Windows 8.1, or the file system has no such request",
            ))
        }
        status => Err(Error::os("NtSetInformationFile", os::codes::win32_code(status))),
    }
}
