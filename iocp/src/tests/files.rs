//! Handles other than sockets: here the ends of a connection are pipes.

use super::{buffer, drain, finish, io, pending, port, scripts, NOW};
use crate::{
    sim::{Answer, Fault, Kernel, Script, SocketSpec},
    CompletionKind, CompletionPort, Error, NtStatus, Packets, Submitted, Wait,
};

#[test]
fn a_handle_reads_and_writes_and_every_call_that_is_not_refused_sends_a_packet() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        // Skip mode is for sockets: it would lose the packets of handles.
        let port = CompletionPort::new().unwrap();
        let (pipe, peer) = kernel.stream_pair();
        let pipe = port.associate_handle(pipe, 9).unwrap();
        let mut packets = Packets::with_capacity(4);
        assert!(peer.send(b"data"));
        let ticket = pending(pipe.read_at(port.operation(buffer(), 1).unwrap(), 0));
        io(&port, &mut packets);
        let completed = finish(ticket);
        assert_eq!((completed.result(), &completed.buffer()[..]), (Ok(4), &b"data"[..]));
        let ticket = pending(pipe.append(completed.into_operation()));
        io(&port, &mut packets);
        assert_eq!(finish(ticket).result(), Ok(4));
        let mut arrived = [0; 8];
        assert_eq!(peer.recv(&mut arrived), Some(4));
        assert_eq!((pipe.key(), pipe.in_flight()), (9, 0));
    }
}

// Behaviour 45.
#[test]
fn an_end_of_file_is_one_result_whether_the_call_or_the_packet_tells_it() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (file, _peer) = kernel.stream_pair();
    // The status, and a status block that was touched or not.
    kernel.fault(&file, Fault::Fail(NtStatus::END_OF_FILE.0));
    let file = port.associate_handle(file, 0).unwrap();
    let submitted = file.read_at(port.operation(buffer(), 1).unwrap(), 1 << 33);
    let Submitted::Ready(completed) = submitted else { panic!("no packet follows: {submitted:?}") };
    let told_at_once = completed.result().unwrap_err();
    assert!(completed.buffer().is_empty());
    assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::TimedOut);
    drop((file, completed));

    let kernel = Kernel::new(Script { answer: Answer::Pending, ..Script::default() });
    let port = CompletionPort::new().unwrap();
    let (file, _peer) = kernel.stream_pair();
    kernel.fault(&file, Fault::Done { status: 0xC000_0011, bytes: 0 });
    let file = port.associate_handle(file, 0).unwrap();
    let ticket = pending(file.read_at(port.operation(buffer(), 1).unwrap(), 1 << 33));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).result().unwrap_err(), told_at_once);
    assert_eq!((told_at_once.kind, told_at_once.bytes), (CompletionKind::Eof, 0));
}

#[test]
fn a_write_that_says_end_of_file_is_a_failure_and_comes_back() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (file, _peer) = kernel.stream_pair();
    kernel.fault(&file, Fault::Fail(NtStatus::END_OF_FILE.0));
    let file = port.associate_handle(file, 0).unwrap();
    match file.write_at(port.operation(b"data".to_vec(), 1).unwrap(), 0) {
        Submitted::Refused(failed) => {
            assert_eq!(failed.error.raw_os_error(), Some(38));
            assert_eq!(failed.value.buffer(), b"data");
        }
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_dropped_handle_cancels_its_reads_and_a_full_buffer_is_refused() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (pipe, peer) = kernel.stream_pair();
        let pipe = port.associate_handle(pipe, 0).unwrap();
        match pipe.read_at(port.operation(Vec::new(), 1).unwrap(), 0) {
            Submitted::Refused(failed) => assert!(matches!(failed.error, Error::NoRoom)),
            other => panic!("not refused: {other:?}"),
        }
        let ticket = pending(pipe.read_at(port.operation(buffer(), 1).unwrap(), 0));
        assert_eq!(pipe.in_flight(), 1);
        drop(pipe);
        assert_eq!(peer.try_recv(&mut [0; 4]), Some(0), "closed at once");
        drain(&port);
        assert_eq!(finish(ticket).result().unwrap_err().kind, CompletionKind::Cancelled);
    }
}

// Offsets above `i64::MAX` have other meanings: -1 is the end of the file.
#[test]
fn an_offset_that_the_system_has_not_is_refused_and_appending_is_a_method() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (file, peer) = kernel.stream_pair();
    let file = port.associate_handle(file, 0).unwrap();
    for offset in [u64::MAX, u64::MAX - 1, 1 << 63] {
        for read in [true, false] {
            let operation = port.operation(b"data".to_vec(), 1).unwrap();
            let submitted = if read {
                let mut operation = operation;
                operation.buffer_mut().reserve(8);
                file.read_at(operation, offset)
            } else {
                file.write_at(operation, offset)
            };
            match submitted {
                Submitted::Refused(failed) => {
                    assert_eq!(failed.error, Error::OffsetTooLarge);
                    assert_eq!(failed.value.buffer(), b"data");
                }
                other => panic!("{offset}: not refused: {other:?}"),
            }
        }
    }
    assert_eq!(kernel.counts().submits, 0);
    let last = i64::MAX.unsigned_abs();
    let ticket = pending(file.write_at(port.operation(b"data".to_vec(), 1).unwrap(), last));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).result(), Ok(4));
    let ticket = pending(file.append(port.operation(b"more".to_vec(), 1).unwrap()));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).result(), Ok(4));
    assert_eq!(peer.recv(&mut [0; 8]), Some(8));
}

// A driver of a device may break the rule that tells whether a packet follows an error.
#[test]
fn a_device_is_associated_only_where_the_caller_vouches_for_its_driver() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (device, peer) = kernel.pair(SocketSpec { device: true, ..SocketSpec::default() });
    let refused = port.associate_handle(device, 3).unwrap_err();
    assert!(matches!(refused.error, Error::Unsupported(_)), "{refused:?}");
    // SAFETY:
    // * the simulated driver keeps the rule.
    let device = unsafe { port.associate_device(refused.value, 3) }.expect("not associated before");
    let ticket = pending(device.read_at(port.operation(buffer(), 1).unwrap(), 0));
    assert!(peer.send(b"data"));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).buffer(), b"data");
    kernel.fault(device.get_ref(), Fault::Fail(NtStatus::ACCESS_DENIED.0));
    match device.read_at(port.operation(buffer(), 1).unwrap(), 0) {
        Submitted::Refused(failed) => assert_eq!(failed.error.raw_os_error(), Some(5)),
        other => panic!("not refused: {other:?}"),
    }
}
