//! Hidden `xtask load`: the demo's client, a native process with one thread per connection.
//!
//! Three phases. *Varied*: echoes of every size, half-closes, resets, new connections. *Steady*: the
//! connections stay, only echoes: here the server's allocations are counted. *Varied* again. The
//! parent answers `go` when it has asked the server, and closes our standard input to end us early.

mod talk;

use std::{
    io::BufRead,
    net::{SocketAddr, TcpStream},
    sync::{
        atomic::{AtomicU64, AtomicU8, Ordering},
        mpsc::{channel, Receiver, RecvTimeoutError},
        Arc,
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{bail, Result};
use lexopt::{Arg, Parser, ValueExt};

use crate::args::{number, usage, Usage};

/// Each connection's thread keeps its buffers on the heap.
const STACK_BYTES: usize = 128 * 1024;

/// What the parent asks for.
#[derive(Debug)]
pub(crate) struct Args {
    connections: u32,
    seconds: u64,
    to: Vec<SocketAddr>,
}

impl Args {
    pub(crate) fn parse(parser: &mut Parser) -> Result<Self> {
        let mut args = Self { connections: 200, seconds: 10, to: Vec::new() };
        while let Some(arg) = parser.next().map_err(usage)? {
            match arg {
                Arg::Long("connections") => {
                    args.connections = number(parser, "--connections", 1..=8000)?
                }
                Arg::Long("seconds") => args.seconds = number(parser, "--seconds", 1..=3600)?,
                Arg::Long("to") => {
                    let text = parser.value().map_err(usage)?.string().map_err(usage)?;
                    args.to.push(text.parse().map_err(usage)?);
                }
                other => return Err(usage(other.unexpected())),
            }
        }
        if args.to.is_empty() {
            bail!(Usage("load needs --to ADDRESS:PORT".into()));
        }
        Ok(args)
    }
}

/// What the connections' threads do.
pub(crate) mod phase {
    pub(crate) const OPENING: u8 = 0;
    pub(crate) const VARIED: u8 = 1;
    pub(crate) const STEADY: u8 = 2;
    pub(crate) const END: u8 = 3;
}

/// Shared by all threads.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    phase: AtomicU8,
    open: AtomicU64,
    /// Threads that have seen the steady phase.
    settled: AtomicU64,
    messages: AtomicU64,
    bytes: AtomicU64,
    errors: AtomicU64,
    half_closes: AtomicU64,
    resets: AtomicU64,
    ipv4: AtomicU64,
    ipv6: AtomicU64,
}

impl Shared {
    fn print(&self, name: &str, begun: Instant) {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        println!(
            "{name} open={} messages={} bytes={} errors={} half_closes={} resets={} ipv4={} ipv6={} \
             ms={}",
            of(&self.open),
            of(&self.messages),
            of(&self.bytes),
            of(&self.errors),
            of(&self.half_closes),
            of(&self.resets),
            of(&self.ipv4),
            of(&self.ipv6),
            begun.elapsed().as_millis(),
        );
    }
}

/// How long a peer may be silent before that is an error.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// A connection on which nothing waits for ever, and small messages leave at once.
pub(crate) fn open(to: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&to, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Runs the client until the time is over or the parent closes our standard input.
pub(crate) fn run(args: &Args) -> Result<()> {
    let shared = Arc::new(Shared::default());
    let begun = Instant::now();
    let mut threads = Vec::new();
    for (index, to) in (0..args.connections).zip(args.to.iter().cycle()) {
        let (shared, to) = (Arc::clone(&shared), *to);
        let builder = thread::Builder::new().stack_size(STACK_BYTES);
        threads.push(builder.spawn(move || talk::connection(&shared, to, u64::from(index)))?);
    }
    conduct(args, &shared, begun, &parent());
    shared.phase.store(phase::END, Ordering::SeqCst);
    let end = Instant::now();
    while threads.iter().any(|thread| !thread.is_finished()) {
        if end.elapsed() > PATIENCE {
            break; // each thread's own deadline has passed: its error is counted
        }
        thread::sleep(Duration::from_millis(10));
    }
    shared.print("loaded", begun);
    Ok(())
}

/// The parent's lines; the channel closes with our standard input.
fn parent() -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Leads through the phases; returns when it is time to end.
fn conduct(args: &Args, shared: &Shared, begun: Instant, parent: &Receiver<String>) {
    let all = u64::from(args.connections);
    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    // False: the parent has closed our standard input.
    let until = |limit: Duration, ready: &dyn Fn() -> bool| {
        let start = Instant::now();
        let mut shown = Instant::now();
        while start.elapsed() < limit && !ready() {
            if let Err(RecvTimeoutError::Disconnected) =
                parent.recv_timeout(Duration::from_millis(20))
            {
                return false;
            }
            if shown.elapsed() > Duration::from_millis(500) {
                shown = Instant::now();
                shared.print("load", begun);
            }
        }
        true
    };
    let part = Duration::from_secs(args.seconds) / 3;
    // A peak of all connections at once is what the demo promises: nobody begins before.
    if !until(PATIENCE, &|| count(&shared.open) + count(&shared.errors) >= all) {
        return;
    }
    shared.phase.store(phase::VARIED, Ordering::SeqCst);
    if !until(part, &|| false) {
        return;
    }
    shared.phase.store(phase::STEADY, Ordering::SeqCst);
    let settled = || count(&shared.settled) + count(&shared.errors) >= all;
    // Half a second more: the last closed connections leave the server.
    if !(until(PATIENCE, &settled) && until(Duration::from_millis(500), &|| false)) {
        return;
    }
    let go = |question: &str| {
        println!("{question}");
        !matches!(parent.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected))
    };
    if !(go("steady-begin") && until(part, &|| false) && go("steady-end")) {
        return;
    }
    shared.phase.store(phase::VARIED, Ordering::SeqCst);
    until(part, &|| false);
}
