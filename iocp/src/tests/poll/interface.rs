//! What the types of the event queue promise by themselves.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    time::Duration,
};

use super::{none, one, queue, stream, LENT, NOW_MS};
use crate::{
    poll::{is_closed, Config, Event, Interests},
    sim::{Kernel, Script},
    Error,
};

/// An empty message would read as the end of the stream.
#[test]
fn a_stream_of_a_socket_that_carries_messages_is_refused() {
    let kernel = Kernel::new(Script::default());
    for lent_bytes in [LENT, 0] {
        let poll =
            crate::poll::Poll::with_config(&Config::default().lent_bytes(lent_bytes)).unwrap();
        let mut stream = crate::poll::TcpStream::from(kernel.datagram_pair().0);
        let error = poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Unsupported, "{error}");
    }
}

#[test]
fn interests_are_a_set() {
    const BOTH: Interests = Interests::READABLE.union(Interests::WRITABLE);
    let mut set = Interests::NONE;
    assert!(set.is_empty() && !set.is_readable() && !set.is_writable());
    assert!(set.contains(Interests::NONE) && !set.contains(Interests::READABLE));
    set.insert(Interests::READABLE);
    assert_eq!(set, Interests::READABLE);
    assert!(set.contains(Interests::READABLE) && !set.contains(BOTH));
    set |= Interests::WRITABLE;
    assert_eq!((set, set.is_readable(), set.is_writable()), (BOTH, true, true));
    assert_eq!(format!("{set} {set:?}"), "READABLE | WRITABLE READABLE | WRITABLE");
    assert_eq!(set - Interests::READABLE, Interests::WRITABLE);
    set.remove(Interests::WRITABLE);
    set.remove(Interests::WRITABLE);
    assert_eq!((set, set.difference(BOTH)), (Interests::READABLE, Interests::NONE));
    assert_eq!(format!("{:>5}", set - set), " NONE");
    let all = [Interests::NONE, Interests::READABLE, Interests::WRITABLE, BOTH, BOTH];
    assert_eq!(HashSet::from(all).len(), 4);
}

#[test]
fn each_default_of_a_configuration_is_the_one_on_its_fields_page() {
    let config = Config::default();
    let sizes = [config.receive_buffer, config.send_high_water, config.send_low_water];
    assert_eq!((sizes, config.lent_bytes), ([4_096, 65_536, 16_384], 1 << 20));
    let linger = (config.linger.as_millis(), config.linger_bytes, config.max_lingering);
    assert_eq!(linger, (10_000, 65_536, 1_024));
    assert_eq!(format!("{:?}", config.port), format!("{:?}", crate::Config::default()));
    for (field, default) in [
        ("receive_buffer", "4,096."),
        ("lent_bytes", "1 MiB."),
        ("send_high_water", "65,536."),
        ("send_low_water", "16,384."),
        ("linger", "10 seconds."),
        ("linger_bytes", "65,536."),
        ("max_lingering", "1,024."),
        ("port", "that of"),
    ] {
        let source = include_str!("../../poll/config.rs");
        let before = source.split(&format!("    pub {field}: ")).next().unwrap();
        assert_ne!(before, source, "{field} is a field");
        let page = before.rsplit("    pub ").next().unwrap();
        assert!(page.contains(&format!("Default: {default}")), "{field}: {page}");
    }
}

#[test]
fn each_method_of_a_configuration_sets_its_field() {
    let port = crate::Config { max_operations: 9, ..crate::Config::default() };
    let config = Config::default().receive_buffer(1).lent_bytes(5).send_high_water(2);
    let config = config.send_low_water(3).port(port);
    assert_eq!((config.receive_buffer, config.lent_bytes, config.send_high_water), (1, 5, 2));
    let config = config.linger(Duration::from_secs(5)).linger_bytes(6).max_lingering(7);
    assert_eq!((config.linger.as_secs(), config.linger_bytes, config.max_lingering), (5, 6, 7));
    assert_eq!((config.send_low_water, config.port.max_operations), (3, 9));
}

