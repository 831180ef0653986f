//! `cargo xtask demo`: the echo server on a Windows kernel, loaded by a native process, and a table
//! of what happened.
//!
//! Two processes: the server (`iocp/examples/echo_server.rs`, under Wine or on Windows), and this one, whose
//! [clients](crate::load) are native, so that what they check went over real sockets. Success is the server's own closing line: the exit status of a program under
//! Wine says nothing (one killed by a signal can end with 0).

mod table;

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    process::Command,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};

use anyhow::{bail, Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use pico_args::Arguments;

use crate::{
    args::{end, number, text, Usage},
    child::Child,
    load::{
        self,
        varied::{Counts, Load, Phase},
    },
    process::{cargo, command, headline, note, run as run_command, target_dir},
    report::Report,
    setup,
    wine::{Wine, TARGET},
};
use table::Table;

/// How long the server may take to start (a first Wine program is slow) and to end.
const START_LIMIT: Duration = Duration::from_secs(300);
const END_LIMIT: Duration = Duration::from_secs(180);

/// What `cargo xtask demo` was asked.
#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) connections: u32,
    pub(crate) seconds: u64,
    pub(crate) ipv4: Ipv4Addr,
    pub(crate) ipv6: Ipv6Addr,
    pub(crate) port: u16,
}

impl Default for Args {
    fn default() -> Self {
        let (ipv4, ipv6) = (Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST);
        Self { connections: 240, seconds: 15, ipv4, ipv6, port: 0 }
    }
}

impl Args {
    pub(crate) fn parse(mut words: Arguments) -> Result<Self> {
        let mut args = Self::default();
        args.connections = number(&mut words, "--connections", 1..=8000, args.connections)?;
        args.seconds = number(&mut words, "--seconds", 3..=40, args.seconds)?;
        args.port = number(&mut words, "--port", 0..=u16::MAX, args.port)?;
        while let Some(text) = text(&mut words, "--address")? {
            match text.parse() {
                Ok(IpAddr::V4(address)) => args.ipv4 = address,
                Ok(IpAddr::V6(address)) => args.ipv6 = address,
                Err(_) => bail!(Usage(format!("--address `{text}` is not an IP address"))),
            }
        }
        end(words).map(|()| args)
    }

    /// Refuses what cannot be listened on, before anything is built. Without IPv6 on this machine
    /// the IPv6 half is left out, unless it was asked for.
    fn listenable(&self) -> Result<Vec<SocketAddr>> {
        let mut all = vec![SocketAddr::from((self.ipv4, self.port))];
        let ipv6 = SocketAddr::from((self.ipv6, self.port));
        let nobody_asked = self.ipv6 == Ipv6Addr::LOCALHOST;
        if nobody_asked && TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
            note("this machine has no IPv6: that half is left out");
        } else {
            all.push(ipv6);
        }
        for address in &all {
            if let Err(error) = TcpListener::bind(address) {
                bail!(Usage(format!("{address} cannot be listened on: {error}")));
            }
        }
        Ok(all)
    }
}

/// Runs the demo.
pub(crate) fn run(args: &Args) -> Result<()> {
    let addresses = args.listenable()?;
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || flag.store(true, Ordering::SeqCst)).context("Ctrl-C handler")?;
    headline("set-up and build");
    let (kernel, mut start) = build()?;
    for address in &addresses {
        let flag = if address.is_ipv4() { "--ipv4" } else { "--ipv6" };
        start.args([flag, &address.to_string()]);
    }
    headline(&format!("echo server on {kernel}, {} connections", args.connections));
    let mut server = Child::start("the server", &mut start)?;
    let Some(listening) = server.wait_for("listening", START_LIMIT, &stop)? else {
        if stop.load(Ordering::SeqCst) {
            println!("  interrupted before the server listened");
            return Ok(());
        }
        bail!("the server ended before it listened, or took longer than {START_LIMIT:?}");
    };
    note(&format!("listening on {} and {}", listening.text("ipv4"), listening.text("ipv6")));
    load::many_files()?;
    let to: Vec<SocketAddr> =
        ["ipv4", "ipv6"].iter().filter_map(|family| listening.text(family).parse().ok()).collect();
    let bar = ProgressBar::new(args.seconds);
    bar.set_style(ProgressStyle::with_template("  {elapsed:>4} {bar:24} {msg}")?);
    let mut show = Show {
        server,
        load: Load::start(args.connections, &to)?,
        table: Table::new(kernel, &listening),
        stop,
        begun: Instant::now(),
        bar,
        last_line: Instant::now(),
    };
    show.conduct(args)?;
    show.bar.finish_and_clear();
    let Show { mut server, load, mut table, stop, begun, .. } = show;
    table.load = load.end(END_LIMIT);
    table.loaded = begun.elapsed();
    // Closing its standard input is how the server is asked to end, on Ctrl-C too.
    server.close_stdin();
    table.done = server.wait_for("done", END_LIMIT, &AtomicBool::new(false))?;
    server.end();
    table.interrupted = stop.load(Ordering::SeqCst);
    let mut report = Report::new("demo", "what the demo showed");
    let outcome = table.show(args.connections, &mut report);
    report.end(outcome)
}

