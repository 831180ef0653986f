//! Running a package's tests under Wine, and what each of them came to.

use std::{collections::BTreeMap, path::Path, process::Command};

use anyhow::{bail, Context, Result};

use super::workspace::Workspace;
use crate::{
    process::{cargo, command, note, run, watch},
    wine::{Wine, TARGET},
};

/// The package whose tests are our own: none of them may fail.
pub(super) const OURS: &str = "behaviour";

/// Seconds for one package's tests: theirs take at most twenty under Wine, our echo half a minute.
const LIMIT_SECONDS: [(&str, &str); 2] = [(OURS, "300"), ("", "90")];

/// A published test may wait for ever by a race of its own: miow's `named_connect_overlapped` does if
/// its client is there before `ConnectNamedPipe`, for then no packet comes. It is run again, and the
/// table says so.
const TRIES: u32 = 3;

/// How often a test of this name passed, failed or was ignored.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Outcomes {
    tests: BTreeMap<String, String>,
    /// Tests announced, and told of.
    announced: u64,
    /// Whose bindings the program said it uses.
    bindings: Option<String>,
    /// How often the tests were run before each of them came to an end.
    pub(super) hung: u32,
}

impl Outcomes {
    fn see(&mut self, line: &str) {
        if let Some(owner) = line.strip_prefix("bindings: ") {
            self.bindings = Some(owner.to_owned());
        } else if let Some(count) = line.strip_prefix("running ") {
            let count = count.split(' ').next().and_then(|count| count.parse::<u64>().ok());
            self.announced += count.unwrap_or_default();
        } else if let Some((name, outcome)) =
            line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... "))
        {
            let outcome = outcome.split([',', ' ']).next().unwrap_or_default();
            // Two programs may have a test of the same name.
            let mut key = name.to_owned();
            while self.tests.contains_key(&key) {
                key.push('\'');
            }
            self.tests.insert(key, outcome.to_owned());
        }
    }

    /// Whether there were tests and each of them came to an end.
    pub(super) fn complete(&self) -> bool {
        !self.tests.is_empty() && u64::try_from(self.tests.len()) == Ok(self.announced)
    }

    /// How many of the tests came to an end.
    pub(super) fn told(&self) -> String {
        format!("{} tests announced, {} came to an end", self.announced, self.tests.len())
    }

    fn count(&self, outcome: &str) -> usize {
        self.tests.values().filter(|found| *found == outcome).count()
    }

    pub(super) fn passed(&self) -> usize {
        self.count("ok")
    }

    /// `passed/failed`.
    pub(super) fn counts(&self) -> String {
        format!("{}/{}", self.passed(), self.count("FAILED"))
    }

    /// Names of the tests that failed.
    pub(super) fn failed(&self) -> impl Iterator<Item = &str> {
        let failed = self.tests.iter().filter(|(_, outcome)| *outcome == "FAILED");
        failed.map(|(name, _)| name.as_str())
    }

    /// A sentence for each test that did not come out as in `other`.
    pub(super) fn differences(&self, other: &Self) -> Vec<String> {
        let mut names: Vec<_> = self.tests.keys().chain(other.tests.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let outcome = |outcomes: &Self, name: &str| {
            outcomes.tests.get(name).map_or("not run", String::as_str).to_owned()
        };
        let mut sentences = Vec::new();
        for name in names {
            let (ours, theirs) = (outcome(self, name), outcome(other, name));
            if ours != theirs {
                sentences.push(format!("{name}: {ours} on iocp-sys, {theirs} on windows-sys"));
            }
        }
        sentences
    }
}

/// Builds and runs the tests of each package.
pub(super) fn run_all(workspace: &Workspace, wine: &Wine) -> Result<Vec<(String, Outcomes)>> {
    let mut suites = Vec::new();
    for (name, manifest) in &workspace.packages {
        run(&mut build(workspace, manifest)).with_context(|| format!("{name} does not build"))?;
        let limit = LIMIT_SECONDS.iter().find(|(package, _)| name.starts_with(package));
        let limit = limit.map_or("90", |(_, seconds)| seconds);
        let mut outcomes = Outcomes::default();
        for hung in 0..TRIES {
            outcomes = Outcomes { hung, ..once(workspace, manifest, wine, limit, &[]) };
            if outcomes.complete() {
                break;
            }
        }
        if !outcomes.complete() {
            bail!("{name}: {}, {TRIES} times", outcomes.told());
        }
        if name == OURS && outcomes.bindings.as_deref() != Some(workspace.bindings.owner()) {
            bail!("{name} was not built on {}: {:?}", workspace.bindings.name(), outcomes.bindings);
        }
        suites.push((name.clone(), outcomes));
    }
    Ok(suites)
}

/// The command that builds the tests of one package.
pub(super) fn build(workspace: &Workspace, manifest: &Path) -> Command {
    let mut build = cargo([]);
    with(&mut build, workspace, manifest, &["--no-run"]);
    build
}

/// Runs the tests of one package, which are built, one time, for that many seconds at most; `more`
/// goes to the tests.
pub(super) fn once(
    workspace: &Workspace,
    manifest: &Path,
    wine: &Wine,
    limit: &str,
    more: &[&str],
) -> Outcomes {
    let mut outcomes = Outcomes::default();
    // A group of its own, ended as a whole: cargo's programs would outlive it.
    let mut test = command("timeout");
    test.args(["--kill-after=10", limit, "cargo"]);
    let config = wine.cargo_config();
    with(&mut test, workspace, manifest, &["--no-fail-fast", "--config", &config]);
    test.args(more);
    // A failed test fails the command; what counts is the comparison.
    if let Err(error) = watch(&mut test, |line| outcomes.see(line)) {
        note(&format!("{error:#}"));
    }
    outcomes
}

fn with(command: &mut Command, workspace: &Workspace, manifest: &Path, more: &[&str]) {
    // `--locked`: the versions were compared before. No examples: they are not run.
    command.args(["test", "--locked", "--lib", "--tests", "--target", TARGET]);
    command.arg("--manifest-path").arg(manifest).args(more);
    command.env("CARGO_TARGET_DIR", workspace.bindings.build_folder());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(lines: &[&str]) -> Outcomes {
        let mut outcomes = Outcomes::default();
        lines.iter().for_each(|line| outcomes.see(line));
        outcomes
    }

    #[test]
    fn outcomes_are_read_from_what_the_harness_prints() {
        let outcomes = seen(&[
            "running 4 tests",
            "test a::b ... ok",
            "test c ... FAILED",
            "bindings: iocp_sys",
            "test d ... ignored, not on Windows",
            "test c ... ok",
            "test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured",
        ]);
        assert_eq!(outcomes.counts(), "2/1");
        assert_eq!(outcomes.failed().collect::<Vec<_>>(), ["c"]);
        assert!(outcomes.complete());
        assert!(!seen(&["running 2 tests", "test a ... ok"]).complete());
        assert!(!seen(&["running 0 tests"]).complete());
        assert_eq!(outcomes.bindings.as_deref(), Some("iocp_sys"));
    }

    #[test]
    fn every_test_that_came_out_otherwise_is_a_difference() {
        let (one, two) = (["test a ... ok", "test b ... ok"], ["test a ... FAILED"]);
        assert_eq!(seen(&one).differences(&seen(&one)).len(), 0);
        assert_eq!(seen(&one).differences(&seen(&two)).len(), 2);
        assert_eq!(seen(&two).differences(&seen(&one)).len(), 2);
    }
}
