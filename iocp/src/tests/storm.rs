//! Storms: many random schedules on kernels that do whatever Windows may.
//!
//! Each seed is one machine, some streams, some waiters, and a poster of lies. A driver per stream
//! receives, sends, cancels, drops, detaches and parks at random; what arrives is checked against
//! what was sent. At the end nothing is in flight, in use, or stale.
//!
//! `IOCP_STORM_SEED` and `IOCP_STORM_COUNT` choose the first seed and how many.

use std::{
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        Mutex,
    },
    thread,
    time::{Duration, Instant},
};

use super::config;
use crate::{
    sim::{Kernel, OwnedSocket, Peer, Script},
    AssociatedSocket, Completed, CompletionKind, CompletionPort, Config, Error, Operation,
    OperationId, Packet, Packets, Submitted, Wait,
};

/// Sent and received bytes count up to this, again and again: a prime, so that no buffer hides it.
const PERIOD: u8 = 251;
const STEPS: usize = if cfg!(miri) { 12 } else { 60 };

#[test]
fn random_schedules_keep_every_byte_and_leave_nothing_behind() {
    let finished = AtomicUsize::new(0);
    let seeds = seeds(150);
    for seed in seeds.clone() {
        // The harness shows this if anything fails.
        println!("storm: seed {seed}");
        storm(seed, &finished);
    }
    let finished = finished.into_inner();
    println!("storm: schedules {seeds:?}, {finished} operations finished");
    assert!(finished > 0);
}

/// The seeds of a storm, of which a plain test run tries so many.
pub(super) fn seeds(few: u64) -> std::ops::Range<u64> {
    let read = |name, default| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let first = read("IOCP_STORM_SEED", 1);
    first..first + read("IOCP_STORM_COUNT", if cfg!(miri) { 2 } else { few })
}

/// Random numbers of one thread.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }
}

struct Storm<'a> {
    port: &'a CompletionPort,
    stop: AtomicBool,
    /// Packets seen by the waiters, by id: parked operations are redeemed from here.
    seen: Mutex<Vec<OperationId>>,
    finished: &'a AtomicUsize,
}

fn storm(seed: u64, finished: &AtomicUsize) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let script = if seed % 2 == 0 { Script::any(seed) } else { Script::hostile(seed) };
    let kernel = Kernel::new(script);
    let skip_on_success = dice.roll(2) == 0;
    let config = Config { max_operations: 32, skip_on_success, ..config() };
    let port = CompletionPort::with_config(&config).unwrap();
    // The first operation commits the slots that the liar aims at.
    drop(port.operation(Vec::new(), 0).unwrap());
    let (stop, seen) = (AtomicBool::new(false), Mutex::default());
    let storm = Storm { port: &port, stop, seen, finished };
    let streams: Vec<_> = (0..3)
        .map(|_| {
            let (socket, peer) = kernel.stream_pair();
            (port.associate_socket(socket, 0).unwrap(), peer)
        })
        .collect();
    thread::scope(|scope| {
        let storm = &storm;
        // Also where a driver fails: the scope waits for the others.
        let _stop = StopOnDrop(&storm.stop);
        let others = [
            scope.spawn(|| storm.wait()),
            scope.spawn(|| storm.wait()),
            scope.spawn(move || storm.lie(Dice(seed ^ 0xBAD | 1))),
        ];
        let drivers: Vec<_> = streams
            .into_iter()
            .enumerate()
            .map(|(number, (socket, peer))| {
                let dice = Dice(seed << 8 | number as u64 | 1);
                scope.spawn(move || storm.drive(socket, &peer, dice))
            })
            .collect();
        for driver in drivers {
            driver.join().unwrap();
        }
        storm.stop.store(true, Ordering::Relaxed);
        for other in others {
            other.join().unwrap();
        }
    });
    let mut packets = Packets::with_capacity(8);
    while port.drain(&mut packets, super::LIMIT).unwrap() != Wait::Packets(0) {
        storm.note(&packets);
    }
    for id in storm.seen.into_inner().unwrap() {
        // Tickets that were dropped, and what was redeemed already, are unknown.
        if let Ok(completed) = port.redeem::<Vec<u8>>(id) {
            counts_up(completed.buffer());
        }
    }
    let stats = port.stats();
    assert_eq!((stats.in_flight, stats.operations, stats.bytes), (0, 0, 0), "seed {seed}");
}

