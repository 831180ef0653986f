//! The layers of `iocp/src`: `cargo xtask graph` prints who imports from whom, and `tidy` holds their
//! order, which stands in ARCHITECTURE.md and nowhere else.
//!
//! A folder imports from those below it only, by module path, never through the crate's root; there
//! is no cycle between folders, and none between the files of a folder in [`WITHOUT_CYCLES`]. Tests
//! and the simulated kernel stand outside; of the latter's own folders, too, no cycle is allowed.

mod conditions;
mod graph;
mod imports;
mod print;
mod table;

use std::collections::BTreeMap;

use anyhow::Result;

pub(crate) use self::print::run;
use self::{
    graph::{cycles, Edges},
    imports::{followed, module_of, File},
    table::Table,
};
use crate::tidy::Source;

/// Folders between whose files there is no cycle.
const WITHOUT_CYCLES: [&str; 5] = ["core", "operation", "ops", "poll", "port"];

const FOLDER: &str = "iocp/src/";
const SIM: &str = "os/sim/";
const TESTS: &str = "tests/";

/// Something that one file names of another.
#[derive(Debug)]
struct Import {
    from: String,
    to: String,
    line: usize,
    written: String,
    /// The crate's root gave the name.
    by_root: bool,
}

/// All that is known of the sources.
#[derive(Debug)]
struct Layers {
    /// Without tests, by their paths below `iocp/src`, with their numbers of lines.
    files: BTreeMap<String, usize>,
    imports: Vec<Import>,
    faults: Vec<String>,
}

/// The rule of `tidy`.
pub(crate) fn check(files: &[Source]) -> Vec<String> {
    Layers::of(files).map_or_else(|error| vec![format!("{error:#}")], |layers| layers.faults)
}

impl Layers {
    fn of(sources: &[Source]) -> Result<Self> {
        let below = |source: &'_ Source| Some(source.path.strip_prefix(FOLDER)?.to_owned());
        let texts: BTreeMap<String, &str> = sources
            .iter()
            .filter_map(|source| Some((below(source)?, source.text.as_str())))
            .filter(|(file, _)| file.ends_with(".rs") && !is_test(file))
            .collect();
        let by_module: BTreeMap<_, _> =
            texts.keys().map(|file| (module_of(file), file.clone())).collect();
        let mut read: BTreeMap<Vec<String>, File> = BTreeMap::new();
        for (file, text) in &texts {
            let parsed = imports::read(file, text, &|path| by_module.contains_key(path))?;
            read.insert(module_of(file), parsed);
        }
        let files = texts.iter().map(|(file, text)| (file.clone(), lines_of(text)));
        let mut layers = Self { files: files.collect(), imports: Vec::new(), faults: Vec::new() };
        for (module, file) in &by_module {
            for named in &read[module].named {
                let file_of = |path: &[String]| {
                    let file = (0..=path.len()).rev().find_map(|at| by_module.get(&path[..at]));
                    // What is in none of the crate's modules is in its root.
                    file.map_or("lib.rs", String::as_str).to_owned()
                };
                let (from, to) = (file.clone(), file_of(&followed(&read, &named.path)));
                let by_root = file_of(&named.path) == "lib.rs";
                if to != from {
                    let (line, written) = (named.line, named.written.clone());
                    layers.imports.push(Import { from, to, line, written, by_root });
                }
            }
        }
        layers.judge(sources);
        Ok(layers)
    }

