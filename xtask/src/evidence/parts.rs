//! The parts: what is run, and what of its output is shown.

use std::{fmt::Write as _, fs, process::Command, time::Duration};

use anyhow::{bail, Context, Result};

use super::{
    page::{Failure, Shown},
    Place,
};
use crate::{
    heard::heard,
    libtest::{Outcome, Seen, Test},
    process::{cargo, command, root, run, target_dir},
    tidy,
};

/// Runs and says what it showed; an error is a part that could not be run to its end.
type Part = fn(&Place) -> Result<Shown>;

/// The parts, in the order in which they run: what says most about a kernel first.
pub(super) const PARTS: [(&str, Part); 5] = [
    ("facts", facts),
    ("behaviours", behaviours),
    ("storms", |place| storms(place, &SHORT)),
    ("demo", demo),
    ("benches", benches),
];

/// What tests are of: the crates, and all that looks at the system through them.
const PACKAGES: [&str; 6] = ["-p", "iocp-sys", "-p", "iocp", "-p", "iocp-tests"];

/// The test that is the part `facts`.
const FACTS: &str = "each_fact_is_seen_here_as_on_windows_or_differs_as_known";

/// No program that is well says nothing for longer; what builds is not heard.
const SILENCE: Option<Duration> = Some(Duration::from_secs(600));

/// How much the storms try.
#[derive(Debug)]
pub(crate) struct Storms {
    pub(crate) seconds: &'static str,
    /// Receives that race their cancel.
    pub(crate) races: &'static str,
    /// Connections that are ended gracefully.
    pub(crate) closes: &'static str,
}

/// Long ones are `cargo xtask deep storm`.
const SHORT: Storms = Storms { seconds: "10", races: "20000", closes: "200" };

/// Benches that say something about a kernel: how often it is entered, and how long that takes. Memory is
/// counted by the program itself, and instructions under Wine only.
const BENCHES: [&str; 6] =
    ["echo_calls", "alloc_per_op", "accept_calls", "dequeue_batch", "echo_time", "multi_waiter"];

/// Builds, without a limit of silence, then runs one test at a time and reads what they print.
fn test(place: &Place, words: &[&str], harness: &[&str], each: &mut dyn FnMut(&str)) -> Result<()> {
    let start = |more: &[&str]| {
        let mut test = cargo(["test", "--no-fail-fast"]);
        test.args(words).args(&place.cargo).args(more).env("RUST_BACKTRACE", "0");
        test
    };
    run(&mut start(&["--no-run"]))?;
    let mut all = start(&["--", "--test-threads=1"]);
    let storms = [("IOCP_RACES", SHORT.races), ("IOCP_CLOSES", SHORT.closes)];
    heard(all.args(harness).envs(storms), SILENCE, each)
}

/// What Windows answers to raw calls, by the ids of `tests/FACTS.tsv`.
fn facts(place: &Place) -> Result<Shown> {
    let words = ["-p", "iocp-tests", "--test", "facts"];
    let mut shown = Shown::default();
    let mut rows = 0;
    let outcome = test(place, &words, &["--nocapture"], &mut |line| {
        if let Some(sum) = line.strip_prefix("facts, ") {
            // `Windows: 207 as on Windows, ...`
            shown.sum = sum.split_once(": ").map_or(sum, |(_, counts)| counts).to_owned();
        }
        let cells: Vec<_> = line.split(" | ").collect();
        let [id, done, windows, seen, verdict, _] = cells[..] else { return };
        if rows == 0 {
            shown.body += "| fact | done | Windows | seen here | |\n|---|---|---|---|---|\n";
        } else if verdict == "SURPRISE" {
            let detail = format!("{done}: `{windows}` was expected, `{seen}` seen");
            shown.failed.push(Failure { name: format!("fact {id}"), detail });
        }
        if rows > 0 {
            let _ = writeln!(shown.body, "{}", row(&[id, done, windows, seen, verdict]));
        }
        rows += 1;
    });
    // A surprise fails the test, and is in the table; without a sum something else has.
    if shown.sum.is_empty() {
        outcome?;
        bail!("the facts have no sum");
    }
    Ok(shown)
}

