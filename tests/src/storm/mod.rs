//! A storm: everything that a program, other code and the kernel may do to a port, at the same time
//! and at random, with every byte checked.
//!
//! A round is one port. Four drivers live through connection after connection: they receive, send,
//! cancel, drop, detach and park, use cancellers late, and drop their socket with operations in
//! flight. Three waiters take packets into arrays of different sizes. A hostile poster steals
//! packets by raw calls, posts them again once or more, now or much later, and forges others for the
//! slots it saw. What was received on a connection, put in order, is what was sent on it; at the end
//! of a round nothing is in flight, in use or leaked.
//!
//! The drawback: threads of a real kernel run as they like, so a seed repeats what each thread
//! *tries*, not how they meet. A schedule that repeats exactly is the simulated kernel's business.

mod connection;
mod dice;
mod driver;
mod peer;
mod poster;
mod stream;
mod waiter;

use std::{
    fmt,
    io::Write,
    sync::{
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc::{channel, RecvTimeoutError, Sender},
        Barrier,
    },
    thread,
    time::{Duration, Instant},
};

use iocp::{leaked_operations, CompletionPort, Config};

pub use self::dice::Dice;
use crate::{kernel, waiting::DEADLINE};

/// Drivers, each with one connection at a time.
const DRIVERS: usize = 4;

/// Room of each waiter's array.
const WAITERS: [usize; 3] = [1, 4, 64];

/// Under Wine no round is without skip mode after so many receives of those that were, and none of them makes
/// more: Wine 8 stalls a port without skip mode after some 10^5 receives (ARCHITECTURE.md).
const UNSKIPPED_UNDER_WINE: u64 = 50_000;

/// A round is no longer than this.
const ROUND: Duration = Duration::from_millis(1_000);

/// What one storm did.
#[derive(Debug, Default)]
pub struct Report {
    rounds: u64,
    connections: AtomicU64,
    operations: AtomicU64,
    /// Receives without skip mode.
    unskipped: AtomicU64,
    received: AtomicU64,
    sent: AtomicU64,
    cancelled: AtomicU64,
    orphaned: AtomicU64,
    parked: AtomicU64,
    late_cancels: AtomicU64,
    stolen: AtomicU64,
    posted: AtomicU64,
    refused: u64,
    foreign: u64,
}

/// What the threads of a round share.
struct Round {
    port: CompletionPort,
    skips: bool,
    /// When the drivers begin no more connections.
    end: Instant,
    poster_stops: AtomicBool,
    /// Marks of the poster that the waiters have seen: it does not run far ahead of them.
    marks_seen: AtomicUsize,
}

/// Runs rounds until the time has passed and everything a storm is for has happened; prints nothing.
///
/// # Panics
///
/// If a byte is lost, repeated or changed, an operation never ends, or anything is left at the end
/// of a round.
#[must_use]
pub fn storm(seed: u64, length: Duration) -> Report {
    let mut report = Report::default();
    let _watched = Watchdog::start(length + 3 * DEADLINE);
    let end = Instant::now() + length;
    // A busy machine may need more rounds to have seen everything.
    while Instant::now() < end || !report.missing().is_empty() {
        let seed = seed.wrapping_mul(1_000).wrapping_add(report.rounds);
        round(seed, Instant::now() + ROUND, &mut report);
        report.rounds += 1;
    }
    report
}

