//! `cargo xtask peers`: published event loops on `iocp-sys` and on windows-sys, side by side.
//!
//! mio, polling, miow, compio-driver and tokio are built twice, from the same packages and versions:
//! with `tests/peers/windows-sys` in the place of windows-sys, and with the real one. Their own tests
//! and the behaviours in `tests/peers/behaviour` run on both under Wine; each test must come out
//! alike. A test of theirs that fails on both is shown, and is no fault of ours.
//!
//! The drawback: the real windows-sys is the measure. What both do wrong is not seen here.

mod items;
mod suite;
mod workspace;

use anyhow::{bail, Result};
use lexopt::{Arg, Parser};

use crate::{
    args::{usage, Usage},
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

/// What `cargo xtask peers` was asked.
#[derive(Debug, Default)]
pub(crate) struct Args {
    /// Compile only.
    pub(crate) check: bool,
    /// Wine 10 instead of the machine's own.
    pub(crate) wine10: bool,
}

impl Args {
    pub(crate) fn parse(parser: &mut Parser) -> Result<Self> {
        let mut args = Self::default();
        while let Some(arg) = parser.next().map_err(usage)? {
            match arg {
                Arg::Long("wine10") => args.wine10 = true,
                Arg::Value(word) if word == "check" => args.check = true,
                other => return Err(usage(other.unexpected())),
            }
        }
        if args.check && args.wine10 {
            bail!(Usage("`peers check` runs nothing: leave out --wine10".into()));
        }
        Ok(args)
    }
}

/// Compiles, and unless only that was asked, runs and compares.
pub(crate) fn run(args: &Args) -> Result<()> {
    let wine = match (args.check, args.wine10) {
        (true, _) => None, // set up first: a missing package is then said before minutes of building
        (false, true) => Some(Wine::ten()?),
        (false, false) => Some(Wine::of_machine()?),
    };
    println!("  {}", check()?);
    match wine {
        Some(wine) => compare(&wine).map(|line| println!("  {line}")),
        None => Ok(()),
    }
}

/// The whole for `deep`, under the machine's Wine and, where it can be set up, under Wine 10.
pub(crate) fn deep() -> Result<String> {
    let (machine, ten) = (Wine::of_machine()?, Wine::ten());
    check()?;
    let first = compare(&machine)?;
    match ten {
        Ok(ten) if ten.name == machine.name => Ok(first),
        Ok(ten) => Ok(format!("{first}; {}", compare(&ten)?)),
        Err(error) => Ok(format!("{first}; Wine 10 NOT RUN: {error:#}")),
    }
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
            println!("    on both, {test} fails");
            if name.starts_with(suite::OURS) {
                faults.push(format!("{name}: {test} fails"));
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
    fn only_compiling_and_a_wine_exclude_each_other() {
        let parse = |words: &[&str]| Args::parse(&mut Parser::from_args(words));
        assert!(parse(&["check"]).is_ok_and(|args| args.check));
        assert!(parse(&["--wine10"]).is_ok_and(|args| args.wine10));
        assert!(parse(&["check", "--wine10"]).is_err());
        assert!(parse(&["fly"]).is_err());
    }
}
