//! The demo's load: connections that each do now this, now that, on a thread of its own.
//!
//! Two kinds of phases. *Varied*: echoes of every size, half-closes, resets, new connections. *Steady*: the connections
//! stay, only echoes: there the server's allocations are counted.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::Result;

use super::{message, Connection, STACK_BYTES};

/// The largest message.
const LARGEST: usize = 1 << 20;

/// Bytes on their way at most, where one thread both writes and reads: both sides' socket buffers
/// hold them, so that neither waits for the other.
const WINDOW: usize = 32 * 1024;

/// How late a reader is that lets them run full.
const SLOWLY: Duration = Duration::from_millis(5);

/// What the connections do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Phase {
    /// A peak of all connections at once is what the demo promises: nobody begins before.
    #[default]
    Opening,
    Varied,
    Steady,
    End,
}

/// What all connections together did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) open: u64,
    /// Connections that have seen the steady phase.
    pub(crate) settled: u64,
    pub(crate) messages: u64,
    pub(crate) bytes: u64,
    pub(crate) errors: u64,
    pub(crate) half_closes: u64,
    pub(crate) resets: u64,
    pub(crate) ipv4: u64,
    pub(crate) ipv6: u64,
}

/// Shared by all threads.
#[derive(Debug, Default)]
struct Shared(Mutex<(Phase, Counts)>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, (Phase, Counts)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn phase(&self) -> Phase {
        self.lock().0
    }

    fn count(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.lock().1);
    }

    fn echoed(&self, size: usize) {
        self.count(|counts| {
            counts.messages += 1;
            counts.bytes += size as u64;
        });
    }
}

/// A running load.
#[derive(Debug)]
pub(crate) struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    /// So many connections, to each of these addresses in turn.
    pub(crate) fn start(connections: u32, to: &[SocketAddr]) -> Result<Self> {
        let mut load = Self { shared: Arc::default(), threads: Vec::new() };
        for (index, to) in (0..connections).zip(to.iter().cycle()) {
            let (shared, to) = (Arc::clone(&load.shared), *to);
            let builder = thread::Builder::new().stack_size(STACK_BYTES);
            load.threads.push(builder.spawn(move || keep(&shared, to, u64::from(index)))?);
        }
        Ok(load)
    }

    /// What they do from now on.
    pub(crate) fn go_on(&self, phase: Phase) {
        self.shared.lock().0 = phase;
    }

    pub(crate) fn counts(&self) -> Counts {
        self.shared.lock().1
    }

    /// Ends all connections in order. One that has not ended within `limit` is an error.
    pub(crate) fn end(self, limit: Duration) -> Counts {
        self.go_on(Phase::End);
        let begun = Instant::now();
        let running = || self.threads.iter().filter(|thread| !thread.is_finished()).count();
        while running() > 0 && begun.elapsed() < limit {
            thread::sleep(Duration::from_millis(10));
        }
        self.shared.count(|counts| counts.errors += running() as u64);
        self.counts()
    }
}

/// Splitmix64: varied, and the same for the same connection in every run.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or(0)
    }

    fn message(&mut self, size: usize) -> Vec<u8> {
        message(size, self.next())
    }
}

/// Keeps one connection open until the end, replacing it after each half-close or reset.
fn keep(shared: &Shared, to: SocketAddr, index: u64) {
    let mut random = Random(index);
    let mut settled = false;
    loop {
        match session(shared, to, &mut random, &mut settled) {
            Ok(()) if shared.phase() == Phase::End => return,
            Ok(()) => {}
            Err(error) => {
                let mut all = shared.lock();
                all.1.errors += 1;
                if all.1.errors <= 5 {
                    eprintln!("connection {index} to {to}: {error:#}");
                }
                return;
            }
        }
    }
}

/// One TCP connection, from connect to its half-close or reset.
fn session(shared: &Shared, to: SocketAddr, random: &mut Random, settled: &mut bool) -> Result<()> {
    let connection = Connection::open(to)?;
    shared.count(|counts| match to {
        SocketAddr::V4(_) => counts.ipv4 += 1,
        SocketAddr::V6(_) => counts.ipv6 += 1,
    });
    // One byte there and back: the server has accepted, it is open on both sides.
    echo(shared, &connection, random, 1)?;
    shared.count(|counts| counts.open += 1);
    let outcome = messages(shared, &connection, random, settled);
    shared.count(|counts| counts.open -= 1);
    outcome
}

fn messages(
    shared: &Shared,
    connection: &Connection,
    random: &mut Random,
    settled: &mut bool,
) -> Result<()> {
    loop {
        match shared.phase() {
            Phase::Opening => {
                // What keeps 200 threads from waking all the time; not an order of events.
                thread::sleep(Duration::from_millis(10));
                continue;
            }
            Phase::End => return half_close(shared, connection, random),
            Phase::Steady if !*settled => {
                *settled = true;
                shared.count(|counts| counts.settled += 1);
            }
            Phase::Varied => match random.below(40) {
                0 => return half_close(shared, connection, random),
                1 => return reset(shared, connection, random),
                2 => {
                    flood(shared, connection, random)?;
                    continue;
                }
                _ => {}
            },
            Phase::Steady => {}
        }
        let size = match random.below(8) {
            0 => 1,
            1..=5 => 1 + random.below(4096),
            _ => 1 + random.below(64 * 1024),
        };
        echo(shared, connection, random, size)?;
    }
}

/// Sends a message in pieces of random size and checks each as it comes back.
fn echo(shared: &Shared, connection: &Connection, random: &mut Random, size: usize) -> Result<()> {
    for window in random.message(size).chunks(WINDOW) {
        let mut unsent = window;
        while !unsent.is_empty() {
            let piece;
            (piece, unsent) = unsent.split_at(1 + random.below(unsent.len()));
            connection.send(piece)?;
        }
        connection.receive(window)?;
    }
    shared.echoed(size);
    Ok(())
}

/// A mebibyte at once from a second thread, read slowly: both sides' buffers run full.
fn flood(shared: &Shared, connection: &Connection, random: &mut Random) -> Result<()> {
    let message = random.message(LARGEST);
    connection.receive_while(&message, SLOWLY, || connection.send(&message))?;
    shared.echoed(LARGEST);
    Ok(())
}

/// Sends, shuts down our side, and reads the echo to its clean end.
fn half_close(shared: &Shared, connection: &Connection, random: &mut Random) -> Result<()> {
    let size = 1 + random.below(WINDOW);
    let message = random.message(size);
    connection.send(&message)?;
    connection.end()?;
    connection.receive(&message)?;
    connection.receive_end()?;
    shared.echoed(size);
    shared.count(|counts| counts.half_closes += 1);
    Ok(())
}

/// Leaves with data unread: the system then sends a reset instead of an orderly end.
fn reset(shared: &Shared, connection: &Connection, random: &mut Random) -> Result<()> {
    let size = 1 + random.below(1000);
    connection.send(&random.message(size))?;
    connection.0.peek(&mut [0])?;
    shared.count(|counts| counts.resets += 1);
    Ok(())
}
