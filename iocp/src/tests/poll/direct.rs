//! What goes between the caller's memory and the socket: writes in pieces, and looks at what is there.

use std::io::{ErrorKind, IoSlice, Read, Write};

use super::{config, one, stream, would_block, LENT};
use crate::{
    poll::{Config, Events, Interests, Poll, TcpStream},
    sim::{Kernel, Peer, Script},
};

/// A stream whose peer has room for so many bytes.
fn beside(window: usize, lent_bytes: usize) -> (Kernel, Poll, Events, TcpStream, Peer) {
    let kernel = Kernel::new(Script { window, ..Script::default() });
    let poll = Poll::with_config(&Config { lent_bytes, ..config() }).unwrap();
    let (mut stream, peer) = stream(&kernel);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    (kernel, poll, Events::with_capacity(4), stream, peer)
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at % 251) as u8).collect()
}

/// All that comes while somebody polls, up to so many bytes.
fn take(poll: &Poll, events: &mut Events, peer: &Peer, len: usize) -> Vec<u8> {
    let (mut got, mut room) = (Vec::new(), [0; 64]);
    for _ in 0..10_000 {
        if got.len() >= len {
            break;
        }
        match peer.try_recv(&mut room) {
            Some(count) => got.extend_from_slice(&room[..count]),
            None => drop(poll.poll(events, Some(1)).unwrap()),
        }
    }
    got
}

/// It needs no non-blocking mode, which the second write sets. What is written while it is pending goes after it.
#[test]
fn what_a_stream_writes_first_is_sent_by_an_operation_if_it_is_little() {
    for (first, submits, lent_bytes) in [(1024, 1, LENT), (1025, 0, LENT), (1024, 1, 0)] {
        let kernel = Kernel::new(Script::default());
        let send_high_water = 1 << 16;
        let config = Config { lent_bytes, send_high_water, ..config() };
        let poll = Poll::with_config(&config).unwrap();
        let (mut stream, peer) = stream(&kernel);
        poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
        let (all, mut room) = (pattern(first), vec![0; 4000]);
        let before = kernel.counts();
        assert_eq!(stream.write(&all).unwrap(), first);
        assert_eq!(kernel.counts().submits - before.submits, submits, "{first}");
        assert_eq!((peer.recv(&mut room), &room[..first]), (Some(first), &all[..]));
        let before = kernel.counts();
        assert_eq!(stream.write(b"next").unwrap(), 4);
        let after = kernel.counts();
        // With the call that sets the mode, unless the first was direct already.
        let calls = (after.submits - before.submits, after.direct - before.direct);
        assert_eq!(calls, (0, 1 + submits));
    }
    // The peer has room for a part.
    let (_kernel, poll, mut events, mut stream, peer) = beside(100, LENT);
    let all = pattern(256);
    assert_eq!(stream.write(&all[..200]).unwrap(), 200);
    assert_eq!(stream.write(&all[200..]).unwrap(), 56);
    would_block(stream.write(b"more"));
    assert!(take(&poll, &mut events, &peer, 256) == all);
}

#[test]
fn pieces_are_sent_by_one_call_without_a_copy_while_nothing_is_queued() {
    for lent_bytes in [LENT, 0] {
        let (kernel, poll, _events, mut stream, peer) = beside(100_000, lent_bytes);
        let all = pattern(5000);
        let mut room = vec![0; 20_000];
        // The first write is an operation, the second sets the mode.
        for _ in 0..2 {
            assert_eq!(stream.write_vectored(&[IoSlice::new(b"x")]).unwrap(), 1);
            assert_eq!(peer.recv(&mut room), Some(1));
        }
        let (before, bytes) = (kernel.counts(), poll.stats().bytes);
        let pieces = [&all[..], b"", &all, b"."].map(IoSlice::new);
        assert_eq!(stream.write_vectored(&pieces).unwrap(), 10_001);
        // Also by a shared reference.
        assert_eq!((&stream).write_vectored(&pieces[1..2]).unwrap(), 0);
        assert_eq!((&stream).write_vectored(&pieces[..2]).unwrap(), 5000);
        let after = kernel.counts();
        assert_eq!((after.submits - before.submits, after.direct - before.direct), (0, 2));
        assert_eq!(poll.stats().bytes, bytes, "no buffer was made");
        stream.flush().unwrap();
        assert_eq!(peer.recv(&mut room), Some(15_001));
        assert!(room[..5000] == all && room[5000..10_000] == all && room[10_000] == b'.');
        assert!(room[10_001..15_001] == all);
    }
}

