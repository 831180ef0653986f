//! `tests/peers/TABLE.md`: one row per crate, then each test that did not simply pass on both.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    compiled::{All, Compiled, TARGETS},
    crates::Crate,
    history::{History, Verdict},
    kept::Record,
};
use crate::wine::TARGET;

/// How many of the tests of a crate came out in which way.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Counts(BTreeMap<Verdict, usize>);

impl Counts {
    pub(super) fn of(record: &Record) -> Self {
        let mut counts = Self::default();
        for history in record.tests.values() {
            *counts.0.entry(history.verdict()).or_default() += 1;
        }
        counts
    }

    pub(super) fn get(&self, verdict: Verdict) -> usize {
        self.0.get(&verdict).copied().unwrap_or_default()
    }

    /// One line for a terminal.
    pub(super) fn line(&self) -> String {
        let all = [
            (Verdict::Same, "passed on both"),
            (Verdict::FailsOnBoth, "fail on both"),
            (Verdict::ComesAndGoes, "come and go on both"),
            (Verdict::Rarely, "came out otherwise a few times"),
            (Verdict::Different, "DIFFERENT"),
        ];
        let words =
            all.iter().filter(|(verdict, _)| self.get(*verdict) > 0 || *verdict == Verdict::Same);
        words.map(|(v, words)| format!("{} {words}", self.get(*v))).collect::<Vec<_>>().join(", ")
    }
}

/// A sentence for each test that differs, or that is ours and does not simply pass.
pub(super) fn differences(one: &Crate, record: &Record) -> Vec<String> {
    let is_wrong = |history: &History| match history.verdict() {
        Verdict::Different => true,
        verdict => one.is_ours && verdict != Verdict::Same,
    };
    let wrong = record.tests.iter().filter(|(_, history)| is_wrong(history));
    wrong.map(|(test, history)| format!("{}, {test}: {}", one.name, history.counts())).collect()
}

/// The whole page.
pub(super) fn page(all: &All, tested: &[(Crate, Record)], wine: &str) -> String {
    let compiled = TARGETS.iter().filter(|target| **target != TARGET);
    let compiled = compiled.map(|target| format!("`{target}`")).collect::<Vec<_>>().join(" and ");
    let mut page = format!(
        "# Published crates on `iocp-sys`\n\n\
         Written by `cargo xtask peers`; README.md says what it does. Each crate is built with\n\
         windows-sys's own source in which {} items are those of `iocp-sys`, and a second time with windows-sys\n\
         as it is published; its own tests, as they are in its package, run on both under {wine}, as\n\
         `{TARGET}` programs. It is compiled for\n{compiled} too. Windows itself has run none of this.\n\n\
         * *ours*, *others*: how many names of items of `iocp-sys`, and of items that only windows-sys has, stand\n\
         \x20 in the files of its `src` that name windows-sys: at most so many, for a word may mean something else.\n\
         * *passed*: tests that passed, or were ignored, on both; *fail*: on both; *come and go*: on both, or one\n\
         \x20 run of many on one of them. What these are stands below.\n\
         * A test that comes out otherwise is a difference, and fails the command.\n\n\
         | crate | ours | others | compiled | passed | fail | come and go | differences |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        all.ours
    );
    for (one, record) in tested {
        let counts = Counts::of(record);
        let get = |verdicts: &[Verdict]| verdicts.iter().map(|v| counts.get(*v)).sum::<usize>();
        row(
            &mut page,
            &one.name,
            &one.version,
            all,
            &[
                get(&[Verdict::Same]),
                get(&[Verdict::FailsOnBoth]),
                get(&[Verdict::ComesAndGoes, Verdict::Rarely]),
                get(&[Verdict::Different]),
            ],
        );
    }
    page += "\nCompiled only, for one of the above depends on it:\n\n\
             | crate | ours | others | compiled |\n| --- | --- | --- | --- |\n";
    for one in &all.crates {
        if !tested.iter().any(|(tested, _)| tested.name == one.name) {
            row(&mut page, &one.name, &one.version, all, &[]);
        }
    }
    page += "\n## What did not simply pass on both\n";
    for (one, record) in tested {
        section(&mut page, one, record, all.crates.iter().find(|known| known.name == one.name));
    }
    page
}

fn row(page: &mut String, name: &str, version: &str, all: &All, counts: &[usize]) {
    let known = all.crates.iter().find(|one| one.name == name);
    // What names no windows-sys of its own compiles with those that do.
    let [ours, others] = known.map_or([0, 0], |one| one.items);
    let compiled = match known.is_none_or(|one| one.refused.is_empty()) {
        true => "yes",
        false => "one cast",
    };
    let counts: String = counts.iter().map(|count| format!(" {count} |")).collect();
    *page += &format!("| {name} {version} | {ours} | {others} | {compiled} |{counts}\n");
}

