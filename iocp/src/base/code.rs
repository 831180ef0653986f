//! The error codes of the operating system.

use std::{fmt, io};

use super::status::NtStatus;

/// An error code of the operating system, as `GetLastError` or `WSAGetLastError` gave it: a
/// [`std::io::Error`] without an allocation to free. It is shown as that shows it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OsError(pub(crate) u32);

/// Its name inside the crate.
pub(crate) use self::OsError as Code;

impl OsError {
    pub(crate) const NOT_ENOUGH_MEMORY: Self = Self(8);
    pub(crate) const INVALID_HANDLE: Self = Self(6);
    pub(crate) const INVALID_PARAMETER: Self = Self(87);
    pub(crate) const INVALID_NAME: Self = Self(123);
    pub(crate) const WAIT_IO_COMPLETION: Self = Self(192);
    pub(crate) const PIPE_BUSY: Self = Self(231);
    pub(crate) const WAIT_TIMEOUT: Self = Self(258);
    pub(crate) const ABANDONED_WAIT: Self = Self(735);
    pub(crate) const IO_PENDING: Self = Self(997);
    pub(crate) const NOT_FOUND: Self = Self(1168);
    pub(crate) const WOULD_BLOCK: Self = Self(10_035);
    pub(crate) const NOT_A_SOCKET: Self = Self(10_038);
    pub(crate) const MESSAGE_SIZE: Self = Self(10_040);

    /// A code as `GetLastError` or `WSAGetLastError` gave it; the latter's sign changes nothing.
    #[must_use]
    pub const fn from_raw(code: u32) -> Self {
        Self(code)
    }

    /// The code: always there.
    #[must_use]
    pub fn raw_os_error(&self) -> Option<i32> {
        Some(i32::from_ne_bytes(self.0.to_ne_bytes()))
    }

    /// The kind that std gives to the code.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.into_io().kind()
    }

    /// As std shows it, with the same code.
    pub(crate) fn into_io(self) -> io::Error {
        io::Error::from_raw_os_error(i32::from_ne_bytes(self.0.to_ne_bytes()))
    }
}

impl From<OsError> for io::Error {
    fn from(error: OsError) -> Self {
        error.into_io()
    }
}

impl From<OsError> for NtStatus {
    /// As [`NtStatus::from_win32`].
    fn from(OsError(code): OsError) -> Self {
        Self::from_win32(code)
    }
}

impl fmt::Debug for OsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.into_io(), f)
    }
}

impl fmt::Display for OsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.into_io(), f)
    }
}

impl std::error::Error for OsError {}
