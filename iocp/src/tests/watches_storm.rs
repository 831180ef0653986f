//! Storms over watches of directories: changes, malformed records, stops, drops, forged and stolen packets.
//!
//! `IOCP_STORM_SEED` and `IOCP_STORM_COUNT` choose the first seed and how many.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::{
    port,
    stealing::Thief,
    storm::{seeds, Dice, StopOnDrop},
    LIMIT, NOW,
};
use crate::{
    sim::{Kernel, OwnedSocket, Peer, Script},
    ChangeAction, ChangeBuffer, ChangeFilter, Completed, CompletionPort, DirectoryWatch, IoBuf,
    Operation, Packets, Submitted, Wait, Watched,
};

const STEPS: usize = if cfg!(miri) { 15 } else { 60 };
/// The action of the first record, behind those that have names.
const FIRST: u32 = 10;

/// Every change is told once and in order, as far as no ticket was dropped whose answer nobody has seen; where
/// the other side sends what are no records, nothing is read outside. At the end nothing is in flight or left.
#[test]
fn a_storm_of_watches_tells_each_change_once_and_leaves_nothing_behind() {
    for seed in seeds(24) {
        let script = if seed % 2 == 0 { Script::any(seed) } else { Script::hostile(seed) };
        let kernel = Kernel::new(script);
        let port = port();
        // The first operation commits the slots that the liar aims at.
        drop(port.operation(ChangeBuffer::new(0), 0).unwrap());
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            // Also where a worker fails: the scope waits for the others.
            let _over = StopOnDrop(&over);
            let takers = [(); 2].map(|()| {
                scope.spawn(|| {
                    let _entered = kernel.enter();
                    let mut packets = Packets::with_capacity(3);
                    while !over.load(Ordering::SeqCst) {
                        port.wait(&mut packets, NOW).unwrap();
                        thread::yield_now();
                    }
                })
            });
            let liar = scope.spawn(|| {
                let _entered = kernel.enter();
                lie(&port, &over, Dice(seed << 1 | 1));
            });
            let workers: Vec<_> = (0..3_u64)
                .map(|worker| {
                    let (kernel, port) = (&kernel, &port);
                    let dice = Dice(seed << 8 | worker << 1 | 1);
                    scope.spawn(move || {
                        let _entered = kernel.enter();
                        Worker::new(kernel, port, dice, worker == 2).work();
                    })
                })
                .collect();
            for worker in workers {
                worker.join().unwrap();
            }
            over.store(true, Ordering::SeqCst);
            liar.join().unwrap();
            for taker in takers {
                taker.join().unwrap();
            }
        });
        let mut packets = Packets::with_capacity(8);
        while port.drain(&mut packets, LIMIT).unwrap() != Wait::Packets(0) {}
        let stats = port.stats();
        assert_eq!((stats.in_flight, stats.operations, stats.bytes), (0, 0, 0), "seed {seed}");
        drop(port);
        let counts = kernel.counts();
        assert_eq!((counts.handles, counts.reserved), (0, 0), "leaked, seed {seed}");
    }
}

/// Posts packets for slots and keys that exist, takes real ones, and gives all of those back, late.
fn lie(port: &CompletionPort, over: &AtomicBool, mut dice: Dice) {
    let mut thief = Thief::default();
    let first = port.core.slot(1).block.overlapped() as usize - 128;
    while !over.load(Ordering::SeqCst) {
        match dice.roll(4) {
            0 => thief.steal(port),
            times => {
                thief.give_back(port, &mut dice, times as usize);
            }
        }
        let (key, address) = (dice.roll(8) << 3 | 7, first + 128 * dice.roll(16) as usize);
        let _ = port.core.port.post(dice.roll(100) as u32, key as usize, address);
        thread::yield_now();
    }
    while thief.give_back(port, &mut dice, 1) {}
}

struct Worker<'a> {
    kernel: &'a Kernel,
    port: &'a CompletionPort,
    dice: Dice,
    /// Whether the other side sends what are no records too.
    malformed: bool,
    watch: DirectoryWatch<OwnedSocket>,
    peer: Peer,
    sent: u32,
    /// The next change; `None`: some were told to nobody.
    expected: Option<u32>,
}

impl<'a> Worker<'a> {
    fn new(kernel: &'a Kernel, port: &'a CompletionPort, dice: Dice, malformed: bool) -> Self {
        let (watch, peer) = Self::directory(kernel, port);
        Self { kernel, port, dice, malformed, watch, peer, sent: FIRST, expected: Some(FIRST) }
    }

    fn directory(kernel: &Kernel, port: &CompletionPort) -> (DirectoryWatch<OwnedSocket>, Peer) {
        let (directory, peer) = kernel.stream_pair();
        (port.watch_directory(directory, ChangeFilter::NAMES, true, 3).unwrap(), peer)
    }

    fn work(mut self) {
        let mut free = None;
        for _ in 0..STEPS {
            for _ in 0..self.dice.roll(3) {
                self.change();
            }
            if self.dice.roll(12) == 0 {
                (self.watch, self.peer) = Self::directory(self.kernel, self.port);
                (self.sent, self.expected) = (FIRST, Some(FIRST));
            }
            let operation = free
                .take()
                .unwrap_or_else(|| self.port.operation(ChangeBuffer::new(1 << 13), 1).unwrap());
            match self.ask(operation) {
                Some(completed) => {
                    self.look(&completed);
                    free = Some(completed.into_operation());
                }
                None => self.expected = None,
            }
        }
    }

    /// A record whose action is its number, and which leads to the next one.
    fn change(&mut self) {
        if self.malformed && self.dice.roll(3) == 0 {
            let bytes: Vec<_> = (0..self.dice.roll(60)).map(|_| self.dice.roll(24) as u8).collect();
            self.peer.send(&bytes);
            return;
        }
        let bytes = [16, self.sent, 4, 0x62_0061].map(u32::to_le_bytes).concat();
        self.peer.send(&bytes);
        self.sent += 1;
    }

    /// Asks for changes, and lets something happen. `None`: nobody knows what was told.
    fn ask(&mut self, operation: Operation<ChangeBuffer>) -> Option<Completed<ChangeBuffer>> {
        let mut ticket = match self.watch.changes(operation) {
            Submitted::Ready(completed) => return Some(completed),
            Submitted::Refused(failed) => panic!("{failed}"),
            Submitted::Pending(ticket) => ticket,
        };
        match self.dice.roll(6) {
            0 => return None,
            1 => drop(ticket.canceller().cancel().unwrap()),
            2 => self.watch.stop().unwrap(),
            3 => self.change(),
            _ => {}
        }
        let patience = self.dice.roll(100);
        for round in 0.. {
            match ticket.finish() {
                Ok(completed) => return Some(completed),
                Err(other) => ticket = other,
            }
            if round == patience {
                self.watch.stop().unwrap();
            }
            thread::yield_now();
        }
        None
    }

    fn look(&mut self, completed: &Completed<ChangeBuffer>) {
        let Watched::Changes(mut changes) = completed.watched().unwrap() else { return };
        let most = completed.buffer().contents().len() / 12;
        if self.malformed {
            assert!(changes.count() <= most);
            return;
        }
        for change in changes.by_ref() {
            assert!(change.name == "ab");
            let ChangeAction::Other(number) = change.action else { panic!("{change:?}") };
            if let Some(expected) = self.expected {
                assert_eq!(number, expected, "a change was lost or told twice");
            }
            self.expected = Some(number + 1);
        }
        assert!(!changes.is_malformed());
    }
}
