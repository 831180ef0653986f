//! mio's poll, waker and registration.
#![cfg(windows)]

mod waiting;

use std::{
    io::ErrorKind,
    sync::Arc,
    time::{Duration, Instant},
};

use mio::{net::UdpSocket, Events, Interest, Poll, Token, Waker};
use waiting::{until, Seen};

fn socket() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0".parse().expect("an address")).expect("a bound socket")
}

#[test]
fn a_poll_without_sources_ends_at_its_time_limit_and_not_before() {
    let mut poll = Poll::new().expect("a poll");
    let mut events = Events::with_capacity(4);
    let begun = Instant::now();
    poll.poll(&mut events, Some(Duration::from_millis(50))).expect("a wait");
    assert!(events.is_empty());
    assert!(begun.elapsed() >= Duration::from_millis(50));
}

#[test]
fn a_waker_wakes_a_poll_from_another_thread() {
    let mut poll = Poll::new().expect("a poll");
    let waker = Arc::new(Waker::new(poll.registry(), Token(9)).expect("a waker"));
    let other = Arc::clone(&waker);
    let thread = std::thread::spawn(move || other.wake().expect("a wake"));
    until(&mut poll, |seen| *seen == Seen { token: 9, readable: true, ..Seen::default() });
    thread.join().expect("the waking thread");
}

#[test]
fn a_source_is_registered_once_and_with_one_poll() {
    let (poll, other) = (Poll::new().expect("a poll"), Poll::new().expect("a poll"));
    let mut socket = socket();
    poll.registry().register(&mut socket, Token(1), Interest::READABLE).expect("registered");
    for poll in [&poll, &other] {
        let again = poll.registry().register(&mut socket, Token(2), Interest::READABLE);
        assert_eq!(again.expect_err("a refusal").kind(), ErrorKind::AlreadyExists);
    }
}

#[test]
fn reregistering_replaces_token_and_interest() {
    let mut poll = Poll::new().expect("a poll");
    let mut socket = socket();
    poll.registry().register(&mut socket, Token(1), Interest::READABLE).expect("registered");
    poll.registry().reregister(&mut socket, Token(2), Interest::WRITABLE).expect("again");
    until(&mut poll, |seen| {
        assert_eq!(seen.token, 2);
        seen.writable
    });
}

#[test]
fn a_deregistered_source_makes_no_event() {
    let mut poll = Poll::new().expect("a poll");
    let waker = Waker::new(poll.registry(), Token(9)).expect("a waker");
    let mut socket = socket();
    poll.registry().register(&mut socket, Token(1), Interest::WRITABLE).expect("registered");
    poll.registry().deregister(&mut socket).expect("deregistered");
    waker.wake().expect("a wake");
    until(&mut poll, |seen| {
        assert_eq!(seen.token, 9);
        true
    });
}