pub(super) struct StopOnDrop<'a>(pub(super) &'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Storm<'_> {
    fn wait(&self) {
        let mut packets = Packets::with_capacity(3);
        while !self.stop.load(Ordering::Relaxed) {
            self.port.wait(&mut packets, Some(Duration::from_millis(2))).unwrap();
            self.note(&packets);
        }
    }

    fn note(&self, packets: &Packets) {
        for packet in packets {
            if let Packet::Io { id, .. } = *packet {
                self.seen.lock().unwrap().push(id);
            }
        }
    }

    /// Posts packets for slots and keys that exist, and for some that do not.
    fn lie(&self, mut dice: Dice) {
        let core = &self.port.core;
        // The place before the first slot names the core.
        let first = core.slot(1).block.overlapped() as usize - 128;
        let keys: Vec<_> = (0..5).map(|number| number << 3 | 7).collect();
        while !self.stop.load(Ordering::Relaxed) {
            let key = keys[dice.roll(5) as usize];
            let address = first + 128 * dice.roll(16) as usize;
            // A post may fail here as everywhere.
            let _ = core.port.post(dice.roll(100) as u32, key, address);
            thread::yield_now();
        }
    }

    fn drive(&self, socket: AssociatedSocket<OwnedSocket>, peer: &Peer, mut dice: Dice) {
        let (mut sent, mut expected) = (0_u8, Some(0_u8));
        let mut echo = Vec::new();
        let mut some = [0; 40];
        let mut free: Vec<Operation<Vec<u8>>> = Vec::new();
        for _ in 0..STEPS {
            if dice.roll(3) > 0 {
                let bytes: Vec<u8> = (0..1 + dice.roll(30)).map(|_| next(&mut sent)).collect();
                assert!(peer.send(&bytes));
            }
            while let Some(count @ 1..) = peer.try_recv(&mut some) {
                echo.extend_from_slice(&some[..count]);
            }
            if dice.roll(4) == 0 {
                self.send(&socket, &mut dice);
                continue;
            }
            let mut operation = match free.pop() {
                Some(operation) => operation,
                None => match self.port.operation(Vec::with_capacity(16), 1) {
                    Ok(operation) => operation,
                    Err(refused) => {
                        assert!(matches!(refused.error, Error::Full(_)));
                        continue;
                    }
                },
            };
            operation.buffer_mut().clear();
            match self.receive(&socket, operation, &mut dice) {
                Some(completed) => {
                    follows(&completed, &mut expected);
                    free.push(completed.into_operation());
                }
                // What it took is unknown; what follows only has to be in order.
                None => expected = None,
            }
        }
        drop(socket);
        while let Some(count @ 1..) = peer.try_recv(&mut some) {
            echo.extend_from_slice(&some[..count]);
        }
        assert!(echo.iter().all(|byte| *byte == 0xAB), "only whole sends, only their bytes");
    }

    /// A send whose ticket is dropped may have sent a prefix.
    fn send(&self, socket: &AssociatedSocket<OwnedSocket>, dice: &mut Dice) {
        let bytes = vec![0xAB; 1 + dice.roll(100) as usize];
        let Ok(operation) = self.port.operation(bytes, 2) else { return };
        match socket.send(operation) {
            Submitted::Pending(ticket) if dice.roll(2) == 0 => ticket.detach(),
            Submitted::Pending(_) => {}
            Submitted::Ready(completed) => {
                self.finished.fetch_add(1, Ordering::Relaxed);
                assert_eq!(completed.result(), Ok(completed.buffer().len()));
            }
            Submitted::Refused(failed) => panic!("{failed}"),
        }
    }

    /// Receives, and lets something happen. `None`: nobody knows what it took.
    fn receive(
        &self,
        socket: &AssociatedSocket<OwnedSocket>,
        operation: Operation<Vec<u8>>,
        dice: &mut Dice,
    ) -> Option<Completed<Vec<u8>>> {
        let mut ticket = match socket.recv(operation) {
            Submitted::Ready(completed) => return Some(completed),
            Submitted::Refused(failed) => panic!("{failed}"),
            Submitted::Pending(ticket) => ticket,
        };
        let patience = dice.roll(200);
        match dice.roll(8) {
            0 => return None,
            1 => {
                ticket.detach();
                return None;
            }
            2 => {
                let _ = ticket.park();
                return None;
            }
            3 => {
                let _ = ticket.canceller().cancel().unwrap();
            }
            4 => socket.cancel_all().unwrap(),
            _ => {}
        }
        let end = Instant::now() + Duration::from_secs(if cfg!(iocp_mutants) { 5 } else { 120 });
        for round in 0.. {
            match ticket.finish() {
                Ok(completed) => {
                    self.finished.fetch_add(1, Ordering::Relaxed);
                    return Some(completed);
                }
                Err(other) => ticket = other,
            }
            if round == patience {
                let _ = ticket.cancel().unwrap();
            }
            assert!(Instant::now() < end, "an operation never ended");
            thread::yield_now();
        }
        None
    }
}

fn next(byte: &mut u8) -> u8 {
    let this = *byte;
    *byte = (this + 1) % PERIOD;
    this
}

fn counts_up(bytes: &[u8]) {
    for pair in bytes.windows(2) {
        assert_eq!(pair[1], (pair[0] + 1) % PERIOD, "{bytes:?}");
    }
}

/// What was received is what was sent next; a cancelled receive took nothing.
fn follows(completed: &Completed<Vec<u8>>, expected: &mut Option<u8>) {
    let bytes = completed.buffer();
    match completed.result() {
        Ok(count) => assert!(count > 0 && count == bytes.len()),
        Err(error) => {
            assert_eq!((error.kind, error.bytes), (CompletionKind::Cancelled, 0));
            assert!(bytes.is_empty());
        }
    }
    counts_up(bytes);
    if let (Some(expected), Some(first)) = (*expected, bytes.first()) {
        assert_eq!(*first, expected, "a byte was lost or came twice");
    }
    if let Some(last) = bytes.last() {
        *expected = Some((last + 1) % PERIOD);
    }
}
