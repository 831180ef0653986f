//! UDP through the queue: boundaries, truncation, closed ports; by probes, and with a buffer that is lent.

use std::net::SocketAddr;

use super::{none, one, queue, would_block, LIMIT_MS};
use crate::{
    poll::{Events, Interests, Poll, UdpSocket},
    sim::{Answer, Fault, Kernel, OwnedSocket, Point, Script},
    tests::{allocations::allocated, scripts},
};

const BOTH: Interests = Interests::READABLE.union(Interests::WRITABLE);

pub(super) fn address(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// One that lends so many bytes while it waits; 0: it probes.
pub(super) fn lending(socket: OwnedSocket, bytes: usize) -> UdpSocket {
    let mut socket = UdpSocket::from(socket);
    socket.lend(bytes);
    socket
}

fn allocations(what: impl FnOnce()) -> u64 {
    let before = allocated();
    what();
    allocated() - before
}

/// Every script, for sockets that probe and such that lend.
fn each(test: impl Fn(&Kernel, usize)) {
    for script in scripts() {
        for lent in [0, 16] {
            test(&Kernel::new(script), lent);
        }
    }
}

/// The next datagram, with events in between.
fn next(poll: &Poll, events: &mut Events, socket: &UdpSocket) -> Vec<u8> {
    let mut room = [0; 16];
    loop {
        match socket.recv_from(&mut room) {
            Ok((len, _)) => return room[..len].to_vec(),
            error => would_block(error),
        }
        let event = one(poll, events);
        assert!(event.is_readable() && !event.is_writable() && !event.is_error(), "{event:?}");
    }
}

#[test]
fn datagrams_keep_their_boundaries_and_their_senders() {
    each(|kernel, lent| {
        let (poll, mut events) = queue();
        let mut socket = lending(kernel.datagram_socket(address(7)), lent);
        let peer = kernel.datagram_peer(address(0));
        assert!(peer.send_to(b"one", address(7)));
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        assert!(peer.send_to(b"three", address(7)));
        let event = one(&poll, &mut events);
        assert!(event.is_readable() && !event.is_writable() && !event.is_error());
        let mut room = [0; 16];
        for bytes in [&b"one"[..], b"three"] {
            let (len, from) = socket.recv_from(&mut room).unwrap();
            assert_eq!((&room[..len], Some(from)), (bytes, peer.address()));
        }
        would_block(socket.recv_from(&mut room));
        none(&poll, &mut events);
        assert!(peer.send_to(b"later", address(7)));
        assert_eq!(next(&poll, &mut events, &socket), b"later");
        assert_eq!(socket.send_to(b"answer", peer.address().unwrap()).unwrap(), 6);
        assert_eq!(peer.recv_from(&mut room), Some((6, address(7))));
    });
}

#[test]
fn an_empty_datagram_is_one_and_no_end() {
    each(|kernel, lent| {
        let (poll, mut events) = queue();
        let mut socket = lending(kernel.datagram_socket(address(7)), lent);
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
    });
}

#[test]
fn a_datagram_that_is_too_long_is_reported_and_the_next_is_whole() {
    each(|kernel, lent| {
        let (poll, mut events) = queue();
        let lent = lent / 2;
        let mut socket = lending(kernel.datagram_socket(address(7)), lent);
        let peer = kernel.datagram_peer(address(0));
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        // Longer than what is lent; for the caller's memory, by both calls; and whole.
        for bytes in [&b"0123456789"[..], b"01234", b"012345", b"0123"] {
            assert!(peer.send_to(bytes, address(7)));
        }
        one(&poll, &mut events);
        let mut room = [0; 16];
        let received = socket.recv_datagram(&mut room).unwrap();
        let fits = if lent == 0 { 10 } else { lent };
        assert_eq!((received.len, received.is_truncated), (fits, lent != 0));
        assert_eq!(&room[..fits], &b"0123456789"[..fits]);
        let received = socket.recv_datagram(&mut room[..4]).unwrap();
        assert_eq!((received.len, received.is_truncated), (4, true));
        assert_eq!(Some(received.from), peer.address());
        assert_eq!(socket.recv_from(&mut room[..4]).unwrap_err().raw_os_error(), Some(10_040));
        assert_eq!(socket.recv_from(&mut room[..4]).unwrap().0, 4);
        would_block(socket.recv_from(&mut room));
        none(&poll, &mut events);
        // What waits in the lent buffer may be longer than the caller's memory too.
        assert!(peer.send_to(b"01234", address(7)));
        one(&poll, &mut events);
        let received = socket.recv_datagram(&mut room[..4]).unwrap();
        assert_eq!((received.len, received.is_truncated), (4, true));
        would_block(socket.recv_from(&mut room));
    });
}

#[test]
fn a_look_at_a_datagram_leaves_it_there() {
    each(|kernel, lent| {
        let (poll, mut events) = queue();
        let mut socket = lending(kernel.datagram_socket(address(7)), lent);
        let peer = kernel.datagram_peer(address(0));
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        let mut room = [0; 16];
        would_block(socket.peek_from(&mut room));
        for bytes in [b"first", b"other"] {
            assert!(peer.send_to(bytes, address(7)));
        }
        one(&poll, &mut events);
        for bytes in [b"first", b"other"] {
            for _ in 0..2 {
                assert_eq!(socket.peek_from(&mut room).unwrap(), (5, peer.address().unwrap()));
                assert_eq!(&room[..5], bytes);
                let seen = socket.peek_datagram(&mut room[..2]).unwrap();
                assert_eq!((seen.len, seen.is_truncated), (2, true));
            }
            assert_eq!(socket.recv(&mut room).unwrap(), 5);
            assert_eq!(&room[..5], bytes);
        }
        would_block(socket.peek(&mut room));
        none(&poll, &mut events);
    });
}

#[test]
fn a_connected_socket_sends_to_its_peer_and_hears_nobody_else() {
    each(|kernel, lent| {
        let (poll, mut events) = queue();
        let (socket, peer) = kernel.datagram_pair();
        let mut socket = lending(socket, lent);
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        assert_eq!(socket.send(b"question").unwrap(), 8);
        let mut room = [0; 16];
        assert_eq!(peer.recv(&mut room), Some(8));
        assert!(peer.send(b"answer"));
        assert!(one(&poll, &mut events).is_readable());
        assert_eq!(socket.recv(&mut room).unwrap(), 6);
        let mut alone = UdpSocket::from(kernel.datagram_socket(address(7)));
        poll.registrator().register(&mut alone, 2, Interests::NONE).unwrap();
        assert_eq!(alone.send(b"?").unwrap_err().raw_os_error(), Some(10_057));
    });
}

/// Pitfalls NET-01 and NET-02: also in front of a datagram, which gives no event of its own.
#[test]
fn a_datagram_to_nobody_is_told_once_and_the_socket_goes_on() {
    each(|kernel, lent| {
        let (poll, mut events) = queue();
        let mut socket = lending(kernel.datagram_socket(address(7)), lent);
        poll.registrator().register(&mut socket, 1, BOTH).unwrap();
        assert!(one(&poll, &mut events).is_writable());
        let peer = kernel.datagram_peer(address(0));
        let mut room = [0; 8];
        for behind in [false, true, true] {
            socket.send_to(b"anybody", address(9)).unwrap();
            assert!(!behind || peer.send_to(b"hello", address(7)));
            let event = one(&poll, &mut events);
            assert!(event.is_readable() && event.is_error(), "{event:?}");
            // A probe may have taken the error, which then comes behind what is there.
            let (mut told, mut got) = (0, 0);
            loop {
                match socket.recv_from(&mut room) {
                    Ok((len, _)) => got += len,
                    Err(error) if error.raw_os_error() == Some(10_054) => told += 1,
                    error => break would_block(error),
                }
            }
            assert_eq!((told, got), (1, if behind { 5 } else { 0 }));
        }
        assert!(peer.send_to(b"hello", address(7)));
        assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0);
        assert_eq!(socket.recv_from(&mut room).unwrap().0, 5);
    });
}

