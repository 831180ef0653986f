//! Receiving, sending, connecting and accepting, as the kernel does it.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use iocp::{
    stream_socket, Accept, Associated, Completed, CompletionKind, CompletionPort, Config, Error,
    InFlight, NtStatus, Operation, Packet, Packets, Submitted,
};
use iocp_tests::{
    kernel,
    net::{tcp_pair, udp_pair, wait_for_data},
    not_here, raw,
    waiting::{assert_no_packet, done, finish, io_packets, pending, wait_for, DEADLINE},
};

fn port(skip_on_success: bool) -> CompletionPort {
    CompletionPort::with_config(&Config { skip_on_success, ..Config::default() }).unwrap()
}

/// Behaviour 8: skip mode on, data already there.
#[test]
fn data_that_is_already_there_is_ready_at_once_and_sends_no_packet_in_skip_mode() {
    let (near, mut far) = tcp_pair();
    let port = port(true);
    let socket = port.associate(near).unwrap();
    assert!(socket.skips_on_success());
    far.write_all(b"early").unwrap();
    wait_for_data(&socket, 5);
    match socket.recv(port.operation(Vec::with_capacity(16), 7).unwrap()) {
        Submitted::Ready(completed) => {
            assert_eq!(completed.result(), Ok(5));
            assert_eq!(completed.token(), 7);
            assert_eq!(completed.into_buffer(), b"early");
        }
        other => panic!("not ready: {other:?}"),
    }
    assert_no_packet(&port);
    assert_eq!(port.stats().in_flight, 0);
}

/// Behaviour 9: skip mode off, data already there.
#[test]
fn data_that_is_already_there_is_pending_with_exactly_one_packet_without_skip_mode() {
    let (near, mut far) = tcp_pair();
    let port = port(false);
    let socket = port.associate_with_key(near, 70).unwrap();
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

/// Behaviour 17: the peer resets the connection while a receive is pending.
#[test]
fn a_reset_by_the_peer_is_reported_as_one_and_never_as_an_end() {
    let (near, far) = tcp_pair();
    let port = port(true);
    let socket = port.associate(near).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(16), 0).unwrap()));
    raw::reset_on_close(&far);
    drop(far);
    let completed = finish(&port, ticket);
    let error = completed.result().unwrap_err();
    assert_eq!(error.kind, CompletionKind::Reset);
    assert_eq!(error.status, NtStatus::CONNECTION_RESET);
    assert_eq!(error.status.0, 0xC000_020D);
    assert_eq!(error.bytes, 0);
    assert_eq!(std::io::Error::from(error).raw_os_error(), Some(10_054));
}

/// Behaviour 18: the peer ends its side in order.
#[test]
fn the_end_of_the_peer_is_zero_bytes_every_time() {
    let (near, mut far) = tcp_pair();
    let port = port(true);
    let socket = port.associate(near).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(16), 0).unwrap()));
    far.write_all(b"last").unwrap();
    far.shutdown(Shutdown::Write).unwrap();
    let mut completed = finish(&port, ticket);
    assert_eq!(completed.result(), Ok(4));
    for _ in 0..3 {
        completed = done(&port, socket.recv(completed.into_operation()));
        assert_eq!(completed.result(), Ok(0));
        assert_eq!(completed.buffer(), b"last", "nothing is added");
    }
    // The other direction is still open.
    let answer = port.operation(b"answer".to_vec(), 0).unwrap();
    assert_eq!(done(&port, socket.send(answer)).result(), Ok(6));
    let mut room = [0; 6];
    far.read_exact(&mut room).unwrap();
    assert_eq!(&room, b"answer");
}

/// Behaviour 9b: a waiter on another thread may take the packet before the submitting call returns.
#[test]
fn a_waiter_that_is_quicker_than_the_submitter_makes_one_packet_and_one_completion() {
    const ROUNDS: usize = 3_000;
    let (near, mut far) = tcp_pair();
    let port = port(false);
    let socket = port.associate(near).unwrap();
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
            far.write_all(&round.to_le_bytes()).unwrap();
            wait_for_data(&socket, 8);
            let ticket = pending(socket.recv(operation));
            let end = Instant::now() + DEADLINE;
            while !ticket.is_done() {
                assert!(Instant::now() < end, "round {round}: no packet");
                std::thread::yield_now();
            }
            let completed = ticket.finish().unwrap();
            assert_eq!(completed.result(), Ok(8));
            assert_eq!(completed.buffer(), &round.to_le_bytes());
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
    let socket = port.associate(near).unwrap();
    far.send(b"12345678").unwrap();
    let mut room = [0; 8];
    assert_eq!(socket.peek(&mut room).unwrap(), 8, "it is there before the call");
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(4), 0).unwrap()));
    assert_eq!(io_packets(&wait_for(&port, 1)), 1);
    let completed = finish(&port, ticket);
    let error = completed.result().unwrap_err();
    assert_eq!((error.kind, error.bytes), (CompletionKind::Truncated, 4));
    assert_eq!(error.status, NtStatus::BUFFER_OVERFLOW);
    assert_eq!(std::io::Error::from(error).raw_os_error(), Some(10_040));
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
    let socket = port.associate(near).unwrap();
    assert!(!socket.skips_on_success());
    far.send(b"here").unwrap();
    let mut room = [0; 8];
    assert_eq!(socket.peek(&mut room).unwrap(), 4);
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(8), 0).unwrap()));
    assert_eq!(io_packets(&wait_for(&port, 1)), 1);
    assert_eq!(finish(&port, ticket).into_buffer(), b"here");
    not_here("a stream socket whose provider is not IFS: none is installed");
}

