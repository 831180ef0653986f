//! UDP through the event queue, on a Windows kernel.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, UdpSocket as Peer},
};

use iocp::poll::{Config, Events, Interests, Poll, UdpSocket};
use iocp_tests::waiting::DEADLINE;

const LIMIT_MS: Option<i32> = Some(120_000);

#[test]
fn datagrams_keep_their_boundaries_and_say_when_they_were_too_long() {
    let poll = Poll::with_config(&Config::default().datagram_buffer(8)).unwrap();
    let mut events = Events::with_capacity(16);
    let mut socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = socket.local_addr().unwrap();
    let peer = Peer::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
    for bytes in [&b"one"[..], b"three", b"much too long", b"end"] {
        peer.send_to(bytes, address).unwrap();
    }
    let mut got = Vec::new();
    let mut room = [0; 64];
    while got.len() < 4 {
        assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "after {got:?}");
        loop {
            match socket.recv_datagram(&mut room) {
                Ok(received) => {
                    assert_eq!(received.from, peer.local_addr().unwrap());
                    got.push((room[..received.len].to_vec(), received.is_truncated));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    let whole = |bytes: &[u8]| (bytes.to_vec(), false);
    let cut = (b"much too".to_vec(), true);
    assert_eq!(got, [whole(b"one"), whole(b"three"), cut, whole(b"end")]);
    assert_eq!(socket.send_to(b"answer", peer.local_addr().unwrap()).unwrap(), 6);
    let (len, from) = peer.recv_from(&mut room).unwrap();
    assert_eq!((&room[..len], from), (&b"answer"[..], address));
}

#[test]
fn a_datagram_to_a_closed_port_does_not_end_the_socket() {
    let poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(16);
    let mut socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = socket.local_addr().unwrap();
    let nobody = Peer::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
    socket.send_to(b"anybody", nobody).unwrap();
    let peer = Peer::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    peer.send_to(b"hello", address).unwrap();
    let mut room = [0; 16];
    loop {
        assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "the socket is dead");
        match socket.recv_from(&mut room) {
            Ok((len, _)) => {
                assert_eq!(&room[..len], b"hello");
                return;
            }
            // Windows tells of the closed port first.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}
