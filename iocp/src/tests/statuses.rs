//! Every status that Windows has, on each road: the kind, the number and the end that it is told as.
//!
//! What is expected comes from the map of the system's own answers, not from the crate's table.

use std::io;

use super::{finish, io as one_packet, port};
use crate::{
    os::sim::status_map::{row, rows, Row},
    raw_os_error,
    sim::{Answer, Fault, Kernel, OwnedSocket, Script},
    AcceptError, AssociatedHandle, AssociatedSocket, Completed, CompletionError, CompletionKind,
    CompletionPort, Error, Limit, NtStatus, OsError, Packets, Refused, Submitted,
};

type Bytes = Box<[u8]>;

/// What a status came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    kind: Option<CompletionKind>,
    number: Option<i32>,
    is_end: bool,
}

/// What is submitted to.
enum Source {
    Pipe(AssociatedHandle<OwnedSocket>),
    Stream(AssociatedSocket<OwnedSocket>),
    Datagrams(AssociatedSocket<OwnedSocket>),
}

impl Source {
    fn get_ref(&self) -> &OwnedSocket {
        match self {
            Self::Pipe(pipe) => pipe.get_ref(),
            Self::Stream(socket) | Self::Datagrams(socket) => socket.get_ref(),
        }
    }

    fn is_socket(&self) -> bool {
        !matches!(self, Self::Pipe(_))
    }

    /// Reads, or sends, and is told this status.
    fn submit(&self, kernel: &Kernel, port: &CompletionPort, status: u32) -> Submitted<Bytes> {
        kernel.fault(self.get_ref(), Fault::Done { status, bytes: 0 });
        let operation = port.operation(vec![0_u8; 8].into_boxed_slice(), 1).unwrap();
        match self {
            Self::Pipe(pipe) => pipe.read_at(operation, 0),
            // A receive that says 10040 owes a packet: as an error it is a send's.
            Self::Stream(socket) | Self::Datagrams(socket)
                if status == NtStatus::INVALID_BUFFER_SIZE.0 =>
            {
                socket.send(operation)
            }
            Self::Stream(socket) | Self::Datagrams(socket) => socket.recv(operation),
        }
    }

    /// The number that the system gives a status that is no success.
    fn number(&self, row: Row) -> i32 {
        let number = if self.is_socket() { row.winsock.unwrap_or(10_022) } else { row.win32 };
        i32::from_ne_bytes(number.to_ne_bytes())
    }
}

fn sources(kernel: &Kernel, port: &CompletionPort) -> [Source; 3] {
    [
        Source::Pipe(port.associate_handle(kernel.stream_pair().0, 0).unwrap()),
        Source::Stream(port.associate_socket(kernel.stream_pair().0, 0).unwrap()),
        Source::Datagrams(port.associate_socket(kernel.datagram_pair().0, 0).unwrap()),
    ]
}

fn told(completed: &Completed<Bytes>) -> Told {
    let (kind, number) = (completed.kind(), completed.raw_os_error());
    assert_eq!(completed.result().err().map(|error| error.kind), kind);
    Told { kind, number, is_end: completed.is_end() }
}

/// By whichever road it comes.
fn outcome(submitted: Submitted<Bytes>, port: &CompletionPort, packets: &mut Packets) -> Told {
    match submitted {
        Submitted::Pending(ticket) => {
            one_packet(port, packets);
            told(&finish(ticket))
        }
        Submitted::Ready(completed) => told(&completed),
        Submitted::Refused(refused) => panic!("not handed to the system: {refused:?}"),
    }
}

/// The rows that a test looks at; `STATUS_PENDING` in a packet says that nothing has finished.
fn results() -> impl Iterator<Item = Row> {
    // Miri is slow, and all rows are much the same to it.
    let some = [0, 0x10C, 0x8000_0005, 0x8000_0016, 0xC000_0011, 0xC000_0043, 0xC000_020D];
    let some = some.into_iter().filter_map(row).take(if cfg!(miri) { 7 } else { 0 });
    let all = rows().take(if cfg!(miri) { 0 } else { usize::MAX });
    some.chain(all.filter(|row| row.status != NtStatus::PENDING.0))
}

