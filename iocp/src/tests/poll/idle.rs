//! Idle limits of streams and pipes.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use super::{config, none, one, pipes::NAME, queue, stream, LENT, LIMIT_MS, NOW_MS};
use crate::core::batch::SLICE_MS;
use crate::poll::{Config, Events, Interests, PipeStream, Poll};
use crate::sim::{Kernel, Script};
use crate::tests::scripts;
use crate::{PipeClientOptions, PipeServerOptions};

const LIMIT: Duration = Duration::from_millis(40);
/// Never reached.
const LONG: Duration = Duration::from_secs(1000);

#[test]
fn an_idle_stream_is_told_after_its_limit_and_after_each_one_more() {
    for interests in [Interests::NONE, Interests::READABLE] {
        let kernel = Kernel::new(Script::default());
        let (poll, mut events) = queue();
        let (mut stream, _peer) = stream(&kernel);
        assert_eq!(
            stream.set_idle_limit(Some(LIMIT)).unwrap_err().kind(),
            std::io::ErrorKind::Unsupported
        );
        poll.registrator().register(&mut stream, 7, interests).unwrap();
        stream.set_idle_limit(Some(LIMIT)).unwrap();
        let mut start = Instant::now();
        for _ in 0..3 {
            let event = one(&poll, &mut events);
            assert!(event.is_idle() && event.id() == 7, "{event:?}");
            assert!(!event.is_readable() && !event.is_writable() && !event.is_error());
            assert!(start.elapsed() >= LIMIT, "{:?}", start.elapsed());
            start += LIMIT;
        }
        stream.set_idle_limit(None).unwrap();
        assert_eq!(poll.poll(&mut events, Some(100)).unwrap(), 0);
    }
}

/// However it is read and written, and whichever way its receive goes.
#[test]
fn bytes_that_are_read_or_written_put_the_limit_off() {
    for script in scripts() {
        for lent_bytes in [LENT, 0] {
            for writes in [false, true] {
                let kernel = Kernel::new(script);
                let poll = Poll::with_config(&Config { lent_bytes, ..config() }).unwrap();
                let mut events = Events::with_capacity(4);
                let (mut stream, peer) = stream(&kernel);
                poll.registrator().register(&mut stream, 7, Interests::READABLE).unwrap();
                // What was on the fast path before is not any more.
                for _ in 0..3 {
                    assert!(peer.send(b"before"));
                    assert!(one(&poll, &mut events).is_readable());
                    while stream.read(&mut [0; 64]).is_ok() {}
                    stream.write_all(b"after").unwrap();
                }
                stream.set_idle_limit(Some(LIMIT)).unwrap();
                let mut last = Instant::now();
                for _ in 0..8 {
                    thread::sleep(LIMIT / 4);
                    let before = Instant::now();
                    if writes {
                        stream.write_all(b"x").unwrap();
                    } else {
                        assert!(peer.send(b"x"));
                        while stream.read(&mut [0; 64]).is_err() {
                            poll.poll(&mut events, Some(1)).unwrap();
                        }
                    }
                    last = before;
                }
                // The readable events of its bytes come first; on a slow machine it was told before.
                events.clear();
                while !events.iter().any(|event| event.is_idle()) {
                    assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "never told");
                }
                assert!(last.elapsed() >= LIMIT, "{:?} after the last byte", last.elapsed());
            }
        }
    }
}

/// A send that goes on is a sign of life; a peer that does not read gives none.
#[test]
fn a_peer_that_stops_reading_is_told_as_idle() {
    let kernel = Kernel::new(Script { window: 100, ..Script::default() });
    let (poll, mut events) = queue();
    let (mut stream, peer) = stream(&kernel);
    poll.registrator().register(&mut stream, 7, Interests::READABLE).unwrap();
    stream.set_idle_limit(Some(LIMIT)).unwrap();
    assert_eq!(stream.write(&[7; 300]).unwrap(), 300);
    assert!(one(&poll, &mut events).is_idle());
    let begun = Instant::now();
    while stream.flush().is_err() {
        peer.try_recv(&mut [0; 400]);
        poll.poll(&mut events, Some(1)).unwrap();
    }
    events.clear();
    while !events.iter().any(|event| event.is_idle()) {
        assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0);
    }
    assert!(begun.elapsed() >= LIMIT);
}

/// It does not know of the limit, which another thread sets.
#[test]
fn a_thread_that_waits_already_tells_in_time() {
    let kernel = &Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let (mut stream, _peer) = stream(kernel);
    poll.registrator().register(&mut stream, 7, Interests::READABLE).unwrap();
    let poll = &poll;
    thread::scope(|scope| {
        let start = Instant::now();
        let waiter = scope.spawn(move || one(poll, &mut events));
        while kernel.counts().sleeping == 0 {
            thread::yield_now();
        }
        stream.set_idle_limit(Some(LIMIT)).unwrap();
        assert!(waiter.join().unwrap().is_idle());
        assert!(start.elapsed() < Duration::from_millis(SLICE_MS.into()), "{:?}", start.elapsed());
    });
    // One that ends later wakes nobody.
    let (mut other, _other_peer) = super::stream(kernel);
    poll.registrator().register(&mut other, 8, Interests::READABLE).unwrap();
    let before = kernel.counts().posts;
    other.set_idle_limit(Some(LONG)).unwrap();
    assert_eq!(kernel.counts().posts, before);
}

