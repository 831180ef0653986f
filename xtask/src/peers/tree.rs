//! The two workspaces in which the crates' own tests are built: the same packages, with other bindings.
//!
//! Each crate is a member, for cargo runs the tests of members only, and replaces the published package
//! of its name: a crate that helps to test it has the very types that are tested.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};
use serde_json::Value;

use super::{
    crates::{folder_of, metadata, Crate},
    generated::{self, Replaced},
};
use crate::{
    files::{below, mirror, write_changed},
    process::{root, target_dir},
    wine::TARGET,
};

/// What the crates are built on.
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

    /// Where iocp-sys is.
    fn iocp_sys(self) -> PathBuf {
        match self {
            Self::Copy => copied(),
            _ => root(),
        }
        .join("iocp-sys")
    }
}

/// Where `faults.rs` has a copy of the repository.
pub(super) fn copied() -> PathBuf {
    target_dir().join("peers/copied")
}

/// Older ones have other types than 0.61: a handle was a number.
const REPLACED: [&str; 3] = ["0.59.", "0.60.", "0.61."];

/// A workspace that is ready to be built.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) bindings: Bindings,
    pub(super) folder: PathBuf,
}

impl Tree {
    /// Copies the packages and writes the manifest; the versions are those of `tests.lock`. Only what
    /// the chosen ones need for their tests is downloaded.
    pub(super) fn prepare(bindings: Bindings, crates: &[Crate], chosen: &[Crate]) -> Result<Self> {
        let platform = ["--filter-platform", TARGET];
        let folder = target_dir().join("peers/tests").join(bindings.name());
        for one in crates {
            let to = folder.join(one.full_name());
            copy_package(&one.folder, &to)?;
            if let Some(edit) = &one.edit {
                put(&to, edit).with_context(|| one.full_name())?;
            }
        }
        let from = root().join("tests/peers/tests.lock");
        let lock = fs::read_to_string(&from).with_context(|| from.display().to_string())?;
        let tree = Self { bindings, folder };
        tree.write(&manifest(crates, chosen, ""), &lock)?;
        if bindings != Bindings::WindowsSys {
            // Which versions of windows-sys there are is known from the workspace without the patch.
            let (patch, _) = patches(&metadata(&tree.folder, &platform)?, bindings)?;
            tree.write(&manifest(crates, chosen, &patch), &lock)?;
        }
        let found = metadata(&tree.folder, &platform)?;
        let known = locked(&lock);
        // What has no entry there is new; iocp-sys is ours.
        let new: Vec<_> = resolved(&found)
            .filter(|package| !known.contains(package) && !package.starts_with("iocp-sys "))
            .collect();
        if !new.is_empty() {
            let lock = tree.folder.join("Cargo.lock");
            bail!(
                "tests/peers/tests.lock does not say which {} to take: if these are meant, copy {} over it",
                new.join(", "),
                lock.display()
            );
        }
        if bindings != Bindings::WindowsSys {
            all_replaced(&found)?;
        }
        Ok(tree)
    }

    fn write(&self, manifest: &str, lock: &str) -> Result<()> {
        write_changed(&self.folder.join("Cargo.toml"), manifest.as_bytes())?;
        write_changed(&self.folder.join("Cargo.lock"), lock.as_bytes())
    }

    /// Cargo's target folder.
    pub(super) fn build_folder(&self) -> PathBuf {
        target_dir().join("peers/build").join(format!("tests-{}", self.bindings.name()))
    }
}

/// The workspace's manifest: the chosen are built, any of the crates replaces the published one.
fn manifest(crates: &[Crate], chosen: &[Crate], more: &str) -> String {
    let members: Vec<_> = chosen.iter().map(Crate::full_name).collect();
    let start =
        format!("[workspace]\nresolver = \"2\"\nmembers = {members:?}\n\n[patch.crates-io]\n");
    let published = crates.iter().filter(|one| !one.is_ours);
    let own = published.map(|one| format!("{} = {{ path = {:?} }}\n", one.name, one.full_name()));
    start + &own.collect::<String>() + more
}

