//! Behaviours are numbered in `tests/BEHAVIOURS.md`, and each number is named above a test; what a
//! kernel cannot show is said by `not_here("reason")` and listed in `tests/NOT_HERE.md`.

use std::collections::BTreeSet;

use super::{find, rust, Source};

const LIST: &str = "tests/BEHAVIOURS.md";
const REASONS: &str = "tests/NOT_HERE.md";

/// Where tests may lie.
const FOLDERS: [&str; 3] = ["tests/", "iocp/", "iocp-sys/"];

/// Each listed number has a test, and each number that a test names is listed.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let Some(list) = find(files, LIST) else { return vec![format!("{LIST}: not there")] };
    let listed: BTreeSet<String> = rows(&list.text).map(|(number, _)| number).collect();
    let mut faults = Vec::new();
    if listed.is_empty() {
        faults.push(format!("{LIST}: no row `| number | sentence |`"));
    }
    let mut tested = BTreeSet::new();
    for file in rust(files, &FOLDERS) {
        for (line, numbers, is_test) in named(&file.text) {
            if !is_test {
                faults.push(format!("{}:{line}: no `#[test]` follows this number", file.path));
                continue;
            }
            for number in &numbers {
                if !listed.contains(number) {
                    faults.push(format!("{}:{line}: {number} is not in {LIST}", file.path));
                }
            }
            tested.extend(numbers);
        }
    }
    for number in listed.difference(&tested) {
        faults.push(format!("{LIST}: no test says `// Behaviour {number}.` above its `#[test]`"));
    }
    faults
}

/// Each listed number, its sentence, and the items of its tests: functions, or what an example stands at.
pub(super) fn numbered(files: &[Source]) -> Vec<(String, String, Vec<String>)> {
    let list = find(files, LIST).map_or("", |file| file.text.as_str());
    let mut all: Vec<_> = rows(list)
        .map(|(number, cells)| {
            (number, cells.first().map_or("", |cell| cell.trim()).to_owned(), Vec::new())
        })
        .collect();
    for file in rust(files, &FOLDERS) {
        let lines: Vec<&str> = file.text.lines().collect();
        for (line, numbers, _) in named(&file.text) {
            let Some(item) = lines[line..].iter().find_map(|line| item(line)) else { continue };
            for (_, _, items) in all.iter_mut().filter(|(number, ..)| numbers.contains(number)) {
                items.push(item.to_owned());
            }
        }
    }
    all
}

/// The name of the function or type that a line of code begins.
fn item(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("pub ");
    let after = ["fn ", "enum ", "struct "].iter().find_map(|kind| line.strip_prefix(kind))?;
    after.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()
}

/// The table's rows: the number, and the cells after it. `| 9b | sentence | evidence |`.
pub(super) fn rows(text: &str) -> impl Iterator<Item = (String, Vec<&str>)> {
    text.lines().filter_map(|line| {
        let row = line.trim().strip_prefix('|')?;
        let mut cells = row.strip_suffix('|').unwrap_or(row).split('|');
        let number = cells.next()?.trim();
        is_number(number).then(|| (number.to_owned(), cells.collect()))
    })
}

fn is_number(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let letters = word.len() - digits.len();
    !digits.is_empty() && letters <= 1 && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// Comment lines `Behaviour 1, 9b.`: their line, their numbers, and whether a test follows.
fn named(text: &str) -> Vec<(usize, Vec<String>, bool)> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(comment) = line.strip_prefix("//") else { continue };
        let comment = comment.trim_start_matches(['/', '!']).trim_start();
        let after = comment.strip_prefix("Behaviours ").or(comment.strip_prefix("Behaviour "));
        let Some(after) = after else { continue };
        let words = after.split([',', ' ']).filter(|word| !word.is_empty() && *word != "and");
        let words = words.map(|word| (word.trim_end_matches(['.', ':', ';']), word));
        let mut numbers = Vec::new();
        for (number, word) in words {
            if !is_number(number) {
                break;
            }
            numbers.push(number.to_owned());
            if word.ends_with(['.', ':', ';']) {
                break;
            }
        }
        if !numbers.is_empty() {
            found.push((at + 1, numbers, test_follows(&lines[at + 1..])));
        }
    }
    found
}

