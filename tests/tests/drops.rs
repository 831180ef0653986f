//! Dropping and forgetting: tickets, sockets, ports, and buffers whose drop panics.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{Read, Write},
    net::TcpStream,
    os::windows::io::{AsSocket, BorrowedSocket, RawSocket},
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use iocp::{
    leaked_operations, AssociatedSocket, CancelOutcome, CompletionKind, CompletionPort, Config,
    InFlight, Packet, Packets, Wait,
};
use iocp_tests::{
    buffers::{Fate, Watched},
    kernel,
    net::tcp_pair,
    raw,
    waiting::{finish, pending, wait_for, wait_until, within_deadline, DEADLINE},
};

fn watched_receive(
    port: &CompletionPort,
    socket: &AssociatedSocket<TcpStream>,
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
    let socket = port.associate_socket(near, 0).unwrap();
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
    let socket = port.associate_socket(near, 0).unwrap();
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
    let socket = port.associate_socket(near, 0).unwrap();
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

/// Behaviour 7: everything goes at once, with fifty operations that nobody waits for.
#[test]
fn a_port_dropped_with_its_sockets_and_fifty_detached_operations_ends_within_its_limit() {
    // Longer than any machine takes: what is given back within it is not leaked.
    let config = Config::default().drain_limit(DEADLINE);
    let port = CompletionPort::with_config(&config).unwrap();
    let fate = Fate::default();
    let mut peers = Vec::new();
    let mut sockets = Vec::new();
    for _ in 0..10 {
        let (near, far) = tcp_pair();
        let socket = port.associate_socket(near, 0).unwrap();
        (0..5).for_each(|_| watched_receive(&port, &socket, &fate).detach());
        sockets.push(socket);
        peers.push(far);
    }
    assert_eq!((port.stats().in_flight, fate.drops()), (50, 0));
    drop((port, sockets));
    assert_eq!(fate.drops(), 50, "each was given back and dropped");
    drop(peers);
    assert!(fate.contents().iter().all(|bytes| bytes == &[0xEE; 64]));
}

/// Behaviour 7: what the kernel does not give back is leaked and counted, and nobody waits longer.
#[test]
fn an_operation_whose_packet_never_comes_is_leaked_and_counted() {
    let limit = Duration::from_millis(200);
    let config = Config::default().drain_limit(limit);
    let port = CompletionPort::with_config(&config).unwrap();
    let (near, mut far) = tcp_pair();
    let socket = port.associate_socket(near, 0).unwrap();
    let fate = Fate::default();
    watched_receive(&port, &socket, &fate).detach();
    far.write_all(b"lost").unwrap();
    let stolen = raw::steal(&port, 1);
    assert_eq!(stolen[0].dwNumberOfBytesTransferred, 4);
    let before = leaked_operations();
    let start = Instant::now();
    drop((port, socket));
    let took = start.elapsed();
    assert!(took >= limit, "{took:?}: it waited for the packet");
    // The longest drain there is takes a minute.
    assert!(took < Duration::from_secs(30), "{took:?}: and not for ever");
    assert_eq!(leaked_operations(), before + 1);
    assert_eq!(fate.drops(), 0, "the buffer is leaked with it");
}

fn is_local_end(kind: CompletionKind) -> bool {
    matches!(kind, CompletionKind::Cancelled | CompletionKind::LocalClose)
}

/// Behaviour 14: the socket closes with its `AssociatedSocket`, also with a receive pending.
#[test]
fn dropping_the_last_owner_of_a_socket_closes_it_at_once() {
    let (near, mut far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate_socket(near, 0).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(8), 0).unwrap()));
    drop(socket);
    // The read has a deadline of its own.
    match far.read(&mut [0; 8]) {
        Ok(0) => {}
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
        other => panic!("the peer does not see the close: {other:?}"),
    }
    let completed = finish(&port, ticket);
    match completed.result() {
        Ok(0) => {}
        Err(error) => assert!(is_local_end(error.kind), "{error:?}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(port.stats().in_flight, 0);
}

/// A socket whose drop runs code of the user's.
struct Holder {
    socket: TcpStream,
    tickets: Arc<Mutex<Vec<InFlight<Watched>>>>,
    panics: bool,
}

impl AsSocket for Holder {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        self.socket.as_socket()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let tickets = std::mem::take(&mut *self.tickets.lock().unwrap());
        for ticket in &tickets {
            ticket.cancel().unwrap();
        }
        drop(tickets);
        assert!(!self.panics, "this socket panics when it is dropped");
    }
}

