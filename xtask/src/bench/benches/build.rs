//! What a dependency costs before anything runs: the time of a cold build, and its download.

use std::fs;

use anyhow::{Context, Result};

use super::Asked;
use crate::{
    archives::PUBLISHED,
    bench::table::Table,
    check::package_of,
    process::{root, target_dir},
    program::Program,
    setup,
};

/// What Windows programs are built for; a library needs no linker, so this builds anywhere.
const TARGET: &str = "x86_64-pc-windows-msvc";

/// Builds per row; the quickest counts, for other programs can only slow a build.
const TIMES: usize = 5;

/// The features of windows-sys with which mio and polling are built.
const THREE: &str = r#""Win32_Foundation", "Win32_System_IO", "Win32_Networking_WinSock""#;
/// Those that iocp-sys's surface needs.
const NINE: &str = r#""Win32_Foundation", "Win32_System_IO", "Win32_Networking_WinSock",
"Win32_Storage_FileSystem", "Win32_System_Pipes", "Win32_System_Threading",
"Win32_System_JobObjects", "Win32_System_Memory", "Win32_Security""#;
const WINAPI: &str = r#""ioapiset", "winsock2", "mswsock", "ws2tcpip", "fileapi", "namedpipeapi",
"handleapi", "threadpoolapiset", "jobapi2", "winerror", "ntstatus""#;

/// Goal 5.
pub(super) fn cold(_: &Asked) -> Result<Table> {
    setup::targets(&[TARGET])?;
    let mut table = Table {
        name: "cold_build",
        title: "seconds over an empty crate, and what is downloaded".into(),
        kernel: format!("none ({TARGET}, debug)"),
        columns: vec!["seconds", "download KB", "source KB", "packages"],
        mark: Some(0.15),
        ..Table::default()
    };
    let path = |name: &str| format!("{name} = {{ path = {:?} }}", root().join(name));
    let windows_sys =
        |features: &str| format!("windows-sys = {{ version = \"0.61\", features = [{features}] }}");
    let rows = [
        ("empty", String::new()),
        ("iocp-sys", path("iocp-sys")),
        ("iocp", path("iocp")),
        ("windows-sys, 3", windows_sys(THREE)),
        ("windows-sys, 9", windows_sys(NINE)),
        ("winapi", format!("winapi = {{ version = \"0.3\", features = [{WINAPI}] }}")),
        ("mio", "mio = { version = \"1.2\", features = [\"os-poll\", \"net\"] }".to_owned()),
    ];
    let mut programs = Vec::new();
    for (name, dependency) in &rows {
        let folder = target_dir().join("bench/cold").join(name.replace(", ", "-"));
        let program = Program::new(folder, Some(TARGET), dependency, ("lib.rs", ""));
        programs.push(program.and_then(Program::fetch).with_context(|| (*name).to_owned())?);
    }
    // In turn, so that what slows the machine for a while slows all of them.
    for _ in 0..TIMES {
        for program in &mut programs {
            fs::remove_dir_all(program.build(&[])?)?;
        }
    }
    PUBLISHED.iter().try_for_each(|name| package_of(name).map(drop))?;
    let empty = programs.first().map_or(f64::NAN, |program| program.least.clock);
    for ((name, _), program) in rows.iter().zip(&programs).skip(1) {
        let [download, source] = program.kilobytes()?;
        let packages = program.packages()?.len() as f64;
        table.row(*name, vec![program.least.clock - empty, download, source, packages]);
    }
    let seconds = |name: &str| table.value(name, "seconds");
    let (own, nine) = (seconds("iocp-sys"), seconds("windows-sys, 9"));
    table.wish("iocp-sys: seconds", own, 0.15);
    table.wish("iocp-sys ÷ windows-sys with 9 features", own / nine, 0.1);
    table.notes.push(format!(
        "The quickest of {TIMES} builds each, in turn, all sources fetched before and cargo offline. \
         Download: the packed crates of all packages; source: what they unpack to."
    ));
    Ok(table)
}