/// Behaviour 26: the thread that submitted ends.
#[test]
fn an_operation_outlives_the_thread_that_submitted_it() {
    let (near, mut far) = tcp_pair();
    let port = port(true);
    let socket = port.associate(near).unwrap();
    let ticket = std::thread::scope(|scope| {
        let submit = || pending(socket.recv(port.operation(Vec::with_capacity(8), 0).unwrap()));
        scope.spawn(submit).join().unwrap()
    });
    assert_no_packet(&port);
    assert!(!ticket.is_done());
    far.write_all(b"later").unwrap();
    let completed = finish(&port, ticket);
    assert_eq!(completed.result(), Ok(5));
    assert_eq!(completed.into_buffer(), b"later");
}

/// Behaviour 29b: a receive without room would read as the end of the stream.
#[test]
fn a_receive_into_a_full_buffer_is_refused_and_gives_it_back() {
    let (near, mut far) = tcp_pair();
    let port = port(true);
    let socket = port.associate(near).unwrap();
    far.write_all(b"data").unwrap();
    wait_for_data(&socket, 4);
    let full = Vec::from(*b"full").into_boxed_slice().into_vec();
    assert_eq!(full.len(), full.capacity());
    let Submitted::Failed(failed) = socket.recv(port.operation(full, 0).unwrap()) else {
        panic!("a receive without room was started");
    };
    assert!(matches!(failed.error, Error::NoRoom), "{:?}", failed.error);
    assert_eq!(failed.operation.buffer(), b"full");
    let empty: Box<[u8]> = Box::default();
    let Submitted::Failed(failed) = socket.recv(port.operation(empty, 0).unwrap()) else {
        panic!("a receive without room was started");
    };
    assert!(matches!(failed.error, Error::NoRoom), "{:?}", failed.error);
    assert_no_packet(&port);
    // The data is untouched.
    let operation = port.operation(Vec::with_capacity(8), 0).unwrap();
    assert_eq!(done(&port, socket.recv(operation)).into_buffer(), b"data");
}

/// Behaviour 34: blocking calls of std do not disturb the port.
#[test]
fn plain_reads_and_writes_on_an_associated_socket_send_no_packet() {
    for skip_on_success in [true, false] {
        let (near, mut far) = tcp_pair();
        let port = port(skip_on_success);
        let socket = port.associate(near).unwrap();
        (&*socket).write_all(b"ping").unwrap();
        let mut room = [0; 4];
        far.read_exact(&mut room).unwrap();
        far.write_all(b"pong").unwrap();
        (&*socket).read_exact(&mut room).unwrap();
        assert_eq!(&room, b"pong");
        assert_no_packet(&port);
        assert_eq!(port.stats().foreign_packets, 0);
    }
}

/// An address where nobody listens.
fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Behaviour 41: nobody listens.
#[test]
fn connecting_to_a_closed_port_is_refused() {
    let port = port(true);
    let address = closed_port();
    let socket = port.associate(stream_socket(&address).unwrap()).unwrap();
    let completed = done(&port, socket.connect(port.connect_operation(address, 0).unwrap()));
    let error = completed.result().unwrap_err();
    assert_eq!((error.kind, error.status), (CompletionKind::Refused, NtStatus::CONNECTION_REFUSED));
    let error = completed.connected(&socket).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(10_061));
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}

