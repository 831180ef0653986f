//! What an echoed message costs: two calls, at most one packet, no allocation.

use std::io::{Read, Write};

use super::{config, one, stream};
use crate::{
    poll::{Config, Events, Interests, Poll},
    sim::{Kernel, Script},
    tests::allocations::allocated,
};

const WARM: u32 = 10;
const ROUNDS: u32 = if cfg!(miri) { 20 } else { 2_000 };

fn echo(zero_read: bool) -> (u64, f64, f64) {
    let kernel = Kernel::new(Script::default());
    let poll = Poll::with_config(&Config { zero_read, ..config() }).unwrap();
    let mut events = Events::with_capacity(16);
    let (mut stream, peer) = stream(&kernel);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    let (mut room, mut answer) = ([0; 64], [0; 64]);
    let (mut first, mut allocations) = (kernel.counts(), 0);
    for round in 0..ROUNDS + WARM {
        assert!(peer.send(&[7; 64]));
        if round == WARM {
            (first, allocations) = (kernel.counts(), 0);
        }
        // The other end's own allocations are not the queue's.
        let before = allocated();
        assert!(one(&poll, &mut events).is_readable());
        let got = stream.read(&mut room).unwrap();
        assert_eq!(stream.write(&room[..got]).unwrap(), 64);
        allocations += allocated() - before;
        assert_eq!(peer.try_recv(&mut answer), Some(64));
    }
    let last = kernel.counts();
    let messages = f64::from(ROUNDS);
    let per_message = |last: u32, first: u32| f64::from(last - first) / messages;
    (allocations, per_message(last.submits, first.submits), per_message(last.posts, first.posts))
}

/// Behaviour 29: one receive, one send, nothing posted, nothing allocated.
#[test]
#[allow(clippy::float_cmp)] // whole numbers
fn an_echoed_message_is_two_calls_and_no_allocation() {
    assert_eq!(echo(false), (0, 2.0, 0.0));
}

/// An idle connection that holds no buffer pays with one more call.
#[test]
#[allow(clippy::float_cmp)] // whole numbers
fn an_echoed_message_in_zero_read_mode_is_three_calls() {
    assert_eq!(echo(true), (0, 3.0, 0.0));
}
