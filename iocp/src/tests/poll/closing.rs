//! Closing from any thread, resets, ends; queues and streams that go in any order.

use std::{
    io::{Read, Write},
    sync::mpsc::channel,
    thread,
};

use super::{is_closed, none, one, queue, stream, would_block, LIMIT_MS, NOW_MS};
use crate::{
    poll::{Events, Interests, Poll},
    sim::{Kernel, Script},
    tests::scripts,
};

/// Behaviour 39: registered while another thread waits without a limit.
#[test]
fn a_stream_registered_during_an_endless_poll_gives_its_event_there() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let registrator = poll.registrator();
    let (mut stream, peer) = stream(&kernel);
    let (sender, receiver) = channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            while poll.poll(&mut events, None).is_ok() {
                for event in &events {
                    sender.send(event.id()).unwrap();
                }
            }
        });
        assert!(peer.send(b"early"));
        registrator.register(&mut stream, 1, Interests::READABLE).unwrap();
        assert_eq!(receiver.recv().unwrap(), 1, "data that was there already");
        registrator.register(&mut stream, 2, Interests::WRITABLE).unwrap();
        assert_eq!(receiver.recv().unwrap(), 2, "room that was there already");
        registrator.close_loop().unwrap();
        assert!(receiver.recv().is_err(), "the poller has ended");
    });
}

/// Behaviour 39: closed, and gone: refused without a system call.
#[test]
fn after_close_and_without_its_poll_a_registrator_refuses_without_a_system_call() {
    for drop_it in [false, true] {
        let kernel = Kernel::new(Script::default());
        let (poll, mut events) = queue();
        let registrator = poll.registrator();
        let ((mut old, peer), (mut new, _far)) = (stream(&kernel), stream(&kernel));
        registrator.register(&mut old, 1, Interests::READABLE).unwrap();
        let poll = if drop_it {
            drop(poll);
            None
        } else {
            registrator.close_loop().unwrap();
            is_closed(poll.poll(&mut events, None));
            Some(poll)
        };
        let before = kernel.counts();
        is_closed(registrator.register(&mut new, 2, Interests::READABLE));
        is_closed(registrator.register(&mut old, 2, Interests::READABLE));
        is_closed(registrator.deregister(&old));
        is_closed(registrator.connect("127.0.0.1:80", 3, Interests::READABLE));
        is_closed(registrator.close_loop());
        is_closed(registrator.waker(4));
        if let Some(poll) = &poll {
            is_closed(poll.poll(&mut events, None));
            is_closed(poll.poll(&mut events, NOW_MS));
        }
        assert_eq!(kernel.counts(), before);
        // Nobody takes packets any more: an error, never a wait for nothing.
        assert!(peer.send(b"x"));
        let error = old.read(&mut [0; 4]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::NotConnected, "{error:?}");
        assert_eq!(old.write(b"x").unwrap_err().kind(), std::io::ErrorKind::NotConnected);
    }
}

/// Behaviour 39: what was received before is still read.
#[test]
fn what_was_received_is_read_after_the_queue_is_gone() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let (mut stream, peer) = stream(&kernel);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    assert!(peer.send(b"kept"));
    assert!(one(&poll, &mut events).is_readable());
    drop(poll);
    let mut room = [0; 3];
    assert_eq!(stream.read(&mut room).unwrap(), 3);
    assert_eq!(stream.read(&mut room).unwrap(), 1);
    assert_eq!(stream.read(&mut room).unwrap_err().kind(), std::io::ErrorKind::NotConnected);
}

/// Behaviour 40: the events of the batch first, then `Closed` at once.
#[test]
fn data_and_close_in_one_batch_are_the_event_first_and_closed_then() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let (mut stream, peer) = stream(&kernel);
        let registrator = poll.registrator();
        registrator.register(&mut stream, 1, Interests::READABLE).unwrap();
        assert!(peer.send(b"last"));
        if script.finish == crate::sim::Finish::OnWorker {
            // The packet is queued before the close.
            while poll.stats().in_flight > 0 && poll.poll(&mut events, NOW_MS).unwrap() == 0 {}
            registrator.register(&mut stream, 1, Interests::READABLE).unwrap();
        }
        registrator.close_loop().unwrap();
        is_closed(registrator.close_loop());
        assert!(one(&poll, &mut events).is_readable());
        is_closed(poll.poll(&mut events, None));
        assert!(events.is_empty());
        is_closed(poll.poll(&mut events, LIMIT_MS));
    }
}

