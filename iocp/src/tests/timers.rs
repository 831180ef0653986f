//! Timers: never early, each once, in the same wait as everything else; who is woken for them, and what
//! that costs.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{is_quiet, port, LIMIT, NOW};
use crate::{
    sim::{Kernel, Script},
    CompletionPort, Error, Packet, Packets, Timer, UserPacket, Wait,
};

const SHORT: Duration = Duration::from_millis(20);
/// Longer than any test.
const LONG: Duration = Duration::from_secs(1000);
/// What a machine may be late. A wait that knows no deadline sleeps for 5 s.
const LATE: Duration = Duration::from_secs(2);

fn tokens(packets: &Packets) -> Vec<usize> {
    let token = |packet: &Packet| match *packet {
        Packet::Timer { token } => token,
        other => panic!("not a timer's: {other:?}"),
    };
    packets.iter().map(token).collect()
}

/// The tokens of the timers that end in the next wait.
fn ended(port: &CompletionPort, packets: &mut Packets) -> Vec<usize> {
    assert!(matches!(port.wait(packets, LIMIT), Ok(Wait::Packets(1..))));
    tokens(packets)
}

fn set(port: &CompletionPort, token: usize, after: Duration) -> Timer {
    let timer = port.timer(token);
    timer.set_after(after);
    timer
}

#[test]
fn a_timer_ends_once_for_each_deadline_and_never_early() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let timer = port.timer(7);
    assert!(is_quiet(&port, &mut packets), "not set");
    for _ in 0..3 {
        let at = Instant::now() + SHORT;
        timer.set(at);
        assert_eq!(ended(&port, &mut packets), [7]);
        assert!(Instant::now() >= at);
        assert!(is_quiet(&port, &mut packets), "once");
    }
    timer.set(Instant::now());
    assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::Packets(1), "passed already");
}

#[test]
fn a_timer_that_is_changed_cleared_or_dropped_does_not_end_as_it_was() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (later, sooner) = (set(&port, 1, SHORT), set(&port, 2, LONG));
    let (cleared, dropped) = (set(&port, 3, SHORT), set(&port, 4, SHORT));
    later.set_after(LONG);
    sooner.set_after(SHORT * 2);
    assert!(cleared.clear() && !cleared.clear());
    drop(dropped);
    assert_eq!(ended(&port, &mut packets), [2]);
    assert!(later.clear());
    assert!(!sooner.clear(), "it has ended");
    later.set_after(SHORT);
    later.set_after(Duration::MAX);
    assert_eq!(
        port.wait(&mut packets, Some(SHORT * 3)).unwrap(),
        Wait::TimedOut,
        "beyond the clock"
    );
}

#[test]
fn timers_come_in_their_order_and_no_more_at_once_than_there_is_room_for() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(2));
    let start = Instant::now();
    let timers: Vec<_> = (0..5).map(|token| port.timer(token)).collect();
    for (token, timer) in timers.iter().enumerate().rev() {
        timer.set(start + Duration::from_millis(3 * token as u64));
    }
    thread::sleep(SHORT);
    let mut seen = Vec::new();
    while seen.len() < 5 {
        let some = ended(&port, &mut packets);
        assert!(some.len() <= 2);
        seen.extend(some);
    }
    assert_eq!(seen, [0, 1, 2, 3, 4]);
}

#[test]
fn a_timer_ends_although_each_wait_is_full_of_other_packets() {
    let _kernel = Kernel::new(Script::default());
    for capacity in [1, 4] {
        let (port, mut packets) = (port(), Packets::with_capacity(capacity));
        let _timer = set(&port, 7, SHORT);
        let start = Instant::now();
        loop {
            (0..capacity).for_each(|_| port.post(UserPacket::default()).unwrap());
            port.wait(&mut packets, LIMIT).unwrap();
            if packets.iter().any(|it| matches!(it, Packet::Timer { token: 7 })) {
                break;
            }
            assert!(start.elapsed() < SHORT + LATE, "starved");
        }
    }
}

/// A timer that is due at each wait: packets, and what is queued before its deadline, come all the same.
#[test]
fn what_is_queued_comes_before_the_timers_that_are_due() {
    let kernel = Kernel::new(Script::default());
    for capacity in [1, 2, 16] {
        let (port, mut packets) = (port(), Packets::with_capacity(capacity));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let ticket = super::recv(&socket, port.operation(super::buffer(), 1).unwrap());
        let timer = set(&port, 7, SHORT);
        assert!(peer.send(b"in time"));
        thread::sleep(SHORT * 2);
        let (mut waits, mut timers) = (0, 0);
        while !ticket.is_done() {
            waits += 1;
            assert!(waits <= 2, "{capacity}: starved");
            port.wait(&mut packets, LIMIT).unwrap();
            timers += packets.iter().filter(|it| matches!(it, Packet::Timer { .. })).count();
            if capacity == 1 {
                timer.set(Instant::now());
            }
        }
        assert!(timers == 1 && (waits == 1 || capacity == 1), "{timers} in {waits}");
        drop(socket);
    }
}

