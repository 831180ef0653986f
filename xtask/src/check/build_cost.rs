//! What depending on `iocp-sys` costs: a program with it, built cold, over an empty program.
//!
//! Built twice over: as those who depend on it get it, packed and from a registry (no lints, nothing
//! kept for the next build), and from its folder, as in this workspace.
//!
//! No clock decides: the seconds are printed, and judged is what part they are of those that
//! windows-sys takes with the same surface, built in turn with ours. A slow or busy machine is slow for
//! both. Of each program the least of several builds counts, since others can only add to it, and one
//! above the limit is built again, up to [`TIMES_MAX`] times, before that is believed. So a wrong
//! verdict needs a machine that makes every one of our builds a multiple slower, and spares
//! windows-sys's between them.
//!
//! What a user of ten items pays is printed beside it: [`ten_items`].
//!
//! Where the system tells, the seconds are those of the processor that cargo and its compilers took,
//! which other programs change little; elsewhere those of the clock.

mod ten_items;

use std::{fmt, fs, path::Path};

use anyhow::{ensure, Result};

use super::package_of;
use crate::{
    archives::unpack,
    process::{root, target_dir},
    program::{processor_seconds, Program, Seconds},
};

/// The most that it may cost, as a part of what windows-sys costs.
const LIMIT: f64 = 0.25;

/// The seconds that it is meant to cost on a quiet machine: printed, not judged.
const GOAL: f64 = 0.15;

/// Builds of each program, and at most, if what was found is above the limit.
const TIMES: usize = 5;
const TIMES_MAX: usize = 25;

/// windows-sys with the features that the surface of iocp-sys needs.
const REFERENCE: &str = "tests/oracles/windows-sys";

/// Packs and measures.
pub(super) fn check() -> Result<String> {
    let folder = target_dir().join("build-cost");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let path = |name: &str, of: &str| format!("{name} = {{ path = {:?} }}", root().join(of));
    let version = registry(&folder.join("packed"))?;
    let program = |name: &str, dependency: &str| {
        Program::new(folder.join(name), None, dependency, ("main.rs", "fn main() {}\n"))
    };
    let mut programs = [
        program("empty", "")?,
        program("packed", &format!("iocp-sys = {version:?}"))?,
        program("local", &path("iocp-sys", "iocp-sys"))?,
        program("reference", &path("iocp-oracle-two", REFERENCE))?,
    ];
    let mut times = 0;
    loop {
        // In turn, so that what else runs here disturbs all alike.
        for program in &mut programs {
            program.build(&[])?;
        }
        times += 1;
        let costs = Costs::of(&programs.each_ref().map(|program| program.least));
        if times == TIMES_MAX || (times >= TIMES && costs.within()) {
            let found = format!("{costs}; least of {times}");
            ensure!(costs.within(), "a cold build with iocp-sys is too dear: {found}");
            return Ok(format!("{found}\n{:>12}{}", "", ten_items::cost(&folder, &version)?));
        }
    }
}

/// What each program takes more than the empty one.
struct Costs {
    packed: Seconds,
    local: Seconds,
    reference: Seconds,
}

impl Costs {
    /// Of the empty program, the packed, the local one, and windows-sys.
    fn of([empty, packed, local, reference]: &[Seconds; 4]) -> Self {
        let [packed, local, reference] = [packed, local, reference].map(|one| one.over(*empty));
        Self { packed, local, reference }
    }

    /// Which parts of what windows-sys costs.
    fn parts(&self) -> [f64; 2] {
        [self.packed, self.local].map(|own| own.judged / self.reference.judged)
    }

    fn within(&self) -> bool {
        // What is not a number, or measured as nothing, shows nothing.
        self.reference.judged > 0.0 && self.parts().iter().all(|part| *part <= LIMIT)
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_what = if processor_seconds().is_some() { "the processor" } else { "the clock" };
        let [packed, local] = self.parts();
        write!(
            f,
            "{packed:.2} of windows-sys packed, {local:.2} from its folder (limit {LIMIT}); seconds of \
             {of_what} more than an empty program {:.3}, {:.3}, {:.3} (clock {:.3}, {:.3}, {:.3}; goal {GOAL})",
            self.packed.judged,
            self.local.judged,
            self.reference.judged,
            self.packed.clock,
            self.local.clock,
            self.reference.clock,
        )
    }
}

/// Lays out the package of iocp-sys as the only registry of a program in `folder`; returns its
/// version.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn within(judged: [f64; 4]) -> bool {
        Costs::of(&judged.map(|judged| Seconds { clock: judged, judged })).within()
    }

    #[test]
    fn a_slow_machine_is_slow_for_both_and_a_dear_dependency_fails() {
        for slow in [1.0, 1.4, 20.0] {
            assert!(within([0.1, 0.2, 0.25, 1.3].map(|seconds| seconds * slow)));
            assert!(!within([0.1, 0.6, 0.25, 1.3].map(|seconds| seconds * slow)));
            assert!(!within([0.1, 0.2, 0.6, 1.3].map(|seconds| seconds * slow)));
        }
        assert!(!within([0.1; 4]), "nothing was measured");
    }
}
