//! Statuses against the literal values of the SDK, and against the codes they stand for.
//!
//! On any host. Where a kernel is there, its own translation of statuses is asked as well.

// reason: a table compares numbers of many types in one.
#![allow(clippy::cast_lossless, clippy::cast_sign_loss, clippy::cast_possible_wrap)]

use iocp::NtStatus;
#[cfg(windows)]
use iocp_sys as sys;
use iocp_tests::check_constants;

/// Behaviour 33: Statuses, literally.
#[test]
#[rustfmt::skip]
#[allow(clippy::too_many_lines)] // reason: a table
fn the_status_codes_are_those_of_the_sdk() {
    check_constants! {
        STATUS_ABANDONED_WAIT_0 = 0x0000_0080,
        STATUS_ACCESS_DENIED = 0xC000_0022,
        STATUS_ACCESS_VIOLATION = 0xC000_0005,
        STATUS_ADDRESS_ALREADY_ASSOCIATED = 0xC000_0238,
        STATUS_ADDRESS_ALREADY_EXISTS = 0xC000_020A,
        STATUS_BUFFER_OVERFLOW = 0x8000_0005,
        STATUS_BUFFER_TOO_SMALL = 0xC000_0023,
        STATUS_CANCELLED = 0xC000_0120,
        STATUS_CONNECTION_ABORTED = 0xC000_0241,
        STATUS_CONNECTION_ACTIVE = 0xC000_023B,
        STATUS_CONNECTION_DISCONNECTED = 0xC000_020C,
        STATUS_CONNECTION_INVALID = 0xC000_023A,
        STATUS_CONNECTION_REFUSED = 0xC000_0236,
        STATUS_CONNECTION_RESET = 0xC000_020D,
        STATUS_DELETE_PENDING = 0xC000_0056,
        STATUS_END_OF_FILE = 0xC000_0011,
        STATUS_GRACEFUL_DISCONNECT = 0xC000_0237,
        STATUS_HANDLES_CLOSED = 0x8000_000A,
        STATUS_HOST_UNREACHABLE = 0xC000_023D,
        STATUS_INFO_LENGTH_MISMATCH = 0xC000_0004,
        STATUS_INSTANCE_NOT_AVAILABLE = 0xC000_00AB,
        STATUS_INSUFFICIENT_RESOURCES = 0xC000_009A,
        STATUS_INVALID_ADDRESS_COMPONENT = 0xC000_0207,
        STATUS_INVALID_DEVICE_REQUEST = 0xC000_0010,
        STATUS_INVALID_DEVICE_STATE = 0xC000_0184,
        STATUS_INVALID_HANDLE = 0xC000_0008,
        STATUS_INVALID_INFO_CLASS = 0xC000_0003,
        STATUS_INVALID_PARAMETER = 0xC000_000D,
        STATUS_IO_TIMEOUT = 0xC000_00B5,
        STATUS_LOCAL_DISCONNECT = 0xC000_013B,
        STATUS_NETWORK_NAME_DELETED = 0xC000_00C9,
        STATUS_NETWORK_UNREACHABLE = 0xC000_023C,
        STATUS_NOTIFY_CLEANUP = 0x0000_010B,
        STATUS_NOTIFY_ENUM_DIR = 0x0000_010C,
        STATUS_NOT_FOUND = 0xC000_0225,
        STATUS_NOT_SUPPORTED = 0xC000_00BB,
        STATUS_NO_MEMORY = 0xC000_0017,
        STATUS_OBJECT_TYPE_MISMATCH = 0xC000_0024,
        STATUS_PENDING = 0x0000_0103,
        STATUS_PIPE_BROKEN = 0xC000_014B,
        STATUS_PIPE_BUSY = 0xC000_00AE,
        STATUS_PIPE_CLOSING = 0xC000_00B1,
        STATUS_PIPE_CONNECTED = 0xC000_00B2,
        STATUS_PIPE_DISCONNECTED = 0xC000_00B0,
        STATUS_PIPE_EMPTY = 0xC000_00D9,
        STATUS_PIPE_LISTENING = 0xC000_00B3,
        STATUS_PIPE_NOT_AVAILABLE = 0xC000_00AC,
        STATUS_PORT_UNREACHABLE = 0xC000_023F,
        STATUS_PROTOCOL_UNREACHABLE = 0xC000_023E,
        STATUS_QUOTA_EXCEEDED = 0xC000_0044,
        STATUS_REMOTE_DISCONNECT = 0xC000_013C,
        STATUS_REQUEST_ABORTED = 0xC000_0240,
        STATUS_SHARING_VIOLATION = 0xC000_0043,
        STATUS_SUCCESS = 0x0000_0000,
        STATUS_TIMEOUT = 0x0000_0102,
        STATUS_UNEXPECTED_NETWORK_ERROR = 0xC000_00C4,
        STATUS_USER_APC = 0x0000_00C0,
        STATUS_WORKING_SET_QUOTA = 0xC000_00A1,
    }
}

