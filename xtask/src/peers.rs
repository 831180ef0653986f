//! `cargo xtask peers`: published event loops on `iocp-sys` and on windows-sys, side by side.
//!
//! mio, polling, miow, compio-driver and tokio are built twice, from the same packages and versions:
//! with `tests/peers/windows-sys` in the place of windows-sys, and with the real one. Their own tests
//! and the behaviours in `tests/peers/behaviour` run on both under Wine; each test must come out
//! alike. A test of theirs that fails on both is shown, and is no fault of ours.
//!
//! The drawback: the real windows-sys is the measure. What both do wrong is not seen here. That the
//! comparison does see a fault is shown by `--faults`. `--all` does the same for twenty crates, with
//! windows-sys's own source in which our items are put, instead of one written by hand.

mod all;
mod faults;
mod generated;
mod items;
mod suite;
mod workspace;

use anyhow::{bail, Result};
use pico_args::Arguments;

use crate::{
    args::{rest, Usage},
    process::{cargo, headline, run as run_command},
    setup,
    wine::{self, Wine},
};
use suite::Outcomes;
use workspace::{Bindings, Workspace};

/// What the peers are compiled for.
const TARGETS: [&str; 3] = [wine::TARGET, "i686-pc-windows-msvc", "aarch64-pc-windows-msvc"];

/// Code of compio-driver that is off by default and cannot run under Wine.
const MORE_CODE: &str = "behaviour/other-ways";

/// Published tests that fail under Wine whatever the bindings: package, test, and why. Any other that
/// fails on both fails the comparison until its reason stands here.
const EXPLAINED: [(&str, &str, &str); 2] = [
    (
        "miow",
        "pipe::tests::named_not_first",
        "makes a pipe's first instance twice; Wine 8 and 10 ignore FILE_FLAG_FIRST_PIPE_INSTANCE",
    ),
    (
        "compio-driver",
        "buffer_pool_managed_read",
        "reads the manifest of its repository; cargo rewrites that of a published package",
    ),
];

/// Why this test fails on both.
fn reason(package: &str, test: &str) -> Option<&'static str> {
    let known = |(name, failing, _): &&(&str, &str, &str)| {
        *failing == test && package.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'))
    };
    EXPLAINED.iter().find(known).map(|(_, _, why)| *why)
}

/// What `cargo xtask peers` was asked.
#[derive(Debug, Default)]
pub(crate) struct Args {
    /// Compile only.
    pub(crate) check: bool,
    /// Compile and test all crates of `tests/peers/all` with windows-sys's own source.
    pub(crate) all: bool,
    /// Throw away what is kept of an earlier `--all`.
    pub(crate) fresh: bool,
    /// Show that a fault of the bindings is seen, rather than look for one.
    pub(crate) faults: bool,
    /// Only the faults with one of these words, or the crates of these names; all, if there are none.
    pub(crate) names: Vec<String>,
    /// Wine 10 instead of the machine's own.
    pub(crate) wine10: bool,
}

impl Args {
    pub(crate) fn parse(mut words: Arguments) -> Result<Self> {
        let mut args = Self {
            wine10: words.contains("--wine10"),
            faults: words.contains("--faults"),
            all: words.contains("--all"),
            fresh: words.contains("--fresh"),
            check: false,
            names: rest(words)?,
        };
        if args.names.first().is_some_and(|word| word == "check") {
            args.check = true;
            args.names.remove(0);
        }
        if let Some(word) = args.names.first().filter(|_| !args.faults && !args.all) {
            bail!(Usage(format!("what is `{word}` for?")));
        }
        if args.all && (args.check || args.wine10) {
            bail!(Usage("`peers --all` chooses its Wine: leave out --wine10 and check".into()));
        }
        if args.all && args.faults && !args.names.is_empty() {
            bail!(Usage("`peers --all --faults` makes all of its faults: leave out names".into()));
        }
        if args.fresh && (!args.all || args.faults) {
            bail!(Usage("--fresh is for `peers --all`, which keeps results".into()));
        }
        if args.check && (args.wine10 || args.faults) {
            bail!(Usage("`peers check` runs nothing: leave out --wine10 and --faults".into()));
        }
        Ok(args)
    }
}

/// Compiles, and unless only that was asked, runs and compares.
pub(crate) fn run(args: &Args) -> Result<()> {
    if args.all {
        let outcome = if args.faults { all::seeded() } else { all::run(&args.names, args.fresh) };
        return outcome.map(|line| println!("  {line}"));
    }
    // Set up first: a missing package is then said before minutes of building.
    let wine = (!args.check).then(|| Wine::asked(args.wine10, None)).transpose()?;
    if let Some(wine) = wine.as_ref().filter(|_| args.faults) {
        return faults::run(wine, &args.names).map(|line| println!("  {line}"));
    }
    println!("  {}", check()?);
    match wine {
        Some(wine) => compare(&wine).map(|line| println!("  {line}")),
        None => Ok(()),
    }
}

/// The whole for `deep`: the five under the machine's Wine and, where it can be set up, under Wine 10,
/// then all.
pub(crate) fn deep() -> Result<String> {
    let five = deep_five()?;
    Ok(format!("{five}; all: {}", all::run(&[], false)?))
}

fn deep_five() -> Result<String> {
    let (machine, ten) = (Wine::of_machine()?, Wine::ten());
    check()?;
    let first = compare(&machine)?;
    match ten {
        Ok(ten) if ten.name == machine.name => Ok(first),
        Ok(ten) => Ok(format!("{first}; {}", compare(&ten)?)),
        Err(error) => Ok(format!("{first}; Wine 10 NOT RUN: {error:#}")),
    }
}