/// Behaviour 14: the drop of the socket type may use the crate, and may panic.
#[test]
fn a_socket_type_whose_own_drop_drops_tickets_or_panics_leaves_nothing_locked() {
    for panics in [false, true] {
        let (near, _far) = tcp_pair();
        let port = CompletionPort::new().unwrap();
        let tickets = Arc::default();
        let holder = Holder { socket: near, tickets: Arc::clone(&tickets), panics };
        let socket = port.associate_socket(holder, 0).unwrap();
        let fate = Fate::default();
        let mut cancellers = Vec::new();
        for _ in 0..3 {
            let ticket = pending(socket.recv(port.operation(Watched::new(8, &fate), 0).unwrap()));
            cancellers.push(ticket.canceller());
            tickets.lock().unwrap().push(ticket);
        }
        let dropped =
            within_deadline(move || catch_unwind(AssertUnwindSafe(|| drop(socket))).is_ok());
        assert_eq!(dropped, !panics);
        assert_eq!(wait_until(&port, || fate.drops() == 3), []);
        assert_eq!(port.stats().in_flight, 0);
        for canceller in cancellers {
            assert_eq!(canceller.cancel().unwrap(), CancelOutcome::AlreadyDone, "no poisoned lock");
        }
    }
}

/// A socket that somebody else closes.
struct Value(usize);

impl AsSocket for Value {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        // A SOCKET is pointer-sized; std shows it as u64 or u32.
        #[allow(clippy::cast_possible_truncation)]
        let socket = self.0 as RawSocket;
        // SAFETY:
        // * the test closes the socket only after the last use of this value.
        unsafe { BorrowedSocket::borrow_raw(socket) }
    }
}

/// Behaviour 15: a raw `closesocket` under a pending receive.
#[test]
fn a_socket_closed_behind_our_back_never_reports_success() {
    let (near, _far) = tcp_pair();
    let value = raw::socket_value(&near);
    std::mem::forget(near);
    let port = CompletionPort::new().unwrap();
    let socket = port.associate_socket(Value(value), 0).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(8), 0).unwrap()));
    // Its drop would cancel on a value that names another socket by then.
    std::mem::forget(socket);
    // SAFETY:
    // * nobody owns the socket any more: both owners are forgotten.
    unsafe { raw::close_behind(value) };
    let completed = finish(&port, ticket);
    let error = completed.result().unwrap_err();
    if kernel().is_wine() {
        assert_eq!(error.status.0, 0x8000_000A, "{error:?}");
    } else {
        // ERROR_CONNECTION_ABORTED, not a cancel (fact TCP12).
        assert_eq!(error.status.win32(), Some(1236), "{error:?}");
    }
    assert_eq!(error.bytes, 0);
    assert_eq!(completed.into_buffer(), b"");
}

/// Behaviour 31: the panic of a buffer's drop comes out of `wait`, and loses nothing.
#[test]
fn a_buffer_that_panics_in_its_drop_unwinds_only_after_the_whole_batch_is_settled() {
    let port = CompletionPort::new().unwrap();
    let fate = Fate::default();
    let pairs: Vec<_> = (0..4).map(|_| tcp_pair()).collect();
    let (near, mut peers): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let sockets: Vec<_> =
        near.into_iter().map(|near| port.associate_socket(near, 0).unwrap()).collect();
    for (index, socket) in sockets[..3].iter().enumerate() {
        let mut buffer = Watched::new(8, &fate);
        buffer.panics = index == 0;
        pending(socket.recv(port.operation(buffer, 0).unwrap())).detach();
    }
    let kept = pending(sockets[3].recv(port.operation(Watched::new(8, &fate), 44).unwrap()));
    peers.iter_mut().for_each(|peer| peer.write_all(b"data").unwrap());
    // All four are in the queue before the one wait that takes them.
    for entry in raw::steal(&port, 4) {
        raw::repost(&port, &entry);
    }
    let mut packets = Packets::with_capacity(8);
    let wait = catch_unwind(AssertUnwindSafe(|| port.wait(&mut packets, Some(DEADLINE))));
    let payload = wait.unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"this buffer panics when it is dropped"));
    assert_eq!(fate.drops(), 3, "each once, the panic or not");
    assert_eq!(port.stats().in_flight, 0, "all of the batch is settled");
    // What the panic held back is returned now.
    assert_eq!(port.wait(&mut packets, Some(Duration::ZERO)).unwrap(), Wait::Packets(1));
    assert!(matches!(packets.iter().next(), Some(Packet::Io { token: 44, bytes: 4, .. })));
    let buffer = kept.finish().unwrap().into_buffer();
    assert_eq!(&buffer.bytes()[..4], b"data");
    assert_eq!(port.stats().operations, 0);
    assert_eq!(port.wait(&mut packets, Some(Duration::ZERO)).unwrap(), Wait::TimedOut);
}
