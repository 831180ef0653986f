//! The errors: why a call was refused, and why an operation that was started did not succeed; their texts.

use std::{fmt, io};

use super::{
    code::{Code, OsError},
    status::{CompletionKind, NtStatus},
};

/// Why a call of this crate was refused or failed.
///
/// No packet follows any of these: an operation that was refused comes back with the error (see
/// [`Submitted::Refused`](crate::Submitted::Refused)). Plain data: nothing is allocated for an error.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
/// # let (stream, _) = listener.accept()?;
/// use iocp::{CompletionPort, Error};
///
/// let (port, other) = (CompletionPort::new()?, CompletionPort::new()?);
/// let socket = port.associate_socket(stream, 0)?;
/// // What was refused comes back with the reason.
/// let refused = other.associate_socket(socket.try_clone()?, 0).unwrap_err();
/// assert_eq!(refused.error, Error::NotAssociable); // it has a port
/// drop(refused.value);
///
/// let start = |port: &CompletionPort| match port.operation(vec![0; 64], 1) {
///     Ok(operation) => Ok(Some(operation)),
///     Err(refused) => match refused.error {
///         Error::Full(_) => Ok(None), // wait for `Packet::Drained`, then again
///         Error::Closed => Ok(None),  // leave the loop
///         error => Err(error),
///     },
/// };
/// assert!(start(&port)?.is_some());
/// # drop(client);
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused a call.
    #[error("{call} failed: {source}")]
    Os {
        /// The system's name of the call.
        call: &'static str,
        /// The code it gave.
        source: OsError,
    },
    /// The port is closed; nothing was started.
    #[error("the completion port is closed")]
    Closed,
    /// Something else still refers to the port: its handle is closed with the last of them.
    #[error("the completion port's handle stays open: something else still refers to it")]
    InUse,
    /// There are `max_operations`, idle ones included, or `max_bytes` in their buffers. Try again
    /// when an operation was freed, or after the packet [`Drained`](crate::Packet::Drained).
    #[error("full: {0}")]
    Full(Limit),
    /// The buffer alone is larger than `max_bytes`, or than the 4 GiB - 1 of one system buffer.
    #[error("the buffer is larger than `max_bytes` of the port's `Config`, or than 4 GiB - 1")]
    TooLarge,
    /// Above `i64::MAX`, the last offset that the system has.
    #[error("the offset is above i64::MAX, the last one of any file")]
    OffsetTooLarge,
    /// Without buffering, and no multiple of the [sector](crate::Unbuffered::sector), or of a page.
    #[error("{0} is no multiple of what an unbuffered file wants")]
    Misaligned(&'static str),
    /// A time beyond what the system has for it.
    #[error("the time is longer than the system has for it")]
    TooLong,
    /// A receive without room: its end would look like the end of the stream.
    #[error("the buffer has no room left to receive into: clear it, or reserve more (the room of a `Vec` is its spare capacity)")]
    NoRoom,
    /// The handle is associated with a port already, or was not opened for overlapped I/O (87).
    #[error(
        "not associated: the handle was associated before, or not opened with FILE_FLAG_OVERLAPPED"
    )]
    NotAssociable,
    /// The handle is not the one that was associated, or is not a handle (6).
    #[error("the handle is closed, or is not the one that was associated")]
    HandleClosed,
    /// The operation was made by another port.
    #[error("the operation belongs to another completion port")]
    WrongPort,
    /// The provider or the kind of handle cannot do this.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// It is in use: the packet of the last start has not come, or an operation on the handle is in flight.
    #[error("busy: what was started before has not ended yet")]
    Busy,
    /// No finished, parked operation has this id: not finished yet, redeemed before, or another
    /// port's.
    #[error("no finished operation has this id")]
    UnknownOperation,
    /// The operation holds a buffer of another type; it can still be redeemed with the right one.
    #[error("the operation holds a buffer of another type")]
    WrongType,
    /// The packet came before the submitting thread has parked the operation: its call has not returned, or
    /// it still holds the ticket. Redeem again after that.
    #[error("the submitting thread has not let go of the operation yet")]
    StillSubmitting,
}