/// By the packet, and by the call: one number, one end, and one kind wherever the number of a call that
/// failed still says it.
#[test]
fn each_status_is_told_the_same_by_call_and_by_packet_on_a_handle_and_on_a_socket() {
    if rows().next().is_none() {
        return println!("not here: the map of all statuses is not in the package");
    }
    let by_packet = Kernel::new(Script { answer: Answer::Pending, ..Script::default() });
    let expected: Vec<[Told; 3]> = {
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let sources = sources(&by_packet, &port);
        let told = |row: Row| {
            sources.each_ref().map(|source| {
                let submitted = source.submit(&by_packet, &port, row.status);
                assert!(matches!(submitted, Submitted::Pending(_)), "{}", row.name);
                outcome(submitted, &port, &mut packets)
            })
        };
        results().map(told).collect()
    };
    drop(by_packet);
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let sources = sources(&kernel, &port);
    let (mut failures, mut by_code) = (0, 0);
    for (row, expected) in results().zip(expected) {
        let status = NtStatus(row.status);
        for (source, expected) in sources.iter().zip(expected) {
            let submitted = source.submit(&kernel, &port, row.status);
            let has_code = matches!(submitted, Submitted::Ready(_));
            let at_once = outcome(submitted, &port, &mut packets);
            let (name, number) = (row.name, source.number(row));
            if status.is_success() || at_once.is_end {
                assert_eq!(
                    (at_once, at_once.kind, at_once.number),
                    (expected, None, None),
                    "{name}"
                );
                let ends = match source {
                    Source::Pipe(_) => [0xC000_0011, 0xC000_014B].contains(&row.status),
                    Source::Stream(_) => row.status == 0,
                    Source::Datagrams(_) => false,
                };
                assert_eq!(at_once.is_end, ends, "{name}");
                continue;
            }
            failures += 1;
            assert_eq!((at_once.number, expected.number), (Some(number), Some(number)), "{name}");
            assert!(!at_once.is_end && !expected.is_end, "{name}");
            // A socket's call that failed at once says a number, which is less than the status.
            if !has_code || matches!(source, Source::Pipe(_)) {
                assert_eq!(at_once, expected, "{name}");
                continue;
            }
            by_code += 1;
            match source {
                // What Winsock does not list.
                _ if at_once.number == Some(10_022) => {
                    assert_eq!(at_once.kind, Some(CompletionKind::Other), "{name}");
                }
                // 10054, which is a reset of a stream too.
                Source::Stream(_) if status == NtStatus::PORT_UNREACHABLE => {
                    assert_eq!(expected.kind, Some(CompletionKind::Unreachable));
                }
                _ => assert_eq!(at_once.kind, expected.kind, "{name}"),
            }
        }
    }
    if !cfg!(miri) {
        let counts = format!("{failures} failures, {by_code} by a socket's code");
        assert!(failures > 3 * 1250 && by_code > 2 * 1230, "{counts}");
    }
    assert_eq!((port.stats().in_flight, port.stats().stale_packets), (0, 0));
}

#[test]
fn the_table_of_the_crate_is_that_of_the_system() {
    if rows().next().is_none() {
        return println!("not here: the map of all statuses is not in the package");
    }
    let mut count = 0;
    for row in results() {
        let status = NtStatus(row.status);
        let listed = row.winsock.filter(|code| *code != 10_022 && row.status >> 31 == 1);
        match status.entry() {
            Some((win32, winsock, kind)) => {
                count += 1;
                let name = status.name().unwrap();
                assert_eq!(format!("STATUS_{name}"), row.name);
                assert_eq!(win32.unwrap_or(row.win32), row.win32);
                assert_eq!((winsock != 0).then_some(winsock), listed, "{name}");
                // Without a number or a kind of its own it is in the table for its name.
                let plain = winsock == 0 && kind == CompletionKind::Other;
                let named = [0, 0x8000_0016, 0xC000_0001, 0xC000_000D, 0xC000_0010, 0xC000_00B2];
                assert!(!plain || named.contains(&row.status), "{name}");
            }
            None => assert_eq!(listed, None, "{}: Winsock has a number for it", row.name),
        }
        assert_eq!(status.win32(), Some(row.win32).filter(|code| *code != 317), "{}", row.name);
    }
    assert!(count == 120 || cfg!(miri), "{count}");
    for status in [0, 1, 0x103, 0xC000_0120, 0xC038_0001] {
        assert_eq!(row(status).unwrap().status, status);
    }
    assert!(row(0xC000_A012).is_none() && row(u32::MAX).is_none() && row(0x102_0000).is_none());
}

