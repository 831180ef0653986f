//! The limits of lingering, in time, in bytes and of the number of streams; and who learns of the time.

use std::{
    io::Write,
    thread,
    time::{Duration, Instant},
};

use super::{
    is_reset, patient, poll_of, read_to_end, resetting, served, settle, stream, LENT, SHORT,
};
use crate::{
    core::batch::SLICE_MS,
    poll::{Config, Events, Interests, LingerStats},
    sim::{Kernel, Script},
    tests::poll::config,
};

#[test]
fn a_peer_that_never_reads_is_reset_in_time_and_one_that_never_ends_is_left_with_all() {
    for (window, resets) in [(2, 1), (1000, 0)] {
        for lent_bytes in [LENT, 0] {
            let kernel = Kernel::new(Script { window, ..Script::default() });
            let (poll, mut events) = poll_of(&config().linger(SHORT).lent_bytes(lent_bytes));
            let start = Instant::now();
            let mut peers: Vec<_> = (0..3).map(|_| served(&kernel, &poll).1).collect();
            assert_eq!(poll.linger_stats().lingering, 3);
            settle(&poll, &mut events);
            assert!(start.elapsed() >= SHORT);
            assert!(poll.stats().operations <= 1, "the pool keeps that of a first write");
            // The alarm is set again: for one that comes when none is left, and for one that is left.
            peers.push(served(&kernel, &poll).1);
            poll.poll(&mut events, Some(15)).unwrap();
            peers.push(served(&kernel, &poll).1);
            settle(&poll, &mut events);
            assert_eq!(poll.linger_stats().resets, resets * 5);
            for peer in &peers {
                if resets == 0 {
                    assert_eq!(read_to_end(&poll, &mut events, peer), b"reply");
                }
                assert_eq!(is_reset(peer), resets == 1);
                assert!(!peer.send(b"closed"));
            }
        }
    }
}

/// A peer that takes something each time may take as long as it likes; another is given up meanwhile.
#[test]
fn a_slow_reader_is_given_its_time_again() {
    const TIME: Duration = Duration::from_secs(1);
    let kernel = Kernel::new(Script { window: 4, ..Script::default() });
    let (poll, mut events) = poll_of(&config().linger(TIME));
    let (mut slow, peer) = stream(&kernel);
    poll.registrator().register(&mut slow, 1, Interests::READABLE).unwrap();
    for _ in 0..3 {
        assert_eq!(slow.write(b"12345678").unwrap(), 8);
    }
    let (near, stuck) = served(&kernel, &poll);
    drop((slow, near));
    let start = Instant::now();
    let (mut got, mut room) = (0, [0; 4]);
    let mut read = |events: &mut Events, until| {
        while got < until {
            got += peer.try_recv(&mut room).unwrap_or_default();
            poll.poll(events, Some(1)).unwrap();
            assert!(start.elapsed() < Duration::from_secs(60), "{got}");
        }
    };
    // The first of three sends, and a part of the second.
    read(&mut events, 12);
    while start.elapsed() < TIME + TIME / 4 {
        poll.poll(&mut events, Some(10)).unwrap();
    }
    assert_eq!(poll.linger_stats(), LingerStats { lingering: 1, resets: 1 });
    assert!(is_reset(&stuck));
    read(&mut events, 24);
    assert_eq!(read_to_end(&poll, &mut events, &peer), b"");
    peer.shut_down();
    settle(&poll, &mut events);
    assert_eq!(poll.linger_stats().resets, 1);
}

/// What it sends would reset a connection that is closed before: it is asked for as long as it goes on.
#[test]
fn a_peer_that_reads_late_and_sends_meanwhile_is_given_its_time_again() {
    const TIME: Duration = Duration::from_secs(1);
    for lent_bytes in [LENT, 0] {
        let kernel = resetting();
        let (poll, mut events) = poll_of(&config().linger(TIME).lent_bytes(lent_bytes));
        let (near, peer) = served(&kernel, &poll);
        drop(near);
        let start = Instant::now();
        assert!(peer.send(b"1"));
        while start.elapsed() < TIME + TIME / 4 {
            poll.poll(&mut events, Some(10)).unwrap();
        }
        assert_eq!(poll.linger_stats(), LingerStats { lingering: 1, resets: 0 });
        assert!(peer.send(b"2"));
        assert_eq!(read_to_end(&poll, &mut events, &peer), b"reply");
        peer.shut_down();
        settle(&poll, &mut events);
        assert_eq!(poll.linger_stats().resets, 0);
    }
}

/// A thread that waits without a limit hears of the limit by one packet.
#[test]
fn a_waiting_poller_gives_up_in_time_what_another_thread_drops() {
    let kernel = Kernel::new(Script { window: 2, ..Script::default() });
    let (poll, mut events) = poll_of(&config().linger(SHORT));
    let registrator = poll.registrator();
    let (near, far) = served(&kernel, &poll);
    thread::scope(|scope| {
        let poller = scope.spawn(|| while poll.poll(&mut events, None).is_ok() {});
        let posts = kernel.counts().posts;
        drop(near);
        assert_eq!(kernel.counts().posts, posts + 1);
        let start = Instant::now();
        // Much less than the slice, after which a poller looks in any case.
        while poll.linger_stats().lingering > 0 && start.elapsed() < Duration::from_secs(4) {
            thread::yield_now();
        }
        let stats = poll.linger_stats();
        registrator.close_loop().unwrap();
        poller.join().unwrap();
        assert_eq!((stats.lingering, stats.resets), (0, 1));
    });
    assert!(is_reset(&far));
}

