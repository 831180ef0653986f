//! The long checks that need a Windows kernel: on Windows itself, or under Wine 8 and Wine 10.

use anyhow::Result;

use crate::{
    process::{cargo, headline, watch},
    test::run_some,
    wine::{Wine, TARGET},
};

/// How long the storm lasts on each kernel.
const STORM_SECONDS: &str = "60";

/// How many receives race their cancel on each kernel.
const RACES: &str = "100000";

/// How many connections are ended gracefully on each kernel.
const CLOSES: &str = "1000";

/// Everything on each kernel there is here; one line about what was shown.
pub(super) fn storm() -> Result<String> {
    if cfg!(windows) {
        return on("Windows", &[]);
    }
    let mut shown = Vec::new();
    for wine in [Wine::of_machine()?, Wine::ten()?] {
        let config = wine.cargo_config();
        shown.push(on(&wine.name, &["--target", TARGET, "--config", &config])?);
    }
    Ok(shown.join("; "))
}

fn on(kernel: &str, target: &[&str]) -> Result<String> {
    headline(&format!("storm on {kernel}"));
    let mut storm = cargo(["run", "--release", "-p", "iocp-tests", "--bin", "storm"]);
    storm.args(target).args(["--", "--seconds", STORM_SECONDS]);
    let mut seed = String::from("no seed");
    let mut passed = false;
    watch(&mut storm, |line| {
        if let Some((_, after)) = line.split_once("seed ") {
            seed = format!("seed {}", after.split(',').next().unwrap_or_default());
        }
        // A program that Wine ends by a signal may say that it succeeded: its last line decides.
        passed |= line.starts_with("storm: passed");
    })?;
    anyhow::ensure!(passed, "the storm on {kernel} ended without its last line, {seed}");
    let mut races = cargo(["test", "--release", "-p", "iocp-tests", "--test", "races"]);
    let raced = run_some(races.args(target).env("IOCP_RACES", RACES))?;
    let mut graceful = cargo(["test", "--release", "-p", "iocp-tests", "--test", "graceful"]);
    graceful.args(target).env("IOCP_CLOSES", CLOSES).args(["--", "--nocapture"]);
    let ended = run_some(&mut graceful)?;
    Ok(format!(
        "{kernel}: {STORM_SECONDS} s, {seed}, {RACES} races, {raced} passed, {CLOSES} graceful closes, \
         {ended} passed"
    ))
}
