//! Handles other than sockets: here the ends of a connection are pipes.

use super::{buffer, drain, finish, io, pending, port, ready, scripts, LIMIT, NOW};
use crate::{
    sim::{Answer, Fault, Kernel, Script, SocketSpec},
    stream_socket, CompletionKind, CompletionPort, Error, NtStatus, Packets, Submitted, Wait,
};

#[test]
fn a_handle_reads_and_writes_and_every_call_that_is_pending_sends_a_packet() {
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

// Behaviours 45 and 46.
#[test]
fn an_end_is_one_result_whether_the_call_or_the_packet_says_it() {
    for status in [NtStatus::END_OF_FILE, NtStatus::PIPE_BROKEN] {
        for answer in [Answer::AtOnce, Answer::Pending] {
            let kernel = Kernel::new(Script { answer, ..Script::default() });
            let (port, mut packets) = (port(), Packets::with_capacity(4));
            let (file, _peer) = kernel.stream_pair();
            kernel.fault(&file, Fault::Done { status: status.0, bytes: 0 });
            let file = port.associate_handle(file, 0).unwrap();
            let completed = match file.read_at(port.operation(buffer(), 1).unwrap(), 1 << 33) {
                Submitted::Ready(completed) => completed,
                Submitted::Pending(ticket) => {
                    io(&port, &mut packets);
                    finish(ticket)
                }
                other => panic!("not refused: {other:?}"),
            };
            assert_eq!((completed.result(), completed.is_end()), (Ok(0), true));
            assert_eq!((completed.kind(), completed.raw_os_error()), (None, None));
            assert_eq!(completed.status(), status);
            assert!(completed.buffer().is_empty());
            assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::TimedOut);
        }
    }
}

// What is no end: a failure of a read, an end that a write says, an empty message, a probe.
#[test]
fn an_end_is_told_of_reads_and_stream_receives_only() {
    let kernel = Kernel::new(Script { answer: Answer::Pending, ..Script::default() });
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (pipe, _peer) = kernel.stream_pair();
    let pipe = port.associate_handle(pipe, 0).unwrap();
    let disconnected = NtStatus::PIPE_DISCONNECTED;
    kernel.fault(pipe.get_ref(), Fault::Done { status: disconnected.0, bytes: 0 });
    let read = pending(pipe.read_at(port.operation(buffer(), 1).unwrap(), 0));
    io(&port, &mut packets);
    let read = finish(read);
    assert_eq!((read.is_end(), read.raw_os_error()), (false, Some(233)));
    kernel.fault(pipe.get_ref(), Fault::Done { status: 0xC000_0011, bytes: 0 });
    let write = pending(pipe.write_at(port.operation(b"x".to_vec(), 1).unwrap(), 0));
    io(&port, &mut packets);
    let write = finish(write);
    assert_eq!((write.is_end(), write.kind()), (false, Some(CompletionKind::Eof)));
    let (socket, peer) = kernel.datagram_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    assert!(peer.send(b""));
    let empty = pending(socket.recv(port.operation(buffer(), 1).unwrap()));
    io(&port, &mut packets);
    let empty = finish(empty);
    assert_eq!((empty.result(), empty.is_end()), (Ok(0), false));
    let (stream, peer) = kernel.stream_pair();
    let stream = port.associate_socket(stream, 0).unwrap();
    assert!(peer.send(b"x"));
    let probe = pending(stream.probe(port.operation(buffer(), 1).unwrap()));
    io(&port, &mut packets);
    let probe = finish(probe);
    assert_eq!((probe.result(), probe.is_end()), (Ok(0), false));
    let data = pending(stream.recv(probe.into_operation()));
    io(&port, &mut packets);
    let data = finish(data);
    assert_eq!((data.result(), data.is_end()), (Ok(1), false));
    peer.shut_down();
    let end = pending(stream.recv(data.into_operation()));
    io(&port, &mut packets);
    let end = finish(end);
    assert_eq!((end.result(), end.is_end()), (Ok(0), true));
    kernel.fault(&stream, Fault::Done { status: NtStatus::CONNECTION_RESET.0, bytes: 0 });
    let reset = pending(stream.recv(end.into_operation()));
    io(&port, &mut packets);
    assert_eq!(finish(reset).raw_os_error(), Some(10_054), "a socket's codes are Winsock's");
}

