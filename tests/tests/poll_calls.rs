//! How many system calls a message takes through the event queue, exactly.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

#[cfg(target_arch = "x86_64")]
use std::sync::{Mutex, MutexGuard, PoisonError};

use iocp_tests::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting::new();

/// One of these tests at a time: the allocator counts for one.
#[cfg(target_arch = "x86_64")]
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

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
    let _alone = alone();
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
        [("GetQueuedCompletionStatusEx", MESSAGES), ("WSARecv", MESSAGES), ("send", MESSAGES)];
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

/// Room of the server for what it has read.
#[cfg(target_arch = "x86_64")]
const SPACE: usize = 65_536;

/// What the server's messages cost after the first ones.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Default)]
struct Spent {
    /// Calls that enter the kernel.
    calls: u64,
    /// Reads that brought bytes: more than a message has room-fulls where the peer, or the system, gave it in pieces.
    reads: u64,
    /// Polls: none is in vain, each is followed by a read.
    polls: u64,
}

/// What messages of so many bytes cost the server. Of what comes, it holds at most 64 KiB at a time. `ahead`: so many
/// messages are sent before the first is answered.
#[cfg(target_arch = "x86_64")]
fn spent_on(size: usize, way: Way, ahead: usize, messages: usize) -> Spent {
    use std::cell::Cell;
    use std::io::{ErrorKind, Read, Write};

    use iocp::poll::{Events, Interests, Poll, TcpStream};
    use iocp_tests::{calls::Meter, net::tcp_pair};

    const WARM: usize = 10;
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
    let (meter, warm) = (Meter::new(), Cell::new(Spent::default()));
    let (reads, polls) = (Cell::new(0), Cell::new(0));
    let now =
        || Spent { calls: meter.counts().kernel_calls(), reads: reads.get(), polls: polls.get() };
    let mark = |done| {
        if done <= WARM * size {
            warm.set(now());
        }
    };
    while done < total {
        meter.run(|| poll.poll(&mut events, None).unwrap());
        polls.set(polls.get() + 1);
        meter.run(|| loop {
            if from == to {
                match stream.read(&mut room) {
                    Ok(0) => unreachable!("the client waits for all"),
                    Ok(count) => {
                        (from, to) = (0, count);
                        reads.set(reads.get() + 1);
                    }
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
    let (warm, now) = (warm.get(), now());
    Spent {
        calls: now.calls - warm.calls,
        reads: now.reads - warm.reads,
        polls: now.polls - warm.polls,
    }
}

/// Behaviour 29: also where messages are larger than what is lent. How many pieces a message comes in is the system's
/// and the peer's doing: each more than one may cost a wait, a receive, a packet, a read and a send.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_message_of_any_size_costs_few_calls() {
    const PIECE: u64 = 5;
    let _alone = alone();
    for (size, messages, bar) in
        [(64, 500, 3), (8 << 10, 500, 4), (16 << 10, 500, 4), (64 << 10, 200, 5)]
    {
        let Spent { calls, reads, .. } = spent_on(size, Way::Echo, 1, messages);
        let messages = messages as u64;
        let bar = bar * messages + PIECE * reads.saturating_sub(messages);
        println!(
            "{size} bytes: {calls} calls, at most {bar}, {messages} messages in {reads} pieces"
        );
        assert!(calls <= bar, "{size} bytes: {calls} calls");
    }
}

/// Behaviour 29: what is there is read by one call for each room that it fills; only where nothing is left, the next
/// wait costs more: the read that finds nothing, a receive, its packet and the wait.
#[cfg(target_arch = "x86_64")]
#[test]
fn bytes_that_never_pause_cost_one_call_for_each_room_that_they_fill() {
    const PAUSE: u64 = 4;
    let _alone = alone();
    let Spent { calls, reads, polls } = spent_on(1 << 20, Way::One, usize::MAX / 2, 30);
    // One pause is under way where counting begins.
    let bar = reads + PAUSE * (polls + 1);
    println!("{calls} calls, at most {bar}, for {reads} reads and {polls} polls");
    assert!(calls <= bar && polls <= reads, "{calls} calls, {reads} reads, {polls} polls");
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
    let _alone = alone();
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
    let expected =
        [("GetQueuedCompletionStatusEx", MESSAGES / 32), ("WSARecv", MESSAGES), ("send", MESSAGES)];
    assert_eq!(counts.entering(), expected, "{counts}");
}
