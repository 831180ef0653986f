//! What a command has to say at its end, kept for those who were not there: a file in `target/reports`,
//! and a section of the summary of the workflow's job (`GITHUB_STEP_SUMMARY`).
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
//!
//! What cannot be written is said, and is no failure of the command.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::process::{headline, note, target_dir};

/// The file that GitHub shows on the page of a run.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// How the lines are shown in the summary, which is Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As they stand in a terminal.
    Plain,
    Markdown,
}

/// The last table of a command.
#[derive(Debug)]
pub(crate) struct Report {
    name: String,
    form: Form,
    text: String,
}

impl Report {
    /// Prints the headline. `name` is that of the file.
    pub(crate) fn new(name: impl Into<String>, title: &str) -> Self {
        headline(title);
        Self::silent(name, title, Form::Plain)
    }

    /// Prints nothing: what is kept is shown in another form.
    pub(crate) fn silent(name: impl Into<String>, title: &str, form: Form) -> Self {
        Self { name: name.into(), form, text: format!("{title}\n\n") }
    }

    /// Prints the line and keeps it.
    pub(crate) fn line(&mut self, line: impl AsRef<str>) {
        println!("{}", line.as_ref());
        self.keep(line);
    }

    /// Keeps the line.
    pub(crate) fn keep(&mut self, line: impl AsRef<str>) {
        self.text += line.as_ref();
        self.text.push('\n');
    }

    /// Writes all, with the reason of a failure; the outcome is given on.
    pub(crate) fn end<T>(mut self, outcome: Result<T>) -> Result<T> {
        match &outcome {
            Ok(_) => self.keep("\nok"),
            Err(error) => self.keep(format!("\nFAILED: {error:#}")),
        }
        let summary = std::env::var_os(SUMMARY).filter(|path| !path.is_empty()).map(PathBuf::from);
        if let Err(error) = self.write(&folder(), summary.as_deref()) {
            note(&format!("the report `{}` is not written: {error:#}", self.name));
        }
        outcome
    }

    fn write(&self, folder: &Path, summary: Option<&Path>) -> Result<()> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let file = folder.join(format!("{}.txt", self.name));
        fs::write(&file, &self.text).with_context(|| file.display().to_string())?;
        let Some(summary) = summary else { return Ok(()) };
        let shown = match self.form {
            Form::Plain => format!("```text\n{}\n```", self.text.trim_end()),
            Form::Markdown => self.text.trim_end().to_owned(),
        };
        // Others have written there before, and will.
        let mut page = OpenOptions::new().create(true).append(true).open(summary)?;
        write!(page, "### {}\n\n{shown}\n\n", self.name)
            .with_context(|| summary.display().to_string())
    }
}

fn folder() -> PathBuf {
    target_dir().join("reports")
}

/// What a command's programs print, line by line, so that it is there although the command never ends.
#[derive(Debug)]
pub(crate) struct Log(Option<File>);

impl Log {
    /// A new file of this name.
    pub(crate) fn new(name: &str) -> Self {
        Self::within(&folder(), name)
    }

    fn within(folder: &Path, name: &str) -> Self {
        let file = fs::create_dir_all(folder)
            .and_then(|()| File::create(folder.join(format!("{name}.log"))));
        Self(file.inspect_err(|error| note(&format!("no log `{name}`: {error}"))).ok())
    }

    /// Adds a line; ends with the first that cannot be written.
    pub(crate) fn line(&mut self, line: &str) {
        if self.0.as_mut().is_some_and(|file| writeln!(file, "{line}").is_err()) {
            self.0 = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty folder of this test's own.
    fn place(name: &str) -> PathBuf {
        let place = target_dir().join("report-tests").join(name);
        drop(fs::remove_dir_all(&place));
        place
    }

    fn read(path: &Path) -> String {
        fs::read_to_string(path).expect("it was written")
    }

    #[test]
    fn a_report_is_a_file_of_the_last_run_and_is_added_to_the_summary() {
        let place = place("both");
        let summary = place.join("summary.md");
        for (name, form) in [("test", Form::Plain), ("bench", Form::Markdown)] {
            for line in ["of an earlier run", "| a | b |"] {
                let mut report = Report::silent(name, "what was shown", form);
                report.keep(line);
                let summary = (line != "of an earlier run").then_some(summary.as_path());
                report.write(&place, summary).expect("writable");
            }
            assert_eq!(read(&place.join(format!("{name}.txt"))), "what was shown\n\n| a | b |\n");
        }
        let page = "### test\n\n```text\nwhat was shown\n\n| a | b |\n```\n\n\
                    ### bench\n\nwhat was shown\n\n| a | b |\n\n";
        assert_eq!(read(&summary), page);
        assert!(Report::silent("x", "x", Form::Plain).write(&place, Some(&place)).is_err());
    }

    #[test]
    fn a_log_has_each_line_before_the_command_ends() {
        let place = place("log");
        let mut log = Log::within(&place, "test");
        for line in ["a", "b"] {
            log.line(line);
        }
        assert_eq!(read(&place.join("test.log")), "a\nb\n");
        Log::within(&place.join("test.log"), "nowhere").line("lost");
    }
}
