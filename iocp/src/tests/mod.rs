//! The behaviour of the whole crate on the simulated kernel, one file per family.
//!
//! Each test says which behaviour of the specification it shows. Those that a kernel's freedom
//! matters to run under several scripts; every wait has a deadline.

#![allow(clippy::cast_possible_truncation)] // small numbers
#![allow(clippy::unwrap_used)] // clippy knows test functions, not their helpers

mod allocations;
mod answers;
mod blocking;
mod closing;
mod connecting;
mod console;
mod datagrams;
mod decoders;
mod ending;
mod files;
mod finish_drain;
mod finish_storm;
mod finishing;
mod foreign;
mod forgery;
mod forgetting;
mod gate;
mod graceful;
mod graceful_limits;
mod graceful_panics;
mod handles;
mod held_back;
mod jobs;
mod jobs_storm;
mod kernel;
mod kinds;
mod leaving;
mod limited;
mod limits;
mod mail;
mod messages;
mod orderings;
mod own_calls;
mod panics;
mod parked;
mod pipes;
mod poll;
mod preparing;
mod probing;
mod programs;
mod redeeming;
mod reentry;
mod reuse;
mod shown;
mod stalling;
mod states;
mod statuses;
mod stealing;
mod storm;
mod tickets;
mod timers;
mod touching;
mod transmits;
mod unbuffered;
mod vectored;
mod waiting;
mod waits;
mod waits_storm;
mod wakes;
mod warnings;
mod watches;
mod watches_storm;
mod wheel;

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};

use crate::{
    os::{self, Borrowed, Code, Handle},
    sim::{Answer, Finish, Order, OwnedSocket, Script},
    AssociatedSocket, Completed, CompletionPort, Config, InFlight, IoBuf, IoBufMut, Operation,
    OperationId, Packet, Packets, Submitted, Wait,
};

/// A post on a port that may be closed.
fn post_raw(port: Handle) -> Result<(), Code> {
    // SAFETY:
    // * The simulated kernel never gives a value out again: that of a closed port is refused.
    let port = unsafe { Borrowed::new(port) };
    // SAFETY:
    // * It carries 0, which nobody follows.
    unsafe { os::port_post(port, 0, 8, 0) }
}

/// No wait of a test lasts longer, also on a busy machine. Where faults are sought on purpose, most
/// waits are in vain.
const LIMIT: Option<Duration> = Some(Duration::from_secs(if cfg!(iocp_mutants) { 3 } else { 120 }));
const NOW: Option<Duration> = Some(Duration::ZERO);

/// Every kind of kernel that a single-threaded test should meet.
fn scripts() -> Vec<Script> {
    let mut scripts = Vec::new();
    for finish in [Finish::WhenDone, Finish::OnWorker, Finish::AtDequeue] {
        for (answer, buffered) in [(Answer::AtOnce, 0), (Answer::Pending, 100)] {
            for (order, plain_writes) in [(Order::CountFirst, true), (Order::StatusFirst, false)] {
                let script = Script::default();
                scripts.push(Script { finish, order, answer, buffered, plain_writes, ..script });
            }
        }
    }
    if cfg!(miri) {
        // Every second one, so that each two values still meet: four to a finish, each four the other way round.
        let is_kept = |at: usize| [0, 3, 5, 6, 8, 11].contains(&at);
        let kept = scripts.into_iter().enumerate().filter(|(at, _)| is_kept(*at));
        return kept.map(|(_, script)| script).collect();
    }
    scripts
}

/// Few operations, no skip mode: every completion sends a packet.
fn config() -> Config {
    // A busy machine is slow, and so is Miri, whose clock runs with its work.
    let drain_limit = Duration::from_secs(if cfg!(miri) { 60 } else { 5 });
    Config { max_operations: 64, skip_on_success: false, drain_limit, ..Config::default() }
}

fn port() -> CompletionPort {
    CompletionPort::with_config(&config()).unwrap()
}

fn buffer() -> Vec<u8> {
    Vec::with_capacity(64)
}

