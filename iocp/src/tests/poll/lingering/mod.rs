//! Dropped streams, on a kernel that resets as Windows does: by a close with a receive pending, with bytes
//! unread, or before bytes that arrive later.

mod limits;
mod storm;

use std::{
    io::{Read, Write},
    net::Shutdown,
    thread,
    time::{Duration, Instant},
};

use super::{config, one, stream, LENT};
use crate::{
    poll::{Config, Events, Interests, Poll, TcpStream},
    sim::{Kernel, Peer, Script},
    tests::scripts,
};

/// Never reached.
const LONG: Duration = Duration::from_secs(1000);
const SHORT: Duration = Duration::from_millis(30);

/// Long enough for every test but those of the limit.
fn patient() -> Config {
    config().linger(LONG)
}

fn resetting() -> Kernel {
    Kernel::new(Script::default())
}

fn poll_of(config: &Config) -> (Poll, Events) {
    (Poll::with_config(config).unwrap(), Events::with_capacity(16))
}

/// A registered stream which has written a reply of 5 bytes.
fn served(kernel: &Kernel, poll: &Poll) -> (TcpStream, Peer) {
    let (mut stream, peer) = stream(kernel);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    assert_eq!(stream.write(b"reply").unwrap(), 5);
    (stream, peer)
}

/// Reads while it polls, until the end.
fn read_to_end(poll: &Poll, events: &mut Events, peer: &Peer) -> Vec<u8> {
    let (mut got, mut room, start) = (Vec::new(), [0; 64], Instant::now());
    loop {
        match peer.try_recv(&mut room) {
            Some(0) => return got,
            Some(count) => got.extend(&room[..count]),
            None => assert_eq!(poll.poll(events, Some(1)).unwrap(), 0, "no event of a dropped one"),
        }
        assert!(start.elapsed() < Duration::from_secs(60), "no end after {} bytes", got.len());
    }
}

/// Polls until nothing lingers.
fn settle(poll: &Poll, events: &mut Events) {
    let start = Instant::now();
    while poll.linger_stats().lingering > 0 || poll.stats().in_flight > 0 {
        assert_eq!(poll.poll(events, Some(1)).unwrap(), 0);
        assert!(start.elapsed() < Duration::from_secs(60), "it hangs: {:?}", poll.linger_stats());
    }
}

fn is_reset(peer: &Peer) -> bool {
    peer.try_recv(&mut [0; 8]).is_none() && !peer.send(b"?")
}

/// What the kernel does to a plain close: else the other tests show nothing.
#[test]
fn a_plain_close_takes_the_reply_away() {
    let none_of_it = [patient().linger(Duration::ZERO), patient().max_lingering(0)];
    for config in none_of_it {
        let kernel = resetting();
        let (poll, _) = poll_of(&config);
        let (stream, peer) = served(&kernel, &poll);
        drop(stream);
        assert!(is_reset(&peer));
        assert_eq!(poll.linger_stats(), crate::poll::LingerStats::default());
    }
}

#[test]
fn a_dropped_stream_loses_nothing_however_it_receives() {
    for script in scripts() {
        for lent_bytes in [LENT, 0] {
            for how in 0..7 {
                let kernel = Kernel::new(Script { window: 100, ..script });
                let (poll, mut events) = poll_of(&patient().lent_bytes(lent_bytes));
                let (mut stream, peer) = stream(&kernel);
                let registrator = poll.registrator();
                // The last has no receive.
                let none = how == 6;
                let interests = if none { Interests::NONE } else { Interests::READABLE };
                registrator.register(&mut stream, 1, interests).unwrap();
                let all = [7; 200];
                assert_eq!(stream.write(&all).unwrap(), 200);
                match how {
                    0 => registrator.deregister(&stream).unwrap(),
                    1 => stream.shutdown(Shutdown::Write).unwrap(),
                    2 => stream.shutdown(Shutdown::Read).unwrap(),
                    3 | 4 => {
                        assert!(peer.send(b"unread"));
                        while poll.poll(&mut events, Some(10)).unwrap() == 0 {}
                        if how == 4 {
                            assert_eq!(stream.read(&mut [0; 2]).unwrap(), 2);
                        }
                    }
                    _ => {}
                }
                drop(stream);
                assert_eq!(poll.linger_stats().lingering, 1);
                assert!(peer.send(b"late"));
                assert!(read_to_end(&poll, &mut events, &peer) == all, "{script:?} {how}");
                assert!(peer.send(b"and later"), "it is open until its peer ends");
                peer.shut_down();
                settle(&poll, &mut events);
                assert!(!peer.send(b"closed") && poll.linger_stats().resets == 0);
                // A receive that was given up is kept, and two sends.
                assert!(poll.stats().operations <= 3, "{:?}", poll.stats());
            }
        }
    }
}

/// Nothing is asked of the system for a stream that owes nothing, or nothing more.
#[test]
fn a_stream_that_owes_nothing_is_closed_at_once() {
    for lent_bytes in [LENT, 0] {
        for how in 0..5 {
            let kernel = resetting();
            let (poll, mut events) = poll_of(&patient().lent_bytes(lent_bytes));
            let (mut stream, peer) = stream(&kernel);
            poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
            if how > 1 {
                assert_eq!(stream.write(b"reply").unwrap(), 5);
                assert_eq!(peer.try_recv(&mut [0; 8]), Some(5));
            }
            match how {
                0 => {}
                1 => assert_eq!(stream.write(b"").unwrap(), 0),
                2 => {
                    peer.shut_down();
                    assert!(one(&poll, &mut events).is_readable());
                    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0);
                }
                3 => {
                    peer.reset();
                    assert!(one(&poll, &mut events).is_readable());
                    stream.read(&mut [0; 8]).unwrap_err();
                }
                _ => {
                    peer.reset();
                    stream.write(b"too late").unwrap_err();
                }
            }
            let before = kernel.counts();
            drop(stream);
            let after = kernel.counts();
            assert_eq!((after.submits, after.posts), (before.submits, before.posts), "{how}");
            assert_eq!(poll.linger_stats().lingering, 0, "{how}");
            assert!(!peer.send(b"closed"), "{how}");
        }
    }
}

