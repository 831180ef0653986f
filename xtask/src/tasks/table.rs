//! `tests/tasks/TABLE.md`: lines and `unsafe` of each program, and whether it held.

use crate::tidy::Source;

pub(crate) const TABLE: &str = "tests/tasks/TABLE.md";

const FOLDER: &str = "tests/tasks/";

const HEAD: &str = "\
# The tasks

Written by `cargo xtask tasks`; `cargo xtask tidy` holds lines and `unsafe` to the files. Lines are those that are
neither blank nor a comment; `unsafe` is how often the word stands in code. *ok*: the check of the task held, under Wine.

| task | library | lines | `unsafe` | ran |
| --- | --- | ---: | ---: | --- |
";

/// One program, as it stands and as the table has it.
#[derive(Debug)]
pub(crate) struct Program {
    /// The letter.
    pub(crate) task: String,
    /// The folder.
    name: String,
    pub(crate) library: String,
    lines: usize,
    unsafes: usize,
    /// What the table says, until it runs anew.
    pub(crate) outcome: String,
}

/// All programs, in order of task and, with ours first, of library.
pub(crate) fn programs(files: &[Source]) -> Vec<Program> {
    let table = files.iter().find(|file| file.path == TABLE).map_or("", |file| &file.text);
    let mut programs: Vec<_> =
        files.iter().filter_map(|file| program(&file.path, &file.text, table)).collect();
    programs
        .sort_by_key(|it| (it.name.clone(), !it.library.starts_with("iocp"), it.library.clone()));
    programs
}

fn program(path: &str, text: &str, table: &str) -> Option<Program> {
    let (name, file) = path.strip_prefix(FOLDER)?.split_once('/')?;
    let (task, library) = (name.split_once('_')?.0, file.strip_suffix(".rs")?);
    if library == "check" || library == "calls" {
        return None;
    }
    let code = |line: &str| line.split("//").next().unwrap_or_default().trim().to_owned();
    let code: Vec<_> = text.lines().map(code).filter(|line| !line.is_empty()).collect();
    let words = code.iter().flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
    let mut program = Program {
        task: task.to_owned(),
        name: name.to_owned(),
        library: library.to_owned(),
        lines: code.len(),
        unsafes: words.filter(|word| *word == "unsafe").count(),
        outcome: String::new(),
    };
    let begin = program.row();
    let begin = begin.split(" | ").take(2).collect::<Vec<_>>().join(" | ") + " | ";
    let row = table.lines().find(|row| row.starts_with(&begin));
    let outcome = row.and_then(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    program.outcome = outcome.unwrap_or("not yet").to_owned();
    Some(program)
}

impl Program {
    /// A program on `iocp` needs none; on `iocp-sys` it does.
    pub(crate) fn is_ours_with_unsafe(&self) -> bool {
        self.library.starts_with("iocp") && self.library != "iocp_sys" && self.unsafes > 0
    }

    /// The letter and the name.
    fn title(&self) -> String {
        self.name.replace('_', " ")
    }

    /// Lines, and how many blocks of `unsafe`, if there are any.
    fn figures(&self) -> String {
        match self.unsafes {
            0 => self.lines.to_string(),
            some => format!("{} ({some})", self.lines),
        }
    }

    fn row(&self) -> String {
        let Self { library, lines, unsafes, outcome, .. } = self;
        let title = self.title();
        format!("| {title} | {library} | {lines} | {unsafes} | {outcome} |")
    }
}

/// The rows of the README: a task, our lines, those of the others.
pub(crate) fn rows_of_readme(programs: &[Program]) -> Vec<String> {
    let of_task = |task: &[Program]| {
        let (title, mut ours, mut others) = (task[0].title(), "none".to_owned(), Vec::new());
        for program in task {
            match program.library.as_str() {
                "iocp" => ours = program.lines.to_string(),
                other => others.push(format!("{} {}", other.replace('_', "-"), program.figures())),
            }
        }
        format!("| {} | {ours} | {} |", &title[2..], others.join(", "))
    };
    programs.chunk_by(|a, b| a.task == b.task).map(of_task).collect()
}

/// The whole file.
pub(crate) fn table(programs: &[Program]) -> String {
    programs.iter().fold(HEAD.to_owned(), |text, program| text + &program.row() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn lines_without_blank_and_comment_lines_are_counted_and_ours_is_first() {
        let text = "//! unsafe\n\nfn main() {\n    unsafe { f() }; // unsafe\n}\n";
        let files = [
            file("tests/tasks/b_copier/compio.rs", text),
            file("tests/tasks/b_copier/iocp.rs", "fn main() {}\n"),
            file("tests/tasks/b_copier/check.rs", text),
            file("tests/tasks/src/lib.rs", text),
            file(TABLE, "| b copier | compio | 9 | 9 | ok |\n"),
        ];
        let text = table(&programs(&files));
        let rows = "| b copier | iocp | 1 | 0 | not yet |\n| b copier | compio | 3 | 1 | ok |\n";
        assert_eq!(text, format!("{HEAD}{rows}"));
        assert_eq!(rows_of_readme(&programs(&files)), ["| copier | 1 | compio 3 (1) |"]);
    }
}
