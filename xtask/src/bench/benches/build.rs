//! What a dependency costs before anything runs: the time of a cold build, and its download.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

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
    let mut projects = Vec::new();
    for (name, dependency) in &rows {
        projects.push(Project::make(name, dependency).with_context(|| (*name).to_owned())?);
    }
    // In turn, so that what slows the machine for a while slows all of them.
    for _ in 0..TIMES {
        for project in &mut projects {
            project.build()?;
        }
    }
    own_packages()?;
    let empty = projects.first().map_or(f64::NAN, |project| project.seconds);
    for project in projects.iter().skip(1) {
        let packages = project.packages()?;
        let kilobytes = |size: fn(&str) -> Result<u64>| -> Result<f64> {
            let bytes: Result<u64> = packages.iter().map(|package| size(package)).sum();
            Ok(bytes? as f64 / 1024.0)
        };
        let seconds = project.seconds - empty;
        let row = vec![seconds, kilobytes(download)?, kilobytes(source)?, packages.len() as f64];
        table.row(project.name, row);
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

/// An empty library with one dependency.
struct Project {
    name: &'static str,
    folder: PathBuf,
    /// Of the quickest build.
    seconds: f64,
}

impl Project {
    /// Writes it, and downloads what it needs.
    fn make(name: &'static str, dependency: &str) -> Result<Self> {
        let folder = target_dir().join("bench/cold").join(name.replace(", ", "-"));
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
        Ok(Self { name, folder, seconds: f64::MAX })
    }

    /// Builds it from nothing, and removes what came of it.
    fn build(&mut self) -> Result<()> {
        let target = self.folder.join("target");
        let mut build = cargo(["build", "--quiet", "--offline", "--target", TARGET]);
        build.current_dir(&self.folder).env("CARGO_TARGET_DIR", &target);
        let begun = Instant::now();
        run_quietly(&mut build)?;
        self.seconds = self.seconds.min(begun.elapsed().as_secs_f64());
        Ok(fs::remove_dir_all(target)?)
    }

    /// What is compiled for it, such as `windows-sys-0.61.2`.
    fn packages(&self) -> Result<BTreeSet<String>> {
        let mut tree = cargo(["tree", "--offline", "--prefix", "none", "--format", "{p}"]);
        tree.args(["--target", TARGET, "-e", "normal,build"]).current_dir(&self.folder);
        let package = |line: &str| {
            let mut words = line.split(' ');
            Some(format!("{}-{}", words.next()?, words.next()?.strip_prefix('v')?))
        };
        Ok(output(&mut tree)?.lines().skip(1).filter_map(package).collect())
    }
}

/// Packs ours, as they would be downloaded.
fn own_packages() -> Result<()> {
    let words = ["package", "--quiet", "--offline", "--allow-dirty", "--no-verify"];
    run_quietly(cargo(words).args(["-p", "iocp-sys", "-p", "iocp"]))
}

/// Bytes of the packed crate.
pub(crate) fn download(package: &str) -> Result<u64> {
    let file = match is_own(package) {
        true => target_dir().join("package").join(format!("{package}.crate")),
        false => in_registry("cache", &format!("{package}.crate"))?,
    };
    Ok(fs::metadata(&file).with_context(|| file.display().to_string())?.len())
}

/// Bytes of its source files.
fn source(package: &str) -> Result<u64> {
    let folder = match package.rsplit_once('-') {
        Some((name, _)) if is_own(package) => root().join(name),
        _ => in_registry("src", package)?,
    };
    size(&folder.join("src"))
}

fn is_own(package: &str) -> bool {
    package.starts_with("iocp-")
}

/// Where cargo keeps what it has downloaded: one folder per registry.
fn in_registry(kind: &str, name: &str) -> Result<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let user = || std::env::home_dir().map(|home| home.join(".cargo"));
    let registry = home.or_else(user).context("cargo's home folder")?.join("registry").join(kind);
    let mut places = fs::read_dir(&registry)?.flatten().map(|entry| entry.path().join(name));
    places.find(|path| path.exists()).with_context(|| format!("{name} in {}", registry.display()))
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