/// One that knows of the next limit, and returns with something else for good, tells another that waits.
#[test]
fn of_two_threads_that_wait_the_one_that_stays_tells_in_time() {
    let kernel = &Kernel::new(Script::default());
    let (poll, _) = queue();
    let (mut limited, _peer) = stream(kernel);
    let (mut other, other_peer) = stream(kernel);
    poll.registrator().register(&mut limited, 7, Interests::READABLE).unwrap();
    poll.registrator().register(&mut other, 8, Interests::READABLE).unwrap();
    let (poll, limited) = (&poll, &limited);
    let start = Instant::now();
    thread::scope(|scope| {
        let waiter = || {
            let mut events = Events::with_capacity(4);
            one(poll, &mut events).id()
        };
        let waiters = [scope.spawn(waiter), scope.spawn(waiter)];
        while kernel.counts().sleeping < 2 {
            thread::yield_now();
        }
        limited.set_idle_limit(Some(LIMIT)).unwrap();
        // Whoever was woken for it waits again, and is among those that the message may go to.
        thread::sleep(LIMIT / 8);
        assert!(other_peer.send(b"x"));
        let mut told = waiters.map(|waiter| waiter.join().unwrap());
        told.sort_unstable();
        assert_eq!(told, [7, 8]);
    });
    assert!(start.elapsed() < Duration::from_millis(SLICE_MS.into()), "{:?}", start.elapsed());
}

/// Though the queue is new, and threads may wait that do not know of its first limit.
#[test]
fn the_first_limit_of_a_queue_keeps_no_thread_busy_and_no_closing_waits_for_it() {
    let kernel = &Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let (mut stream, _peer) = stream(kernel);
    poll.registrator().register(&mut stream, 7, Interests::READABLE).unwrap();
    stream.set_idle_limit(Some(LIMIT)).unwrap();
    let posts = kernel.counts().posts;
    for _ in 0..3 {
        assert!(one(&poll, &mut events).is_idle());
    }
    assert!(kernel.counts().posts <= posts + 6, "{} posts", kernel.counts().posts - posts);
    stream.set_idle_limit(Some(LIMIT * 50)).unwrap();
    let (registrator, start) = (poll.registrator(), Instant::now());
    thread::scope(|scope| {
        let waiter = scope.spawn(|| poll.poll(&mut events, None));
        thread::sleep(LIMIT / 4);
        registrator.close_loop().unwrap();
        assert!(crate::poll::is_closed(&waiter.join().unwrap().unwrap_err()));
    });
    assert!(start.elapsed() < LIMIT * 40, "{:?}", start.elapsed());
}

#[test]
fn a_limit_ends_with_its_stream_and_is_silent_while_it_is_deregistered() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    for dropped in [true, false] {
        let (mut stream, _peer) = stream(&kernel);
        poll.registrator().register(&mut stream, 7, Interests::READABLE).unwrap();
        stream.set_idle_limit(Some(LIMIT)).unwrap();
        // What it replaces is not told either.
        stream.set_idle_limit(Some(LIMIT)).unwrap();
        let mut stream = Some(stream).filter(|_| !dropped);
        if let Some(stream) = &stream {
            poll.registrator().deregister(stream).unwrap();
        }
        assert_eq!(poll.poll(&mut events, Some(100)).unwrap(), 0);
        if let Some(stream) = &mut stream {
            poll.registrator().register(stream, 9, Interests::READABLE).unwrap();
            assert!(one(&poll, &mut events).is_idle());
        }
        drop(stream);
        none(&poll, &mut events);
    }
}

#[test]
fn a_pipe_is_told_as_idle_until_its_client_says_something_or_reads() {
    let _kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let mut near = PipeStream::from(PipeServerOptions::new().create(NAME).unwrap());
    let refused = near.set_idle_limit(Some(LIMIT)).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::Unsupported);
    poll.registrator().register(&mut near, 7, Interests::READABLE).unwrap();
    let began = Instant::now();
    near.set_idle_limit(Some(LIMIT)).unwrap();
    let mut told = |from: Instant| {
        events.clear();
        while !events.iter().any(|event| event.is_idle() && event.id() == 7) {
            assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "never told");
        }
        assert!(from.elapsed() >= LIMIT, "{:?}", from.elapsed());
    };
    // Without a client, and with one that says nothing.
    told(began);
    let mut far = PipeClientOptions::new().open(NAME).map(PipeStream::from).unwrap();
    poll.registrator().register(&mut far, 8, Interests::READABLE).unwrap();
    told(began + LIMIT);
    // What it says is read, and what it is told is written.
    let began = Instant::now();
    assert_eq!(far.write(b"hello").unwrap(), 5);
    while near.read(&mut [0; 8]).is_err() {
        poll.poll(&mut Events::with_capacity(4), LIMIT_MS).unwrap();
    }
    told(began);
    let began = Instant::now();
    assert_eq!(near.write(b"hello").unwrap(), 5);
    told(began);
    poll.registrator().deregister(&near).unwrap();
    thread::sleep(2 * LIMIT);
    let mut events = Events::with_capacity(4);
    while poll.poll(&mut events, NOW_MS).unwrap() > 0 {
        assert!(!events.iter().any(|event| event.id() == 7), "{events:?}");
    }
    poll.registrator().register(&mut near, 9, Interests::NONE).unwrap();
    while !events.iter().any(|event| event.is_idle() && event.id() == 9) {
        assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "never told");
    }
}