/// Without another write that goes through the lock, as the fast path does.
#[test]
fn what_the_fast_path_has_written_is_owed() {
    for lent_bytes in [LENT, 0] {
        let kernel = resetting();
        let (poll, mut events) = poll_of(&patient().lent_bytes(lent_bytes));
        let (mut stream, peer) = served(&kernel, &poll);
        for _ in 0..3 {
            stream.write_all(b"more.").unwrap();
        }
        drop(stream);
        assert_eq!(read_to_end(&poll, &mut events, &peer), b"replymore.more.more.");
        drop(peer);
        settle(&poll, &mut events);
    }
}

/// Whether its loop was closed before, and how its streams receive.
#[test]
fn the_drop_of_a_poll_waits_for_what_lingers() {
    for (closed, lent_bytes) in [(false, LENT), (false, 0), (true, LENT), (true, 0)] {
        for early in [false, true] {
            let kernel = resetting();
            let (poll, _) = poll_of(&patient().lent_bytes(lent_bytes));
            let (near, peer) = served(&kernel, &poll);
            let mut near = Some(near);
            if early {
                near = None;
            }
            if closed {
                poll.registrator().close_loop().unwrap();
            }
            drop(near);
            let start = Instant::now();
            thread::scope(|scope| {
                scope.spawn(|| {
                    thread::sleep(SHORT);
                    let mut room = [0; 8];
                    assert_eq!((peer.recv(&mut room), &room[..5]), (Some(5), &b"reply"[..]));
                    assert_eq!(peer.recv(&mut room), Some(0), "{closed} {lent_bytes} {early}");
                    peer.shut_down();
                });
                drop(poll);
            });
            assert!(start.elapsed() >= SHORT);
            assert!(!peer.send(b"closed"));
        }
    }
}

/// The port has no room for its receive: that comes with the first room there is.
#[test]
fn a_stream_that_meets_a_full_port_receives_when_there_is_room() {
    let kernel = Kernel::new(Script { window: 2, ..Script::default() });
    let port = crate::Config { max_operations: 2, ..config().port };
    let (poll, mut events) = poll_of(&Config { port, ..patient() });
    let ((mut quiet, _far), (mut writer, peer)) = (stream(&kernel), stream(&kernel));
    let registrator = poll.registrator();
    registrator.register(&mut quiet, 2, Interests::READABLE).unwrap();
    registrator.register(&mut writer, 1, Interests::NONE).unwrap();
    assert_eq!(writer.write(b"reply").unwrap(), 5);
    let submits = || kernel.counts().submits;
    let before = submits();
    drop(writer);
    assert_eq!(poll.poll(&mut events, Some(10)).unwrap(), 0);
    let state = |poll: &Poll| (poll.linger_stats().lingering, poll.stats().in_flight);
    assert_eq!((state(&poll), submits() - before), ((1, 2), 0), "no receive");
    drop(quiet);
    assert_eq!(poll.poll(&mut events, Some(10)).unwrap(), 0);
    assert_eq!((state(&poll), submits() - before), ((1, 2), 1), "a receive");
    assert_eq!(read_to_end(&poll, &mut events, &peer), b"reply");
    peer.shut_down();
    settle(&poll, &mut events);
    assert_eq!(poll.linger_stats().resets, 0);
}

/// Its end is no reason to close before all is sent.
#[test]
fn what_is_queued_is_sent_to_a_peer_that_has_ended_its_side() {
    for lent_bytes in [LENT, 0] {
        let kernel = Kernel::new(Script { window: 100, ..Script::default() });
        let (poll, mut events) = poll_of(&patient().lent_bytes(lent_bytes));
        let (mut stream, peer) = stream(&kernel);
        poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
        peer.shut_down();
        assert!(one(&poll, &mut events).is_readable());
        assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0);
        let all = [7; 250];
        assert_eq!(stream.write(&all).unwrap(), 250);
        drop(stream);
        assert_eq!(read_to_end(&poll, &mut events, &peer), all);
        settle(&poll, &mut events);
        assert!(!peer.send(b"closed"));
    }
}

/// Its own sends give their room to its receive.
#[test]
fn a_stream_needs_no_more_room_to_linger_than_it_had() {
    for lent_bytes in [LENT, 0] {
        let kernel = resetting();
        let port = crate::Config { max_operations: 1, ..config().port };
        let (poll, mut events) = poll_of(&Config { port, lent_bytes, ..patient() });
        let (mut writer, peer) = stream(&kernel);
        poll.registrator().register(&mut writer, 1, Interests::NONE).unwrap();
        assert_eq!(writer.write(b"reply").unwrap(), 5);
        drop(writer);
        assert_eq!(poll.stats().in_flight, 1, "its receive");
        assert_eq!(read_to_end(&poll, &mut events, &peer), b"reply");
        peer.shut_down();
        settle(&poll, &mut events);
    }
}
