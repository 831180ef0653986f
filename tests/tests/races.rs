//! Receives that race their cancel: every byte of the stream once, whoever wins.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{io::Write, net::Shutdown, sync::mpsc::channel};

use iocp::{CompletionKind, CompletionPort, Submitted};
use iocp_tests::{
    net::tcp_pair,
    waiting::{done, finish},
};

/// How many receives race a cancel: a tenth of what `cargo xtask deep storm` asks for.
fn races() -> u32 {
    let asked = std::env::var("IOCP_RACES").ok();
    asked.map_or(10_000, |number| number.parse().unwrap())
}

/// Behaviour 13: a cancelled receive takes nothing from the stream.
#[test]
fn a_receive_that_races_its_cancel_loses_no_byte_and_repeats_none() {
    let (near, mut far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let socket = port.associate_socket(near, 0).unwrap();
    let (go, rounds) = channel::<u32>();
    let writer = std::thread::spawn(move || {
        let mut sent = 0_u32;
        for round in rounds {
            let bytes: Vec<u8> = (0..1 + round % 7).map(|step| byte_at(sent + step)).collect();
            far.write_all(&bytes).unwrap();
            sent += 1 + round % 7;
        }
        far.shutdown(Shutdown::Write).unwrap();
        (sent, far)
    });
    let mut operation = port.operation(Vec::with_capacity(64), 0).unwrap();
    let (mut received, mut cancelled, mut took) = (0_u32, 0, 0);
    for round in 0..races() {
        go.send(round).unwrap();
        let completed = match socket.recv(operation) {
            Submitted::Pending(ticket) => {
                (0..round % 50 * 20).for_each(|_| std::hint::spin_loop());
                ticket.cancel().unwrap();
                finish(&port, ticket)
            }
            Submitted::Ready(completed) => completed,
            Submitted::Refused(failed) => panic!("round {round}: {failed:?}"),
        };
        match completed.result() {
            Ok(bytes) => {
                took += 1;
                assert_eq!(completed.buffer().len(), bytes);
                assert_ne!(bytes, 0, "round {round}: no end of stream yet");
            }
            Err(error) => {
                cancelled += 1;
                assert_eq!(error.kind, CompletionKind::Cancelled, "round {round}");
                assert_eq!(error.bytes, 0);
                assert_eq!(completed.buffer(), b"", "round {round}");
            }
        }
        received = check(received, completed.buffer());
        operation = completed.into_operation();
        operation.buffer_mut().clear();
    }
    drop(go);
    loop {
        let completed = done(&port, socket.recv(operation));
        if completed.result() == Ok(0) {
            break;
        }
        received = check(received, completed.buffer());
        operation = completed.into_operation();
        operation.buffer_mut().clear();
    }
    let (sent, _far) = writer.join().unwrap();
    println!("{cancelled} were cancelled, {took} took data");
    assert_eq!(received, sent);
    assert!(took > 0 && cancelled > 0, "there was a race: {took} took data, {cancelled} did not");
    assert_eq!(port.stats().in_flight, 0);
}

/// The byte of the stream at this place; no short period.
fn byte_at(place: u32) -> u8 {
    place.wrapping_mul(2_654_435_761).to_be_bytes()[0]
}

/// Checks the next bytes of the stream; returns the next place.
fn check(mut place: u32, bytes: &[u8]) -> u32 {
    for &byte in bytes {
        assert_eq!(byte, byte_at(place), "the byte at {place}");
        place += 1;
    }
    place
}