/// Status; its Win32 code; what the system's own translation says (it differs for three that the
/// calls translate themselves); its winsock code as libuv's table has it, 0 where that has none.
#[rustfmt::skip]
const CODES: &[(u32, u32, u32, u32)] = &[
    (0x0000_0000, 0, 0, 0), // STATUS_SUCCESS
    (0x0000_0102, 258, 1460, 10060), // STATUS_TIMEOUT
    (0x0000_0080, 735, 128, 0), // STATUS_ABANDONED_WAIT_0
    (0x0000_00C0, 192, 737, 0), // STATUS_USER_APC
    (0xC000_0008, 6, 6, 10038), // STATUS_INVALID_HANDLE
    (0xC000_0024, 6, 6, 10038), // STATUS_OBJECT_TYPE_MISMATCH
    (0xC000_000D, 87, 87, 0), // STATUS_INVALID_PARAMETER
    (0xC000_0003, 87, 87, 0), // STATUS_INVALID_INFO_CLASS
    (0x0000_0103, 997, 997, 997), // STATUS_PENDING
    (0xC000_0120, 995, 995, 10004), // STATUS_CANCELLED
    (0xC000_0225, 1168, 1168, 0), // STATUS_NOT_FOUND
    (0xC000_020D, 64, 64, 10054), // STATUS_CONNECTION_RESET
    (0xC000_020C, 64, 64, 10054), // STATUS_CONNECTION_DISCONNECTED
    (0xC000_013B, 64, 64, 10053), // STATUS_LOCAL_DISCONNECT
    (0xC000_013C, 64, 64, 10054), // STATUS_REMOTE_DISCONNECT
    (0xC000_00C9, 64, 64, 0), // STATUS_NETWORK_NAME_DELETED
    (0xC000_020B, 64, 64, 0), // STATUS_ADDRESS_CLOSED
    (0xC000_0241, 1236, 1236, 10053), // STATUS_CONNECTION_ABORTED
    (0xC000_0236, 1225, 1225, 10061), // STATUS_CONNECTION_REFUSED
    (0xC000_00B5, 121, 121, 10060), // STATUS_IO_TIMEOUT
    (0xC000_023C, 1231, 1231, 10051), // STATUS_NETWORK_UNREACHABLE
    (0xC000_023D, 1232, 1232, 10065), // STATUS_HOST_UNREACHABLE
    (0xC000_023E, 1233, 1233, 10051), // STATUS_PROTOCOL_UNREACHABLE
    (0xC000_023F, 1234, 1234, 10054), // STATUS_PORT_UNREACHABLE
    (0xC000_0240, 1235, 1235, 10004), // STATUS_REQUEST_ABORTED
    (0xC000_0237, 1226, 1226, 10101), // STATUS_GRACEFUL_DISCONNECT
    (0xC000_023A, 1229, 1229, 0), // STATUS_CONNECTION_INVALID
    (0xC000_023B, 1230, 1230, 0), // STATUS_CONNECTION_ACTIVE
    (0xC000_0238, 1227, 1227, 0), // STATUS_ADDRESS_ALREADY_ASSOCIATED
    (0xC000_00C4, 59, 59, 10050), // STATUS_UNEXPECTED_NETWORK_ERROR
    (0xC000_0140, 59, 59, 10057), // STATUS_INVALID_CONNECTION
    (0xC000_020F, 59, 59, 10053), // STATUS_TRANSACTION_ABORTED
    (0xC000_0141, 59, 59, 10049), // STATUS_INVALID_ADDRESS
    (0x8000_0005, 234, 234, 10040), // STATUS_BUFFER_OVERFLOW
    (0xC000_0023, 122, 122, 10014), // STATUS_BUFFER_TOO_SMALL
    (0xC000_0011, 38, 38, 0), // STATUS_END_OF_FILE
    (0xC000_014B, 109, 109, 0), // STATUS_PIPE_BROKEN
    (0xC000_00B1, 232, 232, 0), // STATUS_PIPE_CLOSING
    (0xC000_00D9, 232, 232, 0), // STATUS_PIPE_EMPTY
    (0xC000_00B0, 233, 233, 10058), // STATUS_PIPE_DISCONNECTED
    (0xC000_00B2, 535, 535, 0), // STATUS_PIPE_CONNECTED
    (0xC000_00B3, 536, 536, 0), // STATUS_PIPE_LISTENING
    (0xC000_00AC, 231, 231, 0), // STATUS_PIPE_NOT_AVAILABLE
    (0xC000_00AB, 231, 231, 0), // STATUS_INSTANCE_NOT_AVAILABLE
    (0xC000_00AE, 231, 231, 0), // STATUS_PIPE_BUSY
    (0xC000_0005, 998, 998, 10014), // STATUS_ACCESS_VIOLATION
    (0x8000_0002, 998, 998, 0), // STATUS_DATATYPE_MISALIGNMENT
    (0xC000_00E8, 1784, 1784, 0), // STATUS_INVALID_USER_BUFFER
    (0xC000_0206, 1784, 1784, 10040), // STATUS_INVALID_BUFFER_SIZE
    (0xC000_0017, 8, 8, 10055), // STATUS_NO_MEMORY
    (0xC000_009A, 1450, 1450, 10055), // STATUS_INSUFFICIENT_RESOURCES
    (0xC000_00A1, 1453, 1453, 10055), // STATUS_WORKING_SET_QUOTA
    (0xC000_0044, 1816, 1816, 10055), // STATUS_QUOTA_EXCEEDED
    (0xC000_0054, 33, 33, 0), // STATUS_FILE_LOCK_CONFLICT
    (0xC000_0055, 33, 33, 0), // STATUS_LOCK_NOT_GRANTED
    (0x0000_010C, 1022, 1022, 0), // STATUS_NOTIFY_ENUM_DIR
    (0x0000_010B, 745, 745, 0), // STATUS_NOTIFY_CLEANUP
    (0xC000_0022, 5, 5, 10013), // STATUS_ACCESS_DENIED
    (0xC000_0056, 5, 5, 0), // STATUS_DELETE_PENDING
    (0xC000_0010, 1, 1, 0), // STATUS_INVALID_DEVICE_REQUEST
    (0xC000_00BB, 50, 50, 10045), // STATUS_NOT_SUPPORTED
    (0xC000_0184, 22, 22, 0), // STATUS_INVALID_DEVICE_STATE
    (0xC000_020A, 52, 52, 10048), // STATUS_ADDRESS_ALREADY_EXISTS
    (0xC000_0001, 31, 31, 0), // STATUS_UNSUCCESSFUL
    (0x8000_000A, 676, 676, 0), // STATUS_HANDLES_CLOSED
];