/// Submits a receive that has to be pending.
fn recv<B: IoBufMut>(
    socket: &AssociatedSocket<OwnedSocket>,
    operation: Operation<B>,
) -> InFlight<B> {
    pending(socket.recv(operation))
}

fn pending<B: Send + 'static>(submitted: Submitted<B>) -> InFlight<B> {
    submitted.pending().unwrap_or_else(|other| panic!("not pending: {other:?}"))
}

/// What is done at once.
fn ready<B: Send + 'static>(submitted: Submitted<B>) -> Completed<B> {
    match submitted {
        Submitted::Ready(completed) => completed,
        other => panic!("not ready: {other:?}"),
    }
}

fn finish<B: Send + 'static>(ticket: InFlight<B>) -> Completed<B> {
    ticket.finish().unwrap_or_else(|ticket| panic!("not done: {ticket:?}"))
}

/// Waits for exactly one packet, of an operation.
fn io(port: &CompletionPort, packets: &mut Packets) -> (OperationId, u32) {
    assert_eq!(port.wait(packets, LIMIT).unwrap(), Wait::Packets(1), "{packets:?}");
    match packets.iter().next() {
        Some(&Packet::Io { id, bytes, .. }) => (id, bytes),
        other => panic!("another packet: {other:?}"),
    }
}

/// Whether the queue is empty.
fn is_quiet(port: &CompletionPort, packets: &mut Packets) -> bool {
    port.wait(packets, NOW).unwrap() == Wait::TimedOut
}

/// Takes packets until nothing is in flight.
fn drain(port: &CompletionPort) {
    let mut packets = Packets::with_capacity(16);
    while port.drain(&mut packets, LIMIT).unwrap() != Wait::Packets(0) {}
    assert_eq!(port.stats().in_flight, 0);
}

/// A buffer that counts its drops.
#[derive(Debug)]
struct Counted {
    bytes: Vec<u8>,
    drops: Arc<AtomicUsize>,
}

impl Counted {
    fn new(drops: &Arc<AtomicUsize>) -> Self {
        Self { bytes: buffer(), drops: Arc::clone(drops) }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::SeqCst);
    }
}

// SAFETY:
// * the bytes are those of a `Vec`.
unsafe impl IoBuf for Counted {
    fn contents(&self) -> &[u8] {
        self.bytes.contents()
    }
}

// SAFETY:
// * the room is that of a `Vec`.
unsafe impl IoBufMut for Counted {
    fn room(&mut self) -> (*mut u8, usize) {
        self.bytes.room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * the caller promises that the first `n` bytes of the room are initialised.
        unsafe { self.bytes.set_filled(n) };
    }
}

/// A buffer whose drop does something.
struct OnDrop<F: FnMut()> {
    bytes: Vec<u8>,
    then: F,
}

impl<F: FnMut()> OnDrop<F> {
    fn new(then: F) -> Self {
        Self { bytes: buffer(), then }
    }
}

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.then)();
    }
}

// SAFETY:
// * the bytes are those of a `Vec`.
unsafe impl<F: FnMut() + Send + 'static> IoBuf for OnDrop<F> {
    fn contents(&self) -> &[u8] {
        self.bytes.contents()
    }
}

// SAFETY:
// * the room is that of a `Vec`.
unsafe impl<F: FnMut() + Send + 'static> IoBufMut for OnDrop<F> {
    fn room(&mut self) -> (*mut u8, usize) {
        self.bytes.room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * the caller promises that the first `n` bytes of the room are initialised.
        unsafe { self.bytes.set_filled(n) };
    }
}

/// Keeps forgotten values reachable, so that a leak on purpose is no leak to Miri.
fn forget(value: impl Send + 'static) {
    use std::{any::Any, mem::ManuallyDrop, sync::Mutex};
    static FORGOTTEN: Mutex<Vec<Box<dyn Any + Send>>> = Mutex::new(Vec::new());
    FORGOTTEN.lock().unwrap().push(Box::new(ManuallyDrop::new(value)));
}
