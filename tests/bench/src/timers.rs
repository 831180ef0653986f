//! What a deadline costs, by how many there are: its memory, and what it is to set, change, clear and
//! take it.
//!
//! `--connections` is the number of timers of the port, `--count` how many of them are set, changed,
//! cleared or taken at a time. All others lie between a minute and an hour ahead, in no order, behind one
//! that is due sooner: so that what is counted is never the port's next, which would be told to waiters.
//! `posts` counts those posts, in a loop of one thread.

use std::{
    io::{Error, Result},
    mem::ManuallyDrop,
    time::{Duration, Instant},
};

use iocp::{CompletionPort, Packets, Timer, Wait};
use iocp_tests::calls::Meter;

use crate::{
    arguments::Args,
    heap,
    meter::{self, Mark},
    setting,
};

/// How often each is timed: the least counts.
const ROUNDS: u32 = 20;
/// The wheel's; a list of its second level is for `BLOCK` of them.
const TICK: Duration = Duration::from_millis(1);
const BLOCK: u64 = 64;
const NOW: Option<Duration> = Some(Duration::ZERO);

/// A port with its timers.
struct Port {
    port: CompletionPort,
    timers: Vec<Timer>,
    /// Bytes that they took of the heap, beside the list of them.
    heap: u64,
    start: Instant,
}

/// Counts, and ends.
pub(crate) fn run(args: &Args) -> Result<()> {
    match args.server.as_str() {
        "posts" => return posts(args.connections),
        "set" | "change" | "clear" | "expire" => {}
        other => return Err(Error::other(format!("nothing is called `{other}`"))),
    }
    // A tracer would step through the drop of each timer.
    let port = ManuallyDrop::new(Port::new(args.connections)?);
    let some = usize::try_from(args.count).map_err(Error::other)?.min(port.timers.len() - 1);
    // Not the first, which is the port's next.
    let mut round = Round { port: &port, some: 1..=some, packets: Packets::with_capacity(some) };
    if args.marks {
        setting::wait_for_tracer(args)?;
    }
    let times = match args.server.as_str() {
        _ if args.marks => 1,
        "expire" => 3,
        _ => ROUNDS,
    };
    let mut least = Duration::MAX;
    for _ in 0..times {
        least = least.min(round.run(&args.server)?);
    }
    println!(
        "counted messages={some} ns={} live={} handle={}",
        least.as_nanos(),
        port.heap,
        std::mem::size_of::<Timer>()
    );
    Ok(())
}

impl Port {
    fn new(count: usize) -> Result<Self> {
        let port = CompletionPort::new()?;
        let (mut timers, start) = (Vec::with_capacity(count), Instant::now());
        let before = heap::counts().live;
        timers.extend((0..count).map(|number| port.timer(number)));
        let port = Self { heap: heap::counts().live - before, port, timers, start };
        port.timers[0].set(port.start + Duration::from_secs(50));
        (1..count).for_each(|number| port.timers[number].set(port.far(number)));
        // What was posted for a wait that might have begun before the first timer.
        match port.port.wait(&mut Packets::with_capacity(4), NOW)? {
            Wait::TimedOut => Ok(port),
            other => Err(Error::other(format!("{other:?} instead of nothing"))),
        }
    }

    /// The begin of the next list of the wheel's second level: a timer in it moves down once before it ends,
    /// whatever the time is now.
    fn next_block(&self) -> Instant {
        let passed = self.start.elapsed();
        let ticks = passed.as_secs() * 1_000 + u64::from(passed.subsec_millis());
        let mut block = ticks / BLOCK + 1;
        // Such a one begins a list of the third level.
        block += u64::from(block.is_multiple_of(BLOCK));
        // A deadline is rounded up, and the wheel began a little before `start`.
        self.start + Duration::from_millis(block * BLOCK) - TICK / 2
    }

    /// A deadline between a minute and an hour ahead.
    fn far(&self, number: usize) -> Instant {
        let spread = (number as u64).wrapping_mul(2_654_435_761) % 3_540_000;
        self.start + Duration::from_millis(60_000 + spread)
    }
}

/// One round: what is counted, then all is again as it was before.
struct Round<'a> {
    port: &'a Port,
    some: std::ops::RangeInclusive<usize>,
    packets: Packets,
}

impl Round<'_> {
    fn run(&mut self, what: &str) -> Result<Duration> {
        let timers = &self.port.timers[self.some.clone()];
        let numbers = || self.some.clone();
        let ats: Vec<Instant> = match what {
            "set" => numbers().map(|number| self.port.far(number)).collect(),
            _ => numbers().map(|number| self.port.far(number + 7_777)).collect(),
        };
        match what {
            "set" => clear(timers),
            "expire" => {
                // The wheel stands where it last had something to give: let that be now.
                timers[0].set(Instant::now());
                self.port.port.wait(&mut self.packets, NOW)?;
                let mut at = self.port.next_block();
                for timer in timers {
                    timer.set(at);
                    at += TICK;
                }
                let left = at.saturating_duration_since(Instant::now());
                std::thread::sleep(left + 20 * TICK);
            }
            _ => {}
        }
        let mut taken = Wait::TimedOut;
        let start = Instant::now();
        meter::mark(Mark::Begin);
        match what {
            "clear" => clear(timers),
            "expire" => taken = self.port.port.wait(&mut self.packets, NOW)?,
            _ => timers.iter().zip(&ats).for_each(|(timer, at)| timer.set(*at)),
        }
        meter::mark(Mark::End);
        let took = start.elapsed();
        if what == "expire" && taken != Wait::Packets(timers.len()) {
            return Err(Error::other(format!("{taken:?} instead of {} timers", timers.len())));
        }
        if what != "set" {
            numbers().for_each(|number| self.port.timers[number].set(self.port.far(number)));
        }
        Ok(took)
    }
}

fn clear(timers: &[Timer]) {
    for timer in timers {
        timer.clear();
    }
}

/// How often setting a timer posts in a loop of one thread that waits after each: to a later time, and to
/// one that is the port's next, and ends; the latter also while a wait might have begun before the first
/// timer.
fn posts(count: usize) -> Result<()> {
    const TIMES: u32 = 1_000;
    let (port, mut packets) = (Port::new(count)?, Packets::with_capacity(4));
    let mut run = |later: bool| -> Result<u64> {
        let meter = Meter::new();
        for round in 0..TIMES {
            let number = 1 + round as usize % (count - 1);
            let (at, expected) = match later {
                true => (port.far(number) + Duration::from_secs(u64::from(round)), Wait::TimedOut),
                false => (Instant::now(), Wait::Packets(1)),
            };
            meter.run(|| port.timers[number].set(at));
            let waited = port.port.wait(&mut packets, NOW)?;
            if waited != expected {
                return Err(Error::other(format!("{waited:?} instead of {expected:?}")));
            }
        }
        Ok(meter.counts().get("PostQueuedCompletionStatus"))
    };
    let (later, first) = (run(true)?, run(false)?);
    // Longer than any wait sleeps that knows of no timer.
    std::thread::sleep(Duration::from_secs(6));
    let (later, next) = (later + run(true)?, run(false)?);
    println!("counted messages={TIMES} later={later} next={next} first={first}");
    Ok(())
}
