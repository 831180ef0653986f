//! Writable events, back-pressure, late errors, shutting down, lingering.

use std::{
    io::{Read, Write},
    net::Shutdown,
    time::Duration,
};

use super::{config, none, one, queue, stream, would_block, LENT, LIMIT_MS};
use crate::{
    poll::{Config, Events, Interests, Poll, TcpStream},
    sim::{Fault, Kernel, Peer, Script},
    tests::scripts,
};

const LIMIT: Duration = Duration::from_secs(1000);

/// Kernels between whose ends little fits, so that sends stay pending.
fn narrow() -> Vec<Script> {
    scripts().into_iter().map(|script| Script { window: 100, ..script }).collect()
}

/// Takes all that is there.
fn take(peer: &Peer, into: &mut Vec<u8>) {
    let mut room = [0; 64];
    while let Some(count @ 1..) = peer.try_recv(&mut room) {
        into.extend_from_slice(&room[..count]);
    }
}

fn pattern(len: u32) -> Vec<u8> {
    (0..len).map(|n| (n % 251) as u8).collect()
}

/// Writes until it would block; says how much was taken.
fn fill(mut stream: &TcpStream, bytes: &[u8]) -> usize {
    let mut written = 0;
    while written < bytes.len() {
        match stream.write(&bytes[written..]) {
            Ok(count) => written += count,
            error => {
                would_block(error);
                break;
            }
        }
    }
    written
}

/// Behaviour 38: WouldBlock at the high-water mark, writable below the low one, order kept.
#[test]
fn a_peer_that_stops_reading_holds_writes_at_the_mark_and_loses_nothing() {
    for script in narrow() {
        for lent_bytes in [LENT, 0] {
            let kernel = Kernel::new(script);
            let poll = Poll::with_config(&Config { lent_bytes, ..config() }).unwrap();
            let mut events = Events::with_capacity(16);
            let (mut stream, peer) = stream(&kernel);
            let registrator = poll.registrator();
            registrator.register(&mut stream, 5, Interests::WRITABLE).unwrap();
            assert!(one(&poll, &mut events).is_writable());
            let sent = pattern(5_000);
            // What the window takes at once is not queued.
            let mut written = fill(&stream, &sent);
            assert!((256..=356).contains(&written), "{written}");
            would_block(stream.flush());
            would_block(stream.write(&sent[written..]));
            none(&poll, &mut events);
            let mut got = Vec::new();
            while got.len() < sent.len() {
                take(&peer, &mut got);
                poll.poll(&mut events, Some(10)).unwrap();
                if let Some(event) = events.iter().next() {
                    assert!(event.is_writable() && event.id() == 5 && !event.is_readable());
                    let more = fill(&stream, &sent[written..]);
                    assert!(written == sent.len() || more > 0, "writable, and no room");
                    written += more;
                }
            }
            assert!(got == sent);
            // The peer may have all of it before the last send's packet has come.
            let mut flushed = stream.flush();
            for _ in 0..500 {
                if flushed.is_ok() {
                    break;
                }
                would_block(flushed);
                poll.poll(&mut events, Some(20)).unwrap();
                flushed = stream.flush();
            }
            flushed.unwrap();
        }
    }
}

/// Behaviour 38: an error of a completion comes from the next write.
#[test]
fn a_late_error_of_a_send_comes_from_the_next_write() {
    for script in narrow() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let (mut stream, peer) = stream(&kernel);
        poll.registrator().register(&mut stream, 5, Interests::WRITABLE).unwrap();
        assert!(one(&poll, &mut events).is_writable());
        assert!(fill(&stream, &pattern(1_000)) >= 256);
        peer.reset();
        let event = one(&poll, &mut events);
        assert!(event.is_writable() && event.is_error());
        for _ in 0..2 {
            assert_eq!(stream.write(b"more").unwrap_err().raw_os_error(), Some(10_054));
        }
        assert_eq!(stream.flush().unwrap_err().raw_os_error(), Some(10_054));
    }
}

