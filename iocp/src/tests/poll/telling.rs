//! What the packet of a receive tells, while its stream is registered anew.

use std::io::{ErrorKind, Read};

use super::{config, none, one, stream, would_block, LENT};
use crate::{
    poll::{Config, Events, Interests, Poll, TcpListener, TcpStream},
    sim::{Kernel, Script},
    tests::scripts,
};

/// Reads this, and nothing else. What is received in steps may tell of each, under this token if any.
fn read(poll: &Poll, stream: &mut TcpStream, expected: &[u8], token: Option<usize>) {
    let (mut events, mut all, mut room) = (Events::with_capacity(4), Vec::new(), [0; 16]);
    loop {
        match stream.read(&mut room) {
            Ok(count) => all.extend_from_slice(&room[..count]),
            error => would_block(error),
        }
        if all.len() >= expected.len() {
            assert_eq!(all, expected);
            return would_block(stream.read(&mut room));
        }
        poll.poll(&mut events, Some(20)).unwrap();
        assert!(events.iter().all(|event| Some(event.id()) == token), "{events:?}");
    }
}

#[test]
fn a_receive_in_flight_tells_what_its_stream_is_registered_for_when_it_is_done() {
    for (script, lent_bytes) in scripts().into_iter().flat_map(|it| [(it, LENT), (it, 0)]) {
        let kernel = Kernel::new(script);
        let poll = Poll::with_config(&Config { lent_bytes, ..config() }).unwrap();
        let (mut events, registrator) = (Events::with_capacity(4), poll.registrator());
        let (mut stream, peer) = stream(&kernel);
        registrator.register(&mut stream, 1, Interests::READABLE).unwrap();
        for token in (10..50).step_by(10) {
            // Read and in flight again, of a stream that nothing was told of, or was just registered.
            registrator.reregister(&stream, token, Interests::READABLE).unwrap();
            for message in [&b"first"[..], b"second"] {
                assert!(peer.send(message));
                assert_eq!(one(&poll, &mut events).id(), token);
                read(&poll, &mut stream, message, Some(token));
            }

            registrator.reregister(&stream, token + 1, Interests::WRITABLE).unwrap();
            let event = one(&poll, &mut events);
            assert!(event.id() == token + 1 && event.is_writable() && !event.is_readable());
            assert!(peer.send(b"quiet"));
            none(&poll, &mut events);
            registrator.reregister(&stream, token + 2, Interests::READABLE).unwrap();
            assert_eq!(one(&poll, &mut events).id(), token + 2);
            read(&poll, &mut stream, b"quiet", Some(token + 2));

            registrator.deregister(&stream).unwrap();
            assert!(peer.send(b"nobody"));
            none(&poll, &mut events);
            read(&poll, &mut stream, b"nobody", None);
            assert!(peer.send(b"still nobody"));
            none(&poll, &mut events);
            read(&poll, &mut stream, b"still nobody", None);
        }
    }
}

#[test]
fn a_receive_that_brings_the_end_or_a_reset_says_so() {
    for (script, lent_bytes) in scripts().into_iter().flat_map(|it| [(it, LENT), (it, 0)]) {
        for reset in [false, true] {
            let kernel = Kernel::new(script);
            let poll = Poll::with_config(&Config { lent_bytes, ..config() }).unwrap();
            let (mut events, registrator) = (Events::with_capacity(4), poll.registrator());
            let (mut stream, peer) = stream(&kernel);
            registrator.register(&mut stream, 1, Interests::READABLE).unwrap();
            // Until polls take the short way: nothing was listed for a while.
            (0..20).for_each(|_| none(&poll, &mut events));
            assert!(peer.send(b"bytes"));
            let event = one(&poll, &mut events);
            assert!(event.is_readable() && !event.is_read_closed() && !event.is_error());
            read(&poll, &mut stream, b"bytes", Some(1));
            if reset {
                peer.reset();
            } else {
                peer.shut_down();
            }
            let event = one(&poll, &mut events);
            assert!(event.is_readable() && event.is_error() == reset, "{event:?}");
            // A receive of nothing, if it is one, cannot tell bytes from the end.
            assert!(event.is_read_closed() || lent_bytes == 0 && !reset, "{event:?}");
            let ended = loop {
                match stream.read(&mut [0; 4]) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        one(&poll, &mut events);
                    }
                    ended => break ended,
                }
            };
            assert_eq!(ended.is_err(), reset, "{ended:?}");
        }
    }
}

