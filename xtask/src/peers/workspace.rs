//! The two workspaces below the target folder: the same packages, with other bindings.
//!
//! Cargo runs a package's own tests only for a member of the workspace, so the published packages
//! are copied from where cargo has downloaded them. No test of theirs is kept in the repository.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};
use serde_json::Value;

use crate::{
    process::{cargo, output, root, target_dir},
    wine::TARGET,
};

/// The packages whose own tests run.
const PUBLISHED: [&str; 3] = ["polling", "miow", "compio-driver"];

/// What the peers are built on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bindings {
    IocpSys,
    WindowsSys,
    /// A copy of iocp-sys below the target folder, in which `faults.rs` makes faults.
    Copy,
}

impl Bindings {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::IocpSys => "iocp-sys",
            Self::WindowsSys => "windows-sys",
            Self::Copy => "copy",
        }
    }

    /// The crate that the types of the bindings belong to.
    pub(super) fn owner(self) -> &'static str {
        match self {
            Self::IocpSys | Self::Copy => "iocp_sys",
            Self::WindowsSys => "windows_sys",
        }
    }

    /// Where `iocp-sys` and the facade lie.
    pub(super) fn sources(self) -> PathBuf {
        match self {
            Self::Copy => target_dir().join("peers/copied"),
            _ => root(),
        }
    }

    /// Cargo's target folder for this build.
    pub(super) fn build_folder(self) -> PathBuf {
        target_dir().join("peers/build").join(self.name())
    }

    /// The workspace manifest.
    fn manifest(self, members: &[String]) -> String {
        let members = format!("[workspace]\nresolver = \"2\"\nmembers = {members:?}\n");
        match self {
            Self::WindowsSys => members,
            Self::IocpSys | Self::Copy => {
                let facade = self.sources().join("tests/peers/windows-sys");
                format!("{members}\n[patch.crates-io]\nwindows-sys = {{ path = {facade:?} }}\n")
            }
        }
    }
}

/// Copies what the peers are built on, without a fault: the folder of the copy of `iocp-sys`.
pub(super) fn copy_sources() -> Result<PathBuf> {
    let to = Bindings::Copy.sources();
    for folder in ["iocp-sys", "tests/peers/windows-sys"] {
        mirror(&root().join(folder), &to.join(folder))?;
    }
    // What the copies inherit from the root, which has other members.
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let shared = manifest.split_once("[workspace.package]").context("what the members share")?.1;
    let manifest = format!(
        "[workspace]\nresolver = \"2\"\nmembers = [\"iocp-sys\"]\nexclude = [\"tests\"]\n\n\
         [workspace.package]{shared}"
    );
    write_changed(&to.join("Cargo.toml"), manifest.as_bytes())?;
    Ok(to.join("iocp-sys"))
}

/// A workspace that is ready to be built.
#[derive(Debug)]
pub(super) struct Workspace {
    pub(super) bindings: Bindings,
    /// Name and manifest of each package that has tests to run.
    pub(super) packages: Vec<(String, PathBuf)>,
}

impl Workspace {
    /// Copies the packages and writes the manifest; the versions are those of
    /// `tests/peers/Cargo.lock`, and no other.
    pub(super) fn prepare(bindings: Bindings) -> Result<Self> {
        let folder = target_dir().join("peers").join(bindings.name());
        let mut members = Vec::new();
        for (name, from) in downloaded()? {
            mirror(&from, &folder.join(&name))?;
            members.push(name);
        }
        let ours = "behaviour".to_owned();
        mirror(&root().join("tests/peers").join(&ours), &folder.join(&ours))?;
        members.push(ours);
        write_changed(&folder.join("Cargo.toml"), bindings.manifest(&members).as_bytes())?;
        let lock = fs::read_to_string(root().join("tests/peers/Cargo.lock"))?;
        fs::write(folder.join("Cargo.lock"), &lock)?;
        let manifest = folder.join("Cargo.toml");
        // Cargo puts into the lock file what differs: the copies, the real windows-sys, and what
        // only other targets need. What is built must have been there.
        let found = metadata(&manifest, &["--filter-platform", TARGET])?;
        let known = locked(&lock);
        let new: Vec<_> = resolved(&found).filter(|package| !known.contains(package)).collect();
        if !new.is_empty() {
            bail!("tests/peers/Cargo.lock does not say which {} to take", new.join(", "));
        }
        let manifest = |name: String| {
            let manifest = folder.join(&name).join("Cargo.toml");
            (name, manifest)
        };
        Ok(Self { bindings, packages: members.into_iter().map(manifest).collect() })
    }
}