fn round(seed: u64, end: Instant, report: &mut Report) {
    let leaked_before = leaked_operations();
    let skip_on_success = seed & 1 == 0 || report.is_over_unskipped();
    let config = Config::default().max_operations(48).skip_on_success(skip_on_success);
    let round = Round {
        port: CompletionPort::with_config(&config).unwrap(),
        skips: skip_on_success,
        end,
        poster_stops: AtomicBool::new(false),
        marks_seen: AtomicUsize::new(0),
    };
    let (round, shared) = (&round, &*report);
    // An operation of a thread that has ended is another test's: see ARCHITECTURE.md on Wine.
    let (all_idle, may_end) = (&Barrier::new(DRIVERS + 1), &Barrier::new(DRIVERS + 1));
    thread::scope(|scope| {
        let drivers: Vec<_> = (0..DRIVERS)
            .map(|index| {
                let dice = Dice::new(seed, index as u64 + 1);
                let driver = move || {
                    let _here = Meet(may_end);
                    let _idle = Meet(all_idle);
                    driver::drive(round, index, dice, shared);
                };
                scope.spawn(driver)
            })
            .collect();
        let threads: Vec<_> = drivers.iter().map(|driver| driver.thread().clone()).collect();
        for room in WAITERS {
            let threads = threads.clone();
            scope.spawn(move || waiter::wait(round, room, &threads, shared));
        }
        let poster = scope.spawn(move || poster::post(round, Dice::new(seed, 0), shared));
        all_idle.wait();
        round.poster_stops.store(true, Ordering::SeqCst);
        let _ = poster.join();
        let idle = within(DEADLINE, || {
            let stats = round.port.stats();
            stats.in_flight == 0 && stats.operations == 0
        });
        may_end.wait();
        let closed = round.port.close();
        let failed = drivers.into_iter().filter_map(|driver| driver.join().err()).count();
        assert_eq!(failed, 0, "drivers failed, see above");
        assert!(idle, "something is left: {:?}", round.port.stats());
        assert!(closed.is_ok(), "nobody but us closes: {closed:?}");
    });
    let stats = round.port.stats();
    assert_eq!((stats.operations, stats.bytes), (0, 0));
    report.refused += stats.stale_packets;
    report.foreign += stats.foreign_packets;
    assert_eq!(leaked_operations(), leaked_before, "nothing is leaked");
}

/// Ends the process if a storm hangs: what a broken core has done to memory may hang anything.
struct Watchdog(#[allow(dead_code)] Sender<()>);

impl Watchdog {
    fn start(limit: Duration) -> Self {
        let (over, told) = channel::<()>();
        thread::spawn(move || {
            if told.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                // Past the capture of the test harness, which does not come to print it.
                let _ = writeln!(std::io::stderr(), "storm: did not end within {limit:?}");
                std::process::abort();
            }
        });
        Self(over)
    }
}

/// Waits for the others when it is dropped: also if the thread panics, so that they go on.
struct Meet<'a>(&'a Barrier);

impl Drop for Meet<'_> {
    fn drop(&mut self) {
        self.0.wait();
    }
}

/// Whether the condition came true within the limit.
fn within(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    while !condition() {
        if Instant::now() > end {
            return false;
        }
        thread::park_timeout(Duration::from_millis(1));
    }
    true
}

impl Round {
    /// Whether drivers begin no more: the time is over, or this kernel bears no more receives of this kind.
    fn is_over(&self, report: &Report) -> bool {
        Instant::now() >= self.end || !self.skips && report.is_over_unskipped()
    }
}

impl Report {
    /// Whether more receives without skip mode were made than are tried under Wine; a few go on in flight.
    fn is_over_unskipped(&self) -> bool {
        kernel().is_wine() && self.unskipped.load(Ordering::Relaxed) + 1_000 > UNSKIPPED_UNDER_WINE
    }

    /// What the storm is there for and has not happened yet: until then it shows nothing.
    fn missing(&self) -> Vec<&'static str> {
        let counts = [
            ("connections", &self.connections),
            ("operations", &self.operations),
            ("bytes received", &self.received),
            ("bytes sent", &self.sent),
            ("cancelled", &self.cancelled),
            ("dropped or detached", &self.orphaned),
            ("parked", &self.parked),
            ("late cancels", &self.late_cancels),
            ("stolen", &self.stolen),
            ("posted", &self.posted),
        ];
        let plain = [("refused", self.refused), ("foreign", self.foreign)];
        let shared = counts.map(|(what, count)| (what, count.load(Ordering::SeqCst)));
        let never = |(what, count)| (count == 0).then_some(what);
        shared.into_iter().chain(plain).filter_map(never).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |count: &AtomicU64| count.load(Ordering::SeqCst);
        write!(
            f,
            "{} rounds, {} connections, {} operations ({} cancelled, {} dropped or detached, {} \
             parked), {} receives without skip mode, {} bytes received, {} sent, {} late cancels; {} packets stolen, {} forged or \
             repeated, {} refused, {} foreign",
            self.rounds,
            of(&self.connections),
            of(&self.operations),
            of(&self.cancelled),
            of(&self.orphaned),
            of(&self.parked),
            of(&self.unskipped),
            of(&self.received),
            of(&self.sent),
            of(&self.late_cancels),
            of(&self.stolen),
            of(&self.posted),
            self.refused,
            self.foreign,
        )
    }
}
