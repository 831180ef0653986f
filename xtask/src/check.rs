//! `cargo xtask check`: everything about the sources that needs no Windows kernel.
//!
//! Format, clippy for the host and for Windows of 64 and 32 bits, the two minimum Rust versions with those
//! very toolchains, dependencies as cargo sees them, and the packages.

mod build_cost;
mod packages;

use std::process::Command;

use anyhow::{bail, Result};

pub(crate) use packages::package_of;

use crate::{
    archives,
    parts::{Asked, Part},
    process::{cargo, cargo_of, output, run as run_command, target_dir},
    setup,
    test::run_some,
    wine,
};

/// The Windows targets that both crates support.
pub(crate) const TARGETS: [&str; 5] = [
    "x86_64-pc-windows-msvc",
    "i686-pc-windows-msvc",
    "aarch64-pc-windows-msvc",
    "x86_64-pc-windows-gnu",
    "i686-pc-windows-gnu",
];

/// Those of them for which clippy looks with each change: the widths of a pointer, and both environments.
const CLIPPY_TARGETS: [&str; 2] = [wine::TARGET, "i686-pc-windows-msvc"];

/// The toolchains of the manifests' `rust-version`.
const RUST_OF_SYS: &str = "1.71.0";
const RUST_OF_IOCP: &str = "1.77.2";

/// The parts, in the order in which they run.
pub(crate) const PARTS: [Part; 9] = [
    ("format", format),
    ("clippy", clippy),
    ("compile-fail", compile_fail),
    ("minimum-sys", minimum_of_sys),
    ("minimum", minimum_of_iocp),
    ("dependencies", dependencies),
    ("packages", packages::check),
    ("archives", archives::short),
    ("build-cost", build_cost::check),
];

/// The parts for `cargo xtask ci`: all but what has a step of its own in the workflow.
pub(crate) fn of_each_change() -> Result<String> {
    let names = PARTS.iter().map(|(name, _)| *name).filter(|name| *name != "build-cost");
    run(&Asked::of(names))?;
    Ok("ok; build-cost NOT RUN: the workflow does".into())
}

/// Runs the parts that were asked for.
pub(crate) fn run(asked: &Asked) -> Result<()> {
    asked.run("check", &PARTS)
}

fn format() -> Result<String> {
    setup::components(&["rustfmt", "clippy"])?;
    run_command(&mut cargo(["fmt", "--all", "--check"]))?;
    Ok("ok".into())
}

fn clippy() -> Result<String> {
    let mut host = cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    run_command(&mut host)?;
    clippy_for(&CLIPPY_TARGETS)?;
    // Once: it brings the peers, and its code is for one architecture.
    let mut bench = cargo(["clippy", "-p", "iocp-bench", "--target", wine::TARGET]);
    run_command(bench.args(["--", "-D", "warnings"]))?;
    Ok(format!("host and {}", CLIPPY_TARGETS.join(", ")))
}

/// Both crates and their tests for Windows targets.
pub(crate) fn clippy_for(targets: &[&str]) -> Result<()> {
    setup::targets(targets)?;
    let mut windows = cargo(["clippy", "-p", "iocp-sys", "-p", "iocp", "-p", "iocp-tests"]);
    windows.args(targets.iter().map(|target| format!("--target={target}")));
    run_command(windows.args(["--all-targets", "--", "-D", "warnings"]))
}

/// What must not compile fails with the error it names: rustdoc looks at the code only where unstable
/// features are allowed. In a target folder of its own, as that allows them to every crate.
fn compile_fail() -> Result<String> {
    let mut test = cargo(["test", "-p", "iocp-tests", "--doc"]);
    if !cfg!(windows) {
        setup::targets(&[wine::TARGET])?;
        test.args(["--target", wine::TARGET]);
    }
    test.arg("compile_fail").env("RUSTC_BOOTSTRAP", "1");
    let passed = run_some(test.env("CARGO_TARGET_DIR", target_dir().join("compile-fail")))?;
    Ok(format!("{passed} samples, each beside one that compiles"))
}

/// An old toolchain's command, in a target folder of its own.
fn old(toolchain: &str, words: &[&str]) -> Command {
    let mut cargo = cargo_of(toolchain, []);
    // Without dev-dependencies: those may need a newer Rust, users do not build them.
    cargo.args(words).args(["--lib", "--locked"]);
    cargo.env("CARGO_TARGET_DIR", target_dir().join("minimum-rust"));
    cargo
}

/// 1.71's std is at hand for one Windows target only; the crate is `no_std`, so `core` is built for
/// the others.
fn minimum_of_sys() -> Result<String> {
    setup::toolchain(RUST_OF_SYS, &["rust-src"])?;
    let (built, others) = match cfg!(windows) {
        true => (TARGETS[0], &TARGETS[1..]),
        false => {
            wine::linker()?; // its dlltool makes the import libraries of raw-dylib
            (wine::TARGET, &TARGETS[..])
        }
    };
    setup::targets_of(Some(RUST_OF_SYS), &[built])?;
    run_command(&mut old(RUST_OF_SYS, &["build", "-p", "iocp-sys", "--target", built]))?;
    let others = others.iter().filter(|target| **target != built);
    let mut check = old(RUST_OF_SYS, &["check", "-p", "iocp-sys", "-Z", "build-std=core"]);
    check.args(others.map(|target| format!("--target={target}")));
    run_command(check.env("RUSTC_BOOTSTRAP", "1"))?;
    Ok(format!("Rust {RUST_OF_SYS}: {built} built, {} more checked", TARGETS.len() - 1))
}

fn minimum_of_iocp() -> Result<String> {
    setup::toolchain(RUST_OF_IOCP, &[])?;
    setup::targets_of(Some(RUST_OF_IOCP), &TARGETS)?;
    let mut check = old(RUST_OF_IOCP, &["check", "-p", "iocp"]);
    run_command(check.args(TARGETS.map(|target| format!("--target={target}"))))?;
    Ok(format!("Rust {RUST_OF_IOCP}: {} Windows targets checked", TARGETS.len()))
}

/// Cargo's view of the fixed rule, for every target at once.
fn dependencies() -> Result<String> {
    let tree = |package: &str, depth: &str| {
        let mut tree = cargo(["tree", "--prefix", "none", "--target", "all", "-e", "normal,build"]);
        output(tree.args(["-p", package, "--depth", depth]))
    };
    let sys = tree("iocp-sys", "99")?;
    if sys.lines().count() != 1 {
        bail!("iocp-sys must not depend on anything:\n{sys}");
    }
    let iocp = tree("iocp", "1")?;
    let mut names: Vec<_> = iocp.lines().skip(1).filter_map(|l| l.split(' ').next()).collect();
    names.sort_unstable();
    names.dedup();
    if names != ["iocp-sys", "static_assertions", "thiserror"] {
        bail!("iocp must depend on iocp-sys, static_assertions and thiserror:\n{iocp}");
    }
    Ok("iocp-sys: none, iocp: three".into())
}
