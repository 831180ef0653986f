//! A storm of calls that wait for one operation each, beside three other waiters of the port, while
//! operations are cancelled and the port is closed: no wake is lost, no packet of others is kept.
//!
//! A call that is not woken would sleep to the end of its slice. Here its time is shorter than a slice,
//! and ends only if nobody has woken it: so a lost wake shows as a call that has run out of time.
//!
//! `IOCP_STORM_SEED` and `IOCP_STORM_COUNT` choose the first seed and how many.

use std::{
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{self, Receiver},
    },
    thread,
    time::Duration,
};

use super::{config, storm::Dice, LIMIT, NOW};
use crate::{
    core::batch::SLICE_MS,
    sim::{Kernel, OwnedSocket, Peer, Script},
    AssociatedSocket, Canceller, Completed, CompletionKind, CompletionPort, Config, Error,
    InFlight, Packet, Packets, Submitted, Unfinished, UserPacket, Wait,
};

/// How long a call sleeps that nobody wakes. No operation here takes as long.
const ASLEEP: Duration = Duration::from_millis(SLICE_MS as u64 - 500);
const ROUNDS: usize = if cfg!(miri) { 2 } else { 6 };
const FINISHERS: usize = 2;

#[test]
fn calls_beside_other_waiters_are_woken_by_the_end_of_their_operations() {
    let read = |name, default| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let first = read("IOCP_STORM_SEED", 1);
    let count = read("IOCP_STORM_COUNT", if cfg!(miri) { 2 } else { 100 });
    let mut sums = Sums::default();
    for seed in first..first + count {
        // The harness shows this if anything fails.
        println!("storm: seed {seed}");
        storm(seed, &mut sums);
    }
    println!(
        "storm: {count} schedules from seed {first}: {} calls, {} packets to wake them",
        sums.calls, sums.wakes,
    );
    assert!(cfg!(miri) || sums.wakes > 0, "nobody had to be woken");
}

#[derive(Default)]
struct Sums {
    calls: usize,
    /// Of ports that were not closed.
    wakes: usize,
}

struct Storm<'a> {
    port: &'a CompletionPort,
    stop: AtomicBool,
    posted: AtomicUsize,
    received: AtomicUsize,
    calls: AtomicUsize,
}

/// What ends the operation of a call.
enum End {
    Send,
    Cancel(Canceller),
}

fn storm(seed: u64, sums: &mut Sums) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let kernel = Kernel::new(Script::any(seed));
    let concurrency = dice.roll(3) as u32;
    let config = Config { concurrency, ..config() };
    let port = CompletionPort::with_config(&config).unwrap();
    let storm = Storm {
        port: &port,
        stop: AtomicBool::new(false),
        posted: AtomicUsize::new(0),
        received: AtomicUsize::new(0),
        calls: AtomicUsize::new(0),
    };
    let streams: Vec<_> = (0..FINISHERS)
        .map(|_| {
            let (socket, peer) = kernel.stream_pair();
            (port.associate_socket(socket, 0).unwrap(), peer)
        })
        .collect();
    let closes = dice.roll(4) == 0;
    thread::scope(|scope| {
        let storm = &storm;
        let stop = StopOnDrop(&storm.stop);
        for number in 0..3 {
            scope.spawn(move || storm.wait(number));
        }
        let finishers: Vec<_> = streams
            .into_iter()
            .enumerate()
            .map(|(number, (socket, peer))| {
                let (sender, ends) = mpsc::channel();
                let dice = Dice(seed << 8 | (number as u64) << 4 | 1);
                scope.spawn(move || storm.end(&peer, &ends));
                scope.spawn(move || {
                    storm.finish_all(&socket, dice, |end| sender.send(end).unwrap());
                })
            })
            .collect();
        let mut posts = Dice(seed << 8 | 0xF1);
        for token in 0..posts.roll(6) as usize {
            if port.post(UserPacket { token, bytes: 0 }).is_ok() {
                storm.posted.fetch_add(1, Ordering::Relaxed);
            }
            thread::yield_now();
        }
        if closes {
            port.close().unwrap();
        }
        for finisher in finishers {
            finisher.join().unwrap();
        }
        drop(stop);
    });
    let mut packets = Packets::with_capacity(8);
    while port.drain(&mut packets, LIMIT).unwrap() != Wait::Packets(0) {
        storm.note(&packets);
    }
    let (posted, received) = (storm.posted.into_inner(), storm.received.into_inner());
    assert_eq!(received, posted, "packets of others, seed {seed}");
    let stats = port.stats();
    assert_eq!((stats.in_flight, stats.operations), (0, 0), "seed {seed}");
    sums.calls += storm.calls.into_inner();
    if !closes {
        sums.wakes += kernel.counts().posts as usize - posted;
    }
}

struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Storm<'_> {
    /// The other waiters: for a moment, draining, and with an array of one packet.
    fn wait(&self, number: usize) {
        let mut packets = Packets::with_capacity([3, 2, 1][number]);
        let moment = Some(Duration::from_millis(number as u64));
        while !self.stop.load(Ordering::Relaxed) {
            let waited = if number == 1 {
                self.port.drain(&mut packets, moment)
            } else {
                self.port.wait(&mut packets, moment)
            };
            match waited {
                Ok(Wait::Packets(_)) => self.note(&packets),
                Ok(_) => {}
                Err(Error::Closed) => thread::yield_now(),
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn note(&self, packets: &Packets) {
        let of_others = packets.iter().filter(|packet| matches!(packet, Packet::User(_)));
        self.received.fetch_add(of_others.count(), Ordering::Relaxed);
    }

    /// Ends operations, as it is asked to.
    fn end(&self, peer: &Peer, ends: &Receiver<End>) {
        for end in ends {
            match end {
                End::Send => assert!(peer.send(b"x")),
                End::Cancel(canceller) => drop(canceller.cancel().unwrap()),
            }
        }
    }

    fn finish_all(
        &self,
        socket: &AssociatedSocket<OwnedSocket>,
        mut dice: Dice,
        end: impl Fn(End),
    ) {
        let mut packets = Packets::with_capacity(1 + dice.roll(4) as usize);
        for _ in 0..ROUNDS {
            let operation = match self.port.operation(Vec::with_capacity(1), 1) {
                Ok(operation) => operation,
                Err(refused) => return assert_eq!(refused.error, Error::Closed),
            };
            let ticket = match socket.recv(operation) {
                Submitted::Pending(ticket) => ticket,
                Submitted::Ready(_) => panic!("not in skip mode"),
                Submitted::Refused(refused) => return assert_eq!(refused.error, Error::Closed),
            };
            let cancels = dice.roll(4) == 0;
            end(if cancels { End::Cancel(ticket.canceller()) } else { End::Send });
            let completed = self.finish(ticket, &mut packets, &mut dice);
            match completed.result() {
                Ok(1) => assert_eq!(completed.buffer(), b"x"),
                Err(error) if cancels => assert_eq!(error.kind, CompletionKind::Cancelled),
                other => panic!("{other:?}"),
            }
        }
    }

    fn finish(
        &self,
        mut ticket: InFlight<Vec<u8>>,
        packets: &mut Packets,
        dice: &mut Dice,
    ) -> Completed<Vec<u8>> {
        loop {
            self.calls.fetch_add(1, Ordering::Relaxed);
            if dice.roll(3) > 0 {
                self.waits(&ticket, packets);
                ticket = match ticket.finish() {
                    Ok(completed) => return completed,
                    Err(ticket) => ticket,
                };
                continue;
            }
            let moment = Duration::from_millis(dice.roll(2));
            match self.port.finish(ticket, packets, Some(moment)) {
                Ok(completed) => {
                    assert!(packets.is_empty());
                    return completed;
                }
                Err(Unfinished::Packets(other)) => {
                    self.note(packets);
                    ticket = other;
                }
                Err(Unfinished::TimedOut(other)) => ticket = other,
                Err(Unfinished::Closed(other)) => {
                    self.drain(packets);
                    ticket = other;
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    /// Waits without a limit, as it were.
    fn waits(&self, ticket: &InFlight<Vec<u8>>, packets: &mut Packets) {
        match self.port.wait_finished(ticket, packets, Some(ASLEEP)) {
            Ok(Wait::TimedOut) => {
                // Miri's clock runs with its work.
                if !cfg!(miri) {
                    panic!("not woken: done {}", ticket.is_done());
                }
            }
            Ok(Wait::Packets(_)) => self.note(packets),
            Err(Error::Closed) => self.drain(packets),
            other => panic!("{other:?}"),
        }
    }

    /// The port is closed: what is in flight is still taken by somebody.
    fn drain(&self, packets: &mut Packets) {
        if self.port.drain(packets, NOW).is_ok() {
            self.note(packets);
        }
    }
}
