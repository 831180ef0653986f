//! `proxy`: 200 connections with 1 MiB each way, ends and resets that are passed on, and the memory that it takes.
//!
//! Client and target are this host's own sockets: every byte is compared.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use anyhow::{ensure, Context, Result};

use super::{program::Program, Example, Findings};
use crate::load::{message, Connection};

const CONNECTIONS: usize = 200;
const BYTES: usize = 1 << 20;

/// Connections whose target answers and closes before it has read all.
const EARLY: usize = 5;

/// What the proxy may queue and lend for each connection, both ways, and what a program takes without any: so
/// that megabytes kept for each would be seen.
const LIMIT_MIB: u64 = 64;

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    let target = TcpListener::bind("127.0.0.1:0")?;
    let target_address = target.local_addr()?.to_string();
    let mut program = example.start(&["--listen", "127.0.0.1:0", "--target", &target_address])?;
    let address = program.address()?;
    findings.seen("every byte of 200 connections, both ways", all_at_once(address, &target)?);
    findings.seen("an end is passed on, the other way goes on", half_closed(address, &target)?);
    findings.seen("a reset is passed on, from either side", resets(address, &target)?);
    findings.seen(
        "an answer before all is read comes through",
        answered_early(address, &target, &program)?,
    );
    findings.seen("a peer that does not read stops the sender", bounded(address, &target)?);
    if let Some(peak) = peak_mib("proxy.exe") {
        findings.add("memory at its peak", peak <= LIMIT_MIB, format_args!("{peak} MiB"));
    }
    let pairs = (CONNECTIONS + 4 + EARLY) as u64;
    let done = program.end(&[("refused", 0), ("leaked", 0), ("pairs", pairs)])?;
    findings.seen("the end", format_args!("{} bytes, none leaked", done.text("bytes")));
    Ok(())
}

/// A connection through the proxy: the client's end, and the target's.
fn connect(address: SocketAddr, target: &TcpListener) -> Result<[Connection; 2]> {
    Ok([Connection::open(address)?, Connection::over(target.accept()?.0)?])
}

/// Sends and receives at the same time. What is sent ends, and what comes is compared to its end.
fn talk(connection: &Connection, sends: u64, expects: u64) -> Result<()> {
    connection.receive_while(&message(BYTES, expects), Duration::ZERO, || {
        connection.send(&message(BYTES, sends))?;
        connection.end()
    })?;
    connection.receive_end()
}

fn all_at_once(address: SocketAddr, target: &TcpListener) -> Result<String> {
    let mut threads = Vec::new();
    for number in 0..CONNECTIONS as u64 {
        let [near, far] = connect(address, target)?;
        let (up, down) = (2 * number, 2 * number + 1);
        threads.push(thread::spawn(move || talk(&near, up, down)));
        threads.push(thread::spawn(move || talk(&far, down, up)));
    }
    for thread in threads {
        thread.join().map_err(|_| anyhow::anyhow!("a client panicked"))??;
    }
    Ok(format!("{} MiB compared", (2 * CONNECTIONS * BYTES) >> 20))
}

fn half_closed(address: SocketAddr, target: &TcpListener) -> Result<String> {
    let [near, far] = connect(address, target)?;
    near.send(b"question")?;
    near.end()?;
    far.receive(b"question")?;
    far.receive_end()?;
    far.send(b"answer")?;
    drop(far);
    near.receive(b"answer")?;
    near.receive_end()?;
    Ok("question, end, answer, end".to_owned())
}

fn resets(address: SocketAddr, target: &TcpListener) -> Result<String> {
    for from_client in [true, false] {
        let [near, far] = connect(address, target)?;
        let (resets, hears) = if from_client { (near, far) } else { (far, near) };
        // Both ways are there before one is gone.
        resets.send(b"x")?;
        hears.receive(b"x")?;
        hears.send(b"unread")?;
        // A close with bytes unread is a reset.
        resets.0.peek(&mut [0; 8])?;
        drop(resets);
        let error = (&hears.0).read(&mut [0; 8]).err().context("it read an end")?;
        ensure!(error.kind() == ErrorKind::ConnectionReset, "{error}");
    }
    Ok("twice".to_owned())
}

/// The target answers, ends, and closes with bytes unread, which is a reset. The proxy, which was held up with bytes for
/// the target, learns of all that at once; the client has the answer all the same.
fn answered_early(address: SocketAddr, target: &TcpListener, program: &Program) -> Result<String> {
    for _ in 0..EARLY {
        let [Connection(mut near), Connection(mut far)] = connect(address, target)?;
        fill(&mut near)?;
        held(program, || {
            far.write_all(b"too long")?;
            far.shutdown(Shutdown::Write)?;
            // The answer has come before the reset does.
            thread::sleep(Duration::from_millis(20));
            drop(far);
            thread::sleep(Duration::from_millis(20));
            anyhow::Ok(())
        })?;
        let mut answer = [0; 8];
        near.read_exact(&mut answer).context("the answer did not come")?;
        ensure!(&answer == b"too long", "another answer");
    }
    Ok(format!("{EARLY} times"))
}

#[cfg(target_os = "linux")]
fn held<T>(program: &Program, meanwhile: impl FnOnce() -> T) -> T {
    program.hold(meanwhile)
}

/// Nothing holds a process up here: the reset may come later than the answer was passed on.
#[cfg(not(target_os = "linux"))]
fn held<T>(_: &Program, meanwhile: impl FnOnce() -> T) -> T {
    meanwhile()
}

/// The target reads nothing until the client cannot write any more: then all of it.
fn bounded(address: SocketAddr, target: &TcpListener) -> Result<String> {
    let [Connection(mut near), Connection(mut far)] = connect(address, target)?;
    let sent = fill(&mut near)?;
    near.shutdown(Shutdown::Write)?;
    let mut all = Vec::new();
    far.read_to_end(&mut all)?;
    ensure!(all.len() == sent && all.iter().all(|&byte| byte == 7), "{} of {sent}", all.len());
    Ok(format!("after {} KiB; all of them came", sent >> 10))
}

/// Writes until nothing more is taken for a second.
fn fill(near: &mut TcpStream) -> Result<usize> {
    near.set_nonblocking(true)?;
    let (piece, mut sent) = (vec![7; 1 << 16], 0);
    let mut idle = 0;
    while idle < 20 {
        match near.write(&piece) {
            Ok(count) => (sent, idle) = (sent + count, 0),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                idle += 1;
                thread::sleep(Duration::from_millis(50));
            }
            Err(error) => return Err(error.into()),
        }
        ensure!(sent < 256 << 20, "{sent} bytes were taken from a client whose target reads none");
    }
    near.set_nonblocking(false)?;
    Ok(sent)
}

/// The most memory that a program of this name has held, as this host counts it: Wine's own is in it.
fn peak_mib(program: &str) -> Option<u64> {
    let peak = |process: std::fs::DirEntry| {
        let is_it = std::fs::read_to_string(process.path().join("cmdline"))
            .is_ok_and(|line| line.split('\0').next().is_some_and(|name| name.ends_with(program)));
        let status = std::fs::read_to_string(process.path().join("status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
        is_it.then_some(kib >> 10)
    };
    std::fs::read_dir("/proc").ok()?.flatten().filter_map(peak).max()
}