/// All tests, and which behaviours of `tests/BEHAVIOURS.md` they have shown.
fn behaviours(place: &Place) -> Result<Shown> {
    let mut seen = Seen::default();
    let outcome = test(place, &PACKAGES, &["--skip", FACTS], &mut |line| seen.see(line));
    seen.end();
    seen.tests.retain(|test| test.outcome != Outcome::Ignored);
    if seen.tests.is_empty() {
        outcome?;
        bail!("no test ran");
    }
    let not_here: Vec<_> = seen.tests.iter().filter(|test| !test.not_here.is_empty()).collect();
    let bad = |test: &&Test| test.outcome != Outcome::Passed;
    let mut shown = Shown {
        sum: format!(
            "{} tests passed, {} failed, {} died, {} of them do not show all here",
            seen.count(Outcome::Passed),
            seen.count(Outcome::Failed),
            seen.count(Outcome::Died),
            not_here.len()
        ),
        ..Shown::default()
    };
    for test in seen.tests.iter().filter(bad) {
        let detail = match (seen.said_by(test), test.outcome) {
            (Some(lines), _) => lines.join("\n"),
            (None, Outcome::Died) => "its program ended before it said anything".into(),
            (None, _) => "it said nothing".into(),
        };
        shown.failed.push(Failure { name: test.name.clone(), detail });
    }
    // Of a harness that fails although no test has: the crash at a program's end, for example.
    if let (Err(error), true) = (outcome, shown.failed.is_empty()) {
        shown.failed.push(Failure { name: "behaviours".into(), detail: format!("{error:#}") });
    }
    shown.body += "| | behaviour | here |\n|---|---|---|\n";
    for (number, sentence, items) in tidy::numbered(&tidy::sources_of(&root())?) {
        let of = |test: &&Test| items.iter().any(|item| item == test.item());
        let tests: Vec<_> = seen.tests.iter().filter(of).collect();
        let _ = writeln!(shown.body, "{}", row(&[&number, &sentence, &verdict(&tests)]));
    }
    shown.body += "\nNot shown here:\n\n";
    for test in &not_here {
        for reason in &test.not_here {
            let _ = writeln!(shown.body, "* {} (`{}`)", reason, test.item());
        }
    }
    if not_here.is_empty() {
        shown.body += "* nothing\n";
    }
    Ok(shown)
}

/// What the tests of one behaviour have shown.
fn verdict(tests: &[&Test]) -> String {
    let failed: Vec<_> =
        tests.iter().filter(|t| t.outcome != Outcome::Passed).map(|test| test.item()).collect();
    let partly = tests.iter().filter(|test| !test.not_here.is_empty()).count();
    match (failed.is_empty(), tests.len(), partly) {
        (false, ..) => format!("FAILED: {}", failed.join(", ")),
        (true, 0, _) => "its tests need the simulated kernel".to_owned(),
        (true, all, 0) => format!("{all} passed"),
        (true, all, partly) => format!("{all} passed, {partly} of them in part"),
    }
}

