//! Running the tests that must notice a fault, and naming the one that did.

use std::{
    fmt, fs,
    path::Path,
    process::{Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{bail, Context, Result};

use crate::{
    child::{kill_group, own_group},
    copied::Tree,
    libtest::{self, Seen},
    process::{cargo, cargo_of, target_dir},
    setup,
};

/// What must notice a fault; each with the names of its tests, or parts of them.
#[derive(Debug)]
pub(super) enum Check {
    /// Unit tests on the simulated kernel, as they are.
    Tests(Vec<&'static str>),
    /// The same under Miri: what memory they touch, and which orderings they rest on.
    Miri(Vec<&'static str>),
    /// The models of the slot's races, every interleaving.
    Loom,
}

/// What a check said of a fault.
#[derive(Debug)]
pub(super) enum Outcome {
    Caught { by: String, how: String },
    Survived { tests: usize },
}

const LONGEST_BUILD: Duration = Duration::from_secs(900);

/// So many schedules of Miri's; a fault in an ordering need not show in the first.
const MIRI_SEEDS: u32 = 4;

impl Check {
    /// Reads `tests NAME...`, `miri NAME...` or `loom`.
    pub(super) fn parse(text: &'static str) -> Result<Self> {
        let mut words = text.split(' ');
        match words.next() {
            Some("tests") => Ok(Self::Tests(words.collect())),
            Some("miri") => Ok(Self::Miri(words.collect())),
            Some("loom") => Ok(Self::Loom),
            _ => bail!("`{text}` is no check"),
        }
    }

    pub(super) fn run(&self, tree: &Tree) -> Result<Outcome> {
        let (mut build, mut run) = self.commands()?;
        let target = target_dir().join("mutants").join(self.kind());
        for command in [&mut build, &mut run] {
            command.current_dir(&tree.folder).env("CARGO_TARGET_DIR", &target);
        }
        let log = target.join("log");
        fs::create_dir_all(&target)?;
        if !to_log(&mut build, &log, LONGEST_BUILD)?.is_some_and(|status| status.success()) {
            let text = fs::read_to_string(&log)?;
            bail!("what holds the fault does not build, so it shows nothing:\n{text}");
        }
        let status = to_log(&mut run, &log, self.longest())?;
        let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        judge(status, &text)
    }

    fn commands(&self) -> Result<(Command, Command)> {
        let words = ["test", "-p", "iocp", "--lib"];
        match self {
            Self::Tests(names) => {
                let with = |mut test: Command| {
                    test.env("RUSTFLAGS", "--cfg iocp_mutants").env("IOCP_STORM_COUNT", "10");
                    test
                };
                let (mut build, mut run) = (with(cargo(words)), with(cargo(words)));
                build.arg("--no-run");
                run.arg("--").args(names);
                Ok((build, run))
            }
            Self::Loom => {
                let models = || cargo(["test", "-p", "iocp-loom", "--lib", "--release"]);
                let (mut build, mut run) = (models(), models());
                build.arg("--no-run");
                run.args(["--", "--test-threads=1"]);
                Ok((build, run))
            }
            Self::Miri(names) => {
                setup::toolchain("nightly", &["miri", "rust-src"])?;
                let flags = format!("-Zmiri-strict-provenance -Zmiri-many-seeds=0..{MIRI_SEEDS}");
                let miri = || {
                    let mut test = cargo_of("nightly", ["miri"]);
                    test.args(words).env("MIRIFLAGS", &flags);
                    test
                };
                let (mut build, mut run) = (miri(), miri());
                build.arg("--no-run");
                run.args(["--", "--test-threads=1"]).args(names);
                Ok((build, run))
            }
        }
    }

    /// What takes longer has hung: the tests' own deadlines are shorter.
    fn longest(&self) -> Duration {
        Duration::from_secs(if matches!(self, Self::Tests(_)) { 60 } else { 600 })
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Tests(_) => "tests",
            Self::Miri(_) => "miri",
            Self::Loom => "loom",
        }
    }
}

/// Runs with everything printed going to a file. `None`: it took too long and was ended.
fn to_log(command: &mut Command, log: &Path, longest: Duration) -> Result<Option<ExitStatus>> {
    let file = fs::File::create(log)?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    own_group(command);
    let mut child = command.spawn().context("the check does not start")?;
    let end = Instant::now() + longest;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() > end {
            // Cargo's child is the test: the whole group goes.
            kill_group(child.id());
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn judge(status: Option<ExitStatus>, text: &str) -> Result<Outcome> {
    let tests = text.lines().filter(|line| line.starts_with("test ") && line.ends_with(" ok"));
    let tests = tests.count();
    match status {
        Some(status) if status.success() && tests == 0 => {
            bail!("no test ran: is its name still right?\n{text}")
        }
        Some(status) if status.success() => Ok(Outcome::Survived { tests }),
        status => {
            let undefined = text.lines().find(|line| line.contains("error: Undefined Behavior"));
            let how = match (status, undefined) {
                (None, _) => "hung".to_owned(),
                (_, Some(line)) => shortened(line.split_once("error: ").map_or(line, |it| it.1)),
                _ => said(text).unwrap_or_else(|| "ended the process".to_owned()),
            };
            Ok(Outcome::Caught { by: by(text), how })
        }
    }
}

/// The test that failed, or the one that was running when all ended.
fn by(text: &str) -> String {
    let tests = Seen::of(text).tests;
    let failed = tests.iter().find(|test| test.outcome == libtest::Outcome::Failed);
    let test = failed.or(tests.last()).map_or("a test", |test| &test.name);
    test.trim_start_matches("tests::").to_owned()
}

/// The first line of the first panic's message.
fn said(text: &str) -> Option<String> {
    let mut lines = text.lines().skip_while(|line| !line.contains("panicked at"));
    lines.nth(1).map(shortened)
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(90) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line.to_owned(),
    }
}

impl Outcome {
    pub(super) fn is_caught(&self) -> bool {
        matches!(self, Self::Caught { .. })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caught { by, how } => write!(f, "caught by {by}: {how}"),
            Self::Survived { tests } => write!(f, "NOT CAUGHT by {tests} tests"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_that_failed_is_named() {
        let text = "test tests::a ... ok\ntest tests::b::c ... FAILED\ntest tests::d ... ok\n\n\
            thread 'tests::b::c' panicked at iocp/src/x.rs:1:1:\nleft is not right\n";
        assert_eq!((by(text), said(text)), ("b::c".into(), Some("left is not right".into())));
    }

    #[test]
    fn the_test_that_ran_when_all_ended_is_named() {
        let text = "test tests::a ... ok\ntest tests::b::c ... error: Undefined Behavior: race\n";
        assert_eq!(by(text), "b::c");
    }
}
