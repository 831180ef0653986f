//! What a run of tests printed: which passed, which did not and why, and what was not shown.
//!
//! With `--test-threads=1`, what stands between a test's name and its outcome is that test's.

use std::collections::BTreeMap;

/// How one test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Ignored,
    Failed,
    /// Its program ended, or was ended, before it said anything.
    Died,
}

/// One test.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    /// As the harness says it.
    pub(crate) name: String,
    pub(crate) outcome: Outcome,
    /// What it said that this kernel does not show.
    pub(crate) not_here: Vec<String>,
}

impl Test {
    /// The name of its function, or of the item of which it is an example.
    pub(crate) fn item(&self) -> &str {
        let path = self.name.split(" (line").next().unwrap_or_default();
        let path = path.split(" - ").find(|part| !part.contains(".rs")).unwrap_or(path);
        path.rsplit("::").next().unwrap_or_default()
    }
}

/// The tests of several programs, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) tests: Vec<Test>,
    /// What those that failed printed.
    said: BTreeMap<String, Vec<String>>,
    current: Option<Test>,
    /// Whose output comes next.
    saying: Option<String>,
}

impl Seen {
    /// All of what was printed.
    pub(crate) fn of(text: &str) -> Self {
        let mut seen = Self::default();
        text.lines().for_each(|line| seen.see(line.trim_end()));
        seen.end();
        seen
    }

    pub(crate) fn see(&mut self, line: &str) {
        if let Some((name, rest)) = line.strip_prefix("test ").and_then(|l| l.split_once(" ...")) {
            self.died();
            let name = name.strip_suffix(" - should panic").unwrap_or(name).to_owned();
            self.current = Some(Test { name, outcome: Outcome::Died, not_here: Vec::new() });
            return self.of_current(rest.trim());
        }
        if self.current.is_some() {
            return self.of_current(line);
        }
        if let Some(name) = line.strip_prefix("---- ").and_then(|l| l.strip_suffix(" stdout ----"))
        {
            self.saying = Some(name.to_owned());
        } else if line == "failures:" || line.starts_with("test result: ") {
            self.saying = None;
        } else if let Some(name) = &self.saying {
            self.said.entry(name.clone()).or_default().push(line.to_owned());
        }
    }

    /// The end of all: a test without an outcome has died.
    pub(crate) fn end(&mut self) {
        self.died();
    }

    /// What a test printed that failed. Of an example's name there the last part is missing (` - compile`).
    pub(crate) fn said_by(&self, test: &Test) -> Option<&[String]> {
        let mut all = self.said.iter();
        let its = |name: &str| test.name == name || test.name.starts_with(&format!("{name} - "));
        all.find(|(name, _)| its(name)).map(|(_, lines)| lines.as_slice())
    }

    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.tests.iter().filter(|test| test.outcome == outcome).count()
    }

    fn of_current(&mut self, line: &str) {
        let Some(test) = &mut self.current else { return };
        match line {
            "ok" => test.outcome = Outcome::Passed,
            "FAILED" => test.outcome = Outcome::Failed,
            // The next program begins.
            line if line.starts_with("running ") => {}
            line if line.starts_with("ignored") => test.outcome = Outcome::Ignored,
            line => {
                if let Some(reason) = line.strip_prefix("not here: ") {
                    if !test.not_here.iter().any(|one| one == reason) {
                        test.not_here.push(reason.to_owned());
                    }
                }
                return;
            }
        }
        self.tests.extend(self.current.take());
    }

    fn died(&mut self) {
        self.tests.extend(self.current.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(lines: &str) -> Seen {
        Seen::of(&lines.lines().map(|line| line.trim_start().to_owned() + "\n").collect::<String>())
    }

    #[test]
    fn what_a_test_says_is_its_own() {
        let seen = seen(
            "running 3 tests
             test a - should panic ... ok
             test b::c ... not here: no pipes
             not here: no pipes
             some noise
             ok
             test d ... FAILED
             test e ... ignored, too slow

             failures:

             ---- d stdout ----
             thread 'd' panicked
             at once

             failures:
                 d
             test result: FAILED. 2 passed; 1 failed",
        );
        let short: Vec<_> = seen.tests.iter().map(|t| (t.item(), t.outcome)).collect();
        let (passed, failed) = (Outcome::Passed, Outcome::Failed);
        assert_eq!(short, [("a", passed), ("c", passed), ("d", failed), ("e", Outcome::Ignored)]);
        assert_eq!(seen.tests[1].not_here, ["no pipes"]);
        assert_eq!(seen.said["d"].join("|"), "thread 'd' panicked|at once|");
    }

    #[test]
    fn an_example_is_found_by_the_shorter_name_under_which_it_says_why() {
        let name = "src/a.rs - a::B (line 9)";
        let seen = seen(&format!("test {name} - compile ... FAILED\n---- {name} stdout ----\nno"));
        assert_eq!(seen.said_by(&seen.tests[0]), Some(&["no".to_owned()][..]));
    }

    #[test]
    fn a_test_without_an_outcome_has_died() {
        let seen = seen("running 2 tests\ntest a ... \nrunning 1 test\ntest b ... ok\ntest c ...");
        let short: Vec<_> = seen.tests.iter().map(|t| (t.item(), t.outcome)).collect();
        let (passed, died) = (Outcome::Passed, Outcome::Died);
        assert_eq!(short, [("a", died), ("b", passed), ("c", died)]);
        assert_eq!(seen.count(Outcome::Died), 2);
    }

    #[test]
    fn an_example_is_known_by_its_item() {
        let named = |name: &str| {
            let (name, outcome) = (name.to_owned(), Outcome::Passed);
            Test { name, outcome, not_here: Vec::new() }.item().to_owned()
        };
        let path = "tests/src/compile_fail/buffers.rs - compile_fail::buffers::Array (line 109)";
        assert_eq!(named(&format!("{path} - compile fail")), "Array");
        assert_eq!(named("counted::a_message_costs"), "a_message_costs");
    }
}
