//! The benches, in the order of what a user feels.

mod build;
mod copy;
mod echo;
mod full;
mod growth;
mod http;
mod memory;
mod others;
mod scale;
mod size;
mod time;
mod timers;
mod work;

use anyhow::Result;

use super::table::Table;

/// One bench.
pub(super) struct Bench {
    pub(super) name: &'static str,
    /// Counts that are quick to have: `--quick` runs these alone.
    pub(super) quick: bool,
    /// Whether it counts, so that it can be run again and must find the same.
    pub(super) counts: bool,
    /// Why it cannot be run on this kernel.
    pub(super) not_here: fn() -> Option<&'static str>,
    pub(super) run: fn(&Asked) -> Result<Table>,
}

/// How a bench is to be run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// How often a bench of times repeats.
    pub(super) rounds: u32,
    /// Only to compare its counts with those of the run before.
    pub(super) again: bool,
    /// Only ours and raw, and what is exact.
    pub(super) quick: bool,
}

impl Bench {
    const fn new(name: &'static str, run: fn(&Asked) -> Result<Table>) -> Self {
        Self { name, quick: false, counts: false, not_here: || None, run }
    }

    const fn quick(self) -> Self {
        Self { quick: true, ..self }
    }

    const fn counts(self) -> Self {
        Self { counts: true, ..self }
    }

    const fn not_here(self, not_here: fn() -> Option<&'static str>) -> Self {
        Self { not_here, ..self }
    }
}

/// All of them.
pub(super) const ALL: [Bench; 23] = [
    Bench::new("echo_calls", echo::calls).counts().quick(),
    Bench::new("alloc_per_op", echo::allocations).counts().quick(),
    Bench::new("mem_idle", memory::idle).counts(),
    Bench::new("echo_insn", echo::instructions).counts().quick().not_here(no_stepper),
    Bench::new("cold_build", build::cold),
    Bench::new("program_size", size::programs).not_here(no_mingw),
    Bench::new("echo_time", time::echo),
    Bench::new("accept_calls", others::accept).counts().quick(),
    Bench::new("accept_insn", others::accept_instructions).counts().not_here(no_stepper),
    Bench::new("dequeue_batch", others::batch).counts().quick(),
    Bench::new("scale", scale::connections).counts(),
    Bench::new("multi_waiter", scale::waiters).counts(),
    Bench::new("timers", timers::deadlines).counts(),
    Bench::new("copy", copy::copy).counts(),
    Bench::new("sizes", work::sizes).counts().quick(),
    Bench::new("udp", work::udp).counts().quick(),
    Bench::new("short", work::short).counts().quick(),
    Bench::new("work_time", time::work),
    Bench::new("user_insn", work::user).counts().not_here(no_stepper),
    Bench::new("growth", growth::growth).not_here(no_stepper),
    Bench::new("full_port", full::full).counts().quick(),
    Bench::new("http_files", http::files).not_here(no_wrk),
    Bench::new("relay", echo::relay).counts().not_here(no_wine),
];

/// Messages of a stepped run: a thread's first one only begins its first whole one.
const STEPPED: u64 = 11;

const CAN_STEP: bool = cfg!(all(target_os = "linux", target_arch = "x86_64"));

fn no_stepper() -> Option<&'static str> {
    (!CAN_STEP).then_some("instructions are counted on Linux on x86_64, under Wine")
}

fn no_wrk() -> Option<&'static str> {
    cfg!(windows).then_some("the load is wrk's, which runs on Linux")
}

fn no_mingw() -> Option<&'static str> {
    cfg!(windows).then_some("the parts of a program are named by the tools of mingw")
}

fn no_wine() -> Option<&'static str> {
    cfg!(windows).then_some("Wine's own log of calls exists under Wine only")
}

/// The servers of the echo benches: what the table calls them, and what the program does.
const SERVERS: [(&str, &str); 10] = [
    ("raw", "raw"),
    ("iocp", "typed"),
    ("iocp zero-read", "probe"),
    ("iocp poll", "poll"),
    ("poll zero-read", "poll-zero"),
    ("polling", "polling"),
    ("mio", "mio"),
    ("compio", "compio"),
    ("tokio", "tokio"),
    ("smol", "smol"),
];

/// Divides the first value of the table's main column by the second.
fn ratio(table: &Table, ours: &str, theirs: &str, column: &str) -> f64 {
    table.value(ours, column) / table.value(theirs, column)
}
