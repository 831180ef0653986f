//! What depending on `iocp-sys` costs: a program with it, built cold, over an empty program.
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

use std::fs;

use anyhow::{ensure, Result};

use crate::{
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

/// Builds and judges.
pub(super) fn check() -> Result<String> {
    let folder = target_dir().join("build-cost");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let path = |name: &str, of: &str| format!("{name} = {{ path = {:?} }}", root().join(of));
    let program = |name: &str, dependency: &str| {
        Program::new(folder.join(name), None, dependency, ("main.rs", "fn main() {}\n"))
    };
    let mut programs = [
        program("empty", "")?,
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
        let (part, found) = cost(programs.each_ref().map(|program| program.least));
        // What is not a number, or measured as nothing, shows nothing.
        let is_within = part <= LIMIT;
        if times == TIMES_MAX || (times >= TIMES && is_within) {
            ensure!(is_within, "a cold build with iocp-sys is too dear: {found}; least of {times}");
            let ten = ten_items::cost(&folder)?;
            return Ok(format!("{found}; least of {times}\n{:>12}{ten}", ""));
        }
    }
}

/// Which part it is of what windows-sys costs, and in words.
fn cost([empty, local, reference]: [Seconds; 3]) -> (f64, String) {
    let [own, theirs] = [local, reference].map(|one| one.over(empty));
    let part = if theirs.judged > 0.0 { own.judged / theirs.judged } else { f64::NAN };
    let of_what = if processor_seconds().is_some() { "the processor" } else { "the clock" };
    let found = format!(
        "{part:.2} of windows-sys (limit {LIMIT}); seconds of {of_what} more than an empty program {:.3}, \
         {:.3} (clock {:.3}, {:.3}; goal {GOAL})",
        own.judged, theirs.judged, own.clock, theirs.clock
    );
    (part, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_machine_is_slow_for_both_and_a_dear_dependency_fails() {
        let within = |judged: [f64; 3]| {
            cost(judged.map(|judged| Seconds { clock: judged, judged })).0 <= LIMIT
        };
        for slow in [1.0, 1.4, 20.0] {
            assert!(within([0.1, 0.25, 1.3].map(|seconds| seconds * slow)));
            assert!(!within([0.1, 0.6, 1.3].map(|seconds| seconds * slow)));
        }
        assert!(!within([0.1; 3]), "nothing was measured");
    }
}