/// The notes and the tests of one crate, those of one reason together.
fn section(page: &mut String, one: &Crate, record: &Record, compiled: Option<&Compiled>) {
    let mut lines = String::new();
    if let Some(why) = compiled.filter(|one| !one.refused.is_empty()).and_then(Compiled::explained)
    {
        lines += &format!("* {why}.\n");
    } else if let Some(note) = &one.note {
        lines += &format!("* {note}.\n");
    }
    if record.tests.is_empty() {
        lines += "* Its package has no tests.\n";
    }
    if record.alone != [0, 0] {
        let [ours, theirs] = record.alone;
        lines += &format!(
            "* A program did not end in order: {ours} runs of one test alone on iocp-sys, {theirs} on windows-sys.\n"
        );
    }
    let mut groups: BTreeMap<(Verdict, String), Vec<&str>> = BTreeMap::new();
    for (test, history) in &record.tests {
        if history.verdict() != Verdict::Same {
            groups.entry((history.verdict(), reason(history))).or_default().push(test);
        }
    }
    for ((_, reason), tests) in groups {
        let tests = tests.iter().map(|test| format!("`{test}`")).collect::<Vec<_>>().join(", ");
        lines += &format!("* {tests}: {reason}\n");
    }
    if !lines.is_empty() {
        let _ = write!(page, "\n{}:\n\n{lines}", one.name);
    }
}

/// What became of a test, and what it said.
fn reason(history: &History) -> String {
    let what = match history.verdict() {
        Verdict::Same => "passed on both".to_owned(),
        Verdict::FailsOnBoth => {
            let word = history.ours.first().map_or("", |outcome| outcome.word());
            format!("{word} on both")
        }
        Verdict::ComesAndGoes => format!("comes and goes on both: {}", history.counts()),
        Verdict::Rarely => format!("rarely: {}", history.counts()),
        Verdict::Different => format!("DIFFERENT: {}", history.counts()),
    };
    match history.why.as_deref().map(short) {
        Some(why) => format!("{what}, `{why}`"),
        None => what,
    }
}

/// The start of a text, up to what is another in each run: an address, a handle, a path, a port.
fn short(text: &str) -> String {
    let ends = ["0x", "\\\\", ":\\", ".tmp", "]:"].iter().filter_map(|start| text.find(start));
    let end = ends.min().unwrap_or(text.len());
    let cut: String = text[..end].chars().take(120).collect();
    let dots = if cut.len() < text.len() { " …" } else { "" };
    format!("{}{dots}", cut.trim_end().replace('`', "'"))
}

#[cfg(test)]
mod tests {
    use super::{super::outcome::Outcome, *};

    fn record(runs: &[(&str, Outcome, Outcome, &str)]) -> Record {
        let history = |(test, ours, theirs, why): &(&str, Outcome, Outcome, &str)| {
            let why = (!why.is_empty()).then(|| (*why).to_owned());
            ((*test).to_owned(), History { ours: vec![*ours], theirs: vec![*theirs], why })
        };
        Record { tests: runs.iter().map(history).collect(), alone: [0, 0] }
    }

    fn tested(record: Record) -> (Crate, Record) {
        (Crate::named("a"), record)
    }

    #[test]
    fn the_page_counts_and_names_what_did_not_pass() {
        use Outcome::{Failed, Passed};
        let record = record(&[
            ("src: b", Passed, Passed, ""),
            ("src: c", Failed, Failed, "no `cargo` here"),
            ("src: d", Failed, Failed, "no `cargo` here"),
            ("src: e", Failed, Passed, "at 0x3c"),
        ]);
        assert_eq!(differences(&Crate::named("a"), &record).len(), 1);
        let ours = Crate { is_ours: true, ..Crate::named("a") };
        assert_eq!(differences(&ours, &record).len(), 3);
        assert_eq!(Counts::of(&record).line(), "1 passed on both, 2 fail on both, 1 DIFFERENT");
        let all = All { crates: Vec::new(), ours: 7 };
        let page = page(&all, &[tested(record)], "Wine 10.0");
        assert!(page.contains("| a 1.0.0 | 0 | 0 | yes | 1 | 2 | 0 | 1 |"), "{page}");
        assert!(
            page.contains("* `src: c`, `src: d`: failed on both, `no 'cargo' here`\n"),
            "{page}"
        );
        assert!(page.contains("* `src: e`: DIFFERENT: failed 1 of 1 on iocp-sys"), "{page}");
        assert!(!page.contains("src: b") && !page.contains("0x3c"), "{page}");
    }

    #[test]
    fn a_crate_without_tests_says_so() {
        let page = page(&All { crates: Vec::new(), ours: 7 }, &[tested(record(&[]))], "Wine 10.0");
        assert!(page.contains("\na:\n\n* Its package has no tests.\n"), "{page}");
    }

    #[test]
    fn a_reason_ends_before_what_changes_from_run_to_run() {
        assert_eq!(short("`File { handle: 0x3c }"), "'File { handle: …");
        assert_eq!(short("no such file"), "no such file");
        assert_eq!(short(&"x".repeat(200)).chars().count(), 122);
    }
}
