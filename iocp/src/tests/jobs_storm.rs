//! Storms over jobs: processes that come and go, jobs that are ended and dropped, lost, forged and stolen
//! messages.
//!
//! `IOCP_STORM_SEED` and `IOCP_STORM_COUNT` choose the first seed and how many.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        Mutex,
    },
    thread,
};

use super::{
    port,
    stealing::Thief,
    storm::{seeds, Dice, StopOnDrop},
    NOW,
};
use crate::{
    core::keys::slotless,
    sim::{Kernel, Script, Signals, Waitable},
    AssociatedJob, CompletionPort, Job, JobMessage, Packet, Packets, Wait,
};

const STEPS: usize = if cfg!(miri) { 15 } else { 60 };

/// What is known of the jobs, by their tokens, and what came of them.
struct Storm<'a> {
    port: &'a CompletionPort,
    kernel: &'a Kernel,
    seed: u64,
    tokens: AtomicUsize,
    over: AtomicBool,
    processes: Mutex<HashMap<usize, HashSet<u32>>>,
    seen: Mutex<Vec<(usize, JobMessage)>>,
}

/// A job, and the processes that run in it.
struct Tree {
    job: AssociatedJob,
    token: usize,
    running: Vec<Waitable>,
    exited: HashSet<u32>,
}

/// Each message is of its job's own processes, and comes once; of a job that lives and whose messages are not
/// lost, all of them come.
#[test]
fn a_storm_of_jobs_tells_of_each_process_once_and_of_no_other() {
    for seed in seeds(24) {
        for lost_messages in [0, 30] {
            let kernel = Kernel::new(Script { lost_messages, ..Script::any(seed) });
            let port = port();
            let storm = Storm::new(&port, &kernel, seed);
            let trees = storm.run(|dice, thief| match dice.roll(3) {
                0 => thief.steal(&port),
                _ => {
                    thief.give_back(&port, dice, 1);
                }
            });
            let seen = storm.seen.lock().unwrap();
            let processes = storm.processes.lock().unwrap();
            let (mut new, mut exits) = (HashSet::new(), HashSet::new());
            for &(token, message) in seen.iter() {
                let (id, is_first) = match message {
                    JobMessage::NewProcess(id) => (id, new.insert((token, id))),
                    JobMessage::ExitProcess(id) => (id, exits.insert((token, id))),
                    JobMessage::NoneLeft => continue,
                    other => panic!("{other:?}"),
                };
                assert!(is_first, "{message:?} came twice, seed {seed}");
                assert!(processes[&token].contains(&id), "{message:?} is another's, seed {seed}");
            }
            for Tree { token, exited, .. } in trees.iter().filter(|_| lost_messages == 0) {
                assert!(processes[token].iter().all(|&id| new.contains(&(*token, id))));
                assert!(exited.iter().all(|&id| exits.contains(&(*token, id))), "seed {seed}");
            }
            assert_eq!(port.stats().foreign_packets, 0);
            drop(trees);
            drop((seen, processes));
            drop(storm);
            nothing_is_left(&kernel, port);
        }
    }
}

/// Whatever is forged, stolen and thrown away: what a job says itself is true, and nothing else is told than
/// news of jobs.
#[test]
fn a_storm_of_forged_messages_ends_nothing_and_imitates_nothing() {
    for seed in seeds(24) {
        let kernel = Kernel::new(Script { lost_messages: 20, ..Script::hostile(seed) });
        let port = port();
        let storm = Storm::new(&port, &kernel, seed);
        let trees = storm.run(|dice, thief| {
            match dice.roll(4) {
                0 => thief.steal(&port),
                1 => thief.throw_away(dice),
                times => {
                    thief.give_back(&port, dice, times as usize - 1);
                }
            }
            let key = slotless(dice.roll(5) as u32, dice.roll(8) as usize).0;
            let value = [0, 1, usize::MAX, port.core.handle().value().0][dice.roll(4) as usize];
            let _ = port.core.port.post(dice.roll(14) as u32, key, value);
        });
        assert_eq!((port.is_closed(), port.stats().foreign_packets), (false, 0));
        drop(trees);
        drop(storm);
        nothing_is_left(&kernel, port);
    }
}