/// By the packet, and by the call.
#[test]
fn a_time_to_live_that_ran_out_is_told_once_and_the_socket_goes_on() {
    let by_packet = Fault::Done { status: 0xC000_A012, bytes: 0 };
    for (fault, answer) in [(by_packet, Answer::Pending), (Fault::Fail(10_052), Answer::AtOnce)] {
        for script in scripts() {
            for lent in [0, 8] {
                let kernel = Kernel::new(Script { answer, ..script });
                let (poll, mut events) = queue();
                let socket = kernel.datagram_socket(address(7));
                kernel.fault(&socket, fault);
                let mut socket = lending(socket, lent);
                poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
                let event = one(&poll, &mut events);
                assert!(event.is_readable() && event.is_error(), "{event:?}");
                let mut room = [0; 8];
                let error = socket.recv_from(&mut room).unwrap_err();
                assert_eq!(error.raw_os_error(), Some(10_052));
                would_block(socket.recv_from(&mut room));
                let peer = kernel.datagram_peer(address(0));
                assert!(peer.send_to(b"hello", address(7)));
                assert!(one(&poll, &mut events).is_readable());
                assert_eq!(socket.recv_from(&mut room).unwrap().0, 5);
            }
        }
    }
}

#[test]
fn a_datagram_that_waits_for_room_holds_back_the_next_until_it_has_left() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let socket = kernel.datagram_socket(address(7));
    let same = socket.try_clone().unwrap();
    let mut socket = UdpSocket::from(socket);
    let peer = kernel.datagram_peer(address(0));
    let to = peer.address().unwrap();
    poll.registrator().register(&mut socket, 1, Interests::WRITABLE).unwrap();
    assert!(one(&poll, &mut events).is_writable());
    let stuck = kernel.stick(&same).unwrap();
    socket.send_to(b"1", to).unwrap();
    let refused = allocations(|| would_block(socket.send_to(b"2", to)));
    assert_eq!(refused, 0, "a refused datagram is not copied");
    none(&poll, &mut events);
    assert_eq!(stuck.finish(0, 1), 1);
    assert!(one(&poll, &mut events).is_writable());
    assert_eq!(socket.send_to(b"2", to).unwrap(), 1);
}

