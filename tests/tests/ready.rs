//! What is there at the submit already: ready at once, or a packet, by skip mode.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::Write,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use iocp::{CompletionKind, CompletionPort, Config, NtStatus, Packet, Packets, Submitted};
use iocp_tests::{
    net::{tcp_pair, udp_pair, wait_for_data},
    not_here,
    waiting::{assert_no_packet, done, finish, io_packets, pending, wait_for, DEADLINE},
};

fn port(skip_on_success: bool) -> CompletionPort {
    CompletionPort::with_config(&Config::default().skip_on_success(skip_on_success)).unwrap()
}

/// Behaviour 8: skip mode on, data already there.
#[test]
fn data_that_is_already_there_is_ready_at_once_and_sends_no_packet_in_skip_mode() {
    let (near, mut far) = tcp_pair();
    let port = port(true);
    let socket = port.associate_socket(near, 0).unwrap();
    assert!(socket.skips_on_success());
    // A call may say that it is pending though the data is there (fact TCP02): then its packet comes.
    let mut operation = port.operation(Vec::with_capacity(16), 7).unwrap();
    for round in 0..100 {
        far.write_all(b"early").unwrap();
        wait_for_data(&socket, 5);
        let submitted = socket.recv(operation);
        let at_once = matches!(submitted, Submitted::Ready(_));
        let completed = done(&port, submitted);
        assert_no_packet(&port);
        assert_eq!((port.stats().in_flight, completed.result()), (0, Ok(5)), "round {round}");
        assert_eq!((completed.token(), &completed.buffer()[..]), (7, &b"early"[..]));
        if at_once {
            return;
        }
        operation = completed.into_operation();
        operation.buffer_mut().clear();
    }
    panic!("never ready at once");
}

/// Behaviour 9: skip mode off, data already there.
#[test]
fn data_that_is_already_there_is_pending_with_exactly_one_packet_without_skip_mode() {
    let (near, mut far) = tcp_pair();
    let port = port(false);
    let socket = port.associate_socket(near, 70).unwrap();
    assert!(!socket.skips_on_success());
    far.write_all(b"early").unwrap();
    wait_for_data(&socket, 5);
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(16), 7).unwrap()));
    match wait_for(&port, 1)[..] {
        [Packet::Io { id, token: 7, key: 70, status: NtStatus::SUCCESS, bytes: 5 }] => {
            assert_eq!(id, ticket.id());
        }
        ref other => panic!("{other:?}"),
    }
    let completed = finish(&port, ticket);
    assert_eq!(completed.result(), Ok(5));
    assert_eq!(completed.into_buffer(), b"early");
    assert_no_packet(&port);
}

/// Behaviour 9b: a waiter on another thread may take the packet before the submitting call returns.
#[test]
fn a_waiter_that_is_quicker_than_the_submitter_makes_one_packet_and_one_completion() {
    const ROUNDS: usize = 3_000;
    let (near, mut far) = tcp_pair();
    let port = port(false);
    let socket = port.associate_socket(near, 0).unwrap();
    let (seen, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut packets = Packets::with_capacity(8);
            while !stop.load(Ordering::SeqCst) {
                port.wait(&mut packets, Some(Duration::from_millis(20))).unwrap();
                let packets: Vec<_> = packets.iter().copied().collect();
                seen.fetch_add(io_packets(&packets), Ordering::SeqCst);
            }
        });
        let _stop = StopOnDrop(&stop);
        let mut operation = port.operation(Vec::with_capacity(8), 0).unwrap();
        for round in 0..ROUNDS {
            let sent = u64::try_from(round).unwrap().to_le_bytes();
            far.write_all(&sent).unwrap();
            wait_for_data(&socket, 8);
            let ticket = pending(socket.recv(operation));
            let end = Instant::now() + DEADLINE;
            while !ticket.is_done() {
                assert!(Instant::now() < end, "round {round}: no packet");
                std::thread::yield_now();
            }
            let completed = ticket.finish().unwrap();
            assert_eq!(completed.result(), Ok(8));
            assert_eq!(completed.buffer(), &sent);
            operation = completed.into_operation();
            operation.buffer_mut().clear();
        }
    });
    assert_eq!(seen.load(Ordering::SeqCst), ROUNDS, "one packet a round");
    assert_eq!((port.stats().in_flight, port.stats().stale_packets), (0, 0));
}

/// Ends the other thread also when this one panics.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Behaviour 10: the call fails with 10040 and owes a packet all the same.
#[test]
fn a_datagram_that_is_too_long_is_one_truncated_completion() {
    let (near, far) = udp_pair();
    let port = port(false);
    let socket = port.associate_socket(near, 0).unwrap();
    far.send(b"12345678").unwrap();
    let mut room = [0; 8];
    assert_eq!(socket.peek(&mut room).unwrap(), 8, "it is there before the call");
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(4), 0).unwrap()));
    assert_eq!(io_packets(&wait_for(&port, 1)), 1);
    let completed = finish(&port, ticket);
    let error = completed.result().unwrap_err();
    assert_eq!((error.kind, error.bytes), (CompletionKind::Truncated, 4));
    assert_eq!(error.status, NtStatus::BUFFER_OVERFLOW);
    assert_eq!(error.raw_os_error(), Some(10_040));
    assert_eq!(completed.buffer(), b"1234", "what fitted is valid");
    assert_no_packet(&port);
    // The rest of it is lost; the next one is whole.
    far.send(b"next").unwrap();
    let mut operation = completed.into_operation();
    operation.buffer_mut().clear();
    let completed = done(&port, socket.recv(operation));
    assert_eq!(completed.into_buffer(), b"next");
}

/// Behaviour 11: skip mode is for streams of the system's own provider.
#[test]
fn a_datagram_socket_is_never_put_into_skip_mode() {
    let (near, far) = udp_pair();
    let port = port(true);
    let socket = port.associate_socket(near, 0).unwrap();
    assert!(!socket.skips_on_success());
    far.send(b"here").unwrap();
    let mut room = [0; 8];
    assert_eq!(socket.peek(&mut room).unwrap(), 4);
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(8), 0).unwrap()));
    assert_eq!(io_packets(&wait_for(&port, 1)), 1);
    assert_eq!(finish(&port, ticket).into_buffer(), b"here");
    not_here("a stream socket whose provider is not IFS: none is installed");
}