#[test]
fn a_status_made_of_a_code_is_that_code_on_each_road() {
    for (code, kind, of_datagram) in [
        (10_054, CompletionKind::Reset, CompletionKind::Unreachable),
        (10_052, CompletionKind::Reset, CompletionKind::TtlExpired),
        (10_040, CompletionKind::MessageTooLong, CompletionKind::MessageTooLong),
        (10_061, CompletionKind::Refused, CompletionKind::Refused),
        (10_022, CompletionKind::Other, CompletionKind::Other),
        (87, CompletionKind::Other, CompletionKind::Other),
        (10_035, CompletionKind::NoResources, CompletionKind::NoResources),
        (10_055, CompletionKind::NoResources, CompletionKind::NoResources),
        (1784, CompletionKind::NoResources, CompletionKind::NoResources),
        (5, CompletionKind::AccessDenied, CompletionKind::AccessDenied),
        (65_535, CompletionKind::Other, CompletionKind::Other),
    ] {
        let status = NtStatus::from_win32(code);
        assert_eq!(status.0, 0xC007_0000 | code);
        assert_eq!(NtStatus::from(OsError::from_raw(code)), status);
        assert_eq!(
            (status.win32(), status.winsock(), status.kind()),
            (Some(code), Some(code), kind)
        );
        assert!(status.is_error());
        let kernel = Kernel::new(Script { answer: Answer::Pending, ..Script::default() });
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        for (source, kind) in sources(&kernel, &port).iter().zip([kind, kind, of_datagram]) {
            let submitted = source.submit(&kernel, &port, status.0);
            let told = outcome(submitted, &port, &mut packets);
            let number = i32::try_from(code).ok();
            assert_eq!(told, Told { kind: Some(kind), number, is_end: false }, "{code}");
        }
    }
    assert_eq!(NtStatus::from_win32(0), NtStatus::SUCCESS);
}

#[test]
fn a_status_that_only_the_system_unpacks_has_the_number_that_it_says() {
    if rows().next().is_none() {
        return println!("not here: the map of all statuses is not in the package");
    }
    assert_eq!((NtStatus(0xC001_0005).win32(), NtStatus(0x8007_0005).win32()), (Some(5), Some(5)));
    assert_eq!(NtStatus(0xD000_0022).win32(), Some(5));
    assert_eq!(
        (NtStatus(0xDEAD_BEEF).win32(), NtStatus(0xDEAD_BEEF).winsock()),
        (None, Some(10_022))
    );
}

/// What people react to, on a file or pipe and on a socket.
#[test]
fn the_kinds_are_those_that_people_react_to() {
    use CompletionKind as Kind;
    for (status, file, socket) in [
        (0xC000_007F, Kind::StorageFull, Kind::StorageFull),
        (0xC000_0802, Kind::QuotaExceeded, Kind::QuotaExceeded),
        (0xC000_0043, Kind::Locked, Kind::AddressInUse),
        (0xC000_0054, Kind::Locked, Kind::Locked),
        (0xC000_0055, Kind::Locked, Kind::Locked),
        (0xC000_0034, Kind::NotFound, Kind::Unreachable),
        (0xC000_003A, Kind::NotFound, Kind::Unreachable),
        (0xC000_0022, Kind::AccessDenied, Kind::AccessDenied),
        (0xC000_020A, Kind::AddressInUse, Kind::AddressInUse),
        (0xC000_0238, Kind::AddressInUse, Kind::AddressInUse),
        (0xC000_0141, Kind::AddressNotAvailable, Kind::AddressNotAvailable),
        (0xC000_0207, Kind::AddressNotAvailable, Kind::AddressNotAvailable),
        (0xC000_0140, Kind::NotConnected, Kind::NotConnected),
        (0xC000_023A, Kind::NotConnected, Kind::NotConnected),
        (0xC000_00B3, Kind::NotConnected, Kind::NotConnected),
        (0xC000_0206, Kind::MessageTooLong, Kind::MessageTooLong),
        (0xC000_A012, Kind::TtlExpired, Kind::TtlExpired),
        (0xC000_023F, Kind::Unreachable, Kind::Unreachable),
        (0xC000_009A, Kind::NoResources, Kind::NoResources),
        (0xC000_0044, Kind::NoResources, Kind::NoResources),
        // `ERROR_NOT_ENOUGH_MEMORY`, `ERROR_WORKING_SET_QUOTA`, `ERROR_INVALID_USER_BUFFER` of too many requests.
        (0xC000_0017, Kind::NoResources, Kind::NoResources),
        (0xC000_00A1, Kind::NoResources, Kind::NoResources),
        (0xC000_00E8, Kind::NoResources, Kind::NoResources),
        // `WSAEWOULDBLOCK` of a packet.
        (0xC000_00A3, Kind::Other, Kind::NoResources),
        (0xC000_00D0, Kind::Other, Kind::NoResources),
        (0xC000_02B6, Kind::DeviceGone, Kind::DeviceGone),
        (0xC000_009D, Kind::DeviceGone, Kind::DeviceGone),
    ] {
        let status = NtStatus(status);
        assert_eq!((status.kind(), status.kind_on_socket(false)), (file, socket), "{status}");
        assert_eq!(status.kind_on_socket(true), socket, "{status}");
    }
}

