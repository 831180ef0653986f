//! The table of layers in ARCHITECTURE.md: the only place of their order.

use crate::tidy::Source;

/// Where the table stands, and how it begins.
pub(super) const FILE: &str = "ARCHITECTURE.md";
const HEAD: &str = "| layer |";

/// The layers, highest first: of each the folders and files of `iocp/src` that it is made of.
#[derive(Debug)]
pub(super) struct Table(Vec<Vec<String>>);

impl Table {
    /// Reads the first column: names in backticks, a folder as `core/`, a file as `waker.rs`.
    pub(super) fn read(files: &[Source]) -> Option<Self> {
        let text = &files.iter().find(|file| file.path == FILE)?.text;
        let rows = text.lines().skip_while(|line| !line.starts_with(HEAD)).skip(2);
        let entries = |row: &str| -> Vec<String> {
            let cell = row.split('|').nth(1).unwrap_or_default();
            cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
        };
        let rows = rows.take_while(|line| line.starts_with('|'));
        let layers: Vec<_> = rows.map(entries).filter(|row| !row.is_empty()).collect();
        (!layers.is_empty()).then_some(Self(layers))
    }

    /// The layer of a file of `iocp/src`, from 0 for the highest.
    pub(super) fn layer(&self, file: &str) -> Option<usize> {
        self.0.iter().position(|row| row.iter().any(|entry| is_of(file, entry)))
    }

    /// Entries that name no file at all.
    pub(super) fn unused<'a>(&'a self, files: &[&str]) -> Vec<&'a str> {
        let entries = self.0.iter().flatten().map(String::as_str);
        entries.filter(|entry| !files.iter().any(|file| is_of(file, entry))).collect()
    }
}

fn is_of(file: &str, entry: &str) -> bool {
    if entry.ends_with('/') {
        file.starts_with(entry)
    } else {
        file == entry
    }
}