/// Folders of the published packages, with `name version` of each; cargo downloads them if need be.
fn downloaded() -> Result<Vec<(String, PathBuf)>> {
    let metadata = metadata(&root().join("tests/peers/Cargo.toml"), &["--locked"])?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists packages")?;
    PUBLISHED
        .iter()
        .map(|name| {
            let package = packages.iter().find(|package| package["name"] == **name);
            let package = package.with_context(|| format!("tests/peers has no {name}"))?;
            let text = |key: &str| package[key].as_str().unwrap_or_default();
            let folder = Path::new(text("manifest_path")).parent().context("a file's folder")?;
            Ok((format!("{name}-{}", text("version")), folder.to_path_buf()))
        })
        .collect()
}

fn metadata(manifest: &Path, options: &[&str]) -> Result<Value> {
    let mut cargo = cargo(["metadata", "--format-version", "1", "--manifest-path"]);
    let text = output(cargo.arg(manifest).args(options))?;
    serde_json::from_str(&text).context("what cargo metadata says")
}

/// `name version` of each package that cargo would build.
pub(super) fn resolved(metadata: &Value) -> impl Iterator<Item = String> + '_ {
    metadata["packages"].as_array().into_iter().flatten().map(|package| {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        format!("{} {}", text("name"), text("version"))
    })
}

/// `name version` of each package of a lock file.
pub(super) fn locked(lock: &str) -> BTreeSet<String> {
    let value = |package: &str, key: &str| {
        let start = format!("{key} = \"");
        let line = package.lines().find_map(|line| line.strip_prefix(&start))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let packages = lock.split("[[package]]").skip(1);
    packages
        .filter_map(|package| {
            Some(format!("{} {}", value(package, "name")?, value(package, "version")?))
        })
        .collect()
}

/// Makes `to` equal to `from`. What is equal already keeps its time, so that cargo need not build it
/// again.
pub(super) fn mirror(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        if name == "target" || name == "Cargo.lock" {
            continue;
        }
        names.insert(name.to_owned());
        if path.is_dir() {
            mirror(&path, &to.join(name))?;
        } else {
            write_changed(&to.join(name), &fs::read(&path)?)?;
        }
    }
    for entry in fs::read_dir(to)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| !names.contains(name)) {
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }?;
        }
    }
    Ok(())
}

pub(super) fn write_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_takes_over_what_is_new_and_what_is_gone() {
        let folder = std::env::temp_dir().join(format!("iocp-mirror-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        for (path, text) in [("from/a", "1"), ("from/in/b", "2"), ("to/a", "0"), ("to/c/d", "3")] {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(path, text).expect("written");
        }
        mirror(&from, &to).expect("mirrored");
        assert_eq!(fs::read_to_string(to.join("a")).expect("there"), "1");
        assert_eq!(fs::read_to_string(to.join("in/b")).expect("there"), "2");
        assert!(!to.join("c").exists());
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn a_lock_file_lists_names_with_versions() {
        let lock =
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"r\"\n";
        assert_eq!(locked(lock).into_iter().collect::<Vec<_>>(), ["a 1.0.0"]);
    }

    #[test]
    fn only_one_of_the_workspaces_replaces_windows_sys() {
        assert!(Bindings::IocpSys.manifest(&[]).contains("[patch.crates-io]"));
        assert!(!Bindings::WindowsSys.manifest(&[]).contains("patch"));
    }
}
