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

/// What the server of [`cost_of`] does with what comes.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Echo,
    /// Only reads.
    One,
}

/// What each message costs the server.
#[cfg(target_arch = "x86_64")]
struct Cost {
    /// Calls that enter the kernel.
    calls: f64,
    /// Polls, with a call or without.
    polls: f64,
}

/// What messages of so many bytes cost. Of what comes, the server holds at most 64 KiB at a time.
#[cfg(target_arch = "x86_64")]
fn cost_of(size: usize, way: Way, messages: usize) -> Cost {
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
        for _ in 0..WARM + messages {
            far.write_all(&message).unwrap();
            if way == Way::Echo {
                far.read_exact(&mut answer).unwrap();
            }
        }
        far
    });
    let mut room = vec![0; SPACE];
    // What was read is from here to there, and is to be sent.
    let (mut from, mut to, mut done) = (0, 0, 0);
    let (meter, warm, mut polls) = (Meter::new(), Cell::new((0, 0)), 0);
    let mark = |done, polls| {
        if done <= WARM * size {
            warm.set((meter.counts().kernel_calls(), polls));
        }
    };
    while done < total {
        meter.run(|| poll.poll(&mut events, None).unwrap());
        polls += 1;
        meter.run(|| loop {
            if from == to {
                match stream.read(&mut room) {
                    Ok(0) => unreachable!("the client waits for all"),
                    Ok(count) => (from, to) = (0, count),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        mark(done, polls);
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
            mark(done, polls);
            // A short read has left nothing.
            if short {
                break;
            }
        });
    }
    drop(client.join().unwrap());
    let per_message = |count: u64| {
        f64::from(u32::try_from(count).unwrap()) / f64::from(u32::try_from(messages).unwrap())
    };
    let (warm_calls, warm_polls) = warm.get();
    let calls = per_message(meter.counts().kernel_calls() - warm_calls);
    Cost { calls, polls: per_message(polls - warm_polls) }
}

/// Behaviour 29: also where messages are larger than what is lent.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_message_of_any_size_costs_few_calls() {
    for (size, bar) in [(64, 3.0), (8 << 10, 4.0), (16 << 10, 4.0)] {
        let Cost { calls, .. } = cost_of(size, Way::Echo, 500);
        assert!(calls <= bar, "{size} bytes: {calls} calls");
    }
    // How often a read is short depends on how fast the client is: each may cost a wait, a read, a probe and a send
    // more. The other calls carry 64 KiB each.
    for (size, way, messages, bar) in [
        (64 << 10, Way::Echo, 200, 2.1),
        (1 << 20, Way::Echo, 20, 33.0),
        (1 << 20, Way::One, 30, 17.0),
    ] {
        let Cost { calls, polls } = cost_of(size, way, messages);
        println!("{size} bytes, {way:?}: {calls} calls, {polls} polls");
        assert!(calls - 4.0 * polls <= bar, "{size} bytes, {way:?}: {calls} calls, {polls} polls");
    }
}

/// Behaviour 29: a server that is always busy is told without a call that the next message is there, and asks the
/// system every 32nd time.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_message_that_is_there_before_the_server_asks_costs_one_receive_and_one_send() {
    use std::io::{Read, Write};

    use iocp::poll::{Events, Interests, Poll, TcpStream};
    use iocp_tests::{calls::Meter, net::tcp_pair, Allocations};

    const WARM: u64 = 20;
    const MESSAGES: u64 = 320;
    let poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(16);
    let (near, mut far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    let (mut room, mut answer) = ([0; 256], [0; 64]);
    let mut meter = Meter::new();
    // After the first it is lent a buffer.
    for first in [true, false] {
        far.write_all(&[0; 64]).unwrap();
        if first {
            assert_eq!(poll.poll(&mut events, None).unwrap(), 1);
            assert_eq!(stream.read(&mut room).unwrap(), 64);
        }
    }
    for message in 0..WARM + MESSAGES {
        if message == WARM {
            meter = Meter::new();
        }
        assert_eq!(meter.run(|| poll.poll(&mut events, None)).unwrap(), 1);
        // Behind the one that the lent buffer holds.
        far.write_all(&[u8::try_from((message + 1) % 251).unwrap(); 64]).unwrap();
        let allocations = ALLOCATOR.on_this_thread(|| {
            meter.run(|| {
                assert_eq!(stream.read(&mut room).unwrap(), 64);
                stream.write_all(&room[..64]).unwrap();
            });
        });
        if message >= WARM {
            assert_eq!(allocations, Allocations::NONE, "message {message}");
        }
        far.read_exact(&mut answer).unwrap();
        assert_eq!(answer, [u8::try_from(message % 251).unwrap(); 64]);
    }
    let counts = meter.counts();
    let expected = [
        ("GetQueuedCompletionStatusEx", MESSAGES / 32),
        ("WSARecv", MESSAGES),
        ("WSASend", MESSAGES),
    ];
    assert_eq!(counts.entering(), expected, "{counts}");
}
