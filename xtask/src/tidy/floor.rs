//! The earliest Windows on which a program with `iocp` loads: the latest of the functions that it imports.
//! What is later has to be looked up at run time, and the README names those that make the floor.

use std::collections::{BTreeMap, BTreeSet};

use super::{find, rust, Source};

const README: &str = "README.md";
const RAW: &str = "iocp-sys/src/";
const CRATE: &str = "iocp/src/";

/// No part of a program for Windows.
const NOT_SHIPPED: [&str; 2] = ["iocp/src/os/sim/", "iocp/src/tests/"];

/// The floor, as `iocp-sys` says it below `# Source`, and what is earlier.
const FLOOR: &str = "Windows Vista";
const EARLIER: [&str; 5] =
    ["Windows XP", "Windows 2000", "Windows Server 2003", "Any Windows", "NT 3"];

pub(super) fn check(files: &[Source]) -> Vec<String> {
    let since = since(files);
    let readme = find(files, README).map_or("", |file| file.text.as_str());
    let mut faults = Vec::new();
    for name in imported(files) {
        let Some(since) = since.get(name) else { continue };
        if since.starts_with(FLOOR) {
            if !readme.contains(&format!("`{name}`")) {
                faults.push(format!("{README}: `{name}` needs {FLOOR} too: name it there"));
            }
        } else if !EARLIER.iter().any(|earlier| since.starts_with(earlier)) {
            faults.push(format!(
                "{CRATE}: imports {name} ({since}), and would not load on {FLOOR}: look it up at run time"
            ));
        }
    }
    faults
}

/// Since when there is each function: the line after `# Source` in its documentation.
fn since(files: &[Source]) -> BTreeMap<&str, &str> {
    let mut all = BTreeMap::new();
    for file in rust(files, &[RAW]) {
        let mut said = "";
        let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            if pair[0] == "/// # Source" {
                said = pair[1].trim_start_matches("/// ");
            }
            if let Some(after) = pair[1].strip_prefix("pub fn ") {
                let name = after.split('(').next().unwrap_or_default();
                all.insert(name, said);
                said = "";
            }
        }
    }
    all
}

/// What the crate names of `iocp-sys`: functions among it are imported.
fn imported(files: &[Source]) -> BTreeSet<&str> {
    let shipped = |file: &&Source| !NOT_SHIPPED.iter().any(|not| file.path.starts_with(not));
    rust(files, &[CRATE])
        .filter(shipped)
        .flat_map(|file| file.text.split("sys::").skip(1))
        .filter_map(|after| after.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    #[test]
    fn nothing_later_is_imported_and_the_readme_names_the_latest() {
        let doc = |name: &str, since: &str| {
            format!("/// # Source\n/// {since}. DLL: `a`.\n/// <x>\npub fn {name}(\n")
        };
        let raw = [
            doc("Old", "Windows XP"),
            doc("Vista", "Windows Vista"),
            doc("New", "Windows 8"),
            "pub fn Unsaid(\n".to_owned(),
        ]
        .concat();
        let faults = |code: &str, readme: &str| {
            let path = "iocp/src/os/windows/port.rs";
            let sim = sample("iocp/src/os/sim/port.rs", "sys::New()");
            let raw = sample("iocp-sys/src/a.rs", &raw);
            check(&[raw, sim, sample(path, code), sample(README, readme)]).len()
        };
        assert_eq!(faults("sys::Old(); sys::PFN_New; sys::CONSTANT", ""), 0);
        assert_eq!(faults("sys::Vista()", "`Vista`"), 0);
        assert_eq!(faults("sys::Vista()", ""), 1);
        assert_eq!(faults("sys::New()", "`New`"), 1);
    }
}
