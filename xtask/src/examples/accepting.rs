//! `accept_echo`, an example of `iocp-sys`: clients at the same time, whose addresses it says; ends, resets, and
//! clients that have left before they are accepted.

use std::{collections::BTreeSet, net::SocketAddr, thread, time::Duration};

use anyhow::{bail, ensure, Context, Result};

use super::{program::Program, Example, Findings};
use crate::load::{message, Connection};

const CLIENTS: u64 = 32;

/// More than the server lets in while it is held up.
#[cfg(target_os = "linux")]
const GONE: usize = 12;
#[cfg(target_os = "linux")]
const LET_IN: usize = 4;

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    let mut program = example.start(&[])?;
    let address = program.address()?;
    findings.seen("clients at the same time", all_at_once(&mut program, address)?);
    findings.seen("a reset", reset(&mut program, address)?);
    #[cfg(target_os = "linux")]
    findings.seen("clients that have left", gone(&mut program, address)?);
    // A connection that is there outlives the accepting.
    let last = Connection::open(address)?;
    program.line("accepted")?;
    program.stop();
    echoes(&last, 0)?;
    program.done(&[])?;
    Ok(())
}

/// Another client's whole connection: 100,000 bytes, their end, the end that follows them back.
fn echoes(client: &Connection, number: u64) -> Result<()> {
    let bytes = message(100_000, number);
    client.receive_while(&bytes, Duration::ZERO, || {
        client.send(&bytes)?;
        client.end()
    })?;
    client.receive_end()
}

/// Each gets its own bytes back, behind its own end too, and the server says the address of each.
fn all_at_once(program: &mut Program, address: SocketAddr) -> Result<String> {
    let clients = (0..CLIENTS).map(|_| Connection::open(address)).collect::<Result<Vec<_>>>()?;
    let near = clients.iter().map(|client| client.0.local_addr());
    let near = near.collect::<std::io::Result<BTreeSet<_>>>()?;
    let talk = |(client, number)| thread::spawn(move || echoes(&client, number));
    let threads: Vec<_> = clients.into_iter().zip(0..).map(talk).collect();
    for thread in threads {
        thread.join().map_err(|_| anyhow::anyhow!("a client panicked"))??;
    }
    let mut said = BTreeSet::new();
    for _ in 0..CLIENTS {
        let line = program.line("accepted")?;
        ensure!(line.text("at") == address.to_string(), "it accepted at {}", line.text("at"));
        said.insert(line.text("peer").parse()?);
    }
    ensure!(said == near, "it says {said:?}, these are {near:?}");
    Ok(format!("{CLIENTS} clients, half-closed, with the right addresses"))
}

/// Until one meets a receive that waits: one that begins later is refused, or reads an end under Wine 8.
fn reset(program: &mut Program, address: SocketAddr) -> Result<String> {
    for attempt in 1..=100 {
        let client = Connection::open(address)?;
        client.send(b"x")?;
        client.0.peek(&mut [0; 8])?;
        // Meanwhile the server begins to receive.
        echoes(&Connection::open(address)?, 1)?;
        drop(client); // with bytes unread: a reset
        echoes(&Connection::open(address)?, 2)?;
        let mut clients = 3;
        while clients > 0 {
            let line = program.next_line(Duration::from_secs(60)).context("the next client")?;
            match &*line.name {
                "accepted" => clients -= 1,
                _ if line.text("status") == "none" => {}
                _ => {
                    let found = (line.text("status"), line.text("code"));
                    ensure!(found == ("0xc000020d".into(), "64".into()), "{line:?}");
                    for _ in 0..clients {
                        program.line("accepted")?;
                    }
                    return Ok(format!("{}, code {}, at attempt {attempt}", found.0, found.1));
                }
            }
        }
    }
    bail!("no reset of 100 was said")
}

/// Clients connect and reset while nobody accepts, but for the accepts that wait already.
#[cfg(target_os = "linux")]
fn gone(program: &mut Program, address: SocketAddr) -> Result<String> {
    if !crate::setup::has("socat") {
        crate::setup::packages("a client that resets", &["socat"])?;
    }
    let target = format!("TCP4:{address},linger=0,shut-none");
    program.hold(|| {
        let mut client = crate::process::command("socat");
        client.args(["-u", "/dev/null", &target]);
        (0..GONE).try_for_each(|_| crate::process::run_quietly(&mut client))
    })?;
    let client = Connection::open(address)?;
    let near = client.0.local_addr()?.to_string();
    let (mut gone, mut let_in) = (0, 0);
    while let Some(line) = program.next_line(Duration::from_secs(60)) {
        match &*line.name {
            "gone" => {
                let (status, code) = (line.text("status"), line.text("code"));
                ensure!((&*status, &*code) == ("0xc0000140", "59"), "{line:?}"); // as Wine says it
                gone += 1;
            }
            "accepted" if line.text("peer") != near => let_in += 1,
            "accepted" => {
                ensure!(gone + let_in == GONE, "{gone} gone and {let_in} let in of {GONE}");
                ensure!(let_in <= LET_IN, "{let_in} were let in");
                echoes(&client, 2)?;
                return Ok(format!(
                    "{gone} of {GONE} say 0xc0000140, code 59; the next is accepted"
                ));
            }
            _ => {} // the end of one that was let in
        }
    }
    bail!("the client after them was not accepted")
}
