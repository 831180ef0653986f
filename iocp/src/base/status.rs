//! The NTSTATUS of a finished operation: the table of those with a kind or a number of their own.
//!
//! The table has the statuses with a kind, or a Winsock number, of their own. The kinds are our own: the system
//! (`RtlNtStatusToDosError`) gives one code, 64, for a reset by the peer and for a local close, so a reset
//! would read as a clean end. The other statuses' Win32 codes are asked of the system (`os/codes.rs`).

use std::fmt;

pub(crate) use super::kind::CompletionKind;

/// An NTSTATUS: the system's own result code of an operation.
///
/// The top two bits are the severity: 0 success, 1 information, 2 warning, 3 error.
///
/// A code of Winsock or Win32 as a status is `0xC007_0000` and the code, as the SDK's `NTSTATUS_FROM_WIN32`
/// makes it: so the status of a socket's call that failed is 0xC007_2746 for `WSAECONNRESET` (10054).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct NtStatus(pub u32);

/// In the place of a Win32 code: the system is asked.
const ASK: u16 = u16::MAX;

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $value:literal, $win32:expr, $winsock:literal, $kind:ident;)+) => {
        #[allow(missing_docs)] // the SDK's names; the values are the documentation
        impl NtStatus {
            $($(#[$doc])* pub const $name: Self = Self($value);)+
        }

        impl NtStatus {
            const ROWS: &'static [Row] =
                &[$(Row { status: $value, win32: $win32, winsock: $winsock, kind: CompletionKind::$kind },)+];
            /// Their names, in the same order.
            const NAMES: &'static str = concat!($(stringify!($name), " "),+);
        }
    };
}

/// A row of the table, which is in the order of the statuses: a table and a search are a fifth of what a `match` is in
/// a program.
struct Row {
    status: u32,
    /// Or [`ASK`].
    win32: u16,
    winsock: u16,
    kind: CompletionKind,
}

const _: () = {
    let mut at = 1;
    while at < NtStatus::ROWS.len() {
        assert!(NtStatus::ROWS[at - 1].status < NtStatus::ROWS[at].status);
        at += 1;
    }
};

statuses! {
    /// The operation succeeded.
    SUCCESS = 0x0000_0000, 0, 0, Other;
    PENDING = 0x0000_0103, 997, 0, Other;
    NOTIFY_CLEANUP = 0x0000_010B, 745, 0, LocalClose;
    NOTIFY_ENUM_DIR = 0x0000_010C, 1022, 0, Truncated;
    /// More data than room: the bytes are valid, the rest stays (pipe) or is lost (datagram).
    BUFFER_OVERFLOW = 0x8000_0005, 234, 10_040, Truncated;
    HANDLES_CLOSED = 0x8000_000A, 676, 0, LocalClose;
    DEVICE_POWERED_OFF = 0x8000_000F, 21, 0, DeviceGone;
    DEVICE_OFF_LINE = 0x8000_0010, 21, 0, DeviceGone;
    VERIFY_REQUIRED = 0x8000_0016, 1110, 0, Other;
    ALREADY_DISCONNECTED = 0x8000_0025, 2402, 0, NotConnected;
    UNSUCCESSFUL = 0xC000_0001, 31, 0, Other;
    NOT_IMPLEMENTED = 0xC000_0002, 1, 10_045, Other;
    ACCESS_VIOLATION = 0xC000_0005, 998, 10_014, Other;
    PAGEFILE_QUOTA = 0xC000_0007, 1454, 10_055, NoResources;
    INVALID_HANDLE = 0xC000_0008, 6, 10_038, Other;
    INVALID_PARAMETER = 0xC000_000D, 87, 0, Other;
    NO_SUCH_DEVICE = 0xC000_000E, 433, 10_050, DeviceGone;
    NO_SUCH_FILE = 0xC000_000F, 2, 10_050, NotFound;
    INVALID_DEVICE_REQUEST = 0xC000_0010, 1, 0, Other;
    END_OF_FILE = 0xC000_0011, 38, 0, Eof;
    NO_MEDIA_IN_DEVICE = 0xC000_0013, 21, 0, DeviceGone;
    NO_MEMORY = 0xC000_0017, 8, 10_055, NoResources;
    CONFLICTING_ADDRESSES = 0xC000_0018, 487, 10_055, Other;
    ACCESS_DENIED = 0xC000_0022, 5, 10_013, AccessDenied;
    BUFFER_TOO_SMALL = 0xC000_0023, 122, 10_014, Other;
    OBJECT_TYPE_MISMATCH = 0xC000_0024, 6, 10_038, Other;
    OBJECT_NAME_NOT_FOUND = 0xC000_0034, 2, 10_050, NotFound;
    OBJECT_PATH_NOT_FOUND = 0xC000_003A, 3, 10_050, NotFound;
    SHARING_VIOLATION = 0xC000_0043, 32, 10_048, Locked;
    QUOTA_EXCEEDED = 0xC000_0044, 1816, 10_055, NoResources;
    FILE_LOCK_CONFLICT = 0xC000_0054, 33, 0, Locked;
    LOCK_NOT_GRANTED = 0xC000_0055, 33, 0, Locked;
    DELETE_PENDING = 0xC000_0056, 5, 0, AccessDenied;
    PRIVILEGE_NOT_HELD = 0xC000_0061, 1314, 0, AccessDenied;
    DISK_FULL = 0xC000_007F, 112, 0, StorageFull;
    TOO_MANY_PAGING_FILES = 0xC000_0097, 8, 10_055, NoResources;
    FILE_INVALID = 0xC000_0098, 1006, 0, DeviceGone;
    INSUFFICIENT_RESOURCES = 0xC000_009A, 1450, 10_055, NoResources;
    DEVICE_NOT_CONNECTED = 0xC000_009D, 1167, 0, DeviceGone;
    DEVICE_POWER_FAILURE = 0xC000_009E, 21, 0, DeviceGone;
    WORKING_SET_QUOTA = 0xC000_00A1, 1453, 10_055, NoResources;
    MEDIA_WRITE_PROTECTED = 0xC000_00A2, 19, 0, AccessDenied;
    DEVICE_NOT_READY = 0xC000_00A3, 21, 10_035, Other;
    PIPE_DISCONNECTED = 0xC000_00B0, 233, 10_058, BrokenPipe;
    PIPE_CLOSING = 0xC000_00B1, 232, 0, BrokenPipe;
    /// The other end was there already: a `ConnectNamedPipe` then owes no packet.
    PIPE_CONNECTED = 0xC000_00B2, 535, 0, Other;
    /// No client has come yet.
    PIPE_LISTENING = 0xC000_00B3, 536, 0, NotConnected;
    IO_TIMEOUT = 0xC000_00B5, 121, 10_060, TimedOut;
    FILE_IS_A_DIRECTORY = 0xC000_00BA, 5, 0, AccessDenied;
    NOT_SUPPORTED = 0xC000_00BB, 50, 10_045, Other;
    REMOTE_NOT_LISTENING = 0xC000_00BC, 51, 10_061, Refused;
    BAD_NETWORK_PATH = 0xC000_00BE, 53, 10_051, NotFound;
    NETWORK_BUSY = 0xC000_00BF, 54, 10_050, Unreachable;
    DEVICE_DOES_NOT_EXIST = 0xC000_00C0, 55, 0, DeviceGone;
    TOO_MANY_COMMANDS = 0xC000_00C1, 56, 0, NoResources;
    INVALID_NETWORK_RESPONSE = 0xC000_00C3, 58, 10_050, Unreachable;
    UNEXPECTED_NETWORK_ERROR = 0xC000_00C4, 59, 10_050, Unreachable;
    NETWORK_NAME_DELETED = 0xC000_00C9, 64, 0, Reset;
    NETWORK_ACCESS_DENIED = 0xC000_00CA, 65, 0, AccessDenied;
    BAD_NETWORK_NAME = 0xC000_00CC, 67, 0, NotFound;
    TOO_MANY_SESSIONS = 0xC000_00CE, 69, 0, NoResources;
    REQUEST_NOT_ACCEPTED = 0xC000_00D0, 71, 10_035, Other;
    VIRTUAL_CIRCUIT_CLOSED = 0xC000_00D6, 240, 0, Reset;
    /// Too many requests are in flight.
    INVALID_USER_BUFFER = 0xC000_00E8, 1784, 0, NoResources;
    TOO_MANY_OPENED_FILES = 0xC000_011F, 4, 0, NoResources;
    CANCELLED = 0xC000_0120, 995, 995, Cancelled;
    CANNOT_DELETE = 0xC000_0121, 5, 0, AccessDenied;
    FILE_DELETED = 0xC000_0123, 5, 0, AccessDenied;
    FILE_CLOSED = 0xC000_0128, 6, 0, LocalClose;
    PAGEFILE_QUOTA_EXCEEDED = 0xC000_012C, 567, 0, NoResources;
    COMMITMENT_LIMIT = 0xC000_012D, 1455, 10_055, NoResources;
    LOCAL_DISCONNECT = 0xC000_013B, 64, 10_053, LocalClose;
    REMOTE_DISCONNECT = 0xC000_013C, 64, 10_054, Reset;
    REMOTE_RESOURCES = 0xC000_013D, 51, 10_055, NoResources;
    LINK_FAILED = 0xC000_013E, 59, 10_054, Reset;
    LINK_TIMEOUT = 0xC000_013F, 59, 10_060, TimedOut;
    INVALID_CONNECTION = 0xC000_0140, 59, 10_057, NotConnected;
    INVALID_ADDRESS = 0xC000_0141, 59, 10_049, AddressNotAvailable;
    PIPE_BROKEN = 0xC000_014B, 109, 0, BrokenPipe;
    NO_MEDIA = 0xC000_0178, 1112, 0, DeviceGone;
    FATAL_MEMORY_EXHAUSTION = 0xC000_01AD, 8, 0, NoResources;
    USER_SESSION_DELETED = 0xC000_0203, 59, 0, Reset;
    INSUFF_SERVER_RESOURCES = 0xC000_0205, 1130, 0, NoResources;
    /// The datagram is too long to be sent.
    INVALID_BUFFER_SIZE = 0xC000_0206, 1784, 10_040, MessageTooLong;
    INVALID_ADDRESS_COMPONENT = 0xC000_0207, 1214, 10_049, AddressNotAvailable;
    INVALID_ADDRESS_WILDCARD = 0xC000_0208, 1214, 0, AddressNotAvailable;
    TOO_MANY_ADDRESSES = 0xC000_0209, 68, 10_055, NoResources;
    ADDRESS_ALREADY_EXISTS = 0xC000_020A, 52, 10_048, AddressInUse;
    ADDRESS_CLOSED = 0xC000_020B, 64, 0, LocalClose;
    CONNECTION_DISCONNECTED = 0xC000_020C, 64, 10_054, Reset;
    CONNECTION_RESET = 0xC000_020D, 64, 10_054, Reset;
    TRANSACTION_ABORTED = 0xC000_020F, 59, 10_053, LocalClose;
    TRANSACTION_TIMED_OUT = 0xC000_0210, 59, 0, TimedOut;
    NOT_FOUND = 0xC000_0225, 1168, 0, NotFound;
    CONNECTION_REFUSED = 0xC000_0236, 1225, 10_061, Refused;
    GRACEFUL_DISCONNECT = 0xC000_0237, 1226, 10_101, Eof;
    ADDRESS_ALREADY_ASSOCIATED = 0xC000_0238, 1227, 0, AddressInUse;
    CONNECTION_INVALID = 0xC000_023A, 1229, 0, NotConnected;
    CONNECTION_ACTIVE = 0xC000_023B, 1230, 10_056, Other;
    NETWORK_UNREACHABLE = 0xC000_023C, 1231, 10_051, Unreachable;
    HOST_UNREACHABLE = 0xC000_023D, 1232, 10_065, Unreachable;
    PROTOCOL_UNREACHABLE = 0xC000_023E, 1233, 10_051, Unreachable;
    /// An earlier datagram met a closed port; the socket is still good.
    PORT_UNREACHABLE = 0xC000_023F, 1234, 10_054, Unreachable;
    REQUEST_ABORTED = 0xC000_0240, 1235, 10_004, AbortedBySystem;
    CONNECTION_ABORTED = 0xC000_0241, 1236, 10_053, LocalClose;
    USER_MAPPED_FILE = 0xC000_0243, 1224, 0, Locked;
    CONNECTION_COUNT_LIMIT = 0xC000_0246, 1238, 0, NoResources;
    PLUGPLAY_NO_DEVICE = 0xC000_025E, 1058, 0, DeviceGone;
    VOLUME_DISMOUNTED = 0xC000_026E, 21, 0, DeviceGone;
    DEVICE_REMOVED = 0xC000_02B6, 1617, 0, DeviceGone;
    DATATYPE_MISALIGNMENT_ERROR = 0xC000_02C5, 998, 10_014, Other;
    HOST_DOWN = 0xC000_0350, 1256, 10_064, Unreachable;
    DRIVER_PROCESS_TERMINATED = 0xC000_0450, 1291, 0, DeviceGone;
    DISK_RESOURCES_EXHAUSTED = 0xC000_0461, 314, 0, StorageFull;
    DEVICE_UNREACHABLE = 0xC000_0464, 321, 0, DeviceGone;
    SERVER_UNAVAILABLE = 0xC000_0466, 64, 0, Reset;
    FILE_NOT_AVAILABLE = 0xC000_0467, 32, 0, Locked;
    DEVICE_INSUFFICIENT_RESOURCES = 0xC000_0468, 322, 0, NoResources;
    IO_OPERATION_TIMEOUT = 0xC000_047D, 1460, 0, TimedOut;
    SHARE_UNAVAILABLE = 0xC000_0480, 64, 0, Reset;
    DISK_QUOTA_EXCEEDED = 0xC000_0802, 1295, 0, QuotaExceeded;
    /// An earlier datagram's time to live ran out; the socket is still good.
    ///
    /// The number is the one that
    /// [Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecvfrom) names for
    /// this event; open: whether Winsock makes it of this status (libuv's table has 10054).
    HOPLIMIT_EXCEEDED = 0xC000_A012, ASK, 10_052, TtlExpired;
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

    /// Win32 code, if the system need not be asked, Winsock number (0: none of its own) and kind, if the table has
    /// the status.
    pub(crate) const fn entry(self) -> Option<(Option<u32>, u32, CompletionKind)> {
        let Some(place) = self.place() else { return None };
        let Row { win32, winsock, kind, .. } = Self::ROWS[place];
        let win32 = if win32 == ASK { None } else { Some(win32 as u32) };
        Some((win32, winsock as u32, kind))
    }

    /// Its name without the prefix, if the table has the status.
    pub(crate) fn name(self) -> Option<&'static str> {
        Self::NAMES.split(' ').nth(self.place()?)
    }

    /// Where the table has it.
    const fn place(self) -> Option<usize> {
        let (mut from, mut to) = (0, Self::ROWS.len());
        while from < to {
            let middle = from + (to - from) / 2;
            let status = Self::ROWS[middle].status;
            if status == self.0 {
                return Some(middle);
            }
            if status < self.0 {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        None
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
    ///
    /// A socket says a few statuses in another sense: [`SHARING_VIOLATION`](Self::SHARING_VIOLATION) is an
    /// address in use. [`CompletionError::kind`](crate::CompletionError::kind) has the kind that the handle
    /// means.
    #[must_use]
    pub const fn kind(self) -> CompletionKind {
        match (self.unpacked(), self.entry()) {
            (Some(code), _) => CompletionKind::of_code(code),
            (None, Some((_, _, kind))) => kind,
            (None, None) => CompletionKind::Other,
        }
    }

    /// The kind that it is for a socket: what Winsock's number stands for where that differs.
    pub(crate) const fn kind_on_socket(self, stream: bool) -> CompletionKind {
        match self {
            Self::SHARING_VIOLATION => CompletionKind::AddressInUse,
            // WSAENOBUFS, and WSAEWOULDBLOCK, by which an overlapped operation says the same.
            Self::CONFLICTING_ADDRESSES | Self::DEVICE_NOT_READY | Self::REQUEST_NOT_ACCEPTED => {
                CompletionKind::NoResources
            }
            // WSAENETDOWN, WSAENETUNREACH: it is the transport that is not found.
            Self::NO_SUCH_DEVICE
            | Self::NO_SUCH_FILE
            | Self::OBJECT_NAME_NOT_FOUND
            | Self::OBJECT_PATH_NOT_FOUND
            | Self::BAD_NETWORK_PATH => CompletionKind::Unreachable,
            // `WSAENETRESET`: of a stream a reset, of a datagram this.
            Self(WSAENETRESET) if !stream => CompletionKind::TtlExpired,
            other => match other.kind() {
                // Datagrams have no connection: `WSAECONNRESET` is what `recvfrom` says of an earlier one.
                CompletionKind::Reset if !stream => CompletionKind::Unreachable,
                kind => kind,
            },
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

/// What Winsock says of a time to live that ran out, and of a connection whose keep-alive failed.
const WSAENETRESET: u32 = NtStatus::from_win32(10_052).0;

impl fmt::Debug for NtStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "STATUS_{name} (0x{:08X})", self.0),
            None => write!(f, "NTSTATUS 0x{:08X}", self.0),
        }
    }
}

impl fmt::Display for NtStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
