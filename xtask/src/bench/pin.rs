//! Pinning: Wine's server and the program on one core, or times vary by half.

use std::{fs, path::Path};

use anyhow::Result;

use crate::process::{command, output, target_dir};

/// The core of server and program; the client has the others.
pub(super) const CORE: &str = "1";

/// While it lives, the servers of our own Wine prefixes run on [`CORE`].
#[derive(Debug)]
pub(super) struct Pinned(());

impl Pinned {
    pub(super) fn new() -> Result<Self> {
        allow(CORE)?;
        Ok(Self(()))
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        // A server that is gone meanwhile need not be let go.
        let last = std::thread::available_parallelism().map_or(1, usize::from).max(2) - 1;
        drop(allow(&format!("0-{last}")));
    }
}

fn allow(cores: &str) -> Result<()> {
    if cfg!(not(target_os = "linux")) {
        return Ok(());
    }
    for process in fs::read_dir("/proc")? {
        let path = process?.path();
        if is_ours(&path) {
            let id = path.file_name().unwrap_or_default().to_os_string();
            drop(output(command("taskset").args(["-a", "-p", "-c", cores]).arg(id)));
        }
    }
    Ok(())
}

/// A `wineserver` of a prefix in our target folder.
fn is_ours(process: &Path) -> bool {
    let read = |name: &str| fs::read(process.join(name)).unwrap_or_default();
    let prefix = format!("WINEPREFIX={}/", target_dir().join("wine").display());
    read("comm").starts_with(b"wineserver")
        && read("environ").split(|byte| *byte == 0).any(|word| word.starts_with(prefix.as_bytes()))
}
