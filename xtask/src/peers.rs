//! `cargo xtask peers`: published crates that do I/O on `iocp-sys` and on windows-sys, side by side.
//!
//! In windows-sys's own source every item that iocp-sys has is replaced by it. The crates of
//! `tests/peers/Cargo.toml` are compiled with that for three targets, which shows that types, signatures and
//! constants fit; and their own tests, and ours in `tests/peers/behaviour`, run on these bindings and on the real
//! windows-sys under Wine, each of which must come out alike. What does not is run again, some times on
//! both: a test may come and go by itself.
//!
//! The drawback: the real windows-sys is the measure. What both do wrong is not seen here. That the
//! comparison does see a fault is shown by `--faults`.

mod compare;
mod compiled;
mod crates;
mod faults;
mod generated;
mod history;
mod kept;
mod outcome;
mod page;
mod program;
mod run;
mod tree;

use std::fs;

use anyhow::{bail, Result};
use pico_args::Arguments;

use crate::{
    args::{rest, Usage},
    process::{headline, note, root},
    wine::{self, Wine},
};
use compare::Pair;
use crates::Crate;
use history::Verdict;
use kept::{Kept, Record};
use page::Counts;
use tree::{Bindings, Tree};

/// Those that look at completion ports and sockets most, and take minutes.
const CLOSEST: [&str; 4] = ["behaviour", "compio-driver", "miow", "polling"];

/// What `cargo xtask peers` was asked.
#[derive(Debug, Default)]
pub(crate) struct Args {
    /// Compile only.
    check: bool,
    /// Throw away what is kept of an earlier run.
    fresh: bool,
    /// Show that a fault of the bindings is seen, rather than look for one.
    faults: bool,
    /// Only the crates of these names, or the faults with one of these words; all, if there are none.
    names: Vec<String>,
}

impl Args {
    pub(crate) fn parse(mut words: Arguments) -> Result<Self> {
        let (faults, fresh) = (words.contains("--faults"), words.contains("--fresh"));
        let mut args = Self { faults, fresh, check: false, names: rest(words)? };
        if args.names.first().is_some_and(|word| word == "check") {
            args.check = true;
            args.names.remove(0);
        }
        if args.check && (args.fresh || args.faults || !args.names.is_empty()) {
            bail!(Usage("`peers check` runs nothing: leave out what follows".into()));
        }
        if args.fresh && args.faults {
            bail!(Usage("--fresh is for results, and --faults keeps none".into()));
        }
        Ok(args)
    }
}

/// Compiles, and unless only that was asked, runs and compares.
pub(crate) fn run(args: &Args) -> Result<()> {
    let said = match args {
        Args { check: true, .. } => check(),
        Args { faults: true, names, .. } => faults::run(names),
        Args { names, fresh, .. } => all(&wine()?, names, *fresh),
    };
    said.map(|said| println!("  {said}"))
}

/// The whole for `deep`: all, and the closest under the machine's Wine too.
pub(crate) fn deep() -> Result<String> {
    let (machine, other) = (Wine::of_machine()?, wine()?);
    let said = all(&other, &[], false)?;
    if other.name == machine.name {
        return Ok(said);
    }
    Ok(format!("{said}; {}", all(&machine, &CLOSEST.map(str::to_owned), false)?))
}

/// The faults, for `deep`.
pub(crate) fn faults() -> Result<String> {
    faults::run(&[])
}

/// What fits a change's checks.
pub(crate) fn check() -> Result<String> {
    compiled::quick()
}

/// Compiles all, tests all, and writes the table; a crate that was tested without a difference is not
/// tested again, unless `fresh`. With names, only these are tested, and the table stays as it is.
fn all(wine: &Wine, names: &[String], fresh: bool) -> Result<String> {
    let crates = crates::list()?;
    let chosen = crates.iter().filter(|one| names.is_empty() || names.contains(&one.name));
    let chosen: Vec<_> = chosen.cloned().collect();
    if let Some(name) = names.iter().find(|name| !crates.iter().any(|one| one.name == **name)) {
        let known: Vec<_> = crates.iter().map(|one| one.name.as_str()).collect();
        bail!(Usage(format!("no crate `{name}`: use {}", known.join(", "))));
    }
    let compiled = if names.is_empty() { Some(compiled::run()?) } else { None };
    let tested = tested(&crates, &chosen, wine, fresh)?;
    if let Some(compiled) = &compiled {
        let page = page::page(compiled, &tested, &wine.name);
        fs::write(root().join("tests/peers/TABLE.md"), page)?;
        note("the table is in tests/peers/TABLE.md");
    }
    judged(&tested, wine)
}

/// Wine 10 is nearer to Windows; where it cannot be set up, the machine's own.
fn wine() -> Result<Wine> {
    wine::linker()?;
    Wine::ten().or_else(|error| {
        note(&format!("Wine 10 NOT RUN: {error:#}"));
        Wine::of_machine()
    })
}

/// Tests the chosen crates, or takes what is kept of them.
fn tested(
    crates: &[Crate],
    chosen: &[Crate],
    wine: &Wine,
    fresh: bool,
) -> Result<Vec<(Crate, Record)>> {
    let kept = Kept::open(wine)?;
    if fresh {
        chosen.iter().try_for_each(|one| kept.forget(one))?;
    }
    let mut made = None;
    let mut tested = Vec::new();
    for one in chosen {
        headline(&format!("peers: the tests of {} under {}", one.full_name(), wine.name));
        let kept_one = kept.get(one);
        let record = match kept_one.filter(|found| page::differences(one, found).is_empty()) {
            Some(record) => record,
            None => {
                if made.is_none() {
                    made = Some(trees([Bindings::IocpSys, Bindings::WindowsSys], crates, chosen)?);
                }
                let Some([ours, theirs]) = &made else { bail!("the workspaces were just made") };
                let record = Pair { trees: [ours, theirs], one, wine, again: true }.compare()?;
                kept.put(one, &record)?;
                record
            }
        };
        println!("  {}", Counts::of(&record).line());
        tested.push((one.clone(), record));
    }
    Ok(tested)
}

/// The workspaces in which these crates are built.
fn trees(bindings: [Bindings; 2], crates: &[Crate], chosen: &[Crate]) -> Result<[Tree; 2]> {
    let [ours, theirs] = bindings.map(|bindings| Tree::prepare(bindings, crates, chosen));
    Ok([ours?, theirs?])
}

/// Fails on a difference.
fn judged(tested: &[(Crate, Record)], wine: &Wine) -> Result<String> {
    headline(&format!("peers: tests on both bindings under {}", wine.name));
    let (mut differences, mut passed) = (Vec::new(), 0);
    for (one, record) in tested {
        let counts = Counts::of(record);
        println!("  {:<24} {}", one.full_name(), counts.line());
        passed += counts.get(Verdict::Same);
        differences.extend(page::differences(one, record));
    }
    if !differences.is_empty() {
        bail!("tests that do not run alike under {}:\n  {}", wine.name, differences.join("\n  "));
    }
    Ok(format!(
        "{}: {} crates, {passed} tests passed on both, 0 differences",
        wine.name,
        tested.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiling_running_and_faults_exclude_each_other() {
        let parse = |words: &[&str]| Args::parse(crate::args::sample(words));
        assert!(parse(&["check"]).is_ok_and(|args| args.check));
        assert!(parse(&["--fresh", "miow"]).is_ok_and(|args| args.fresh && args.names == ["miow"]));
        assert!(parse(&["--faults", "guid"]).is_ok_and(|args| args.names == ["guid"]));
        for wrong in [&["check", "--faults"][..], &["check", "miow"], &["--fresh", "--faults"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