/// A loop that tries `Interrupted` again, as those of std and mio do, never ended.
#[test]
fn a_closed_queue_is_told_from_every_other_error_and_no_loop_tries_again() {
    let closed = io::Error::from(Error::Closed);
    assert!(is_closed(&closed));
    for kind in [io::ErrorKind::Interrupted, io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut] {
        assert_ne!(closed.kind(), kind);
    }
    for other in [
        io::ErrorKind::NotConnected.into(),
        io::Error::from_raw_os_error(10_057),
        io::Error::new(io::ErrorKind::NotConnected, "a text"),
        Error::Full(crate::Limit::Sources).into(),
        io::Error::new(io::ErrorKind::InvalidInput, Error::NotAssociable),
    ] {
        assert!(!is_closed(&other), "{other:?}");
    }
}

#[test]
fn every_call_on_a_closed_queue_says_the_same_error() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let registrator = poll.registrator();
    let (mut near, _far) = stream(&kernel);
    registrator.register(&mut near, 1, Interests::READABLE).unwrap();
    let waker = registrator.waker(2).unwrap();
    registrator.close_loop().unwrap();
    let mut room = [0; 4];
    let said = [
        poll.poll(&mut events, NOW_MS).map(drop),
        registrator.register(&mut near, 1, Interests::READABLE),
        registrator.reregister(&near, 1, Interests::READABLE),
        registrator.deregister(&near),
        registrator.connect("127.0.0.1:9", 3, Interests::NONE).map(drop),
        registrator.waker(4).map(drop),
        registrator.close_loop(),
        waker.wake(),
        io::Read::read(&mut near, &mut room).map(drop),
    ];
    for (call, result) in said.into_iter().enumerate() {
        let error = result.unwrap_err();
        assert!(
            is_closed(&error) && error.kind() == io::ErrorKind::NotConnected,
            "{call} {error:?}"
        );
    }
}

#[test]
fn events_that_are_equal_have_one_hash() {
    fn hash(event: &Event) -> u64 {
        let mut hasher = DefaultHasher::new();
        event.hash(&mut hasher);
        hasher.finish()
    }
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let mut seen = Vec::new();
    // The same token and readiness, of two sources.
    for _ in 0..2 {
        let (mut near, far) = stream(&kernel);
        poll.registrator().register(&mut near, 1, Interests::READABLE).unwrap();
        assert!(far.send(b"x"));
        seen.push((one(&poll, &mut events), near));
    }
    assert_eq!(seen[0].0, seen[1].0);
    assert_eq!(hash(&seen[0].0), hash(&seen[1].0));
}

#[test]
fn a_wake_is_told_also_if_its_waker_is_dropped_before_and_its_number_is_used_again() {
    let _kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let registrator = poll.registrator();
    for token in 0..100 {
        let waker = registrator.waker(token).unwrap();
        waker.wake().unwrap();
        waker.wake().unwrap();
        drop(waker);
        let silent = registrator.waker(1000).unwrap();
        drop(silent);
        assert_eq!(one(&poll, &mut events).id(), token);
        assert_eq!(poll.poll(&mut events, NOW_MS).unwrap(), 0);
    }
    let future = std::task::Waker::from(registrator.waker(7).unwrap());
    future.wake();
    assert_eq!(one(&poll, &mut events).id(), 7);
    assert_eq!(registrator.queue.table.used().end, 2, "places are used again");
    // One that nobody polls for any more, and one after the queue.
    registrator.waker(8).unwrap().wake().unwrap();
    let waker = registrator.waker(9).unwrap();
    waker.wake().unwrap();
    drop(poll);
    drop(waker);
}

/// A future's waker ends the poll, also one whose packet the system has no memory for.
#[test]
fn a_waker_of_a_future_is_an_event_and_needs_no_post_where_nobody_waits() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let waker = poll.registrator().waker(7).unwrap();
    let task = std::task::Waker::from(waker);
    for another in [task.clone(), task.clone()] {
        another.wake();
    }
    assert_eq!(one(&poll, &mut events).id(), 7);
    none(&poll, &mut events);
    task.wake_by_ref();
    assert_eq!(one(&poll, &mut events).id(), 7);
    none(&poll, &mut events);
    // Nobody waits who would have to be woken.
    assert_eq!(kernel.counts().posts, 0);
    poll.registrator().close_loop().unwrap();
    // Nobody polls any more: it says nothing.
    task.wake();
}