/// A close ends every poller.
#[test]
fn a_close_ends_every_thread_that_polls() {
    let _kernel = Kernel::new(Script::default());
    let (poll, _) = queue();
    let registrator = poll.registrator();
    thread::scope(|scope| {
        let pollers: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| poll.poll(&mut Events::with_capacity(4), None)))
            .collect();
        registrator.close_loop().unwrap();
        for poller in pollers {
            is_closed(poller.join().unwrap());
        }
    });
}

/// A reset is an error after what was received into a lent buffer, for ever, and never an end.
#[test]
fn a_reset_is_an_error_after_the_buffered_bytes() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let (mut stream, peer) = stream(&kernel);
        poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
        // After the first small message it is lent a buffer.
        assert!(peer.send(b"x"));
        assert!(one(&poll, &mut events).is_readable());
        assert_eq!(stream.read(&mut [0; 8]).unwrap(), 1);
        assert!(peer.send(b"kept"));
        assert!(one(&poll, &mut events).is_readable());
        peer.reset();
        let mut room = [0; 3];
        assert_eq!(stream.read(&mut room).unwrap(), 3);
        assert_eq!(stream.read(&mut room).unwrap(), 1);
        let event = one(&poll, &mut events);
        assert!(event.is_readable() && event.is_read_closed() && event.is_error(), "{event:?}");
        for _ in 0..3 {
            let error = stream.read(&mut room).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(10_054));
        }
    }
}

/// A stream belongs to the queue it was registered with first.
#[test]
fn a_second_queue_refuses_a_stream_and_the_first_takes_it_again() {
    let kernel = Kernel::new(Script::default());
    let ((poll, mut events), (other, _)) = (queue(), queue());
    let (mut stream, peer) = stream(&kernel);
    let registrator = poll.registrator();
    assert_eq!(
        registrator.reregister(&stream, 1, Interests::READABLE).unwrap_err().kind(),
        std::io::ErrorKind::NotFound
    );
    registrator.register(&mut stream, 1, Interests::READABLE).unwrap();
    for _ in 0..2 {
        let error = other.registrator().register(&mut stream, 1, Interests::READABLE).unwrap_err();
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        assert!(matches!(inner, Some(crate::Error::NotAssociable)), "{error:?}");
        registrator.deregister(&stream).unwrap();
    }
    assert!(peer.send(b"x"));
    none(&poll, &mut events);
    registrator.register(&mut stream, 9, Interests::READABLE).unwrap();
    assert_eq!(one(&poll, &mut events).id(), 9);
    assert_eq!(kernel.counts().submits, 1, "still the first receive");
}

/// An event is plain data: its source may be gone, and its place taken by another.
#[test]
fn a_source_dropped_while_its_packets_wait_gives_its_place_no_wrong_event() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let registrator = poll.registrator();
        for token in 0..20 {
            let (mut gone, peer) = stream(&kernel);
            let both = Interests::READABLE | Interests::WRITABLE;
            registrator.register(&mut gone, token, both).unwrap();
            assert!(peer.send(b"x"));
            drop(gone);
            let (mut next, _far) = stream(&kernel);
            registrator.register(&mut next, 100 + token, Interests::READABLE).unwrap();
            none(&poll, &mut events);
            drop(next);
        }
        while poll.stats().in_flight > 0 {
            assert_eq!(poll.poll(&mut events, Some(10)).unwrap(), 0);
        }
        // Nothing is left but what is kept for the next streams.
        while registrator.queue.hub.receives.take(0).is_some() {}
        assert_eq!(poll.stats().operations, 0);
    }
}

/// An event is not lost if the packet cannot be posted that would wake a thread for it.
#[test]
fn an_event_whose_post_fails_comes_with_the_next_poll() {
    let kernel = &Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let (mut stream, _peer) = stream(kernel);
    thread::scope(|scope| {
        let waiter = scope.spawn(|| poll.poll(&mut Events::with_capacity(4), Some(1_000)));
        while kernel.counts().sleeping == 0 {
            thread::yield_now();
        }
        kernel.fail_posts(1, None);
        poll.registrator().register(&mut stream, 3, Interests::WRITABLE).unwrap();
        assert_eq!(kernel.counts().posts, 1);
        assert_eq!(one(&poll, &mut events).id(), 3);
        assert_eq!(waiter.join().unwrap().unwrap(), 0);
    });
    none(&poll, &mut events);
}

