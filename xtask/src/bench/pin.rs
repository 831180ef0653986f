//! Pinning: Wine's server and the program on one core, or times vary by half.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::process::{command, output, target_dir};

/// The core of server and program; the client has the others.
pub(super) fn core() -> &'static str {
    if cores() > 1 {
        "1"
    } else {
        "0"
    }
}

/// While it lives, the servers of our own Wine prefixes run on [one core](core), and we on the others.
#[derive(Debug)]
pub(super) struct Pinned(());

impl Pinned {
    pub(super) fn new() -> Result<Self> {
        let this = Self(()); // what follows is taken back also when it fails half way
        if cfg!(target_os = "linux") {
            let cores = cores();
            if cores > 1 {
                allow(&this_process(), &others(cores))?;
            }
            for server in wine_servers()? {
                // One that is gone meanwhile need not be pinned.
                drop(allow(&server, core()));
            }
        }
        Ok(this)
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        if cfg!(target_os = "linux") {
            let all = format!("0-{}", cores() - 1);
            let servers = wine_servers().unwrap_or_default();
            for process in servers.iter().chain([&this_process()]) {
                drop(allow(process, &all));
            }
        }
    }
}

/// All cores of the machine: what we may use ourselves is less while we are pinned.
fn cores() -> usize {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    cpus.lines().filter(|line| line.starts_with("processor")).count().max(1)
}

/// All but [that one](core).
fn others(cores: usize) -> String {
    match cores {
        0..=2 => "0".to_owned(),
        _ => format!("0,2-{}", cores - 1),
    }
}

fn this_process() -> PathBuf {
    Path::new("/proc").join(std::process::id().to_string())
}

fn allow(process: &Path, cores: &str) -> Result<()> {
    let id = process.file_name().unwrap_or_default();
    output(command("taskset").args(["-a", "-p", "-c", cores]).arg(id)).map(drop)
}

/// Ends those servers that never sleep: the next program starts a new one. Wine 8 sometimes keeps the
/// socket of a program that has ended, and asks for its state over and over: that would be in every
/// time, and no program would ever be seen to wait.
#[cfg(target_os = "linux")]
pub(super) fn end_busy_servers() -> Result<()> {
    use nix::{
        sys::signal::{kill, Signal},
        unistd::Pid,
    };
    const LOOKS: u32 = 100;
    for server in wine_servers()? {
        let sleeps = |_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            // Gone is as good.
            let stat = fs::read_to_string(server.join("stat")).unwrap_or_default();
            stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('S'))
        };
        if !(0..LOOKS).any(sleeps) {
            crate::process::note(
                "Wine's server is busy with nothing: it is ended, and started anew",
            );
            let id = server.file_name().unwrap_or_default().to_string_lossy().parse()?;
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM); // gone meanwhile is as good
            while server.exists() {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
        }
    }
    Ok(())
}

/// There is no such server here.
#[cfg(not(target_os = "linux"))]
pub(super) fn end_busy_servers() -> Result<()> {
    Ok(())
}

/// The folders in `/proc` of the Wine servers of prefixes in our target folder.
pub(super) fn wine_servers() -> Result<Vec<PathBuf>> {
    let all = fs::read_dir("/proc")?.flatten().map(|process| process.path());
    Ok(all.filter(|folder| is_ours(folder)).collect())
}

/// A `wineserver` of a prefix in our target folder.
fn is_ours(process: &Path) -> bool {
    let read = |name: &str| fs::read(process.join(name)).unwrap_or_default();
    let prefix = format!("WINEPREFIX={}/", target_dir().join("wine").display());
    read("comm").starts_with(b"wineserver")
        && read("environ").split(|byte| *byte == 0).any(|word| word.starts_with(prefix.as_bytes()))
}