/// Shutting down waits for what is queued.
#[test]
fn a_shutdown_takes_effect_after_what_was_written() {
    for script in narrow() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let (mut stream, peer) = stream(&kernel);
        poll.registrator().register(&mut stream, 5, Interests::READABLE).unwrap();
        let sent = pattern(200);
        assert_eq!(fill(&stream, &sent), 200);
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(stream.write(b"more").unwrap_err().raw_os_error(), Some(10_058));
        let mut got = Vec::new();
        while got.len() < 200 {
            take(&peer, &mut got);
            poll.poll(&mut events, Some(10)).unwrap();
        }
        assert!(got == sent);
        let mut room = [0; 8];
        // When the last send's packet has come, the peer is told.
        let mut end = peer.try_recv(&mut room);
        for _ in 0..500 {
            if end.is_some() {
                break;
            }
            poll.poll(&mut events, Some(20)).unwrap();
            end = peer.try_recv(&mut room);
        }
        assert_eq!(end, Some(0), "the end follows");
        // The other direction is open.
        assert!(peer.send(b"bye"));
        assert!(one(&poll, &mut events).is_readable());
        assert_eq!(stream.read(&mut room).unwrap(), 3);
        stream.shutdown(Shutdown::Read).unwrap();
        assert_eq!(stream.read(&mut room).unwrap(), 0);
    }
}

/// What was written is still sent when the stream is dropped; then the peer sees the end.
#[test]
fn a_dropped_stream_sends_what_was_written_before_it_closes() {
    for script in narrow() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let (mut stream, peer) = stream(&kernel);
        poll.registrator().register(&mut stream, 5, Interests::READABLE).unwrap();
        let sent = pattern(200);
        assert_eq!(fill(&stream, &sent), 200);
        drop(stream);
        let mut got = Vec::new();
        while got.len() < 200 {
            take(&peer, &mut got);
            assert_eq!(poll.poll(&mut events, Some(10)).unwrap(), 0, "no event of a dropped one");
        }
        assert!(got == sent);
        while peer.try_recv(&mut [0; 8]) != Some(0) {
            poll.poll(&mut events, Some(10)).unwrap();
        }
        peer.shut_down();
        while poll.stats().in_flight > 0 {
            poll.poll(&mut events, Some(10)).unwrap();
        }
    }
}

/// A peer that never reads keeps a dropped stream no longer than the queue.
#[test]
fn a_stream_that_lingers_is_given_up_with_its_queue() {
    // A reset would take away what the system had taken.
    let kernel = Kernel::new(Script { window: 100, resets: false, ..Script::default() });
    let port = crate::Config { drain_limit: Duration::from_millis(20), ..config().port };
    let poll = Poll::with_config(&Config { port, linger: LIMIT, ..config() }).unwrap();
    let (mut stream, peer) = stream(&kernel);
    let registrator = poll.registrator();
    registrator.register(&mut stream, 5, Interests::READABLE).unwrap();
    assert_eq!(fill(&stream, &pattern(200)), 200);
    drop(stream);
    drop(poll);
    let mut got = Vec::new();
    take(&peer, &mut got);
    assert_eq!(got, pattern(100), "what the system had taken");
    assert!(!peer.send(b"x"), "it is closed");
}

/// A port that is full tells a write so; its next room makes the stream writable.
#[test]
fn a_write_that_found_the_port_full_is_told_of_room() {
    let kernel = Kernel::new(Script { window: 5, ..Script::default() });
    let port = crate::Config { max_operations: 1, low_water: 0, ..config().port };
    let poll = Poll::with_config(&Config { port, ..config() }).unwrap();
    let mut events = Events::with_capacity(16);
    let ((mut reader, _far), (mut writer, peer)) = (stream(&kernel), stream(&kernel));
    let registrator = poll.registrator();
    registrator.register(&mut reader, 1, Interests::READABLE).unwrap();
    registrator.register(&mut writer, 2, Interests::WRITABLE).unwrap();
    assert_eq!(one(&poll, &mut events).id(), 2);
    assert_eq!(writer.write(b"first").unwrap(), 5, "without an operation");
    would_block(writer.write(b"hello"));
    let refused = registrator.register(&mut writer, 2, Interests::READABLE).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock);
    registrator.register(&mut writer, 2, Interests::WRITABLE).unwrap();
    assert_eq!(one(&poll, &mut events).id(), 2);
    would_block(writer.write(b"hello"));
    drop(reader);
    assert_eq!(poll.poll(&mut events, LIMIT_MS).unwrap(), 1);
    assert_eq!(writer.write(b"hello").unwrap(), 5);
    for _ in 0..2 {
        assert_eq!(peer.recv(&mut [0; 8]), Some(5));
    }
}

