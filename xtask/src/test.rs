//! `cargo xtask test`: the tests on this host, then on a Windows kernel's stand-in, then a table of
//! what was shown where.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{bail, Result};
use pico_args::Arguments;

use crate::{
    args::{self, text},
    heard::watch,
    process::{cargo, headline, target_dir},
    report::{Log, Report},
    setup,
    wine::{Wine, TARGET_32},
};

/// How a test says that it shows nothing on this kernel; `tests/NOT_HERE.md` lists the reasons.
const NOT_HERE: &str = "not here: ";

/// The models of loom: minutes, of every interleaving. `cargo xtask deep loom` runs them.
const MODELS: &str = "iocp-loom";

/// The bench, which has no tests of its own and brings tokio, compio and smol.
const BENCH: &str = "iocp-bench";

/// What the oracles compile programs for that use the bindings, whatever runs here.
const CONSUMERS: &str = "x86_64-pc-windows-msvc";

/// What `cargo xtask test` was asked.
#[derive(Debug, Default)]
pub(crate) struct Args {
    /// Wine 10 instead of the machine's own.
    pub(crate) wine10: bool,
    /// Leaves out the host's tests.
    pub(crate) no_host: bool,
    pub(crate) target: Option<String>,
    pub(crate) filter: Vec<String>,
    pub(crate) rest: Vec<OsString>,
}

impl Args {
    /// `rest`: what stands from `--` on.
    pub(crate) fn parse(mut words: Arguments, mut rest: Vec<OsString>) -> Result<Self> {
        Ok(Self {
            wine10: words.contains("--wine10"),
            no_host: words.contains("--no-host"),
            target: text(&mut words, "--target")?,
            filter: args::rest(words)?,
            rest: rest.drain(..).skip(1).collect(),
        })
    }

    /// Of its report: each kind of run has its own.
    fn name(&self) -> String {
        let kernel = if self.wine10 { "-wine10" } else { "" };
        let target = self.target.iter().map(|triple| format!("-{triple}"));
        format!("test{kernel}{}", target.collect::<String>())
    }

    /// Cargo's test command, which goes on after a failure: filter and further arguments go to its end.
    fn cargo_test(&self, packages: &[&str]) -> Command {
        let mut test = cargo(["test", "--no-fail-fast"]);
        test.args(packages).args(&self.filter).args(&self.rest);
        test
    }
}

/// What one run of cargo's tests printed.
#[derive(Debug, Default)]
struct Tally {
    passed: u64,
    failed: u64,
    not_here: BTreeSet<String>,
    /// The names of those that failed.
    failures: BTreeSet<String>,
}

impl Tally {
    fn see(&mut self, line: &str) {
        if let Some((_, reason)) = line.split_once(NOT_HERE) {
            self.not_here.insert(reason.to_owned());
        } else if let Some(name) = failure(line) {
            self.failures.insert(name.to_owned());
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            let number = |word: &str| {
                let (before, _) = counts.split_once(word)?;
                before.trim().rsplit(' ').next()?.parse::<u64>().ok()
            };
            self.passed += number(" passed").unwrap_or(0);
            self.failed += number(" failed").unwrap_or(0);
        }
    }
}

/// What each kernel's tests printed, and what that came to.
#[derive(Debug)]
struct Rows {
    log: Log,
    of: Vec<(String, Tally, Duration)>,
}

