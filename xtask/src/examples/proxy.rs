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

use super::{
    program::{expect, Program},
    Example, Findings,
};

const CONNECTIONS: usize = 200;
const BYTES: usize = 1 << 20;

/// What the proxy may queue and lend for each connection, both ways, and what a program takes without any: so
/// that megabytes kept for each would be seen.
const LIMIT_MIB: u64 = 64;

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(300);

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    let target = TcpListener::bind("127.0.0.1:0")?;
    let mut start = example.command();
    start.args(["--listen", "127.0.0.1:0", "--target", &target.local_addr()?.to_string()]);
    let mut program = Program::start(start)?;
    let address = program.address()?;
    findings.add("every byte of 200 connections, both ways", true, all_at_once(address, &target)?);
    findings.add(
        "an end is passed on, the other way goes on",
        true,
        half_closed(address, &target)?,
    );
    findings.add("a reset is passed on, from either side", true, resets(address, &target)?);
    findings.add("a peer that does not read stops the sender", true, bounded(address, &target)?);
    if let Some(peak) = peak_mib("proxy.exe") {
        findings.add("memory at its peak", peak <= LIMIT_MIB, format_args!("{peak} MiB"));
    }
    program.stop();
    let done = program.line("done")?;
    let right = [("refused", 0), ("leaked", 0), ("pairs", CONNECTIONS as u64 + 4)];
    for (key, number) in right {
        expect(&done, key, number)?;
    }
    findings.add("the end", true, format_args!("{} bytes, none leaked", done.text("bytes")));
    Ok(())
}

/// A connection through the proxy: the client's end, and the target's.
fn connect(address: SocketAddr, target: &TcpListener) -> Result<[TcpStream; 2]> {
    let near = TcpStream::connect(address)?;
    let far = target.accept()?.0;
    for stream in [&near, &far] {
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
    }
    Ok([near, far])
}

fn bytes(seed: usize) -> Vec<u8> {
    let mut state = u32::try_from(2 * seed + 1).unwrap_or(1);
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(BYTES).collect()
}

/// Sends and receives at the same time. What is sent ends, and what comes is compared to its end.
fn talk(stream: TcpStream, sends: usize, expects: usize) -> Result<()> {
    let mut writer = stream.try_clone()?;
    let sending = thread::spawn(move || -> std::io::Result<()> {
        writer.write_all(&bytes(sends))?;
        writer.shutdown(Shutdown::Write)
    });
    let mut all = Vec::new();
    (&stream).read_to_end(&mut all)?;
    ensure!(all == bytes(expects), "{} bytes came, or others than were sent", all.len());
    sending.join().map_err(|_| anyhow::anyhow!("a sender panicked"))??;
    Ok(())
}

fn all_at_once(address: SocketAddr, target: &TcpListener) -> Result<String> {
    let mut threads = Vec::new();
    for number in 0..CONNECTIONS {
        let [near, far] = connect(address, target)?;
        let (up, down) = (2 * number, 2 * number + 1);
        threads.push(thread::spawn(move || talk(near, up, down)));
        threads.push(thread::spawn(move || talk(far, down, up)));
    }
    for thread in threads {
        thread.join().map_err(|_| anyhow::anyhow!("a client panicked"))??;
    }
    Ok(format!("{} MiB compared", (2 * CONNECTIONS * BYTES) >> 20))
}

fn half_closed(address: SocketAddr, target: &TcpListener) -> Result<String> {
    let [mut near, mut far] = connect(address, target)?;
    near.write_all(b"question")?;
    near.shutdown(Shutdown::Write)?;
    let mut question = Vec::new();
    far.read_to_end(&mut question)?;
    ensure!(question == b"question", "the target read `{question:?}`");
    far.write_all(b"answer")?;
    drop(far);
    let mut answer = Vec::new();
    near.read_to_end(&mut answer)?;
    ensure!(answer == b"answer", "the client read `{answer:?}`");
    Ok("question, end, answer, end".to_owned())
}

fn resets(address: SocketAddr, target: &TcpListener) -> Result<String> {
    for from_client in [true, false] {
        let [near, far] = connect(address, target)?;
        let (resets, mut hears) = if from_client { (near, far) } else { (far, near) };
        // Both ways are there before one is gone.
        (&resets).write_all(b"x")?;
        hears.read_exact(&mut [0])?;
        hears.write_all(b"unread")?;
        // A close with bytes unread is a reset.
        resets.peek(&mut [0; 8])?;
        drop(resets);
        let error = hears.read(&mut [0; 8]).err().context("it read an end")?;
        ensure!(error.kind() == ErrorKind::ConnectionReset, "{error}");
    }
    Ok("twice".to_owned())
}

/// The target reads nothing until the client cannot write any more: then all of it.
fn bounded(address: SocketAddr, target: &TcpListener) -> Result<String> {
    let [mut near, mut far] = connect(address, target)?;
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
    near.shutdown(Shutdown::Write)?;
    let mut all = Vec::new();
    far.read_to_end(&mut all)?;
    ensure!(all.len() == sent && all.iter().all(|&byte| byte == 7), "{} of {sent}", all.len());
    Ok(format!("after {} KiB; all of them came", sent >> 10))
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
