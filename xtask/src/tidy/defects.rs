//! `tests/SEED_DEFECTS.md`: each of the seed's defects has a row, and what a row names is there. The tests that
//! `tests/PITFALLS.md` names are there too.

use std::collections::BTreeSet;

use super::{behaviours, find, Source};

const LIST: &str = "tests/SEED_DEFECTS.md";
const PITFALLS: &str = "tests/PITFALLS.md";

/// So many were known.
const COUNT: usize = 40;

/// Rows from 1 to [`COUNT`], in order; each names a file or a test that is there, or only
/// behaviours that no test shows yet.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let Some(list) = find(files, LIST) else { return vec![format!("{LIST}: not there")] };
    let shown = behaviours::listed(files);
    let tests = tests(files);
    let mut faults = Vec::new();
    let mut expected = 1;
    for (line, text) in (1..).zip(list.text.lines()) {
        let mut cells = text.trim().trim_matches('|').splitn(3, '|').map(str::trim);
        let Some(number) = cells.next().and_then(|cell| cell.parse::<usize>().ok()) else {
            continue;
        };
        if number != expected {
            faults.push(format!("{LIST}:{line}: row {number} where {expected} is next"));
        }
        expected = number + 1;
        let ruled_out = cells.nth(1).unwrap_or_default();
        let mut named = false;
        for name in quoted(ruled_out).filter(|name| is_path(name) || is_test(name)) {
            let there =
                if is_path(name) { find(files, name).is_some() } else { tests.contains(name) };
            if there {
                named = true;
            } else {
                faults.push(format!("{LIST}:{line}: `{name}` is not there"));
            }
        }
        let waits = numbers(ruled_out);
        if !named && (waits.is_empty() || waits.iter().any(|number| shown.contains(*number))) {
            faults.push(format!("{LIST}:{line}: name the file or the test that rules it out"));
        }
    }
    if expected != COUNT + 1 {
        faults.push(format!("{LIST}: {} rows, {COUNT} defects", expected - 1));
    }
    faults
}

/// Each row of [`PITFALLS`] has an answer, and each test that it names is there.
pub(super) fn pitfalls(files: &[Source]) -> Vec<String> {
    let Some(list) = find(files, PITFALLS) else { return vec![format!("{PITFALLS}: not there")] };
    let tests = tests(files);
    let mut faults = Vec::new();
    for (line, text) in (1..).zip(list.text.lines()) {
        let cells: Vec<&str> =
            text.trim().trim_matches('|').splitn(3, '|').map(str::trim).collect();
        let [id, _, answer] = cells[..] else { continue };
        if !id.ends_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let mut named = answer.contains("sentence:") || answer.contains("reason:");
        for name in quoted(answer).filter(|name| is_test(name)) {
            named |= tests.contains(name);
            if !tests.contains(name) {
                faults.push(format!("{PITFALLS}:{line}: no test `{name}`"));
            }
        }
        if !named {
            faults.push(format!(
                "{PITFALLS}:{line}: name a test, the place of a sentence, or a reason"
            ));
        }
    }
    faults
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn is_path(name: &str) -> bool {
    name.contains('/')
}

/// A sentence, not the name of a type or function.
fn is_test(name: &str) -> bool {
    name.matches('_').count() >= 3
        && name.bytes().all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// The numbers that follow `behaviour` or `behaviours`.
fn numbers(text: &str) -> Vec<&str> {
    let Some((_, after)) = text.split_once("behaviour") else { return Vec::new() };
    let words = after.split([' ', ',', ';']).map(str::trim);
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).collect()
}

/// The names of all tests.
fn tests(files: &[Source]) -> BTreeSet<&str> {
    let rust = files.iter().filter(|file| file.path.ends_with(".rs"));
    rust.flat_map(|file| file.text.split("#[test]").skip(1))
        .filter_map(|after| after.split_once("fn ")?.1.split('(').next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    const TEST: &str =
        "#[test]\n#[cfg(windows)]\nfn a_test_is_a_sentence() {}\nfn no_test_at_all() {}";

    /// A list whose first row ends so, and whose others are good.
    fn faults(first: &str, behaviours: &str) -> Vec<String> {
        let others = (2..=COUNT).map(|n| format!("| {n} | x | `tests/tests/a.rs` |\n"));
        let list = format!("| 1 | x | {first} |\n{}", others.collect::<String>());
        check(&[
            sample(LIST, &list),
            sample("tests/tests/a.rs", TEST),
            sample("tests/BEHAVIOURS.md", behaviours),
        ])
    }

    #[test]
    fn a_pitfall_has_an_answer_and_its_tests_are_there() {
        let faults = |answer: &str| {
            let list =
                format!("| id | mistake | answer |\n|---|---|---|\n| A-1 | x | {answer} |\n");
            pitfalls(&[sample(PITFALLS, &list), sample("tests/tests/a.rs", TEST)]).len()
        };
        assert_eq!(faults("test: `a_test_is_a_sentence`"), 0);
        assert_eq!(faults("sentence: `read_at`"), 0);
        assert_eq!(faults("sentence: `read_at`; `no_test_at_all`"), 1);
        assert_eq!(faults("type: `Closing`"), 1);
        assert_eq!(pitfalls(&[]).len(), 1, "no list at all");
    }

    #[test]
    fn a_row_names_a_file_or_a_test_that_is_there() {
        assert_eq!(faults("`a_test_is_a_sentence`", ""), [""; 0]);
        assert_eq!(faults("type: `BOOL` in `tests/tests/a.rs`", ""), [""; 0]);
        assert_eq!(faults("`a_test_that_was_renamed`", "").len(), 2);
        assert_eq!(faults("`no_test_at_all`", "").len(), 2, "a function, not a test");
        assert_eq!(faults("`a_test_is_a_sentence`, `tests/gone.rs`", "").len(), 1);
        assert_eq!(faults("by type", "").len(), 1, "names nothing");
    }

    #[test]
    fn a_row_waits_for_a_behaviour_only_until_it_is_shown() {
        assert_eq!(faults("behaviours 35, 36", "| 1 | x |"), [""; 0]);
        assert_eq!(faults("behaviours 35, 36", "| 36 | x |").len(), 1);
        assert_eq!(faults("`a_test_is_a_sentence`; behaviour 36", "| 36 | x |"), [""; 0]);
    }

    #[test]
    fn no_row_is_missing() {
        let three = "| 1 | x | `tests/a.rs` |\n| 3 | x | `tests/a.rs` |\n";
        let found = check(&[sample(LIST, three), sample("tests/a.rs", "")]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(check(&[]).len(), 1);
    }
}
