//! Statuses against the literal values of the SDK, and against the numbers that Windows gives them: the whole
//! map of `tests/status-map.tsv`.
//!
//! On any host. Where a kernel is there, its own translations of statuses are asked as well.

// reason: a table compares numbers of many types in one.
#![allow(clippy::cast_lossless, clippy::cast_sign_loss, clippy::cast_possible_wrap)]

use std::collections::BTreeMap;

use iocp::NtStatus;
#[cfg(windows)]
use iocp_sys as sys;
use iocp_tests::check_constants;

/// The map, read as the simulated kernel reads it.
#[path = "../../iocp/src/os/sim/status_map.rs"]
mod status_map;

use self::status_map::{row, rows};

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

/// `STATUS_PENDING` is no result.
fn results() -> impl Iterator<Item = status_map::Row> {
    rows().filter(|row| row.status != 0x103)
}

/// Behaviours 17, 33c: each status stands for the codes that Windows gives it.
#[test]
fn each_status_stands_for_its_win32_and_its_winsock_code() {
    let (mut known, mut numbers) = (0, 0);
    for row in results() {
        let status = NtStatus(row.status);
        let (win32, winsock) = (status.win32(), status.winsock());
        if win32.is_some() || cfg!(windows) {
            known += 1;
            assert!(win32.map_or(row.may_be(317), |code| row.may_be(code)), "{status}: {win32:?}");
        }
        if row.status >> 30 >= 2 {
            numbers += 1;
            // Of some the tests of Winsock say nothing: its rule holds for them too.
            assert_eq!(winsock, Some(row.winsock.unwrap_or(10_022)), "{status}");
        }
    }
    assert!(known >= if cfg!(windows) { 1403 } else { 120 }, "only {known} statuses are known");
    assert_eq!(numbers, 1294);
    assert_eq!((NtStatus::SUCCESS.winsock(), NtStatus::PENDING.winsock()), (None, None));
    assert_eq!(
        (NtStatus(0xDEAD_BEEF).win32(), NtStatus(0xDEAD_BEEF).winsock()),
        (None, Some(10_022))
    );
    assert_eq!(
        (NtStatus(0xC007_2746).win32(), NtStatus(0xC007_2746).winsock()),
        (Some(10_054), Some(10_054))
    );
}

/// Behaviour 33: a constant of `iocp` has the number of the status whose name it has.
#[test]
fn each_named_status_is_the_one_of_that_name() {
    let mut named = 0;
    for row in rows() {
        let shown = format!("{:?}", NtStatus(row.status));
        let Some((name, _)) = shown.split_once(" (0x") else { continue };
        assert_eq!(name, row.name);
        named += 1;
    }
    // All but STATUS_HOPLIMIT_EXCEEDED, which the map has not.
    assert_eq!((named, NtStatus::HOPLIMIT_EXCEEDED.0), (121, 0xC000_A012));
}

/// The numbers that a source of `iocp-sys` declares.
fn declared(source: &str) -> BTreeMap<&str, u32> {
    source
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.strip_prefix("pub const ")?.split_once(": ")?;
            let value = rest.split_once(" = ")?.1.split(';').next()?.replace("_u32", "");
            Some((name, value.replace('_', "").parse().ok()?))
        })
        .collect()
}

