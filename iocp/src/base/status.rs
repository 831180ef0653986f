//! The NTSTATUS of a finished operation, sorted by what the caller does next.
//!
//! The table is our own: the system's (`RtlNtStatusToDosError`) gives one code, 64, for a reset by the peer
//! and for a local close, so a reset would read as a clean end.

use std::fmt;

/// An NTSTATUS: the system's own result code of an operation.
///
/// The top two bits are the severity: 0 success, 1 information, 2 warning, 3 error.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct NtStatus(pub u32);

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $value:literal, $win32:literal, $winsock:literal, $kind:ident;)+) => {
        #[allow(missing_docs)] // the SDK's names; the values are the documentation
        impl NtStatus {
            $($(#[$doc])* pub const $name: Self = Self($value);)+
        }

        impl NtStatus {
            /// Name, Win32 code, winsock code (0: none) and kind, if the table knows the status.
            const fn entry(self) -> Option<(&'static str, u32, u32, CompletionKind)> {
                match self.0 {
                    $($value => Some((stringify!($name), $win32, $winsock, CompletionKind::$kind)),)+
                    _ => None,
                }
            }
        }
    };
}

statuses! {
    /// The operation succeeded.
    SUCCESS = 0x0000_0000, 0, 0, Other;
    PENDING = 0x0000_0103, 997, 0, Other;
    NOTIFY_CLEANUP = 0x0000_010B, 745, 0, LocalClose;
    NOTIFY_ENUM_DIR = 0x0000_010C, 1022, 0, Truncated;
    /// More data than room: the bytes are valid, the rest stays (pipe) or is lost (datagram).
    BUFFER_OVERFLOW = 0x8000_0005, 234, 10_040, Truncated;
    HANDLES_CLOSED = 0x8000_000A, 676, 0, LocalClose;
    VERIFY_REQUIRED = 0x8000_0016, 1110, 0, Other;
    UNSUCCESSFUL = 0xC000_0001, 31, 0, Other;
    ACCESS_VIOLATION = 0xC000_0005, 998, 10_014, Other;
    INVALID_HANDLE = 0xC000_0008, 6, 10_038, Other;
    INVALID_PARAMETER = 0xC000_000D, 87, 10_022, Other;
    INVALID_DEVICE_REQUEST = 0xC000_0010, 1, 10_045, Other;
    END_OF_FILE = 0xC000_0011, 38, 0, Eof;
    NO_MEMORY = 0xC000_0017, 8, 10_055, NoResources;
    ACCESS_DENIED = 0xC000_0022, 5, 10_013, Other;
    BUFFER_TOO_SMALL = 0xC000_0023, 122, 10_014, Other;
    QUOTA_EXCEEDED = 0xC000_0044, 1816, 10_055, NoResources;
    INSUFFICIENT_RESOURCES = 0xC000_009A, 1450, 10_055, NoResources;
    WORKING_SET_QUOTA = 0xC000_00A1, 1453, 10_055, NoResources;
    PIPE_DISCONNECTED = 0xC000_00B0, 233, 10_058, BrokenPipe;
    /// The other end was there already: a `ConnectNamedPipe` then owes no packet.
    PIPE_CONNECTED = 0xC000_00B2, 535, 0, Other;
    PIPE_CLOSING = 0xC000_00B1, 232, 0, BrokenPipe;
    IO_TIMEOUT = 0xC000_00B5, 121, 10_060, TimedOut;
    NOT_SUPPORTED = 0xC000_00BB, 50, 10_045, Other;
    UNEXPECTED_NETWORK_ERROR = 0xC000_00C4, 59, 10_050, Other;
    NETWORK_NAME_DELETED = 0xC000_00C9, 64, 10_054, Reset;
    CANCELLED = 0xC000_0120, 995, 995, Cancelled;
    LOCAL_DISCONNECT = 0xC000_013B, 64, 10_053, LocalClose;
    REMOTE_DISCONNECT = 0xC000_013C, 64, 10_054, Reset;
    INVALID_CONNECTION = 0xC000_0140, 59, 10_057, Reset;
    INVALID_ADDRESS = 0xC000_0141, 59, 10_049, Other;
    PIPE_BROKEN = 0xC000_014B, 109, 0, BrokenPipe;
    INVALID_BUFFER_SIZE = 0xC000_0206, 1784, 10_040, Other;
    ADDRESS_ALREADY_EXISTS = 0xC000_020A, 52, 10_048, Other;
    ADDRESS_CLOSED = 0xC000_020B, 64, 10_053, LocalClose;
    CONNECTION_DISCONNECTED = 0xC000_020C, 64, 10_054, Reset;
    CONNECTION_RESET = 0xC000_020D, 64, 10_054, Reset;
    TRANSACTION_ABORTED = 0xC000_020F, 59, 10_053, Other;
    CONNECTION_REFUSED = 0xC000_0236, 1225, 10_061, Refused;
    GRACEFUL_DISCONNECT = 0xC000_0237, 1226, 10_101, Eof;
    CONNECTION_INVALID = 0xC000_023A, 1229, 10_057, Other;
    NETWORK_UNREACHABLE = 0xC000_023C, 1231, 10_051, Unreachable;
    HOST_UNREACHABLE = 0xC000_023D, 1232, 10_065, Unreachable;
    PROTOCOL_UNREACHABLE = 0xC000_023E, 1233, 10_051, Unreachable;
    /// An earlier datagram met a closed port; the socket is still good.
    PORT_UNREACHABLE = 0xC000_023F, 1234, 10_054, Unreachable;
    REQUEST_ABORTED = 0xC000_0240, 1235, 10_004, AbortedBySystem;
    CONNECTION_ABORTED = 0xC000_0241, 1236, 10_053, LocalClose;
}

/// A failed completion, sorted by what the caller does next.
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
    /// The other end of the pipe is gone.
    BrokenPipe,
    /// End of file.
    Eof,
    /// Out of memory, quota or locked pages: try again with less in flight.
    NoResources,
    /// Anything else: see the status.
    Other,
}