/// What the system has no room for is copied, up to the mark, and what is written later comes behind it.
#[test]
fn more_pieces_than_one_call_gets_are_written_in_part() {
    let kernel = Kernel::new(Script::default());
    let poll = Poll::with_config(&config()).unwrap();
    let (mut stream, peer) = stream(&kernel);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    let pieces = [IoSlice::new(b"a"); 2000];
    let written = stream.write_vectored(&pieces).unwrap();
    assert!((1024..=2000).contains(&written), "{written}");
    let mut room = [0; 2000];
    assert_eq!(peer.try_recv(&mut room), Some(written));
    assert!(room[..written].iter().all(|&byte| byte == b'a'));
}

#[test]
fn what_the_system_does_not_take_of_pieces_is_queued() {
    for lent_bytes in [LENT, 0] {
        for vectored in [false, true] {
            let (_kernel, poll, mut events, mut stream, peer) = beside(100, lent_bytes);
            let all = pattern(1000);
            let written = if vectored {
                let pieces =
                    [&all[..50], &all[50..50], &all[50..120], &all[120..]].map(IoSlice::new);
                stream.write_vectored(&pieces).unwrap()
            } else {
                stream.write(&all).unwrap()
            };
            assert_eq!(written, 100 + 256);
            would_block(stream.write(&all[written..]));
            would_block(stream.flush());
            assert!(take(&poll, &mut events, &peer, written) == all[..written]);
            while stream.flush().is_err() {
                poll.poll(&mut events, Some(1)).unwrap();
            }
            assert_eq!(stream.write(&all[written..written + 50]).unwrap(), 50);
            assert!(take(&poll, &mut events, &peer, 50) == all[written..written + 50]);
        }
    }
}

#[test]
fn a_peek_leaves_what_is_there_and_an_event_follows_one_that_finds_nothing() {
    for lent_bytes in [LENT, 0] {
        let (_kernel, poll, mut events, mut stream, peer) = beside(10_000, lent_bytes);
        let mut room = [0; 64];
        for round in 0..4 {
            would_block(stream.peek(&mut room));
            assert_eq!(stream.peek(&mut []).unwrap(), 0);
            assert!(peer.send(b"hello"));
            assert!(one(&poll, &mut events).is_readable());
            for _ in 0..2 {
                assert_eq!((stream.peek(&mut room).unwrap(), &room[..5]), (5, &b"hello"[..]));
                assert_eq!((stream.peek(&mut room[..2]).unwrap(), &room[..2]), (2, &b"he"[..]));
            }
            assert_eq!(stream.read(&mut room[..2]).unwrap(), 2, "round {round}");
            assert_eq!((stream.peek(&mut room).unwrap(), &room[..3]), (3, &b"llo"[..]));
            assert_eq!((stream.read(&mut room).unwrap(), &room[..3]), (3, &b"llo"[..]));
        }
        assert!(peer.send(b"bye"));
        peer.shut_down();
        assert!(one(&poll, &mut events).is_readable());
        assert_eq!(stream.peek(&mut room).unwrap(), 3);
        assert_eq!(stream.read(&mut room).unwrap(), 3);
        // The end may be still to be told.
        while stream.peek(&mut room).is_err_and(|error| error.kind() == ErrorKind::WouldBlock) {
            assert!(one(&poll, &mut events).is_readable());
        }
        assert_eq!((stream.peek(&mut room).unwrap(), stream.read(&mut room).unwrap()), (0, 0));
    }
}
