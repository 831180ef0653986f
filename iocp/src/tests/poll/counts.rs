//! What an echoed message costs: how many calls of the system, and no allocation.

use std::io::{Read, Write};

use super::{config, none, one, queue, stream, would_block, LENT, NOW_MS};
use crate::{
    poll::{Config, Events, Interests, Poll},
    sim::{Kernel, Script},
    tests::allocations::allocated,
};

const WARM: u32 = 10;
const ROUNDS: u32 = if cfg!(miri) { 20 } else { 2_000 };

/// What one message costs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost {
    allocations: u64,
    /// Receives and sends that are operations.
    submits: f64,
    /// Receives and sends that are none.
    direct: f64,
    posts: f64,
}

/// `rests`: each message comes when the stream has been found empty.
fn echo(lent_bytes: usize, size: usize, rests: bool) -> Cost {
    let kernel = Kernel::new(Script::default());
    let send_high_water = 1 << 20;
    let poll = Poll::with_config(&Config { lent_bytes, send_high_water, ..config() }).unwrap();
    let mut events = Events::with_capacity(16);
    let (mut stream, peer) = stream(&kernel);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    let (message, mut room, mut answer) = (vec![7; size], vec![0; size + 1], vec![0; size]);
    let (mut first, mut allocations) = (kernel.counts(), 0);
    for round in 0..ROUNDS + WARM {
        while rests && poll.poll(&mut events, NOW_MS).unwrap() > 0 {
            would_block(stream.read(&mut room));
        }
        assert!(peer.send(&message));
        if round == WARM {
            (first, allocations) = (kernel.counts(), 0);
        }
        // The other end's own allocations are not the queue's.
        let before = allocated();
        assert!(one(&poll, &mut events).is_readable());
        let got = stream.read(&mut room).unwrap();
        assert_eq!((got, stream.write(&room[..got]).unwrap()), (size, size));
        allocations += allocated() - before;
        assert_eq!(peer.try_recv(&mut answer), Some(size));
    }
    let last = kernel.counts();
    let each = |last: u32, first: u32| f64::from(last - first) / f64::from(ROUNDS);
    Cost {
        allocations,
        submits: each(last.submits, first.submits),
        direct: each(last.direct, first.direct),
        posts: each(last.posts, first.posts),
    }
}

/// Behaviour 29: one receive, one send from the caller's memory, nothing posted, nothing allocated.
#[test]
fn an_echoed_message_is_two_calls_and_no_allocation() {
    let cost = Cost { allocations: 0, submits: 1.0, direct: 1.0, posts: 0.0 };
    assert_eq!(echo(LENT, 64, true), cost);
    assert_eq!(echo(LENT, 64, false), cost);
}

/// A connection that is lent no buffer pays with one more call.
#[test]
fn an_echoed_message_without_a_lent_buffer_is_three_calls() {
    let cost = Cost { allocations: 0, submits: 1.0, direct: 2.0, posts: 0.0 };
    assert_eq!(echo(0, 64, true), cost);
    assert_eq!(echo(0, 64, false), cost);
}

/// So does one that is larger than a buffer, however large it is; not where the next is there when it is looked for.
#[test]
fn an_echoed_message_of_any_size_is_three_calls_or_two_of_a_busy_stream() {
    for (rests, submits) in [(true, 1.0), (false, 0.0)] {
        let cost = Cost { allocations: 0, submits, direct: 2.0, posts: 0.0 };
        for size in [1024, 8192, 65_536] {
            assert_eq!(echo(LENT, size, rests), cost, "{size}");
        }
    }
}

#[test]
fn a_stream_gets_the_receive_of_one_that_is_gone() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let ends = [Ends::Owner, Ends::Peer].repeat(3);
    for end in ends {
        let (mut stream, peer) = stream(&kernel);
        poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
        if let Ends::Peer = end {
            peer.shut_down();
            assert!(one(&poll, &mut events).is_read_closed());
            assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0);
        }
        drop(stream);
        none(&poll, &mut events);
        assert_eq!(poll.stats().operations, 1, "kept for the next");
    }
}

/// Those that are idle hold no more buffers than a quarter, whoever held them before.
#[test]
fn receives_of_streams_that_are_gone_keep_no_more_buffers_than_new_streams_may_have() {
    let kernel = Kernel::new(Script::default());
    let config = Config { receive_buffer: 16, lent_bytes: 8 * 16, ..config() };
    let poll = Poll::with_config(&config).unwrap();
    let mut events = Events::with_capacity(16);
    let registrator = poll.registrator();
    let mut streams: Vec<_> = (0..6).map(|_| stream(&kernel)).collect();
    for (stream, peer) in &mut streams {
        registrator.register(stream, 1, Interests::READABLE).unwrap();
        // A small message: the next receive has a buffer.
        assert!(peer.send(b"small"));
        one(&poll, &mut events);
        assert_eq!(stream.read(&mut [0; 16]).unwrap(), 5);
    }
    let lent = &registrator.queue.hub.lent;
    assert!(lent.take_first().is_none() && lent.has_room_for(2) && !lent.has_room_for(3));
    drop(streams);
    none(&poll, &mut events);
    assert_eq!(poll.stats().operations, 6);
    assert!(lent.has_room_for(6), "two are kept");
}

/// Who ends a connection first.
#[derive(Clone, Copy)]
enum Ends {
    Owner,
    Peer,
}
