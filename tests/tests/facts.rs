//! Facts about Windows, each by its id: what Windows answers, and what this kernel answers.
//!
//! The facts are in `tests/src/facts/`, their sources in `tests/FACTS.tsv`. The whole table is shown by
//! `--nocapture`, and when there is a surprise.

#![cfg(windows)]

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    io::Write as _,
    sync::mpsc::{channel, RecvTimeoutError},
    time::{Duration, Instant},
};

use iocp_tests::{
    child,
    facts::{self, Fact, Verdict},
    kernel,
};

/// All facts that are known; the last column says of each whether it is looked at.
const ROWS: &str = include_str!("../FACTS.tsv");

/// No fact takes longer; the slowest wait for a time-out of the system.
const LIMIT: Duration = Duration::from_secs(30);

/// Runs a fact on a thread of its own, and takes what it saw.
fn seen(fact: &Fact) -> String {
    let (sender, receiver) = channel();
    let see = fact.see;
    let thread = std::thread::Builder::new().name(fact.id.to_owned());
    thread.spawn(move || drop(sender.send(see()))).expect("a thread");
    match receiver.recv_timeout(LIMIT) {
        Ok(seen) => seen,
        Err(RecvTimeoutError::Timeout) => "HUNG".to_owned(),
        Err(RecvTimeoutError::Disconnected) => "PANICKED".to_owned(),
    }
}

/// Every fact is as on Windows, or differs as this Wine is known to.
#[test]
fn each_fact_is_seen_here_as_on_windows_or_differs_as_known() {
    if child::role().is_some() {
        return child::wait_for_the_end_of_input();
    }
    let kernel = kernel();
    let (mut table, mut counts) = (String::new(), [0; 3]);
    for fact in facts::all() {
        let start = Instant::now();
        let seen = seen(&fact);
        let verdict = fact.judge(kernel, &seen);
        let word = match verdict {
            Verdict::AsOnWindows => "as on Windows",
            Verdict::WineDiffers => "Wine differs, as known",
            Verdict::Surprise => "SURPRISE",
        };
        counts[verdict as usize] += 1;
        let or = fact.or.map(|or| format!(" OR {or}")).unwrap_or_default();
        let Fact { id, when, windows, .. } = fact;
        let ms = start.elapsed().as_millis();
        writeln!(table, "{id} | {when} | {windows}{or} | {seen} | {word} | {ms} ms").unwrap();
    }
    let [same, differs, surprises] = counts;
    println!("id | done | expected on Windows | seen here | verdict | time\n{table}");
    let sum = format!(
        "facts, {kernel:?}: {same} as on Windows, {differs} differ as known, {surprises} surprises"
    );
    // Past the capture of the test harness; a closed standard output is no reason to fail.
    drop(writeln!(std::io::stdout().lock(), "{sum}"));
    assert_eq!(surprises, 0, "see the table");
}

/// The rows that say that they are tested are those of the facts, and no id stands twice.
#[test]
fn the_rows_that_are_tested_are_those_of_the_facts() {
    let facts: Vec<_> = facts::all().iter().map(|fact| fact.id).collect();
    let (mut all, mut rows) = (Vec::new(), Vec::new());
    for row in ROWS.lines().skip(1) {
        let cells: Vec<_> = row.split('\t').collect();
        all.push(cells[0]);
        match cells[8..] {
            ["yes"] => rows.push(cells[0]),
            ["no"] => {}
            _ => panic!("`yes` or `no` is the last of nine cells: {row}"),
        }
    }
    for (what, ids) in [("fact", &facts), ("row", &all)] {
        let each: BTreeSet<_> = ids.iter().collect();
        assert_eq!(each.len(), ids.len(), "a {what} stands twice");
    }
    let [facts, rows]: [BTreeSet<_>; 2] = [facts, rows].map(|ids| ids.into_iter().collect());
    assert_eq!(facts.difference(&rows).collect::<Vec<_>>(), Vec::<&&str>::new(), "without a row");
    assert_eq!(rows.difference(&facts).collect::<Vec<_>>(), Vec::<&&str>::new(), "without a fact");
    assert!(facts.len() >= 100, "{} facts", facts.len());
}
