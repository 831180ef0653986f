//! The file: what failed first, then each part.

use std::{fs, path::Path, time::Instant};

use anyhow::{Context, Result};

use super::{private::Private, system::System};
use crate::process::note;

/// At the top there is room for this much of one failure, and for so many with their text.
const LINES: usize = 8;
const TOLD: usize = 12;

/// What one part showed.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// In one phrase.
    pub(crate) sum: String,
    pub(crate) failed: Vec<Failure>,
    /// Markdown.
    pub(super) body: String,
}

/// One thing that is not as it should be.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(super) name: String,
    pub(super) detail: String,
}

impl Shown {
    pub(super) fn fail(&mut self, name: &str, detail: &str) {
        self.failed.push(Failure { name: name.to_owned(), detail: detail.to_owned() });
    }

    /// A part that is not for this kernel.
    pub(super) fn not_here(reason: &str) -> Self {
        Self { sum: format!("not run: {reason}"), ..Self::default() }
    }
}

/// The page as far as it is known.
#[derive(Debug)]
pub(super) struct Page {
    system: System,
    private: Private,
    parts: Vec<(&'static str, Shown, u64)>,
}

impl Page {
    pub(super) fn new(system: System) -> Self {
        Self { system, private: Private::here(), parts: Vec::new() }
    }

    /// The file's name.
    pub(super) fn name(&self) -> String {
        self.system.file()
    }

    pub(super) fn title(&self) -> String {
        format!("Evidence: {}", self.system.title())
    }

    /// Runs a part; one that cannot be run is a failure by its name.
    pub(super) fn part(&mut self, name: &'static str, run: impl FnOnce() -> Result<Shown>) {
        let begun = Instant::now();
        let shown = run().unwrap_or_else(|error| {
            let mut shown = Shown { sum: "FAILED".into(), ..Shown::default() };
            shown.fail(name, &format!("{error:#}"));
            shown
        });
        note(&format!("{name}: {}", shown.sum));
        self.parts.push((name, shown, begun.elapsed().as_secs()));
    }

    /// How many things failed.
    pub(super) fn failures(&self) -> usize {
        self.parts.iter().map(|(_, shown, _)| shown.failed.len()).sum()
    }

    /// What ran where, what it came to, and what failed.
    pub(super) fn top(&self) -> String {
        let mut top = String::new();
        for line in self.system.lines() {
            top += &format!("* {line}\n");
        }
        top += "\n| part | | s |\n|---|---|---:|\n";
        for (name, shown, seconds) in &self.parts {
            top += &format!("| {name} | {} | {seconds} |\n", shown.sum);
        }
        top += &format!("\nWhat failed: {}.\n", self.failures());
        let failed = self.parts.iter().flat_map(|(_, shown, _)| &shown.failed);
        for (index, Failure { name, detail }) in failed.enumerate() {
            top += &format!("{}* {name}\n", if index == 0 { "\n" } else { "" });
            let lines = detail.lines().filter(|line| !line.trim().is_empty());
            let told = if index < TOLD { LINES } else { 0 };
            lines.take(told).for_each(|line| top += &format!("      {line}\n"));
        }
        self.private.clean(&top)
    }

    /// All of it.
    fn text(&self) -> String {
        let mut text = format!("# {}\n\nMade by `cargo xtask evidence`.\n\n", self.title());
        text += &self.top();
        for (name, shown, _) in self.parts.iter().filter(|(_, shown, _)| !shown.body.is_empty()) {
            let body = self.private.clean(shown.body.trim_end());
            let mut lines: Vec<_> = body.lines().map(str::trim_end).collect();
            lines.dedup_by(|one, before| one.is_empty() && before.is_empty());
            text += &format!("\n## {name}\n\n{}\n", lines.join("\n"));
        }
        text
    }

    pub(super) fn write(&self, file: &Path) -> Result<()> {
        fs::create_dir_all(file.parent().context("a folder")?)?;
        fs::write(file, self.text()).with_context(|| file.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evidence::system::sample, process::root};

    fn page() -> Page {
        let mut page = Page::new(sample(None));
        page.part("facts", || Ok(Shown { sum: "2 as on Windows".into(), ..Shown::default() }));
        page.part("storms", || {
            let mut shown =
                Shown { sum: "0 of 1".into(), body: "x  \n\n\ny".into(), failed: vec![] };
            shown.fail("races", &"it hung\n\n".repeat(99));
            Ok(shown)
        });
        page.part("demo", || anyhow::bail!("no room in {}", root().display()));
        page
    }

    #[test]
    fn what_failed_is_at_the_top_and_short() {
        let page = page();
        assert_eq!(page.failures(), 2);
        let text = page.text();
        let (top, rest) = text.split_once("\n## ").expect("parts");
        for word in ["Windows Server 10.0.26100, i686", "2 as on Windows", "What failed: 2."] {
            assert!(top.contains(word), "{word}: {top}");
        }
        assert!(
            top.contains("* races\n      it hung") && top.contains("* demo\n      no room in .")
        );
        assert_eq!(top.matches("it hung").count(), LINES);
        assert_eq!(rest, "storms\n\nx\n\ny\n");
    }
}
