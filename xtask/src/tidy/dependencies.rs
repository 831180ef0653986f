//! `iocp-sys` depends on nothing and `iocp` on exactly three crates. Cargo's own view of the same
//! rule (with what those bring) is part of `cargo xtask check`.

use super::{find, Source};

/// What each manifest may name, sorted.
const FIXED: [(&str, &[&str]); 2] = [
    ("iocp-sys/Cargo.toml", &[]),
    ("iocp/Cargo.toml", &["iocp-sys", "static_assertions", "thiserror"]),
];

/// Compares the manifests with the fixed lists.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, expected) in FIXED {
        let Some(manifest) = find(files, path) else {
            faults.push(format!("{path}: not there"));
            continue;
        };
        let names = dependencies(&manifest.text);
        if names != expected {
            faults.push(format!("{path}: depends on {names:?}, fixed is {expected:?}"));
        }
    }
    faults
}

/// Normal and build dependencies, for any target, by table or by key.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_start_matches('[').split(']').next().unwrap_or_default();
            let is_dependencies = |table: &str| {
                let last = table.rsplit('.').next().unwrap_or_default();
                last == "dependencies" || last == "build-dependencies"
            };
            inside = is_dependencies(header);
            if let Some((table, name)) = header.rsplit_once('.') {
                if is_dependencies(table) {
                    names.push(name);
                }
            }
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            names.push(line.split(['=', '.', ' ']).next().unwrap_or_default());
        }
    }
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    #[test]
    fn an_added_dependency_fails_wherever_it_is_written() {
        let fine = "[dependencies]\nthiserror = \"2\"\niocp-sys = { path = \"\" }\n\
                    static_assertions.version = \"1\"\n[dev-dependencies]\nx = \"1\"\n";
        let run = |sys: &str| {
            check(&[sample("iocp-sys/Cargo.toml", sys), sample("iocp/Cargo.toml", fine)]).len()
        };
        assert_eq!(
            run("[package]\nname = \"iocp-sys\"\n[target.'cfg(unix)'.dev-dependencies]\na = \"1\""),
            0
        );
        assert_eq!(run("[dependencies]\nlibc = \"0.2\""), 1);
        assert_eq!(run("[dependencies.libc]\nversion = \"0.2\""), 1);
        assert_eq!(run("[target.'cfg(windows)'.dependencies]\nlibc = \"0.2\""), 1);
        assert_eq!(run("[build-dependencies]\ncc = \"1\""), 1);
    }
}