/// Behaviour 41: a connected socket is a full one after the update.
#[test]
fn a_connected_socket_knows_its_peer_and_can_be_shut_down() {
    for local in ["127.0.0.1:0", "[::1]:0"] {
        let listener = TcpListener::bind(local).unwrap();
        let address = listener.local_addr().unwrap();
        let port = port(true);
        let socket = TcpStream::from(stream_socket(&address).unwrap());
        let socket = port.associate(socket).unwrap();
        let completed = done(&port, socket.connect(port.connect_operation(address, 0).unwrap()));
        assert_eq!(completed.result(), Ok(0));
        assert_eq!(completed.address(), address);
        if kernel().is_windows() {
            // WSAENOTCONN: the setsockopt is what makes it a full socket.
            assert_eq!(socket.peer_addr().unwrap_err().raw_os_error(), Some(10_057));
        } else {
            not_here("a connected socket before SO_UPDATE_CONNECT_CONTEXT: works on Wine");
        }
        completed.connected(&socket).unwrap();
        assert_eq!(socket.peer_addr().unwrap(), address);
        let (mut far, _) = listener.accept().unwrap();
        socket.shutdown(Shutdown::Write).unwrap();
        far.set_read_timeout(Some(DEADLINE)).unwrap();
        assert_eq!(far.read(&mut [0; 8]).unwrap(), 0);
    }
}

/// Behaviour 41: the raw call needs a bound socket; ours binds first.
#[test]
fn the_systems_connect_refuses_an_unbound_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let SocketAddr::V4(address) = listener.local_addr().unwrap() else { unreachable!() };
    let socket = raw::stream_socket(iocp_sys::WSA_FLAG_OVERLAPPED);
    assert_eq!(raw::connect_ex(&socket, address), Err(10_022));
}

/// A listener that always has four accepts in flight, until told to stop. Counts its clients.
struct Server {
    port: CompletionPort,
    listener: Associated<TcpListener>,
    tickets: Vec<InFlight<Accept>>,
    accepted: usize,
    failed: usize,
}

impl Server {
    fn new() -> Self {
        let port = port(true);
        let listener = port.associate(TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
        let mut server = Self { port, listener, tickets: Vec::new(), accepted: 0, failed: 0 };
        for token in 0..4 {
            server.start(server.port.accept_operation(token).unwrap());
        }
        server
    }

    fn start(&mut self, operation: Operation<Accept>) {
        match self.listener.accept(operation) {
            Submitted::Pending(ticket) => self.tickets.push(ticket),
            Submitted::Ready(completed) => self.take(completed),
            // A peer that is gone already may fail the call itself; the listener is still good.
            Submitted::Failed(failed) => {
                self.failed += 1;
                assert!(self.failed < 100, "{failed:?}");
                self.start(failed.operation);
            }
        }
    }

    /// Greets the client and accepts the next one.
    fn take(&mut self, completed: Completed<Accept>) {
        let accepted = completed.accepted(&self.listener);
        match accepted.result {
            Ok((socket, peer)) => {
                assert!(peer.ip().is_loopback());
                self.accepted += 1;
                // One that resets does not hear it.
                drop(TcpStream::from(socket).write_all(b"hello"));
            }
            Err(_) => self.failed += 1,
        }
        self.start(accepted.operation);
    }

    fn step(&mut self, packets: &mut Packets) {
        self.port.wait(packets, Some(Duration::from_millis(20))).unwrap();
        for ticket in std::mem::take(&mut self.tickets) {
            match ticket.finish() {
                Ok(completed) => self.take(completed),
                Err(ticket) => self.tickets.push(ticket),
            }
        }
    }
}

/// A client; says whether it was greeted.
fn client(address: SocketAddr, resets: bool) -> bool {
    let mut stream = TcpStream::connect(address).unwrap();
    if resets {
        raw::reset_on_close(&stream);
        return false;
    }
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut greeting = Vec::new();
    drop(stream.read_to_end(&mut greeting));
    greeting == b"hello"
}

/// Behaviour 42: clients that reset at once do not disturb the others.
#[test]
fn a_listener_serves_ninety_clients_beside_ten_that_reset_at_once() {
    let mut server = Server::new();
    let address = server.listener.local_addr().unwrap();
    let mut packets = Packets::with_capacity(8);
    let threads: Vec<_> = (0..10)
        .map(|_| {
            let run = move || (0..10).filter(|&index| client(address, index == 0)).count();
            std::thread::spawn(run)
        })
        .collect();
    let end = Instant::now() + DEADLINE;
    while threads.iter().any(|thread| !thread.is_finished()) {
        assert!(Instant::now() < end, "{} accepted, {} failed", server.accepted, server.failed);
        server.step(&mut packets);
    }
    let greeted: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(greeted, 90);
    assert!(server.accepted >= 90, "{} accepted, {} failed", server.accepted, server.failed);
    // The listener lives on.
    let last = std::thread::spawn(move || client(address, false));
    while !last.is_finished() {
        assert!(Instant::now() < end + DEADLINE, "nobody is accepted any more");
        server.step(&mut packets);
    }
    assert!(last.join().unwrap());
    assert_eq!(server.tickets.len(), 4);
}
