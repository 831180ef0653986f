//! What a test came to, and what its program printed of it.

use std::collections::{BTreeMap, BTreeSet};

/// What one run of one test came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    Passed,
    Ignored,
    Failed,
    /// It did not end in its time.
    Hung,
    /// Its program ended before the test did.
    Died,
    /// Its program does not compile.
    NotBuilt,
}

impl Outcome {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Passed, "passed"),
        (Self::Ignored, "ignored"),
        (Self::Failed, "failed"),
        (Self::Hung, "hung"),
        (Self::Died, "died"),
        (Self::NotBuilt, "not built"),
    ];

    pub(super) fn word(self) -> &'static str {
        Self::ALL.iter().find(|(outcome, _)| *outcome == self).map_or("", |(_, word)| word)
    }

    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(outcome, _)| *outcome)
    }

    /// Whether it is no fault.
    pub(super) fn is_good(self) -> bool {
        matches!(self, Self::Passed | Self::Ignored)
    }
}

/// What was told of the tests of a run.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) outcomes: BTreeMap<String, Outcome>,
    /// The first line of why a test failed.
    pub(super) why: BTreeMap<String, String>,
    /// How many were run alone, for their program did not end in order.
    pub(super) alone: usize,
}

impl Told {
    /// Reads what the test harness printed.
    pub(super) fn read(text: &str) -> Self {
        let mut told = Self::default();
        let mut lines = text.lines().map(str::trim_end);
        while let Some(line) = lines.next() {
            if let Some(name) =
                line.strip_prefix("---- ").and_then(|l| l.strip_suffix(" stdout ----"))
            {
                told.why.extend(why(&mut lines).map(|why| (name.to_owned(), why)));
            } else if let Some((name, outcome)) = test(line) {
                told.outcomes.insert(name.to_owned(), outcome);
            }
        }
        told
    }
}

/// `test NAME ... ok`.
fn test(line: &str) -> Option<(&str, Outcome)> {
    let (name, rest) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let outcome = match rest.split([',', ' ']).next()? {
        "ok" => Outcome::Passed,
        "FAILED" => Outcome::Failed,
        "ignored" => Outcome::Ignored,
        _ => return None,
    };
    Some((name.strip_suffix(" - should panic").unwrap_or(name), outcome))
}

/// Of the output of a failed test, what it panicked with, else its last line.
fn why<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Option<String> {
    let (mut panicked, mut first, mut last) = (false, None, None);
    for line in lines.skip_while(|line| line.is_empty()) {
        match line {
            "" => break,
            _ if line.starts_with("note: ") || line.starts_with("stack backtrace") => {}
            _ if line.contains("panicked at ") => panicked = true,
            _ if panicked && first.is_none() => first = Some(line),
            _ => last = Some(line),
        }
    }
    first.or(last).map(|line| plain(line).trim().to_owned())
}

/// The text without a terminal's colours.
fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + part.split_once('m').map_or(part, |(_, rest)| rest))
}

/// The tests that a program lists.
pub(super) fn listed(text: &str) -> BTreeSet<String> {
    let name = |line: &str| line.trim_end().strip_suffix(": test").map(str::to_owned);
    text.lines().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_harness_prints_is_read() {
        let told = Told::read(
            "\nrunning 4 tests\ntest a::b ... ok\ntest c ... FAILED\ntest e - should panic ... ok\n\
             test d ... ignored, not on Windows\ntest f has been running for over 60 seconds\n\n\
             failures:\n\n---- c stdout ----\n\nthread 'c' (12) panicked at src/lib.rs:1:2:\n\
             called `Result::unwrap()` on an `Err` value: Os { code: 50 }\nnote: run with\n\n\n\
             failures:\n    c\n\ntest result: FAILED. 2 passed; 1 failed; 1 ignored\n",
        );
        let outcome = |name: &str| told.outcomes.get(name).copied();
        assert_eq!(outcome("a::b"), Some(Outcome::Passed));
        assert_eq!(outcome("c"), Some(Outcome::Failed));
        assert_eq!(outcome("e"), Some(Outcome::Passed));
        assert_eq!(outcome("d"), Some(Outcome::Ignored));
        assert_eq!(told.outcomes.len(), 4);
        let why = told.why.get("c").map(String::as_str);
        assert_eq!(why, Some("called `Result::unwrap()` on an `Err` value: Os { code: 50 }"));
    }

    #[test]
    fn a_test_that_returns_an_error_says_it_last() {
        let told = Told::read("---- c stdout ----\nhello\nError: Os { code: 1 }\n\n\n");
        assert_eq!(told.why.get("c").map(String::as_str), Some("Error: Os { code: 1 }"));
    }

    #[test]
    fn colours_are_left_out() {
        assert_eq!(plain("0: \u{1b}[91mno time\u{1b}[0m left"), "0: no time left");
    }

    #[test]
    fn only_tests_are_listed() {
        let found = listed("a::b: test\nc: benchmark\nd - e: test\r\n\n2 tests, 1 benchmark\n");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a::b", "d - e"]);
    }

    #[test]
    fn every_outcome_has_a_word_of_its_own() {
        for (outcome, word) in Outcome::ALL {
            assert_eq!(Outcome::of_word(word), Some(outcome));
            assert_eq!(outcome.word(), word);
        }
        assert_eq!(Outcome::of_word("fine"), None);
    }
}