/// The faults, for `deep`, under Wine 10, whose DLLs the other faults need too.
pub(crate) fn faults() -> Result<String> {
    Ok(format!("{}; {}", faults::run(&Wine::ten()?, &[])?, all::seeded()?))
}

/// The lists, and everything compiled for each target; what fits a change's checks.
pub(crate) fn check() -> Result<String> {
    headline("peers: what comes from where");
    let summary = items::check()?;
    headline("peers: compiled on iocp-sys");
    wine::linker()?; // dlltool
    setup::targets(&TARGETS)?;
    let on_peers = |words: &[&str]| {
        let mut cargo = cargo([]);
        cargo.args(words).args(["--manifest-path", "tests/peers/Cargo.toml"]);
        cargo.env("CARGO_TARGET_DIR", Bindings::IocpSys.build_folder());
        cargo
    };
    setup::components(&["rustfmt", "clippy"])?;
    run_command(&mut on_peers(&["fmt", "--all", "--check"]))?;
    for target in TARGETS {
        let words = ["--quiet", "--locked", "--all-targets", "--target", target];
        let own = ["-p", "behaviour", "-p", "windows-sys@0.61.2"];
        run_command(on_peers(&["clippy"]).args(own).args(words).args(["--", "-D", "warnings"]))?;
        let more = ["check", "-p", "behaviour", "--features", MORE_CODE];
        run_command(on_peers(&more).args(words))?;
    }
    Ok(format!("{summary}; compiled for {}", TARGETS.join(", ")))
}

/// Runs every suite on both bindings and prints the table; any difference is a failure.
fn compare(wine: &Wine) -> Result<String> {
    let both = [Bindings::IocpSys, Bindings::WindowsSys];
    let mut columns: Vec<Vec<(String, Outcomes)>> = Vec::new();
    for bindings in both {
        headline(&format!("peers: on {} under {}", bindings.name(), wine.name));
        let workspace = Workspace::prepare(bindings)?;
        columns.push(suite::run_all(&workspace, wine)?);
    }
    headline(&format!("peers: passed/failed under {}", wine.name));
    println!("  {:<24} {:>12} {:>12}", "", both[0].name(), both[1].name());
    let mut faults = Vec::new();
    let mut passed = 0;
    for ((name, ours), (_, theirs)) in columns[0].iter().zip(&columns[1]) {
        let differences = ours.differences(theirs);
        let verdict = if differences.is_empty() { "same" } else { "DIFFERENT" };
        println!("  {name:<24} {:>12} {:>12}  {verdict}", ours.counts(), theirs.counts());
        for (bindings, outcomes) in both.iter().zip([ours, theirs]) {
            if outcomes.hung > 0 {
                println!(
                    "    on {}, run {} times until every test came to an end",
                    bindings.name(),
                    outcomes.hung + 1
                );
            }
        }
        for test in ours.failed().filter(|_| differences.is_empty()) {
            let why = reason(name, test);
            println!("    on both, {test} fails: {}", why.unwrap_or("nobody knows why"));
            if why.is_none() {
                faults.push(format!("{name}: {test} fails on both, for a reason not given"));
            }
        }
        faults.extend(differences.into_iter().map(|difference| format!("{name}: {difference}")));
        passed += ours.passed();
    }
    if !faults.is_empty() {
        bail!("the peers do not run alike under {}:\n  {}", wine.name, faults.join("\n  "));
    }
    Ok(format!("{}: {passed} passed, each test as on windows-sys", wine.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_published_tests_that_are_listed_may_fail_on_both() {
        assert!(reason("miow-0.6.1", "pipe::tests::named_not_first").is_some());
        assert!(reason("mio-1.2.5", "pipe::tests::named_not_first").is_none());
        assert!(reason("miow-0.6.1", "pipe::tests::named_connect").is_none());
        assert!(EXPLAINED.iter().all(|(package, _, _)| !package.starts_with(suite::OURS)));
    }

    #[test]
    fn only_compiling_and_a_wine_exclude_each_other() {
        let parse = |words: &[&str]| Args::parse(crate::args::sample(words));
        assert!(parse(&["check"]).is_ok_and(|args| args.check));
        assert!(parse(&["--wine10"]).is_ok_and(|args| args.wine10));
        assert!(parse(&["--all"]).is_ok_and(|args| args.all));
        assert!(parse(&["--all", "--wine10"]).is_err());
        assert!(parse(&["--all", "--fresh", "miow"])
            .is_ok_and(|args| args.fresh && args.names == ["miow"]));
        assert!(parse(&["--all", "--faults"]).is_ok_and(|args| args.all && args.faults));
        assert!(parse(&["--fresh"]).is_err());
        assert!(parse(&["--all", "--faults", "--fresh"]).is_err());
        assert!(parse(&["--all", "--faults", "guid"]).is_err());
        assert!(parse(&["check", "--wine10"]).is_err());
        assert!(parse(&["check", "--faults"]).is_err());
        assert!(parse(&["--faults", "guid"]).is_ok_and(|args| args.names == ["guid"]));
        assert!(parse(&["guid"]).is_err());
        assert!(parse(&["--faults", "--wine10"]).is_ok_and(|args| args.faults && args.wine10));
        assert!(parse(&["fly"]).is_err());
    }
}
