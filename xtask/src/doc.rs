//! `cargo xtask doc`: the documentation, on any host, warnings being errors.
//!
//! Of a Windows target, which is what users read; and of this host for the crate and for a program
//! that depends on it by path, where a link to what is not there would fail their builds. On a host
//! without a kernel such a program also hears from rustc what is gated, instead of a similar name. The
//! pages that users read are followed link by link ([`links`]).

mod links;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{bail, Context, Result};

use crate::{
    process::{cargo, headline, root, run as run_command, target_dir},
    program::Program,
    setup,
};

/// The target whose interface is documented; rustdoc needs no linker for it.
const TARGET: &str = "x86_64-pc-windows-msvc";

/// A program that names what is there on every host, and one that names what needs a kernel.
const PORTABLE: &str = "//! Waits for an [`iocp::Packet`].\nfn main() {\n    \
                        println!(\"{:?}\", iocp::Config::default());\n}\n";
const NEEDS_A_KERNEL: &str = "fn main() {\n    drop(iocp::CompletionPort::new());\n}\n";

/// Builds the documentation.
pub(crate) fn run() -> Result<()> {
    headline(&format!("documentation for {TARGET}"));
    setup::targets(&[TARGET])?;
    let pages = target_dir().join(TARGET).join("doc");
    // A page of something that is gone would make links to it lead somewhere.
    if pages.exists() {
        fs::remove_dir_all(&pages)?;
    }
    // One after the other: whether links to `iocp-sys` lead anywhere depends on its pages being there.
    for package in ["iocp-sys", "iocp"] {
        let of_one = ["doc", "--no-deps", "-p", package, "--target", TARGET];
        run_command(strict(&mut cargo(of_one)))?;
    }
    println!("  {}", links::check(&pages)?);
    headline("documentation for this host");
    run_command(strict(&mut cargo(["doc", "--no-deps", "-p", "iocp-sys", "-p", "iocp"])))?;
    headline("a program that depends on iocp by path");
    let program = program("by-path", PORTABLE)?;
    run_command(strict(&mut of(&program, ["doc", "--quiet", "--offline"])))?;
    if !cfg!(windows) {
        gated()?;
    }
    println!("  {}", pages.join("iocp/index.html").display());
    Ok(())
}

/// What rustc says of a name that needs a kernel, where there is none.
fn gated() -> Result<()> {
    let program = program("gated", NEEDS_A_KERNEL)?;
    let mut check = of(&program, ["check", "--quiet", "--offline"]);
    let output = check.stdin(Stdio::null()).output().context("cargo does not start")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() || !said.contains("configured out") {
        bail!("a port on a host without a kernel is not told to be gated:\n{said}");
    }
    println!("  rustc says of a port on this host that it is gated");
    Ok(())
}

/// Writes a program that depends on `iocp` by path.
fn program(name: &str, main: &str) -> Result<PathBuf> {
    let folder = target_dir().join("doc-check").join(name);
    let dependency = format!("iocp = {{ path = {:?} }}", root().join("iocp"));
    Ok(Program::new(folder, None, &dependency, ("main.rs", main))?.folder)
}

/// Cargo in a program's folder, with a target folder for all of them.
fn of<const N: usize>(program: &Path, words: [&str; N]) -> Command {
    let mut command = cargo(words);
    command.current_dir(program).env("CARGO_TARGET_DIR", target_dir().join("doc-check/target"));
    command
}

fn strict(command: &mut Command) -> &mut Command {
    command.env("RUSTDOCFLAGS", "-D warnings")
}
