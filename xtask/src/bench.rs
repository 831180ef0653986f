//! `cargo xtask bench`: `iocp` beside hand-written Win32 and beside its peers, measured.
//!
//! One program has every server in it (`tests/bench`); this one builds it, runs it once per server
//! and size, plays its client, and compares. Counts are exact and the same on every kernel: a missed
//! goal on counts is a failure. Times are shown with their spread, and fail nothing.

mod benches;
mod client;
mod pin;
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
use benches::{Bench, ALL};
use table::Table;

/// What `cargo xtask bench` was asked.
#[derive(Debug)]
pub(crate) struct Args {
    names: Vec<String>,
    quick: bool,
    publish: bool,
    rounds: u32,
}

impl Args {
    pub(crate) fn parse(parser: &mut Parser) -> Result<Self> {
        let mut args = Self { names: Vec::new(), quick: false, publish: false, rounds: 9 };
        while let Some(arg) = parser.next().map_err(usage)? {
            match arg {
                Arg::Long("quick") => args.quick = true,
                Arg::Long("publish") => args.publish = true,
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

    fn wants(&self, bench: &Bench) -> bool {
        match self.names.is_empty() {
            true => bench.quick || !self.quick,
            false => self.names.iter().any(|name| name == bench.name),
        }
    }
}

/// Runs the benches, prints and writes what they found.
pub(crate) fn run(args: &Args) -> Result<()> {
    client::many_files()?;
    std::fs::create_dir_all(crate::process::target_dir().join("bench"))?;
    let mut tables: Vec<Table> = Vec::new();
    let mut broken = Vec::new();
    for bench in ALL.iter().filter(|bench| args.wants(bench)) {
        headline(bench.name);
        match (bench.run)(args.rounds) {
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
    let missed: Vec<_> = tables
        .iter()
        .flat_map(|table| table.goals.iter().filter(|goal| goal.binding && !goal.is_met()))
        .map(|goal| goal.text.as_str())
        .collect();
    if !missed.is_empty() || !broken.is_empty() {
        let (count, list) = (missed.len(), missed.join("; "));
        bail!("{count} goals on counts missed: {list}; not measured: {}", broken.join(", "));
    }
    println!("  all goals on counts are met");
    Ok(())
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
    report::Place {
        machine: format!("{system} on {processor}, {cores} cores"),
        rust: said("rustc", &["--version"]),
        commit: said("git", &["describe", "--always", "--dirty"]),
        command,
    }
}
