//! `WouldBlock` has two causes, a full port and a full queue: each ends with an event.

use std::{
    io::{Read, Write},
    sync::mpsc::{channel, Receiver},
    thread,
};

use super::{config, none, one, stream, would_block, LENT};
use crate::{
    poll::{Config, Events, Interests, Poll, Registrator},
    sim::{Kernel, Script},
    tests::{scripts, LIMIT},
};

/// A queue of so many operations.
fn narrow(max_operations: u32, lent_bytes: usize) -> (Poll, Events) {
    let port = crate::Config { max_operations, ..config().port };
    let config = Config { port, lent_bytes, ..config() };
    (Poll::with_config(&config).unwrap(), Events::with_capacity(16))
}

/// First the port is full, then what the stream has queued reaches its mark.
#[test]
fn a_full_port_and_a_full_stream_each_end_with_a_writable_event() {
    for script in scripts() {
        for lent_bytes in [LENT, 0] {
            let kernel = Kernel::new(Script { window: 100, ..script });
            let (poll, mut events) = narrow(2, lent_bytes);
            let registrator = poll.registrator();
            let (mut first, _near) = stream(&kernel);
            let (mut second, _far) = stream(&kernel);
            let (mut writer, peer) = stream(&kernel);
            registrator.register(&mut first, 1, Interests::READABLE).unwrap();
            registrator.register(&mut second, 2, Interests::READABLE).unwrap();
            registrator.register(&mut writer, 3, Interests::WRITABLE).unwrap();
            assert_eq!(one(&poll, &mut events).id(), 3, "nothing was tried yet");
            let mut written = writer.write(&[7; 100]).unwrap();
            would_block(writer.write(b"x"));
            none(&poll, &mut events);
            // One has room now: the port says so once, and to the one that was refused.
            drop(first);
            let event = one(&poll, &mut events);
            assert!(event.id() == 3 && event.is_writable(), "{event:?}");
            loop {
                match writer.write(&[7; 50]) {
                    Ok(count) => written += count,
                    error => break would_block(error),
                }
            }
            assert_eq!(written, 356);
            none(&poll, &mut events);
            // The peer reads: one send at a time, for the port has no room for two.
            let (mut room, mut got, mut told) = ([0; 64], 0, 0);
            // The last bytes may be read before the packet that tells of room was taken.
            for _ in 0..1_000 {
                if got == written && told > 0 {
                    break;
                }
                got += peer.try_recv(&mut room).unwrap_or(0);
                poll.poll(&mut events, Some(5)).unwrap();
                for event in &events {
                    assert!(event.id() == 3 && event.is_writable(), "{event:?}");
                    told += 1;
                }
            }
            assert_eq!((got, told), (written, 1));
            none(&poll, &mut events);
        }
    }
}

/// Of many streams, those that spoke first hold the buffers; the others hold none, and lose nothing by it.
#[test]
fn no_more_buffers_are_lent_than_the_bound_allows() {
    let kernel = Kernel::new(Script::default());
    let poll = Poll::with_config(&Config { lent_bytes: 2 * 1024 + 1023, ..config() }).unwrap();
    let mut events = Events::with_capacity(16);
    let registrator = poll.registrator();
    let mut pairs: Vec<_> = (0..4).map(|_| stream(&kernel)).collect();
    for (token, (stream, _)) in pairs.iter_mut().enumerate() {
        registrator.register(stream, token, Interests::READABLE).unwrap();
    }
    let mut costs = Vec::new();
    for round in 0..3 {
        for (token, (stream, peer)) in pairs.iter_mut().enumerate() {
            let before = kernel.counts();
            assert!(peer.send(b"message"));
            assert_eq!(one(&poll, &mut events).id(), token);
            assert_eq!(stream.read(&mut [0; 16]).unwrap(), 7);
            would_block(stream.read(&mut [0; 16]));
            if round > 0 {
                costs.push(kernel.counts().direct - before.direct);
            }
        }
    }
    assert_eq!(costs, [0, 0, 1, 1, 0, 0, 1, 1], "calls into the reader's own memory");
    // The buffer of one that is gone is the next one's.
    drop(pairs.remove(0));
    none(&poll, &mut events);
    let (stream, peer) = &mut pairs[1];
    for direct in [1, 0] {
        let before = kernel.counts();
        assert!(peer.send(b"message"));
        assert_eq!(one(&poll, &mut events).id(), 2);
        assert_eq!(stream.read(&mut [0; 16]).unwrap(), 7);
        assert_eq!(kernel.counts().direct - before.direct, direct);
    }
}

/// Whoever is refused while another thread takes the news of room is told of the next.
#[test]
fn writers_of_many_threads_that_meet_a_full_port_are_all_told_of_room() {
    const WRITERS: usize = 4;
    let kernel = &Kernel::new(Script { window: 1, ..Script::default() });
    let (poll, mut events) = narrow(1, LENT);
    let registrator = &poll.registrator();
    let (mut tellers, mut told) = (Vec::new(), Vec::new());
    for _ in 0..WRITERS {
        let (sender, receiver) = channel();
        tellers.push(sender);
        told.push(receiver);
    }
    thread::scope(|scope| {
        scope.spawn(move || {
            while poll.poll(&mut events, None).is_ok() {
                for event in &events {
                    // A writer that is through listens no more.
                    let _ = tellers[event.id()].send(());
                }
            }
        });
        let write = |(token, told)| {
            scope.spawn(move || {
                let _inside = kernel.enter();
                (0..ROUNDS).all(|_| write_one(kernel, registrator, token, &told))
            })
        };
        let writers: Vec<_> = told.into_iter().enumerate().map(write).collect();
        let ends: Vec<_> = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
        registrator.close_loop().unwrap();
        assert!(ends.iter().all(|&through| through), "a writer waited for ever");
    });
}