/// Writes each windows-sys of a workspace anew: the lines of the patch, and what is whose.
pub(super) fn patches(metadata: &Value, bindings: Bindings) -> Result<(String, Replaced)> {
    let packages = metadata["packages"].as_array().context("cargo lists packages")?;
    let iocp_sys = bindings.iocp_sys();
    let (mut patch, mut all) = (String::new(), Replaced::default());
    for package in packages.iter().filter(|package| is_replaced(package)) {
        let version = package["version"].as_str().unwrap_or_default();
        let to = target_dir().join("peers/generated").join(bindings.name()).join(version);
        let from = folder_of(package).context("a package has a folder")?;
        let replaced = generated::write(from, &to, &iocp_sys)?;
        let key = format!("windows-sys-{}", version.replace('.', "-"));
        patch += &format!("{key} = {{ package = \"windows-sys\", path = {to:?} }}\n");
        all.ours.extend(replaced.ours);
        all.theirs.extend(replaced.theirs);
    }
    match patch.is_empty() {
        true => bail!("no windows-sys of the versions {} is among them", REPLACED.join(", ")),
        false => Ok((patch, all)),
    }
}

/// Whether it is a windows-sys that is replaced.
pub(super) fn is_replaced(package: &Value) -> bool {
    let version = package["version"].as_str().unwrap_or_default();
    package["name"] == "windows-sys" && REPLACED.iter().any(|start| version.starts_with(start))
}

/// Fails on a windows-sys that cargo takes from elsewhere.
pub(super) fn all_replaced(metadata: &Value) -> Result<()> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    match packages.into_iter().find(|package| is_replaced(package) && !package["source"].is_null())
    {
        Some(package) => bail!("cargo takes the real windows-sys {}", package["version"]),
        None => Ok(()),
    }
}

/// `name version` of each package that cargo would build.
fn resolved(metadata: &Value) -> impl Iterator<Item = String> + '_ {
    metadata["packages"].as_array().into_iter().flatten().map(|package| {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        format!("{} {}", text("name"), text("version"))
    })
}

/// `name version` of each package of a lock file.
fn locked(lock: &str) -> BTreeSet<String> {
    let value = |package: &str, key: &str| {
        let start = format!("{key} = \"");
        let line = package.lines().find_map(|line| line.strip_prefix(&start))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let packages = lock.split("[[package]]").skip(1);
    let name =
        |package| Some(format!("{} {}", value(package, "name")?, value(package, "version")?));
    packages.filter_map(name).collect()
}

/// Copies a package as it is published.
pub(super) fn copy_package(from: &Path, to: &Path) -> Result<()> {
    let files = below(from)?;
    let names = files.iter().filter_map(|file| file.strip_prefix(from).ok().map(Path::to_path_buf));
    mirror(from, to, names)
}

/// Puts one text of a file in the place of another.
fn put(folder: &Path, [file, old, new]: &[String; 3]) -> Result<()> {
    let file = folder.join(file);
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    match text.matches(old.as_str()).count() {
        1 => write_changed(&file, text.replacen(old.as_str(), new, 1).as_bytes()),
        count => bail!("`{old}` stands {count} times in {}", file.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_windows_sys_whose_types_fit_is_replaced_and_none_is_left() {
        let package = |name: &str, version: &str, source: Value| json!({ "name": name, "version": version, "source": source });
        let real = package("windows-sys", "0.60.2", json!("registry"));
        assert!(is_replaced(&real));
        assert!(!is_replaced(&package("windows-sys", "0.52.0", json!("registry"))));
        assert!(!is_replaced(&package("windows-link", "0.61.0", json!("registry"))));
        let ours = package("windows-sys", "0.61.2", Value::Null);
        assert!(all_replaced(&json!({ "packages": [ours] })).is_ok());
        assert!(all_replaced(&json!({ "packages": [ours, real] })).is_err());
    }

    #[test]
    fn a_lock_file_lists_names_with_versions() {
        let lock =
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"r\"\n";
        assert_eq!(locked(lock).into_iter().collect::<Vec<_>>(), ["a 1.0.0"]);
    }

    #[test]
    fn an_edit_must_find_its_text_once() {
        let folder = std::env::temp_dir().join(format!("iocp-edit-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("created");
        fs::write(folder.join("a"), "one two two").expect("written");
        let edit = |old: &str| put(&folder, &["a".to_owned(), old.to_owned(), "three".to_owned()]);
        assert!(edit("two").is_err() && edit("four").is_err());
        edit("one").expect("put");
        assert_eq!(fs::read_to_string(folder.join("a")).expect("there"), "three two two");
        fs::remove_dir_all(folder).expect("removed");
    }
}
