//! What a failure means for the caller, as a kind of this crate and as one of std's.

use std::{fmt, io};

/// A failed completion, sorted by what the caller does next.
///
/// `From<CompletionKind>` for [`io::ErrorKind`] gives the kind that a [`CompletionError`](crate::CompletionError)
/// has as an [`io::Error`]:
///
/// | kind | `io::ErrorKind` |
/// | --- | --- |
/// | `Cancelled` | `Other`: std has none, and calls the code 995 `TimedOut` |
/// | `AbortedBySystem` | `Interrupted`: try again |
/// | `Reset` | `ConnectionReset` |
/// | `LocalClose` | `ConnectionAborted` |
/// | `Refused` | `ConnectionRefused` |
/// | `Unreachable` | `HostUnreachable`; of an error std's kind of its code, so `NetworkUnreachable` (10051, 1231), `NetworkDown` (10050), `ConnectionReset` (10054: a datagram met a closed port) |
/// | `TimedOut` | `TimedOut` |
/// | `Truncated` | `Other` |
/// | `MessageTooLong` | `InvalidInput` |
/// | `BrokenPipe` | `BrokenPipe` |
/// | `Eof` | `UnexpectedEof` |
/// | `NoResources` | `OutOfMemory` |
/// | `StorageFull` | `StorageFull` |
/// | `QuotaExceeded` | `QuotaExceeded` |
/// | `Locked` | `ResourceBusy` |
/// | `NotFound` | `NotFound` |
/// | `AccessDenied` | `PermissionDenied` |
/// | `AddressInUse`, `AddressNotAvailable` | `AddrInUse`, `AddrNotAvailable` |
/// | `NotConnected`, `DeviceGone` | `NotConnected` |
/// | `TtlExpired` | `HostUnreachable` |
/// | `Other` | `Other`; of an error std's kind of its code |
///
/// Kinds that are younger than Rust 1.77 (`HostUnreachable`, `NetworkUnreachable`, `NetworkDown`, `StorageFull`,
/// `QuotaExceeded`, `ResourceBusy`) are those that std itself gives; without Windows they are `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CompletionKind {
    /// Cancelled by this program.
    Cancelled,
    /// Ended by the system although nobody here cancelled it.
    AbortedBySystem,
    /// The peer reset the connection.
    Reset,
    /// Our side closed or aborted the handle.
    LocalClose,
    /// Nobody listens at the other end.
    Refused,
    /// Network, host or port cannot be reached.
    Unreachable,
    /// The transport gave up waiting.
    TimedOut,
    /// More data than room; what fitted is in the buffer.
    Truncated,
    /// The other end of the pipe is gone, or this end was shut down.
    BrokenPipe,
    /// End of file.
    Eof,
    /// Out of memory, quota of memory or locked pages, or too many requests are in flight: try again with less
    /// of them. Nothing is pending then, and no packet follows. Of an overlapped call `WSAEWOULDBLOCK` (10035)
    /// says it too ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_wsarecvmsg):
    /// "there are too many outstanding overlapped I/O requests"), where a plain one says that nothing has come
    /// yet.
    NoResources,
    /// The disk is full.
    StorageFull,
    /// The user's quota of the disk is used up.
    QuotaExceeded,
    /// Another handle's share mode or lock is in the way: try again later.
    Locked,
    /// No such file, path or name.
    NotFound,
    /// The rights are missing, or the file is a directory or being deleted.
    AccessDenied,
    /// The address, or the pair of addresses, is in use.
    AddressInUse,
    /// The address is none that this machine can use.
    AddressNotAvailable,
    /// The socket is not connected, or no client has come to the pipe yet.
    NotConnected,
    /// The datagram is too long to be sent; nothing was.
    MessageTooLong,
    /// An earlier datagram's time to live ran out on its way; the socket is still good.
    TtlExpired,
    /// The device or its medium was removed, or is switched off.
    DeviceGone,
    /// Anything else: see the status.
    Other,
}

