//! What must be on the machine: Rust targets and toolchains by rustup, packages by apt.
//!
//! Everything is looked at first and installed only when it is missing, and each installation is
//! announced. Where it cannot be done (no root, no apt) the error is the exact command to run.

use std::{process::Command, sync::Once};

use anyhow::{bail, Context, Result};

use crate::process::{command, note, output, run};

/// Whether a program is on the search path.
pub(crate) fn has(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    // Debian keeps debootstrap where only root's path looks.
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders.map(|folder| folder.join(&name)).any(|file| file.is_file())
}

/// Adds Rust targets to the active toolchain.
pub(crate) fn targets(triples: &[&str]) -> Result<()> {
    targets_of(None, triples)
}

/// Adds Rust targets to the given toolchain.
pub(crate) fn targets_of(toolchain: Option<&str>, triples: &[&str]) -> Result<()> {
    let with_toolchain = |words: &[&str]| {
        let mut rustup = command("rustup");
        rustup.args(words);
        if let Some(toolchain) = toolchain {
            rustup.args(["--toolchain", toolchain]);
        }
        rustup
    };
    let remedy = || format!("`rustup target add {}` is needed", triples.join(" "));
    let installed =
        output(&mut with_toolchain(&["target", "list", "--installed"])).with_context(remedy)?;
    let missing: Vec<_> =
        triples.iter().filter(|triple| !installed.lines().any(|line| line == **triple)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut add = with_toolchain(&["target", "add"]);
    run(add.args(missing)).with_context(remedy)
}

/// Installs a toolchain with rustup's minimal profile, and components of it.
pub(crate) fn toolchain(name: &str, components: &[&str]) -> Result<()> {
    let installed = output(command("rustup").args(["toolchain", "list"]))?;
    if !installed.lines().any(|line| line.starts_with(&format!("{name}-"))) {
        note(&format!("installing Rust {name}"));
        // Without --no-self-update rustup may replace itself on the way.
        let mut install = command("rustup");
        install.args(["toolchain", "install", name, "--profile", "minimal", "--no-self-update"]);
        run(&mut install)?;
    }
    components_of(&["--toolchain", name], components)
}

/// Adds components to the active toolchain.
pub(crate) fn components(names: &[&str]) -> Result<()> {
    components_of(&[], names)
}

fn components_of(toolchain: &[&str], names: &[&str]) -> Result<()> {
    let mut list = command("rustup");
    let installed = output(list.args(["component", "list", "--installed"]).args(toolchain))?;
    for name in names {
        if !installed.lines().any(|line| line.starts_with(name)) {
            run(command("rustup").args(["component", "add", name]).args(toolchain))?;
        }
    }
    Ok(())
}

/// Installs Debian packages, as root; else says which command would.
pub(crate) fn packages(why: &str, names: &[&str]) -> Result<()> {
    let names = names.join(" ");
    let line = format!("apt-get install -y --no-install-recommends {names}");
    if !has("apt-get") {
        bail!("{why} is missing: install what Debian calls `{names}`");
    }
    if !is_root() {
        bail!("{why} is missing: run `sudo apt-get update && sudo {line}`");
    }
    note(&format!("installing {names} ({why})"));
    static UPDATE: Once = Once::new();
    // A stale or foreign source that does not answer must not stop the others.
    UPDATE.call_once(|| drop(run(apt().args(["-qq", "update"]))));
    let install = ["-qq", "install", "-y", "--no-install-recommends"];
    run(apt().args(install).args(names.split(' '))).with_context(|| format!("`{line}` is needed"))
}

fn apt() -> Command {
    let mut apt = command("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").stdout(std::process::Stdio::null());
    apt
}

/// Whether we are root.
pub(crate) fn is_root() -> bool {
    #[cfg(target_os = "linux")]
    return nix::unistd::Uid::effective().is_root();
    #[cfg(not(target_os = "linux"))]
    false
}