/// Whether the comments and attributes that come next hold `#[test]`, or the example of a doc
/// comment that must not compile (a test too).
fn test_follows(lines: &[&str]) -> bool {
    lines
        .iter()
        .take_while(|line| line.starts_with("//") || line.starts_with("#["))
        .any(|line| line.starts_with("#[test]") || line.contains("```compile_fail"))
}

/// The reasons in the tests are those in the list.
pub(super) fn not_here(files: &[Source]) -> Vec<String> {
    let list = find(files, REASONS).map_or("", |file| file.text.as_str());
    let listed: BTreeSet<&str> =
        list.lines().filter_map(|line| line.strip_prefix("* ")).map(str::trim).collect();
    let mut used = BTreeSet::new();
    let mut faults = Vec::new();
    for file in rust(files, &FOLDERS) {
        for reason in reasons(&file.text) {
            if !listed.contains(reason) {
                faults.push(format!("{}: add `* {reason}` to {REASONS}", file.path));
            }
            used.insert(reason);
        }
    }
    for reason in listed.difference(&used) {
        faults.push(format!("{REASONS}: no test gives the reason `{reason}`"));
    }
    faults
}

/// The first string of each `not_here("…")` or `not_here!("…")`.
fn reasons(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("not_here").skip(1);
    code.filter_map(|after| {
        let after = after.strip_prefix('!').unwrap_or(after).strip_prefix('(')?.trim_start();
        after.strip_prefix('"')?.split('"').next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    const TEST: &str = "/// Behaviours 1, 9b. And 300 more words.\n#[test]\nfn a() {}\n";

    fn faults(list: &str, test: &str) -> usize {
        check(&[sample(LIST, list), sample("tests/tests/port.rs", test)]).len()
    }

    #[test]
    fn numbers_and_tests_must_match_both_ways() {
        assert_eq!(faults("| n | x |\n|---|---|\n| 1 | a |\n| 9b | b |", TEST), 0);
        assert_eq!(faults("| 1 | a |\n| 9b | b |\n| 12 | c |", TEST), 1, "12 has no test");
        assert_eq!(faults("| 1 | a |", TEST), 1, "9b is not listed");
        assert_eq!(faults("", TEST), 3, "an empty list");
        assert_eq!(check(&[]).len(), 1, "no list at all");
    }

    #[test]
    fn a_number_has_the_items_of_its_tests() {
        let test = "// Behaviours 1, 2.\n#[test]\nfn a_b() {}\n/// Behaviour 2: c.\n\
                    /// ```compile_fail\n/// ```\npub enum Shared<'a> {}\n";
        let files = [sample(LIST, "| 1 | x | own |\n| 2 | y |"), sample("tests/a.rs", test)];
        let row = |number: &str, sentence: &str, items: &[&str]| {
            let items = items.iter().map(|&item| item.to_owned()).collect();
            (number.to_owned(), sentence.to_owned(), items)
        };
        assert_eq!(numbered(&files), [row("1", "x", &["a_b"]), row("2", "y", &["a_b", "Shared"])]);
    }

    #[test]
    fn a_number_above_no_test_fails() {
        assert_eq!(faults("| 1 | a |", "// Behaviour 1\nfn helper() {}\n"), 2);
    }

    #[test]
    fn reasons_must_match_both_ways() {
        let test = sample("tests/tests/a.rs", "return not_here(\"no AF_UNIX\");");
        assert_eq!(not_here(&[test]).len(), 1);
        assert_eq!(not_here(&[sample(REASONS, "* no AF_UNIX\n")]).len(), 1);
        let test = sample("tests/tests/a.rs", "not_here!(\"no AF_UNIX\")");
        assert_eq!(not_here(&[test, sample(REASONS, "# x\n\n* no AF_UNIX\n")]).len(), 0);
    }
}
