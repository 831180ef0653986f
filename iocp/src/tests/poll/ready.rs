//! What is ready without a packet: told without a call of the system, and nobody starves beside it.

use std::io::{self, Read};

use super::{config, one, stream, NOW_MS};
use crate::{
    poll::{is_closed, Events, Interests, Poll, TcpListener, TcpStream},
    sim::{Kernel, Peer, Script},
};

/// One poll in 32 asks the system; what it brings is told by the next at the latest.
const POLLS: usize = 33;

/// The token of the stream that never pauses.
const BUSY: usize = 0;
const WAKER: usize = 1000;

/// Polls, and reads the busy stream, of which more has come by then. The tokens of others that were heard.
fn turn(
    poll: &Poll,
    events: &mut Events,
    (busy, peer): &mut (TcpStream, Peer),
) -> io::Result<Vec<usize>> {
    poll.poll(events, NOW_MS)?;
    assert!(peer.send(b"more"));
    assert!(busy.read(&mut [0; 64]).is_ok());
    Ok(events.iter().map(|event| event.id()).filter(|&token| token != BUSY).collect())
}

#[test]
fn beside_a_stream_that_never_pauses_others_and_a_wake_and_a_close_are_heard() {
    const OTHERS: usize = 63;
    let kernel = Kernel::new(Script::default());
    let poll = Poll::with_config(&config()).unwrap();
    let mut events = Events::with_capacity(128);
    let registrator = poll.registrator();
    let mut pairs: Vec<_> = (0..=OTHERS).map(|_| stream(&kernel)).collect();
    for (token, (stream, _)) in pairs.iter_mut().enumerate() {
        registrator.register(stream, token, Interests::READABLE).unwrap();
    }
    let waker = registrator.waker(WAKER).unwrap();
    let [busy, others @ ..] = &mut pairs[..] else { unreachable!() };
    // After its first message it is lent a buffer: the next comes into it, and more behind it.
    assert!(busy.1.send(b"first"));
    assert_eq!(one(&poll, &mut events).id(), BUSY);
    assert_eq!(busy.0.read(&mut [0; 64]).unwrap(), 5);
    assert!(busy.1.send(b"next"));
    for _ in 0..3 * POLLS {
        assert_eq!(turn(&poll, &mut events, busy).unwrap(), []);
    }
    assert!(others.iter().all(|(_, peer)| peer.send(b"x")));
    waker.wake().unwrap();
    let mut heard = Vec::new();
    for _ in 0..POLLS {
        heard.extend(turn(&poll, &mut events, busy).unwrap());
    }
    heard.sort_unstable();
    assert!(heard.into_iter().eq((1..=OTHERS).chain([WAKER])));
    registrator.close_loop().unwrap();
    let mut turns = (0..POLLS).map(|_| turn(&poll, &mut events, busy));
    let closed = turns.find_map(Result::err).expect("the close is not heard");
    assert!(is_closed(&closed), "{closed:?}");
}

/// `list` gives one event to a thread that waits.
fn wakes(
    kernel: &Kernel,
    poll: &Poll,
    events: &mut Events,
    list: impl FnOnce() -> std::io::Result<()>,
) {
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| poll.poll(events, super::LIMIT_MS));
        while kernel.counts().sleeping == 0 {
            std::thread::yield_now();
        }
        list().unwrap();
        assert_eq!(waiter.join().unwrap().unwrap(), 1);
    });
}

/// A thread that waits is woken by one packet, and those that do not wait by none.
#[test]
fn what_is_ready_without_a_packet_is_posted_only_to_a_thread_that_waits() {
    let kernel = &Kernel::new(Script::default());
    let poll = &Poll::with_config(&config()).unwrap();
    let (mut stream, _peer) = stream(kernel);
    let registrator = poll.registrator();
    registrator.register(&mut stream, 1, Interests::WRITABLE).unwrap();
    let mut events = Events::with_capacity(4);
    assert_eq!((poll.poll(&mut events, NOW_MS).unwrap(), kernel.counts().posts), (1, 0));
    wakes(kernel, poll, &mut events, || registrator.reregister(&stream, 2, Interests::WRITABLE));
    assert_eq!(kernel.counts().posts, 1);
}

/// Pollers count themselves only while something was listed lately: one that began to wait after that is woken too.
#[test]
fn what_is_ready_after_a_pause_wakes_a_thread_that_was_not_counted() {
    let kernel = &Kernel::new(Script::default());
    let poll = &Poll::with_config(&config()).unwrap();
    let (mut stream, _peer) = stream(kernel);
    let registrator = poll.registrator();
    registrator.register(&mut stream, 1, Interests::WRITABLE).unwrap();
    let mut events = Events::with_capacity(4);
    for _ in 0..3 {
        assert_eq!(poll.poll(&mut events, NOW_MS).unwrap(), 1);
        while registrator.queue.hub.port.core.attention.counts() {
            assert_eq!(poll.poll(&mut events, NOW_MS).unwrap(), 0);
        }
        let posts = kernel.counts().posts;
        wakes(kernel, poll, &mut events, || {
            registrator.reregister(&stream, 2, Interests::WRITABLE)
        });
        assert_eq!(kernel.counts().posts, posts + 1);
        registrator.reregister(&stream, 1, Interests::WRITABLE).unwrap();
    }
}

/// The receive that its registration starts is done at once: the poll that follows visits what is listed.
#[test]
fn data_that_came_with_an_accepted_connection_is_told_without_a_post() {
    let kernel = &Kernel::new(Script::default());
    let poll = &Poll::with_config(&config()).unwrap();
    let mut events = Events::with_capacity(4);
    let address = "127.0.0.1:80".parse().unwrap();
    let mut listener = TcpListener::from(kernel.listener(address));
    let registrator = poll.registrator();
    registrator.register(&mut listener, 1, Interests::READABLE).unwrap();
    for token in 2..50 {
        let peer = kernel.connect(address).unwrap();
        assert!(peer.send(b"hello"));
        assert_eq!(one(poll, &mut events).id(), 1);
        let (mut stream, _) = listener.accept().unwrap();
        let posts = kernel.counts().posts;
        registrator.register(&mut stream, token, Interests::READABLE).unwrap();
        assert_eq!(poll.poll(&mut events, NOW_MS).unwrap(), 1);
        assert!(events.iter().all(|event| event.id() == token && event.is_readable()));
        assert_eq!(stream.read(&mut [0; 8]).unwrap(), 5);
        // The first that is listed after a pause may find that nobody knows yet whether a thread waits.
        assert!(token == 2 || kernel.counts().posts == posts, "{token}");
    }
}