impl CompletionKind {
    /// Of a code that a call gave instead of a status: Winsock's (10004 and above), or Win32's.
    pub(crate) const fn of_code(code: u32) -> Self {
        match code {
            10_004 | 1235 => Self::AbortedBySystem,
            10_024 | 10_035 | 10_055 | 4 | 8 | 14 | 1130 | 1450 | 1453..=1455 | 1784 | 1816 => {
                Self::NoResources
            }
            10_013 | 5 | 65 => Self::AccessDenied,
            10_040 => Self::MessageTooLong,
            10_048 | 1227 => Self::AddressInUse,
            10_049 => Self::AddressNotAvailable,
            10_050 | 10_051 | 10_064 | 10_065 | 1231..=1234 | 1256 => Self::Unreachable,
            10_052 | 10_054 | 64 => Self::Reset,
            10_053 | 676 | 745 | 1236 => Self::LocalClose,
            10_057 | 536 | 1229 => Self::NotConnected,
            10_058 | 109 | 232 | 233 => Self::BrokenPipe,
            10_060 | 121 | 1460 => Self::TimedOut,
            10_061 | 1225 => Self::Refused,
            10_069 | 1295 => Self::QuotaExceeded,
            10_101 | 38 | 1226 => Self::Eof,
            2 | 3 | 53 | 67 | 1168 => Self::NotFound,
            32 | 33 | 1224 => Self::Locked,
            39 | 112 | 314 => Self::StorageFull,
            55 | 321 | 433 | 1006 | 1112 | 1167 | 1617 => Self::DeviceGone,
            234 | 1022 => Self::Truncated,
            995 => Self::Cancelled,
            _ => Self::Other,
        }
    }

    /// Of a failure with this kind and code.
    pub(crate) fn io_kind(self, code: u32) -> io::ErrorKind {
        match (self, code) {
            (Self::Unreachable, 10_050 | 10_051 | 10_054 | 1231) | (Self::Other, _) => {
                std_kind(code)
            }
            _ => self.into(),
        }
    }

    /// What happened, in words.
    const fn words(self) -> &'static str {
        match self {
            Self::Cancelled => "the operation was cancelled",
            Self::AbortedBySystem => {
                "the system ended the operation, which nobody here has cancelled"
            }
            Self::Reset => "the peer reset the connection",
            Self::LocalClose => "this side closed or aborted the connection or handle",
            Self::Refused => "the connection was refused: nobody listens there",
            Self::Unreachable => "the network, host or port cannot be reached",
            Self::TimedOut => "the other side did not answer in time",
            Self::Truncated => "there was more data than room",
            Self::BrokenPipe => "the other end is gone, or this end was shut down",
            Self::Eof => "the end was reached",
            Self::NoResources => "the system is short of memory or of another resource",
            Self::StorageFull => "the disk is full",
            Self::QuotaExceeded => "the quota of the disk is used up",
            Self::Locked => "another handle's share mode or lock is in the way",
            Self::NotFound => "no such file, path or name",
            Self::AccessDenied => "access is denied",
            Self::AddressInUse => "the address is in use",
            Self::AddressNotAvailable => "the address cannot be used on this machine",
            Self::NotConnected => "not connected",
            Self::MessageTooLong => "the message is too long to be sent",
            Self::TtlExpired => "the time to live of an earlier datagram ran out on its way",
            Self::DeviceGone => "the device or its medium is gone",
            Self::Other => "the operation failed",
        }
    }
}

/// The kind that std gives to a code of Windows.
fn std_kind(code: u32) -> io::ErrorKind {
    if cfg!(windows) {
        io::Error::from_raw_os_error(i32::from_ne_bytes(code.to_ne_bytes())).kind()
    } else {
        io::ErrorKind::Other
    }
}

impl From<CompletionKind> for io::ErrorKind {
    fn from(kind: CompletionKind) -> Self {
        use CompletionKind as Kind;
        match kind {
            Kind::Cancelled | Kind::Truncated | Kind::Other => Self::Other,
            Kind::AbortedBySystem => Self::Interrupted,
            Kind::Reset => Self::ConnectionReset,
            Kind::LocalClose => Self::ConnectionAborted,
            Kind::Refused => Self::ConnectionRefused,
            // WSAEHOSTUNREACH, ERROR_DISK_FULL, WSAEDQUOT, ERROR_BUSY: std's names are too young.
            Kind::Unreachable | Kind::TtlExpired => std_kind(10_065),
            Kind::StorageFull => std_kind(112),
            Kind::QuotaExceeded => std_kind(10_069),
            Kind::Locked => std_kind(170),
            Kind::TimedOut => Self::TimedOut,
            Kind::BrokenPipe => Self::BrokenPipe,
            Kind::Eof => Self::UnexpectedEof,
            Kind::NoResources => Self::OutOfMemory,
            Kind::NotFound => Self::NotFound,
            Kind::AccessDenied => Self::PermissionDenied,
            Kind::AddressInUse => Self::AddrInUse,
            Kind::AddressNotAvailable => Self::AddrNotAvailable,
            Kind::NotConnected | Kind::DeviceGone => Self::NotConnected,
            Kind::MessageTooLong => Self::InvalidInput,
        }
    }
}

impl fmt::Display for CompletionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
