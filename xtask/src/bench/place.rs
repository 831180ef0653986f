//! Where a run is from.

use super::{Args, ROUNDS};
use crate::process::{command, output};

/// What ran, of what, where.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) machine: String,
    pub(super) rust: String,
    pub(super) commit: String,
    pub(super) command: String,
}

/// What is changed beside the page that a run makes.
const CHANGES: [&str; 5] =
    ["status", "--porcelain", ":/", ":!/tests/bench/BENCHMARKS.md", ":!/tests/bench/results"];

impl Place {
    /// This machine and this commit.
    pub(super) fn of(args: &Args) -> Self {
        let said = |program: &str, words: &[&str]| {
            let text = output(command(program).args(words)).ok()?;
            text.lines().next().map(str::to_owned)
        };
        let known = |said: Option<String>| said.unwrap_or_else(|| "unknown".to_owned());
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
        let mut command = String::from("cargo xtask bench");
        command.extend(args.names.iter().map(|name| format!(" {name}")));
        command += if args.quick { " --quick" } else { "" };
        command += if args.repeat { " --repeat" } else { "" };
        if args.rounds != ROUNDS {
            command += &format!(" --rounds {}", args.rounds);
        }
        Self {
            machine: format!("{system} on {processor}, {cores} cores"),
            rust: known(said("rustc", &["--version"])),
            commit: known(said("git", &["rev-parse", "--short", "HEAD"]))
                + said("git", &CHANGES).map_or("", |_| "-dirty"),
            command,
        }
    }

    /// As it is written beside data.
    pub(super) fn fields(&self) -> [(&'static str, &str); 4] {
        let Self { machine, rust, commit, command } = self;
        [("machine", machine), ("rust", rust), ("commit", commit), ("command", command)]
    }

    /// As it is read below a table.
    pub(super) fn line(&self) -> String {
        let Self { machine, rust, commit, command } = self;
        format!("Run: `{command}` at {commit}, {rust}; {machine}.\n")
    }
}
