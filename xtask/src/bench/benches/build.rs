//! What a dependency costs before anything runs: the time of a cold build, and its download.

use std::{fs, path::Path, time::Instant};

use anyhow::{Context, Result};

use super::Asked;
use crate::{
    bench::table::Table,
    process::{cargo, output, root, run_quietly, target_dir},
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
        title: "seconds over an empty crate, and the package's source".into(),
        kernel: format!("none ({TARGET}, debug)"),
        columns: vec!["seconds", "source KB", "packages"],
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
    let mut empty = 0.0;
    for (name, dependency) in rows {
        let built = build(&dependency).with_context(|| name.to_owned())?;
        match name {
            "empty" => empty = built.seconds,
            _ => table.row(name, vec![built.seconds - empty, built.kilobytes, built.packages]),
        }
    }
    let seconds = |name: &str| table.value(name, "seconds");
    let (own, nine) = (seconds("iocp-sys"), seconds("windows-sys, 9"));
    table.wish("iocp-sys: seconds", own, 0.15);
    table.wish("iocp-sys ÷ windows-sys with 9 features", own / nine, 0.1);
    table.notes.push(format!("The quickest of {TIMES} builds each, all sources fetched before."));
    Ok(table)
}

struct Built {
    seconds: f64,
    kilobytes: f64,
    packages: f64,
}

/// Builds an empty library with this one dependency, from nothing, several times.
fn build(dependency: &str) -> Result<Built> {
    let folder = target_dir().join("bench/cold");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"cold\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
             [dependencies]\n{dependency}\n[workspace]\n"
        ),
    )?;
    run_quietly(cargo(["fetch", "--quiet", "--target", TARGET]).current_dir(&folder))?;
    let mut seconds = f64::MAX;
    for _ in 0..TIMES {
        let mut build = cargo(["build", "--quiet", "--offline", "--target", TARGET]);
        build.current_dir(&folder).env("CARGO_TARGET_DIR", folder.join("target"));
        let begun = Instant::now();
        run_quietly(&mut build)?;
        seconds = seconds.min(begun.elapsed().as_secs_f64());
        fs::remove_dir_all(folder.join("target"))?;
    }
    let mut tree = cargo(["tree", "--prefix", "none", "--format", "{p}", "--target", TARGET]);
    let tree = output(tree.args(["-e", "normal,build"]).current_dir(&folder))?;
    let packages = tree.lines().skip(1).collect::<std::collections::BTreeSet<_>>().len();
    Ok(Built { seconds, kilobytes: source(&folder)?, packages: packages as f64 })
}

/// The sources of what the crate depends on directly, in 1,024 bytes: what is downloaded, unpacked.
fn source(folder: &Path) -> Result<f64> {
    let text = output(cargo(["metadata", "--format-version", "1"]).current_dir(folder))?;
    let manifests = text.split("\"manifest_path\":\"").skip(1);
    let manifests = manifests.filter_map(|rest| rest.split('"').next()).map(Path::new);
    let of_targets = ["windows-sys", "winapi-0.3", "iocp", "mio"];
    let mut sum = 0;
    for manifest in manifests.filter(|path| !path.starts_with(folder)) {
        let package = manifest.parent().context("a manifest lies in a folder")?;
        let name = package.file_name().unwrap_or_default().to_string_lossy();
        if of_targets.iter().any(|start| name.starts_with(start)) {
            sum += size(&package.join("src"))?;
        }
    }
    Ok(sum as f64 / 1024.0)
}

fn size(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        sum += match entry.file_type()?.is_dir() {
            true => size(&entry.path())?,
            false => entry.metadata()?.len(),
        };
    }
    Ok(sum)
}
