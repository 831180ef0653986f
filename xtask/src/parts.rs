//! The parts of a longer command: which were asked for, how long each took, and what it showed.

use std::time::{Duration, Instant};

use anyhow::{ensure, Result};
use pico_args::Arguments;

use crate::{args::names, process::headline, report::Report};

/// A part's name as an argument, and its work, which says what it showed.
pub(crate) type Part = (&'static str, fn() -> Result<String>);

/// Which parts were asked for; none means all.
#[derive(Debug, Default)]
pub(crate) struct Asked(Vec<String>);

impl Asked {
    /// Every word that follows is the name of a part.
    pub(crate) fn parse(words: Arguments, command: &str, parts: &[Part]) -> Result<Self> {
        let known: Vec<_> = parts.iter().map(|(name, _)| *name).collect();
        names(words, &format!("part of {command}"), &known).map(Self)
    }

    /// These parts.
    pub(crate) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self(names.map(str::to_owned).collect())
    }

    /// Runs these parts in their order, each also after a failure, and prints how long each took.
    pub(crate) fn run(&self, command: &str, parts: &[Part]) -> Result<()> {
        let mut rows = Parts::default();
        for (name, work) in parts {
            if self.0.is_empty() || self.0.iter().any(|part| part == name) {
                rows.part(name, work);
            }
        }
        rows.end(command)
    }
}

/// What ran, with the time each took.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    rows: Vec<(String, Duration, String)>,
    failed: Vec<String>,
}

impl Parts {
    /// Runs one part. A failure is printed, stands in the table, and is the command's at its end: what comes after it
    /// runs nevertheless, so that one run says all that is wrong.
    pub(crate) fn part(&mut self, name: &str, work: impl FnOnce() -> Result<String>) {
        headline(name);
        let begun = Instant::now();
        let text = work().unwrap_or_else(|error| {
            println!("FAILED: {error:#}");
            self.failed.push(name.to_owned());
            format!("FAILED: {}", error.to_string().lines().next().unwrap_or_default())
        });
        self.rows.push((name.to_owned(), begun.elapsed(), text));
    }

    /// Prints the table of what ran, keeps it as the report of this command, and fails where a part did.
    pub(crate) fn end(&self, command: &str) -> Result<()> {
        let mut report = Report::new(command, "summary");
        for (name, time, outcome) in &self.rows {
            report.line(format!("  {name:<34} {:>7.1} s  {outcome}", time.as_secs_f64()));
        }
        report.end(self.outcome())
    }

    fn outcome(&self) -> Result<()> {
        ensure!(self.failed.is_empty(), "failed: {}", self.failed.join(", "));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn parts_after_a_failure_run_and_the_end_names_what_failed() {
        let mut parts = Parts::default();
        parts.part("one", || Ok("ok".to_owned()));
        parts.part("two", || bail!("broken"));
        parts.part("three", || Ok("ok".to_owned()));
        assert_eq!(parts.rows.len(), 3);
        assert_eq!(parts.outcome().unwrap_err().to_string(), "failed: two");
    }
}
