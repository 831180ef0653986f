//! `cargo xtask bench`: `iocp` beside hand-written Win32 and beside its peers, measured.
//!
//! One program has every server in it (`tests/bench`); this one builds it, runs it once per server
//! and size, plays its client, and compares. Counts are exact and the same on every kernel: a missed
//! goal on counts is a failure. Times are shown with their spread, and fail nothing.

mod backlog;
mod benches;
mod client;
mod goals;
mod pin;
mod place;
mod plot;
mod quiet;
mod report;
mod run;
mod server;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(crate) mod step;
mod table;

use std::time::Instant;

use anyhow::{anyhow, bail, Result};
use pico_args::Arguments;

use crate::{
    args::{names, number, Usage},
    load::many_files,
    process::{headline, note},
    report::{Form, Report},
};
use benches::{Asked, Bench, ALL};
use goals::Findings;
use place::Place;
use table::Table;

/// How often a bench of times repeats.
const ROUNDS: u32 = 9;

/// What `cargo xtask bench` was asked.
#[derive(Debug, Default)]
pub(crate) struct Args {
    names: Vec<String>,
    quick: bool,
    publish: bool,
    repeat: bool,
    resume: bool,
    rounds: u32,
}

impl Args {
    pub(crate) fn parse(mut words: Arguments) -> Result<Self> {
        let known: Vec<_> = ALL.iter().map(|bench| bench.name).collect();
        let args = Self {
            quick: words.contains("--quick"),
            publish: words.contains("--publish"),
            repeat: words.contains("--repeat"),
            resume: words.contains("--resume"),
            rounds: number(&mut words, "--rounds", 1..=99, ROUNDS)?,
            names: names(words, "bench", &known)?,
        };
        if args.resume && !args.is_whole() {
            bail!(Usage("--resume goes on with a whole run: without names and --quick".into()));
        }
        Ok(args)
    }

    fn is_whole(&self) -> bool {
        self.names.is_empty() && !self.quick
    }

    /// Whether counts are counted twice and compared: in a whole run always.
    fn repeats(&self) -> bool {
        self.repeat || self.is_whole()
    }

    fn wants(&self, bench: &Bench) -> bool {
        match self.names.is_empty() {
            true => bench.quick || !self.quick,
            false => self.names.iter().any(|name| name == bench.name),
        }
    }
}

/// The counts that have goals, for `cargo xtask ci`.
pub(crate) fn quick() -> Result<()> {
    run(&Args { quick: true, rounds: ROUNDS, ..Args::default() })
}

/// Runs the benches, prints and writes what they found: each as soon as it is there.
pub(crate) fn run(args: &Args) -> Result<()> {
    many_files()?; // also for the programs that we start
    std::fs::create_dir_all(crate::process::target_dir().join("bench"))?;
    let place = Place::of(args);
    let before = if args.resume { report::read(&place)? } else { Vec::new() };
    let has = |bench: &&Bench| before.iter().any(|found| found.name == bench.name);
    let mut tables: Vec<Table> = Vec::new();
    let mut broken = Vec::new();
    for bench in ALL.iter().filter(|bench| args.wants(bench) && !has(bench)) {
        headline(bench.name);
        if let Some(reason) = (bench.not_here)() {
            note(&format!("not measured here: {reason}"));
            continue;
        }
        let begun = Instant::now();
        match measured(bench, args) {
            Ok(table) => {
                table.print();
                tables.push(table);
                report::write(&place, &tables, &before)?;
                if args.publish {
                    report::publish(&place, tables.last())?;
                }
            }
            Err(error) => {
                // The others are still worth having; the command fails at the end.
                note(&format!("{} could not be measured: {error:#}", bench.name));
                broken.push(bench.name);
            }
        }
        note(&format!("{} took {} s", bench.name, begun.elapsed().as_secs()));
    }
    let folder = report::write(&place, &tables, &before)?;
    let mut all = before;
    all.extend(tables.iter().map(Findings::from));
    if args.publish && args.is_whole() {
        report::publish_goals(&place, &all)?;
    }
    headline("result");
    note(&format!("written: {}/report.md, .json, .svg", folder.display()));
    let mut kept = Report::silent("bench", &place.line(), Form::Markdown);
    tables.iter().for_each(|table| kept.keep(report::part(table)));
    kept.end(match verdict(&all, &broken) {
        Some(sentence) => Err(anyhow!(sentence)),
        None => {
            println!("  all goals on counts are met");
            Ok(())
        }
    })
}

/// One bench, run again where its counts are to be compared. What broke is tried once more, and the
/// table says so: a bench has hundreds of programs to start, and one that did not come to wait in
/// time need not cost the others.
fn measured(bench: &Bench, args: &Args) -> Result<Table> {
    let asked = Asked { rounds: args.rounds, again: false, quick: args.quick };
    let mut hiccups = Vec::new();
    let mut run = |asked: &Asked| {
        (bench.run)(asked).or_else(|error| {
            note(&format!("{}, tried once more after: {error:#}", bench.name));
            hiccups.push(format!("Measured at the second attempt; the first one: {error:#}."));
            (bench.run)(asked)
        })
    };
    let mut table = run(&asked)?;
    if bench.counts && args.repeats() {
        table.compare(&run(&Asked { again: true, ..asked })?);
    }
    table.notes.extend(hiccups);
    Ok(table)
}

/// Why the command fails: one sentence that names each goal on counts that was missed.
fn verdict(found: &[Findings], broken: &[&str]) -> Option<String> {
    let mut missed = Vec::new();
    for table in found {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::sample;

    fn table(found: f64, binding: bool) -> Findings {
        let mut table = Table { name: "echo_calls", ..Table::default() };
        let add = if binding { Table::goal } else { Table::wish };
        add(&mut table, "calls", found, 3.0);
        Findings::from(&table)
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
    fn quick_runs_the_exact_counts_and_a_whole_run_repeats() {
        let parse = |words: &[&str]| Args::parse(sample(words)).expect("valid");
        let quick = parse(&["--quick"]);
        let names: Vec<_> = ALL.iter().filter(|one| quick.wants(one)).map(|one| one.name).collect();
        let echoes = ["echo_calls", "alloc_per_op", "echo_insn", "accept_calls", "dequeue_batch"];
        assert_eq!(names, [&echoes[..], &["sizes", "udp", "short", "full_port"]].concat());
        assert!(!quick.repeats() && parse(&["--quick", "--repeat"]).repeats());
        assert!(parse(&[]).repeats() && !parse(&["scale"]).repeats());
        assert!(Args::parse(sample(&["fly"])).is_err());
        assert!(parse(&["--resume", "--publish"]).resume);
        for part in ["--quick", "scale"] {
            assert!(Args::parse(sample(&["--resume", part])).is_err());
        }
    }
}
