//! Pipes on a port that has no room for all that they want.

use std::io::{self, Read, Write};

use super::pipes::{client, is_empty, NAME};
use super::{config, none, one, would_block, LIMIT_MS, NOW_MS};
use crate::{
    poll::{Config, Events, Interests, PipeStream, Poll},
    sim::{Kernel, Script},
    Pipe, PipeServer, PipeServerOptions,
};

/// A queue whose port lends so much.
fn narrow(max_operations: u32, max_bytes: usize) -> (Poll, Events) {
    let port = crate::Config { max_operations, max_bytes, ..config().port };
    let config = Config { port, send_high_water: 2_000, ..config() };
    (Poll::with_config(&config).unwrap(), Events::with_capacity(16))
}

type Pair = (PipeStream<PipeServer>, PipeStream<Pipe>);

/// Two ends, both registered for writing alone: so neither has an operation, but for the wait for the client.
fn writers(poll: &Poll, events: &mut Events, number: usize, messages: bool) -> Pair {
    let options = PipeServerOptions::new().messages(messages);
    let mut near = PipeStream::from(options.create(format!("{NAME}{number}")).unwrap());
    poll.registrator().register(&mut near, number, Interests::WRITABLE).unwrap();
    let options = crate::PipeClientOptions::new().messages(messages);
    let mut far = PipeStream::from(options.open(format!("{NAME}{number}")).unwrap());
    poll.registrator().register(&mut far, 100 + number, Interests::WRITABLE).unwrap();
    let mut told = 0;
    while told < 2 {
        told += poll.poll(events, LIMIT_MS).unwrap();
    }
    (near, far)
}

/// Who ends a write and wants the next one is not served before those that wait; who is idle gives up what it has.
#[test]
fn pipes_that_share_too_little_room_write_in_turn() {
    const PIPES: usize = 4;
    let _kernel = Kernel::new(Script::default());
    let (poll, mut events) = narrow(3, 1 << 20);
    let mut pairs: Vec<_> = (0..PIPES).map(|n| writers(&poll, &mut events, n, false)).collect();
    let mut written = [0; PIPES];
    for (number, (near, _)) in pairs.iter_mut().enumerate() {
        match near.write(b"x") {
            Ok(count) => written[number] += count,
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
        }
    }
    assert_eq!(written, [1, 1, 1, 0], "the port has room for three writes");
    for _ in 0..400 {
        poll.poll(&mut events, Some(1_000)).unwrap();
        for event in &events {
            // As often as it can: it must not take the others' turns.
            while event.id() < PIPES && pairs[event.id()].0.write(b"x").is_ok() {
                written[event.id()] += 1;
                if written[event.id()] % 8 == 0 {
                    break;
                }
            }
        }
        // Those that have rested begin again.
        for (number, (near, _)) in pairs.iter_mut().enumerate() {
            written[number] += usize::from(near.write(b"x").is_ok());
        }
        if written.iter().all(|&count| count > 20) {
            break;
        }
    }
    assert!(written.iter().all(|&count| count > 20), "{written:?}");
    drop(pairs);
    assert!(is_empty(&poll, &mut events), "{:?}", poll.stats());
}

/// Nothing is released by itself: a look takes what is idle.
#[test]
fn an_idle_end_gives_its_write_up_for_one_that_was_refused() {
    let _kernel = Kernel::new(Script::default());
    let (poll, mut events) = narrow(1, 1 << 20);
    let (mut first, _far) = writers(&poll, &mut events, 1, false);
    assert_eq!(first.write(b"a").unwrap(), 1);
    none(&poll, &mut events);
    assert_eq!((poll.stats().operations, poll.stats().in_flight), (1, 0), "for the next write");
    let options = PipeServerOptions::new();
    let near = options.create(format!("{NAME}2")).unwrap();
    let mut other =
        PipeStream::from(crate::PipeClientOptions::new().open(format!("{NAME}2")).unwrap());
    poll.registrator().register(&mut other, 2, Interests::WRITABLE).unwrap();
    assert_eq!(one(&poll, &mut events).id(), 2);
    would_block(other.write(b"b"));
    let event = one(&poll, &mut events);
    assert!(event.id() == 2 && event.is_writable(), "{event:?}");
    assert_eq!(other.write(b"b").unwrap(), 1);
    none(&poll, &mut events);
    // And back again.
    would_block(first.write(b"c"));
    assert_eq!(one(&poll, &mut events).id(), 1);
    assert_eq!(first.write(b"c").unwrap(), 1);
    drop(near);
}

/// A write of bytes is done in pieces, one of a message is refused; none says `WouldBlock` for ever.
#[test]
fn what_could_never_fit_is_written_in_pieces_or_refused() {
    let _kernel = Kernel::new(Script::default());
    for messages in [false, true] {
        let (poll, mut events) = narrow(16, 1_600);
        let mut near =
            PipeStream::from(PipeServerOptions::new().messages(messages).create(NAME).unwrap());
        // Its read holds 1,024 of the 1,600 bytes.
        let both = Interests::READABLE | Interests::WRITABLE;
        poll.registrator().register(&mut near, 1, both).unwrap();
        let far = client(messages);
        assert!(one(&poll, &mut events).is_writable());
        if messages {
            let error = near.write_message(&[7; 577]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            near.write_message(&[7; 576]).unwrap();
        } else {
            assert_eq!(near.write(&[7; 2_000]).unwrap(), 576);
        }
        drop((near, far));
        assert!(is_empty(&poll, &mut events));
    }
    // A read that takes all leaves nothing to write with.
    let (poll, mut events) = narrow(16, 1_000);
    let mut near = PipeStream::from(PipeServerOptions::new().create(NAME).unwrap());
    poll.registrator().register(&mut near, 1, Interests::READABLE).unwrap();
    let mut far = client(false);
    poll.poll(&mut events, NOW_MS).unwrap();
    poll.registrator().register(&mut far, 2, Interests::WRITABLE).unwrap();
    assert_eq!(one(&poll, &mut events).id(), 2);
    assert_eq!(near.write(b"x").unwrap_err().kind(), io::ErrorKind::InvalidInput);
    would_block(far.write(b"of the others there may be room"));
    drop(near);
    assert!(one(&poll, &mut events).is_writable());
    assert_eq!(far.read(&mut [0; 8]).unwrap(), 0);
}
