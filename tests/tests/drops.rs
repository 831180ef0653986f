//! Dropping and forgetting: tickets, sockets, ports, and buffers whose drop panics.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{Read, Write},
    net::TcpStream,
    os::windows::io::{AsSocket, BorrowedSocket},
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{mpsc::channel, Arc, Mutex},
    time::{Duration, Instant},
};

use iocp::{
    leaked_operations, Associated, CompletionKind, CompletionPort, Config, InFlight, Packet,
    Packets, Wait,
};
use iocp_tests::{
    buffers::{Fate, Watched},
    kernel,
    net::tcp_pair,
    raw,
    waiting::{finish, pending, receive, wait_for, wait_until, within_deadline, DEADLINE},
};

fn watched_receive(
    port: &CompletionPort,
    socket: &Associated<TcpStream>,
    fate: &Fate,
) -> InFlight<Watched> {
    let operation = port.operation(Watched::new(64, fate), 1).unwrap();
    pending(socket.recv(operation))
}

/// Behaviour 1: a ticket dropped with its receive pending, and data after that.
#[test]
fn a_dropped_ticket_keeps_its_buffer_until_the_packet_and_drops_it_once() {
    let (near, mut far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate(near).unwrap();
    let fate = Fate::default();
    let ticket = watched_receive(&port, &socket, &fate);
    drop(ticket);
    assert_eq!(fate.drops(), 0, "the packet was not taken yet: the buffer is still lent");
    far.write_all(b"late").unwrap();
    let packets = wait_until(&port, || fate.drops() > 0);
    assert_eq!(packets, [], "an orphan is not reported");
    assert_eq!(fate.drops(), 1);
    assert_eq!(port.stats().in_flight, 0);
    assert_eq!(port.stats().operations, 0);
    // A cancelled receive took nothing: the data is still there for the next one.
    let mut room = [0; 4];
    (&*socket).read_exact(&mut room).unwrap();
    assert_eq!(&room, b"late");
    assert_eq!(fate.contents(), [vec![0xEE; 64]], "nothing was written into the dead buffer");
}

/// Behaviour 1: as above, without the cancel.
#[test]
fn a_detached_receive_takes_its_data_and_drops_its_buffer_once() {
    let (near, mut far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate(near).unwrap();
    let fate = Fate::default();
    watched_receive(&port, &socket, &fate).detach();
    assert_eq!(port.stats().in_flight, 1);
    far.write_all(b"taken").unwrap();
    let packets = wait_until(&port, || fate.drops() > 0);
    assert_eq!(packets, []);
    assert_eq!((fate.drops(), port.stats().in_flight), (1, 0));
    assert_eq!(&fate.contents()[0][..5], b"taken");
}

/// Behaviour 2: a forgotten ticket costs its slot and its buffer, nothing else.
#[test]
fn a_forgotten_ticket_is_still_reported_and_leaks_its_buffer() {
    let (near, mut far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate(near).unwrap();
    let fate = Fate::default();
    let ticket = watched_receive(&port, &socket, &fate);
    let ticket_id = ticket.id();
    std::mem::forget(ticket);
    far.write_all(b"seen").unwrap();
    match wait_for(&port, 1)[..] {
        [Packet::Io { id, token: 1, bytes: 4, .. }] => assert_eq!(id, ticket_id),
        ref other => panic!("{other:?}"),
    }
    assert_eq!(fate.drops(), 0);
    let stats = port.stats();
    assert_eq!((stats.in_flight, stats.operations), (0, 1), "the slot stays taken");
    // The port serves others as before.
    let operation = port.operation(Vec::with_capacity(8), 2).unwrap();
    let ticket = pending(socket.recv(operation));
    far.write_all(b"next").unwrap();
    assert_eq!(finish(&port, ticket).into_buffer(), b"next");
}
