//! `udp_server`: answers come from the address that was asked, to clients whose sockets are connected to it.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    time::Duration,
};

use anyhow::{ensure, Context, Result};

use super::{Example, Findings};

/// Questions of each client, one after the other.
const QUESTIONS: u64 = 100;

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    let mut program = example.start(&["0"])?;
    let listening = program.line("listening")?;
    let mut asked = 0;
    for key in ["ipv4", "ipv6"] {
        let address = listening.text(key).parse::<SocketAddr>()?;
        let targets: &[&str] =
            if address.is_ipv4() { &["127.0.0.1", "127.0.0.77"] } else { &["::1"] };
        for target in targets {
            let target = SocketAddr::new(target.parse()?, address.port());
            let found = talk(target, target.ip().to_string() != "127.0.0.77" || !is_wine(example));
            let found = found.with_context(|| format!("asked at {target}"))?;
            findings.seen(&format!("{target} answers"), found);
            asked += QUESTIONS;
        }
    }
    program.end(&[("answers", asked)]).map(drop)
}

/// Wine sends from an address of its own choice.
fn is_wine(example: &Example<'_>) -> bool {
    example.wine.name.contains("Wine")
}

/// Datagrams of all lengths. `connects`: an answer from elsewhere is not heard.
fn talk(target: SocketAddr, connects: bool) -> Result<String> {
    let near: IpAddr = if target.is_ipv4() { "127.0.0.1" } else { "::1" }.parse()?;
    let client = UdpSocket::bind((near, 0))?;
    client.set_read_timeout(Some(Duration::from_secs(60)))?;
    if connects {
        client.connect(target)?;
    }
    let mut bytes = [0; 4096];
    for number in 0..QUESTIONS {
        let len = usize::try_from(number)? * 20;
        let question = vec![number.to_le_bytes()[0]; len];
        client.send_to(&question, target)?;
        let (count, _) = client.recv_from(&mut bytes).with_context(|| format!("{len} bytes"))?;
        ensure!(bytes[..count] == question, "another answer to {len} bytes: {count}");
    }
    let how = if connects { "to a connected socket" } else { "this Wine: from its own address" };
    Ok(format!("{QUESTIONS} datagrams, {how}"))
}
