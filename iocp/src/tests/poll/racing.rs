//! A stream that is registered, read and written while another thread takes its packets.

use std::{
    io::{ErrorKind, Read, Write},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::channel,
        Barrier,
    },
    thread,
    time::Duration,
};

use super::{config, stream, LENT};
use crate::{
    poll::{Config, Events, Interests, Poll},
    sim::{Kernel, Script},
    tests::scripts,
};

const ROUNDS: usize = if cfg!(miri) { 20 } else { 1_000 };
const LIMIT: Duration = Duration::from_secs(if cfg!(miri) { 600 } else { 120 });

/// Either the poller that takes the packet finds the interests, or they find the packet taken.
#[test]
fn data_that_comes_while_its_stream_is_registered_is_told() {
    for script in scripts() {
        for lent_bytes in [LENT, 0] {
            let kernel = &Kernel::new(script);
            let poll = Poll::with_config(&Config { lent_bytes, ..config() }).unwrap();
            let mut events = Events::with_capacity(4);
            let registrator = &poll.registrator();
            let (mut stream, peer) = stream(kernel);
            let ((tell, told), (go, gone)) = (channel(), channel::<()>());
            // A receive is in flight from now on, with interests or without.
            registrator.register(&mut stream, 0, Interests::READABLE).unwrap();
            thread::scope(|scope| {
                scope.spawn(move || {
                    while poll.poll(&mut events, None).is_ok() {
                        events.iter().for_each(|event| tell.send(event.id()).unwrap());
                    }
                    // The program may have ended before.
                    drop(tell);
                });
                scope.spawn(move || {
                    let _inside = kernel.enter();
                    while gone.recv().is_ok() {
                        assert!(peer.send(b"x"));
                    }
                });
                let mut failed = None;
                for token in 1..=ROUNDS {
                    registrator.deregister(&stream).unwrap();
                    go.send(()).unwrap();
                    registrator.reregister(&stream, token, Interests::READABLE).unwrap();
                    let mut missing = true;
                    while missing {
                        match told.recv_timeout(LIMIT) {
                            Ok(id) if id != token => continue,
                            Ok(_) => {}
                            Err(_) => {
                                failed = Some(token);
                                break;
                            }
                        }
                        match stream.read(&mut [0; 8]) {
                            Ok(count) => missing = count != 1,
                            // A kernel that says "pending" of what is there already.
                            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
                        }
                    }
                    if failed.is_some() {
                        break;
                    }
                }
                drop(go);
                registrator.close_loop().unwrap();
                while told.recv().is_ok() {}
                assert_eq!(failed, None, "never told");
            });
        }
    }
}

/// Bytes written through a shared reference while another thread reads, and a third polls.
#[test]
fn a_stream_is_read_and_written_by_two_threads_and_loses_nothing() {
    for script in scripts() {
        let kernel = &Kernel::new(Script { window: 64, ..script });
        let poll = Poll::with_config(&config()).unwrap();
        let mut events = Events::with_capacity(4);
        let registrator = &poll.registrator();
        let (mut near, peer) = stream(kernel);
        let both = Interests::READABLE | Interests::WRITABLE;
        registrator.register(&mut near, 1, both).unwrap();
        let near = &near;
        let ((readable, may_read), (writable, may_write)) = (channel(), channel());
        let bytes: Vec<u8> = (0..10 * ROUNDS).map(|at| (at % 251) as u8).collect();
        let bytes = &bytes;
        thread::scope(|scope| {
            let poller = scope.spawn(move || {
                while poll.poll(&mut events, None).is_ok() {
                    for event in &events {
                        if event.is_readable() {
                            let _ = readable.send(());
                        }
                        if event.is_writable() {
                            let _ = writable.send(());
                        }
                    }
                }
            });
            // The other end gives back what it gets.
            scope.spawn(move || {
                let _inside = kernel.enter();
                let mut room = [0; 48];
                while let Some(count @ 1..) = peer.recv(&mut room) {
                    assert!(peer.send(&room[..count]));
                }
            });
            let writer = scope.spawn(move || {
                let mut from = 0;
                while from < bytes.len() {
                    match (&mut &*near).write(&bytes[from..]) {
                        Ok(count) => from += count,
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::WouldBlock);
                            may_write.recv_timeout(LIMIT).expect("never writable");
                        }
                    }
                }
                // The end is sent when the packets of all sends are taken, which is while somebody polls.
                while let Err(error) = (&mut &*near).flush() {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock);
                    may_write.recv_timeout(LIMIT).expect("never flushed");
                }
            });
            let reader = scope.spawn(move || {
                let (mut got, mut room) = (Vec::new(), [0; 40]);
                while got.len() < bytes.len() {
                    match (&mut &*near).read(&mut room) {
                        Ok(count) => got.extend_from_slice(&room[..count]),
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::WouldBlock);
                            may_read.recv_timeout(LIMIT).expect("never readable");
                        }
                    }
                }
                assert!(got == *bytes);
            });
            let ends = [writer.join(), reader.join()];
            // Ends the other side too.
            near.shutdown(std::net::Shutdown::Write).unwrap();
            registrator.close_loop().unwrap();
            poller.join().unwrap();
            assert!(ends.iter().all(Result::is_ok));
        });
    }
}

/// Regression: of several pollers one took the event, and said that the queue is closed.
#[test]
fn an_event_beside_a_close_is_told_by_one_of_several_pollers() {
    for round in 0..if cfg!(miri) { 3 } else { 300 } {
        let kernel = &Kernel::new(Script::default());
        let poll = &Poll::with_config(&config()).unwrap();
        let registrator = poll.registrator();
        let (mut stream, peer) = stream(kernel);
        registrator.register(&mut stream, 1, Interests::READABLE).unwrap();
        let (told, start) = (&AtomicUsize::new(0), &Barrier::new(4));
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(move || {
                    let mut events = Events::with_capacity(4);
                    start.wait();
                    while poll.poll(&mut events, None).is_ok() {
                        told.fetch_add(events.len(), Ordering::Relaxed);
                    }
                });
            }
            start.wait();
            assert!(peer.send(b"x"));
            registrator.close_loop().unwrap();
        });
        assert_eq!(told.load(Ordering::Relaxed), 1, "round {round}");
    }
}