/// At a timer that was set again meanwhile, the time is not over any more.
#[test]
fn a_timer_says_whether_it_is_set() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let timer = port.timer(7);
    assert!(!timer.is_set());
    timer.set_after(SHORT);
    assert!(timer.is_set());
    assert_eq!(ended(&port, &mut packets), [7]);
    assert!(!timer.is_set(), "its packet was taken");
    timer.set_after(LONG);
    assert!(timer.is_set() && timer.clear() && !timer.is_set());
}

/// A buffer's drop is the user's code: a thread that is inside knows no deadline.
#[test]
fn a_drop_that_takes_long_in_a_wait_leaves_the_next_deadline_to_another() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let slow = super::OnDrop::new(|| thread::sleep(LATE * 2));
    super::recv(&socket, port.operation(slow, 1).unwrap()).detach();
    let timer = port.timer(7);
    beside_waiters(&port, 2, Duration::ZERO, |ended| {
        thread::sleep(SHORT);
        timer.set_after(SHORT * 5);
        thread::sleep(SHORT);
        assert!(peer.send(b"ends it"));
        assert!(reaches(ended, 1) < LATE, "only the thread in the drop knew it");
    });
}

#[test]
fn one_thread_that_sets_timers_posts_no_packet() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let timers: Vec<_> = (0..8).map(|token| set(&port, token, LONG)).collect();
    // As if the port had had timers for long: a wait that began before the first would be over.
    port.core.timers.forget_uncounted();
    let posts = kernel.counts().posts;
    for timer in &timers {
        timer.set_after(LONG / 2);
        assert!(is_quiet(&port, &mut packets));
    }
    timers[3].set_after(SHORT);
    assert_eq!(ended(&port, &mut packets), [3]);
    assert_eq!(kernel.counts().posts, posts);
}

/// A wait that began before the first timer may sleep for a slice: who returns tells it, who goes on does not.
#[test]
fn a_thread_that_goes_on_waiting_for_the_first_timers_posts_nothing() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let timers = [1, 2, 3].map(|token| set(&port, token, SHORT * token as u32));
    let posts = kernel.counts().posts;
    for token in 1..=timers.len() {
        assert_eq!(ended(&port, &mut packets), [token]);
    }
    assert!(kernel.counts().posts <= posts + 3, "{} posts", kernel.counts().posts - posts);
}

/// `count` threads wait for ever while `run` does; it gets how many timers have ended.
fn beside_waiters(
    port: &CompletionPort,
    count: usize,
    busy: Duration,
    run: impl FnOnce(&AtomicUsize),
) {
    let ended = AtomicUsize::new(0);
    let wait = || {
        let mut packets = Packets::with_capacity(4);
        while let Ok(Wait::Packets(_)) = port.wait(&mut packets, None) {
            for packet in &packets {
                match packet {
                    Packet::Timer { .. } => drop(ended.fetch_add(1, Ordering::SeqCst)),
                    // Work that takes its time.
                    _ => thread::sleep(busy),
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(wait);
        }
        // Also if `run` panics: the threads end, and the panic is told.
        let _closed = Closes(port);
        run(&ended);
    });
}

struct Closes<'a>(&'a CompletionPort);

impl Drop for Closes<'_> {
    fn drop(&mut self) {
        self.0.close().unwrap();
    }
}

/// Waits until a count is reached; how long that took.
fn reaches(ended: &AtomicUsize, count: usize) -> Duration {
    let start = Instant::now();
    while ended.load(Ordering::SeqCst) < count {
        assert!(start.elapsed() < LATE * 10, "a timer is lost");
        thread::sleep(Duration::from_millis(1));
    }
    start.elapsed()
}

#[test]
fn an_earlier_deadline_wakes_a_thread_that_waits_for_a_later_one_or_for_none() {
    let _kernel = Kernel::new(Script::default());
    for timers_before in [false, true] {
        let port = port();
        let before = timers_before.then(|| set(&port, 1, LONG));
        beside_waiters(&port, 3, Duration::ZERO, |ended| {
            thread::sleep(SHORT);
            let sooner = set(&port, 2, SHORT);
            assert!(reaches(ended, 1) < LATE);
            sooner.set_after(SHORT);
            assert!(reaches(ended, 2) < LATE);
        });
        drop(before);
    }
}

/// The only waiter that knows the deadline gets work to do, which takes longer than the deadline.
#[test]
fn a_thread_that_returns_with_work_leaves_the_next_deadline_to_one_that_waits_on() {
    let _kernel = Kernel::new(Script::default());
    let port = port();
    let first = port.timer(1);
    beside_waiters(&port, 3, LATE * 2, |ended| {
        thread::sleep(SHORT);
        for count in 1..4 {
            first.set_after(SHORT * 5);
            // To the thread that has just been told, and waits again.
            thread::sleep(SHORT);
            port.post(UserPacket::default()).unwrap();
            assert!(reaches(ended, count) < LATE, "nobody else knew it");
            if count == 2 {
                break;
            }
        }
    });
}

#[test]
fn a_closed_port_ends_no_timer_and_timers_may_outlive_it() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let timer = set(&port, 1, Duration::ZERO);
    port.close().unwrap();
    assert!(matches!(port.wait(&mut packets, NOW), Err(Error::Closed)));
    assert!(packets.is_empty());
    drop(port);
    timer.set_after(SHORT);
    assert!(timer.clear());
}
