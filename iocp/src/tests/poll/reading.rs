//! Readable events, and what is read.

use std::io::Read;

use super::{config, none, one, queue, stream, would_block, LENT, LIMIT_MS};
use crate::{
    poll::{Config, Events, Interests, Poll},
    sim::{Kernel, Script},
    tests::scripts,
};

/// Behaviour 35: three registrations, one receive, one association, the last token.
#[test]
fn registering_three_times_makes_one_receive_and_keeps_the_last_token() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let (mut stream, peer) = stream(&kernel);
        for token in 1..=3 {
            poll.registrator().register(&mut stream, token, Interests::READABLE).unwrap();
        }
        assert_eq!((kernel.counts().submits, poll.stats().in_flight), (1, 1));
        none(&poll, &mut events);
        assert!(peer.send(b"hello"));
        let event = one(&poll, &mut events);
        assert_eq!(event.id(), 3);
        assert!(event.is_readable() && !event.is_writable() && !event.is_read_closed());
        let mut room = [0; 16];
        assert_eq!(stream.read(&mut room).unwrap(), 5);
        assert_eq!(&room[..5], b"hello");
        would_block(stream.read(&mut room));
        none(&poll, &mut events);
        drop(stream);
    }
}

/// Behaviour 36: both interests of one source are one event.
#[test]
fn both_interests_of_an_idle_stream_give_one_writable_event_and_are_merged_later() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let (mut stream, peer) = stream(&kernel);
        let both = Interests::READABLE | Interests::WRITABLE;
        let registrator = poll.registrator();
        registrator.register(&mut stream, 7, both).unwrap();
        let event = one(&poll, &mut events);
        assert!(event.is_writable() && !event.is_readable());
        none(&poll, &mut events);
        assert!(peer.send(b"data"));
        let event = one(&poll, &mut events);
        assert!(event.is_readable() && !event.is_writable());
        // Nothing was read: what is ready is told again, both at once.
        registrator.reregister(&stream, 7, both).unwrap();
        let event = one(&poll, &mut events);
        assert!(event.is_readable() && event.is_writable());
    }
}

fn modes() -> Vec<(Script, usize)> {
    scripts().into_iter().flat_map(|script| [(script, LENT), (script, 0)]).collect()
}

/// Behaviour 37: every byte as it was sent, then the end for ever.
#[test]
fn ten_thousand_bytes_through_a_small_buffer_are_exact_and_end_for_ever() {
    for (script, lent_bytes) in modes() {
        for size in [1, 4096] {
            let kernel = Kernel::new(script);
            let poll = Poll::with_config(&Config { lent_bytes, ..config() }).unwrap();
            let mut events = Events::with_capacity(16);
            let (mut stream, peer) = stream(&kernel);
            poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
            let sent: Vec<u8> = (0..10_000_u32).map(|n| (n % 251) as u8).collect();
            assert!(peer.send(&sent));
            peer.shut_down();
            let (mut got, mut ended) = (Vec::new(), false);
            let mut room = vec![0; size];
            while !ended {
                assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "after {} bytes", got.len());
                while let Ok(count) = stream.read(&mut room) {
                    got.extend_from_slice(&room[..count]);
                    ended = count == 0;
                    if ended {
                        break;
                    }
                }
            }
            assert!(got == sent);
            for _ in 0..3 {
                assert_eq!(stream.read(&mut room).unwrap(), 0);
            }
        }
    }
}

/// The end that a read has said already is not told again.
#[test]
fn an_end_that_was_read_is_not_told_again() {
    for lent_bytes in [LENT, 0] {
        let kernel = Kernel::new(Script::default());
        let poll = Poll::with_config(&Config { lent_bytes, ..config() }).unwrap();
        let mut events = Events::with_capacity(16);
        let (mut stream, peer) = stream(&kernel);
        assert!(peer.send(b"bye"));
        peer.shut_down();
        poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
        assert!(one(&poll, &mut events).is_readable());
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        assert_eq!(all, b"bye");
        none(&poll, &mut events);
    }
}

/// Eight bytes are much.
fn guessing() -> Config {
    Config { receive_buffer: 8, lent_bytes: 0, ..config() }
}

