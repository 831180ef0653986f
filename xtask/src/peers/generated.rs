//! windows-sys's own source, from 0.59 on, in which every item that iocp-sys has is
//! `pub use iocp_sys::…`.
//!
//! Read line by line: windows-bindgen writes one declaration on one line, or a structure up to a line
//! `}`. What the page of differences tells stays windows-sys's: its users write it as it is there.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};

use super::{
    items::{declared, sources},
    workspace::write_changed,
};
use crate::process::root;

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
    let mut ours = declared(&sources(&root().join("iocp-sys/src"))?);
    for name in differing()? {
        ours.remove(&name);
    }
    let mut replaced = Replaced::default();
    for (path, text) in sources(&from.join("src"))? {
        let file = to.join(path.strip_prefix(from)?);
        fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
        write_changed(&file, replace(&text, &ours, &mut replaced).as_bytes())?;
    }
    let manifest = fs::read_to_string(from.join("Cargo.toml"))?;
    let manifest =
        format!("{manifest}\n[dependencies.iocp-sys]\npath = {iocp_sys:?}\n\n[workspace]\n");
    write_changed(&to.join("Cargo.toml"), manifest.as_bytes())?;
    Ok(replaced)
}

/// What a user of windows-sys has to write in another way here.
fn differing() -> Result<BTreeSet<String>> {
    let page = fs::read_to_string(root().join("iocp-sys/src/differences.md"))?;
    let (_, page) = page.split_once("## From windows-sys").context("the page has changed")?;
    let (page, _) = page.split_once("## From windows-bindgen").context("the page has changed")?;
    let rows = page.lines().filter(|line| line.starts_with("| [`") && !line.contains(".dll`"));
    let names = rows.flat_map(|row| row.split("(crate::").skip(1));
    let names = names.filter_map(|rest| rest.split(')').next().map(str::to_owned));
    // Their ids are of the type GUID, whose fields differ.
    let ids = fs::read_to_string(root().join("tests/api/iocp-sys.txt"))?;
    let ids = ids.lines().filter_map(|line| line.strip_prefix("const WSAID_")?.split(':').next());
    let ids: Vec<_> = ids.map(|name| format!("WSAID_{name}")).collect();
    let mut all: BTreeSet<String> = names.chain(ids).collect();
    for name in OURS_ALL_THE_SAME {
        all.remove(name);
    }
    Ok(all)
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
                push(&mut out, &format!("pub use iocp_sys::{name};"));
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
