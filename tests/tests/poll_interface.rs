//! What streams of the event queue have of std's, on a Windows kernel: looks, pieces, options.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use iocp::poll::{Config, Events, Interests, Poll, TcpStream};
use iocp_tests::net::tcp_pair;

const LIMIT_MS: Option<i32> = Some(120_000);

/// A queue that lends so many bytes, and a stream of it beside its peer.
fn stream(lent_bytes: usize) -> (Poll, Events, TcpStream, std::net::TcpStream) {
    let poll = Poll::with_config(&Config::default().lent_bytes(lent_bytes)).unwrap();
    let (near, far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    (poll, Events::with_capacity(16), stream, far)
}

#[test]
fn a_peek_leaves_what_is_there_for_the_next_read() {
    for lent_bytes in [1 << 20, 0] {
        let (poll, mut events, mut stream, mut far) = stream(lent_bytes);
        let mut room = [0; 16];
        for _ in 0..3 {
            let error = stream.peek(&mut room).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            far.write_all(b"hello").unwrap();
            assert_eq!(poll.poll(&mut events, LIMIT_MS).unwrap(), 1);
            for _ in 0..2 {
                assert_eq!((stream.peek(&mut room).unwrap(), &room[..5]), (5, &b"hello"[..]));
            }
            assert_eq!((stream.read(&mut room).unwrap(), &room[..5]), (5, &b"hello"[..]));
        }
    }
    // And before it is registered.
    let (near, mut far) = tcp_pair();
    far.write_all(b"x").unwrap();
    let mut stream = TcpStream::from(near);
    assert_eq!(stream.peek(&mut [0; 4]).unwrap(), 1);
    assert_eq!(stream.read(&mut [0; 4]).unwrap(), 1);
}

/// Pieces and wholes, beyond what the system takes at once, all in order.
#[test]
fn what_is_written_in_pieces_comes_as_it_was_written() {
    let whole: Vec<u8> = (0..300_000_u32).map(|at| (at % 251) as u8).collect();
    for lent_bytes in [1 << 20, 0] {
        let (poll, mut events, mut stream, mut far) = stream(lent_bytes);
        poll.registrator().register(&mut stream, 1, Interests::WRITABLE).unwrap();
        let rounds = 10;
        let reader = thread::spawn(move || {
            let mut all = Vec::new();
            far.read_to_end(&mut all).unwrap();
            all
        });
        let mut sent = 0;
        while sent < rounds * whole.len() {
            let from = sent % whole.len();
            let middle = from + (whole.len() - from).min(10_000);
            let small = from + (whole.len() - from).min(7);
            let pieces = [&whole[from..small], &whole[small..middle], &whole[middle..]];
            match stream.write_vectored(&pieces.map(IoSlice::new)) {
                Ok(count) => sent += count,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock);
                    assert_eq!(poll.poll(&mut events, LIMIT_MS).unwrap(), 1);
                }
            }
        }
        while stream.flush().is_err() {
            poll.poll(&mut events, LIMIT_MS).unwrap();
        }
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let all = reader.join().unwrap();
        assert!(all.len() == sent && all.chunks(whole.len()).all(|part| part == whole));
    }
}

#[test]
fn one_read_fills_several_pieces() {
    let (poll, mut events, mut stream, mut far) = stream(0);
    far.write_all(&[7; 100]).unwrap();
    assert_eq!(poll.poll(&mut events, LIMIT_MS).unwrap(), 1);
    let (mut small, mut large) = ([0; 10], [0; 200]);
    let mut pieces = [IoSliceMut::new(&mut small), IoSliceMut::new(&mut large)];
    assert_eq!(stream.read_vectored(&mut pieces).unwrap(), 100);
    assert!(small == [7; 10] && large[..90] == [7; 90]);
}

/// Not before its limit, also while another thread waits already; and not while bytes come.
#[test]
fn an_idle_stream_is_told_after_its_limit() {
    const LIMIT: Duration = Duration::from_millis(100);
    for lent_bytes in [1 << 20, 0] {
        let (poll, mut events, mut stream, mut far) = stream(lent_bytes);
        let waiter = thread::spawn(move || {
            assert_eq!(poll.poll(&mut events, LIMIT_MS).unwrap(), 1);
            assert!(events.iter().all(|event| event.is_idle() && !event.is_readable()));
            (poll, events, Instant::now())
        });
        thread::sleep(LIMIT / 4);
        let start = Instant::now();
        stream.set_idle_limit(Some(LIMIT)).unwrap();
        let (poll, mut events, told) = waiter.join().unwrap();
        assert!(told - start >= LIMIT);
        let mut last = Instant::now();
        for _ in 0..6 {
            far.write_all(b"x").unwrap();
            last = Instant::now();
            while stream.read(&mut [0; 8]).is_err() {
                poll.poll(&mut events, LIMIT_MS).unwrap();
            }
            thread::sleep(LIMIT / 3);
        }
        // On a slow machine it was told before.
        events.clear();
        while !events.iter().any(|event| event.is_idle()) {
            poll.poll(&mut events, LIMIT_MS).unwrap();
        }
        assert!(last.elapsed() >= LIMIT);
    }
}

#[test]
fn options_of_std_are_those_of_the_socket() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    stream.set_ttl(77).unwrap();
    assert_eq!(stream.ttl().unwrap(), 77);
    assert!(stream.take_error().unwrap().is_none());
}

/// As std's stream, and as one that is shut down when it is registered.
#[test]
fn after_a_shutdown_of_reading_all_reads_are_the_end_also_if_it_came_before_the_registration() {
    for how in [Shutdown::Read, Shutdown::Both] {
        for (lent_bytes, early) in [(1 << 20, true), (1 << 20, false), (0, true), (0, false)] {
            let poll = Poll::with_config(&Config::default().lent_bytes(lent_bytes)).unwrap();
            let (near, _far) = tcp_pair();
            let mut stream = TcpStream::from(near);
            if early {
                stream.shutdown(how).unwrap();
            }
            poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
            if !early {
                stream.shutdown(how).unwrap();
            }
            for _ in 0..3 {
                assert_eq!(stream.read(&mut [0; 4]).unwrap(), 0, "{how:?} {lent_bytes} {early}");
                assert_eq!(stream.peek(&mut [0; 4]).unwrap(), 0, "{how:?} {lent_bytes} {early}");
            }
        }
    }
}
