//! All the faults that `cargo-mutants` thinks of in the core's files, against the unit tests on the
//! simulated kernel. A survivor is explained in `tests/mutants.md`, or it is a failure.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{bail, Context, Result};

use crate::{
    process::{note, root, run as run_command, target_dir},
    tools::Tool,
};

/// In the version that the list of survivors was made with: another may think of other faults.
const MUTANTS: Tool =
    Tool { package: "cargo-mutants", words: &["cargo", "mutants"], version: "27.1.0" };

const FILES: [&str; 3] = ["iocp/src/core/**", "iocp/src/operation/**", "iocp/src/port/**"];

const LIST: &str = "tests/mutants.md";

/// Of a hundred, so many must be caught.
const LEAST: usize = 90;

pub(super) fn run() -> Result<String> {
    let folder = target_dir().join("mutants").join("generated");
    fs::create_dir_all(&folder)?;
    let mut mutants = MUTANTS.command()?;
    mutants.args(["-p", "iocp"]);
    for file in FILES {
        mutants.args(["--file", file]);
    }
    // A hang is caught by the tests' own deadlines, which `iocp_mutants` makes short.
    mutants.args(["-j2", "--timeout=25", "--build-timeout=600", "--cap-lints=true"]);
    mutants.arg("--colors=never");
    mutants.arg("--output").arg(&folder);
    mutants.args(["--", "--lib", "--", "--test-threads=16", "-Zunstable-options", "--fail-fast"]);
    mutants.env("RUSTFLAGS", "--cfg iocp_mutants").env("CARGO_PROFILE_TEST_DEBUG", "0");
    mutants.env("IOCP_STORM_COUNT", "10").env("PROPTEST_CASES", "40");
    // `--fail-fast` of the test harness is not stable yet.
    mutants.env("RUSTC_BOOTSTRAP", "1");
    // It fails where there is a survivor; the lists say which.
    let ran = run_command(&mut mutants);
    let results = folder.join("mutants.out");
    let [caught, missed, timeout] = ["caught", "missed", "timeout"]
        .map(|name| lines(&results.join(name).with_extension("txt")));
    let (caught, missed) = (caught?.len() + timeout?.len(), missed?);
    let total = caught + missed.len();
    if total == 0 {
        return ran.and_then(|()| bail!("no fault was tried"));
    }
    compare(&missed)?;
    let percent = caught * 100 / total;
    if percent < LEAST {
        bail!(
            "{caught} of {total} generated faults are caught, {percent} %: {LEAST} % is the least"
        );
    }
    Ok(format!("{caught} of {total} generated faults caught ({percent} %), the rest explained"))
}

fn lines(file: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// Fails on a survivor that is not explained; says which explanations are no longer needed.
fn compare(missed: &[String]) -> Result<()> {
    let explained = explained(&fs::read_to_string(root().join(LIST)).context(LIST)?);
    let survivors: BTreeSet<_> = missed.iter().map(|line| without_place(line)).collect();
    for row in explained.difference(&survivors) {
        note(&format!("{LIST}: caught now, or no more: {row}"));
    }
    let new: Vec<_> = survivors.difference(&explained).cloned().collect();
    if !new.is_empty() {
        bail!("not caught, and not explained in {LIST}:\n  {}", new.join("\n  "));
    }
    Ok(())
}

/// The first cells of the list's rows: `` | `file: fault` | reason | ``.
fn explained(text: &str) -> BTreeSet<String> {
    let row = |line: &str| {
        let (fault, reason) = line.strip_prefix("| `")?.split_once("` | ")?;
        (reason.len() > 20).then(|| fault.replace("\\|", "|"))
    };
    text.lines().filter_map(row).collect()
}

/// `file:line:column: fault` without the numbers, which change with every edit.
fn without_place(line: &str) -> String {
    let mut parts = line.splitn(4, ':');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(file), Some(_), Some(_), Some(fault)) => format!("{file}:{fault}"),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survivor_is_found_in_the_list_whatever_its_line() {
        let line = "iocp/src/core/state.rs:98:77: replace | with ^ in State::settle";
        let list =
            "| `iocp/src/core/state.rs: replace \\| with ^ in State::settle` | the flags are \
                    different bits |\n| `x: y` | short |\n| fault | reason |\n";
        assert!(explained(list).contains(&without_place(line)));
        assert_eq!(explained(list).len(), 1, "a reason is a sentence");
    }
}
