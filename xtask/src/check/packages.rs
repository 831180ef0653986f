//! The packages: what is in them, how large they are, and what is missing before they can be published.

use std::path::PathBuf;

use anyhow::{bail, ensure, Context, Result};

use crate::{
    archives::PUBLISHED,
    process::{cargo, output, root, run, target_dir},
};

/// Most bytes of iocp-sys as it is published.
const SYS_LIMIT: u64 = 160_000;

/// Both crates can be packed, with their licence and README; `archives` publishes them as far as that goes without
/// uploading.
pub(super) fn check() -> Result<String> {
    for package in PUBLISHED {
        let list = output(&mut cargo(["package", "--list", "--allow-dirty", "-p", package]))?;
        for file in ["Cargo.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "src/lib.rs"] {
            if !list.lines().any(|line| line == file) {
                bail!("the package of {package} lacks {file}");
            }
        }
    }
    let bytes = std::fs::metadata(package_of("iocp-sys")?)?.len();
    if bytes > SYS_LIMIT {
        bail!("the package of iocp-sys has {bytes} bytes, {SYS_LIMIT} are the limit");
    }
    if root().join("iocp-sys/build.rs").exists() {
        bail!("iocp-sys has a build script: those who depend on it must not wait for one");
    }
    let changelog = std::fs::read_to_string(root().join("CHANGELOG.md"))?;
    let version = env!("CARGO_PKG_VERSION"); // that of the workspace
    ensure!(changelog.contains(&format!("\n## [{version}]")), "CHANGELOG.md has no [{version}]");
    // That of the workspace, too.
    let address = match env!("CARGO_PKG_REPOSITORY") {
        "" => {
            "; no `repository` yet: before publishing, write its address into [workspace.package] \
             of the root's Cargo.toml"
        }
        _ => "",
    };
    Ok(format!("{version} of both can be packed; iocp-sys {bytes} bytes, no build script{address}"))
}

/// Packs both crates; returns this one's package.
pub(crate) fn package_of(name: &str) -> Result<PathBuf> {
    // Together: the one depends on the other, which is not published.
    let mut package = cargo(["package", "--quiet", "--no-verify", "--allow-dirty"]);
    run(package.args(["-p", "iocp-sys", "-p", "iocp"]))?;
    let folder = target_dir().join("package");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().into_owned();
        // `iocp-sys-0.2.0.crate`, not `iocp-sys-more-0.2.0.crate`.
        let version = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
        if version
            .is_some_and(|rest| rest.ends_with(".crate") && rest.starts_with(char::is_numeric))
        {
            found.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    let newest = found.into_iter().max();
    newest.map(|(_, path)| path).with_context(|| format!("no package of {name} was made"))
}
