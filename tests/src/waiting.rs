//! Waiting with a deadline.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use iocp::{Completed, CompletionPort, InFlight, Packet, Packets, Submitted, UserPacket, Wait};

/// No wait of a test is longer than this: what comes, comes much sooner, also on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// One step of a wait that looks at a condition in between.
const STEP: Duration = Duration::from_millis(20);

/// Waits for `count` packets; panics after [`DEADLINE`].
#[must_use]
#[track_caller]
pub fn wait_for(port: &CompletionPort, count: usize) -> Vec<Packet> {
    let mut all = Vec::new();
    drive(port, &mut all, |all| all.len() >= count, "packets");
    assert_eq!(all.len(), count, "no more packets than expected: {all:?}");
    all
}

/// Waits for packets until the condition holds; panics after [`DEADLINE`]. Returns the packets.
#[track_caller]
pub fn wait_until(port: &CompletionPort, mut condition: impl FnMut() -> bool) -> Vec<Packet> {
    let mut all = Vec::new();
    drive(port, &mut all, |_| condition(), "a condition");
    all
}

/// Waits for the packet of this ticket, and redeems it; panics after [`DEADLINE`].
#[must_use]
#[track_caller]
pub fn finish<B: Send + 'static>(port: &CompletionPort, ticket: InFlight<B>) -> Completed<B> {
    drive(port, &mut Vec::new(), |_| ticket.is_done(), "the packet of a ticket");
    ticket.finish().unwrap_or_else(|_| panic!("the ticket is done"))
}

/// The ticket of an operation that must have become pending.
#[track_caller]
pub fn pending<B: Send + 'static>(submitted: Submitted<B>) -> InFlight<B> {
    submitted.pending().unwrap_or_else(|other| panic!("not pending: {other:?}"))
}

/// The operation's result, at once or from its packet.
#[must_use]
#[track_caller]
pub fn done<B: Send + 'static>(port: &CompletionPort, submitted: Submitted<B>) -> Completed<B> {
    match submitted {
        Submitted::Ready(completed) => completed,
        Submitted::Pending(ticket) => finish(port, ticket),
        Submitted::Refused(failed) => panic!("not started: {failed:?}"),
    }
}

/// Asserts that the queue is empty, by a packet of our own: the queue is in order, so what was
/// there before it would come before it.
#[track_caller]
pub fn assert_no_packet(port: &CompletionPort) {
    let mine = UserPacket { token: 0xF1F0, bytes: 1 };
    port.post(mine).unwrap();
    assert_eq!(wait_for(port, 1), [Packet::User(mine)]);
}

/// How many of the packets report operations.
#[must_use]
pub fn io_packets(packets: &[Packet]) -> usize {
    packets.iter().filter(|packet| matches!(packet, Packet::Io { .. })).count()
}

/// Takes what another thread sends; panics after [`DEADLINE`].
#[must_use]
#[track_caller]
pub fn receive<T>(from: &Receiver<T>) -> T {
    match from.recv_timeout(DEADLINE) {
        Ok(value) => value,
        Err(RecvTimeoutError::Timeout) => panic!("another thread did not answer in {DEADLINE:?}"),
        Err(RecvTimeoutError::Disconnected) => panic!("another thread ended without an answer"),
    }
}

/// Runs `work` on a thread of its own and takes its result; panics after [`DEADLINE`].
#[track_caller]
pub fn within_deadline<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || drop(sender.send(work())));
    receive(&receiver)
}

#[track_caller]
fn drive(
    port: &CompletionPort,
    all: &mut Vec<Packet>,
    mut enough: impl FnMut(&[Packet]) -> bool,
    what: &str,
) {
    let end = Instant::now() + DEADLINE;
    let mut packets = Packets::with_capacity(64);
    while !enough(all) {
        assert!(Instant::now() < end, "{what}: not in {DEADLINE:?}; until then {all:?}");
        match port.wait(&mut packets, Some(STEP)) {
            Ok(Wait::Packets(_)) => all.extend(packets.iter().copied()),
            Ok(_) => {}
            Err(error) => panic!("{what}: {error}"),
        }
    }
}

/// Waits for at least one packet; panics after [`DEADLINE`].
#[must_use]
#[track_caller]
pub fn wait_for_any(port: &CompletionPort) -> Vec<Packet> {
    let mut all = Vec::new();
    drive(port, &mut all, |all| !all.is_empty(), "any packet");
    all
}
