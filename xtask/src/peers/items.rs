//! What the facade's items are: from iocp-sys, made from it, or passed through from elsewhere.
//!
//! Read from the sources by line: rustfmt keeps them in one form, and `Cargo.lock` is what cargo
//! builds by.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};

use crate::process::root;

const FACADE: &str = "tests/peers/windows-sys/src";

/// Prints the lists; fails when something of iocp-sys's comes from elsewhere.
pub(super) fn check() -> Result<String> {
    let ours = declared(&sources(&root().join("iocp-sys/src"))?);
    let facade = sources(&root().join(FACADE))?;
    let is = |path: &Path, name: &str| path.ends_with(name);
    let text = |name: &str| {
        let found = facade.iter().find(|(path, _)| is(path, name));
        found.map(|(_, text)| text.as_str()).with_context(|| format!("{FACADE}/{name} is missing"))
    };
    let passed = used(text("passed.rs")?, "real");
    let differing = declared(&[(PathBuf::new(), text("differs.rs")?.to_owned())]);
    let others = facade.iter().filter(|(path, _)| !is(path, "passed.rs"));
    let re_exported: BTreeSet<_> =
        others.clone().flat_map(|(_, text)| used(text, "iocp_sys")).collect();

    println!("  passed through from another windows-sys, {} items:", passed.len());
    print_list(&passed);
    println!("  made by the facade, {} items:", differing.len());
    print_list(&differing);
    println!("  re-exported from iocp-sys: {} items", re_exported.len());

    if ours.len() < 500 || passed.is_empty() || re_exported.len() < 100 {
        bail!("the lists are too short: are the sources still where this looks for them?");
    }
    let wrong: Vec<_> = passed.intersection(&ours).map(String::as_str).collect();
    if !wrong.is_empty() {
        bail!("iocp-sys has {}: take them from it, not in {FACADE}/passed.rs", wrong.join(", "));
    }
    for (path, text) in others {
        let code = text.lines().map(str::trim).filter(|line| !line.starts_with("//"));
        if code.into_iter().any(|line| line.contains("real::")) {
            bail!("{}: only passed.rs may name the real windows-sys", path.display());
        }
    }
    let lock = root().join("tests/peers/Cargo.lock");
    locked(&fs::read_to_string(&lock).with_context(|| lock.display().to_string())?)?;
    Ok(format!(
        "{} items from iocp-sys, {} made, {} passed through",
        re_exported.len(),
        differing.len(),
        passed.len()
    ))
}

fn print_list(names: &BTreeSet<String>) {
    let mut line = String::from("   ");
    for name in names {
        if line.len() + name.len() > 98 {
            println!("{line}");
            line = String::from("   ");
        }
        line = line + " " + name;
    }
    println!("{line}");
}

/// All Rust files below a folder.
pub(super) fn sources(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path)?;
                files.push((path, text));
            }
        }
    }
    Ok(files)
}

/// The names that lines such as `pub const NAME: ...` declare.
pub(super) fn declared(files: &[(PathBuf, String)]) -> BTreeSet<String> {
    let kinds = ["fn", "const", "type", "struct", "union", "static"];
    let name = |line: &str| {
        let mut words = line.trim().strip_prefix("pub ")?.split_whitespace().peekable();
        let mut kind = words.next()?;
        while words.peek().is_some_and(|word| kinds.contains(word)) || kind == "unsafe" {
            kind = words.next()?;
        }
        let name = words.next().filter(|_| kinds.contains(&kind))?;
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
        Some(name[..end].to_owned())
    };
    files.iter().flat_map(|(_, text)| text.lines()).filter_map(name).collect()
}

/// The names in `pub use CRATE::...::{...};`.
fn used(text: &str, from: &str) -> BTreeSet<String> {
    let start = format!("pub use {from}::");
    let parts = text.split(&start).skip(1).filter_map(|rest| rest.split(';').next());
    let names = parts.flat_map(|part| {
        let list = part.split_once('{').map_or(part, |(_, list)| list).trim_end_matches('}');
        list.split(',').map(|path| path.trim().rsplit("::").next().unwrap_or_default().to_owned())
    });
    names.filter(|name| !name.is_empty()).collect()
}

/// In the lock file, windows-sys is the facade (a path has no source), and nothing but the facade
/// depends on any other.
fn locked(lock: &str) -> Result<()> {
    let mut facades = 0;
    for package in lock.split("[[package]]").skip(1) {
        let is_windows_sys = package.contains("\nname = \"windows-sys\"\n");
        let from_registry = package.contains("\nsource = ");
        let is_facade = is_windows_sys && !from_registry;
        facades += usize::from(is_facade);
        if package.contains(" \"windows-sys 0.60") && !is_facade {
            let name = package.trim().lines().next().unwrap_or_default();
            bail!("tests/peers/Cargo.lock: {name} uses the real windows-sys");
        }
        if is_windows_sys && from_registry && !package.contains("\nversion = \"0.60.") {
            bail!("tests/peers/Cargo.lock: a third windows-sys:{package}");
        }
    }
    if facades != 1 {
        bail!("tests/peers/Cargo.lock: windows-sys is not replaced");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn every_kind_of_declaration_is_seen() {
        let text = "pub const A: u32 = 1;\n    pub fn b(x: u32) -> u32;\npub type C = u8;\n\
                    pub const fn d() {}\npub unsafe fn e() {}\npub struct F {\n    pub field: u8,\n\
                    pub union G {\npub mod no;\n// pub fn no();\npub use no::no;\n";
        let found = declared(&[(PathBuf::new(), text.into())]);
        assert_eq!(found, names(&["A", "b", "C", "d", "e", "F", "G"]));
    }

    #[test]
    fn names_of_one_crate_are_read_from_short_and_long_uses() {
        let text = "pub use real::a::B;\npub use iocp_sys::{no};\n    pub use real::a::{\n  C,\n\
                    D, e,\n};\n";
        assert_eq!(used(text, "real"), names(&["B", "C", "D", "e"]));
    }

    #[test]
    fn a_lock_file_that_brings_in_the_real_crate_fails() {
        let facade = "[[package]]\nname = \"windows-sys\"\nversion = \"0.61.2\"\ndependencies = \
                      [\n \"iocp-sys\",\n \"windows-sys 0.60.2\",\n]\n";
        let passed = "[[package]]\nname = \"windows-sys\"\nversion = \"0.60.2\"\nsource = \"r\"\n";
        let real = "[[package]]\nname = \"windows-sys\"\nversion = \"0.61.2\"\nsource = \"r\"\n";
        let user = "[[package]]\nname = \"a\"\ndependencies = [\n \"windows-sys 0.60.2\",\n]\n";
        assert!(locked(&format!("{facade}{passed}")).is_ok());
        assert!(locked(&format!("{passed}{real}")).is_err());
        assert!(locked(&format!("{facade}{passed}{real}")).is_err());
        assert!(locked(&format!("{facade}{passed}{user}")).is_err());
        assert!(locked("").is_err());
    }
}
