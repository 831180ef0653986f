//! `tests/SEED_DEFECTS.md` and `tests/PITFALLS.md`: each row has an answer, and the files and tests that it names are
//! there.

use std::collections::BTreeSet;

use super::{find, Source};

const LISTS: [&str; 2] = ["tests/SEED_DEFECTS.md", "tests/PITFALLS.md"];

/// Where a path begins that is one of the repository.
const FOLDERS: [&str; 4] = ["iocp/", "iocp-sys/", "tests/", "xtask/"];

/// Each row names a file or a test that is there, the place of a sentence, or a reason.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let tests = tests(files);
    LISTS.iter().flat_map(|path| check_list(path, files, &tests)).collect()
}

fn check_list(path: &str, files: &[Source], tests: &BTreeSet<&str>) -> Vec<String> {
    let Some(list) = find(files, path) else { return vec![format!("{path}: not there")] };
    let mut faults = Vec::new();
    for (line, text) in (1..).zip(list.text.lines()) {
        let cells: Vec<&str> =
            text.trim().trim_matches('|').splitn(3, '|').map(str::trim).collect();
        let [id, _, answer] = cells[..] else { continue };
        if !id.ends_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let mut is_answered = answer.contains("sentence:") || answer.contains("reason:");
        for name in answer.split('`').skip(1).step_by(2) {
            let is_path =
                name.ends_with(".rs") && FOLDERS.iter().any(|folder| name.starts_with(folder));
            if !is_path && !is_test(name) {
                continue;
            }
            let is_there = if is_path { find(files, name).is_some() } else { tests.contains(name) };
            is_answered |= is_there;
            if !is_there {
                faults.push(format!("{path}:{line}: `{name}` is not there"));
            }
        }
        if !is_answered {
            faults.push(format!(
                "{path}:{line}: name a file, a test, the place of a sentence, or a reason"
            ));
        }
    }
    faults
}

/// A sentence, not the name of a type or function.
fn is_test(name: &str) -> bool {
    name.matches('_').count() >= 3
        && name.bytes().all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit())
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

    #[test]
    fn a_row_has_an_answer_and_what_it_names_is_there() {
        let faults = |answer: &str| {
            let list =
                format!("| id | mistake | answer |\n|---|---|---|\n| A-1 | x | {answer} |\n");
            check(&[
                sample(LISTS[0], "| 1 | x | `a_test_is_a_sentence` |"),
                sample(LISTS[1], &list),
                sample("tests/tests/a.rs", TEST),
            ])
            .len()
        };
        assert_eq!(faults("test: `a_test_is_a_sentence` of `poll/a.rs`"), 0);
        assert_eq!(faults("type: `BOOL` in `tests/tests/a.rs`"), 0);
        assert_eq!(faults("sentence: `read_at`"), 0);
        assert_eq!(faults("sentence: `read_at`; `no_test_at_all`"), 1, "a function, not a test");
        assert_eq!(faults("`a_test_is_a_sentence`, `tests/gone.rs`"), 1);
        assert_eq!(faults("`a_test_that_was_renamed`"), 2);
        assert_eq!(faults("type: `Closing`"), 1);
        assert_eq!(check(&[]).len(), 2, "no list at all");
    }
}