/// The other end of a pipe may write nothing, which is a message: the pipe goes on (`ReadFile`'s page: "if
/// the `lpNumberOfBytesRead` parameter is zero when `ReadFile` returns `TRUE` on a pipe, the other end of the
/// pipe called the `WriteFile` function with `nNumberOfBytesToWrite` set to zero").
#[test]
fn an_empty_message_of_a_pipe_is_no_end_by_the_call_or_by_the_packet() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let (pipe, peer) = kernel.stream_pair();
        let pipe = port.associate_handle(pipe, 0).unwrap();
        let mut operation = port.operation(buffer(), 1).unwrap();
        for _ in 0..2 {
            kernel.fault(pipe.get_ref(), Fault::Done { status: 0, bytes: 0 });
            let read = pending(pipe.read_at(operation, 0));
            io(&port, &mut packets);
            let empty = finish(read);
            assert_eq!((empty.result(), empty.kind(), empty.is_end()), (Ok(0), None, false));
            operation = empty.into_operation();
        }
        assert!(peer.send(b"and on"));
        let read = pending(pipe.read_at(operation, 0));
        io(&port, &mut packets);
        let read = finish(read);
        assert_eq!((read.result(), read.is_end()), (Ok(6), false));
        kernel.fault(pipe.get_ref(), Fault::Done { status: NtStatus::PIPE_BROKEN.0, bytes: 0 });
        let end = match pipe.read_at(read.into_operation(), 0) {
            Submitted::Ready(end) => end,
            Submitted::Pending(ticket) => {
                io(&port, &mut packets);
                finish(ticket)
            }
            refused => panic!("{refused:?}"),
        };
        assert_eq!((end.result(), end.is_end()), (Ok(0), true));
    }
}

/// A pipe that is not in waiting mode says this of a read that finds nothing, with the other end alive
/// (`ERROR_NO_DATA`, 232): no end either.
#[test]
fn a_read_of_a_pipe_that_says_no_data_is_a_failure_and_no_end() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (pipe, peer) = kernel.stream_pair();
    kernel.fault(&pipe, Fault::Fail(NtStatus::PIPE_CLOSING.0));
    let pipe = port.associate_handle(pipe, 0).unwrap();
    let none = ready(pipe.read_at(port.operation(buffer(), 1).unwrap(), 0));
    assert_eq!((none.is_end(), none.raw_os_error()), (false, Some(232)));
    assert!(peer.send(b"later"));
    let read = pending(pipe.read_at(none.into_operation(), 0));
    io(&port, &mut Packets::with_capacity(1));
    assert_eq!(finish(read).result(), Ok(5));
}

#[test]
fn an_accept_and_a_connect_have_no_bytes_and_are_no_end() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let address = ([127, 0, 0, 1], 80).into();
        let listener = port.associate_socket(kernel.listener(address), 0).unwrap();
        let accept = pending(listener.accept(port.accept_operation(1).unwrap()));
        let socket = port.associate_socket(stream_socket(&address).unwrap(), 0).unwrap();
        let connect = pending(socket.connect(port.connect_operation(address, 2).unwrap()));
        while !(accept.is_done() && connect.is_done()) {
            assert_ne!(port.wait(&mut packets, LIMIT).unwrap(), Wait::TimedOut);
        }
        let (accepted, connected) = (finish(accept), finish(connect));
        assert_eq!((accepted.result(), accepted.is_end()), (Ok(0), false));
        assert_eq!((connected.result(), connected.is_end()), (Ok(0), false));
    }
}

/// Too much in flight, as each call of a handle may say it: the operation comes back, and no packet.
#[test]
fn too_many_requests_are_one_kind_and_give_the_operation_back() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(1));
    let (file, peer) = kernel.stream_pair();
    let file = port.associate_handle(file, 0).unwrap();
    let mut operation = port.operation(b"kept".to_vec(), 1).unwrap();
    for (status, code) in [
        (NtStatus::INVALID_USER_BUFFER, 1784),
        (NtStatus::NO_MEMORY, 8),
        (NtStatus::QUOTA_EXCEEDED, 1816),
        (NtStatus::WORKING_SET_QUOTA, 1453),
        (NtStatus::INSUFFICIENT_RESOURCES, 1450),
    ] {
        for call in 0..3 {
            operation.buffer_mut().reserve(8);
            kernel.fault(file.get_ref(), Fault::Fail(status.0));
            let failed = ready(match call {
                0 => file.read_at(operation, 0),
                1 => file.write_at(operation, 0),
                _ => file.append(operation),
            });
            assert_eq!(failed.kind(), Some(CompletionKind::NoResources), "{status}");
            assert_eq!(failed.raw_os_error(), Some(code));
            assert_eq!(failed.buffer(), b"kept");
            operation = failed.into_operation();
            assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::TimedOut);
        }
    }
    let again = pending(file.write_at(operation, 0));
    io(&port, &mut packets);
    assert_eq!(finish(again).result(), Ok(4));
    assert_eq!(peer.recv(&mut [0; 8]), Some(4));
}

#[test]
fn a_write_that_says_end_of_file_is_a_failure_and_comes_back() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (file, _peer) = kernel.stream_pair();
    kernel.fault(&file, Fault::Fail(NtStatus::END_OF_FILE.0));
    let file = port.associate_handle(file, 0).unwrap();
    let failed = ready(file.write_at(port.operation(b"data".to_vec(), 1).unwrap(), 0));
    assert_eq!((failed.raw_os_error(), failed.is_end()), (Some(38), false));
    assert_eq!(failed.buffer(), b"data");
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
        assert!(peer.is_over(), "closed at once");
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
    let failed = ready(device.read_at(port.operation(buffer(), 1).unwrap(), 0));
    assert_eq!(failed.raw_os_error(), Some(5));
}
