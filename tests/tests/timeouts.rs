//! How long a wait waits. The table of the conversion is a unit test of `iocp`'s `timeout.rs`.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    sync::mpsc::channel,
    thread,
    time::{Duration, Instant},
};

use iocp::{CompletionPort, Error, Packets, Wait};
use iocp_tests::waiting::receive;

/// Behaviour 27: a limit is never shortened by rounding.
#[test]
fn a_wait_never_returns_before_its_limit() {
    let port = CompletionPort::new().unwrap();
    let mut packets = Packets::with_capacity(4);
    let limits = [
        Duration::ZERO,
        Duration::from_nanos(1),
        Duration::from_micros(1),
        Duration::from_micros(500),
        Duration::from_millis(1),
        Duration::from_millis(20),
    ];
    for limit in limits {
        for _ in 0..5 {
            let start = Instant::now();
            let result = port.wait(&mut packets, Some(limit)).unwrap();
            let took = start.elapsed();
            assert_eq!(result, Wait::TimedOut, "{limit:?}");
            assert!(took >= limit, "{limit:?}: {took:?}");
        }
    }
}

/// Behaviour 27: the longest limit does not become zero or an error on its way to milliseconds.
#[test]
fn the_longest_limits_wait_until_somebody_wakes() {
    let days_49 = Duration::from_millis(u64::from(u32::MAX));
    for limit in [Some(Duration::MAX), Some(days_49), Some(days_49 * 2), None] {
        let port = CompletionPort::new().unwrap();
        let (sender, receiver) = channel();
        let waiter = port.clone();
        thread::spawn(move || {
            let start = Instant::now();
            let result = waiter.wait(&mut Packets::with_capacity(4), limit);
            sender.send((result, start.elapsed())).unwrap();
        });
        // Not for order: so that a wait that returns at once is seen to do so.
        thread::sleep(Duration::from_millis(30));
        assert!(receiver.try_recv().is_err(), "{limit:?}: returned by itself");
        port.waker().wake().unwrap();
        let (result, _) = receive(&receiver);
        assert_eq!(result.unwrap(), Wait::Woken, "{limit:?}");
    }
}

#[test]
fn a_blocking_receive_times_out_then_takes_the_data_and_leaves_no_packet() {
    let port = CompletionPort::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let socket = port.associate_socket(listener.accept().unwrap().0, 0).unwrap();
    let mut buffer = [0; 8];
    let limit = Duration::from_millis(20);
    let start = Instant::now();
    assert_eq!(socket.recv_timeout(&mut buffer, Some(limit)).unwrap(), None);
    assert!(start.elapsed() >= limit);
    peer.write_all(b"hello").unwrap();
    let long = Some(Duration::from_secs(10));
    assert_eq!(socket.recv_timeout(&mut buffer, long).unwrap(), Some(5));
    assert_eq!(&buffer[..5], b"hello");
    drop(peer);
    assert_eq!(socket.recv_timeout(&mut buffer, long).unwrap(), Some(0));
    assert!(matches!(socket.recv_timeout(&mut [], long), Err(Error::NoRoom)));
    let mut packets = Packets::with_capacity(4);
    assert_eq!(port.wait(&mut packets, Some(Duration::ZERO)).unwrap(), Wait::TimedOut);
}