const ROUNDS: usize = if cfg!(miri) { 3 } else { 200 };

/// Writes a byte that needs an operation, as events allow, on a stream of its own. False: no event came.
fn write_one(
    kernel: &Kernel,
    registrator: &Registrator,
    token: usize,
    told: &Receiver<()>,
) -> bool {
    let (mut writer, peer) = stream(kernel);
    registrator.register(&mut writer, token, Interests::WRITABLE).unwrap();
    assert_eq!(writer.write(b"x").unwrap(), 1, "fits without an operation");
    loop {
        if told.recv_timeout(LIMIT.unwrap()).is_err() {
            return false;
        }
        match writer.write(b"x") {
            Ok(_) => break,
            error => would_block(error),
        }
    }
    // Dropping it is what makes room. A late event may be the next stream's first.
    drop(writer);
    for _ in 0..2 {
        assert_eq!(peer.recv(&mut [0; 4]), Some(1));
    }
    true
}

/// First come first served, and nobody else hears of it.
#[test]
fn as_many_sources_are_told_of_room_as_there_is_room_for_in_their_order() {
    const WAITING: usize = 12;
    for script in scripts() {
        let kernel = Kernel::new(Script { window: 1, ..script });
        let (poll, mut events) = narrow(4, LENT);
        let registrator = poll.registrator();
        let mut holders: Vec<_> = (0..4).map(|_| stream(&kernel)).collect();
        for (holder, _) in &mut holders {
            registrator.register(holder, 99, Interests::READABLE).unwrap();
        }
        let mut waiting: Vec<_> = (0..WAITING).map(|_| stream(&kernel)).collect();
        for (number, (stream, _)) in waiting.iter_mut().enumerate() {
            registrator.register(stream, number, Interests::WRITABLE).unwrap();
        }
        while poll.poll(&mut events, Some(1)).unwrap() > 0 {}
        for (stream, _) in &mut waiting {
            assert_eq!(stream.write(b"xx").unwrap(), 1, "without an operation");
            would_block(stream.write(b"x"));
        }
        let mut first = 0;
        for freed in [1, 2, 1] {
            holders.truncate(holders.len() - freed);
            let mut told = Vec::new();
            // The drops are over when the packets of their receives are taken.
            while told.len() < freed {
                poll.poll(&mut events, Some(1_000)).unwrap();
                told.extend(events.iter().map(crate::poll::Event::id));
                for event in &events {
                    assert_eq!(waiting[event.id()].0.write(b"x").unwrap(), 1);
                }
            }
            assert_eq!(told, (first..first + freed).collect::<Vec<_>>());
            first += freed;
        }
    }
}

/// Who was told may be dropped, or want nothing any more: the next in the line hears of it a moment later.
#[test]
fn room_that_was_told_of_and_not_taken_is_told_to_the_next() {
    let kernel = Kernel::new(Script { window: 1, ..Script::default() });
    let (poll, mut events) = narrow(1, LENT);
    let registrator = poll.registrator();
    let (mut holder, _near) = stream(&kernel);
    registrator.register(&mut holder, 99, Interests::READABLE).unwrap();
    let mut waiting: Vec<_> = (0..4).map(|_| stream(&kernel)).collect();
    for (number, (stream, _)) in waiting.iter_mut().enumerate() {
        registrator.register(stream, number, Interests::WRITABLE).unwrap();
        assert_eq!(one(&poll, &mut events).id(), number);
        assert_eq!(stream.write(b"xx").unwrap(), 1, "without an operation");
        would_block(stream.write(b"x"));
    }
    // Gone before there is room: left out.
    drop(waiting.remove(0));
    drop(holder);
    for number in 1..4 {
        // Each is told, and writes nothing.
        assert_eq!(one(&poll, &mut events).id(), number);
    }
    none(&poll, &mut events);
}

/// It would keep it for its next write.
#[test]
fn a_stream_whose_send_is_over_leaves_its_operation_to_one_that_waits() {
    for lent_bytes in [LENT, 0] {
        let kernel = Kernel::new(Script { window: 1, ..Script::default() });
        let (poll, mut events) = narrow(1, lent_bytes);
        let registrator = poll.registrator();
        let (mut sends, peer) = stream(&kernel);
        let (mut waits, _far) = stream(&kernel);
        for (token, stream) in [(1, &mut sends), (2, &mut waits)] {
            registrator.register(stream, token, Interests::WRITABLE).unwrap();
            assert_eq!(one(&poll, &mut events).id(), token);
            assert_eq!(stream.write(b"x").unwrap(), 1, "without an operation");
        }
        assert_eq!(sends.write(b"x").unwrap(), 1);
        would_block(waits.write(b"x"));
        none(&poll, &mut events);
        assert_eq!(peer.recv(&mut [0; 4]), Some(1));
        assert_eq!(one(&poll, &mut events).id(), 2);
        assert_eq!(waits.write(b"x").unwrap(), 1);
        sends.flush().unwrap();
        would_block(sends.write(b"xx"));
    }
}
