//! `cargo xtask peers --all`: published crates that do I/O, with windows-sys's own source in which every
//! item that iocp-sys has is its own.
//!
//! They are compiled for three targets, which shows that types, signatures and constants fit; and their
//! own tests run on these bindings and on the real windows-sys under Wine, each of which must come out
//! alike. What does not is run again, some times on both: a test may come and go by itself.
//!
//! The drawback is that of the smaller comparison: the real windows-sys is the measure.

mod compare;
mod compiled;
mod crates;
mod history;
mod kept;
mod outcome;
mod page;
mod program;
mod run;
mod seeded;
mod tree;

use std::fs;

use anyhow::{bail, Result};

use super::workspace::Bindings;
use crate::{
    process::{headline, note, root},
    wine::{self, Wine},
};
use compare::Pair;
use crates::Crate;
use history::Verdict;
use kept::{Kept, Record};
use page::Counts;
use tree::Tree;

pub(super) use seeded::run as seeded;

/// Compiles all, tests all, and writes the table; a crate that was tested without a difference is not
/// tested again, unless `fresh`. With names, only these are tested, and the table stays as it is.
pub(super) fn run(names: &[String], fresh: bool) -> Result<String> {
    let crates = crates::list()?;
    let chosen = crates.iter().filter(|one| names.is_empty() || names.contains(&one.name));
    let chosen: Vec<_> = chosen.cloned().collect();
    if let Some(name) = names.iter().find(|name| !crates.iter().any(|one| one.name == **name)) {
        let known: Vec<_> = crates.iter().map(|one| one.name.as_str()).collect();
        bail!("{name} is none of {}", known.join(", "));
    }
    let wine = wine()?;
    let compiled = if names.is_empty() { Some(compiled::run()?) } else { None };
    let tested = tested(&crates, &chosen, &wine, fresh)?;
    if let Some(compiled) = &compiled {
        let page = page::page(compiled, &tested, &wine.name);
        fs::write(root().join("tests/peers/TABLE.md"), page)?;
        note("the table is in tests/peers/TABLE.md");
    }
    judged(&tested, &wine)
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
    let mut trees = None;
    let mut tested = Vec::new();
    for one in chosen {
        headline(&format!("peers: the tests of {} under {}", one.full_name(), wine.name));
        let kept_one = kept.get(one);
        let record = match kept_one.filter(|found| page::differences("", found).is_empty()) {
            Some(record) => record,
            None => {
                if trees.is_none() {
                    let tree = |bindings| Tree::prepare(bindings, crates, chosen);
                    trees = Some([tree(Bindings::IocpSys)?, tree(Bindings::WindowsSys)?]);
                }
                let Some([ours, theirs]) = &trees else { bail!("the workspaces were just made") };
                let record = Pair { trees: [ours, theirs], one, wine }.compare()?;
                kept.put(one, &record)?;
                record
            }
        };
        println!("  {}", Counts::of(&record).line());
        tested.push((one.clone(), record));
    }
    Ok(tested)
}

/// Fails on a difference.
fn judged(tested: &[(Crate, Record)], wine: &Wine) -> Result<String> {
    headline(&format!("peers: their own tests on both bindings under {}", wine.name));
    let (mut differences, mut passed) = (Vec::new(), 0);
    for (one, record) in tested {
        let counts = Counts::of(record);
        println!("  {:<24} {}", one.full_name(), counts.line());
        passed += counts.get(Verdict::Same);
        differences.extend(page::differences(&one.name, record));
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
