//! Dropped streams of the event queue on a Windows kernel: nothing that was written is lost by the close.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream as StdStream},
    thread::{self, ScopedJoinHandle},
    time::{Duration, Instant},
};

use iocp::poll::{Config, Events, Interests, Poll, TcpStream};
use iocp_tests::{
    kernel,
    net::{ends_by_a_reset, tcp_pair},
    not_here,
    waiting::DEADLINE,
    Kernel,
};

/// What a round writes on each of its streams.
const LEN: usize = 65_536;
const AT_ONCE: usize = 50;
const ROUNDS: usize = 4;
/// How late the peers begin to read.
const LATE: Duration = Duration::from_millis(50);
/// On a busy machine no stream is given up.
const LONG: Duration = Duration::from_secs(100);

fn pattern(of: usize) -> Vec<u8> {
    (0..LEN).map(|at| (at * 31 + of * 7 + at / 251).to_le_bytes()[0]).collect()
}

/// Reads all, late; then ends its own side. What it sends, before and meanwhile, nobody reads.
fn reads_all(mut peer: StdStream, which: usize) {
    thread::sleep(LATE);
    if which.is_multiple_of(2) {
        peer.write_all(b"late").unwrap();
    }
    let mut got = Vec::new();
    peer.read_to_end(&mut got).unwrap();
    assert_eq!(got.len(), LEN, "{which}");
    assert!(got == pattern(which), "{which}");
}

#[test]
fn streams_dropped_after_writing_lose_no_byte_to_peers_that_read_late() {
    for lent_bytes in [1 << 20, 0] {
        let config = Config::default().linger(LONG).lent_bytes(lent_bytes);
        let poll = Poll::with_config(&config).unwrap();
        let mut events = Events::with_capacity(64);
        for round in 0..ROUNDS {
            thread::scope(|scope| {
                let mut readers = Vec::new();
                for at in 0..AT_ONCE {
                    let which = round * AT_ONCE + at;
                    let (near, mut far) = tcp_pair();
                    if which.is_multiple_of(3) {
                        far.write_all(b"a request that is not read").unwrap();
                    }
                    let mut stream = TcpStream::from(near);
                    poll.registrator().register(&mut stream, which, Interests::READABLE).unwrap();
                    stream.write_all(&pattern(which)).unwrap();
                    drop(stream);
                    readers.push(scope.spawn(move || reads_all(far, which)));
                }
                let end = Instant::now() + DEADLINE;
                let all_read = |readers: &[ScopedJoinHandle<'_, _>]| {
                    readers.iter().all(ScopedJoinHandle::is_finished)
                };
                while !all_read(&readers) || poll.linger_stats().lingering > 0 {
                    // Streams that have had a request may be reported before they are dropped.
                    poll.poll(&mut events, Some(5)).unwrap();
                    assert!(Instant::now() < end, "{:?}", poll.linger_stats());
                }
            });
        }
        assert_eq!(poll.linger_stats().resets, 0);
        let end = Instant::now() + DEADLINE;
        while poll.stats().in_flight > 0 {
            poll.poll(&mut events, Some(5)).unwrap();
            assert!(Instant::now() < end, "{:?}", poll.stats());
        }
    }
}

