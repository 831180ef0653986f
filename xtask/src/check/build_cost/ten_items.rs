//! What a Windows program pays that uses ten items: seconds of a cold build, download and size, with
//! `iocp-sys` and with windows-sys and the features that those ten need.
//!
//! The same source but for where the names come from, built and linked for Windows. Seconds are those of
//! [`build`], least of few. It must not be
//! dearer than windows-sys, which is small as well with so few features.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{ensure, Context, Result};

use super::{build, Seconds};
use crate::{
    bench::download,
    process::{cargo, output, run_quietly},
    wine,
};

/// What a server on a completion port cannot do without.
const CALLS: [&str; 8] = [
    "CreateIoCompletionPort",
    "GetQueuedCompletionStatusEx",
    "PostQueuedCompletionStatus",
    "CancelIoEx",
    "CloseHandle",
    "WSARecv",
    "WSASend",
    "WSAGetLastError",
];
const TYPES: [&str; 2] = ["OVERLAPPED", "OVERLAPPED_ENTRY"];

/// Where windows-sys has them.
const MODULES: [&str; 3] = ["Win32_Foundation", "Win32_System_IO", "Win32_Networking_WinSock"];

/// Builds of each program.
const TIMES: usize = 3;

/// Measures, below this folder; `packed/` in it has this version of `iocp-sys` as its registry.
pub(super) fn cost(folder: &Path, version: &str) -> Result<String> {
    wine::linker()?;
    let modules: String = MODULES
        .iter()
        .map(|module| format!("use windows_sys::{}::*;\n", module.replacen('_', "::", 2)))
        .collect();
    let windows_sys = format!("windows-sys = {{ version = \"0.61\", features = {MODULES:?} }}");
    let programs = [
        program(&folder.join("ten-none"), "", "fn main() {}\n")?,
        program(
            &folder.join("packed/ten"),
            &format!("iocp-sys = {version:?}"),
            &source("use iocp_sys::*;\n"),
        )?,
        program(&folder.join("ten-windows-sys"), &windows_sys, &source(&modules))?,
    ];
    let mut least = [Seconds::MAX; 3];
    for _ in 0..TIMES {
        for (program, least) in programs.iter().zip(&mut least) {
            *least = least.min(build(program)?);
        }
    }
    let [own, theirs] = [least[1], least[2]].map(|one| one.over(least[0]).judged);
    let mut bytes = [0; 3];
    for (program, bytes) in programs.iter().zip(&mut bytes) {
        *bytes = program_bytes(program)?;
    }
    let [own_kb, their_kb] = [downloaded(&programs[1])?, downloaded(&programs[2])?];
    ensure!(own_kb > 0.0 && their_kb > 0.0, "one of the two depends on nothing");
    let found = format!(
        "ten items: seconds {own:.3}, windows-sys with {} features {theirs:.3} ({:.2} of it); download {own_kb:.0} KB, \
         {their_kb:.0} KB ({:.2} of it); program {:+} bytes, {:+}",
        MODULES.len(),
        own / theirs,
        own_kb / their_kb,
        bytes[1] - bytes[0],
        bytes[2] - bytes[0],
    );
    ensure!(own < theirs && own_kb < their_kb, "dearer than windows-sys: {found}");
    Ok(found)
}

/// A program that keeps the ten items.
fn source(uses: &str) -> String {
    let calls: String =
        CALLS.iter().map(|name| format!("        {name} as *const (),\n")).collect();
    let types: String =
        TYPES.iter().map(|name| format!("    black_box({name}::default());\n")).collect();
    format!("use std::hint::black_box;\n{uses}\nfn main() {{\n    black_box([\n{calls}    ]);\n{types}}}\n")
}

/// Writes a Windows program, and downloads what it needs.
fn program(folder: &Path, dependency: &str, main: &str) -> Result<PathBuf> {
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/main.rs"), main)?;
    let manifest = format!(
        "[package]\nname = \"ten\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
         [dependencies]\n{dependency}\n[workspace]\n[profile.release]\nstrip = true\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::create_dir_all(folder.join(".cargo"))?;
    // `build` names no target.
    let config = format!("[build]\ntarget = {:?}\n", wine::TARGET);
    fs::write(folder.join(".cargo/config.toml"), config)?;
    run_quietly(cargo(["fetch", "--quiet", "--target", wine::TARGET]).current_dir(folder))?;
    Ok(folder.to_path_buf())
}

/// Bytes of the program, built to be given to others.
fn program_bytes(program: &Path) -> Result<i64> {
    let target = program.join("target");
    let mut build = cargo(["build", "--release", "--quiet", "--offline"]);
    output(build.current_dir(program).env("CARGO_TARGET_DIR", &target))?;
    let file = target.join(wine::TARGET).join("release/ten.exe");
    let bytes = fs::metadata(&file).with_context(|| file.display().to_string())?.len();
    Ok(i64::try_from(bytes)?)
}

/// KB of the packed crates that are compiled for this program.
fn downloaded(program: &Path) -> Result<f64> {
    let mut tree = cargo(["tree", "--offline", "--prefix", "none", "--format", "{p}"]);
    tree.args(["--target", wine::TARGET, "-e", "normal,build"]).current_dir(program);
    let package = |line: &str| {
        let mut words = line.split(' ');
        Some(format!("{}-{}", words.next()?, words.next()?.strip_prefix('v')?))
    };
    let packages: BTreeSet<_> = output(&mut tree)?.lines().skip(1).filter_map(package).collect();
    let bytes: Result<u64> = packages.iter().map(|package| download(package)).sum();
    Ok(bytes? as f64 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_names_ten_items() {
        assert_eq!(CALLS.len() + TYPES.len(), 10);
        let text = source("use iocp_sys::*;\n");
        for name in CALLS.iter().chain(&TYPES) {
            assert_eq!(
                text.matches(name).count(),
                1 + usize::from(*name == "OVERLAPPED"),
                "{name}"
            );
        }
    }
}