/// Builds the server; returns the kernel's name and how to start it.
fn build() -> Result<(String, Command)> {
    let mut build = cargo(["build", "--release", "-p", "iocp", "--example", "echo_server"]);
    if cfg!(windows) {
        run_command(&mut build)?;
        let program = target_dir().join("release/examples/echo_server.exe");
        return Ok((format!("Windows ({})", std::env::consts::ARCH), command(program)));
    }
    let wine = Wine::of_machine()?;
    setup::targets(&[TARGET])?;
    run_command(build.args(["--target", TARGET]))?;
    let mut start = command(&wine.runner);
    start.arg(target_dir().join(TARGET).join("release/examples/echo_server.exe"));
    Ok((wine.name, start))
}

/// What goes on while there is load.
struct Show {
    server: Child,
    load: Load,
    table: Table,
    stop: Arc<AtomicBool>,
    begun: Instant,
    bar: ProgressBar,
    last_line: Instant,
}

impl Show {
    /// Leads through the phases; returns when it is time to end.
    fn conduct(&mut self, args: &Args) -> Result<()> {
        let all = u64::from(args.connections);
        let part = Duration::from_secs(args.seconds) / 3;
        let never = |_: &Self| false;
        if !self.until(END_LIMIT, |show| show.reached(|counts| counts.open) >= all)? {
            return Ok(());
        }
        self.load.go_on(Phase::Varied);
        if !self.until(part, never)? {
            return Ok(());
        }
        self.load.go_on(Phase::Steady);
        // Half a second more: the last closed connections leave the server.
        let is_steady = self
            .until(END_LIMIT, |show| show.reached(|counts| counts.settled) >= all)?
            && self.until(Duration::from_millis(500), never)?;
        if !(is_steady && self.ask_steady()? && self.until(part, never)? && self.ask_steady()?) {
            return Ok(());
        }
        self.load.go_on(Phase::Varied);
        self.until(part, never).map(drop)
    }

    /// So many connections as are there, or will not be.
    fn reached(&self, there: fn(&Counts) -> u64) -> u64 {
        let counts = self.load.counts();
        there(&counts) + counts.errors
    }

    /// Has the server count its allocations, and waits for its answer.
    fn ask_steady(&mut self) -> Result<bool> {
        let answers = self.table.steady_lines;
        self.server.say("steady");
        self.until(END_LIMIT, |show| show.table.steady_lines > answers)
    }

    /// Shows progress until it is ready, or the time over. False: the server is gone, or Ctrl-C.
    fn until(&mut self, limit: Duration, ready: impl Fn(&Self) -> bool) -> Result<bool> {
        let start = Instant::now();
        while start.elapsed() < limit && !ready(self) {
            if self.stop.load(Ordering::SeqCst) || self.server.is_over() {
                return Ok(false);
            }
            if let Some(line) = self.server.line(Duration::from_millis(20)) {
                match line.name.as_str() {
                    "steady" => self.table.steady_seen(line),
                    "done" => bail!("the server ended early"),
                    "progress" => self.table.progress = Some(line),
                    _ => {}
                }
            }
            self.bar.set_message(self.table.live(&self.load.counts()));
            self.bar.set_position(self.begun.elapsed().as_secs());
            // A bar is not drawn where the output is no terminal: a line a second instead.
            if self.bar.is_hidden() && self.last_line.elapsed() > Duration::from_secs(1) {
                self.last_line = Instant::now();
                println!("  {:>4} s  {}", self.begun.elapsed().as_secs(), self.bar.message());
            }
        }
        Ok(true)
    }
}
