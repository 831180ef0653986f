//! `cargo xtask examples`: each example on a Windows kernel, checked from outside (`echo_server`:
//! `cargo xtask demo`).
//!
//! The example runs under Wine as a user would start it; the check is native and, where there is
//! one, uses a client that is not ours. So what is checked went over real sockets, and a mistake
//! that server and client would share is seen.
//!
//! A new example: a file beside this one with its check, and a line in `EXAMPLES`. A server says
//! `listening address=…` when it is ready and `done …` when its standard input has ended.

mod accepting;
mod chat;
mod copy;
mod delayed;
mod http_files;
mod lookup;
mod nc;
mod pipes;
mod program;
mod proxy;
mod supervisor;
mod tail;
mod threads;
mod udp_server;
mod watch;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{bail, Context, Result};
use pico_args::Arguments;

use crate::{
    args::names,
    process::{cargo, command, headline, run as run_command, target_dir},
    wine::{Wine, TARGET},
};
use program::Program;

/// One file per example: its name, and what checks it.
const EXAMPLES: [(&str, Check); 14] = [
    ("http_files", http_files::check),
    ("chat", chat::check),
    ("delayed_reads", delayed::check),
    ("threads", threads::check),
    ("copy", copy::check),
    ("pipe_server", pipes::check),
    ("tail", tail::check),
    ("supervisor", supervisor::check),
    ("watch", watch::check),
    ("proxy", proxy::check),
    ("udp_server", udp_server::check),
    ("resolve_at_run_time", lookup::check),
    ("registered_io", lookup::check_registered),
    ("accept_echo", accepting::check),
];

type Check = fn(&Example<'_>, &mut Findings) -> Result<()>;

/// What `cargo xtask examples` was asked.
#[derive(Debug, Default)]
pub(crate) struct Args {
    /// The long load, where the check has one.
    load: bool,
    wine10: bool,
    /// All, if there are none.
    names: Vec<String>,
}

impl Args {
    pub(crate) fn parse(mut words: Arguments) -> Result<Self> {
        Ok(Self {
            load: words.contains("--load"),
            wine10: words.contains("--wine10"),
            names: names(words, "example", &EXAMPLES.map(|(name, _)| name))?,
        })
    }
}

/// One example, built and ready to start.
#[derive(Debug)]
struct Example<'a> {
    wine: &'a Wine,
    program: PathBuf,
    /// Whether a load takes its full time.
    load: bool,
}

impl Example<'_> {
    /// Starts it.
    fn start(&self, arguments: &[&str]) -> Result<Program> {
        let mut start = self.command();
        start.args(arguments);
        Program::start(start)
    }

    /// The program without arguments.
    fn command(&self) -> Command {
        let mut start = command(&self.wine.runner);
        start.arg(&self.program);
        start
    }
}

/// The folder for files of a check.
fn folder() -> Result<PathBuf> {
    let folder = target_dir().join("examples");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// What a check found, row by row.
#[derive(Debug, Default)]
struct Findings {
    failed: usize,
    rows: Vec<String>,
}

impl Findings {
    /// One thing that was looked at, what was found, and whether that is right.
    fn add(&mut self, what: &str, is_right: bool, found: impl std::fmt::Display) {
        let mark = if is_right { "ok    " } else { "FAILED" };
        self.failed += usize::from(!is_right);
        self.rows.push(format!("  {mark}  {what:<44}  {found}"));
    }

    /// What was looked at and found right.
    fn seen(&mut self, what: &str, found: impl std::fmt::Display) {
        self.add(what, true, found);
    }

    /// As [`add`](Self::add), where one answer is right.
    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, right: &T) {
        match found == right {
            true => self.add(what, true, format_args!("{found:?}")),
            false => self.add(what, false, format_args!("{found:?}, not {right:?}")),
        }
    }
}

/// Builds, runs and checks.
pub(crate) fn run(args: &Args) -> Result<()> {
    headline("set-up and build");
    let wine = Wine::asked(args.wine10, None)?;
    let chosen = EXAMPLES
        .iter()
        .filter(|(name, _)| args.names.is_empty() || args.names.iter().any(|n| n == name));
    let mut build =
        cargo(["build", "--release", "--target", TARGET, "-p", "iocp", "-p", "iocp-sys"]);
    run_command(build.args(chosen.clone().flat_map(|(name, _)| ["--example", name])))?;
    let mut failed = 0;
    for (name, check) in chosen {
        let folder = target_dir().join(TARGET).join("release/examples");
        let program = folder.join(format!("{name}.exe"));
        headline(&format!("{name} on {}", wine.name));
        let mut findings = Findings::default();
        let begun = Instant::now();
        let outcome = check(&Example { wine: &wine, program, load: args.load }, &mut findings);
        for row in &findings.rows {
            println!("{row}");
        }
        println!("  {} rows in {:.1} s", findings.rows.len(), begun.elapsed().as_secs_f64());
        outcome.with_context(|| format!("{name} cannot be checked"))?;
        failed += findings.failed;
    }
    if failed > 0 {
        bail!("{failed} rows above FAILED");
    }
    Ok(())
}

/// A path of this host, as a program under Wine writes it.
pub(crate) fn windows_path(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}
