//! Handles whose operations are somebody else's.

use super::CompletionPort;
use crate::{
    core::keys,
    os::{self, BorrowedHandle, Code},
    Error,
};

impl CompletionPort {
    /// `CreateIoCompletionPort`: associates a handle whose operations other code starts, with
    /// `OVERLAPPED`s of its own.
    ///
    /// Its packets arrive as [`Packet::Foreign`](crate::Packet::Foreign), with the pointer as it came
    /// and the completion key that this returns, which is `number * 8`. For a handle whose
    /// operations this crate is to start, use [`associate`](Self::associate). Nothing is asked about
    /// the handle and no mode of it is changed; it is not closed or cancelled by the port's end.
    ///
    /// # Errors
    ///
    /// * [`Error::NotAssociable`] ← `ERROR_INVALID_PARAMETER` (87): associated before, with any
    ///   port, through any duplicate; or not overlapped. Also a `number` above `usize::MAX / 8`.
    /// * [`Error::HandleClosed`] ← 6: not an open handle.
    /// * [`Error::Closed`]: this port is closed.
    /// * [`Error::Os`]: anything else.
    ///
    /// # Source
    ///
    /// ioapiset.h, Windows XP: [CreateIoCompletionPort](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport)
    #[doc(alias = "CreateIoCompletionPort")]
    pub fn associate_foreign(
        &self,
        handle: BorrowedHandle<'_>,
        number: usize,
    ) -> Result<usize, Error> {
        if self.is_closed() {
            return Err(Error::Closed);
        }
        let key = keys::foreign(number).ok_or(Error::NotAssociable)?;
        let port = self.core.port.handle;
        os::port_associate(port, os::handle_value(handle), key).map_err(associating)?;
        Ok(key)
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