    fn judge(&mut self, sources: &[Source]) {
        let mut faults = Vec::new();
        let Some(table) = Table::read(sources) else {
            self.faults = vec![format!("{}: has no table of layers (`| layer | …`)", table::FILE)];
            return;
        };
        let names: Vec<_> = self.files.keys().map(String::as_str).collect();
        for entry in table.unused(&names) {
            faults.push(format!("{}: the layer `{entry}` has no file", table::FILE));
        }
        for file in names.iter().filter(|file| **file != "lib.rs" && table.layer(file).is_none()) {
            faults.push(format!("{FOLDER}{file}:1: in no layer: move it, or name it in the table"));
        }
        for import in self.judged() {
            let Import { from, to, line, written, by_root } = import;
            let mut fault =
                |text: String| faults.push(format!("{FOLDER}{from}:{line}: `{written}`: {text}"));
            if *by_root {
                let module = if to == "lib.rs" { "its own module" } else { to };
                fault(format!("through the crate's root: import it from {module}"));
            }
            if table.layer(to).is_some_and(|layer| Some(layer) < table.layer(from)) {
                let to = folder_of(to);
                fault(format!("looks up, to `{to}`: move what is shared down, or the user up"));
            }
        }
        for members in cycles(&self.edges(folder_of)) {
            faults.push(self.cycle(&members, folder_of, "folders"));
        }
        for members in WITHOUT_CYCLES.iter().flat_map(|folder| self.inside(folder)) {
            faults.push(self.cycle(&members, |file| file, "files"));
        }
        for members in cycles(&self.sim()) {
            faults.push(self.cycle(&members, folder_in_sim, "folders of the simulated kernel"));
        }
        self.faults = faults;
    }

    /// A cycle, said at one import of it.
    fn cycle(&self, of: &[&str], node: fn(&str) -> &str, what: &str) -> String {
        let inside = |file: &str| of.contains(&node(file));
        let is_in = |one: &&Import| {
            inside(&one.from) && inside(&one.to) && node(&one.from) != node(&one.to)
        };
        let place = self.imports.iter().find(is_in);
        let place = place.map_or(String::new(), |at| format!("{FOLDER}{}:{}: ", at.from, at.line));
        let members = of.join(", ");
        format!("{place}a cycle of {what}: {members}: move what they share below them")
    }

    /// The imports of what the order is about.
    fn judged(&self) -> impl Iterator<Item = &Import> {
        let is_about = |import: &&Import| import.from != "lib.rs" && !is_sim(&import.from);
        self.imports.iter().filter(is_about)
    }

    fn edges(&self, node: fn(&str) -> &str) -> Edges<'_> {
        joined(self.judged().filter(|import| import.to != "lib.rs" && !is_sim(&import.to)), node)
    }

    /// The cycles between the files of a folder.
    fn inside(&self, folder: &str) -> Vec<Vec<&str>> {
        let both =
            |import: &&Import| folder_of(&import.from) == folder && folder_of(&import.to) == folder;
        cycles(&joined(self.judged().filter(both), |file| file))
    }

    /// Between the folders of the simulated kernel.
    fn sim(&self) -> Edges<'_> {
        let both = |import: &&Import| is_sim(&import.from) && is_sim(&import.to);
        joined(self.imports.iter().filter(both), folder_in_sim)
    }

    /// Lines of what a Windows program is built of.
    fn lines(&self) -> usize {
        self.files.iter().filter(|(file, _)| !is_sim(file)).map(|(_, lines)| lines).sum()
    }
}

fn joined<'a>(imports: impl Iterator<Item = &'a Import>, node: fn(&str) -> &str) -> Edges<'a> {
    let mut edges = Edges::new();
    for import in imports {
        let (from, to) = (node(&import.from), node(&import.to));
        if from != to {
            edges.entry(from).or_default().insert(to);
            edges.entry(to).or_default();
        }
    }
    edges
}

/// How many lines a file has without its unit tests, which stand at its end.
fn lines_of(text: &str) -> usize {
    let tests =
        |line: &&str| line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test,");
    let lines: Vec<_> = text.lines().collect();
    let end = (0..lines.len()).find(|&at| {
        tests(&lines[at]) && lines.get(at + 1).is_some_and(|next| next.starts_with("mod tests {"))
    });
    end.unwrap_or(lines.len())
}

/// `core` of `core/slot/buffer.rs`, `waker` of `waker.rs`.
fn folder_of(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// `os/sim/net` of `os/sim/net/inbox.rs`, `os/sim` of its own files.
fn folder_in_sim(file: &str) -> &str {
    let inside = file.strip_prefix(SIM).and_then(|rest| rest.split_once('/'));
    inside.map_or("os/sim", |(folder, _)| &file[..SIM.len() + folder.len()])
}

fn is_sim(file: &str) -> bool {
    file.starts_with(SIM)
}

fn is_test(file: &str) -> bool {
    file.starts_with(TESTS)
}

#[cfg(test)]
mod tests;