/// Also of what the system takes later from a stream that sent directly before.
#[test]
fn a_flush_knows_of_every_send_that_is_not_over() {
    for lent_bytes in [LENT, 0] {
        let kernel = Kernel::new(Script { window: 150, ..Script::default() });
        let poll = Poll::with_config(&Config { lent_bytes, ..config() }).unwrap();
        let mut events = Events::with_capacity(16);
        let (mut near, peer) = stream(&kernel);
        poll.registrator().register(&mut near, 1, Interests::READABLE).unwrap();
        let mut got = Vec::new();
        for round in 1..4 {
            for _ in 0..2 {
                near.flush().unwrap();
                near.write_all(&pattern(100)).unwrap();
            }
            // Half of the second did not fit.
            would_block(near.flush());
            take(&peer, &mut got);
            none(&poll, &mut events);
            assert_eq!(got.len(), 200 * round);
        }
        near.flush().unwrap();
    }
}

/// `WSAENOBUFS` for what is queued passes, as it does for a write: the backlog is kept and sent.
#[test]
fn a_backlog_that_meets_a_shortage_of_memory_is_sent_later() {
    for script in narrow() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let (socket, peer) = kernel.stream_pair();
        let same = socket.try_clone().unwrap();
        let mut stream = TcpStream::from(socket);
        let registrator = poll.registrator();
        registrator.register(&mut stream, 5, Interests::WRITABLE).unwrap();
        assert!(one(&poll, &mut events).is_writable());
        let first = kernel.stick(&same).unwrap();
        assert_eq!(fill(&stream, b"1"), 1);
        let _second = kernel.stick(&same).unwrap();
        assert_eq!(fill(&stream, b"2"), 1);
        assert_eq!(fill(&stream, &pattern(40)), 40, "into the backlog");
        would_block(stream.flush());
        kernel.fault(&same, Fault::Fail(10_055));
        assert_eq!(first.finish(0, 1), 2, "both sends end");
        // Nothing is in flight now: only the queue can go on.
        let mut got = Vec::new();
        for _ in 0..500 {
            take(&peer, &mut got);
            if got.len() >= 40 {
                break;
            }
            poll.poll(&mut events, Some(20)).unwrap();
        }
        assert!(got.ends_with(&pattern(40)), "{} bytes came", got.len());
        stream.write_all(b"more").unwrap();
    }
}

/// Nor by the streams, which may be idle from then on, though some are for all of them.
#[test]
fn no_more_buffers_for_sending_are_kept_than_the_bound_allows() {
    for (lent_bytes, bound) in [(400_000, 100_000), (0, 65_536)] {
        let kernel = Kernel::new(Script { window: 100, ..Script::default() });
        let high = Config { send_high_water: 65_536, lent_bytes, ..config() };
        let (poll, mut events) = (Poll::with_config(&high).unwrap(), Events::with_capacity(16));
        let ends: Vec<_> = (0..8)
            .map(|token| {
                let (mut near, far) = stream(&kernel);
                poll.registrator().register(&mut near, token, Interests::WRITABLE).unwrap();
                assert_eq!(fill(&near, &pattern(20_000)), 20_000);
                (near, far)
            })
            .collect();
        assert!(poll.stats().bytes > 150_000, "{:?}", poll.stats());
        for (_, far) in &ends {
            let mut got = Vec::new();
            while got.len() < 20_000 {
                take(far, &mut got);
                poll.poll(&mut events, Some(0)).unwrap();
            }
        }
        while poll.stats().in_flight > 0 {
            poll.poll(&mut events, Some(1)).unwrap();
        }
        assert!(poll.stats().bytes <= bound, "{lent_bytes} {:?}", poll.stats());
        for (mut near, _) in ends {
            near.flush().unwrap();
        }
    }
}
