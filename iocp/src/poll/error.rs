//! Errors of the event queue: of a closed queue, of a source that is refused, and the codes of those that
//! are reported again and again.

use std::io;

use crate::base::error::{CompletionError, Error};
use crate::base::status::{CompletionKind, NtStatus};
use crate::os::codes::raw_os_error;

/// Whether an error says that the queue is closed: [`Error::Closed`](crate::Error::Closed) in an
/// [`io::Error`], whichever call it came from.
///
/// Its kind is `NotConnected`, as wherever that error becomes an `io::Error`. Loops leave with it:
/// they try again after `Interrupted`, `WouldBlock` and `TimedOut`, never after this one. A socket
/// that is not connected says `NotConnected` too, so ask here rather than for the kind.
///
/// ```no_run
/// # #[cfg(windows)]
/// # fn wait(poll: &iocp::poll::Poll, events: &mut iocp::poll::Events) -> std::io::Result<()> {
/// match poll.poll(events, None) {
///     Err(error) if iocp::poll::is_closed(&error) => println!("closed"),
///     other => println!("{} events", other?),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn is_closed(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref()) == Some(&Error::Closed)
}

/// Why a source was not registered: `NotAssociable` is kept whole, for those who look for it.
pub(crate) fn refused(refused: impl Into<Error>) -> io::Error {
    match refused.into() {
        Error::NotAssociable => io::Error::new(io::ErrorKind::InvalidInput, Error::NotAssociable),
        error => error.into(),
    }
}

/// A result of a submit as std gives it: the system's code, and its text. What the system has no part in is kept
/// whole.
pub(crate) fn plain(error: Error) -> io::Error {
    match error {
        Error::Os { .. } => io::Error::from_raw_os_error(code_of(error)),
        error => error.into(),
    }
}

/// As [`plain`], of a result.
pub(crate) fn coded(error: CompletionError) -> io::Error {
    io::Error::from_raw_os_error(code_of(error))
}

/// A failure of which the queue tells the code. It need not become an `io::Error` for that, which would bring the
/// texts of all results into every program.
pub(crate) trait Failure {
    /// What the system has said.
    fn system_code(&self) -> Option<i32>;

    fn kind(&self) -> io::ErrorKind;
}

impl Failure for io::Error {
    fn system_code(&self) -> Option<i32> {
        raw_os_error(self)
    }

    fn kind(&self) -> io::ErrorKind {
        self.kind()
    }
}

impl Failure for Error {
    fn system_code(&self) -> Option<i32> {
        self.raw_os_error()
    }

    fn kind(&self) -> io::ErrorKind {
        self.io_kind()
    }
}

impl Failure for CompletionError {
    fn system_code(&self) -> Option<i32> {
        self.raw_os_error()
    }

    fn kind(&self) -> io::ErrorKind {
        io::ErrorKind::Other
    }
}

/// The code of an error that is reported more than once.
///
/// `Full` and the like have none: they are `WSAENOBUFS`. What cannot be done is `WSAEOPNOTSUPP`, a closed
/// queue `WSAENOTCONN`.
pub(crate) fn code_of(error: impl Failure) -> i32 {
    if let Some(code) = error.system_code() {
        return of_submit(code);
    }
    match error.kind() {
        io::ErrorKind::Unsupported => 10_045,
        io::ErrorKind::NotConnected => 10_057,
        _ => WSAENOBUFS,
    }
}

/// The code of an operation as the queue says it: `WSAEWOULDBLOCK` is `WSAENOBUFS`.
///
/// Of an operation both say that too much is in flight. As `WouldBlock` it would tell the caller to wait for an
/// event, and none follows what was not started.
fn of_submit(code: i32) -> i32 {
    match code {
        WSAEWOULDBLOCK => WSAENOBUFS,
        code => code,
    }
}

/// Whether a socket's own call, which is not overlapped, says that there is nothing to do now.
pub(crate) fn is_would_block(error: &io::Error) -> bool {
    raw_os_error(error) == Some(WSAEWOULDBLOCK)
}

/// Whether the same call of a socket may succeed later: the system is short of something.
pub(crate) fn is_shortage(error: &io::Error) -> bool {
    let kind = |code: i32| NtStatus::from_win32(code.unsigned_abs()).kind_on_socket(true);
    raw_os_error(error).map(kind) == Some(CompletionKind::NoResources)
}

/// The system is short of memory: what failed may succeed later.
pub(crate) const WSAENOBUFS: i32 = 10_055;
/// This direction of the connection was shut down by this end.
pub(crate) const WSAESHUTDOWN: i32 = 10_058;
/// Of an overlapped operation: too many are in flight.
const WSAEWOULDBLOCK: i32 = 10_035;
