//! Handles other than sockets: here the ends of a connection are pipes.

use super::{buffer, drain, finish, io, pending, port, scripts, NOW};
use crate::{
    sim::{Fault, Kernel, Script},
    CompletionKind, CompletionPort, Error, Packets, Submitted, Wait,
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
        let ticket = pending(pipe.write_at(completed.into_operation(), u64::MAX));
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
    // 38, and a status block that was touched or not.
    kernel.fault(&file, Fault::Fail(38));
    let file = port.associate_handle(file, 0).unwrap();
    let submitted = file.read_at(port.operation(buffer(), 1).unwrap(), 1 << 33);
    let Submitted::Ready(completed) = submitted else { panic!("no packet follows: {submitted:?}") };
    let told_at_once = completed.result().unwrap_err();
    assert!(completed.buffer().is_empty());
    assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::TimedOut);
    let file = file.into_inner();
    drop((file, completed));

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
    kernel.fault(&file, Fault::Fail(38));
    let file = port.associate_handle(file, 0).unwrap();
    match file.write_at(port.operation(b"data".to_vec(), 1).unwrap(), 0) {
        Submitted::Failed(failed) => {
            assert_eq!(failed.error.raw_os_error(), Some(38));
            assert_eq!(failed.operation.buffer(), b"data");
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
            Submitted::Failed(failed) => assert!(matches!(failed.error, Error::NoRoom)),
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
