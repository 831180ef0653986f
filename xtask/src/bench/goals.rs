//! The goals in one table, from what one run found.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{
    report::json_table,
    table::{number, Goal, Table},
};

/// Each goal's bench, and what it is about, by its number from 1.
const GOALS: [(&str, &str); 23] = [
    ("echo_calls", "calls per echo"),
    ("alloc_per_op", "allocations per echo"),
    ("mem_idle", "memory of an idle connection, bytes"),
    ("echo_insn", "instructions per echo"),
    ("cold_build", "cold build"),
    ("echo_time", "time per echo"),
    ("accept_calls", "accepting"),
    ("dequeue_batch", "taking many packets at once"),
    ("scale", "1 to 9,000 connections"),
    ("multi_waiter", "several waiting threads"),
    ("timers", "100 to 100,000 deadlines"),
    ("copy", "a file copied"),
    ("sizes", "messages of every size"),
    ("udp", "datagrams"),
    ("short", "short connections"),
    ("work_time", "time of messages, datagrams, short connections"),
    ("user_insn", "servers as a user writes them"),
    ("growth", "growth with what there is"),
    ("full_port", "room in a full port"),
    ("accept_insn", "instructions of an accept"),
    ("program_size", "what a program grows by"),
    ("http_files", "files over HTTP"),
    ("relay", "system calls, counted by Wine"),
];

/// What is measured of ours; the longer name first.
const OURS: [&str; 4] = ["iocp zero-read", "iocp poll", "poll zero-read", "iocp"];

/// How the goals begin that say whether two runs agree.
const TWICE: &str = "two runs";

/// What one bench found of its goals, and its data as they are written.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) name: String,
    pub(super) goals: Vec<Goal>,
    pub(super) json: Value,
}

impl From<&Table> for Findings {
    fn from(table: &Table) -> Self {
        let (name, goals) = (table.name.to_owned(), table.goals.clone());
        Self { name, goals, json: json_table(table) }
    }
}

impl Findings {
    /// What was written of a table.
    pub(super) fn read(bench: &Value) -> Result<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned).context("a text");
        let goal = |goal: &Value| -> Result<Goal> {
            Ok(Goal {
                text: text(&goal["goal"])?,
                // What was not measured is no number.
                found: goal["found"].as_f64().unwrap_or(f64::NAN),
                bar: goal["bar"].as_f64().unwrap_or(f64::NAN),
                binding: goal["binding"].as_bool().context("binding or not")?,
            })
        };
        let goals = bench["goals"].as_array().context("goals")?.iter().map(goal);
        let goals = goals.collect::<Result<_>>()?;
        Ok(Self { name: text(&bench["bench"])?, goals, json: bench.clone() })
    }
}

/// Goals with the same words and the same bar, of several of ours.
struct Row<'a> {
    text: &'a str,
    bar: f64,
    of: Vec<(&'a str, &'a Goal)>,
}

/// The table: a row for each bar of each goal; those that only differ in which of ours share one.
pub(super) fn markdown(found: &[Findings]) -> String {
    let (mut body, mut all, mut met) = (String::new(), 0, 0);
    for (number, (bench, what)) in (1..).zip(GOALS) {
        let head = format!("| {number} | {what} |");
        let Some(findings) = found.iter().find(|found| found.name == bench) else {
            body += &format!("{head} not measured | | | |\n");
            all += 1;
            continue;
        };
        for (index, row) in rows(&findings.goals).iter().enumerate() {
            body += if index == 0 { &head } else { "| | |" };
            body += &row.cells();
            all += row.of.len();
            met += row.of.iter().filter(|(_, goal)| goal.is_met()).count();
        }
    }
    for (text, goals) in twice(found) {
        let most = goals.iter().map(|goal| goal.found).fold(0.0, worse);
        let goal = Goal { found: most, ..goals[0].clone() };
        body += "| | all |";
        body += &Row { text: &text, bar: goal.bar, of: vec![("", &goal)] }.cells();
        all += 1;
        met += usize::from(goal.is_met());
    }
    format!(
        "{met} of {all} bars are met. Where several of ours have the same bar, *found* is that of \
         each that differs.\n\n| # | goal | | found | bar | |\n|---:|---|---|---|---:|---|\n{body}"
    )
}

/// Not a number is worse than any.
fn worse(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.max(b)
    }
}

fn rows(goals: &[Goal]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for goal in goals.iter().filter(|goal| !goal.text.starts_with(TWICE)) {
        let (name, text) = whose(&goal.text);
        let same = |row: &&mut Row<'_>| row.text == text && row.bar.to_bits() == goal.bar.to_bits();
        match rows.iter_mut().find(same) {
            Some(row) => row.of.push((name, goal)),
            None => rows.push(Row { text, bar: goal.bar, of: vec![(name, goal)] }),
        }
    }
    rows
}

/// Which of ours a goal is of, and what is left of its words.
fn whose(text: &str) -> (&str, &str) {
    for name in OURS {
        match text.strip_prefix(name) {
            Some(rest) if rest.starts_with(": ") => return (name, &rest[2..]),
            Some(rest) if rest.starts_with(" ÷ ") => return (name, &rest[1..]),
            _ => {}
        }
    }
    ("", text)
}

