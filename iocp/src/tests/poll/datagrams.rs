//! UDP through the queue: boundaries, truncation, closed ports.

use std::net::SocketAddr;

use super::{config, none, one, queue, would_block, LIMIT_MS};
use crate::{
    poll::{Config, Events, Interests, Poll, UdpSocket},
    sim::{Answer, Fault, Kernel, Script},
    tests::scripts,
};

fn address(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

#[test]
fn datagrams_keep_their_boundaries_and_their_senders() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let mut socket = UdpSocket::from(kernel.datagram_socket(address(7)));
        let peer = kernel.datagram_peer(address(0));
        assert!(peer.send_to(b"one", address(7)));
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        assert!(peer.send_to(b"three", address(7)));
        let mut room = [0; 16];
        let mut got = Vec::new();
        while got.len() < 2 {
            let event = one(&poll, &mut events);
            assert!(event.is_readable() && !event.is_writable() && !event.is_error());
            let (len, from) = socket.recv_from(&mut room).unwrap();
            assert_eq!(Some(from), peer.address());
            got.push(room[..len].to_vec());
        }
        assert_eq!(got, [&b"one"[..], b"three"]);
        would_block(socket.recv_from(&mut room));
        none(&poll, &mut events);
        assert_eq!(socket.send_to(b"answer", peer.address().unwrap()).unwrap(), 6);
        assert_eq!(peer.recv_from(&mut room), Some((6, address(7))));
    }
}

#[test]
fn an_empty_datagram_is_one_and_no_end() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let mut socket = UdpSocket::from(kernel.datagram_socket(address(7)));
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        let peer = kernel.datagram_peer(address(0));
        let mut room = [0; 8];
        for sent in [&b""[..], b"", b"and on"] {
            assert!(peer.send_to(sent, address(7)));
            let event = one(&poll, &mut events);
            assert!(event.is_readable() && !event.is_read_closed() && !event.is_error());
            let received = socket.recv_datagram(&mut room).unwrap();
            assert_eq!((received.len, received.is_truncated), (sent.len(), false));
            would_block(socket.recv_datagram(&mut room));
        }
    }
}

#[test]
fn a_datagram_that_is_too_long_is_reported_and_the_next_is_whole() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let poll = Poll::with_config(&Config { datagram_buffer: 8, ..config() }).unwrap();
        let mut events = Events::with_capacity(16);
        let mut socket = UdpSocket::from(kernel.datagram_socket(address(7)));
        let peer = kernel.datagram_peer(address(0));
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        // Too long for the queue's buffer, for the caller's, for both by the other call; and whole.
        for bytes in [&b"0123456789"[..], b"01234", b"0123456789", b"0123"] {
            assert!(peer.send_to(bytes, address(7)));
        }
        let mut room = [0; 8];
        one(&poll, &mut events);
        let received = socket.recv_datagram(&mut room).unwrap();
        assert!(received.is_truncated && &room[..received.len] == b"01234567");
        one(&poll, &mut events);
        let received = socket.recv_datagram(&mut room[..4]).unwrap();
        assert!(received.is_truncated && received.len == 4);
        one(&poll, &mut events);
        assert_eq!(socket.recv_from(&mut room).unwrap_err().raw_os_error(), Some(10_040));
        one(&poll, &mut events);
        assert_eq!(socket.recv_from(&mut room).unwrap().0, 4);
        would_block(socket.recv_from(&mut room));
    }
}

#[test]
fn a_datagram_to_nobody_is_told_once_and_the_socket_goes_on() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let mut socket = UdpSocket::from(kernel.datagram_socket(address(7)));
        let both = Interests::READABLE | Interests::WRITABLE;
        poll.registrator().register(&mut socket, 1, both).unwrap();
        assert!(one(&poll, &mut events).is_writable());
        socket.send_to(b"anybody", address(9)).unwrap();
        let event = one(&poll, &mut events);
        assert!(event.is_readable() && event.is_error(), "{event:?}");
        let mut room = [0; 8];
        assert_eq!(socket.recv_from(&mut room).unwrap_err().raw_os_error(), Some(10_054));
        would_block(socket.recv_from(&mut room));
        let peer = kernel.datagram_peer(address(0));
        assert!(peer.send_to(b"hello", address(7)));
        assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0);
        assert_eq!(socket.recv_from(&mut room).unwrap().0, 5);
    }
}

/// By the packet, and by the call.
#[test]
fn a_time_to_live_that_ran_out_is_told_once_and_the_socket_goes_on() {
    let by_packet = Fault::Done { status: 0xC000_A012, bytes: 0 };
    for (fault, answer) in [(by_packet, Answer::Pending), (Fault::Fail(10_052), Answer::AtOnce)] {
        for script in scripts() {
            let kernel = Kernel::new(Script { answer, ..script });
            let (poll, mut events) = queue();
            let socket = kernel.datagram_socket(address(7));
            kernel.fault(&socket, fault);
            let mut socket = UdpSocket::from(socket);
            poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
            let event = one(&poll, &mut events);
            assert!(event.is_readable() && event.is_error(), "{event:?}");
            let mut room = [0; 8];
            assert_eq!(socket.recv_from(&mut room).unwrap_err().raw_os_error(), Some(10_052));
            would_block(socket.recv_from(&mut room));
            let peer = kernel.datagram_peer(address(0));
            assert!(peer.send_to(b"hello", address(7)));
            assert!(one(&poll, &mut events).is_readable());
            assert_eq!(socket.recv_from(&mut room).unwrap().0, 5);
        }
    }
}

#[test]
fn a_third_datagram_on_its_way_out_waits_for_room() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let socket = kernel.datagram_socket(address(7));
    let (first, other) = (socket.try_clone().unwrap(), socket.try_clone().unwrap());
    let mut socket = UdpSocket::from(socket);
    let peer = kernel.datagram_peer(address(0));
    let to = peer.address().unwrap();
    poll.registrator().register(&mut socket, 1, Interests::WRITABLE).unwrap();
    assert!(one(&poll, &mut events).is_writable());
    let stuck = kernel.stick(&first).unwrap();
    socket.send_to(b"1", to).unwrap();
    let _also_stuck = kernel.stick(&other).unwrap();
    socket.send_to(b"2", to).unwrap();
    would_block(socket.send_to(b"3", to));
    none(&poll, &mut events);
    assert_eq!(stuck.finish(0, 1), 2);
    assert!(one(&poll, &mut events).is_writable());
    assert_eq!(socket.send_to(b"3", to).unwrap(), 1);
}