/// Where much comes while it is read, no call asks whether there is more: only the one after a wrong guess.
#[test]
fn a_busy_stream_is_told_by_guess_until_a_read_finds_nothing() {
    let kernel = Kernel::new(Script { trickle: 100, ..Script::default() });
    let poll = Poll::with_config(&guessing()).unwrap();
    let mut events = Events::with_capacity(16);
    let (mut stream, peer) = stream(&kernel);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    assert!(peer.send(&[7; 1000]));
    let (mut got, mut polls, mut room) = (0, 0, [0; 64]);
    let mut probes = kernel.counts().submits;
    while got < 1000 {
        assert!(one(&poll, &mut events).is_readable());
        polls += 1;
        let mut count = 64;
        while let Ok(next) = stream.read(&mut room) {
            got += next;
            count = next;
            // Only after a little one is the system asked.
            probes += u32::from(next < 8);
        }
        assert!(count < 64, "it was emptied");
    }
    assert!(polls > 5, "a guess waits for its event");
    assert_eq!(kernel.counts().submits, probes);
}

/// A guess that was wrong is the last one, until more is there at once.
#[test]
fn who_guessed_wrong_asks_until_more_is_there_at_once() {
    let kernel = Kernel::new(Script::default());
    let poll = Poll::with_config(&guessing()).unwrap();
    let mut events = Events::with_capacity(16);
    let (mut stream, peer) = stream(&kernel);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    let mut room = [0; 64];
    for round in 0..3 {
        assert!(peer.send(&[7; 32]));
        assert!(one(&poll, &mut events).is_readable());
        let before = kernel.counts();
        assert_eq!(stream.read(&mut room).unwrap(), 32);
        if round == 0 {
            // Until the event comes nothing asks the system.
            would_block(stream.read(&mut room));
            would_block(stream.peek(&mut room));
            let now = kernel.counts();
            assert_eq!(
                (now.submits, now.direct),
                (before.submits, before.direct + 2),
                "FIONBIO, recv"
            );
            assert!(one(&poll, &mut events).is_readable());
            would_block(stream.read(&mut room));
        } else {
            would_block(stream.read(&mut room));
            assert_eq!(kernel.counts().direct, before.direct + 1);
        }
        assert_eq!(kernel.counts().submits, before.submits + 1);
        none(&poll, &mut events);
    }
}

/// The guess is for those who are told of it.
#[test]
fn a_guess_is_forgotten_with_the_registration_that_it_was_made_for() {
    for registers in [true, false] {
        let kernel = Kernel::new(Script { trickle: 100, ..Script::default() });
        let poll = Poll::with_config(&guessing()).unwrap();
        let mut events = Events::with_capacity(16);
        let (mut stream, peer) = stream(&kernel);
        let registrator = poll.registrator();
        registrator.register(&mut stream, 1, Interests::READABLE).unwrap();
        assert!(peer.send(&[7; 1000]));
        one(&poll, &mut events);
        let mut room = [0; 64];
        while stream.read(&mut room).is_ok() {}
        if registers {
            registrator.reregister(&stream, 2, Interests::READABLE).unwrap();
            assert_eq!(one(&poll, &mut events).id(), 2);
        } else {
            registrator.deregister(&stream).unwrap();
            none(&poll, &mut events);
        }
        assert!(stream.read(&mut room).unwrap() > 0);
        drop(stream);
        assert_eq!(poll.stats().in_flight, 0);
    }
}

/// The event of the old token is not beside that of the new one, and nothing of it is lost.
#[test]
fn a_stream_registered_anew_during_a_poll_is_one_event_of_its_newest_token() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let (mut stream, peer) = stream(&kernel);
        let both = Interests::READABLE | Interests::WRITABLE;
        let registrator = poll.registrator();
        registrator.register(&mut stream, 1, both).unwrap();
        assert!(one(&poll, &mut events).is_writable());
        assert!(peer.send(b"data"));
        assert!(one(&poll, &mut events).is_readable());
        registrator.reregister(&stream, 2, both).unwrap();
        registrator.reregister(&stream, 3, both).unwrap();
        let event = one(&poll, &mut events);
        assert!(event.id() == 3 && event.is_readable() && event.is_writable(), "{event:?}");
        none(&poll, &mut events);
    }
}
