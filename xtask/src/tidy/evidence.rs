//! Why Windows should do what a behaviour needs of it: the last column of `tests/BEHAVIOURS.md`. And the
//! facts, in `tests/FACTS.tsv`: whoever names one names a row of it, and what the simulated kernel names is tested.

use std::collections::BTreeSet;

use super::{behaviours, find, Source};

const LIST: &str = "tests/BEHAVIOURS.md";
const FACTS: &str = "tests/FACTS.tsv";
const README: &str = "README.md";
const KERNEL: &str = "iocp/src/os/sim/";
const KERNEL_TESTS: &str = "iocp/src/tests/kernel/";

/// What stands in the README before the number of behaviours whose evidence is `open`.
const COUNT: &str = "Behaviours without evidence about Windows: ";

/// Pages that count: Microsoft's own, and issues that report what was seen on Windows.
const MICROSOFT: &str = "https://learn.microsoft.com/en-us/";
const REPORTS: &str = "https://github.com/";

/// Each row has evidence that is there, or says `open`; and the README has the number of these.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let facts = facts(files);
    let mut faults = Vec::new();
    let mut open = 0;
    let text = find(files, LIST).map_or("", |list| list.text.as_str());
    for (number, cells) in behaviours::rows(text) {
        match cells.get(1).map_or("", |cell| cell.trim()) {
            "open" => open += 1,
            "own" => {}
            evidence => faults.extend(
                evidence
                    .split(", ")
                    .filter(|one| !is_evidence(one, &facts, files))
                    .map(|one| format!("{LIST}: {number}: `{one}` is no evidence, nor `open`")),
            ),
        }
    }
    let readme = find(files, README).map_or("", |file| file.text.as_str());
    let said = readme.split_once(COUNT).map(|(_, after)| {
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        after[..end].to_owned()
    });
    if said != Some(open.to_string()) {
        faults.push(format!("{README}: `{COUNT}{open}` is what {LIST} comes to"));
    }
    faults
}

fn is_evidence(one: &str, facts: &BTreeSet<&str>, files: &[Source]) -> bool {
    if let Some(path) = one.strip_prefix('`').and_then(|one| one.strip_suffix('`')) {
        return find(files, path).is_some();
    }
    match one.strip_prefix('[').and_then(|one| one.strip_suffix(')')?.split_once("](")) {
        Some((text, page)) => !text.is_empty() && is_page(page),
        None => facts.contains(one),
    }
}

fn is_page(page: &str) -> bool {
    let report = page.strip_prefix(REPORTS).and_then(|path| path.split('/').nth(2));
    page.starts_with(MICROSOFT) || matches!(report, Some("issues" | "pull"))
}

/// Each name that looks like that of a fact is one.
pub(super) fn names(files: &[Source]) -> Vec<String> {
    let facts = facts(files);
    let kinds: BTreeSet<&str> = facts.iter().filter_map(|id| Some(parts(id)?.0)).collect();
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.path != FACTS) {
        for (number, line) in (1..).zip(file.text.lines()) {
            for word in line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
                let is_fact = parts(word).is_some_and(|(kind, _)| kinds.contains(kind));
                if is_fact && !facts.contains(word) {
                    faults.push(format!("{}:{number}: {word} is no fact of {FACTS}", file.path));
                }
            }
        }
    }
    faults
}

/// Each answer of Windows that the simulated kernel gives by a fact is tested under the fact's id.
pub(super) fn simulated(files: &[Source]) -> Vec<String> {
    let facts = facts(files);
    let named = |folder: &str| -> BTreeSet<&str> {
        let text = files.iter().filter(|file| file.path.starts_with(folder)).map(|file| &file.text);
        text.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()))
            .filter(|word| facts.contains(word))
            .collect()
    };
    let (of_kernel, tested) = (named(KERNEL), named(KERNEL_TESTS));
    of_kernel
        .difference(&tested)
        .map(|id| format!("{KERNEL}: {id} is named there, and no test in {KERNEL_TESTS} names it"))
        .collect()
}

