//! A warning is not a failure: the operation was carried out, and its packet follows.

use super::{config, finish, io, is_quiet, pending, port, ready, recv};
use crate::{
    sim::{device_control, Answer, Fault, Finish, Kernel, OwnedSocket, Peer, Script, Warning},
    AssociatedHandle, CallResult, CompletionKind, CompletionPort, Config, InFlight, NtStatus,
    Operation, Packets, Submitted,
};

/// Every status of severity 2 that the system translates.
const WARNINGS: [u32; 50] = [
    0x8000_0002,
    0x8000_0005,
    0x8000_0006,
    0x8000_0007,
    0x8000_000A,
    0x8000_000B,
    0x8000_000C,
    0x8000_000D,
    0x8000_000E,
    0x8000_000F,
    0x8000_0010,
    0x8000_0011,
    0x8000_0012,
    0x8000_0013,
    0x8000_0014,
    0x8000_0015,
    0x8000_0016,
    0x8000_0017,
    0x8000_0018,
    0x8000_001A,
    0x8000_001B,
    0x8000_001C,
    0x8000_001D,
    0x8000_001E,
    0x8000_001F,
    0x8000_0020,
    0x8000_0021,
    0x8000_0022,
    0x8000_0023,
    0x8000_0024,
    0x8000_0025,
    0x8000_0026,
    0x8000_0027,
    0x8000_0028,
    0x8000_0029,
    0x8000_002A,
    0x8000_002B,
    0x8000_002C,
    0x8000_002D,
    0x8000_002E,
    0x8000_002F,
    0x8000_0030,
    0x8000_0031,
    0x8000_0032,
    0x8000_0288,
    0x8000_0289,
    0x8001_0001,
    0x8013_0001,
    0x8013_0002,
    0x8013_0003,
];

type Pipe = AssociatedHandle<OwnedSocket>;
type Bytes = Box<[u8]>;

fn bytes(port: &CompletionPort) -> Operation<Bytes> {
    port.operation(vec![0_u8; 8].into_boxed_slice(), 1).unwrap()
}

fn read(pipe: &Pipe, operation: Operation<Bytes>) -> Submitted<Bytes> {
    pipe.read_at(operation, 0)
}

fn write(pipe: &Pipe, operation: Operation<Bytes>) -> Submitted<Bytes> {
    pipe.write_at(operation, 0)
}

fn control(pipe: &Pipe, operation: Operation<Bytes>) -> Submitted<Bytes> {
    let call = |handle, block, buffer: *mut Bytes| {
        // SAFETY:
        // * the buffer stays where it is while in flight, and nobody else refers to it.
        let buffer = unsafe { &mut *buffer };
        // SAFETY:
        // * the block and the bytes on the heap stay until the packet.
        CallResult::Issued(unsafe { device_control(handle, buffer.as_mut_ptr(), 8, block) })
    };
    // SAFETY:
    // * one call with this block and the buffer's bytes; its status is given as it is.
    unsafe { operation.submit_with(pipe, call) }
}

/// When a call says a warning, and when its block is written.
fn kernels() -> impl Iterator<Item = Script> {
    let answers = [
        (Answer::AtOnce, Warning::AtOnce),
        (Answer::AtOnce, Warning::Pending),
        (Answer::Pending, Warning::AtOnce),
    ];
    answers.into_iter().flat_map(|(answer, warning)| {
        let finishes = [Finish::WhenDone, Finish::OnWorker, Finish::AtDequeue];
        finishes.map(|finish| Script { answer, warning, finish, ..Script::default() })
    })
}

#[test]
fn each_warning_of_a_read_a_write_and_a_control_code_owes_a_packet_and_keeps_its_bytes() {
    type Submit = fn(&Pipe, Operation<Bytes>) -> Submitted<Bytes>;
    let kinds: [(&str, Submit); 3] = [("read", read), ("write", write), ("control", control)];
    for script in kernels() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let (socket, _peer) = kernel.stream_pair();
        let pipe = port.associate_handle(socket, 0).unwrap();
        // Each is much the same to Miri, which is slow; the one that gives no bytes is among these.
        for status in WARNINGS.map(NtStatus).into_iter().step_by(if cfg!(miri) { 16 } else { 1 }) {
            for (kind, submit) in kinds {
                kernel.fault(pipe.get_ref(), Fault::Done { status: status.0, bytes: 5 });
                let submitted = submit(&pipe, bytes(&port));
                let Submitted::Pending(ticket) = submitted else {
                    panic!("{status} of a {kind}: {submitted:?}")
                };
                assert_eq!(pipe.in_flight(), 1, "{status} of a {kind}: the slot is free early");
                io(&port, &mut packets);
                let completed = finish(ticket);
                let error = completed.result().unwrap_err();
                assert_eq!(error.status, status);
                // The system gives no bytes of a read with this one.
                let none = kind == "read" && status == NtStatus::VERIFY_REQUIRED;
                assert_eq!(error.bytes, if none { 0 } else { 5 }, "{status} of a {kind}");
                let expected = if kind == "write" { [0; 5] } else { [0xEE; 5] };
                assert_eq!(completed.buffer()[..5], expected, "{status} of a {kind}");
            }
        }
        assert!(is_quiet(&port, &mut packets));
        assert_eq!((port.stats().in_flight, port.stats().stale_packets), (0, 0));
    }
}

