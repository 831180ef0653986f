//! The page of differences between `iocp-sys` and Microsoft's bindings, made by comparing them.
//!
//! `cargo xtask api` writes it anew; `cargo xtask surface` fails if it is not what the comparison
//! finds, or if rustc and the C compilers found a difference to windows-sys that it does not tell.

pub mod compare;
pub mod theirs;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};
use serde_json::Value;

use crate::{
    newest,
    source::{self, Item, Kind, Width},
    tools,
};
use compare::{Difference, Sides};
use theirs::All;

/// Where it is, from the repository's root.
const FILE: &str = "iocp-sys/src/differences.md";

/// More constants than this with the same two types are one row with some of their names.
const ROWS: usize = 4;

/// Writes it anew.
///
/// # Errors
///
/// A source cannot be read.
pub fn rewrite() -> Result<()> {
    let (text, _) = made()?;
    fs::write(tools::root().join(FILE), &text)?;
    println!("{} lines in {FILE}", text.lines().count());
    Ok(())
}

/// Compares it with what is written, and with what the oracles found out about windows-sys.
///
/// # Errors
///
/// It says something else.
pub fn check(found: &BTreeSet<String>) -> Result<()> {
    let (text, told) = made()?;
    if fs::read_to_string(tools::root().join(FILE)).ok().as_ref() != Some(&text) {
        bail!("{FILE} is not what the comparison finds: run cargo xtask api");
    }
    let by_rustc = found.iter().filter_map(|line| line.strip_prefix("two ")?.split(':').next());
    let by_rustc: BTreeSet<&str> = by_rustc.collect();
    let untold: Vec<_> = by_rustc.iter().filter(|name| !told.contains(**name)).collect();
    // A callback that differs makes every function that takes it differ: one row is enough.
    if !untold.is_empty() {
        bail!("{FILE} does not tell what rustc finds about {untold:?}");
    }
    println!("differences to windows-sys that {FILE} tells: {} items, all of rustc's", told.len());
    Ok(())
}

/// The page, and the items with a row about windows-sys.
fn made() -> Result<(String, BTreeSet<String>)> {
    let items = source::read(&tools::root().join("iocp-sys/src"))?;
    let folder = tools::folder("page")?;
    let mut theirs = All::new();
    for file in rust_files(&windows_sys()?)? {
        theirs::read(&fs::read_to_string(file)?, &mut theirs)?;
    }
    let newest = newest::declarations(&items, &folder)?;
    let mut text = String::from(
        "# What differs from Microsoft's bindings\n\nMade by `cargo xtask api`, which compares the \
         declarations; `cargo xtask surface` shows that rustc finds no other.\n",
    );
    let mut told = BTreeSet::new();
    writeln!(text, "\n## From windows-sys 0.61\n")?;
    section(&items, &theirs, &mut text, &mut told)?;
    writeln!(
        text,
        "\n## From windows-bindgen {} (`--sys --flat`)\n\nThe generation after windows-sys: a program \
         generates what it needs from the newest metadata. Names of the old metadata for integers and \
         for unnamed unions are gone; codes and flags have the C type of their macro.\n",
        newest::VERSION
    )?;
    section(&items, &newest, &mut text, &mut BTreeSet::new())?;
    let gone: BTreeSet<&str> = items
        .iter()
        .filter(|item| theirs.contains_key(&item.name) && !newest.contains_key(&item.name))
        .map(|item| item.name.as_str())
        .collect();
    let list: Vec<_> = gone.iter().map(|name| format!("`{name}`")).collect();
    writeln!(
        text,
        "\nIn windows-sys 0.61 and here, but not there under this name ({}): {}.",
        gone.len(),
        list.join(", ")
    )?;
    Ok((text, told))
}

/// The rows about one of them.
fn section(
    items: &[Item],
    theirs: &All,
    text: &mut String,
    told: &mut BTreeSet<String>,
) -> Result<()> {
    let sides = Sides::new(items, theirs);
    let mut constants: BTreeMap<Difference, BTreeSet<&str>> = BTreeMap::new();
    let mut rows: BTreeMap<&str, Vec<Difference>> = BTreeMap::new();
    for item in items.iter().filter(|item| item.is_for(Width::W64)) {
        let Some(found) = sides.ask(item).filter(|found| !found.is_empty()) else { continue };
        told.insert(item.name.clone());
        if let (Kind::Constant(..), [one]) = (&item.kind, &found[..]) {
            constants.entry(one.clone()).or_default().insert(&item.name);
        } else {
            rows.insert(&item.name, found);
        }
    }
    text.push_str("| item | here | there |\n| --- | --- | --- |\n");
    let link = |name: &str| format!("[`{name}`](crate::{name})");
    for (Difference { ours, theirs }, names) in &constants {
        let some: Vec<_> = names.iter().take(ROWS).map(|name| link(name)).collect();
        let more = match names.len().checked_sub(ROWS) {
            Some(more @ 1..) => format!(" and {more} more constants"),
            _ => String::new(),
        };
        writeln!(text, "| {}{more} | `{ours}` | `{theirs}` |", some.join(", "))?;
    }
    for (name, found) in rows {
        let side = |side: fn(&Difference) -> &String| {
            let said: Vec<_> = found.iter().map(|one| format!("`{}`", side(one))).collect();
            said.join(", ")
        };
        let (ours, theirs) = (side(|one| &one.ours), side(|one| &one.theirs));
        writeln!(text, "| {} | {ours} | {theirs} |", link(name))?;
    }
    Ok(())
}

/// The source of windows-sys, as cargo has it for this workspace.
fn windows_sys() -> Result<PathBuf> {
    let mut metadata = tools::command("cargo");
    metadata.args(["metadata", "--format-version", "1", "--locked"]);
    let metadata: Value = serde_json::from_slice(&tools::success(&mut metadata)?.stdout)?;
    let packages = metadata["packages"].as_array().context("cargo lists packages")?;
    let package = packages.iter().find(|package| package["name"] == "windows-sys");
    let manifest = package.and_then(|package| package["manifest_path"].as_str());
    Ok(Path::new(manifest.context("windows-sys is a dependency")?).with_file_name("src"))
}

/// All Rust files below a folder, in order.
pub(crate) fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut entries = fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}