/// The ids of the facts: the first cell of each row.
fn facts(files: &[Source]) -> BTreeSet<&str> {
    let text = find(files, FACTS).map_or("", |file| file.text.as_str());
    let ids = text.lines().filter_map(|line| line.split('\t').next());
    ids.filter(|id| parts(id).is_some()).collect()
}

/// `TCP` and `12` of `TCP12`.
fn parts(word: &str) -> Option<(&str, &str)> {
    let (kind, number) = word.split_at_checked(word.len().checked_sub(2)?)?;
    let good = kind.len() >= 2 && kind.bytes().all(|byte| byte.is_ascii_uppercase());
    (good && number.bytes().all(|byte| byte.is_ascii_digit())).then_some((kind, number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    fn faults(evidence: &str, count: &str) -> Vec<String> {
        check(&[
            sample(LIST, &format!("| number | x | y |\n| 1 | a | {evidence} |\n| 2 | b | open |")),
            sample(FACTS, "id\tarea\nTCP12\tclose\nPORT01\tport\nTF01\tfile\n"),
            sample(README, &format!("# x\n\n{COUNT}{count} (see there).")),
        ])
    }

    #[test]
    fn evidence_is_what_can_be_looked_up() {
        let page = "[AcceptEx](https://learn.microsoft.com/en-us/windows/win32/api/a)";
        let report = "[libuv 3034](https://github.com/libuv/libuv/issues/3034)";
        let files = format!("`{FACTS}`");
        let all = format!("TCP12, TF01, {page}, {report}");
        for good in ["TCP12", page, report, &files, &all, "own"] {
            assert_eq!(faults(good, "1"), [""; 0], "{good}");
        }
        for bad in ["", "TCP14", "TCP12 PORT01", "seen", "open, TCP12", "`gone.rs`", "[](x)"] {
            assert_eq!(faults(bad, "1").len(), 1, "{bad}");
        }
        for page in ["https://example.com/", "https://github.com/libuv/libuv"] {
            assert_eq!(faults(&format!("[a]({page})"), "1").len(), 1, "{page}");
        }
        assert_eq!(faults("x, y", "1").len(), 2, "both");
    }

    #[test]
    fn the_readme_has_the_number_of_open_ones() {
        assert_eq!(faults("open", "2"), [""; 0]);
        for (evidence, wrong) in [("open", "1"), ("TCP12", "2"), ("TCP12", "10"), ("own", "")] {
            assert_eq!(faults(evidence, wrong).len(), 1, "{evidence} {wrong}");
        }
        let list = sample(LIST, "| 1 | a | own |");
        assert_eq!(check(&[list]).len(), 1, "no README says it");
        assert_eq!(check(&[sample(LIST, "| 1 | a |"), sample(README, COUNT)]).len(), 2);
    }

    #[test]
    fn a_fact_that_the_simulated_kernel_names_is_tested() {
        let faults = |kernel: &str, test: &str| {
            let (kernel, test) = (format!("{KERNEL}port.rs: {kernel}"), format!("{test}:"));
            simulated(&[
                sample(FACTS, "id\tarea\nTCP12\tclose\nPORT01\tport\n"),
                sample(&format!("{KERNEL}port.rs"), &kernel),
                sample(&format!("{KERNEL_TESTS}ports.rs"), &test),
            ])
            .len()
        };
        assert_eq!(faults("(facts TCP12, PORT01)", "/// Facts PORT01, TCP12."), 0);
        assert_eq!(faults("(facts TCP12, PORT01)", "/// Fact PORT01."), 1);
        assert_eq!(faults("(facts TCP12, PORT01)", ""), 2);
        assert_eq!(faults("", "/// Fact PORT01."), 0);
    }

    #[test]
    fn a_fact_that_is_named_is_a_row() {
        let faults = |text: &str| {
            names(&[sample(FACTS, "id\tarea\nTCP12\tclose\n"), sample("a.rs", text)]).len()
        };
        // In halves, for this file is looked at too.
        let none = format!("TCP{}", 99);
        assert_eq!(faults(&format!("// (fact TCP12), UTF16, TCP1, ABC{none}, TCP_99")), 0);
        assert_eq!(faults(&format!("// (facts TCP12, {none})")), 1);
        assert_eq!(names(&[sample("a.rs", &none)]).len(), 0, "no list, no kinds");
    }
}