/// Wine finishes what is pending then with success, and too few bytes. That is seen of operations; of a send that does
/// not block Wine 10 itself keeps what there is no room for, and drops it then: no program hears of that.
#[test]
fn a_peer_that_ends_its_side_before_it_reads_gets_all_of_what_waits() {
    const PIECE: usize = 4096;
    let poll = Poll::with_config(&Config::default().linger(LONG)).unwrap();
    let mut events = Events::with_capacity(4);
    let (near, mut far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    // Pieces, so that some are pending on their own; the last fills the queue in part.
    let mut written = 0;
    while let Ok(count) = stream.write(&pattern(written / PIECE)[..PIECE]) {
        written += count;
    }
    drop(stream);
    far.shutdown(Shutdown::Write).unwrap();
    let until = Instant::now() + LATE;
    while Instant::now() < until {
        poll.poll(&mut events, Some(5)).unwrap();
    }
    let reader = thread::spawn(move || {
        let mut got = Vec::new();
        far.read_to_end(&mut got).map(|_| got)
    });
    let end = Instant::now() + DEADLINE;
    while !reader.is_finished() || poll.linger_stats().lingering > 0 {
        poll.poll(&mut events, Some(5)).unwrap();
        assert!(Instant::now() < end, "{:?}", poll.linger_stats());
    }
    let got = reader.join().unwrap().unwrap();
    if matches!(kernel(), Kernel::Wine(10..)) && (written - PIECE..written).contains(&got.len()) {
        return not_here(
            "a short send that does not block, and the peer's end: Wine 10 drops its rest",
        );
    }
    assert_eq!(got.len(), written);
    for (at, piece) in got.chunks(PIECE).enumerate() {
        assert!(*piece == pattern(at)[..piece.len()], "piece {at} of {}", written / PIECE);
    }
}

#[test]
fn the_drop_of_a_poll_waits_for_streams_that_were_dropped_before() {
    for closed in [false, true] {
        let port = iocp::Config::default().drain_limit(LONG);
        let poll = Poll::with_config(&Config::default().linger(LONG).port(port)).unwrap();
        let (near, far) = tcp_pair();
        let mut stream = TcpStream::from(near);
        poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
        stream.write_all(&pattern(2)).unwrap();
        drop(stream);
        if closed {
            poll.registrator().close_loop().unwrap();
        }
        let reader = thread::spawn(move || reads_all(far, 2));
        drop(poll);
        reader.join().unwrap();
    }
}

#[test]
fn a_peer_that_reads_after_the_limit_gets_all_that_the_system_has() {
    const SENT: usize = 32_768;
    for lent_bytes in [1 << 20, 0] {
        let config = Config::default().linger(LATE).lent_bytes(lent_bytes);
        let poll = Poll::with_config(&config).unwrap();
        let mut events = Events::with_capacity(4);
        let (near, mut far) = tcp_pair();
        let mut stream = TcpStream::from(near);
        poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
        stream.write_all(&pattern(1)[..SENT]).unwrap();
        while stream.flush().is_err() {
            poll.poll(&mut events, Some(5)).unwrap();
        }
        drop(stream);
        let (start, end) = (Instant::now(), Instant::now() + DEADLINE);
        while poll.linger_stats().lingering > 0 || poll.stats().in_flight > 0 {
            poll.poll(&mut events, Some(10)).unwrap();
            assert!(Instant::now() < end, "{:?} {:?}", poll.linger_stats(), poll.stats());
        }
        assert!(start.elapsed() >= LATE && poll.linger_stats().resets == 0);
        let mut got = Vec::new();
        far.read_to_end(&mut got).unwrap();
        assert!(got == pattern(1)[..SENT], "{} bytes", got.len());
    }
}

#[test]
fn a_peer_that_never_reads_is_reset_at_the_limit() {
    let poll = Poll::with_config(&Config::default().linger(LATE)).unwrap();
    let mut events = Events::with_capacity(4);
    let (near, far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    poll.registrator().register(&mut stream, 1, Interests::WRITABLE).unwrap();
    while stream.write(&[7; LEN]).is_ok() {}
    drop(stream);
    let (start, end) = (Instant::now(), Instant::now() + DEADLINE);
    while poll.linger_stats().lingering > 0 || poll.stats().in_flight > 0 {
        assert_eq!(poll.poll(&mut events, Some(10)).unwrap(), 0);
        assert!(Instant::now() < end, "{:?} {:?}", poll.linger_stats(), poll.stats());
    }
    assert!(start.elapsed() >= LATE && poll.linger_stats().resets == 1);
    ends_by_a_reset(far);
}
