//! A time limit on a receive: the two ways that lose no byte, however the end of the limit and the data meet.
//!
//! `IOCP_STORM_SEED` and `IOCP_STORM_COUNT` choose the first seed and how many.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{config, storm::Dice, LIMIT};
use crate::{
    sim::{Kernel, OwnedSocket, Peer, Script},
    AssociatedSocket, Completed, CompletionKind, CompletionPort, Config, InFlight, Operation,
    Packet, Packets, Submitted, Timer, Wait,
};

const BYTES: usize = if cfg!(miri) { 24 } else { 120 };
/// The token of the limit.
const LATE: usize = 99;

/// What the limits of one run came to.
#[derive(Default)]
struct Seen {
    /// The limit passed and nothing had come; at least once in each run.
    late: usize,
    /// The limit passed, and the receive had bytes all the same.
    raced: usize,
}

struct Limited<'a> {
    port: &'a CompletionPort,
    socket: &'a AssociatedSocket<OwnedSocket>,
    timer: Timer,
    packets: Packets,
    idle: Option<Operation<Vec<u8>>>,
    seen: Seen,
    /// A limit has passed, so that the peer may send.
    begun: &'a AtomicBool,
}

impl Limited<'_> {
    /// Waits once. True if the limit has passed.
    fn wait(&mut self) -> bool {
        let waited = self.port.wait(&mut self.packets, LIMIT).unwrap();
        assert_ne!(waited, Wait::TimedOut, "it hangs");
        self.packets.iter().any(|packet| matches!(packet, Packet::Timer { token: LATE }))
    }

    fn nothing_came(&mut self) {
        self.seen.late += 1;
        self.begun.store(true, Ordering::Release);
    }

    /// Probes, and receives when there is something: at the limit the probe is given up, which has taken
    /// nothing.
    fn probed(&mut self, operation: Operation<Vec<u8>>) -> Completed<Vec<u8>> {
        let mut probe = match self.socket.probe(self.port.operation((), 2).unwrap()) {
            Submitted::Pending(ticket) => Some(ticket),
            Submitted::Ready(_) => None,
            Submitted::Refused(refused) => panic!("{refused:?}"),
        };
        while probe.as_ref().is_some_and(|probe| !probe.is_done()) {
            if self.wait() && !probe.as_ref().is_some_and(InFlight::is_done) {
                self.nothing_came();
                // Given up, and another limit begins.
                drop(probe);
                probe = self.socket.probe(self.port.operation((), 2).unwrap()).pending().ok();
                self.timer.set_after(Duration::from_micros(50));
            }
        }
        let received = self.port.finish(self.socket.recv(operation), &mut self.packets, LIMIT);
        match received {
            Ok(received) => received,
            Err(unfinished) => {
                let mut ticket = unfinished.into_ticket().unwrap();
                loop {
                    match ticket.finish() {
                        Ok(received) => return received,
                        Err(again) => ticket = again,
                    }
                    self.wait();
                }
            }
        }
    }

    /// Receives, and cancels at the limit: the result says what became of it.
    fn cancelled(&mut self, operation: Operation<Vec<u8>>) -> Completed<Vec<u8>> {
        let mut late = false;
        let mut ticket = match self.socket.recv(operation) {
            Submitted::Pending(ticket) => ticket,
            Submitted::Ready(received) => return received,
            Submitted::Refused(refused) => panic!("{refused:?}"),
        };
        let received = loop {
            match ticket.finish() {
                Ok(received) => break received,
                Err(again) => ticket = again,
            }
            if self.wait() {
                late = true;
                ticket.cancel().unwrap();
            }
        };
        self.seen.raced += usize::from(late && received.result().is_ok());
        received
    }

    /// Receives once, within a limit that ends about when the data come.
    fn receive(&mut self, by_probe: bool, limit: Duration, into: &mut Vec<u8>) {
        let operation = self.idle.take().unwrap();
        self.timer.set_after(limit);
        let received = if by_probe { self.probed(operation) } else { self.cancelled(operation) };
        match received.result() {
            Ok(count) => {
                assert_eq!(count, received.buffer().len());
                into.extend(received.buffer());
            }
            Err(error) => {
                assert_eq!(error.kind, CompletionKind::Cancelled);
                assert!(received.buffer().is_empty());
                self.nothing_came();
            }
        }
        let mut operation = received.into_operation();
        operation.buffer_mut().clear();
        self.idle = Some(operation);
    }
}

fn byte(at: usize) -> u8 {
    (at % 251) as u8
}

/// Sends all bytes in small pieces, with short breaks, once a limit has passed.
fn send(peer: &Peer, dice: &mut Dice, begun: &AtomicBool) {
    let start = Instant::now();
    while !begun.load(Ordering::Acquire) && start.elapsed() < LIMIT.unwrap() {
        thread::yield_now();
    }
    let mut sent = 0;
    while sent < BYTES {
        let more = (1 + dice.roll(8) as usize).min(BYTES - sent);
        let piece: Vec<u8> = (sent..sent + more).map(byte).collect();
        assert!(peer.send(&piece));
        sent += more;
        match dice.roll(4) {
            0 => {}
            1 => thread::yield_now(),
            _ => thread::sleep(Duration::from_micros(dice.roll(300))),
        }
    }
}

