//! UDP through the event queue, on a Windows kernel.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr, UdpSocket as Peer},
};

use iocp::poll::{Events, Interests, Poll, UdpSocket};
use iocp_tests::waiting::DEADLINE;

const LIMIT_MS: Option<i32> = Some(120_000);

/// A socket that probes, and one that lends 8 bytes while it waits, each with a peer.
fn each(test: impl Fn(UdpSocket, SocketAddr, Peer, usize)) {
    for lent in [0, 8] {
        let mut socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.lend(lent);
        let address = socket.local_addr().unwrap();
        let peer = Peer::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        peer.set_read_timeout(Some(DEADLINE)).unwrap();
        test(socket, address, peer, lent);
    }
}

/// Receives until there is nothing more; waits if nothing was there at all.
fn drain(
    poll: &Poll,
    socket: &UdpSocket,
    take: impl Fn(&UdpSocket) -> std::io::Result<()>,
) -> usize {
    let (mut events, mut count) = (Events::with_capacity(16), 0);
    while count == 0 {
        assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "no event");
        loop {
            match take(socket) {
                Ok(()) => count += 1,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    count
}

#[test]
fn datagrams_keep_their_boundaries_and_say_when_they_were_too_long() {
    each(|mut socket, address, peer, lent| {
        let poll = Poll::new().unwrap();
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        let sent = [&b"much too long"[..], b"", b"three", b"much too long too", b"end"];
        for bytes in sent {
            peer.send_to(bytes, address).unwrap();
        }
        let got = std::cell::RefCell::new(Vec::new());
        while got.borrow().len() < sent.len() {
            drain(&poll, &socket, |socket| {
                let mut room = [0; 14];
                let received = socket.recv_datagram(&mut room)?;
                assert_eq!(received.from, peer.local_addr().unwrap());
                got.borrow_mut().push((room[..received.len].to_vec(), received.is_truncated));
                Ok(())
            });
        }
        // Of the first, what was lent while it was waited for; of the others, the caller's memory.
        for (number, (bytes, got)) in sent.iter().zip(got.into_inner()).enumerate() {
            let fits = if number == 0 && lent > 0 { lent } else { 14 }.min(bytes.len());
            assert_eq!(got, (bytes[..fits].to_vec(), fits < bytes.len()), "{number}");
        }
        let mut room = [0; 64];
        assert_eq!(socket.send_to(b"answer", peer.local_addr().unwrap()).unwrap(), 6);
        let (len, from) = peer.recv_from(&mut room).unwrap();
        assert_eq!((&room[..len], from), (&b"answer"[..], address));
    });
}

#[test]
fn a_look_at_a_datagram_leaves_it_there_and_a_connected_socket_has_one_peer() {
    each(|mut socket, address, peer, _| {
        let poll = Poll::new().unwrap();
        socket.connect(peer.local_addr().unwrap()).unwrap();
        assert_eq!(socket.peer_addr().unwrap(), peer.local_addr().unwrap());
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        let other = Peer::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        other.send_to(b"other", address).unwrap();
        peer.send_to(b"peer", address).unwrap();
        let count = drain(&poll, &socket, |socket| {
            let mut room = [0; 8];
            let (len, from) = socket.peek_from(&mut room)?;
            assert_eq!((&room[..len], from), (&b"peer"[..], peer.local_addr().unwrap()));
            let seen = socket.peek_datagram(&mut room[..2]).unwrap();
            assert_eq!((seen.len, seen.is_truncated), (2, true));
            assert_eq!(socket.recv(&mut room).unwrap(), 4);
            Ok(())
        });
        assert_eq!(count, 1);
        assert_eq!(socket.send(b"answer").unwrap(), 6);
        let mut room = [0; 8];
        assert_eq!(peer.recv(&mut room).unwrap(), 6);
        assert!(socket.take_error().unwrap().is_none());
    });
}

#[test]
fn a_group_and_a_broadcast_address_are_allowed_by_options() {
    let poll = Poll::new().unwrap();
    let mut socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
    let everybody = SocketAddr::from((Ipv4Addr::BROADCAST, 9));
    assert_eq!(socket.send_to(b"?", everybody).unwrap_err().kind(), ErrorKind::PermissionDenied);
    socket.set_broadcast(true).unwrap();
    socket.set_ttl(1).unwrap();
    let (group, local) = (Ipv4Addr::new(224, 0, 0, 251), Ipv4Addr::LOCALHOST);
    socket.join_multicast_v4(&group, &local).unwrap();
    socket.leave_multicast_v4(&group, &local).unwrap();
    socket.leave_multicast_v4(&group, &local).unwrap_err();
}

/// Pitfall NET-01.
#[test]
fn a_datagram_to_a_closed_port_does_not_end_the_socket() {
    each(|mut socket, address, peer, _| {
        let poll = Poll::new().unwrap();
        let mut events = Events::with_capacity(16);
        let nobody = Peer::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        socket.send_to(b"anybody", nobody).unwrap();
        peer.send_to(b"hello", address).unwrap();
        let (mut room, mut told, mut got) = ([0; 16], 0, false);
        while !got {
            assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "the socket is dead");
            loop {
                match socket.recv_from(&mut room) {
                    Ok((len, _)) => {
                        assert_eq!(&room[..len], b"hello");
                        got = true;
                    }
                    // Windows tells of the closed port first.
                    Err(error) if error.kind() == ErrorKind::ConnectionReset => told += 1,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => panic!("{error:?}"),
                }
            }
        }
        assert!(told <= 1, "told {told} times");
    });
}