fn nothing_is_left(kernel: &Kernel, port: CompletionPort) {
    drop(port);
    let counts = kernel.counts();
    assert_eq!((counts.handles, counts.reserved), (0, 0), "leaked: {kernel:?}");
}

impl<'a> Storm<'a> {
    fn new(port: &'a CompletionPort, kernel: &'a Kernel, seed: u64) -> Self {
        Self {
            port,
            kernel,
            seed,
            tokens: AtomicUsize::new(0),
            over: AtomicBool::new(false),
            processes: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// Two threads with jobs, two that take packets, and one of other code. The jobs that live at the end.
    fn run(&self, mut other: impl FnMut(&mut Dice, &mut Thief) + Send) -> Vec<Tree> {
        let trees = thread::scope(|scope| {
            // Also where a worker fails: the scope waits for the others.
            let _over = StopOnDrop(&self.over);
            let others = [scope.spawn(|| self.take()), scope.spawn(|| self.take())];
            let thief = scope.spawn(move || {
                let _entered = self.kernel.enter();
                let (mut dice, mut thief) = (Dice(self.seed << 1 | 1), Thief::default());
                while !self.over.load(Ordering::SeqCst) {
                    other(&mut dice, &mut thief);
                    thread::yield_now();
                }
                while thief.give_back(self.port, &mut dice, 1) {}
            });
            let workers: Vec<_> = (0..2_u64)
                .map(|worker| {
                    let dice = Dice(self.seed << 8 | worker << 1 | 1);
                    scope.spawn(move || self.work(dice))
                })
                .collect();
            let trees: Vec<_> =
                workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect();
            self.over.store(true, Ordering::SeqCst);
            for other in others {
                other.join().unwrap();
            }
            thief.join().unwrap();
            trees
        });
        self.take();
        trees
    }

    fn take(&self) {
        let _entered = self.kernel.enter();
        let mut packets = Packets::with_capacity(3);
        loop {
            let is_over = self.over.load(Ordering::SeqCst);
            let taken = self.port.wait(&mut packets, NOW).unwrap();
            for packet in &packets {
                let &Packet::Job { token, message } = packet else { panic!("{packet:?}") };
                assert!(token < self.tokens.load(Ordering::SeqCst), "{packet:?}");
                self.seen.lock().unwrap().push((token, message));
            }
            if is_over && taken == Wait::TimedOut {
                return;
            }
            thread::yield_now();
        }
    }

    fn work(&self, mut dice: Dice) -> Vec<Tree> {
        let _entered = self.kernel.enter();
        let mut trees = vec![self.tree(), self.tree()];
        for _ in 0..STEPS {
            let at = dice.roll(2) as usize;
            let tree = &mut trees[at];
            match dice.roll(8) {
                0 => trees[at] = self.tree(),
                1 => {
                    tree.job.terminate(9).unwrap();
                    tree.exited.extend(tree.running.drain(..).map(|process| process.id()));
                }
                2 | 3 if !tree.running.is_empty() => {
                    let process =
                        tree.running.swap_remove(dice.roll(tree.running.len() as u64) as usize);
                    process.exit(3);
                    tree.exited.insert(process.id());
                }
                _ => {
                    let process = self.kernel.waitable(Signals::Stay);
                    self.processes
                        .lock()
                        .unwrap()
                        .get_mut(&tree.token)
                        .unwrap()
                        .insert(process.id());
                    tree.job.assign(&process).unwrap();
                    tree.running.push(process);
                }
            }
            let tree = &trees[at];
            let active = tree.job.active_processes().unwrap() as usize;
            assert_eq!(active, tree.running.len(), "seed {}", self.seed);
        }
        trees
    }

    fn tree(&self) -> Tree {
        let token = self.tokens.fetch_add(1, Ordering::SeqCst);
        self.processes.lock().unwrap().insert(token, HashSet::new());
        let job = self.port.associate_job(Job::new().unwrap(), token).unwrap();
        Tree { job, token, running: Vec::new(), exited: HashSet::new() }
    }
}