/// The limit that was hit: of [`Error::Full`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// So many operations, idle ones included: [`Config::max_operations`](crate::Config::max_operations).
    Operations(usize),
    /// So many bytes in the buffers of operations: [`Config::max_bytes`](crate::Config::max_bytes).
    Bytes(usize),
    /// The sources that an event queue can have; the waits for objects and jobs that a port can have at
    /// once: 16,777,216, on 32-bit targets 4,096.
    Sources,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operations(most) => {
                write!(f, "the port has {most} operations (`max_operations`)")
            }
            Self::Bytes(most) => {
                write!(f, "more than {most} bytes would lie in the port's buffers (`max_bytes`)")
            }
            Self::Sources => {
                f.write_str("the event queue, or the port, has as many sources as it can")
            }
        }
    }
}

impl Error {
    pub(crate) fn os(call: &'static str, code: Code) -> Self {
        Self::Os { call, source: code }
    }

    /// What it means for the caller, if the system refused the call; else `Other`.
    pub(crate) fn kind(&self) -> CompletionKind {
        match self {
            Self::Os { source: OsError(code), .. } => CompletionKind::of_code(*code),
            _ => CompletionKind::Other,
        }
    }

    /// That of the `io::Error` that it becomes.
    pub(crate) fn io_kind(&self) -> io::ErrorKind {
        match self {
            Self::Os { source: OsError(code), .. } => self.kind().io_kind(*code),
            Self::Closed => io::ErrorKind::NotConnected,
            Self::Full(_) | Self::StillSubmitting | Self::Busy => io::ErrorKind::WouldBlock,
            Self::Unsupported(_) => io::ErrorKind::Unsupported,
            Self::UnknownOperation => io::ErrorKind::NotFound,
            _ => io::ErrorKind::InvalidInput,
        }
    }

    /// The code of the operating system, where there is one.
    #[must_use]
    pub fn raw_os_error(&self) -> Option<i32> {
        match self {
            Self::Os { source, .. } => source.raw_os_error(),
            Self::NotAssociable => Some(87),
            Self::HandleClosed => Some(6),
            _ => None,
        }
    }
}

impl From<Error> for io::Error {
    /// Keeps the error, as [`get_ref`](io::Error::get_ref): its text, and its code for
    /// [`raw_os_error`](crate::raw_os_error), where the table is.
    fn from(error: Error) -> Self {
        io::Error::new(error.io_kind(), error)
    }
}

/// Why an operation that was started did not succeed.
///
/// Its text says what happened in words, then the system's code and the status. As an [`io::Error`] it keeps
/// all of this: see [`raw_os_error`](crate::raw_os_error).
///
/// # Examples
///
/// ```no_run
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{Completed, CompletionKind};
///
/// /// What to do with a connection after a receive.
/// fn after(received: &Completed<Vec<u8>>) -> &'static str {
///     match received.result() {
///         Ok(0) => "over: the peer has ended its side",
///         Ok(_) => "go on",
///         Err(error) => match error.kind {
///             CompletionKind::Cancelled => "ours: its time was over",
///             CompletionKind::AbortedBySystem => "receive again",
///             CompletionKind::NoResources => "receive again, later",
///             CompletionKind::Truncated => "a message with more than the room",
///             CompletionKind::Reset | CompletionKind::LocalClose => "over: broken",
///             _ => "over: log the error, its text has the code",
///         },
///     }
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompletionError {
    /// The system's status.
    pub status: NtStatus,
    /// Bytes transferred all the same; more than 0 only where the status allows it.
    pub bytes: usize,
    /// What the status means for the caller.
    pub kind: CompletionKind,
    /// It was a socket's: its code is Winsock's.
    pub(crate) of_socket: bool,
}

impl From<CompletionError> for CompletionKind {
    fn from(error: CompletionError) -> Self {
        error.kind
    }
}

/// A value that was refused, and why.
#[derive(thiserror::Error)]
#[error("{error}")]
pub struct Refused<T> {
    /// Why.
    #[source]
    pub error: Error,
    /// What was given.
    pub value: T,
}

impl<T> fmt::Debug for Refused<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<T> From<Refused<T>> for Error {
    fn from(refused: Refused<T>) -> Self {
        refused.error
    }
}

impl<T> From<Refused<T>> for std::io::Error {
    fn from(refused: Refused<T>) -> Self {
        refused.error.into()
    }
}
