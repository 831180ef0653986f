//! What a call answers, and whether a packet follows.

use std::{sync::atomic::Ordering, thread};

use super::{buffer, config, finish, io, is_quiet, pending, port, ready, recv, scripts};
use crate::{
    sim::{Answer, Fault, Finish, Kernel, Order, Point, Script},
    CompletionKind, CompletionPort, Config, Error, NtStatus, Packet, Packets, Submitted, Wait,
};

fn skipping() -> CompletionPort {
    CompletionPort::with_config(&Config { skip_on_success: true, ..config() }).unwrap()
}

/// Behaviour 8: data already there, skip mode on.
#[test]
fn data_already_there_in_skip_mode_is_ready_without_a_packet() {
    for order in [Order::CountFirst, Order::StatusFirst] {
        for finish in [Finish::WhenDone, Finish::OnWorker, Finish::AtDequeue] {
            let kernel = Kernel::new(Script { order, finish, ..Script::default() });
            let (port, mut packets) = (skipping(), Packets::with_capacity(8));
            let (socket, peer) = kernel.stream_pair();
            let socket = port.associate_socket(socket, 0).unwrap();
            assert!(socket.skips_on_success());
            assert!(peer.send(b"here"));
            let operation = port.operation(buffer(), 1).unwrap();
            let Submitted::Ready(completed) = socket.recv(operation) else { panic!("not ready") };
            assert_eq!(completed.result(), Ok(4));
            assert_eq!(completed.buffer(), b"here");
            assert!(is_quiet(&port, &mut packets));
            assert_eq!(port.stats().in_flight, 0);
        }
    }
}

/// Behaviour 8: a call in skip mode that says pending sends its packet.
#[test]
fn a_pending_answer_in_skip_mode_is_followed_by_a_packet() {
    let kernel = Kernel::new(Script { answer: Answer::Pending, ..Script::default() });
    let (port, mut packets) = (skipping(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    assert!(peer.send(b"here"));
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    assert_eq!(io(&port, &mut packets), (ticket.id(), 4));
    assert_eq!(finish(ticket).result(), Ok(4));
}

/// Behaviour 9: skip mode off.
#[test]
fn data_already_there_without_skip_mode_is_pending_with_exactly_one_packet() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        assert!(!socket.skips_on_success());
        assert!(peer.send(b"here"));
        let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
        assert_eq!(io(&port, &mut packets), (ticket.id(), 4));
        assert_eq!(finish(ticket).buffer(), b"here");
        assert!(is_quiet(&port, &mut packets));
    }
}

/// Where skip mode cannot be set every completion sends a packet.
#[test]
fn a_socket_that_refuses_skip_mode_sends_packets() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (skipping(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    kernel.fail_skip_mode(1);
    let socket = port.associate_socket(socket, 0).unwrap();
    assert!(!socket.skips_on_success());
    assert!(peer.send(b"here"));
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    io(&port, &mut packets);
    assert_eq!(finish(ticket).result(), Ok(4));
}

/// Behaviour 9b: data already there and a waiter that is quicker than the submitter.
#[test]
fn a_waiter_quicker_than_the_submitter_gives_one_packet_and_a_pending_that_is_done() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        assert!(peer.send(b"quick"));
        let operation = port.operation(buffer(), 1).unwrap();
        let hold = kernel.hold(&socket, Point::Return);
        thread::scope(|scope| {
            let submitter = scope.spawn(|| recv(&socket, operation));
            hold.wait_for_call();
            let (id, bytes) = io(&port, &mut packets);
            assert_eq!(bytes, 5);
            // The ticket is not given up yet: nobody may redeem it.
            assert!(matches!(port.redeem::<Vec<u8>>(id), Err(Error::StillSubmitting)));
            hold.release();
            let ticket = submitter.join().unwrap();
            assert_eq!(ticket.id(), id);
            assert!(ticket.is_done());
            assert_eq!(finish(ticket).buffer(), b"quick");
        });
        assert!(is_quiet(&port, &mut packets));
    }
}

