//! The client of all servers: one thread, many connections, in lock step.
//!
//! A round writes one message on each of up to `window` connections, then reads all echoes back and
//! compares them. So the number of messages is exact. Where counts matter a round begins when the
//! server waits, and it is stopped while the messages of one round are written: it finds as many as
//! the window is wide, neither more nor fewer. Blocking sockets: nothing here can be quicker than
//! what is measured, and nothing of it runs in the server's process.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpStream},
};

use anyhow::{bail, Context, Result};

use super::quiet::Quiet;
use crate::load::open;

/// Bytes of one message.
pub(super) const MESSAGE: usize = 64;

/// Open connections to one server.
#[derive(Debug)]
pub(super) struct Client {
    streams: Vec<TcpStream>,
    /// The connection that the next round begins with.
    next: usize,
    sent: u64,
}

/// Connections that the server may have yet to accept: fewer than any backlog is long, or the system
/// lets the client try again after a second.
pub(super) const AHEAD: usize = 64;

impl Client {
    /// Opens so many connections; after each [`AHEAD`] of them, `accepted` waits for the server.
    pub(super) fn open(
        port: u16,
        connections: usize,
        mut accepted: impl FnMut() -> Result<()>,
    ) -> Result<Self> {
        let limit = many_files()?;
        if connections as u64 > limit.saturating_sub(OTHER_FILES) {
            bail!(
                "{connections} connections are more than the limit of {limit} open files allows: \
                 raise it with `ulimit -Hn`"
            );
        }
        let mut streams = Vec::with_capacity(connections);
        for number in 1..=connections {
            let opened = open((Ipv4Addr::LOCALHOST, port).into());
            streams.push(opened.with_context(|| format!("connection {number} to the server"))?);
            if number % AHEAD == 0 {
                accepted()?;
            }
        }
        Ok(Self { streams, next: 0, sent: 0 })
    }

    /// Its open connections.
    pub(super) fn into_streams(self) -> Vec<TcpStream> {
        self.streams
    }

    /// Sends so many messages, at most `window` at once, and reads every echo. With `quiet` each round
    /// begins when the server waits; if it is to be held too, the round reaches it as a whole.
    pub(super) fn echo(
        &mut self,
        messages: u64,
        window: usize,
        quiet: Option<(&Quiet, bool)>,
    ) -> Result<()> {
        let window = window.min(self.streams.len());
        let mut left = messages;
        while left > 0 {
            let now = window.min(usize::try_from(left).unwrap_or(usize::MAX));
            let indices: Vec<usize> =
                (0..now).map(|i| (self.next + i) % self.streams.len()).collect();
            {
                let _held = match quiet {
                    Some((quiet, hold)) => quiet.settle(hold && now > 1)?,
                    None => None,
                };
                for (number, index) in (self.sent..).zip(&indices) {
                    self.streams[*index].write_all(&message(number))?;
                }
            }
            for (number, index) in (self.sent..).zip(&indices) {
                let mut back = [0; MESSAGE];
                self.streams[*index].read_exact(&mut back).context("an echo")?;
                if back != message(number) {
                    bail!("message {number} came back changed");
                }
            }
            self.next = (self.next + now) % self.streams.len();
            self.sent += now as u64;
            left -= now as u64;
        }
        Ok(())
    }
}

/// Opens a connection and waits until the server closes it, so many times. With `first` the client
/// ends its own direction before.
pub(super) fn knock(port: u16, times: u64, first: bool, quiet: &Quiet) -> Result<()> {
    for _ in 0..times {
        quiet.wait()?;
        let mut stream = open((Ipv4Addr::LOCALHOST, port).into())?;
        if first {
            stream.shutdown(Shutdown::Write)?;
        }
        match stream.read(&mut [0]) {
            Ok(0) => {}
            // Windows resets what was not read; nothing was sent here.
            Ok(_) => bail!("the server sends something"),
            Err(error) => return Err(error).context("the server's close"),
        }
    }
    Ok(())
}

/// As many open files as the system allows; each connection is one. Returns how many that are.
#[cfg(target_os = "linux")]
pub(super) fn many_files() -> Result<u64> {
    use nix::sys::resource::{getrlimit, setrlimit, Resource};
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    Ok(hard)
}

/// Sockets are not counted with files here.
#[cfg(not(target_os = "linux"))]
pub(super) fn many_files() -> Result<u64> {
    Ok(u64::MAX)
}

/// Open files beside the connections.
const OTHER_FILES: u64 = 64;

/// No two messages in flight are alike.
fn message(number: u64) -> [u8; MESSAGE] {
    let mut bytes = [0; MESSAGE];
    for (index, chunk) in (0..).zip(bytes.chunks_mut(8)) {
        chunk.copy_from_slice(&(number.wrapping_mul(31).wrapping_add(index)).to_le_bytes());
    }
    bytes
}
