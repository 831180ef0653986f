//! The benches, in the order of what a user feels.

mod build;
mod echo;
mod memory;
mod others;
mod scale;
mod time;

use anyhow::Result;

use super::table::Table;

/// One bench.
pub(super) struct Bench {
    pub(super) name: &'static str,
    /// Counts that are quick to have: `--quick` runs these alone.
    pub(super) quick: bool,
    /// The argument is how often a bench of times repeats.
    pub(super) run: fn(u32) -> Result<Table>,
}

/// All of them.
pub(super) const ALL: [Bench; 11] = [
    Bench { name: "echo_calls", quick: true, run: |_| echo::calls() },
    Bench { name: "alloc_per_op", quick: true, run: |_| echo::allocations() },
    Bench { name: "mem_idle", quick: false, run: |_| memory::idle() },
    Bench { name: "echo_insn", quick: true, run: |_| echo::instructions() },
    Bench { name: "cold_build", quick: false, run: |_| build::cold() },
    Bench { name: "echo_time", quick: false, run: time::echo },
    Bench { name: "accept_calls", quick: true, run: |_| others::accept() },
    Bench { name: "dequeue_batch", quick: true, run: |_| others::batch() },
    Bench { name: "scale", quick: false, run: |_| scale::connections() },
    Bench { name: "multi_waiter", quick: false, run: |_| scale::waiters() },
    Bench { name: "relay", quick: false, run: |_| echo::relay() },
];

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
