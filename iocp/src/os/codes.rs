//! The numbers of a status: Winsock's for a socket, Win32's for a file, pipe or device.

use std::{fmt, io};

use super::{system_code, Code};
use crate::base::{
    code::OsError,
    error::{CompletionError, Error},
    status::NtStatus,
};

/// `WSAEINVAL`: what Winsock says for a status that it does not list.
const WSAEINVAL: u32 = 10_022;
/// `ERROR_MR_MID_NOT_FOUND`: what the system says for a status that it does not know.
const UNKNOWN: Code = Code(317);

/// The Win32 code of a status: of the table, or unpacked, or as the system translates it.
#[cold]
pub(crate) fn win32_code(status: NtStatus) -> Code {
    match (status.unpacked(), status.entry()) {
        (Some(code), _) => Code(code),
        (None, Some((Some(code), _, _))) => Code(code),
        _ => system_code(status),
    }
}

impl NtStatus {
    /// The Win32 code (`ERROR_…`); `None` if the system knows none. Of a status [made of a
    /// code](Self::from_win32) that code.
    ///
    /// What `RtlNtStatusToDosError` says, also where an older Windows has no code yet. Without Windows to ask:
    /// of the statuses that have a name here.
    #[must_use]
    pub fn win32(self) -> Option<u32> {
        match win32_code(self) {
            UNKNOWN => None,
            Code(code) => Some(code),
        }
    }

    /// The number that Winsock gives the status (`WSAE…`), as `WSAGetOverlappedResult`: `WSAEINVAL` (10022)
    /// for each warning and error that it does not list. Of a status [made of a code](Self::from_win32) that
    /// code; `None` for success and for [`PENDING`](Self::PENDING).
    #[must_use]
    pub fn winsock(self) -> Option<u32> {
        match (self.unpacked(), self.entry()) {
            (Some(code), _) => Some(code),
            (None, Some((_, code, _))) if code != 0 => Some(code),
            _ if self.is_warning() || self.is_error() => Some(WSAEINVAL),
            _ if self == Self::SUCCESS || self == Self::PENDING => None,
            _ => self.win32(),
        }
    }

    /// The number of a failure on a socket, or on another handle.
    pub(crate) fn number(self, of_socket: bool) -> Code {
        match self.winsock() {
            Some(code) if of_socket => Code(code),
            _ => win32_code(self),
        }
    }
}

impl CompletionError {
    /// The system's code, always there: Winsock's of a socket (10022 where Winsock lists none), Win32's of a
    /// file, pipe or device. As `WSAGetOverlappedResult` or `GetOverlappedResult` would say it.
    #[must_use]
    pub fn raw_os_error(&self) -> Option<i32> {
        self.code().raw_os_error()
    }

    fn code(&self) -> OsError {
        self.status.number(self.of_socket)
    }
}

impl fmt::Display for CompletionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OsError(code) = self.code();
        write!(f, "{}", self.kind)?;
        if self.bytes != 0 {
            write!(f, " after {} bytes", self.bytes)?;
        }
        write!(f, " (os error {code}, {})", self.status)
    }
}

impl std::error::Error for CompletionError {}

impl From<CompletionError> for io::Error {
    /// Keeps the error, as [`get_ref`](io::Error::get_ref): its text, and its code for [`raw_os_error`],
    /// where the table is.
    fn from(error: CompletionError) -> Self {
        let OsError(code) = error.code();
        io::Error::new(error.kind.io_kind(code), error)
    }
}

/// The system's code of an [`io::Error`], also of one that an error of this crate became, by `?` for example.
///
/// std's `io::Error` has either a code alone, or a text and a source; those of this crate have the latter, so
/// their [`io::Error::raw_os_error`] is `None`.
///
/// | the `io::Error` | [`kind`](io::Error::kind) | `raw_os_error` of std | this | text | [`get_ref`](io::Error::get_ref) |
/// | --- | --- | --- | --- | --- | --- |
/// | from a [`CompletionError`] | [that of its kind](crate::CompletionKind) | `None` | Winsock's code of a socket, else Win32's | what happened, code, status | the [`CompletionError`] |
/// | from [`Error::Os`], or a value refused for it | that of the code | `None` | the code | the call's name, the system's text, the code | the [`Error`] |
/// | from another [`Error`] | as it fits; [`Closed`](Error::Closed): `NotConnected`, [`Full`](Error::Full): `WouldBlock` | `None` | 87 for [`NotAssociable`](Error::NotAssociable), 6 for [`HandleClosed`](Error::HandleClosed), else `None` | what was refused and why | the [`Error`] |
/// | from an [`AcceptError`](crate::AcceptError) | that of the error in it | `None` | that of the error in it | the same | the error in it |
/// | from an [`OsError`] | std's for the code | the code | the code | the system's | `None` |
/// | a result of a source of [`poll`](crate::poll) | std's for the code | the code | the code | the system's | `None` |
/// | any other | std's | std's | std's | std's | std's |
///
/// The system's plain error of a result, as std's sockets give it, is
/// `io::Error::from_raw_os_error(code)` with this code.
///
/// ```
/// use std::io;
///
/// fn receive() -> io::Result<()> {
///     Err(iocp::Error::Os { call: "WSARecv", source: iocp::OsError::from_raw(10_054) })?
/// }
///
/// let error = receive().unwrap_err();
/// assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
/// assert_eq!(iocp::raw_os_error(&error), Some(10_054));
/// assert!(error.to_string().starts_with("WSARecv failed: "));
/// ```
#[must_use]
pub fn raw_os_error(error: &io::Error) -> Option<i32> {
    let ours = || {
        let inner = error.get_ref()?;
        let ended = inner.downcast_ref().and_then(CompletionError::raw_os_error);
        ended.or_else(|| inner.downcast_ref().and_then(Error::raw_os_error))
    };
    error.raw_os_error().or_else(ours)
}