/// The goals on two runs, by what they compare.
fn twice(found: &[Findings]) -> Vec<(String, Vec<&Goal>)> {
    let mut sorts: Vec<(String, Vec<&Goal>)> = Vec::new();
    for goal in found.iter().flat_map(|found| &found.goals) {
        if goal.text.starts_with(TWICE) {
            let sort = match goal.text.as_str() {
                text if text.ends_with("pieces apart, %") => "streams in pieces apart, %",
                text if text.ends_with('%') => "instructions apart, %",
                _ => "counts apart",
            };
            let text = format!("{TWICE}, raw and iocp: {sort}");
            match sorts.iter_mut().find(|(one, _)| *one == text) {
                Some((_, goals)) => goals.push(goal),
                None => sorts.push((text, vec![goal])),
            }
        }
    }
    sorts
}

impl Row<'_> {
    fn cells(&self) -> String {
        let names: Vec<_> =
            self.of.iter().map(|(name, _)| *name).filter(|n| !n.is_empty()).collect();
        let names =
            if names.is_empty() { String::new() } else { format!("{}: ", names.join(", ")) };
        let each = |what: &dyn Fn(&Goal) -> String| {
            let all: Vec<_> = self.of.iter().map(|(name, goal)| (name, what(goal))).collect();
            match all.iter().all(|(_, one)| *one == all[0].1) {
                true => all[0].1.clone(),
                false => {
                    let all: Vec<_> =
                        all.iter().map(|(name, one)| format!("{one} ({name})")).collect();
                    all.join(", ")
                }
            }
        };
        let found = each(&|goal| number(goal.found));
        let verdict = each(&|goal| goal.verdict().to_owned());
        format!(" {names}{} | {found} | {} | {verdict} |\n", self.text, number(self.bar))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goals(name: &'static str, goals: &[(&str, f64, f64)]) -> Findings {
        let mut table = Table { name, ..Table::default() };
        for (text, found, bar) in goals {
            table.goal(*text, *found, *bar);
        }
        Findings::from(&table)
    }

    #[test]
    fn the_same_bar_of_several_of_ours_is_one_row() {
        let all = [
            ("iocp: calls", 3.0, 3.0),
            ("iocp ÷ mio", 0.5, 0.55),
            ("iocp poll: calls", 3.0, 3.0),
            ("iocp poll ÷ mio", 0.6, 0.55),
            ("iocp poll: more than raw", 9.0, 8.0),
        ];
        let text = markdown(&[goals("echo_calls", &all)]);
        let rows = [
            "| 1 | calls per echo | iocp, iocp poll: calls | 3 | 3 | met |",
            "| | | iocp, iocp poll: ÷ mio | 0.500 (iocp), 0.600 (iocp poll) | 0.550 | met (iocp), MISSED (iocp poll) |",
            "| | | iocp poll: more than raw | 9 | 8 | MISSED |",
        ];
        for row in rows {
            assert!(text.lines().any(|line| line == row), "{row}\n{text}");
        }
        // All but one did not run: each is a bar that is not met.
        assert!(text.starts_with("3 of 27 bars are met."), "{text}");
    }

    #[test]
    fn what_was_not_measured_stands_there() {
        let text = markdown(&[goals("scale", &[("iocp: calls", f64::NAN, 1.0)])]);
        assert!(text.contains("| 9 | 1 to 9,000 connections | iocp: calls | – | 1 | MISSED |"));
        assert!(text.contains("| 10 | several waiting threads | not measured | | |"));
        assert!(text.starts_with(&format!("0 of {} bars are met.", GOALS.len())), "{text}");
    }

    #[test]
    fn of_two_runs_the_worst_bench_counts() {
        let counts = "two runs, raw and iocp: counts apart";
        let near = |what: &str| format!("two runs, raw and iocp: {what} apart, %");
        let found = [
            goals("echo_calls", &[(counts, 0.0, 0.0)]),
            goals("echo_insn", &[(counts, 0.5, 0.0), (&near("instructions"), 0.1, 0.2)]),
        ];
        let text = markdown(&found);
        assert!(
            text.contains("| | all | two runs, raw and iocp: counts apart | 0.500 | 0 | MISSED |")
        );
        assert!(text.contains("| | all | two runs, raw and iocp: instructions apart, % | 0.100 |"));
        assert!(worse(1.0, f64::NAN).is_nan());
    }

    #[test]
    fn what_was_written_is_read_again() {
        let mut table = Table { name: "scale", ..Table::default() };
        table.goal("few", 3.5, 3.0);
        table.wish("\"quick\"", f64::NAN, 1.0);
        let written = Findings::from(&table);
        let read = Findings::read(&written.json).expect("it is what we write");
        assert_eq!(read.name, "scale");
        assert_eq!(format!("{:?}", read.goals), format!("{:?}", written.goals));
        assert!(Findings::read(&Value::Null).is_err());
    }
}