/// In skip mode no packet follows; but somebody forged one, after the system had written how it ended.
#[test]
fn an_operation_that_a_forged_packet_finished_before_its_call_returned_is_not_taken_back() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (skipping(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    assert!(socket.skips_on_success() && peer.send(b"quick"));
    let operation = port.operation(buffer(), 1).unwrap();
    let slot = operation.slot();
    let (index, block) = (operation.held().index(), slot.block.overlapped() as usize);
    let hold = kernel.hold(&socket, Point::Return);
    thread::scope(|scope| {
        let submitter = scope.spawn(|| socket.recv(operation));
        hold.wait_for_call();
        let key = port.core.slot(index).packet_key.load(Ordering::Relaxed);
        port.core.port.post(0, key, block).unwrap();
        let (id, bytes) = io(&port, &mut packets);
        assert_eq!(bytes, 5);
        hold.release();
        let ticket = submitter.join().unwrap().pending().expect("a waiter was quicker");
        assert_eq!((ticket.id(), ticket.is_done()), (id, true));
        assert_eq!(finish(ticket).buffer(), b"quick");
    });
    assert!(is_quiet(&port, &mut packets));
}

/// Behaviour 9b: many times over, without holding anybody.
#[test]
fn a_submitter_and_a_waiter_racing_agree_on_every_completion() {
    let rounds = if cfg!(miri) { 20 } else { 2_000 };
    for finish_when in [Finish::WhenDone, Finish::AtDequeue] {
        let script = Script { finish: finish_when, order: Order::Any, ..Script::default() };
        let kernel = Kernel::new(Script { plain_writes: true, ..script });
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                let mut packets = Packets::with_capacity(4);
                let mut seen = 0;
                while seen < rounds {
                    assert!(matches!(port.wait(&mut packets, super::LIMIT), Ok(Wait::Packets(_))));
                    seen += packets.len();
                }
                seen
            });
            let mut operation = port.operation(vec![0_u8; 8].into_boxed_slice(), 1).unwrap();
            for round in 0..rounds {
                assert!(peer.send(&round.to_le_bytes()));
                let mut ticket = pending(socket.recv(operation));
                // No system call here: nothing but the crate's own edges orders this thread.
                let completed = loop {
                    match ticket.finish() {
                        Ok(completed) => break completed,
                        Err(other) => ticket = other,
                    }
                    thread::yield_now();
                };
                assert_eq!(completed.result(), Ok(8));
                assert_eq!(completed.buffer()[..], round.to_le_bytes());
                operation = completed.into_operation();
            }
            assert_eq!(waiter.join().unwrap(), rounds);
        });
    }
}

/// Behaviour 10: a datagram larger than the buffer.
#[test]
fn a_truncated_datagram_completes_exactly_once_with_what_fitted() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (skipping(), Packets::with_capacity(8));
        let (socket, peer) = kernel.datagram_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        assert!(!socket.skips_on_success(), "behaviour 11: datagrams never skip");
        assert!(peer.send(b"datagram"));
        assert!(peer.send(b"ok"));
        let ticket = recv(&socket, port.operation(Vec::with_capacity(4), 1).unwrap());
        let (id, bytes) = io(&port, &mut packets);
        assert_eq!((id, bytes), (ticket.id(), 4));
        let completed = finish(ticket);
        let error = completed.result().unwrap_err();
        assert_eq!((error.kind, error.bytes), (CompletionKind::Truncated, 4));
        assert_eq!(error.status, NtStatus::BUFFER_OVERFLOW);
        assert_eq!(completed.buffer(), b"data");
        assert!(is_quiet(&port, &mut packets));
        let ticket = recv(&socket, port.operation(Vec::with_capacity(4), 1).unwrap());
        io(&port, &mut packets);
        assert_eq!(finish(ticket).buffer(), b"ok", "the rest is lost, the next is whole");
    }
}

