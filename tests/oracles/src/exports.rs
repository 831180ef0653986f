//! Whether each import exists: the names that a DLL itself exports, read from its file.
//!
//! Wine starts a program whose import does not exist and ends it only when the import is called, so
//! that a program starts is no proof.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use object::{pe::ImageNtHeaders64, read::pe::PeFile};

use crate::source::{Item, Kind};

/// A line of `tests/api/not-in-wine.txt`.
#[derive(Debug, Clone)]
pub struct Late {
    /// The function.
    pub name: String,
    /// The Windows that has it first.
    pub since: String,
}

/// What Wine 10 lacks, as far as we know.
///
/// # Errors
///
/// A line is not `NAME since WINDOWS`.
pub fn late(text: &str) -> Result<Vec<Late>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let late = lines.map(|line| {
        let (name, since) = line.split_once(" since ").with_context(|| format!("`{line}`"))?;
        Ok(Late { name: name.to_owned(), since: since.to_owned() })
    });
    late.collect()
}

/// What is wrong with the imports, by name; the DLLs lie in this folder.
///
/// # Errors
///
/// A DLL cannot be read.
pub fn wrong(items: &[Item], late: &[Late], dlls: &Path) -> Result<Vec<(String, String)>> {
    let mut wrong = Vec::new();
    let mut exports: HashMap<&str, BTreeSet<String>> = HashMap::new();
    for item in items {
        let Kind::Import(import) = &item.kind else { continue };
        let dll = import.dll.as_str();
        if !exports.contains_key(dll) {
            let Ok(data) = fs::read(dlls.join(dll)) else {
                wrong.push((item.name.clone(), format!("there is no {dll}")));
                continue;
            };
            exports.insert(dll, names(&data).with_context(|| format!("reading {dll}"))?);
        }
        let there = exports[dll].contains(&item.name);
        let known = late.iter().any(|late| late.name == item.name);
        let mut say = |why: String| wrong.push((item.name.clone(), why));
        match (there, known) {
            (true, false) => {}
            (true, true) => say(format!("{dll} has it, so it is not for not-in-wine.txt")),
            (false, false) => say(format!("{dll} does not export it")),
            (false, true) if import.pointer.is_none() => {
                say("without link_late!, and not every system has it".to_owned());
            }
            (false, true) => {}
        }
    }
    Ok(wrong)
}

/// All exported names of a DLL, those that it forwards to another too.
fn names(data: &[u8]) -> Result<BTreeSet<String>> {
    let file = PeFile::<ImageNtHeaders64>::parse(data)?;
    let table = file.export_table()?.context("it exports nothing")?;
    let all = table.exports()?.into_iter().filter_map(|export| export.name);
    Ok(all.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}
