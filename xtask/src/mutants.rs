//! `cargo xtask mutants`: does a test notice when the core is wrong?
//!
//! Two halves. `faults`: deliberate one-line faults that matter, each with the check that must
//! notice it (`faults.rs`). `generated`: all that `cargo-mutants` thinks of in the core's files; what
//! survives must be explained in `tests/mutants.md` (`generated.rs`). Both work on copies: the
//! sources are never touched.

mod check;
mod faults;
mod generated;

use std::time::Instant;

use anyhow::{bail, Context, Result};
use pico_args::Arguments;

use self::check::{Check, Outcome};
use crate::{
    args::{rest, Usage},
    copied::Tree,
    fault::Fault,
    parts::Parts,
    process::{headline, target_dir},
};

/// Which half, and which of the deliberate faults; empty means all.
#[derive(Debug, Default)]
pub(crate) struct Args {
    faults: bool,
    generated: bool,
    names: Vec<String>,
}

impl Args {
    pub(crate) fn parse(words: Arguments) -> Result<Self> {
        let mut args = Self::default();
        for word in rest(words)? {
            match word.as_str() {
                "faults" => args.faults = true,
                "generated" => args.generated = true,
                _ if faults::all().any(|fault| fault.name == word) => args.names.push(word),
                _ => bail!(Usage(format!(
                    "no fault is called `{word}`: faults, generated, or a name in xtask/src/mutants/faults"
                ))),
            }
        }
        args.faults |= !args.names.is_empty();
        if !args.faults && !args.generated {
            (args.faults, args.generated) = (true, true);
        }
        Ok(args)
    }
}

/// Runs what was asked for.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut parts = Parts::default();
    if args.faults {
        parts.part("deliberate faults", || faults(&args.names));
    }
    if args.generated {
        parts.part("generated faults", generated::run);
    }
    parts.end("mutants")
}

/// Both halves, for `cargo xtask deep`.
pub(crate) fn all() -> Result<String> {
    let deliberate = faults(&[])?;
    let generated = generated::run()?;
    Ok(format!("{deliberate}; {generated}"))
}

/// Makes each fault in a copy of the workspace, and lets its check find it.
fn faults(names: &[String]) -> Result<String> {
    let chosen: Vec<_> = faults::all()
        .filter(|fault| names.is_empty() || names.iter().any(|name| name == fault.name))
        .collect();
    let tree = Tree::copy(target_dir().join("mutants/tree"))?;
    for fault in &chosen {
        tree.edited(fault).with_context(|| format!("{}: no longer applies", fault.name))?;
    }
    sound(&tree, &chosen)?;
    let mut rows = Vec::new();
    for fault in &chosen {
        headline(&format!("{}: {}", fault.name, fault.why));
        let begun = Instant::now();
        let outcome = {
            let _mended = tree.make(fault)?;
            Check::parse(fault.by)?.run(&tree)?
        };
        println!("  {outcome}");
        rows.push((fault, outcome, begun.elapsed()));
    }
    headline("deliberate faults");
    for (fault, outcome, time) in &rows {
        println!("  {:<34} {:>6.1} s  {outcome}", fault.name, time.as_secs_f64());
    }
    let caught = rows.iter().filter(|(_, outcome, _)| outcome.is_caught()).count();
    if caught < rows.len() {
        bail!("{} of {} deliberate faults are not caught", rows.len() - caught, rows.len());
    }
    Ok(format!("{caught} of {} deliberate faults caught", rows.len()))
}

/// Each check passes where there is no fault: else it would catch nothing by failing.
fn sound(tree: &Tree, chosen: &[&Fault]) -> Result<()> {
    headline("the checks without a fault");
    let mut done = Vec::new();
    for fault in chosen {
        if !done.contains(&fault.by) {
            match Check::parse(fault.by)?.run(tree)? {
                Outcome::Survived { tests } => println!("  {}: {tests} passed", fault.by),
                Outcome::Caught { by, how } => {
                    bail!("{} fails without a fault: {by} ({how})", fault.by)
                }
            }
            done.push(fault.by);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fault::stale, process::root};

    #[test]
    fn every_deliberate_fault_still_applies_once() {
        assert_eq!(stale(&root(), faults::all()), "");
    }

    #[test]
    fn names_are_unique_and_reasons_are_sentences() {
        let mut names: Vec<_> = faults::all().map(|fault| fault.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), faults::all().count());
        assert!(faults::all().all(|fault| fault.why.len() > 20));
        assert!(faults::all().all(|fault| Check::parse(fault.by).is_ok()));
    }
}