/// The code, the text and the error itself outlive a `?`.
#[test]
fn as_an_io_error_each_failure_keeps_its_code_its_text_and_itself() {
    if rows().next().is_none() {
        return println!("not here: the map of all statuses is not in the package");
    }
    fn question_mark(result: Result<(), impl Into<io::Error>>) -> io::Error {
        result.map_err(Into::into).unwrap_err()
    }
    for row in results().filter(|row| !NtStatus(row.status).is_success()) {
        for of_socket in [false, true] {
            let status = NtStatus(row.status);
            let kind = status.kind();
            let error = CompletionError { status, bytes: 0, kind, of_socket };
            let number = if of_socket { status.winsock().unwrap() } else { row.win32 };
            assert_eq!(error.raw_os_error(), OsError::from_raw(number).raw_os_error());
            assert_eq!(CompletionKind::from(error), kind);
            let whole = question_mark(Err(error));
            assert_eq!(raw_os_error(&whole), error.raw_os_error(), "{}", row.name);
            assert_eq!((whole.kind(), whole.raw_os_error()), (kind.into(), None), "{}", row.name);
            assert_eq!(whole.get_ref().unwrap().downcast_ref(), Some(&error));
            assert_eq!(whole.to_string(), format!("{kind} (os error {number}, {status})"));
            let accept = question_mark(Err(AcceptError::from(error)));
            assert_eq!(
                (accept.to_string(), raw_os_error(&accept)),
                (whole.to_string(), raw_os_error(&whole))
            );
        }
    }
    let cut = NtStatus::BUFFER_OVERFLOW;
    let cut = CompletionError { status: cut, bytes: 4, kind: cut.kind(), of_socket: true };
    assert_eq!(
        cut.to_string(),
        "there was more data than room after 4 bytes (os error 10040, STATUS_BUFFER_OVERFLOW (0x80000005))",
    );
    let refused = Error::os("ConnectEx", OsError::from_raw(10_048));
    for (error, kind, code, says) in [
        (refused, io::ErrorKind::AddrInUse, Some(10_048), "ConnectEx failed: "),
        (Error::NotAssociable, io::ErrorKind::InvalidInput, Some(87), "FILE_FLAG_OVERLAPPED"),
        (Error::HandleClosed, io::ErrorKind::InvalidInput, Some(6), "is closed"),
        (
            Error::Full(Limit::Operations(64)),
            io::ErrorKind::WouldBlock,
            None,
            "full: the port has 64 operations (`max_operations`)",
        ),
        (Error::Full(Limit::Bytes(9)), io::ErrorKind::WouldBlock, None, "than 9 bytes would lie"),
        (Error::Full(Limit::Sources), io::ErrorKind::WouldBlock, None, "as many sources"),
        (Error::NoRoom, io::ErrorKind::InvalidInput, None, "spare capacity"),
        (Error::Closed, io::ErrorKind::NotConnected, None, "is closed"),
    ] {
        for whole in [
            question_mark(Err(error)),
            question_mark(Err(AcceptError::from(error))),
            question_mark(Err(Refused { error, value: () })),
            question_mark(Err(AcceptError::from(Refused { error, value: () }))),
        ] {
            assert_eq!((whole.kind(), raw_os_error(&whole)), (kind, code), "{error:?}");
            assert_eq!(whole.raw_os_error(), None, "{error:?}");
            assert_eq!(whole.get_ref().unwrap().downcast_ref(), Some(&error));
            assert!(whole.to_string().contains(says), "{whole}");
        }
    }
    let plain = io::Error::from(OsError::from_raw(5));
    assert_eq!((plain.raw_os_error(), raw_os_error(&plain)), (Some(5), Some(5)));
    assert_eq!(raw_os_error(&io::ErrorKind::NotFound.into()), None);
}