/// Wakes are merged until they are reported.
#[test]
fn a_waker_makes_one_event_of_its_wakes() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let waker = poll.registrator().waker(42).unwrap();
    for _ in 0..3 {
        let posts = kernel.counts().posts;
        for _ in 0..5 {
            waker.clone().wake().unwrap();
        }
        assert_eq!(kernel.counts().posts, posts + 1);
        let event = one(&poll, &mut events);
        assert!(event.id() == 42 && event.is_readable());
        none(&poll, &mut events);
    }
    kernel.fail_posts(1, None);
    assert!(waker.wake().is_err());
    waker.wake().unwrap();
    assert_eq!(one(&poll, &mut events).id(), 42);
    poll.registrator().close_loop().unwrap();
    is_closed(waker.wake());
}

/// Behaviour 27: the limits of a poll, by the event queue's own conversions.
#[test]
fn a_poll_is_never_early_and_negative_limits_do_not_wait() {
    let _kernel = Kernel::new(Script { early_timeouts: 50, ..Script::default() });
    let poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(4);
    for ms in [0, -1, i32::MIN] {
        assert_eq!(poll.poll(&mut events, Some(ms)).unwrap(), 0);
    }
    let limits = [1, 500, 1_000, 20_000].map(std::time::Duration::from_micros);
    for limit in limits {
        let start = std::time::Instant::now();
        assert_eq!(poll.poll_for(&mut events, limit).unwrap(), 0);
        assert!(start.elapsed() >= limit, "{limit:?}");
    }
    let start = std::time::Instant::now();
    assert_eq!(poll.poll(&mut events, Some(20)).unwrap(), 0);
    assert!(start.elapsed().as_millis() >= 20);
}

/// Without interests nothing is received until somebody reads.
#[test]
fn a_stream_without_interests_can_still_be_read() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let (mut stream, peer) = stream(&kernel);
    poll.registrator().register(&mut stream, 1, Interests::NONE).unwrap();
    assert_eq!(kernel.counts().submits, 0);
    let mut room = [0; 8];
    would_block(stream.read(&mut room));
    assert!(peer.send(b"abc"));
    none(&poll, &mut events);
    assert_eq!(stream.read(&mut room).unwrap(), 3);
}

#[test]
fn an_aborted_stream_discards_what_it_queued_and_resets_its_peer() {
    for script in scripts() {
        let kernel = Kernel::new(Script { window: 64, ..script });
        let (poll, mut events) = queue();
        let (mut stream, peer) = stream(&kernel);
        poll.registrator().register(&mut stream, 1, Interests::NONE).unwrap();
        let mut last = stream.write(&[7; 1_000]);
        while last.is_ok() {
            last = stream.write(&[7; 1_000]);
        }
        would_block(last);
        stream.abort();
        // The cancelled sends' packets are all that is left to come.
        for _ in 0..100 {
            if poll.stats().operations > 0 {
                assert_eq!(poll.poll(&mut events, Some(20)).unwrap(), 0);
            }
        }
        assert_eq!(poll.stats().operations, 0, "nothing lingers");
        assert_eq!(peer.recv(&mut [0; 64]), None, "a reset, and no end");
    }
}

/// The packet of a source that was dropped comes before its place is taken again: the next one there
/// must not wait for it.
#[test]
fn a_source_in_the_place_of_one_that_was_owed_an_event_is_told_its_own() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let registrator = poll.registrator();
    for token in 0..3 {
        let (mut gone, _peer) = stream(&kernel);
        registrator.register(&mut gone, token, Interests::WRITABLE).unwrap();
        drop(gone);
        none(&poll, &mut events);
        let (mut next, _far) = stream(&kernel);
        registrator.register(&mut next, 100 + token, Interests::WRITABLE).unwrap();
        assert_eq!(one(&poll, &mut events).id(), 100 + token);
    }
}