fn storm(seed: u64, by_probe: bool) -> Seen {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let script = if seed % 2 == 0 { Script::any(seed) } else { Script::hostile(seed) };
    // Posts that fail cost a slice of 5 s, and are others' to test.
    let kernel = Kernel::new(Script { post_failures: 0, ..script });
    let skip_on_success = dice.roll(2) == 0;
    let port = CompletionPort::with_config(&Config { skip_on_success, ..config() }).unwrap();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let begun = AtomicBool::new(false);
    let mut limited = Limited {
        begun: &begun,
        port: &port,
        socket: &socket,
        timer: port.timer(LATE),
        // Room for more than the limit, which is due at nearly every wait here.
        packets: Packets::with_capacity(2 + dice.roll(3) as usize),
        idle: Some(port.operation(Vec::with_capacity(16), 1).unwrap()),
        seen: Seen::default(),
    };
    let (mut got, start) = (Vec::new(), Instant::now());
    let mut senders = Dice(dice.roll(u64::MAX) | 1);
    thread::scope(|scope| {
        scope.spawn(|| send(&peer, &mut senders, &begun));
        while got.len() < BYTES {
            assert!(start.elapsed() < LIMIT.unwrap(), "{} of {BYTES} bytes came", got.len());
            let limit = Duration::from_micros(dice.roll(200));
            limited.receive(by_probe, limit, &mut got);
        }
    });
    let right: Vec<u8> = (0..BYTES).map(byte).collect();
    assert_eq!(got, right, "seed {seed}");
    let Limited { seen, idle, .. } = limited;
    assert!(seen.late > 0);
    drop(idle);
    super::drain(&port);
    assert_eq!(port.stats().operations, 0);
    seen
}

fn storms(by_probe: bool) {
    let read = |name, default| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let first = read("IOCP_STORM_SEED", 1);
    let count = read("IOCP_STORM_COUNT", if cfg!(miri) { 2 } else { 60 });
    let (mut late, mut raced) = (0, 0);
    for seed in first..first + count {
        // The harness shows this if anything fails.
        println!("seed {seed}");
        let seen = storm(seed, by_probe);
        late += seen.late;
        raced += seen.raced;
    }
    println!("{count} schedules from seed {first}: {late} limits passed, {raced} with bytes");
}

#[test]
fn a_probe_that_is_given_up_at_a_limit_loses_nothing_in_any_storm() {
    storms(true);
}

#[test]
fn a_receive_that_is_cancelled_at_a_limit_and_finished_loses_nothing_in_any_storm() {
    storms(false);
}

/// At the same moment: both are there when the wait begins, which takes the limit first.
#[test]
fn bytes_that_come_with_the_end_of_the_limit_are_kept_by_either_way() {
    for script in super::scripts() {
        for by_probe in [false, true] {
            let kernel = Kernel::new(script);
            let (port, now) = (super::port(), Instant::now());
            let (socket, peer) = kernel.stream_pair();
            let socket = port.associate_socket(socket, 0).unwrap();
            let mut packets = Packets::with_capacity(1);
            let timer = port.timer(LATE);
            let is_late = |packets: &Packets| {
                matches!(packets.iter().next(), Some(Packet::Timer { token: LATE }))
            };
            let operation = port.operation(super::buffer(), 1).unwrap();
            if by_probe {
                let probe = super::pending(socket.probe(port.operation((), 2).unwrap()));
                assert!(peer.send(b"both"));
                timer.set(now);
                assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
                assert!(is_late(&packets) && !probe.is_done());
                // Its packet is there, and never reported.
                drop(probe);
                let received = port.finish(socket.recv(operation), &mut packets, LIMIT).unwrap();
                assert_eq!(received.buffer(), b"both");
            } else {
                let ticket = super::recv(&socket, operation);
                assert!(peer.send(b"both"));
                timer.set(now);
                assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
                assert!(is_late(&packets) && !ticket.is_done());
                ticket.cancel().unwrap();
                super::io(&port, &mut packets);
                let received = super::finish(ticket);
                assert_eq!((received.result(), &received.buffer()[..]), (Ok(4), &b"both"[..]));
            }
        }
    }
}

/// What the two ways are for: what was received is in the buffer, and goes with it.
#[test]
fn a_ticket_dropped_with_its_receive_done_takes_the_bytes_with_it() {
    for script in super::scripts() {
        let kernel = Kernel::new(script);
        let port = super::port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let ticket = super::recv(&socket, port.operation(super::buffer(), 1).unwrap());
        assert!(peer.send(b"lost"));
        super::io(&port, &mut Packets::with_capacity(1));
        assert!(ticket.is_done());
        drop(ticket);
        assert!(peer.send(b"next"));
        let ticket = super::recv(&socket, port.operation(super::buffer(), 1).unwrap());
        super::io(&port, &mut Packets::with_capacity(1));
        assert_eq!(super::finish(ticket).buffer(), b"next");
    }
}
