//! Random schedules of writes, drops, reads and polls.
//!
//! `IOCP_STORM_SEED` and `IOCP_STORM_COUNT` choose the first seed and how many.

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use super::{patient, poll_of, settle};
use crate::{
    poll::{Config, Interests, TcpStream},
    sim::{Kernel, Peer, Script},
    tests::{
        poll::{config, stream, would_block, NOW_MS},
        storm::Dice,
    },
};

/// Every schedule: all that was written arrives, then the end, and the stream ends as soon as its peer does.
#[test]
fn a_storm_of_dropped_streams_loses_no_byte() {
    let read = |name, default| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let first = read("IOCP_STORM_SEED", 1);
    let count = read("IOCP_STORM_COUNT", if cfg!(miri) { 2 } else { 300 });
    for seed in first..first + count {
        schedule(seed);
    }
}

struct Talk {
    stream: Option<TcpStream>,
    peer: Peer,
    written: Vec<u8>,
    got: Vec<u8>,
    ended: bool,
}

fn schedule(seed: u64) {
    // Never 0, which rolls nothing else.
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut roll = |sides: usize| usize::try_from(dice.roll(sides as u64)).unwrap_or(0);
    let kernel = Kernel::new(Script::any(seed));
    let port = config().port.skip_on_success(roll(2) == 0);
    let config = patient().lent_bytes(40 * roll(3)).linger_bytes(1 << 20);
    let (poll, mut events) = poll_of(&Config { receive_buffer: 1 + roll(40), port, ..config });
    let mut talks: Vec<_> = (0..1 + roll(4))
        .map(|token| {
            let (mut stream, peer) = stream(&kernel);
            let interests = if roll(3) == 0 { Interests::NONE } else { Interests::READABLE };
            poll.registrator().register(&mut stream, token, interests).unwrap();
            let (written, got) = (Vec::new(), Vec::new());
            Talk { stream: Some(stream), peer, written, got, ended: false }
        })
        .collect();
    let (start, mut room) = (Instant::now(), [0; 64]);
    while talks.iter().any(|talk| !talk.ended) {
        assert!(start.elapsed() < Duration::from_secs(60), "{seed}: it hangs");
        let which = roll(talks.len());
        let talk = &mut talks[which];
        match (roll(6), &mut talk.stream) {
            (0, Some(stream)) => {
                let bytes: Vec<u8> = (0..1 + roll(150)).map(|_| roll(256) as u8).collect();
                match stream.write(&bytes) {
                    Ok(count) => talk.written.extend(&bytes[..count]),
                    other => would_block(other),
                }
            }
            (1, Some(stream)) => drop(stream.read(&mut room[..1 + roll(8)])),
            (2, Some(stream)) if roll(8) == 0 => poll.registrator().deregister(stream).unwrap(),
            (3, _) if !talk.written.is_empty() && roll(3) == 0 => talk.stream = None,
            (4, _) if !talk.ended => match talk.peer.try_recv(&mut room[..1 + roll(63)]) {
                Some(0) => {
                    assert!(talk.stream.is_none(), "{seed}: an end before the drop");
                    talk.ended = true;
                    talk.peer.shut_down();
                }
                Some(count) => talk.got.extend(&room[..count]),
                None if roll(8) == 0 => assert!(talk.peer.send(b"chatter"), "{seed}: closed early"),
                None => {}
            },
            _ => drop(poll.poll(&mut events, NOW_MS).unwrap()),
        }
    }
    for talk in &talks {
        assert!(talk.got == talk.written, "{seed}: {} of {}", talk.got.len(), talk.written.len());
    }
    settle(&poll, &mut events);
    assert_eq!(poll.linger_stats().resets, 0, "{seed}");
    assert!(talks.iter().all(|talk| !talk.peer.send(b"closed")));
}
