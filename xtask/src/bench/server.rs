//! One run: a server under the kernel of this machine, our client, and what was counted.

use std::{
    ffi::OsString,
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use anyhow::{Context, Result};

pub(super) use super::run::{Outcome, Pace, Run};
use super::{
    client::{talk, Left},
    quiet::Quiet,
};
use crate::{
    child::Child,
    process::{cargo, command, run as run_command, target_dir},
    setup,
    wine::{Wine, TARGET},
};

/// How long a server may take to start, to accept the next connections, and to count.
const LIMIT: Duration = Duration::from_secs(300);

/// Messages at the end of warming up that are sent as those that count are: so that what a server
/// makes when it first waits is made.
pub(super) const REHEARSAL: u64 = 3;

/// The built program and how to start it.
#[derive(Debug)]
pub(super) struct Programs {
    /// For example `Wine 8.0`.
    pub(super) kernel: String,
    exe: PathBuf,
    runner: Option<PathBuf>,
}

impl Programs {
    /// Builds the program for the kernel of this machine.
    pub(super) fn prepare() -> Result<Self> {
        if cfg!(windows) {
            let exe = Self::build(&[])?.join("release/iocp-bench.exe");
            let kernel = format!("Windows ({})", std::env::consts::ARCH);
            return Ok(Self { kernel, exe, runner: None });
        }
        Self::under(Wine::of_machine()?)
    }

    /// The same for Wine 10, where accepting thousands of connections is quick.
    pub(super) fn for_scale() -> Result<Self> {
        match cfg!(windows) {
            true => Self::prepare(),
            false => Self::under(Wine::ten()?),
        }
    }

    fn under(wine: Wine) -> Result<Self> {
        setup::targets(&[TARGET])?;
        let exe = Self::build(&["--target", TARGET])?.join(TARGET).join("release/iocp-bench.exe");
        Ok(Self { kernel: wine.name, exe, runner: Some(wine.runner) })
    }

    /// Once in this process: every bench asks for it.
    fn build(words: &[&str]) -> Result<PathBuf> {
        static BUILT: AtomicBool = AtomicBool::new(false);
        if !BUILT.load(Ordering::Relaxed) {
            run_command(cargo(["build", "--release", "-p", "iocp-bench"]).args(words))?;
            BUILT.store(true, Ordering::Relaxed);
        }
        Ok(target_dir())
    }

    /// The start of a program: below the stepper if asked, and Wine if there is one.
    fn begin(&self, exe: PathBuf, steps: bool) -> Result<Vec<OsString>> {
        let mut words: Vec<OsString> = Vec::new();
        if steps {
            words.push(std::env::current_exe()?.into());
            words.push("step".into());
            if let Some(file) = std::env::var_os("IOCP_BENCH_PROFILE") {
                words.extend(["--profile".into(), file]);
            }
        }
        words.extend(self.runner.clone().map(Into::into));
        words.push(exe.into());
        Ok(words)
    }

    /// The program that copies, without its arguments.
    pub(super) fn start_copy(&self, steps: bool) -> Result<Command> {
        to_command(self.begin(self.exe.with_file_name("iocp-bench-copy.exe"), steps)?)
    }

    /// The program that serves files, without its arguments.
    pub(super) fn start_http(&self) -> Result<Command> {
        to_command(self.begin(self.exe.with_file_name("iocp-bench-http.exe"), false)?)
    }

    fn start(&self, run: &Run<'_>) -> Result<Command> {
        let mut words: Vec<OsString> = Vec::new();
        if run.pinned && cfg!(target_os = "linux") {
            words.extend(["taskset", "-c", super::pin::core()].map(Into::into));
        }
        words.extend(self.begin(self.exe.with_file_name(run.program()), run.steps)?);
        words.extend([run.bench, run.server].map(Into::into));
        let numbers = [
            ("--connections", run.connections as u64),
            ("--warm", run.warm + REHEARSAL),
            ("--count", run.count),
            ("--waiters", run.waiters as u64),
            ("--message", run.size as u64),
            ("--buffer", run.room as u64),
        ];
        for (flag, number) in numbers {
            words.extend([flag.into(), number.to_string().into()]);
        }
        let flags = [
            (run.steps, "--marks"),
            (run.calls, "--calls"),
            (run.shared, "--shared"),
            (run.pace == Pace::OneWay, "--one-way"),
            (run.leaves, "--leaves"),
        ];
        words.extend(flags.iter().filter(|(on, _)| *on).map(|(_, flag)| flag.into()));
        to_command(words)
    }

    /// Runs it.
    pub(super) fn run(&self, run: &Run<'_>) -> Result<Outcome> {
        self.run_with(run, &[])
    }

    /// The same with variables for the server.
    pub(super) fn run_with(&self, run: &Run<'_>, env: &[(&str, &str)]) -> Result<Outcome> {
        let Run { bench, server, connections, .. } = run;
        self.try_run(run, env).map_err(|error| {
            let said = std::fs::read_to_string(stderr_log()).unwrap_or_default();
            let said = said.lines().rev().find(|line| line.starts_with("Error: "));
            let said = said.map(|line| format!("; it said `{line}`")).unwrap_or_default();
            error.context(format!("{bench} of {server}, {connections} connections{said}"))
        })
    }

    fn try_run(&self, run: &Run<'_>, env: &[(&str, &str)]) -> Result<Outcome> {
        let never = AtomicBool::new(false);
        let begun = std::time::Instant::now();
        super::pin::end_busy_servers()?;
        let mut start = self.start(run)?;
        // A file: Wine complains of much that matters to nobody here, and can log its calls.
        start.envs(env.iter().copied()).stderr(std::fs::File::create(stderr_log())?);
        let mut server = Child::start(run.server, &mut start)?;
        // Open until the server has ended: Wine 8 keeps a socket for ever, and is busy with it, whose
        // peer closes it just while its process ends.
        let mut left = Left::NOTHING;
        if !run.is_alone() || run.steps {
            let listening = server.wait_for("listening", LIMIT, &never)?;
            let listening = listening.context("it did not listen")?;
            let port = u16::try_from(listening.number("port").context("a port")?)?;
            server.say("go");
            if !run.is_alone() {
                left = talk(run, port, &Quiet::of_group(server.id())?, || {
                    let accepted = server.wait_for("accepted", LIMIT, &never)?;
                    accepted.map(drop).context("the server does not accept connections any more")
                })?;
            }
        }
        let counted = server.wait_for("counted", LIMIT, &never)?;
        let counted = counted.context("it counted nothing")?;
        server.close_stdin();
        let stepped = match run.steps {
            true => server.wait_for("stepped", LIMIT, &never)?,
            false => None,
        };
        server.end();
        drop(left.connections);
        if std::env::var_os("IOCP_BENCH_VERBOSE").is_some() {
            let seconds = begun.elapsed().as_secs_f64();
            println!("  {} {}: {seconds:.2} s, {counted:?}", run.bench, run.server);
        }
        let messages = counted.number("messages").context("it counted no messages")? as f64;
        Ok(Outcome { counted, stepped, messages, cpu_us: left.cpu_ns / 1000.0 / messages })
    }
}

fn to_command(words: Vec<OsString>) -> Result<Command> {
    let mut words = words.into_iter();
    let mut start = command(words.next().context("a program")?);
    start.args(words);
    Ok(start)
}

/// Where a run leaves its standard error.
pub(super) fn stderr_log() -> PathBuf {
    target_dir().join("bench/stderr.log")
}
