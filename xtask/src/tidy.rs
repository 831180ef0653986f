//! `cargo xtask tidy`: the project's own rules, each a small function over the sources.
//!
//! Also a test, so that `cargo test` alone keeps them. Every rule has a test that shows that it
//! fails on a bad sample: a rule that cannot fail proves nothing.

mod behaviours;
mod defects;
mod evidence;
mod examples;
mod floor;
mod reference;
mod safety;
mod shown;
mod sources;
mod tasks;
mod workflow;
mod wrappers;

use std::{fs, path::Path};

use anyhow::{bail, Context, Result};

use crate::{
    layers,
    process::{headline, root},
};

/// A text file of the repository; its path is relative, with `/` on every host.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A rule takes all files and says what is wrong, one line a fault: `path:line: what and remedy`.
type Rule = fn(&[Source]) -> Vec<String>;

const RULES: [(&str, Rule); 21] = [
    ("proofs of unsafe code", safety::check),
    ("numbered behaviours", behaviours::check),
    ("evidence of behaviours", evidence::check),
    ("names of facts", evidence::names),
    ("facts simulated", evidence::simulated),
    ("evidence from Windows", shown::check),
    ("earliest Windows", floor::check),
    ("reasons of `not_here`", behaviours::not_here),
    ("defects and pitfalls", defects::check),
    ("workflow lines", workflow::check),
    ("layers", layers::check),
    ("raw reference", reference::check),
    ("names of wrappers", wrappers::check),
    ("forbidden words", sources::words),
    ("safe examples", sources::examples),
    ("names in examples", examples::named),
    ("width of examples", examples::widths),
    ("figures of the docs", examples::figures),
    ("programs of tasks", tasks::check),
    ("file lengths", sources::lengths),
    ("README links", sources::links),
];

/// Checks all rules and prints every fault.
pub(crate) fn run() -> Result<()> {
    headline("tidy");
    let files = sources_of(&root())?;
    let mut count = 0;
    for (name, rule) in RULES {
        let faults = rule(&files);
        count += faults.len();
        println!("  {name:<24} {}", if faults.is_empty() { "ok" } else { "" });
        for fault in faults {
            println!("    {} {fault}", console::style("error:").red());
        }
    }
    if count > 0 {
        bail!("tidy found {count} faults");
    }
    println!("  {} files, {} rules", files.len(), RULES.len());
    Ok(())
}

/// Reads the text files that the rules look at.
pub(crate) fn sources_of(root: &Path) -> Result<Vec<Source>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "target" && name != ".git" {
                    folders.push(path);
                }
                continue;
            }
            let kinds = [".rs", ".toml", ".md", ".yml", ".yaml", ".txt", ".tsv"];
            if kinds.iter().any(|kind| name.ends_with(kind)) || folder.ends_with(".ci") {
                let relative = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
                let text = fs::read_to_string(&path).with_context(|| relative.clone())?;
                files.push(Source { path: relative, text: text.replace("\r\n", "\n") });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// What `tests/BEHAVIOURS.md` lists: number, sentence, and the items of the tests.
pub(crate) fn numbered(files: &[Source]) -> Vec<(String, String, Vec<String>)> {
    behaviours::numbered(files)
}

/// The file with this path.
fn find<'a>(files: &'a [Source], path: &str) -> Option<&'a Source> {
    files.iter().find(|file| file.path == path)
}

/// The Rust files below any of these folders.
fn rust<'a>(files: &'a [Source], folders: &'a [&str]) -> impl Iterator<Item = &'a Source> {
    files.iter().filter(move |file| {
        file.path.ends_with(".rs") && folders.iter().any(|folder| file.path.starts_with(folder))
    })
}

/// One file of a bad or good sample.
#[cfg(test)]
fn sample(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let files = sources_of(&root()).expect("readable sources");
        let faults: Vec<_> = RULES.iter().flat_map(|(_, rule)| rule(&files)).collect();
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }
}
