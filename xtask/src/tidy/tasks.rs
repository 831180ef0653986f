//! `tests/tasks/TABLE.md` and the README count the programs as they stand, and ours have no `unsafe`.

use super::{find, Source};
use crate::tasks::{programs, rows_of_readme, table, TABLE};

const README: &str = "README.md";

pub(super) fn check(files: &[Source]) -> Vec<String> {
    let programs = programs(files);
    let found = find(files, TABLE).map_or("", |file| file.text.as_str());
    let right = table(&programs);
    let mut faults: Vec<_> = right
        .lines()
        .filter(|row| !found.lines().any(|line| line == *row))
        .map(|row| format!("{TABLE}: not `{row}`: run `cargo xtask tasks`"))
        .collect();
    let known = found.lines().filter(|line| line.starts_with("| ")).count();
    if known > right.lines().filter(|line| line.starts_with("| ")).count() {
        faults.push(format!("{TABLE}: has a row of a program that is not there"));
    }
    let readme = find(files, README).map_or("", |file| file.text.as_str());
    let shown =
        rows_of_readme(&programs).into_iter().filter(|row| !readme.lines().any(|it| it == row));
    faults.extend(shown.map(|row| format!("{README}: not `{row}`")));
    let of_ours = programs.iter().filter(|program| program.is_ours_with_unsafe());
    faults.extend(of_ours.map(|program| format!("{TABLE}: `unsafe` in {program:?}")));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    #[test]
    fn a_table_that_counts_wrongly_fails() {
        let files = |text| vec![sample("tests/tasks/b_copier/iocp.rs", text)];
        let with = |code, table_text: &str| {
            let mut files = files(code);
            files.push(sample(README, &rows_of_readme(&programs(&files)).join("\n")));
            files.push(sample(TABLE, table_text));
            check(&files).len()
        };
        let right = table(&programs(&files("fn main() {}\n")));
        assert_eq!(with("fn main() {}\n", &right), 0);
        assert_eq!(with("fn main() {\n}\n", &right), 1);
        assert_eq!(
            with("fn main() {}\n", &format!("{right}| b copier | tokio | 1 | 0 | ok |\n")),
            1
        );
        let with_unsafe = "unsafe fn main() {}\n";
        assert_eq!(with(with_unsafe, &table(&programs(&files(with_unsafe)))), 1);
    }
}
