//! What a test came to, and what its program printed of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::libtest::{self, Seen};

/// What one run of one test came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Ignored => "ignored",
            Self::Failed => "failed",
            Self::Hung => "hung",
            Self::Died => "died",
            Self::NotBuilt => "not built",
        }
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
    /// Reads what the test harness printed; of a test that did not end nothing is told.
    pub(super) fn read(text: &str) -> Self {
        let (mut told, seen) = (Self::default(), Seen::of(text));
        for test in &seen.tests {
            let outcome = match test.outcome {
                libtest::Outcome::Passed => Outcome::Passed,
                libtest::Outcome::Ignored => Outcome::Ignored,
                libtest::Outcome::Failed => Outcome::Failed,
                libtest::Outcome::Died => continue,
            };
            told.outcomes.insert(test.name.clone(), outcome);
            let why = seen.said_by(test).and_then(why);
            told.why.extend(why.map(|why| (test.name.clone(), why)));
        }
        told
    }
}

/// Of the output of a failed test, what it panicked with, else its last line.
fn why(lines: &[String]) -> Option<String> {
    let (mut panicked, mut first, mut last) = (false, None, None);
    for line in lines.iter().skip_while(|line| line.is_empty()) {
        match line.as_str() {
            "" => break,
            line if line.starts_with("note: ") || line.starts_with("stack backtrace") => {}
            line if line.contains("panicked at ") => panicked = true,
            line if panicked && first.is_none() => first = Some(line),
            line => last = Some(line),
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
    fn a_test_has_an_outcome_and_one_that_failed_a_reason() {
        let told = Told::read(
            "test a ... ok\ntest b ... FAILED\ntest c ... FAILED\ntest d ... ignored, no\n\n\
             ---- b stdout ----\n\nthread 'b' (12) panicked at src/lib.rs:1:2:\n\
             called `Result::unwrap()` on an `Err` value: Os { code: 50 }\nnote: run with\n\n\n\
             ---- c stdout ----\nhello\nError: Os { code: 1 }\n\nfailures:\n    b\ntest e ...",
        );
        use Outcome::{Failed, Ignored, Passed};
        let expected = [("a", Passed), ("b", Failed), ("c", Failed), ("d", Ignored)];
        assert_eq!(told.outcomes, expected.map(|(name, found)| (name.to_owned(), found)).into());
        assert_eq!(told.why["b"], "called `Result::unwrap()` on an `Err` value: Os { code: 50 }");
        assert_eq!(told.why["c"], "Error: Os { code: 1 }");
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
}
