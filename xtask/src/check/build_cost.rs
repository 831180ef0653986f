//! What depending on `iocp-sys` costs: a program with it, built cold, over an empty program.
//!
//! Built twice over: as those who depend on it get it, packed and from a registry (no lints, nothing
//! kept for the next build), and from its folder, as in this workspace.
//!
//! Where the system tells, the seconds are those of the processor that cargo and its compilers took:
//! while other programs run, a build takes a multiple of its time, but hardly more of the processor.
//! Elsewhere they are those of the clock, which say something on a machine at rest only.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{bail, Result};

use super::package_of;
use crate::process::{cargo, output, root, run_quietly, target_dir};

/// Seconds that it may add to a build.
const GOAL: f64 = 0.15;

/// Where the check fails. The processor, too, takes up to 1.4 times as long while others use it: for
/// the package the goal is far enough from what a quiet machine shows (0.10), for the folder (0.15)
/// it is not.
const LIMITS: [f64; 2] = [GOAL, 0.2];
/// The same if there is only the clock, with what else runs on the machine.
const LIMITS_OF_CLOCK: [f64; 2] = [0.6, 0.6];

/// Builds of each program; the least counts, for other programs can only add to it. So one above the
/// limit is built more often before that is believed.
const TIMES: usize = 9;
const TIMES_MAX: usize = 45;

/// Measures, after the package was made.
pub(super) fn check() -> Result<String> {
    let folder = target_dir().join("build-cost");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let version = unpack(&folder)?;
    let local = format!("iocp-sys = {{ path = {:?} }}", root().join("iocp-sys"));
    let programs = [
        program(&folder, "empty", "")?,
        program(&folder, "packed", &format!("iocp-sys = {version:?}"))?,
        program(&folder, "local", &local)?,
    ];
    let (of_what, limits) = match processor_seconds() {
        Some(_) => ("of the processor", LIMITS),
        None => ("of the clock", LIMITS_OF_CLOCK),
    };
    let mut least = [Seconds::MAX; 3];
    let mut times = 0;
    let more = loop {
        // In turn, so that what else runs here disturbs all alike.
        for (program, least) in programs.iter().zip(&mut least) {
            *least = least.min(build(program)?);
        }
        times += 1;
        let more = [least[1].over(least[0]), least[2].over(least[0])];
        let within = more[0].judged <= limits[0] && more[1].judged <= limits[1];
        if times == TIMES_MAX || (times >= TIMES && within) {
            break more;
        }
    };
    let [packed, local] = more;
    let found = format!(
        "{:.3} s {of_what} more than an empty program's {:.3} (clock {:.3}); from its folder {:.3} \
         (clock {:.3}); least of {times}, goal {GOAL}",
        packed.judged, least[0].judged, packed.clock, local.judged, local.clock,
    );
    if packed.judged > limits[0] || local.judged > limits[1] {
        bail!("a cold build with iocp-sys takes {found}; the limits are {limits:?}");
    }
    Ok(found)
}

/// What a build takes.
#[derive(Clone, Copy)]
struct Seconds {
    clock: f64,
    /// Of the processor where they are known, else of the clock.
    judged: f64,
}

impl Seconds {
    const MAX: Self = Self { clock: f64::MAX, judged: f64::MAX };

    fn min(self, other: Self) -> Self {
        Self { clock: self.clock.min(other.clock), judged: self.judged.min(other.judged) }
    }

    fn over(self, other: Self) -> Self {
        Self { clock: self.clock - other.clock, judged: self.judged - other.judged }
    }
}

/// Lays out the package of iocp-sys as a registry of its own in `folder`; returns its version.
fn unpack(folder: &Path) -> Result<String> {
    let package = package_of("iocp-sys")?;
    let registry = folder.join("registry");
    fs::create_dir_all(&registry)?;
    run_quietly(Command::new("tar").arg("-xzf").arg(&package).arg("-C").arg(&registry))?;
    let name = package.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    fs::write(registry.join(&name).join(".cargo-checksum.json"), "{\"files\":{}}")?;
    fs::create_dir_all(folder.join(".cargo"))?;
    let config = "[source.crates-io]\nreplace-with = \"packed\"\n\
                  [source.packed]\ndirectory = \"registry\"\n";
    fs::write(folder.join(".cargo/config.toml"), config)?;
    Ok(name.trim_start_matches("iocp-sys-").to_owned())
}

/// Writes an empty program with this dependency.
fn program(folder: &Path, name: &str, dependency: &str) -> Result<PathBuf> {
    let program = folder.join(name);
    fs::create_dir_all(program.join("src"))?;
    fs::write(program.join("src/main.rs"), "fn main() {}\n")?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
         [dependencies]\n{dependency}\n[workspace]\n"
    );
    fs::write(program.join("Cargo.toml"), manifest)?;
    Ok(program)
}

/// Builds it from nothing.
fn build(program: &Path) -> Result<Seconds> {
    let target = program.join("target");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    let mut build = cargo(["build", "--quiet", "--offline"]);
    build.current_dir(program).env("CARGO_TARGET_DIR", &target);
    let (before, begun) = (processor_seconds(), Instant::now());
    output(&mut build)?;
    let clock = begun.elapsed().as_secs_f64();
    let used = processor_seconds().zip(before).map(|(after, before)| after - before);
    Ok(Seconds { clock, judged: used.unwrap_or(clock) })
}

/// Processor seconds of all programs that we have waited for, and of theirs.
#[cfg(target_os = "linux")]
fn processor_seconds() -> Option<f64> {
    use nix::sys::resource::{getrusage, UsageWho};

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    let times = [usage.user_time(), usage.system_time()];
    Some(times.iter().map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6).sum())
}

#[cfg(not(target_os = "linux"))]
fn processor_seconds() -> Option<f64> {
    None
}
