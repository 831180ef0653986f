//! `cargo xtask api`: the lists of public names in `tests/api`; and what a change of them asks of the version.
//!
//! That of `iocp` is cargo-public-api's, of what rustdoc says of a Windows target; that of `iocp-sys` says
//! more (values, DLLs), and is a test of `tests/oracles`. Whether a version may change so is what
//! cargo-semver-checks knows.

use std::{collections::BTreeSet, fs, path::PathBuf};

use anyhow::{ensure, Context, Result};

use crate::{
    process::{cargo, cargo_of, output, root, run, target_dir},
    setup,
    tools::Tool,
};

pub(crate) const PUBLIC_API: Tool =
    Tool { package: "cargo-public-api", words: &["cargo", "public-api"], version: "0.52.0" };
pub(crate) const SEMVER: Tool =
    Tool { package: "cargo-semver-checks", words: &["cargo", "semver-checks"], version: "0.51.0" };

/// The Rust whose rustdoc speaks to both tools: the form of what it says changes.
const RUST: &str = "1.95.0";
const TARGET: &str = "x86_64-pc-windows-msvc";

const HEADER: &str =
    "# The public names of iocp on Windows. Rewritten by `cargo xtask api`, compared by \
                      `cargo xtask deep names`.\n";

/// Writes the lists in `tests/api` and the page of differences anew.
pub(crate) fn write() -> Result<()> {
    run(&mut cargo(["run", "--quiet", "-p", "iocp-oracles", "--", "api"]))?;
    let list = list()?;
    fs::write(place(), &list)?;
    println!("{} lines in {}", list.lines().count() - 1, place().display());
    Ok(())
}

/// Compares the list of `iocp` with the sources.
pub(crate) fn check() -> Result<String> {
    let (now, listed) = (list()?, fs::read_to_string(place())?);
    let differs = differs(&listed.replace('\r', ""), &now);
    ensure!(
        differs.is_empty(),
        "public names changed; if that is meant, run cargo xtask api{differs}"
    );
    Ok(format!("{} lines, as listed", now.lines().count() - 1))
}

fn place() -> PathBuf {
    root().join("tests/api/iocp.txt")
}

/// The lines that are gone and those that are new.
fn differs(listed: &str, now: &str) -> String {
    let lines = |text: &str, other: &str, sign: &str| {
        let other: BTreeSet<&str> = other.lines().collect();
        let lines = text.lines().filter(|line| !other.contains(line));
        lines.map(|line| format!("\n{sign} {line}")).collect::<String>()
    };
    lines(listed, now, "-") + &lines(now, listed, "+")
}

/// Without what each type has by itself: blanket and automatic implementations.
fn list() -> Result<String> {
    setup::toolchain(RUST, &[])?;
    setup::targets_of(Some(RUST), &[TARGET])?;
    let folder = target_dir().join("public-names");
    let mut rustdoc =
        cargo_of(RUST, ["rustdoc", "--quiet", "-p", "iocp", "--lib", "--target", TARGET]);
    rustdoc.args(["--", "-Zunstable-options", "--output-format=json", "--cap-lints=allow"]);
    run(rustdoc.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", &folder))?;
    let json = folder.join(TARGET).join("doc/iocp.json");
    let mut names = PUBLIC_API.command()?;
    let names = output(names.args(["--color=never", "-ss", "--rustdoc-json"]).arg(json))?;
    ensure!(names.lines().count() > 100, "cargo-public-api found almost nothing");
    // The guides are pages alone: nobody can name their modules.
    let names = names.split_inclusive('\n').filter(|line| !line.starts_with("pub mod iocp::guide"));
    Ok(format!("{HEADER}{}", names.collect::<String>()))
}

/// Both crates beside the last state of the version before: may this version differ so?
pub(crate) fn semver() -> Result<String> {
    setup::toolchain(RUST, &[])?;
    setup::targets_of(Some(RUST), &[TARGET])?;
    let mut log = crate::process::command("git");
    let changed =
        output(log.args(["log", "-1", "--format=%H", "-G^version = ", "--", "Cargo.toml"]))?;
    let changed = changed.trim();
    ensure!(!changed.is_empty(), "no commit says the version: is the clone whole?");
    let mut check = SEMVER.command()?;
    check.args(["--package", "iocp-sys", "--package", "iocp", "--target", TARGET]);
    check.args(["--baseline-rev", &format!("{changed}^")]).env("RUSTUP_TOOLCHAIN", RUST);
    run(&mut check).context("the version must rise more, or the change break less")?;
    Ok(format!("as the version allows since {}", &changed[..changed.len().min(10)]))
}

#[cfg(test)]
mod tests {
    use super::differs;

    #[test]
    fn a_changed_line_is_told_as_it_was_and_as_it_is() {
        assert_eq!(differs("a\nb\n", "a\nb\n"), "");
        assert_eq!(differs("a\nb\n", "a\nc\n"), "\n- b\n+ c");
    }
}
