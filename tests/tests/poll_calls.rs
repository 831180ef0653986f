//! How many system calls a message takes through the event queue, exactly.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use iocp_tests::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting::new();

#[cfg(not(target_arch = "x86_64"))]
#[test]
fn counts_of_system_calls_are_not_shown_on_this_architecture() {
    iocp_tests::not_here("counts of system calls: the counting thunks are x86_64 code");
}

/// Behaviour 29: what the system's own calls cost, and nothing is allocated.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_message_through_the_queue_costs_one_wait_one_receive_one_send_and_no_allocation() {
    use std::io::{Read, Write};

    use iocp::poll::{Events, Interests, Poll, TcpStream};
    use iocp_tests::{calls::Meter, net::tcp_pair, Allocations};

    const WARM: u64 = 20;
    const MESSAGES: u64 = 200;
    let poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(16);
    let (near, mut far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    let mut room = [0; 256];
    let mut meter = Meter::new();
    for message in 0..WARM + MESSAGES {
        if message == WARM {
            meter = Meter::new();
        }
        let bytes = [u8::try_from(message % 251).unwrap(); 64];
        far.write_all(&bytes).unwrap();
        let allocations = ALLOCATOR.on_this_thread(|| {
            meter.run(|| {
                assert_eq!(poll.poll(&mut events, None).unwrap(), 1);
                assert!(events.iter().all(|event| event.is_readable()));
                // A read that is short has emptied the buffer, and the next receive is started.
                assert_eq!(stream.read(&mut room).unwrap(), 64);
                assert_eq!(stream.write(&room[..64]).unwrap(), 64);
            });
        });
        if message >= WARM {
            assert_eq!(allocations, Allocations::NONE, "message {message}");
        }
        let mut answer = [0; 64];
        far.read_exact(&mut answer).unwrap();
        assert_eq!(answer, bytes);
    }
    let counts = meter.counts();
    let expected =
        [("GetQueuedCompletionStatusEx", MESSAGES), ("WSARecv", MESSAGES), ("WSASend", MESSAGES)];
    assert_eq!(counts.entering(), expected, "{counts}");
}
