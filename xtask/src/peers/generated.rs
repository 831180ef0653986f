//! windows-sys's own source, from 0.59 on, in which every item that iocp-sys has is
//! `pub use iocp_sys::…`.
//!
//! Read line by line: windows-bindgen writes one declaration on one line, or a structure up to a line
//! `}`. What the page of differences tells stays windows-sys's: its users write it as it is there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    files::{below, write_changed},
    process::root,
};

/// The public names of iocp-sys; `cargo xtask api` writes them.
const NAMES: &str = "tests/api/iocp-sys.txt";

/// Types that differ, but that a user need not notice.
const OURS_ALL_THE_SAME: [&str; 2] = ["OBJECT_ATTRIBUTES", "WSAPOLLDATA"];

/// What became of the items.
#[derive(Debug, Default)]
pub(super) struct Replaced {
    /// Names that are iocp-sys's now.
    pub(super) ours: BTreeSet<String>,
    /// Names that are windows-sys's.
    pub(super) theirs: BTreeSet<String>,
}

/// Writes the copy into `to`, from the package in `from`, on the iocp-sys in a third folder. What is
/// there already and equal keeps its time, so that cargo need not build it again.
pub(super) fn write(from: &Path, to: &Path, iocp_sys: &Path) -> Result<Replaced> {
    let ours = ours()?;
    let mut replaced = Replaced::default();
    for (path, text) in sources(&from.join("src"))? {
        let file = to.join(path.strip_prefix(from)?);
        write_changed(&file, replace(&text, &ours, &mut replaced).as_bytes())?;
    }
    let manifest = fs::read_to_string(from.join("Cargo.toml"))?;
    let manifest =
        format!("{manifest}\n[dependencies.iocp-sys]\npath = {iocp_sys:?}\n\n[workspace]\n");
    write_changed(&to.join("Cargo.toml"), manifest.as_bytes())?;
    Ok(replaced)
}

/// All Rust files below a folder.
pub(super) fn sources(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let files = below(folder)?.into_iter();
    let rust = files.filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|file| fs::read_to_string(&file).map(|text| (file, text)).map_err(Into::into))
        .collect()
}

/// The names of iocp-sys, but for what a user of windows-sys has to write in another way here.
fn ours() -> Result<BTreeSet<String>> {
    let page = fs::read_to_string(root().join("iocp-sys/src/differences.md"))?;
    let (_, page) = page.split_once("## From windows-sys").context("the page has changed")?;
    let (page, _) = page.split_once("## From windows-bindgen").context("the page has changed")?;
    let rows = page.lines().filter(|line| line.starts_with("| [`") && !line.contains(".dll`"));
    let differing: BTreeSet<&str> = rows
        .flat_map(|row| row.split("(crate::").skip(1))
        .filter_map(|rest| rest.split(')').next())
        .filter(|name| !OURS_ALL_THE_SAME.contains(name))
        .collect();
    let list = fs::read_to_string(root().join(NAMES))?;
    // `fn some.dll Name(…`, `const NAME: …`, `struct NAME { …`.
    let name = |line: &str| {
        let name = line.split(['(', ':', '=', '{']).next()?.trim_end().rsplit(' ').next()?;
        (!differing.contains(name)).then(|| name.to_owned())
    };
    Ok(list.lines().filter(|line| !line.starts_with('#')).filter_map(name).collect())
}

/// The text of a file with our items in it.
fn replace(text: &str, ours: &BTreeSet<String>, replaced: &mut Replaced) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let (mut out, mut at) = (String::new(), 0);
    while at < lines.len() {
        let begin = at;
        while lines[at].starts_with("#[") {
            at += 1;
        }
        let name = name_of(lines[at]);
        let block = lines[at].starts_with("pub struct") || lines[at].starts_with("pub union");
        let end = if block && lines[at].ends_with('{') { end_of(&lines, at) } else { at };
        match name {
            Some(name) if ours.contains(name) => {
                let conditions = lines[begin..at].iter().filter(|line| line.starts_with("#[cfg("));
                conditions.for_each(|line| push(&mut out, line));
                push(&mut out, &of_ours(name, lines[at]));
                replaced.ours.insert(name.to_owned());
                at = after_impls(&lines, end + 1, name);
            }
            _ => {
                lines[begin..=end].iter().for_each(|line| push(&mut out, line));
                replaced.theirs.extend(name.map(str::to_owned));
                at = end + 1;
            }
        }
    }
    out
}

/// The item as windows-sys's users know it: an id is of the type GUID, whose fields have other names there.
fn of_ours(name: &str, line: &str) -> String {
    let ty = line.split_once(": ").and_then(|(_, rest)| rest.split_once("GUID = "));
    let Some((path, _)) = ty.filter(|_| name.starts_with("WSAID_")) else {
        return format!("pub use iocp_sys::{name};");
    };
    let field = |n: usize| format!("data{n}: iocp_sys::{name}.Data{n}");
    let fields = [1, 2, 3, 4].map(field).join(", ");
    format!("pub const {name}: {path}GUID = {path}GUID {{ {fields} }};")
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

/// What a line declares.
fn name_of(line: &str) -> Option<&str> {
    // Before 0.61, the macro is windows_targets's.
    let calls = ["windows_link::link!(", "windows_targets::link!("];
    let rest = match calls.iter().find_map(|start| line.strip_prefix(start)) {
        Some(rest) => rest.split_once(" fn ")?.1,
        None => ["pub const ", "pub type ", "pub struct ", "pub union "]
            .iter()
            .find_map(|start| line.strip_prefix(start))?,
    };
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    Some(&rest[..end]).filter(|name| !name.is_empty())
}

/// The line that closes what this line opens.
fn end_of(lines: &[&str], at: usize) -> usize {
    let length = lines[at..].iter().position(|line| *line == "}").unwrap_or(0);
    at + length
}

/// Behind the implementations of `Default` and the like of a structure that is ours now.
fn after_impls(lines: &[&str], mut at: usize, name: &str) -> usize {
    loop {
        let begin = at + lines[at..].iter().take_while(|line| line.starts_with("#[")).count();
        let is_impl =
            |line: &&str| line.starts_with("impl ") && line.ends_with(&format!(" for {name} {{"));
        if !lines.get(begin).is_some_and(is_impl) {
            return at;
        }
        at = end_of(lines, begin) + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_ours_are_used_and_the_others_stay() {
        let text = "windows_link::link!(\"a.dll\" \"system\" fn A(b : C) -> D);\n#[repr(C)]\n\
            #[cfg(x)]\npub struct E {\n    pub f: u8,\n}\nimpl Default for E {\n    x\n}\n\
            pub const G: u32 = 1u32;\npub struct H {\n    pub i: u8,\n}\n";
        let ours = ["A", "E"].map(str::to_owned).into();
        let mut replaced = Replaced::default();
        assert_eq!(
            replace(text, &ours, &mut replaced),
            "pub use iocp_sys::A;\n#[cfg(x)]\npub use iocp_sys::E;\npub const G: u32 = 1u32;\n\
             pub struct H {\n    pub i: u8,\n}\n"
        );
        assert_eq!((replaced.ours, replaced.theirs), (ours, ["G", "H"].map(str::to_owned).into()));
    }
}