/// Receives of zero-read streams go from one to the other; what they tell does not.
#[test]
fn streams_that_share_receives_hear_under_their_own_tokens() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let poll = Poll::with_config(&Config { lent_bytes: 0, ..config() }).unwrap();
        let (mut events, registrator) = (Events::with_capacity(4), poll.registrator());
        let mut pairs: Vec<_> = (0..3).map(|_| stream(&kernel)).collect();
        for round in 0..6 {
            for (number, (stream, peer)) in pairs.iter_mut().enumerate() {
                let token = 100 * round + number;
                registrator.register(stream, token, Interests::READABLE).unwrap();
                for message in [&b"one"[..], b"two"] {
                    assert!(peer.send(message));
                    assert_eq!(one(&poll, &mut events).id(), token);
                    read(&poll, stream, message, Some(token));
                }
            }
        }
    }
}

/// What the end of a connect has put in flight is its owner's from then on, also what it tells.
#[test]
fn a_stream_that_has_connected_is_registered_anew_before_its_owner_reads() {
    for (script, lent_bytes) in scripts().into_iter().flat_map(|it| [(it, LENT), (it, 0)]) {
        let kernel = Kernel::new(script);
        let poll = Poll::with_config(&Config { lent_bytes, ..config() }).unwrap();
        let (mut events, registrator) = (Events::with_capacity(4), poll.registrator());
        let at = "127.0.0.1:80".parse().unwrap();
        let mut listener = TcpListener::from(kernel.listener(at));
        registrator.register(&mut listener, 1, Interests::READABLE).unwrap();
        let both = Interests::READABLE | Interests::WRITABLE;
        let mut near = registrator.connect(at, 2, both).unwrap();
        let (mut connected, mut far) = (false, None);
        while !connected || far.is_none() {
            assert!(poll.poll(&mut events, super::LIMIT_MS).unwrap() > 0);
            for event in &events {
                match event.id() {
                    1 => far = Some(listener.accept().unwrap().0),
                    _ => connected = event.is_writable(),
                }
            }
        }
        let mut far = far.unwrap();
        std::io::Write::write_all(&mut far, b"early").unwrap();
        registrator.deregister(&near).unwrap();
        none(&poll, &mut events);
        registrator.reregister(&near, 3, Interests::READABLE).unwrap();
        assert_eq!(one(&poll, &mut events).id(), 3);
        read(&poll, &mut near, b"early", Some(3));
        registrator.reregister(&near, 4, Interests::READABLE).unwrap();
        std::io::Write::write_all(&mut far, b"late").unwrap();
        assert_eq!(one(&poll, &mut events).id(), 4);
        read(&poll, &mut near, b"late", Some(4));
    }
}

/// The slot and the number of a stream that is gone are the next one's: it hears under its own token.
#[test]
fn a_stream_in_the_slot_of_another_is_told_under_its_own_token() {
    let kernel = Kernel::new(Script::default());
    let poll = Poll::with_config(&config()).unwrap();
    let (mut events, registrator) = (Events::with_capacity(4), poll.registrator());
    for token in 0..8 {
        let (mut stream, peer) = stream(&kernel);
        registrator.register(&mut stream, token, Interests::READABLE).unwrap();
        for _ in 0..2 {
            assert!(peer.send(b"mine"));
            assert_eq!(one(&poll, &mut events).id(), token);
            read(&poll, &mut stream, b"mine", Some(token));
        }
        assert!(peer.send(b"lost"));
        drop(stream);
        none(&poll, &mut events);
    }
}

/// The last event of the one is not in the place of the next one's.
#[test]
fn a_stream_in_the_place_of_one_that_is_being_dropped_hears_of_its_own() {
    let kernel = Kernel::new(Script::default());
    let poll = Poll::with_config(&config()).unwrap();
    let (mut events, registrator) = (Events::with_capacity(4), poll.registrator());
    let (mut old, old_peer) = stream(&kernel);
    registrator.register(&mut old, 1, Interests::READABLE).unwrap();
    let rest = old.half_dropped();
    let (mut new, _peer) = stream(&kernel);
    registrator.register(&mut new, 2, Interests::WRITABLE).unwrap();
    assert!(old_peer.send(b"late"));
    poll.poll(&mut events, super::LIMIT_MS).unwrap();
    let told = events.iter().any(|event| event.id() == 2 && event.is_writable());
    assert!(told, "{events:?}");
    drop(rest);
}