#[test]
fn a_call_that_fails_is_a_result_and_no_packet_follows() {
    for seed in 0..8 {
        let kernel = Kernel::new(Script { seed, ..Script::default() });
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let mut operation = port.operation(buffer(), 1).unwrap();
        for code in [10_055, 10_035, 10_054, 87, 6, 1450] {
            kernel.fault(&socket, Fault::Fail(code));
            let failed = ready(socket.recv(operation));
            assert_eq!(failed.raw_os_error(), Some(code.cast_signed_()));
            assert_eq!(failed.result().unwrap_err().bytes, 0);
            operation = failed.into_operation();
            assert_eq!(port.stats().in_flight, 0);
        }
        assert!(is_quiet(&port, &mut packets));
        assert!(peer.send(b"fine"));
        let ticket = recv(&socket, operation);
        io(&port, &mut packets);
        assert_eq!(finish(ticket).buffer(), b"fine");
    }
}

/// Some Wine 8 is said to give errors without a code.
#[test]
fn an_error_without_a_code_is_no_success() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    kernel.fault(&socket, Fault::Fail(0));
    let failed = ready(socket.recv(port.operation(buffer(), 1).unwrap()));
    assert!(failed.result().is_err() && !failed.is_end(), "{failed:?}");
}

/// A provider that says an error and sends a packet all the same does no harm.
#[test]
fn a_packet_after_an_error_is_stale() {
    for finish_when in [Finish::WhenDone, Finish::AtDequeue] {
        let kernel = Kernel::new(Script { finish: finish_when, ..Script::default() });
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let fault = Fault::FailWithPacket { code: 10_055, status: 0, bytes: 0 };
        kernel.fault(&socket, fault);
        let failed = ready(socket.recv(port.operation(buffer(), 1).unwrap()));
        assert!(is_quiet(&port, &mut packets));
        assert_eq!(port.stats().stale_packets, 1);
        assert!(peer.send(b"data"));
        let ticket = recv(&socket, failed.into_operation());
        assert_eq!(io(&port, &mut packets).0, ticket.id());
        assert_eq!(finish(ticket).buffer(), b"data");
    }
}

/// Behaviour 20: the filled length is never more than the room, whatever is claimed.
#[test]
fn a_count_beyond_the_room_fills_the_room_only() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, _peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let room = 10;
        kernel.fault(&socket, Fault::Done { status: 0, bytes: usize::MAX >> 8 });
        let ticket = recv(&socket, port.operation(Vec::with_capacity(room), 1).unwrap());
        io(&port, &mut packets);
        let completed = finish(ticket);
        assert_eq!(completed.result(), Ok(completed.buffer().len()));
        assert!(completed.buffer().iter().all(|byte| *byte == 0xEE));
        assert_eq!(completed.buffer().len(), completed.buffer().capacity());
    }
}

/// A failed receive fills nothing, whatever count is left behind.
#[test]
fn a_failed_receive_fills_nothing() {
    let kernel = Kernel::new(Script { answer: Answer::Pending, ..Script::default() });
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    kernel.fault(&socket, Fault::Done { status: NtStatus::CONNECTION_RESET.0, bytes: 5 });
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    io(&port, &mut packets);
    let completed = finish(ticket);
    assert_eq!(completed.result().unwrap_err().bytes, 0);
    assert!(completed.buffer().is_empty());
}

/// Status and count may be written in any order: the count is read again at redemption.
#[test]
fn a_send_reports_all_its_bytes() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let ticket = pending(socket.send(port.operation("all of it", 1).unwrap()));
        assert_eq!(port.wait(&mut packets, super::LIMIT).unwrap(), Wait::Packets(1));
        assert!(matches!(packets.iter().next(), Some(Packet::Io { .. })));
        assert_eq!(finish(ticket).result(), Ok(9));
        let mut arrived = [0; 16];
        assert_eq!(peer.recv(&mut arrived), Some(9));
        assert_eq!(&arrived[..9], b"all of it");
    }
}

/// `u32::cast_signed` is younger than this crate's oldest compiler.
trait CastSigned {
    fn cast_signed_(self) -> i32;
}

impl CastSigned for u32 {
    fn cast_signed_(self) -> i32 {
        i32::from_ne_bytes(self.to_ne_bytes())
    }
}