/// Sockets too: what Winsock does not say at once (all but a message too long) is pending.
#[test]
fn each_warning_of_a_receive_and_a_send_owes_a_packet_and_keeps_its_bytes() {
    for script in kernels() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let (socket, _peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        for status in WARNINGS.map(NtStatus) {
            for receives in [true, false] {
                if !receives && status == NtStatus::BUFFER_OVERFLOW {
                    continue; // a send that is too long is an error
                }
                kernel.fault(&socket, Fault::Done { status: status.0, bytes: 5 });
                let operation = bytes(&port);
                let ticket =
                    pending(if receives { socket.recv(operation) } else { socket.send(operation) });
                assert_eq!(socket.in_flight(), 1, "{status}");
                io(&port, &mut packets);
                let error = finish(ticket).result().unwrap_err();
                let none = receives && status == NtStatus::VERIFY_REQUIRED;
                assert_eq!((error.status, error.bytes), (status, if none { 0 } else { 5 }));
            }
        }
        assert!(is_quiet(&port, &mut packets));
    }
}

/// A `Vec` is as long as what arrived.
#[test]
fn the_bytes_of_a_warning_become_part_of_a_vec() {
    for script in kernels() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let (socket, _peer) = kernel.stream_pair();
        let pipe = port.associate_handle(socket, 0).unwrap();
        let mut operation = port.operation(Vec::with_capacity(8), 1).unwrap();
        for (status, count) in [(0x8000_001B, 3), (0x8000_000D, 2), (0x8000_0016, 0)] {
            kernel.fault(pipe.get_ref(), Fault::Done { status, bytes: 3.min(count.max(1)) });
            let ticket = pending(pipe.read_at(operation, 0));
            io(&port, &mut packets);
            let completed = finish(ticket);
            assert_eq!(completed.result().unwrap_err().bytes, count);
            assert_eq!(completed.buffer(), &vec![0xEE; count]);
            operation = completed.into_operation();
            operation.buffer_mut().clear();
        }
    }
}

/// Regression: only two codes were taken for warnings. The operation came back, was submitted again,
/// and ended by the first one's packet while the system still wrote to its buffer.
#[test]
fn an_operation_whose_call_says_a_filemark_is_not_ended_by_an_earlier_packet() {
    for script in kernels() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let (socket, peer): (OwnedSocket, Peer) = kernel.stream_pair();
        let pipe = port.associate_handle(socket, 0).unwrap();
        let (code, status) = (0x8000_001B, 0x8000_001B);
        kernel.fault(pipe.get_ref(), Fault::FailWithPacket { code, status, bytes: 0 });
        let first: InFlight<Bytes> = pending(read(&pipe, bytes(&port)));
        let second = pending(read(&pipe, bytes(&port)));
        assert_eq!(io(&port, &mut packets).0, first.id());
        let completed = finish(first);
        assert_eq!(completed.result().unwrap_err().status.0, status);
        drop(completed.into_operation());
        let second = second.finish().unwrap_err();
        assert!(peer.send(b"late"));
        assert_eq!(io(&port, &mut packets), (second.id(), 4));
        assert_eq!(finish(second).buffer()[..4], *b"late");
    }
}

/// Winsock says codes: 10040 of a receive is its one warning, of a send it is an error.
#[test]
fn a_message_too_long_is_a_warning_of_a_receive_and_an_error_of_a_send() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (socket, _peer) = kernel.datagram_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let (code, status) = (10_040, NtStatus::BUFFER_OVERFLOW.0);
    kernel.fault(&socket, Fault::FailWithPacket { code, status, bytes: 7 });
    let ticket = recv(&socket, port.operation(super::buffer(), 1).unwrap());
    assert_eq!(io(&port, &mut packets).1, 7);
    let completed = finish(ticket);
    let error = completed.result().unwrap_err();
    assert_eq!((error.kind, error.bytes), (CompletionKind::Truncated, 7));
    assert_eq!(completed.buffer(), &[0xEE; 7]);
    kernel.fault(&socket, Fault::Fail(code));
    let failed = ready(socket.send(port.operation("long", 1).unwrap()));
    assert_eq!(failed.raw_os_error(), Some(10_040));
    assert_eq!(port.stats().in_flight, 0);
}

/// Facts SKIP07 and SKIP09: since Windows 8 the call says pending and a packet follows; Windows 7 sends
/// none, so its operation stays with the system rather than being used again too early.
#[test]
fn a_warning_in_skip_mode_never_gives_the_operation_back() {
    for warning in [Warning::Pending, Warning::AtOnce] {
        let kernel = Kernel::new(Script { warning, ..Script::default() });
        let config =
            Config { skip_on_success: true, drain_limit: std::time::Duration::ZERO, ..config() };
        let port = CompletionPort::with_config(&config).unwrap();
        let mut packets = Packets::with_capacity(4);
        let (socket, _peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        assert!(socket.skips_on_success());
        let fault = Fault::Done { status: NtStatus::BUFFER_OVERFLOW.0, bytes: 4 };
        kernel.fault(&socket, fault);
        let ticket = recv(&socket, port.operation(super::buffer(), 1).unwrap());
        if warning == Warning::Pending {
            io(&port, &mut packets);
            assert_eq!(finish(ticket).buffer(), &[0xEE; 4]);
        } else {
            assert!(is_quiet(&port, &mut packets));
            assert_eq!(port.stats().in_flight, 1);
            super::forget(ticket);
        }
    }
}
