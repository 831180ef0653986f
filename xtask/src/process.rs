//! Starting other programs: what runs is printed, a missing program is one clear sentence.

use std::{
    ffi::OsStr,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{anyhow, bail, Context, Result};
use console::style;

/// The repository: the folder above `xtask`. By cargo's word at run time, where there is one: a program that was
/// compiled in another checkout, with whose target folder this one began, names that one.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").into());
    let here = Path::new(&here);
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target folder: `CARGO_TARGET_DIR`, else `target` in the repository.
pub(crate) fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
        Some(dir) => std::env::current_dir().unwrap_or_else(|_| root()).join(dir),
        None => root().join("target"),
    }
}

/// Prints a headline.
pub(crate) fn headline(text: &str) {
    println!("{} {text}", style("==>").cyan().bold());
}

/// Prints one line about what is being set up or found.
pub(crate) fn note(text: &str) {
    println!("{} {text}", style("  -").cyan());
}

/// A command that runs in the repository.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    if std::env::var_os("CARGO_TARGET_DIR").is_some() {
        command.env("CARGO_TARGET_DIR", target_dir()); // absolute: we may stand in another folder
    }
    if is_anothers(&root()) {
        command.env("GIT_CONFIG_GLOBAL", root().join("xtask/gitconfig"));
    }
    // `cargo run` describes this package to us; a nested cargo must not believe it is meant.
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let about_us = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];
        if text == "CARGO" || about_us.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Whether a folder belongs to another user: in a workflow's container we are root and it is not root's, and git
/// reads no such repository unless its configuration says so.
/// <https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory>
#[cfg(target_os = "linux")]
fn is_anothers(folder: &Path) -> bool {
    let owner = folder.metadata().map(|found| std::os::unix::fs::MetadataExt::uid(&found));
    owner.is_ok_and(|owner| owner != nix::unistd::Uid::effective().as_raw())
}

#[cfg(not(target_os = "linux"))]
fn is_anothers(_: &Path) -> bool {
    false
}

/// Cargo of the active toolchain.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let mut cargo = command("cargo");
    cargo.args(args);
    cargo
}

/// Cargo of another toolchain (which [`crate::setup::toolchain`] has installed).
pub(crate) fn cargo_of<const N: usize>(toolchain: &str, args: [&str; N]) -> Command {
    let mut cargo = command("rustup");
    cargo.args(["run", toolchain, "cargo"]).args(args);
    cargo
}

/// The command as a line that could be typed.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let quoted = |word: &OsStr| match word.to_string_lossy() {
        text if text.contains([' ', '"', '\'']) => format!("'{text}'"),
        text => text.into_owned(),
    };
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

pub(crate) fn started(command: &mut Command) -> Result<Child> {
    command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            anyhow!("`{}` is not installed or not on PATH", command.get_program().to_string_lossy())
        }
        _ => anyhow!("`{}` does not start: {error}", shown(command)),
    })
}

pub(crate) fn finished(mut child: Child, command: &Command) -> Result<()> {
    let status = child.wait().with_context(|| shown(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Prints the command, runs it, and fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    say(command);
    run_quietly(command)
}

/// Prints the command.
pub(crate) fn say(command: &Command) {
    println!("{} {}", style("  $").dim(), style(shown(command)).dim());
}

/// Runs a command without printing its line.
pub(crate) fn run_quietly(command: &mut Command) -> Result<()> {
    let child = started(command)?;
    finished(child, command)
}

/// Runs a command and returns what it printed; its errors are part of the failure's text.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = started(command)?.wait_with_output()?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", shown(command), output.status, errors.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
