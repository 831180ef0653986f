//! `delayed_reads`: the seed's scenario, against its own server and against socat.
//!
//! It checks itself; here that it says so, and that a server of another make is answered alike.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::{bail, Context, Result};

use super::{
    folder,
    program::{expect, Program},
    Example, Findings,
};
use crate::{
    process::{command, note},
    setup,
};

/// Runs of which one has to see the order: what the delays are apart, a busy machine may take from
/// one of them, a fault of the queue shows in all.
const RUNS: usize = 5;

const ORDER: [(u64, u64); 5] = [(4, 300), (3, 600), (2, 900), (1, 1200), (0, 1500)];

/// What socat runs for each connection.
const SCRIPT: &str = r#"read delay_ms || exit 0
sleep "$(printf '%d.%03d' $((delay_ms / 1000)) $((delay_ms % 1000)))"
printf 'after %d' "$delay_ms"
"#;

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    findings.seen("the order of delayed answers", look(example)?);
    Ok(())
}

/// Says what was seen, or what was wrong.
fn look(example: &Example<'_>) -> Result<String> {
    let order = answers(|| example.start(&[])).context("its own server")?;
    let socat = Socat::start()?;
    let server = socat.address.to_string();
    answers(|| example.start(&["--server", &server])).context("socat as the server")?;
    Ok(format!("the order of arrival, from its own server and from socat: tokens {order}"))
}

fn answers(start: impl Fn() -> Result<Program>) -> Result<String> {
    let mut outcome = start().and_then(run);
    for _ in 1..RUNS {
        if let Err(error) = &outcome {
            note(&format!("run once more after: {error:#}"));
            outcome = start().and_then(run);
        }
    }
    outcome
}

fn run(mut program: Program) -> Result<String> {
    for (token, delay_ms) in ORDER {
        let answer = program.line("answer")?;
        expect(&answer, "token", token)?;
        if answer.number("after_ms") < Some(delay_ms) {
            bail!("token {token} was answered after {} ms", answer.text("after_ms"));
        }
    }
    let done = program.done(&[("leaked", 0)])?;
    if done.text("order") != "4,3,2,1,0" {
        bail!("it says the order {}", done.text("order"));
    }
    Ok(done.text("order"))
}

/// A server that delays its answers; dropping it ends it.
struct Socat {
    process: Child,
    address: SocketAddr,
}

impl Socat {
    fn start() -> Result<Self> {
        if !setup::has("socat") {
            setup::packages("a server that delays", &["socat"])?;
        }
        let folder = folder()?;
        fs::write(folder.join("delay.sh"), SCRIPT)?;
        // socat chooses no port itself: one that is free now is most probably free in a moment.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let listen = format!("TCP4-LISTEN:{},bind=127.0.0.1,fork,reuseaddr", address.port());
        let mut start = command("socat");
        start.current_dir(folder).args([&listen, "EXEC:sh delay.sh"]);
        let process = start.spawn().context("socat does not start")?;
        let this = Self { process, address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if begun.elapsed() > Duration::from_secs(120) {
                bail!("socat does not listen on {address}");
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(this)
    }
}

impl Drop for Socat {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
