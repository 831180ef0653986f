//! The limits of graceful ends, in time and in bytes; floods, which do not keep the thread.

use std::time::{Duration, Instant};

use super::{
    graceful::{buffer, close, reads_reply_and_end, resetting, served, Served, LONG, TIMER},
    pending, port, recv, NOW,
};
use crate::{
    sim::{Kernel, OwnedSocket, Peer, Script},
    AssociatedSocket, Closed, CompletionPort, LastReceive, Packet, Packets,
};

#[test]
fn a_peer_that_does_not_end_keeps_what_was_sent_at_the_limit() {
    let limit = Duration::from_millis(30);
    for how in 0..3 {
        let kernel = resetting();
        let Served { port, socket, peer } = served(&kernel);
        let start = Instant::now();
        let operation = port.operation(buffer(), 2).unwrap();
        let receive: LastReceive<_> = match how {
            0 => operation.into(),
            1 => recv(&socket, operation).into(),
            _ => pending(socket.probe(operation)).into(),
        };
        let closing = socket.close_gracefully(receive, TIMER).within(limit);
        assert_eq!(close(&port, closing), Closed::TimedOut);
        assert!(start.elapsed() >= limit);
        assert_eq!((port.stats().operations, port.stats().in_flight), (0, 0));
        reads_reply_and_end(&peer);
        assert!(!peer.send(b"closed"));
    }
}

#[test]
fn a_peer_that_does_not_read_or_does_not_stop_is_reset_at_the_limits() {
    let kernel = Kernel::new(Script { window: 4, ..Script::default() });
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let sending = pending(socket.send(port.operation("too much", 1).unwrap()));
    let closing = socket.close_gracefully(port.operation(buffer(), 2).unwrap(), TIMER);
    let closing = closing.within(Duration::from_millis(30)).after(sending);
    assert_eq!(close(&port, closing), Closed::TimedOut);
    assert_eq!(peer.try_recv(&mut [0; 8]), None, "reset");
    let kernel = resetting();
    for (most, closed) in [(9, Closed::TooMuch), (10, Closed::TimedOut)] {
        let Served { port, socket, peer } = served(&kernel);
        assert!(peer.send(b"ten bytes."));
        let closing = socket.close_gracefully(port.operation(buffer(), 2).unwrap(), TIMER);
        let closing = closing.within(Duration::from_millis(100)).reading_at_most(most);
        assert_eq!(close(&port, closing), closed);
    }
}

/// A connection whose peer has sent much, where all is done at once.
fn flooded(kernel: &Kernel) -> (CompletionPort, AssociatedSocket<OwnedSocket>, Peer) {
    let port = CompletionPort::new().unwrap();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    assert!(peer.send(&[7; 1000]));
    (port, socket, peer)
}

/// Other sources have their turn.
#[test]
fn a_flood_does_not_keep_the_thread() {
    let kernel = resetting();
    let (port, socket, peer) = flooded(&kernel);
    peer.shut_down();
    let operation = port.operation(Vec::with_capacity(8), 2).unwrap();
    let mut closing = socket.close_gracefully(operation, TIMER).within(LONG);
    let mut packets = Packets::with_capacity(4);
    let mut turns = 0;
    while closing.advance().is_none() {
        turns += 1;
        port.wait(&mut packets, Some(LONG)).unwrap();
        assert!(
            matches!(packets.iter().next(), Some(Packet::Timer { token: TIMER })),
            "{packets:?}"
        );
    }
    assert!((3..=10).contains(&turns), "{turns}");
    // Its time limit is as it was.
    assert!(port.wait(&mut packets, NOW).is_ok() && packets.is_empty());
}

#[test]
fn the_time_limit_stands_after_a_flood() {
    let kernel = resetting();
    let (port, socket, _peer) = flooded(&kernel);
    let operation = port.operation(Vec::with_capacity(8), 2).unwrap();
    let closing = socket.close_gracefully(operation, TIMER).within(Duration::from_millis(200));
    assert_eq!(close(&port, closing), Closed::TimedOut);
}

#[test]
fn a_time_limit_set_after_a_flood_does_not_hold_it_up() {
    let kernel = resetting();
    let (port, socket, peer) = flooded(&kernel);
    peer.shut_down();
    let mut closing = socket.close_gracefully(port.operation(buffer(), 2).unwrap(), TIMER);
    assert_eq!(closing.advance(), None);
    let start = Instant::now();
    assert_eq!(close(&port, closing.within(LONG)), Closed::Gracefully);
    assert!(start.elapsed() < Duration::from_secs(10));
}
