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

/// What the server of [`calls_of`] does with what comes.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Echo,
    /// Only reads.
    One,
}

/// Calls of the server that enter the kernel, for each message of so many bytes. Of what comes, it holds at most
/// 64 KiB at a time. `ahead`: so many messages are sent before the first is answered.
#[cfg(target_arch = "x86_64")]
fn calls_of(size: usize, way: Way, ahead: usize, messages: usize) -> f64 {
    use std::cell::Cell;
    use std::io::{ErrorKind, Read, Write};

    use iocp::poll::{Events, Interests, Poll, TcpStream};
    use iocp_tests::{calls::Meter, net::tcp_pair};

    const WARM: usize = 10;
    const SPACE: usize = 65_536;
    let poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(16);
    let (near, mut far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    let both = Interests::READABLE | Interests::WRITABLE;
    poll.registrator().register(&mut stream, 1, both).unwrap();
    let total = (WARM + messages) * size;
    let client = std::thread::spawn(move || {
        let (message, mut answer) = (vec![7; size], vec![0; size]);
        let mut sent = 0;
        for number in 0..WARM + messages {
            while sent < (number + ahead).min(WARM + messages) {
                far.write_all(&message).unwrap();
                sent += 1;
            }
            if way == Way::Echo {
                far.read_exact(&mut answer).unwrap();
            }
        }
        far
    });
    let mut room = vec![0; SPACE];
    // What was read is from here to there, and is to be sent.
    let (mut from, mut to, mut done) = (0, 0, 0);
    let (meter, warm) = (Meter::new(), Cell::new(0));
    let mark = |done| {
        if done <= WARM * size {
            warm.set(meter.counts().kernel_calls());
        }
    };
    while done < total {
        meter.run(|| poll.poll(&mut events, None).unwrap());
        meter.run(|| loop {
            if from == to {
                match stream.read(&mut room) {
                    Ok(0) => unreachable!("the client waits for all"),
                    Ok(count) => (from, to) = (0, count),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        mark(done);
                        break;
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
            let short = to < SPACE;
            while from < to && way == Way::Echo {
                match stream.write(&room[from..to]) {
                    Ok(count) => (from, done) = (from + count, done + count),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                    Err(error) => panic!("{error:?}"),
                }
            }
            if way == Way::One {
                (from, done) = (to, done + to);
            }
            mark(done);
            // A short read has left nothing.
            if short {
                break;
            }
        });
    }
    drop(client.join().unwrap());
    println!("{}", meter.counts());
    let calls = meter.counts().kernel_calls() - warm.get();
    f64::from(u32::try_from(calls).unwrap()) / f64::from(u32::try_from(messages).unwrap())
}

/// Behaviour 29: also where messages are larger than what is lent.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_message_of_any_size_costs_few_calls() {
    for (size, way, ahead, messages, bar) in [
        (64, Way::Echo, 1, 500, 3.0),
        (8 << 10, Way::Echo, 1, 500, 4.0),
        (16 << 10, Way::Echo, 1, 500, 4.0),
        (64 << 10, Way::Echo, 1, 200, 5.0),
        (1 << 20, Way::One, usize::MAX / 2, 30, 17.0),
    ] {
        let found = calls_of(size, way, ahead, messages);
        println!("{size} bytes, {way:?}, {ahead} ahead: {found} calls, at most {bar}");
        assert!(found <= bar, "{size} bytes, {way:?}: {found} calls");
    }
}
