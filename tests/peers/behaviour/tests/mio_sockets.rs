//! mio's TCP and UDP.
#![cfg(windows)]

mod waiting;

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr},
};

use mio::{
    net::{TcpListener, TcpStream, UdpSocket},
    Interest, Poll, Token,
};
use waiting::{until, when_ready};

const LISTENER: usize = 0;
const CLIENT: usize = 1;
const SERVER: usize = 2;

fn anywhere() -> SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}

/// A poll and both ends of a connection that mio made, each registered for both interests.
fn connected() -> (Poll, TcpStream, TcpStream) {
    let mut poll = Poll::new().expect("a poll");
    let both = Interest::READABLE | Interest::WRITABLE;
    let mut listener = TcpListener::bind(anywhere()).expect("a listener");
    let registry = poll.registry().try_clone().expect("a registry");
    registry.register(&mut listener, Token(LISTENER), Interest::READABLE).expect("registered");
    let mut client =
        TcpStream::connect(listener.local_addr().expect("an address")).expect("a connect begun");
    registry.register(&mut client, Token(CLIENT), both).expect("registered");
    let (mut server, peer) = when_ready(&mut poll, LISTENER, || listener.accept());
    registry.register(&mut server, Token(SERVER), both).expect("registered");
    when_ready(&mut poll, CLIENT, || match client.peer_addr() {
        Err(error) if error.kind() == ErrorKind::NotConnected => Err(ErrorKind::WouldBlock.into()),
        address => address,
    });
    assert_eq!(client.take_error().expect("an answer").map(|error| error.kind()), None);
    assert_eq!(client.local_addr().expect("an address"), peer);
    (poll, client, server)
}

#[test]
fn a_connection_carries_bytes_both_ways_and_then_ends() {
    let (mut poll, mut client, mut server) = connected();
    let mut buffer = [0; 16];
    assert_eq!(when_ready(&mut poll, CLIENT, || client.write(b"question")), 8);
    let count = when_ready(&mut poll, SERVER, || server.read(&mut buffer));
    assert_eq!(&buffer[..count], b"question");
    assert_eq!(when_ready(&mut poll, SERVER, || server.write(b"answer")), 6);
    let count = when_ready(&mut poll, CLIENT, || client.read(&mut buffer));
    assert_eq!(&buffer[..count], b"answer");
    client.shutdown(Shutdown::Write).expect("a shutdown");
    until(&mut poll, |seen| seen.token == SERVER && seen.read_closed);
    assert_eq!(server.read(&mut buffer).expect("the end"), 0);
}

#[test]
fn eight_megabytes_go_through_in_order_with_a_slow_reader() {
    const SIZE: usize = 8 << 20;
    const CHUNK: usize = 64 << 10;
    let sent: Vec<u8> = (0..SIZE).map(|at| (at % 251).to_le_bytes()[0]).collect();
    let (mut poll, mut client, mut server) = connected();
    let (mut written, mut received, mut blocked) = (0, Vec::with_capacity(SIZE), 0);
    let mut buffer = [0; 4096];
    while received.len() < SIZE {
        // Writes as much as fits, then reads one buffer.
        while written < SIZE {
            match client.write(&sent[written..SIZE.min(written + CHUNK)]) {
                Ok(count) => written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    blocked += 1;
                    break;
                }
                Err(error) => panic!("{error}"),
            }
        }
        let count = when_ready(&mut poll, SERVER, || server.read(&mut buffer));
        assert_ne!(count, 0, "ended after {} bytes", received.len());
        received.extend_from_slice(&buffer[..count]);
    }
    assert!(received == sent, "the bytes differ");
    assert!(blocked > 0, "the writer never met a full buffer");
}

#[test]
fn a_connect_to_a_closed_port_is_refused() {
    let listener = std::net::TcpListener::bind(anywhere()).expect("a listener");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let mut poll = Poll::new().expect("a poll");
    let mut client = TcpStream::connect(address).expect("a connect begun");
    poll.registry().register(&mut client, Token(CLIENT), Interest::WRITABLE).expect("registered");
    until(&mut poll, |seen| seen.token == CLIENT && seen.error);
    let error = client.take_error().expect("an answer").expect("an error");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn datagrams_carry_their_sender_and_their_borders() {
    let mut poll = Poll::new().expect("a poll");
    let mut one = UdpSocket::bind(anywhere()).expect("a socket");
    let mut two = UdpSocket::bind(anywhere()).expect("a socket");
    let (from, to) = (one.local_addr().expect("an address"), two.local_addr().expect("an address"));
    poll.registry().register(&mut one, Token(CLIENT), Interest::WRITABLE).expect("registered");
    poll.registry().register(&mut two, Token(SERVER), Interest::READABLE).expect("registered");
    for message in [&b"first"[..], b"", b"third"] {
        let sent = when_ready(&mut poll, CLIENT, || one.send_to(message, to));
        assert_eq!(sent, message.len());
    }
    let mut buffer = [0; 64];
    for message in [&b"first"[..], b"", b"third"] {
        let (count, sender) = when_ready(&mut poll, SERVER, || two.recv_from(&mut buffer));
        assert_eq!((&buffer[..count], sender), (message, from));
    }
    assert_eq!(two.recv_from(&mut buffer).expect_err("empty").kind(), ErrorKind::WouldBlock);
}
