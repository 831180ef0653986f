//! Closing a port: waiters, later calls, and operations still in flight.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::Write,
    sync::mpsc::channel,
    thread,
    time::{Duration, Instant},
};

use iocp::{CompletionPort, Error, Packet, Packets, UserPacket, Wait};
use iocp_tests::{
    net::tcp_pair,
    waiting::{pending, receive, within_deadline, DEADLINE},
};

/// Behaviour 24: four waiters that wait for ever all learn of the close, time after time.
#[test]
fn close_wakes_every_waiter_and_later_waits_do_not_block() {
    for round in 0..25 {
        let port = CompletionPort::new().unwrap();
        close_under_four_waiters(&port, round);
        close_packet_is_there(&port);
        assert!(port.is_closed());
        assert!(matches!(port.close(), Err(Error::Closed)), "the second close");
        assert!(matches!(port.post(UserPacket::default()), Err(Error::Closed)));
        assert!(matches!(port.waker().wake(), Err(Error::Closed)));
        for timeout in [None, Some(Duration::ZERO), Some(Duration::from_secs(3600))] {
            let port = port.clone();
            let wait = move || port.wait(&mut Packets::with_capacity(1), timeout);
            let result = within_deadline(wait);
            assert!(matches!(result, Err(Error::Closed)), "{timeout:?}: {result:?}");
        }
    }
}

fn close_under_four_waiters(port: &CompletionPort, round: usize) {
    let (started, starts) = channel();
    let (ended, ends) = channel();
    for _ in 0..4 {
        let (port, started, ended) = (port.clone(), started.clone(), ended.clone());
        thread::spawn(move || {
            started.send(()).unwrap();
            let result = port.wait(&mut Packets::with_capacity(4), None);
            ended.send(result).unwrap();
        });
    }
    (0..4).for_each(|_| receive(&starts));
    // In some rounds they are likely to be inside their call, in others on the way to it.
    (0..round * 20).for_each(|_| thread::yield_now());
    port.close().unwrap();
    for _ in 0..4 {
        let result = receive(&ends);
        assert!(matches!(result, Err(Error::Closed)), "round {round}: {result:?}");
    }
}

/// Whoever takes the close packet passes it on: so it is in the queue, or with somebody who is about
/// to leave, and no waiter sleeps to the end of its slice beside it.
#[cfg(target_arch = "x86_64")]
fn close_packet_is_there(port: &CompletionPort) {
    let counts = iocp_tests::calls::Meter::count(|| {
        let result = port.wait(&mut Packets::with_capacity(1), None);
        assert!(matches!(result, Err(Error::Closed)), "{result:?}");
    });
    assert_eq!(counts.get("PostQueuedCompletionStatus"), 1, "taken and passed on: {counts}");
}

#[cfg(not(target_arch = "x86_64"))]
fn close_packet_is_there(_: &CompletionPort) {
    iocp_tests::not_here("counts of system calls: the counting thunks are x86_64 code");
}

/// Behaviour 24: what is in flight at the close can still be taken.
#[test]
fn tickets_that_are_open_at_the_close_can_be_finished_by_draining() {
    let (near, mut far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate_socket(near, 0).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(8), 5).unwrap()));
    let spare = port.operation(Vec::<u8>::with_capacity(8), 6).unwrap();
    port.close().unwrap();
    far.write_all(b"after").unwrap();
    let mut packets = Packets::with_capacity(4);
    let end = Instant::now() + DEADLINE;
    while !ticket.is_done() {
        assert!(Instant::now() < end, "the packet does not come");
        match port.drain(&mut packets, Some(Duration::from_millis(20))).unwrap() {
            Wait::Packets(1) => {
                assert!(matches!(packets.iter().next(), Some(Packet::Io { token: 5, .. })));
            }
            other => assert_eq!(other, Wait::TimedOut),
        }
    }
    let completed = ticket.finish().unwrap();
    assert_eq!(completed.result(), Ok(5));
    assert_eq!(completed.into_buffer(), b"after");
    // Nothing is in flight: draining ends at once, even without a limit.
    let (drainer, (sender, receiver)) = (port.clone(), channel());
    thread::spawn(move || sender.send(drainer.drain(&mut Packets::with_capacity(4), None)));
    assert_eq!(receive(&receiver).unwrap(), Wait::Packets(0));
    // Nothing new starts.
    match socket.recv(spare) {
        iocp::Submitted::Refused(failed) => assert!(matches!(failed.error, Error::Closed)),
        other => panic!("{other:?}"),
    }
    assert!(matches!(port.operation(vec![0], 0).unwrap_err().error, Error::Closed));
}