/// Nothing is lent by an idle socket that probes, and a busy one starts no operation.
#[test]
fn a_datagram_that_is_there_costs_no_operation_and_one_that_is_waited_for_one() {
    const MANY: u32 = 20;
    for lent in [0, 16] {
        let kernel = Kernel::new(Script::default());
        let (poll, mut events) = queue();
        let mut socket = lending(kernel.datagram_socket(address(7)), lent);
        let peer = kernel.datagram_peer(address(0));
        let to = peer.address().unwrap();
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        assert_eq!(poll.stats().bytes, lent);
        let mut room = [0; 16];
        let submits = || kernel.counts().submits;
        let mut before = 0;
        // The first rounds make what the others use again, the simulated kernel's memory too.
        for round in 0..2 * MANY {
            before = if round < MANY { submits() } else { before };
            assert!(peer.send_to(b"waits", address(7)));
            let allocated = allocations(|| {
                one(&poll, &mut events);
                assert_eq!(socket.recv_from(&mut room).unwrap().0, 5);
                would_block(socket.recv_from(&mut room));
            });
            assert!(round < MANY || allocated == 0, "{allocated} in round {round}");
        }
        // The round before that count has started one more.
        assert_eq!((submits() - before, kernel.counts().posts), (MANY + 1, 0));
        let before = submits();
        assert!((0..=MANY).all(|_| peer.send_to(b"busy", address(7))));
        one(&poll, &mut events);
        for _ in 0..=MANY {
            assert_eq!(socket.recv_from(&mut room).unwrap().0, 4);
            socket.send_to(b"answer", to).unwrap();
        }
        assert_eq!((submits() - before, kernel.counts().posts), (0, 0));
    }
}

/// Another thread holds the lock, in a send that the system does not return from.
#[test]
fn the_event_of_a_datagram_needs_no_lock_of_the_socket() {
    for lent in [0, 16] {
        let kernel = &Kernel::new(Script::default());
        let (poll, mut events) = queue();
        // The first polls with these events are not the usual ones.
        (0..20).for_each(|_| none(&poll, &mut events));
        let socket = kernel.datagram_socket(address(7));
        let same = socket.try_clone().unwrap();
        let mut socket = lending(socket, lent);
        let peer = kernel.datagram_peer(address(0));
        let to = peer.address().unwrap();
        poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
        let hold = kernel.hold(&same, Point::Entry);
        let stuck = kernel.stick(&same).unwrap();
        std::thread::scope(|scope| {
            let socket = &socket;
            scope.spawn(move || {
                let _inside = kernel.enter();
                socket.send_to(b"held", to).unwrap();
            });
            hold.wait_for_call();
            assert!(peer.send_to(b"hello", address(7)));
            assert!(one(&poll, &mut events).is_readable());
            hold.release();
        });
        assert_eq!(stuck.finish(0, 4), 1);
        assert_eq!(socket.recv_from(&mut [0; 8]).unwrap().0, 5);
    }
}

#[test]
fn registered_anew_a_socket_tells_what_is_there_under_its_new_token_only() {
    each(|kernel, lent| {
        let (poll, mut events) = queue();
        let registrator = poll.registrator();
        let mut socket = lending(kernel.datagram_socket(address(7)), lent);
        let peer = kernel.datagram_peer(address(0));
        registrator.register(&mut socket, 1, Interests::READABLE).unwrap();
        assert!(peer.send_to(b"one", address(7)));
        registrator.deregister(&socket).unwrap();
        none(&poll, &mut events);
        registrator.reregister(&socket, 2, Interests::READABLE).unwrap();
        assert_eq!(one(&poll, &mut events).id(), 2);
        registrator.reregister(&socket, 3, Interests::READABLE).unwrap();
        assert_eq!(one(&poll, &mut events).id(), 3, "level");
        let mut room = [0; 16];
        assert_eq!(socket.recv_from(&mut room).unwrap().0, 3);
        would_block(socket.recv_from(&mut room));
        registrator.reregister(&socket, 4, Interests::NONE).unwrap();
        assert!(peer.send_to(b"two", address(7)));
        none(&poll, &mut events);
        registrator.reregister(&socket, 5, Interests::READABLE).unwrap();
        assert_eq!(one(&poll, &mut events).id(), 5);
        assert_eq!(next(&poll, &mut events, &socket), b"two");
    });
}
