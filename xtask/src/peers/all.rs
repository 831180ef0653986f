//! `cargo xtask peers --all`: published crates that do I/O, compiled for three targets with
//! windows-sys's own source in which every item that iocp-sys has is its own.
//!
//! It shows that types, signatures and constants fit, not what the programs do: for five crates the
//! other comparison runs their tests. Per crate: how many of the words in its files that name
//! windows-sys are names of items that are ours, and how many of items that are not: at most so many,
//! for a word may mean something else.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{bail, Context, Result};
use serde_json::Value;

use super::{
    generated::{self, Replaced},
    items::sources,
    TARGETS,
};
use crate::{
    process::{cargo, headline, output, root, target_dir},
    setup, wine,
};

/// A crate that does not compile so, and the one item that it needs.
const EXPLAINED: [(&str, &str); 1] = [(
    "cap-primitives",
    "puts a `*mut SECURITY_DESCRIPTOR` into OBJECT_ATTRIBUTES, whose field is untyped here and in the SDK: \
     it needs a cast",
)];

/// Makes the source, compiles all and prints the table.
pub(super) fn run() -> Result<String> {
    wine::linker()?; // dlltool
    setup::targets(&TARGETS)?;
    let folder = target_dir().join("peers/all");
    fs::create_dir_all(&folder)?;
    let from = root().join("tests/peers/all");
    for file in ["lib.rs", "Cargo.lock"] {
        fs::copy(from.join(file), folder.join(file))?;
    }
    let manifest = fs::read_to_string(from.join("Cargo.toml"))?;
    fs::write(folder.join("Cargo.toml"), &manifest)?;
    headline("peers: windows-sys with the items of iocp-sys");
    let metadata = metadata(&folder)?;
    let packages = metadata["packages"].as_array().context("cargo lists packages")?;
    let theirs = packages.iter().find(|package| is_replaced(package));
    let theirs = theirs.and_then(folder_of).context("windows-sys 0.61 is not among them")?;
    let bindings = target_dir().join("peers/generated");
    if bindings.exists() {
        fs::remove_dir_all(&bindings)?;
    }
    let replaced = generated::write(theirs, &bindings)?;
    println!("  {} items are iocp-sys's", replaced.ours.len());
    let patch = format!("\n[patch.crates-io]\nwindows-sys = {{ path = {bindings:?} }}\n");
    fs::write(folder.join("Cargo.toml"), manifest + &patch)?;
    let patched = self::metadata(&folder)?;
    let all = patched["packages"].as_array().context("cargo lists packages")?;
    let found = all.iter().find(|package| is_replaced(package)).and_then(folder_of);
    if found != Some(&bindings) {
        bail!("cargo does not take windows-sys from {}, but from {found:?}", bindings.display());
    }
    let mut failed: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for target in TARGETS {
        headline(&format!("peers: all for {target}"));
        for name in refused(&folder, target)? {
            failed.entry(name).or_default().insert(target);
        }
    }
    table(&metadata, &replaced, &failed)
}

/// What cargo knows of the packages of a workspace.
fn metadata(folder: &Path) -> Result<Value> {
    let mut metadata = cargo(["metadata", "--format-version", "1"]);
    Ok(serde_json::from_str(&output(metadata.current_dir(folder))?)?)
}

/// Whether it is the windows-sys that is replaced; an older one stays what it is.
fn is_replaced(package: &Value) -> bool {
    let version = package["version"].as_str().unwrap_or_default();
    package["name"] == "windows-sys" && version.starts_with("0.61.")
}

/// Where cargo has a package.
fn folder_of(package: &Value) -> Option<&Path> {
    Path::new(package["manifest_path"].as_str()?).parent()
}

/// Those that are built with the windows-sys that is replaced.
fn users(metadata: &Value) -> BTreeSet<&str> {
    let all = |key: &Value| key.as_array().cloned().unwrap_or_default();
    let replaced = all(&metadata["packages"]).into_iter().find(is_replaced);
    let id = replaced.map(|package| package["id"].clone()).unwrap_or_default();
    let nodes = metadata["resolve"]["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let takes = |node: &&Value| all(&node["deps"]).iter().any(|dependency| dependency["pkg"] == id);
    nodes.iter().filter(takes).filter_map(|node| node["id"].as_str()).collect()
}

/// The packages that do not compile for a target.
fn refused(folder: &Path, target: &str) -> Result<BTreeSet<String>> {
    let words = ["check", "--quiet", "--keep-going", "--message-format=json", "--target", target];
    let mut check = cargo(words);
    check.current_dir(folder).env("CARGO_TARGET_DIR", target_dir().join("peers/build/all"));
    let said = check.output().context("cargo does not start")?;
    let mut refused = BTreeSet::new();
    for line in String::from_utf8_lossy(&said.stdout).lines() {
        let message: Value = serde_json::from_str(line)?;
        if message["message"]["level"] == "error" {
            let id = message["package_id"].as_str().unwrap_or_default();
            let name = message["target"]["name"].as_str().unwrap_or(id);
            refused.insert(name.replace('_', "-"));
        }
    }
    if refused.is_empty() && !said.status.success() {
        bail!("cargo fails: {}", String::from_utf8_lossy(&said.stderr));
    }
    Ok(refused)
}

/// One row per crate that names windows-sys; fails on one that does not compile for a reason not given.
fn table(
    metadata: &Value,
    replaced: &Replaced,
    failed: &BTreeMap<String, BTreeSet<&str>>,
) -> Result<String> {
    headline("peers: all");
    println!("  {:<24} {:>10} {:>10}  compiled", "names of windows-sys", "iocp-sys", "others");
    let users = users(metadata);
    let mut crates = 0;
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        let (name, version, uses) = (text("name"), text("version"), users.contains(text("id")));
        let (true, Some(folder)) = (uses, folder_of(package)) else { continue };
        let words = words_beside(folder, "windows_sys")?;
        let ours = words.intersection(&replaced.ours).count();
        let others =
            words.intersection(&replaced.theirs).filter(|n| !replaced.ours.contains(*n)).count();
        let outcome = match failed.get(name) {
            None => "all".to_owned(),
            Some(targets) => {
                format!("not for {}", targets.iter().copied().collect::<Vec<_>>().join(", "))
            }
        };
        println!("  {:<24} {ours:>10} {others:>10}  {outcome}", format!("{name} {version}"));
        crates += 1;
    }
    for (name, why) in EXPLAINED {
        println!("  {name}: {why}");
    }
    let unexplained: Vec<_> =
        failed.keys().filter(|name| !EXPLAINED.iter().any(|(known, _)| known == name)).collect();
    if !unexplained.is_empty() {
        bail!("do not compile on iocp-sys: {unexplained:?}");
    }
    Ok(format!(
        "{crates} crates with {} items of iocp-sys, for {}: all compile but {}",
        replaced.ours.len(),
        TARGETS.join(", "),
        failed.keys().cloned().collect::<Vec<_>>().join(", ")
    ))
}

/// The words of the files of a package that name this crate.
fn words_beside(folder: &Path, name: &str) -> Result<BTreeSet<String>> {
    let mut words = BTreeSet::new();
    for (_, text) in sources(&folder.join("src"))? {
        if text.contains(name) {
            let is_end = |c: char| !c.is_alphanumeric() && c != '_';
            words.extend(text.split(is_end).filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }
    Ok(words)
}
