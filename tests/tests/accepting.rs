//! Accepting, with clients that do not behave.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use iocp::{
    stream_socket, Accept, AssociatedSocket, Completed, CompletionKind, CompletionPort, InFlight,
    Operation, Packets, Submitted,
};
use iocp_tests::{
    raw,
    waiting::{done, finish, pending, DEADLINE},
};

/// A listener that always has four accepts in flight, until told to stop. Counts its clients.
struct Server {
    port: CompletionPort,
    listener: AssociatedSocket<TcpListener>,
    tickets: Vec<InFlight<Accept>>,
    accepted: usize,
    failed: usize,
}

impl Server {
    fn new() -> Self {
        let port = CompletionPort::new().unwrap();
        let listener = port.associate_socket(TcpListener::bind("127.0.0.1:0").unwrap(), 0).unwrap();
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
            Submitted::Refused(failed) => panic!("{failed:?}"),
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
            // A peer that is gone already may fail the call itself; the listener is still good.
            Err(error) => {
                self.failed += 1;
                assert!(self.failed < 100, "{error}");
            }
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

/// Behaviour 66: either end's first bytes come with the connection.
#[test]
fn a_connection_is_made_and_accepted_with_its_first_bytes() {
    for local in ["127.0.0.1:0", "[::1]:0"] {
        let port = CompletionPort::new().unwrap();
        let listener = TcpListener::bind(local).unwrap();
        let address = listener.local_addr().unwrap();
        let listener = port.associate_socket(listener, 0).unwrap();
        let accept = port.accept_operation_with_data(64, 1).unwrap();
        let ticket = pending(listener.accept(accept));
        let socket = TcpStream::from(stream_socket(&address).unwrap());
        let socket = port.associate_socket(socket, 0).unwrap();
        let connect = port.connect_operation_with_data(address, "first bytes", 2).unwrap();
        let connected = done(&port, socket.connect(connect));
        assert_eq!(connected.result(), Ok(11), "fact CON03");
        connected.connected(&socket).unwrap();
        let accepted = finish(&port, ticket).accepted(&listener);
        assert_eq!(accepted.operation.buffer().first_data(), b"first bytes");
        let (stream, peer) = accepted.result.unwrap();
        assert_eq!(peer, socket.local_addr().unwrap());
        let mut stream = TcpStream::from(stream);
        stream.write_all(b"answer").unwrap();
        let mut socket = socket.into_inner();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut bytes = [0; 6];
        socket.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"answer");

        let ticket = pending(listener.accept(accepted.operation));
        let silent = TcpStream::connect(address).unwrap();
        ticket.cancel().unwrap();
        let completed = finish(&port, ticket);
        assert_eq!(completed.kind(), Some(CompletionKind::Cancelled), "{completed:?}");
        drop(silent);
    }
}
