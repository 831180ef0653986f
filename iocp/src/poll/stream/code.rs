//! Errors as numbers, which can be said again.

use std::io;

/// The code of an error, for one that is said again and again.
///
/// `Full` and the like have none: they are `WSAENOBUFS`. A status that the table does not know is
/// `ERROR_GEN_FAILURE`; never 0, which is success.
pub(in crate::poll) fn code_of(error: impl Into<io::Error>) -> i32 {
    let error = error.into();
    match (error.raw_os_error(), error.kind()) {
        (Some(code), _) => code,
        (None, io::ErrorKind::WouldBlock | io::ErrorKind::InvalidInput) => 10_055,
        (None, _) => 31,
    }
}