impl NtStatus {
    /// Whether the operation succeeded: severity success or information.
    ///
    /// A warning is not a success here: [`BUFFER_OVERFLOW`](Self::BUFFER_OVERFLOW) is reported as
    /// [`CompletionKind::Truncated`].
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 < 0x8000_0000
            && !matches!(self, Self::PENDING | Self::NOTIFY_CLEANUP | Self::NOTIFY_ENUM_DIR)
    }

    /// Whether it is a warning (severity 2): the operation was carried out, perhaps in part. A call with
    /// this result owes a packet, as one that succeeds does.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        self.0 >> 30 == 2
    }

    /// Whether it is an error (severity 3). A call on a file, pipe or socket with this result has started
    /// nothing, and owes no packet.
    #[must_use]
    pub const fn is_error(self) -> bool {
        self.0 >> 30 == 3
    }

    /// The status of a code that a call gave, as `NTSTATUS_FROM_WIN32`: of `GetLastError`, or of
    /// `WSAGetLastError`. 0 is [`SUCCESS`](Self::SUCCESS); of other codes the low 16 bits count.
    #[must_use]
    pub const fn from_win32(code: u32) -> Self {
        if code == 0 {
            Self::SUCCESS
        } else {
            Self(0xC007_0000 | code & 0xFFFF)
        }
    }

    /// The code in a status that was made of one: see [`from_win32`](Self::from_win32).
    pub(crate) const fn unpacked(self) -> Option<u32> {
        if self.0 >> 16 == 0xC007 {
            Some(self.0 & 0xFFFF)
        } else {
            None
        }
    }

    /// The kind of failure this status stands for.
    #[must_use]
    pub const fn kind(self) -> CompletionKind {
        match self.unpacked() {
            Some(10_055) => return CompletionKind::NoResources,
            Some(10_061) => return CompletionKind::Refused,
            _ => {}
        }
        match self.entry() {
            Some((_, _, _, kind)) => kind,
            None => CompletionKind::Other,
        }
    }

    /// The Win32 code (`ERROR_…`), or `None` if the table does not know the status.
    #[must_use]
    pub const fn win32(self) -> Option<u32> {
        if let Some(code) = self.unpacked() {
            return Some(code);
        }
        match self.entry() {
            Some((_, code, _, _)) => Some(code),
            None => None,
        }
    }

    /// The winsock code (`WSAE…`), or `None` if there is none or the table does not know it.
    #[must_use]
    pub const fn winsock(self) -> Option<u32> {
        if let Some(code) = self.unpacked() {
            return Some(code);
        }
        match self.entry() {
            Some((_, _, code, _)) if code != 0 => Some(code),
            _ => None,
        }
    }

    /// The status in an entry's `Internal`: its low 32 bits. The others may be garbage.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) const fn from_internal(internal: usize) -> Self {
        Self(internal as u32)
    }

    /// Whether bytes that arrived with this status are valid: success, or a warning, such as a message
    /// that was truncated.
    ///
    /// With `STATUS_VERIFY_REQUIRED` the system copies nothing to a caller's buffer, whatever is counted:
    /// [ReactOS says why](https://doxygen.reactos.org/d8/d6e/irp_8c.html), Microsoft's pages nothing.
    pub(crate) const fn carries_bytes(self) -> bool {
        self.is_success() || self.is_warning() && !matches!(self, Self::VERIFY_REQUIRED)
    }
}

impl fmt::Debug for NtStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry() {
            Some((name, ..)) => write!(f, "STATUS_{name} (0x{:08X})", self.0),
            None => write!(f, "NTSTATUS 0x{:08X}", self.0),
        }
    }
}

impl fmt::Display for NtStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
