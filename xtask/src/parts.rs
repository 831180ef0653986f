//! The parts of a longer command: which were asked for, how long each took, and what it showed.

use std::time::{Duration, Instant};

use anyhow::{bail, Context, Result};
use lexopt::{Arg, Parser, ValueExt};

use crate::{
    args::{usage, Usage},
    process::headline,
    report::Report,
};

/// A part's name as an argument, and its work, which says what it showed.
pub(crate) type Part = (&'static str, fn() -> Result<String>);

/// Which parts were asked for; none means all.
#[derive(Debug, Default)]
pub(crate) struct Asked(Vec<String>);

impl Asked {
    /// Every word that follows is the name of a part.
    pub(crate) fn parse(parser: &mut Parser, command: &str, parts: &[Part]) -> Result<Self> {
        let mut asked = Vec::new();
        while let Some(arg) = parser.next().map_err(usage)? {
            let Arg::Value(word) = arg else { return Err(usage(arg.unexpected())) };
            let word = word.string().map_err(usage)?;
            if !parts.iter().any(|(name, _)| *name == word) {
                let names: Vec<_> = parts.iter().map(|(name, _)| *name).collect();
                bail!(Usage(format!("{command} has no part `{word}`: {}", names.join(", "))));
            }
            asked.push(word);
        }
        Ok(Self(asked))
    }

    /// Runs these parts in their order, stops at the first that fails, and prints how long each took.
    pub(crate) fn run(&self, command: &str, parts: &[Part]) -> Result<()> {
        let mut rows = Parts::default();
        let is_asked = |name| self.0.is_empty() || self.0.iter().any(|part| part == name);
        let mut asked = parts.iter().filter(|(name, _)| is_asked(*name));
        let outcome = asked.try_for_each(|(name, work)| rows.part(name, work));
        rows.end(command, outcome)
    }
}

/// What ran, with the time each took.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    rows: Vec<(String, Duration, String)>,
}

impl Parts {
    /// Runs one part; a failure names it, and is in the table too.
    pub(crate) fn part(&mut self, name: &str, work: impl FnOnce() -> Result<String>) -> Result<()> {
        headline(name);
        let begun = Instant::now();
        let outcome = work();
        let text = outcome.as_ref().map_or("FAILED", String::as_str).to_owned();
        self.rows.push((name.to_owned(), begun.elapsed(), text));
        outcome.map(drop).with_context(|| format!("{name} failed"))
    }

    /// Prints the table of what ran, keeps it as the report of this command, and gives the outcome on.
    pub(crate) fn end<T>(&self, command: &str, outcome: Result<T>) -> Result<T> {
        let mut report = Report::new(command, "summary");
        for (name, time, outcome) in &self.rows {
            report.line(format!("  {name:<34} {:>7.1} s  {outcome}", time.as_secs_f64()));
        }
        report.end(outcome)
    }
}