/// Random schedules, races and closes.
pub(crate) fn storms(place: &Place, asked: &Storms) -> Result<Shown> {
    let Storms { seconds, races, closes } = asked;
    let release = |first: &[&str], last: &[&str]| {
        let mut start = cargo(["--quiet"]);
        start.args(first).args(&place.cargo).args(last);
        start
    };
    let storm = ["run", "--release", "-p", "iocp-tests", "--bin", "storm"];
    let of = |name| ["test", "--release", "-p", "iocp-tests", "--test", name];
    let loud = ["--", "--nocapture", "--test-threads=1"];
    let mut shown = Shown::default();
    run(&mut release(&["build", "--release", "-p", "iocp-tests", "--bins"], &[]))?;
    for name in ["races", "graceful"] {
        run(&mut release(&of(name), &["--no-run"]))?;
    }
    let runs = [
        ("storm", release(&storm, &["--", "--seconds", seconds]), "storm: passed"),
        ("races", release(&of("races"), &loud), "test result: ok"),
        ("graceful", release(&of("graceful"), &loud), "test result: ok"),
    ];
    let mut passed = 0;
    for (name, mut start, last) in runs {
        start.envs([("IOCP_RACES", *races), ("IOCP_CLOSES", *closes), ("RUST_BACKTRACE", "0")]);
        let (mut good, mut lines) = (false, Vec::new());
        let outcome = heard(&mut start, SILENCE, |line| {
            // The status of a program under Wine says nothing: its last line decides.
            good |= line.starts_with(last);
            lines.push(line.to_owned());
        });
        lines.retain(|line| !line.is_empty() && !line.starts_with("running "));
        let text = lines.join("\n");
        let _ = writeln!(shown.body, "{name}:\n\n```text\n{text}\n```\n");
        match outcome {
            Ok(()) if good => passed += 1,
            Ok(()) => shown.fail(name, "it ended without its last line"),
            Err(error) => shown.fail(name, &format!("{error:#}\n{text}")),
        }
    }
    shown.sum =
        format!("{passed} of 3 passed ({seconds} s; {races} races; {closes} graceful closes)");
    Ok(shown)
}

/// The echo server under load.
fn demo(place: &Place) -> Result<Shown> {
    own(place, "demo", &["demo", "--seconds", "10"], |text| format!("```text\n{text}\n```\n"))
}

/// Counts of calls and allocations beside raw Win32 and others, and times.
fn benches(place: &Place) -> Result<Shown> {
    if cfg!(not(target_arch = "x86_64")) {
        return Ok(Shown::not_here("the thunks that count calls are x86_64 code"));
    }
    let words = [&["bench", "--rounds", "3"][..], &BENCHES].concat();
    own(place, "bench", &words, |text| text.replace("\n## ", "\n### "))
}

/// Runs one of our own commands, and shows the report that it keeps.
fn own(place: &Place, name: &str, words: &[&str], form: fn(&str) -> String) -> Result<Shown> {
    if !place.usual {
        return Ok(Shown::not_here("it runs on this machine's usual kernel and target only"));
    }
    let file = target_dir().join("reports").join(format!("{name}.txt"));
    drop(fs::remove_file(&file)); // of an earlier run
    let mut start: Command = command(std::env::current_exe()?);
    // Its section of a workflow's summary would stand there twice.
    let outcome = heard(
        start.args(words).env_remove("GITHUB_STEP_SUMMARY"),
        SILENCE.map(|limit| limit * 2),
        |_| {},
    );
    let text = fs::read_to_string(&file);
    let mut shown = Shown { sum: "ok".into(), ..Shown::default() };
    if let Err(error) = outcome {
        let last = text.as_deref().unwrap_or_default().lines().last().unwrap_or_default();
        shown.fail(name, &format!("{error:#}\n{last}"));
        shown.sum = "FAILED".into();
    }
    let text =
        text.context("it kept no report").or_else(|error| match shown.failed.is_empty() {
            true => Err(error),
            false => Ok("no report".to_owned()),
        })?;
    shown.body = form(text.trim_end());
    Ok(shown)
}

/// A row of a Markdown table.
fn row(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| cell.trim().replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_behaviour_is_shown_when_all_its_tests_have_passed() {
        let test = |outcome, reasons: &[&str]| Test {
            name: "x::a".into(),
            outcome,
            not_here: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        };
        let good = test(Outcome::Passed, &[]);
        let partly = test(Outcome::Passed, &["no pipes"]);
        let [failed, died] = [Outcome::Failed, Outcome::Died].map(|outcome| test(outcome, &[]));
        assert_eq!(verdict(&[&good, &good]), "2 passed");
        assert_eq!(verdict(&[&good, &partly]), "2 passed, 1 of them in part");
        assert_eq!(verdict(&[&good, &failed]), "FAILED: a");
        assert_eq!(verdict(&[&died]), "FAILED: a");
        assert!(verdict(&[]).contains("simulated"));
    }

    #[test]
    fn cells_stay_in_their_table() {
        assert_eq!(row(&["a | b", " c "]), "| a \\| b | c |");
    }
}
