//! `cargo xtask demo`: the echo server on a Windows kernel, loaded by a native process, and a table
//! of what happened.
//!
//! Three processes: this one, which only watches; the server (`iocp/examples/echo_server.rs`, under
//! Wine or on Windows); and the client (`xtask load`), which is native, so that what it checks went
//! over real sockets. Success is the server's own closing line: the exit status of a program under
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
use lexopt::{Arg, Parser, ValueExt};

use crate::{
    args::{number, usage, Usage},
    child::{Child, Fields},
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
    pub(crate) fn parse(parser: &mut Parser) -> Result<Self> {
        let mut args = Self::default();
        while let Some(arg) = parser.next().map_err(usage)? {
            match arg {
                Arg::Long("connections") => {
                    args.connections = number(parser, "--connections", 1..=8000)?
                }
                Arg::Long("seconds") => args.seconds = number(parser, "--seconds", 3..=40)?,
                Arg::Long("port") => args.port = number(parser, "--port", 0..=u16::MAX)?,
                Arg::Long("address") => {
                    let text = parser.value().map_err(usage)?.string().map_err(usage)?;
                    match text.parse() {
                        Ok(IpAddr::V4(address)) => args.ipv4 = address,
                        Ok(IpAddr::V6(address)) => args.ipv6 = address,
                        Err(_) => bail!(Usage(format!("--address `{text}` is not an IP address"))),
                    }
                }
                other => return Err(usage(other.unexpected())),
            }
        }
        Ok(args)
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
    let mut load = start_load(args, &listening)?;
    let mut table = Table::new(kernel, &listening);
    watch(args, &stop, &mut server, &mut load, &mut table)?;
    // Closing its standard input is how the server is asked to end, on Ctrl-C too.
    server.close_stdin();
    table.done = server.wait_for("done", END_LIMIT, &AtomicBool::new(false))?;
    server.end();
    load.end();
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

/// Starts the client as a process of its own.
fn start_load(args: &Args, listening: &Fields) -> Result<Child> {
    let mut load = command(std::env::current_exe()?);
    load.args(["load", "--connections", &args.connections.to_string()]);
    load.args(["--seconds", &args.seconds.to_string()]);
    for family in ["ipv4", "ipv6"] {
        let address = listening.text(family);
        if address != "none" {
            load.args(["--to", &address]);
        }
    }
    Child::start("the client", &mut load)
}

/// Shows progress until the client has finished, the server is gone, or Ctrl-C.
fn watch(
    args: &Args,
    stop: &AtomicBool,
    server: &mut Child,
    load: &mut Child,
    table: &mut Table,
) -> Result<()> {
    let bar = ProgressBar::new(args.seconds);
    bar.set_style(ProgressStyle::with_template("  {elapsed:>4} {bar:24} {msg}")?);
    let begun = Instant::now();
    let limit = Duration::from_secs(args.seconds) + END_LIMIT;
    let mut last_line = Instant::now();
    loop {
        if stop.load(Ordering::SeqCst) || begun.elapsed() > limit {
            load.close_stdin();
            table.load = load.wait_for("loaded", END_LIMIT, &AtomicBool::new(false))?;
            break;
        }
        while let Some(line) = server.line(Duration::ZERO) {
            match line.name.as_str() {
                "steady" => table.steady_seen(&line, load),
                "done" => bail!("the server ended early"),
                "progress" => table.progress = Some(line),
                _ => {}
            }
        }
        if let Some(line) = load.line(Duration::from_millis(100)) {
            match line.name.as_str() {
                "steady-begin" => server.say("steady"),
                "steady-end" => server.say("steady"),
                "loaded" => {
                    table.load = Some(line);
                    break;
                }
                "load" => bar.set_message(table.live(&line)),
                _ => {}
            }
        } else if load.is_over() || server.is_over() {
            break;
        }
        bar.set_position(begun.elapsed().as_secs());
        // A bar is not drawn where the output is no terminal: a line a second instead.
        if bar.is_hidden() && last_line.elapsed() > Duration::from_secs(1) {
            last_line = Instant::now();
            println!("  {:>4} s  {}", begun.elapsed().as_secs(), bar.message());
        }
    }
    bar.finish_and_clear();
    Ok(())
}
