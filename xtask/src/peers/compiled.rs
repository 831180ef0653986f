//! What the crates take from windows-sys, ours and not, and whether they compile for each target.
//!
//! Per crate: how many of the words in its files that name windows-sys are names of items that are ours,
//! and how many of items that are not: at most so many, for a word may mean something else.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{bail, Context, Result};
use serde_json::Value;

use super::{
    crates::{folder_of, metadata},
    generated::{sources, Replaced},
    tree::{all_replaced, copy_package, is_replaced, patches, Bindings},
};
use crate::{
    process::{cargo, headline, root, run as run_command, target_dir},
    setup,
    wine::{self, TARGET, TARGET_32},
};

/// What the crates are compiled for.
pub(super) const TARGETS: [&str; 3] = [TARGET, TARGET_32, "aarch64-pc-windows-msvc"];

/// Code of compio-driver that is off by default and cannot run under Wine.
const MORE_CODE: &str = "behaviour/other-ways";

/// A crate that does not compile so, and the one item that it needs.
const EXPLAINED: [(&str, &str); 1] = [(
    "cap-primitives",
    "puts a `*mut SECURITY_DESCRIPTOR` into `OBJECT_ATTRIBUTES`, whose field is untyped here and in the SDK: \
     it needs one cast, with which its tests run",
)];

/// One crate that names windows-sys.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Compiled {
    pub(super) name: String,
    pub(super) version: String,
    /// Words that are names of our items, and of others.
    pub(super) items: [usize; 2],
    /// The targets for which it does not compile.
    pub(super) refused: BTreeSet<String>,
}

impl Compiled {
    /// Why it does not compile, if that is known.
    pub(super) fn explained(&self) -> Option<&'static str> {
        EXPLAINED.iter().find(|(name, _)| *name == self.name).map(|(_, why)| *why)
    }
}

/// What all of it came to.
#[derive(Debug)]
pub(super) struct All {
    pub(super) crates: Vec<Compiled>,
    /// How many items are ours.
    pub(super) ours: usize,
}

/// A copy of `tests/peers` with the patch: the folder, what cargo says of it without, and what is whose.
fn prepare() -> Result<(PathBuf, Value, Replaced)> {
    wine::linker()?; // dlltool
    wine::mingw_32()?;
    setup::targets(&TARGETS)?;
    let (from, folder) = (root().join("tests/peers"), target_dir().join("peers/all"));
    copy_package(&from.join("behaviour"), &folder.join("behaviour"))?;
    for file in ["lib.rs", "Cargo.lock"] {
        fs::copy(from.join(file), folder.join(file))?;
    }
    let manifest = fs::read_to_string(from.join("Cargo.toml"))?;
    fs::write(folder.join("Cargo.toml"), &manifest)?;
    headline("peers: windows-sys with the items of iocp-sys");
    let metadata = self::metadata(&folder, &[])?;
    let (patch, replaced) = patches(&metadata, Bindings::IocpSys)?;
    println!("  {} items are iocp-sys's", replaced.ours.len());
    fs::write(folder.join("Cargo.toml"), format!("{manifest}\n[patch.crates-io]\n{patch}"))?;
    all_replaced(&self::metadata(&folder, &[])?)?;
    Ok((folder, metadata, replaced))
}

/// Cargo in that copy.
fn on_all(words: &[&str], folder: &Path) -> Command {
    let mut cargo = cargo([]);
    cargo.args(words).current_dir(folder);
    cargo.env("CARGO_TARGET_DIR", target_dir().join("peers/build/all"));
    cargo
}

/// Compiles what our own tests of them need; what fits a change's checks.
pub(super) fn quick() -> Result<String> {
    setup::components(&["rustfmt", "clippy"])?;
    let (folder, _, replaced) = prepare()?;
    run_command(&mut on_all(&["fmt", "--all", "--check"], &folder))?;
    for target in TARGETS {
        let words = ["-p", "behaviour", "--quiet", "--all-targets", "--target", target];
        let clippy = [&["clippy"][..], &words, &["--", "-D", "warnings"]].concat();
        run_command(&mut on_all(&clippy, &folder))?;
        run_command(&mut on_all(
            &[&["check", "--features", MORE_CODE][..], &words].concat(),
            &folder,
        ))?;
    }
    Ok(format!("{} items from iocp-sys; compiled for {}", replaced.ours.len(), TARGETS.join(", ")))
}

/// Compiles all; fails on a crate that does not compile for a reason not given.
pub(super) fn run() -> Result<All> {
    let (folder, metadata, replaced) = prepare()?;
    let mut refused: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for target in TARGETS {
        headline(&format!("peers: all for {target}"));
        for name in self::refused(&folder, target)? {
            refused.entry(name).or_default().insert(target.to_owned());
        }
    }
    let crates = crates(&metadata, &replaced, &refused)?;
    let known = |name: &&String| crates.iter().any(|one| one.name == **name);
    let unknown: Vec<_> = refused.keys().filter(|name| !known(name)).collect();
    let unexplained =
        crates.iter().filter(|one| !one.refused.is_empty() && one.explained().is_none());
    let unexplained: Vec<_> = unexplained.map(|one| &one.name).chain(unknown).collect();
    if !unexplained.is_empty() {
        bail!("do not compile on iocp-sys: {unexplained:?}");
    }
    Ok(All { crates, ours: replaced.ours.len() })
}

/// The packages that do not compile for a target.
fn refused(folder: &Path, target: &str) -> Result<BTreeSet<String>> {
    let words = ["check", "--quiet", "--keep-going", "--message-format=json", "--target", target];
    let said = on_all(&words, folder).output().context("cargo does not start")?;
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

/// The crates that are built with a windows-sys that is replaced.
fn crates(
    metadata: &Value,
    replaced: &Replaced,
    refused: &BTreeMap<String, BTreeSet<String>>,
) -> Result<Vec<Compiled>> {
    let users = users(metadata);
    let mut crates = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        let (name, uses) = (text("name"), users.contains(text("id")));
        let (true, Some(folder)) = (uses, folder_of(package)) else { continue };
        let words = words_beside(folder, "windows_sys")?;
        let ours = words.intersection(&replaced.ours).count();
        let is_other = |name: &&&String| !replaced.ours.contains(**name);
        let others = words.intersection(&replaced.theirs).filter(|name| is_other(&name)).count();
        crates.push(Compiled {
            name: name.to_owned(),
            version: text("version").to_owned(),
            items: [ours, others],
            refused: refused.get(name).cloned().unwrap_or_default(),
        });
    }
    Ok(crates)
}

/// Those that depend on a windows-sys that is replaced.
fn users(metadata: &Value) -> BTreeSet<&str> {
    let all = |key: &Value| key.as_array().cloned().unwrap_or_default();
    let replaced: Vec<Value> = all(&metadata["packages"])
        .into_iter()
        .filter(is_replaced)
        .map(|package| package["id"].clone())
        .collect();
    let nodes = metadata["resolve"]["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let takes = |node: &&Value| {
        all(&node["deps"]).iter().any(|dependency| replaced.contains(&dependency["pkg"]))
    };
    nodes.iter().filter(takes).filter_map(|node| node["id"].as_str()).collect()
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
