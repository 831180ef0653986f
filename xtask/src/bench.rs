//! `cargo xtask bench`: `iocp` beside hand-written Win32 and beside its peers, measured.
//!
//! One program has every server in it (`tests/bench`); this one builds it, runs it once per server
//! and size, plays its client, and compares. Counts are exact and the same on every kernel: a missed
//! goal on counts is a failure. Times are shown with their spread, and fail nothing.

mod benches;
mod client;
mod pin;
mod plot;
mod quiet;
mod report;
mod server;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(crate) mod step;
mod table;

use anyhow::{bail, Result};
use lexopt::{Arg, Parser, ValueExt};

use crate::{
    args::{number, usage, Usage},
    process::{headline, note, output},
};
use benches::{Asked, Bench, ALL};
use table::Table;

/// How often a bench of times repeats.
const ROUNDS: u32 = 9;

/// What `cargo xtask bench` was asked.
#[derive(Debug)]
pub(crate) struct Args {
    names: Vec<String>,
    quick: bool,
    publish: bool,
    repeat: bool,
    rounds: u32,
}

impl Args {
    pub(crate) fn parse(parser: &mut Parser) -> Result<Self> {
        let mut args =
            Self { names: Vec::new(), quick: false, publish: false, repeat: false, rounds: ROUNDS };
        while let Some(arg) = parser.next().map_err(usage)? {
            match arg {
                Arg::Long("quick") => args.quick = true,
                Arg::Long("publish") => args.publish = true,
                Arg::Long("repeat") => args.repeat = true,
                Arg::Long("rounds") => args.rounds = number(parser, "--rounds", 1..=99)?,
                Arg::Value(name) => {
                    let name = name.string().map_err(usage)?;
                    if !ALL.iter().any(|bench| bench.name == name) {
                        let known: Vec<_> = ALL.iter().map(|bench| bench.name).collect();
                        let known = known.join(", ");
                        bail!(Usage(format!("no bench is called `{name}`: there are {known}")));
                    }
                    args.names.push(name);
                }
                other => return Err(usage(other.unexpected())),
            }
        }
        Ok(args)
    }

    /// Whether counts are counted twice and compared: in a whole run always.
    fn repeats(&self) -> bool {
        self.repeat || (self.names.is_empty() && !self.quick)
    }

    fn wants(&self, bench: &Bench) -> bool {
        match self.names.is_empty() {
            true => bench.quick || !self.quick,
            false => self.names.iter().any(|name| name == bench.name),
        }
    }
}

/// Runs the benches, prints and writes what they found.
pub(crate) fn run(args: &Args) -> Result<()> {
    client::many_files()?; // also for the programs that we start
    std::fs::create_dir_all(crate::process::target_dir().join("bench"))?;
    let mut tables: Vec<Table> = Vec::new();
    let mut broken = Vec::new();
    for bench in ALL.iter().filter(|bench| args.wants(bench)) {
        headline(bench.name);
        if let Some(reason) = (bench.not_here)() {
            note(&format!("not measured here: {reason}"));
            continue;
        }
        match measured(bench, args) {
            Ok(table) => {
                table.print();
                tables.push(table);
            }
            Err(error) => {
                // The others are still worth having; the command fails at the end.
                note(&format!("{} could not be measured: {error:#}", bench.name));
                broken.push(bench.name);
            }
        }
    }
    let place = place(args);
    let folder = report::write(&place, &tables)?;
    if args.publish {
        report::publish(&place, &tables)?;
    }
    headline("result");
    note(&format!("written: {}/report.md, .json, .svg", folder.display()));
    if let Some(sentence) = verdict(&tables, &broken) {
        bail!(sentence);
    }
    println!("  all goals on counts are met");
    Ok(())
}

/// One bench, run again where its counts are to be compared.
fn measured(bench: &Bench, args: &Args) -> Result<Table> {
    let asked = Asked { rounds: args.rounds, again: false };
    let mut table = (bench.run)(&asked)?;
    if bench.counts && args.repeats() {
        table.compare(&(bench.run)(&Asked { again: true, ..asked })?);
    }
    Ok(table)
}

/// Why the command fails: one sentence that names each goal on counts that was missed.
fn verdict(tables: &[Table], broken: &[&str]) -> Option<String> {
    let mut missed = Vec::new();
    for table in tables {
        for goal in table.goals.iter().filter(|goal| goal.binding && !goal.is_met()) {
            missed.push(format!("{} ({})", table.name, goal.text));
        }
    }
    let mut parts = Vec::new();
    if !missed.is_empty() {
        let goals = if missed.len() == 1 { "goal" } else { "goals" };
        parts.push(format!("{} {goals} on counts missed: {}", missed.len(), missed.join(", ")));
    }
    if !broken.is_empty() {
        parts.push(format!("not measured: {}", broken.join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn place(args: &Args) -> report::Place {
    let said = |program: &str, words: &[&str]| {
        let text = output(crate::process::command(program).args(words)).unwrap_or_default();
        text.lines().next().unwrap_or("unknown").to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
    let mut command = String::from("cargo xtask bench");
    command.extend(args.names.iter().map(|name| format!(" {name}")));
    command += if args.quick { " --quick" } else { "" };
    command += if args.repeat { " --repeat" } else { "" };
    if args.rounds != ROUNDS {
        command += &format!(" --rounds {}", args.rounds);
    }
    report::Place {
        machine: format!("{system} on {processor}, {cores} cores"),
        rust: said("rustc", &["--version"]),
        commit: said("git", &["describe", "--always", "--dirty"]),
        command,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(found: f64, binding: bool) -> Table {
        let mut table = Table { name: "echo_calls", ..Table::default() };
        let add = if binding { Table::goal } else { Table::wish };
        add(&mut table, "calls", found, 3.0);
        table
    }

    #[test]
    fn a_missed_count_fails_by_name_and_a_missed_time_does_not() {
        assert_eq!(verdict(&[table(3.0, true), table(4.0, false)], &[]), None);
        let missed = verdict(&[table(3.0, true), table(4.0, true)], &[]);
        assert_eq!(missed.as_deref(), Some("1 goal on counts missed: echo_calls (calls)"));
        let unmeasured = verdict(&[table(f64::NAN, true)], &[]);
        assert!(unmeasured.is_some(), "what was not found is not met");
    }

    #[test]
    fn a_bench_that_broke_fails() {
        let broken = verdict(&[table(3.0, true)], &["scale", "relay"]);
        assert_eq!(broken.as_deref(), Some("not measured: scale, relay"));
    }

    #[test]
    fn quick_runs_the_five_counts_and_a_whole_run_repeats() {
        let parse = |words: &[&str]| Args::parse(&mut Parser::from_args(words)).expect("valid");
        let quick = parse(&["--quick"]);
        let names: Vec<_> = ALL.iter().filter(|one| quick.wants(one)).map(|one| one.name).collect();
        let five = ["echo_calls", "alloc_per_op", "echo_insn", "accept_calls", "dequeue_batch"];
        assert_eq!(names, five);
        assert!(!quick.repeats() && parse(&["--quick", "--repeat"]).repeats());
        assert!(parse(&[]).repeats() && !parse(&["scale"]).repeats());
        assert!(Args::parse(&mut Parser::from_args(["fly"])).is_err());
    }
}
