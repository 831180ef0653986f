//! `threads`: several `nc` at once, each of whose bytes must come back unchanged.

use std::fs;

use anyhow::{bail, Result};

use super::{
    folder,
    nc::{self, Nc},
    program::expect,
    Example, Findings,
};

const THREADS: u64 = 4;
const CLIENTS: u64 = 8;
const BYTES: u64 = 2 << 20;

/// More than the buffers of two kernels hold: a client that does not read is not read either.
const BYTES_HELD: u64 = 32 << 20;

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    findings.seen("bytes echoed by several threads", look(example)?);
    Ok(())
}

/// Says what was seen, or what was wrong.
fn look(example: &Example<'_>) -> Result<String> {
    nc::install()?;
    let folder = folder()?;
    let threads = THREADS.to_string();
    let mut program = example.start(&["--listen", "127.0.0.1:0", "--threads", &threads])?;
    let address = program.address()?;
    let held = folder.join("threads-held.sent");
    fs::write(&held, sample(CLIENTS, BYTES_HELD))?;
    let mut silent = Nc::late(address, &held)?;
    expect(&program.line("held")?, "connection", 1)?;
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let [from, to] =
            ["sent", "received"].map(|name| folder.join(format!("threads-{number}.{name}")));
        fs::write(&from, sample(number, BYTES))?;
        clients.push((Nc::copying(address, &from, &to)?, from, to));
    }
    for (client, from, to) in &mut clients {
        client.wait()?;
        if fs::read(&*from)? != fs::read(&*to)? {
            bail!("{} and {} differ", from.display(), to.display());
        }
    }
    if silent.all_that_came()? != fs::read(&held)? {
        bail!("the client that read late got other bytes than {}", held.display());
    }
    silent.wait()?;
    program.stop();
    let (mut bytes, mut worked) = (0, 0);
    for number in 0..THREADS {
        let thread = program.line("thread")?;
        expect(&thread, "number", number)?;
        let echoed = thread.number("bytes").unwrap_or(0);
        bytes += echoed;
        worked += u64::from(echoed > 0);
    }
    let done = program.done(&[("accepted", CLIENTS + 1), ("bytes", bytes), ("leaked", 0)])?;
    // nc waits for the server's end; that bash has gone, it may not have noticed.
    if done.number("open") > Some(1) {
        bail!("it holds {} connections at the end", done.text("open"));
    }
    let sent = CLIENTS * BYTES + BYTES_HELD;
    if bytes != sent {
        bail!("its threads sent {bytes} bytes, not {sent}");
    }
    if worked < 2 {
        bail!("one thread did all the work");
    }
    Ok(format!("{CLIENTS} nc and one that read late got {bytes} bytes back unchanged, by {worked} of {THREADS} threads"))
}

/// Bytes that repeat nowhere near, and are others for each client.
fn sample(number: u64, bytes: u64) -> Vec<u8> {
    (0..bytes / 16).flat_map(|at| format!("{number:03} {at:011}\n").into_bytes()).collect()
}