/// Behaviour 33: the page on errors has the numbers of the map.
#[test]
fn the_page_on_errors_has_the_numbers_of_the_map() {
    let winsock = declared(include_str!("../../iocp-sys/src/winerror_wsa.rs"));
    let mut count = 0;
    for line in include_str!("../../iocp-sys/src/errors.md").lines() {
        let Some(line) = line.strip_prefix("| [`STATUS_") else { continue };
        let cells: Vec<&str> = line.split(" | ").collect();
        let status = cells[0].split_once("<br>0x").unwrap().1.replace('_', "");
        let status = u32::from_str_radix(&status, 16).unwrap();
        // The name and number of Win32, then the name of Winsock, if it has one.
        let codes: Vec<&str> = cells[1].split("<br>").collect();
        let win32: u32 = codes[1].parse().unwrap();
        // The waits give these codes of their own accord; the map has no timeout.
        if let Some(code) = match status {
            0x0000_0102 => Some(258),
            0x0000_0080 => Some(735),
            0x0000_00C0 => Some(192),
            _ => None,
        } {
            assert_eq!(win32, code, "{line}");
            continue;
        }
        let row = row(status).unwrap_or_else(|| panic!("not in the map: {line}"));
        assert!(row.name[7..].starts_with(cells[0].split('`').next().unwrap()), "{line}");
        count += 1;
        assert_eq!(win32, row.win32, "{line}");
        let said = codes.get(2).map(|code| winsock[code.split('`').nth(1).unwrap()]);
        let listed = row.winsock.filter(|code| *code != 10_022 && status >> 31 == 1);
        // A call says 997, where a result would be 996.
        let expected = if status == 0x103 { Some(997) } else { listed };
        assert_eq!(said, expected, "{line}");
    }
    assert!(count >= 62, "only {count} rows");
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

/// Std's kinds, by name: some are younger than the oldest Rust that the crate compiles on.
#[cfg(windows)]
#[test]
fn each_kind_is_the_one_that_std_has_for_it() {
    use iocp::{CompletionKind as Kind, Error, OsError};
    use std::io;
    for (kind, name) in [
        (Kind::Cancelled, "Other"),
        (Kind::AbortedBySystem, "Interrupted"),
        (Kind::Reset, "ConnectionReset"),
        (Kind::LocalClose, "ConnectionAborted"),
        (Kind::Refused, "ConnectionRefused"),
        (Kind::Unreachable, "HostUnreachable"),
        (Kind::TimedOut, "TimedOut"),
        (Kind::Truncated, "Other"),
        (Kind::MessageTooLong, "InvalidInput"),
        (Kind::BrokenPipe, "BrokenPipe"),
        (Kind::Eof, "UnexpectedEof"),
        (Kind::NoResources, "OutOfMemory"),
        (Kind::StorageFull, "StorageFull"),
        (Kind::QuotaExceeded, "QuotaExceeded"),
        (Kind::Locked, "ResourceBusy"),
        (Kind::NotFound, "NotFound"),
        (Kind::AccessDenied, "PermissionDenied"),
        (Kind::AddressInUse, "AddrInUse"),
        (Kind::AddressNotAvailable, "AddrNotAvailable"),
        (Kind::NotConnected, "NotConnected"),
        (Kind::DeviceGone, "NotConnected"),
        (Kind::TtlExpired, "HostUnreachable"),
        (Kind::Other, "Other"),
    ] {
        assert_eq!(format!("{:?}", io::ErrorKind::from(kind)), name, "{kind:?}");
    }
    // Where the kind alone says less than the code, the code decides.
    for (code, name) in [
        (10_051, "NetworkUnreachable"),
        (10_050, "NetworkDown"),
        (10_065, "HostUnreachable"),
        (87, "InvalidInput"),
        (10_035, "OutOfMemory"),
        (112, "StorageFull"),
        (10_038, "Uncategorized"),
    ] {
        let error = Error::Os { call: "WSASend", source: OsError::from_raw(code) };
        let whole = io::Error::from(error);
        assert_eq!(format!("{:?}", whole.kind()), name, "{code}");
        assert_eq!(iocp::raw_os_error(&whole).map(i32::unsigned_abs), Some(code));
        assert!(whole.to_string().contains(&format!("(os error {code})")), "{whole}");
    }
}

/// Behaviour 33c: the system has no code for a status that we lack, and each that it has is ours.
#[cfg(windows)]
#[test]
fn each_win32_code_is_that_of_the_systems_own_translation() {
    let (mut same, mut newer) = (0, Vec::new());
    for row in rows() {
        // SAFETY:
        // * a number in, a number out.
        let theirs = unsafe { sys::RtlNtStatusToDosError(row.status as i32) };
        let ours = NtStatus(row.status).win32();
        assert!(row.may_be(theirs) || theirs == 317, "{}: {theirs}, not {}", row.name, row.win32);
        match ours {
            Some(ours) if ours == theirs => same += 1,
            None if theirs == 317 => same += 1,
            // Of a version of the system that does not know it, or knows it by another code.
            Some(ours) if row.may_be(theirs) && ours == row.win32 => newer.push((row.name, theirs)),
            _ => panic!("{}: {ours:?}, the system says {theirs}", row.name),
        }
    }
    // An older Windows knows fewer.
    let whole = same == 1404 || iocp_tests::kernel() == iocp_tests::Kernel::Windows;
    assert!(whole, "only {same} are the same; the system has other codes for {newer:?}");
    for made_of_a_code in [0xC007_0005_u32, 0xC007_2746, 0x8007_0005, 0xC001_0005] {
        assert_eq!(NtStatus(made_of_a_code).win32(), Some(made_of_a_code & 0xFFFF));
    }
}

/// Behaviour 33c: Winsock's own numbers are ours.
#[cfg(windows)]
#[test]
fn each_winsock_number_is_that_of_winsocks_own_translation() {
    use std::os::windows::io::AsRawSocket;
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let raw = usize::try_from(socket.as_raw_socket()).unwrap();
    let mut other = Vec::new();
    for row in results() {
        let internal = row.status as usize;
        let mut block = sys::OVERLAPPED { Internal: internal, ..sys::OVERLAPPED::default() };
        let block: *mut sys::OVERLAPPED = &mut block;
        let (mut bytes, mut flags) = (0, 0);
        // SAFETY:
        // * the socket is open; block, count and flags are live.
        // * the block says that nothing is pending, so the call waits for nothing.
        let done = unsafe { sys::WSAGetOverlappedResult(raw, block, &mut bytes, 0, &mut flags) };
        let status = NtStatus(row.status);
        if row.status >> 31 == 0 {
            assert_eq!(done, 1, "{status}: success and information are no errors to Winsock");
            continue;
        }
        assert_eq!(done, 0, "{status}");
        // SAFETY:
        // * reads a number of this thread.
        let theirs = unsafe { sys::WSAGetLastError() };
        if status.winsock() != u32::try_from(theirs).ok() {
            other.push((status, theirs, status.winsock()));
        }
    }
    assert!(other.is_empty(), "{other:?}");
}