/// The name of a test that failed, in the line that says so.
fn failure(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

/// Runs the tests and prints the table.
pub(crate) fn run(args: &Args) -> Result<()> {
    run_and_sum(args).map(drop)
}

/// The same; returns one line about the last kernel.
pub(crate) fn run_and_sum(args: &Args) -> Result<String> {
    let name = args.name();
    let mut rows = Rows { log: Log::new(&name), of: Vec::new() };
    let outcome = run_all(args, &mut rows);
    let rows = rows.of;
    let mut report = Report::new(name, "what was shown on which kernel");
    for (kernel, tally, time) in &rows {
        let Tally { passed, failed, not_here, .. } = tally;
        let (not_here, seconds) = (not_here.len(), time.as_secs_f64());
        report.line(format!(
            "  {kernel:<35} {seconds:>6.1} s {passed:>5} passed {failed:>3} failed {not_here:>3} not here"
        ));
    }
    for (kernel, tally, _) in &rows {
        for name in &tally.failures {
            report.line(format!("  failed on {kernel}: {name}"));
        }
    }
    for (kernel, tally, _) in &rows {
        for reason in &tally.not_here {
            report.line(format!("  not on {kernel}: {reason}"));
        }
    }
    if !cfg!(windows) {
        report.line(format!("  {:<44} not run here (.github/workflows/ci.yml does)", "Windows"));
    }
    report.end(outcome.and_then(|()| {
        // Per kernel it may be none: some tests are of one only.
        if rows.iter().all(|(_, tally, _)| tally.passed + tally.failed == 0) {
            bail!("no test ran: none has `{}` in its name", args.filter.join("` and `"));
        }
        Ok(())
    }))?;
    let last = rows.last().map(|(kernel, tally, _)| format!("{kernel}: {} passed", tally.passed));
    Ok(last.unwrap_or_default())
}

/// Runs tests and counts those that passed; none at all is a failure, for it shows nothing.
pub(crate) fn run_some(test: &mut Command) -> Result<u64> {
    let mut tally = Tally::default();
    watch(test, |line| tally.see(line))?;
    if tally.passed == 0 {
        bail!("no test ran: is its name still right?");
    }
    Ok(tally.passed)
}

/// The tests of this program as a Windows program: paths, line ends, processes. Its commands start cargo, which
/// Wine has not: they are shown on Windows only.
pub(crate) fn own_under_wine() -> Result<String> {
    let wine = Wine::of_machine()?;
    let mut own = cargo(["test", "-p", "xtask", "--target", wine.target]);
    let passed = run_some(own.args(["--config", &wine.cargo_config()]))?;
    Ok(format!("{}: {passed} passed; its commands need cargo and do not run there", wine.name))
}

fn run_all(args: &Args, rows: &mut Rows) -> Result<()> {
    if cfg!(windows) {
        return on_windows(args, rows);
    }
    // Set up first: a missing package is then said before minutes of building.
    headline("set-up");
    let wine = Wine::asked(args.wine10, args.target.as_deref())?;
    println!("  {} runs Windows programs: {}", wine.name, wine.runner.display());
    setup::targets(&[CONSUMERS])?;
    // With a target that runs nothing else the host has had its turn.
    let mut on_host = Ok(());
    if !args.no_host && wine.target != TARGET_32 {
        let system = format!("{} host (simulated kernel)", std::env::consts::OS);
        headline(&format!("tests on {system}"));
        let words = ["--workspace", "--exclude", MODELS, "--exclude", BENCH];
        on_host = part(&mut args.cargo_test(&words), system, rows);
    }
    headline(&format!("tests under {}", wine.name));
    let packages = ["-p", "iocp-sys", "-p", "iocp", "-p", "iocp-tests"];
    let config = wine.cargo_config();
    let mut words = vec!["--target", wine.target, "--config", &config];
    words.extend(packages);
    // Both always: a failure on one kernel says nothing about the other.
    let under_wine = part(&mut args.cargo_test(&words), wine.name, rows);
    on_host.and(under_wine)
}

fn on_windows(args: &Args, rows: &mut Rows) -> Result<()> {
    // Not --workspace: this very program runs and cannot be replaced on Windows.
    let mut words = vec!["--workspace"];
    words.extend(["xtask", BENCH, MODELS].iter().flat_map(|name| ["--exclude", name]));
    let mut kernel = format!("Windows ({})", std::env::consts::ARCH);
    setup::targets(&[CONSUMERS])?;
    if let Some(triple) = args.target.as_deref() {
        setup::targets(&[triple])?;
        words.extend(["--target", triple]);
        kernel = format!("Windows ({triple})");
    }
    headline(&format!("tests on {kernel}"));
    let on_kernel = part(&mut args.cargo_test(&words), kernel, rows);
    if args.no_host || args.target.is_some() {
        return on_kernel;
    }
    headline("the project's own rules");
    let mut own = args.cargo_test(&["-p", "xtask"]);
    own.env("CARGO_TARGET_DIR", target_dir().join("xtask-tests"));
    on_kernel.and(part(&mut own, "none (xtask's own tests)".to_owned(), rows))
}

fn part(test: &mut Command, kernel: String, rows: &mut Rows) -> Result<()> {
    let mut tally = Tally::default();
    rows.log.line(&format!("==> {kernel}"));
    let begun = Instant::now();
    let outcome = watch(test, |line| {
        rows.log.line(line);
        tally.see(line);
    });
    rows.of.push((kernel, tally, begun.elapsed()));
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::sample;

    #[test]
    fn results_and_reasons_are_counted_once() {
        let mut tally = Tally::default();
        tally.see("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out");
        tally.see("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured");
        tally.see("not here: no AF_UNIX sockets");
        tally.see("test a ... not here: no AF_UNIX sockets");
        tally.see("test tests::waiting::a_wait_waits ... FAILED");
        assert_eq!((tally.passed, tally.failed), (15, 2));
        assert!(tally.failures.iter().eq(["tests::waiting::a_wait_waits"]));
        assert_eq!(tally.not_here.into_iter().collect::<Vec<_>>(), ["no AF_UNIX sockets"]);
    }

    #[test]
    fn what_follows_two_dashes_goes_to_cargo() {
        let rest = ["--", "--release", "--", "--nocapture"].map(OsString::from);
        let args = Args::parse(sample(&["--wine10", "port"]), rest.to_vec());
        let args = args.expect("good arguments");
        assert!(args.wine10 && args.filter == ["port"]);
        assert_eq!(args.rest, ["--release", "--", "--nocapture"]);
    }

    #[test]
    fn each_kind_of_run_has_a_report_of_its_own() {
        let name =
            |words: &[&str]| Args::parse(sample(words), Vec::new()).expect("good arguments").name();
        assert_eq!(name(&["port"]), "test");
        assert_eq!(name(&["--wine10"]), "test-wine10");
        assert_eq!(name(&["--wine10", "--target", "a-b"]), "test-wine10-a-b");
    }
}