/// The packet of the first says it for all that linger beside it.
#[test]
fn one_packet_tells_of_all_that_linger_at_a_time() {
    let kernel = resetting();
    let (poll, mut events) = poll_of(&patient());
    for _ in 0..2 {
        let posts = kernel.counts().posts;
        let peers: Vec<_> = (0..3).map(|_| served(&kernel, &poll).1).collect();
        assert_eq!(kernel.counts().posts, posts + 1);
        drop(peers);
        settle(&poll, &mut events);
    }
}

/// A poller may visit a stream between the two steps of its drop: its cell is not emptied twice.
#[test]
fn streams_come_to_their_end_while_they_are_dropped() {
    let kernel = resetting();
    let (poll, _) = poll_of(&patient());
    let registrator = poll.registrator();
    // Few at a time: the limit of operations is not met, however seldom the pollers run.
    let (sender, peers) = std::sync::mpsc::sync_channel::<crate::sim::Peer>(16);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut events = crate::poll::Events::with_capacity(4);
                while poll.poll(&mut events, None).is_ok() {}
            });
        }
        let reader = scope.spawn(move || {
            for peer in peers {
                peer.shut_down();
                let mut room = [0; 8];
                assert_eq!((peer.recv(&mut room), peer.recv(&mut room)), (Some(5), Some(0)));
            }
        });
        for _ in 0..if cfg!(miri) { 10 } else { 2_000 } {
            let (stream, peer) = served(&kernel, &poll);
            // After a failure of the reader: its panic is shown below.
            if sender.send(peer).is_err() {
                break;
            }
            drop(stream);
            while poll.linger_stats().lingering > 16 {
                thread::yield_now();
            }
        }
        drop(sender);
        let read = reader.join();
        let start = Instant::now();
        while poll.linger_stats().lingering > 0 && start.elapsed() < Duration::from_secs(60) {
            thread::yield_now();
        }
        registrator.close_loop().unwrap();
        read.unwrap();
        assert_eq!(poll.linger_stats(), crate::poll::LingerStats::default());
    });
}

#[test]
fn a_peer_that_sends_beyond_the_limit_is_reset() {
    for lent_bytes in [LENT, 0] {
        for (most, resets) in [(0, 1), (9, 1), (10, 0)] {
            let kernel = resetting();
            let config = patient().lent_bytes(lent_bytes).linger_bytes(most);
            let (poll, mut events) = poll_of(&config);
            let (stream, peer) = served(&kernel, &poll);
            drop(stream);
            assert_eq!(poll.linger_stats().lingering, 1);
            assert!(peer.send(b"ten bytes."));
            if resets == 0 {
                peer.shut_down();
            }
            settle(&poll, &mut events);
            assert_eq!(poll.linger_stats().resets, resets);
            assert_eq!(is_reset(&peer), resets == 1);
        }
    }
}

/// As many receives as one visit makes are not all: the next is made by the next poll, or by the drop of the `Poll`.
#[test]
fn a_flood_is_thrown_away_in_turns() {
    for polled in [true, false] {
        let kernel = resetting();
        let (poll, mut events) = poll_of(&patient().linger_bytes(usize::MAX));
        let (stream, peer) = served(&kernel, &poll);
        assert!(peer.send(&vec![7; 500_000]));
        peer.shut_down();
        drop(stream);
        assert_eq!(poll.linger_stats().lingering, 1);
        if polled {
            assert_eq!(read_to_end(&poll, &mut events, &peer), b"reply");
            settle(&poll, &mut events);
            assert_eq!(poll.linger_stats().resets, 0);
        } else {
            drop(events);
            let start = Instant::now();
            drop(poll);
            assert!(
                start.elapsed() < Duration::from_millis(SLICE_MS.into()),
                "{:?}",
                start.elapsed()
            );
            let mut room = [0; 8];
            assert_eq!((peer.try_recv(&mut room), &room[..5]), (Some(5), &b"reply"[..]));
            assert_eq!(peer.try_recv(&mut room), Some(0), "it was not reset");
        }
    }
}

#[test]
fn beyond_the_cap_the_oldest_is_given_up_and_reset_if_not_all_is_sent() {
    for (window, resets) in [(1000, 0), (2, 3)] {
        let kernel = Kernel::new(Script { window, ..Script::default() });
        let (poll, mut events) = poll_of(&patient().max_lingering(2));
        let peers: Vec<_> = (0..5)
            .map(|at: usize| {
                let (stream, peer) = served(&kernel, &poll);
                drop(stream);
                assert_eq!(poll.linger_stats().lingering, (at + 1).min(2));
                peer
            })
            .collect();
        for (at, peer) in peers.iter().enumerate() {
            if resets > 0 && at < 3 {
                assert!(is_reset(peer));
                continue;
            }
            assert_eq!(read_to_end(&poll, &mut events, peer), b"reply");
            peer.shut_down();
        }
        settle(&poll, &mut events);
        assert!(poll.stats().operations <= peers.len(), "the pool keeps those of first writes");
        assert_eq!(poll.linger_stats().resets, resets);
    }
}

#[test]
fn the_drop_of_a_poll_gives_up_at_the_drain_limit_and_none_lingers_after_it() {
    for closed in [false, true] {
        let kernel = Kernel::new(Script { window: 2, ..Script::default() });
        let port = crate::Config { drain_limit: SHORT, ..config().port };
        let (poll, _) = poll_of(&Config { port, ..patient() });
        let ((stream, peer), (later, its_peer)) = (served(&kernel, &poll), served(&kernel, &poll));
        drop(stream);
        if closed {
            poll.registrator().close_loop().unwrap();
        }
        let start = Instant::now();
        drop(poll);
        assert!(start.elapsed() >= SHORT && !peer.send(b"closed"));
        drop(later);
        assert!(!its_peer.send(b"closed"));
    }
}
