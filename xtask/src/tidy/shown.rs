//! What Windows has shown: the files that `cargo xtask evidence` made there, in `tests/evidence/`. The README
//! counts them, and says of each what it came to.

use super::{find, Source};

const FOLDER: &str = "tests/evidence/";
const README: &str = "README.md";

/// What stands in the README before their number.
const COUNT: &str = "Files of evidence from Windows: ";

/// How a file begins that was made on Windows.
const TITLE: &str = "# Evidence: ";

pub(super) fn check(files: &[Source]) -> Vec<String> {
    let shown: Vec<_> = files.iter().filter(|file| file.path.starts_with(FOLDER)).collect();
    let readme = find(files, README).map_or("", |file| file.text.as_str());
    let mut faults = Vec::new();
    let count = format!("{COUNT}{} ", shown.len());
    if !readme.contains(&count) {
        faults.push(format!("{README}: `{}` is how many there are", count.trim_end()));
    }
    for file in shown {
        match row(file) {
            None => faults.push(format!(
                "{}: not what `cargo xtask evidence` writes on Windows (Wine is none)",
                file.path
            )),
            Some(row) if readme.lines().any(|line| line == row) => {}
            Some(row) => faults.push(format!("{README}: no row `{row}`")),
        }
    }
    faults
}

/// The row of the README about a file: which Windows, facts, behaviours, how much failed.
fn row(file: &Source) -> Option<String> {
    let name = file.path.strip_prefix(FOLDER)?.strip_prefix("evidence-")?.strip_suffix(".md")?;
    let (build, arch) = name.split_once('-')?;
    let title = file.text.lines().next()?.strip_prefix(TITLE)?;
    let good = build.parse::<u32>().is_ok()
        && title.starts_with("Windows ")
        && title.ends_with(&format!(".{build}, {arch}"));
    let part = |name: &str| {
        let row = file.text.lines().find_map(|line| line.strip_prefix(&format!("| {name} | ")))?;
        row.split(" |").next()
    };
    let failed = file.text.lines().find_map(|line| line.strip_prefix("What failed: "))?;
    let (facts, behaviours) = (part("facts")?, part("behaviours")?);
    let failed = failed.trim_end_matches('.');
    good.then(|| format!("| [{title}]({}) | {facts} | {behaviours} | {failed} |", file.path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    const PATH: &str = "tests/evidence/evidence-26100-i686.md";
    const TEXT: &str = "# Evidence: Windows Server 10.0.26100, i686\n\n| part | | s |\n\
                        | facts | 207 as on Windows | 5 |\n| behaviours | 256 passed | 60 |\n\n\
                        What failed: 0.\n";
    const ROW: &str = "| [Windows Server 10.0.26100, i686](tests/evidence/evidence-26100-i686.md) \
                       | 207 as on Windows | 256 passed | 0 |";

    fn faults(files: &[(&str, &str)], readme: &str) -> usize {
        let mut all: Vec<_> = files.iter().map(|(path, text)| sample(path, text)).collect();
        all.push(sample(README, readme));
        check(&all).len()
    }

    #[test]
    fn the_readme_counts_the_files_and_says_what_they_came_to() {
        assert_eq!(faults(&[], &format!("{COUNT}0 (none)")), 0);
        assert_eq!(faults(&[], "nothing"), 1);
        assert_eq!(faults(&[], &format!("{COUNT}01 ")), 1);
        let readme = format!("{COUNT}1 (see there)\n\n{ROW}\n");
        assert_eq!(faults(&[(PATH, TEXT)], &readme), 0);
        assert_eq!(faults(&[(PATH, TEXT)], &readme.replace("207", "206")), 1);
        assert_eq!(faults(&[(PATH, TEXT)], &format!("{COUNT}0 (none)\n{ROW}")), 1);
    }

    #[test]
    fn a_file_of_wine_or_of_another_windows_is_no_evidence() {
        let readme = format!("{COUNT}1 (see there)\n\n{ROW}\n");
        for (path, text) in [
            ("tests/evidence/evidence-wine-10.0-i686.md", TEXT),
            ("tests/evidence/evidence-22631-i686.md", TEXT),
            ("tests/evidence/notes.md", TEXT),
            (PATH, "# Evidence: Wine 10.0, i686"),
            (PATH, &TEXT.replace("Windows Server", "Wine")),
            (PATH, &TEXT.replace("| facts", "| others")),
        ] {
            assert_eq!(faults(&[(path, text)], &readme), 1, "{path}");
        }
    }
}
