//! A program of a few lines that depends on something: built cold, to see what that costs, or documented.

use std::{collections::BTreeSet, fs, path::PathBuf, time::Instant};

use anyhow::{Context, Result};

use crate::{
    files::below,
    process::{cargo, output, root, run_quietly, target_dir},
};

/// A package in a workspace of its own.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) folder: PathBuf,
    /// What it is built for, if not this host.
    target: Option<&'static str>,
    /// What its quickest build took.
    pub(crate) least: Seconds,
}

/// What a build takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seconds {
    pub(crate) clock: f64,
    /// Of the processor where they are known, else of the clock.
    pub(crate) judged: f64,
}

impl Seconds {
    fn min(self, other: Self) -> Self {
        Self { clock: self.clock.min(other.clock), judged: self.judged.min(other.judged) }
    }

    pub(crate) fn over(self, other: Self) -> Self {
        Self { clock: self.clock - other.clock, judged: self.judged - other.judged }
    }
}

impl Program {
    /// Writes it: its only source, such as `main.rs`, and the line of its dependency.
    pub(crate) fn new(
        folder: PathBuf,
        target: Option<&'static str>,
        dependency: &str,
        (file, text): (&str, &str),
    ) -> Result<Self> {
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("src").join(file), text)?;
        let manifest = format!(
            "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
             [dependencies]\n{dependency}\n[workspace]\n[profile.release]\nstrip = true\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        let least = Seconds { clock: f64::MAX, judged: f64::MAX };
        Ok(Self { folder, target, least })
    }

    /// Downloads what it needs.
    pub(crate) fn fetch(self) -> Result<Self> {
        let mut fetch = cargo(["fetch", "--quiet"]);
        fetch.args(self.target.iter().flat_map(|target| ["--target", target]));
        run_quietly(fetch.current_dir(&self.folder))?;
        Ok(self)
    }

    /// Builds it from nothing, with these words too; returns cargo's folder of what came of it.
    pub(crate) fn build(&mut self, words: &[&str]) -> Result<PathBuf> {
        let target = self.folder.join("target");
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        let mut build = cargo(["build", "--quiet", "--offline"]);
        build.args(words).args(self.target.iter().flat_map(|target| ["--target", target]));
        build.current_dir(&self.folder).env("CARGO_TARGET_DIR", &target);
        let (before, begun) = (processor_seconds(), Instant::now());
        output(&mut build)?;
        let clock = begun.elapsed().as_secs_f64();
        let used = processor_seconds().zip(before).map(|(after, before)| after - before);
        self.least = self.least.min(Seconds { clock, judged: used.unwrap_or(clock) });
        Ok(self.target.map_or(target.clone(), |name| target.join(name)))
    }

    /// What is compiled for it, such as `windows-sys-0.61.2`.
    pub(crate) fn packages(&self) -> Result<BTreeSet<String>> {
        let mut tree = cargo(["tree", "--offline", "--prefix", "none", "--format", "{p}"]);
        tree.args(self.target.iter().flat_map(|target| ["--target", target]));
        tree.args(["-e", "normal,build"]).current_dir(&self.folder);
        let package = |line: &str| {
            let mut words = line.split(' ');
            Some(format!("{}-{}", words.next()?, words.next()?.strip_prefix('v')?))
        };
        Ok(output(&mut tree)?.lines().skip(1).filter_map(package).collect())
    }

    /// KB of what would be downloaded for it, packed, and of that unpacked.
    pub(crate) fn kilobytes(&self) -> Result<[f64; 2]> {
        let mut bytes = [0, 0];
        for package in self.packages()? {
            let packed = packed(&package)?;
            bytes[0] += fs::metadata(&packed).with_context(|| packed.display().to_string())?.len();
            bytes[1] += source(&package)?;
        }
        Ok(bytes.map(|bytes| bytes as f64 / 1024.0))
    }
}

/// Processor seconds of all programs that we have waited for, and of theirs.
#[cfg(target_os = "linux")]
pub(crate) fn processor_seconds() -> Option<f64> {
    use nix::sys::resource::{getrusage, UsageWho};

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    let times = [usage.user_time(), usage.system_time()];
    Some(times.iter().map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6).sum())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn processor_seconds() -> Option<f64> {
    None
}

/// The packed crate; ours as [`crate::check::package_of`] has left it.
fn packed(package: &str) -> Result<PathBuf> {
    let file = format!("{package}.crate");
    match is_own(package) {
        true => Ok(target_dir().join("package").join(file)),
        false => in_registry("cache", &file),
    }
}

/// Bytes of its source files.
fn source(package: &str) -> Result<u64> {
    let folder = match package.rsplit_once('-') {
        Some((name, _)) if is_own(package) => root().join(name),
        _ => in_registry("src", package)?,
    };
    below(&folder.join("src"))?.iter().map(|file| Ok(file.metadata()?.len())).sum()
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
