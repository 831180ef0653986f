//! What the steady state allocates: nothing.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use iocp::{CompletionPort, Config, Packets, Submitted};
use iocp_tests::{net::tcp_pair, waiting::DEADLINE, Allocations, Counting};

#[global_allocator]
static ALLOCATOR: Counting = Counting::new();

/// The only test of this file: the count is of the whole process.
///
/// Behaviour 29: rounds of submit, wait, finish and submit again.
#[test]
fn two_thousand_rounds_of_receiving_and_sending_allocate_nothing() {
    for skip_on_success in [true, false] {
        let config = Config::default().skip_on_success(skip_on_success);
        let port = CompletionPort::with_config(&config).unwrap();
        let (near, mut far) = tcp_pair();
        let socket = port.associate_socket(near, 0).unwrap();
        let mut packets = Packets::with_capacity(16);
        let mut receive = Some(port.operation(Vec::with_capacity(64), 1).unwrap());
        let mut send = Some(port.operation(vec![7; 16], 2).unwrap());
        let mut finish = |ticket: iocp::InFlight<Vec<u8>>| {
            let end = Instant::now() + DEADLINE;
            while !ticket.is_done() {
                assert!(Instant::now() < end, "the packet does not come");
                port.wait(&mut packets, Some(Duration::from_secs(1))).unwrap();
            }
            ticket.finish().unwrap()
        };
        let mut rounds = |count: usize| {
            for _ in 0..count {
                let ticket = socket.recv(receive.take().unwrap());
                far.write_all(&[5; 16]).unwrap();
                let completed = match ticket {
                    Submitted::Pending(ticket) => finish(ticket),
                    Submitted::Ready(completed) => completed,
                    Submitted::Refused(failed) => panic!("{failed:?}"),
                };
                assert_eq!(completed.buffer(), &[5; 16]);
                let mut operation = completed.into_operation();
                operation.buffer_mut().clear();
                receive = Some(operation);
                let completed = match socket.send(send.take().unwrap()) {
                    Submitted::Pending(ticket) => finish(ticket),
                    Submitted::Ready(completed) => completed,
                    Submitted::Refused(failed) => panic!("{failed:?}"),
                };
                assert_eq!(completed.result(), Ok(16));
                send = Some(completed.into_operation());
                let mut room = [0; 16];
                far.read_exact(&mut room).unwrap();
                assert_eq!(room, [7; 16]);
            }
        };
        rounds(10);
        let allocations = ALLOCATOR.during(|| rounds(2_000));
        assert_eq!(allocations, Allocations::NONE, "skip mode: {skip_on_success}");
    }
}