/// Where our winsock codes say more than that table, or something else, and why.
#[rustfmt::skip]
const OUR_OWN: &[(u32, u32)] = &[
    (0x0000_0103, 0),      // pending is no error
    (0xC000_0120, 995),    // WSA_OPERATION_ABORTED: what an overlapped call reports, not WSAEINTR
    (0xC000_000D, 10_022), // WSAEINVAL
    (0xC000_0010, 10_045), // WSAEOPNOTSUPP
    (0xC000_00C9, 10_054), // WSAECONNRESET
    (0xC000_020B, 10_053), // WSAECONNABORTED
    (0xC000_023A, 10_057), // WSAENOTCONN
];

/// Behaviours 17, 33: each status stands for the codes that Windows documents for it.
#[test]
fn each_status_stands_for_its_win32_and_its_winsock_code() {
    let mut known = 0;
    for &(status, win32, _, winsock) in CODES {
        let ours = NtStatus(status);
        let Some(code) = ours.win32() else {
            assert_eq!(ours.winsock(), None, "{ours}: known by half");
            continue;
        };
        known += 1;
        assert_eq!(code, win32, "{ours}");
        let own = OUR_OWN.iter().find(|(other, _)| *other == status);
        let expected = own.map_or(winsock, |(_, code)| *code);
        assert_eq!(ours.winsock().unwrap_or(0), expected, "{ours}");
    }
    assert!(known >= 43, "only {known} statuses are known");
    assert_eq!(NtStatus(0xDEAD_BEEF).win32(), None);
    assert_eq!(NtStatus(0xDEAD_BEEF).winsock(), None);
}

/// Behaviours 12, 17: a reset, a close of our own and a cancel are told apart, although the system
/// translates the first two into one code.
#[test]
fn a_reset_is_told_from_a_close_of_our_own() {
    use iocp::CompletionKind::{Cancelled, LocalClose, Reset};
    let table = [
        (NtStatus(0xC000_020D), Reset, 64, 10_054),
        (NtStatus(0xC000_013B), LocalClose, 64, 10_053),
        (NtStatus(0xC000_0241), LocalClose, 1236, 10_053),
        (NtStatus(0xC000_0120), Cancelled, 995, 995),
    ];
    for (status, kind, win32, winsock) in table {
        assert_eq!(
            (status.kind(), status.win32(), status.winsock()),
            (kind, Some(win32), Some(winsock))
        );
        assert!(!status.is_success());
    }
    assert!(!NtStatus(0x8000_0005).is_success(), "a warning is no success");
    assert!(NtStatus(0).is_success());
}

/// Behaviour 33: the kernel's own translation says the same.
#[cfg(windows)]
#[test]
fn the_systems_own_translation_agrees() {
    for &(status, _, translated, _) in CODES {
        // SAFETY:
        // * a number in, a number out.
        let code = unsafe { sys::RtlNtStatusToDosError(status as i32) };
        assert_eq!(code, translated, "0x{status:08X}");
    }
}
