//! What a Windows program pays that uses ten items: seconds of a cold build, download and size, with
//! `iocp-sys` and with windows-sys and the features that those ten need.
//!
//! The same source but for where the names come from, built and linked for Windows. Seconds are those of
//! [`Program::build`], least of few. It must not be
//! dearer than windows-sys, which is small as well with so few features.

use std::{fs, path::Path};

use anyhow::{ensure, Result};

use crate::{archives::unpack, check::package_of, program::Program, wine};

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

/// Measures, below this folder; ours as those who depend on it get it: packed, and from a registry (no lints,
/// nothing kept for the next build).
pub(super) fn cost(folder: &Path) -> Result<String> {
    wine::linker()?;
    let version = registry(&folder.join("packed"))?;
    let modules: String = MODULES
        .iter()
        .map(|module| format!("use windows_sys::{}::*;\n", module.replacen('_', "::", 2)))
        .collect();
    let windows_sys = format!("windows-sys = {{ version = \"0.61\", features = {MODULES:?} }}");
    let program = |name: &str, dependency: &str, main: &str| {
        let folder = folder.join(name);
        Program::new(folder, Some(wine::TARGET), dependency, ("main.rs", main))?.fetch()
    };
    let mut programs = [
        program("ten-none", "", "fn main() {}\n")?,
        program("packed/ten", &format!("iocp-sys = {version:?}"), &source("use iocp_sys::*;\n"))?,
        program("ten-windows-sys", &windows_sys, &source(&modules))?,
    ];
    for _ in 0..TIMES {
        for program in &mut programs {
            program.build(&[])?;
        }
    }
    let least = |at: usize| programs[at].least;
    let [own, theirs] = [least(1), least(2)].map(|one| one.over(least(0)).judged);
    let [own_kb, their_kb] = [programs[1].kilobytes()?[0], programs[2].kilobytes()?[0]];
    let mut bytes = [0; 3];
    for (program, bytes) in programs.iter_mut().zip(&mut bytes) {
        let built = program.build(&["--release"])?.join("release/program.exe");
        *bytes = i64::try_from(fs::metadata(built)?.len())?;
    }
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

/// Lays out the package of iocp-sys as the only registry of the programs in `folder`; returns its version.
fn registry(folder: &Path) -> Result<String> {
    let registry = folder.join("registry");
    fs::create_dir_all(&registry)?;
    let name = unpack(&package_of("iocp-sys")?, &registry)?;
    fs::write(registry.join(&name).join(".cargo-checksum.json"), "{\"files\":{}}")?;
    fs::create_dir_all(folder.join(".cargo"))?;
    let config = "[source.crates-io]\nreplace-with = \"packed\"\n\
                  [source.packed]\ndirectory = \"registry\"\n";
    fs::write(folder.join(".cargo/config.toml"), config)?;
    Ok(name.trim_start_matches("iocp-sys-").to_owned())
}

/// A program that keeps the ten items.
fn source(uses: &str) -> String {
    let calls: String =
        CALLS.iter().map(|name| format!("        {name} as *const (),\n")).collect();
    let types: String =
        TYPES.iter().map(|name| format!("    black_box({name}::default());\n")).collect();
    format!("use std::hint::black_box;\n{uses}\nfn main() {{\n    black_box([\n{calls}    ]);\n{types}}}\n")
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
