//! The client of all servers: many connections in lock step, messages of any size, datagrams, whole connections.
//!
//! A round writes one message on each of up to `window` connections, then reads all echoes back and
//! compares them. So the number of messages is exact. Where counts matter a round begins when the
//! server waits, and it is stopped while the messages of one round are written: it finds as many as
//! the window is wide, neither more nor fewer. More than a socket takes at once comes from a thread beside the one that
//! reads: there the system decides in which pieces it arrives. One way it is as much as the server's socket has room for,
//! and there as a whole.

use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::Duration,
};

use anyhow::{bail, ensure, Context, Result};

use super::{
    backlog,
    quiet::Quiet,
    run::{Pace, Run},
    server::REHEARSAL,
};
use crate::load::{many_files, message, Connection, PATIENCE};

/// Bytes of one message, if the run says nothing else.
pub(super) const MESSAGE: usize = 64;

/// Connections that the server may have yet to accept: fewer than any backlog is long, or the system
/// lets the client try again after a second.
pub(super) const AHEAD: usize = 64;

/// Open files beside the connections.
const OTHER_FILES: u64 = 64;

/// So many bytes are taken from a sender whose receiver is stopped.
const AT_ONCE: usize = 64 << 10;

/// Bytes of a burst one way: the servers ask for a socket that has room for as many.
pub(super) const BURST: usize = 4 << 20;

/// What a client has left when it is done.
#[derive(Debug)]
pub(super) struct Left {
    /// They must stay until the server has ended.
    pub(super) connections: Vec<Connection>,
    /// For how long the server ran while it counted; not a number where that is not known.
    pub(super) cpu_ns: f64,
}

impl Left {
    pub(super) const NOTHING: Self = Self { connections: Vec::new(), cpu_ns: f64::NAN };
}

/// Speaks to the server at this port as the run says: warms up, rehearses, then what counts. `accepted` waits for the
/// server, each time that it has so many connections to accept as [may be](AHEAD).
pub(super) fn talk(
    run: &Run<'_>,
    port: u16,
    quiet: &Quiet,
    accepted: impl FnMut() -> Result<()>,
) -> Result<Left> {
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let run = *run;
    match (run.bench, run.size) {
        ("accept", _) => knock(run, server, quiet)?,
        ("udp", _) => datagrams(run, server, quiet)?,
        ("stream", 0) => connections(run, server, quiet)?,
        _ => {
            return Client { run, quiet, connections: open(run, server, accepted)?, sent: 0 }.talk()
        }
    }
    Ok(Left::NOTHING)
}

/// All connections of the run.
fn open(
    run: Run<'_>,
    server: SocketAddr,
    mut accepted: impl FnMut() -> Result<()>,
) -> Result<Vec<Connection>> {
    let limit = many_files()?;
    if run.connections as u64 > limit.saturating_sub(OTHER_FILES) {
        bail!(
            "{} connections are more than the limit of {limit} open files allows: \
             raise it with `ulimit -Hn`",
            run.connections
        );
    }
    let mut connections = Vec::with_capacity(run.connections);
    for number in 1..=run.connections {
        let opened = Connection::open(server);
        connections.push(opened.with_context(|| format!("connection {number} to the server"))?);
        if number % AHEAD == 0 {
            accepted()?;
        }
    }
    Ok(connections)
}

/// Connections that stay.
struct Client<'a> {
    run: Run<'a>,
    quiet: &'a Quiet,
    connections: Vec<Connection>,
    /// Messages so far: their numbers, and from which connection on the next are sent.
    sent: usize,
}

impl Client<'_> {
    fn talk(mut self) -> Result<Left> {
        let run = self.run;
        let mut before = f64::NAN;
        match run.pace {
            Pace::OneWay => {
                let burst = message(run.size, 0).repeat(BURST / run.size);
                let each = (BURST / run.size) as u64;
                let bursts = (run.warm + REHEARSAL + run.count).div_ceil(each);
                (0..bursts).try_for_each(|_| self.burst(&burst))?;
            }
            Pace::Busy => {
                self.echo(run.warm, 1, false)?;
                // One more than is counted: also the last one has another behind it.
                self.round(usize::try_from(REHEARSAL + run.count)? + 1, true)?;
            }
            Pace::Waits => {
                self.echo(run.warm, run.window, false)?;
                self.echo(REHEARSAL, run.window.min(1), run.settle)?;
                before = self.quiet.cpu_ns();
                self.echo(run.count, run.window, run.settle)?;
            }
        }
        let cpu_ns = self.quiet.cpu_ns() - before;
        Ok(Left { connections: self.connections, cpu_ns })
    }

    /// Sends so many messages, at most `window` at once, and reads every echo. With `settle` each round begins when the
    /// server waits, and reaches it as a whole if it can.
    fn echo(&mut self, messages: u64, window: usize, settle: bool) -> Result<()> {
        let window = window.min(self.connections.len());
        let mut left = messages;
        while left > 0 {
            let now = window.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.round(now, settle)?;
            left -= now as u64;
        }
        Ok(())
    }

    fn round(&mut self, width: usize, settle: bool) -> Result<()> {
        let round: Vec<_> = (0..width).map(|_| self.next()).collect();
        if self.run.size > AT_ONCE {
            if settle {
                self.quiet.wait()?;
            }
            return round.iter().try_for_each(|(at, bytes)| {
                let connection = &self.connections[*at];
                connection.receive_while(bytes, Duration::ZERO, || connection.send(bytes))
            });
        }
        let send = || round.iter().try_for_each(|(at, bytes)| self.connections[*at].send(bytes));
        // One small message is there as a whole in any case.
        match settle && (width > 1 || self.run.size > MESSAGE) {
            true => at_once(self.run, self.quiet, send)?,
            false => {
                if settle {
                    self.quiet.wait()?;
                }
                send()?;
            }
        }
        round.iter().try_for_each(|(at, bytes)| self.connections[*at].receive(bytes))
    }

    /// Sends all of it to a server that waits, and is stopped until its socket has it.
    fn burst(&self, bytes: &[u8]) -> Result<()> {
        let connection = &self.connections[0];
        at_once(self.run, self.quiet, || {
            connection.send(bytes)?;
            backlog::wait(connection.0.local_addr()?, connection.0.peer_addr()?, bytes.len())
        })
    }

    /// The connection that the next message is for, and the message.
    fn next(&mut self) -> (usize, Vec<u8>) {
        let number = self.sent;
        self.sent += 1;
        (number % self.connections.len(), message(self.run.size, number as u64))
    }
}

/// Sends when the server waits, and is stopped. A stepper would be stopped with its program, and how many of a round it
/// finds at once would vary: then it is only waited for.
fn at_once<T>(run: Run<'_>, quiet: &Quiet, send: impl FnOnce() -> Result<T>) -> Result<T> {
    let _held = quiet.settle(!run.steps)?;
    send()
}

/// Opens a connection and waits until the server closes it, so many times. Of a server that reuses its sockets the
/// client ends its own direction before.
fn knock(run: Run<'_>, server: SocketAddr, quiet: &Quiet) -> Result<()> {
    for _ in 0..run.warm + REHEARSAL + run.count {
        quiet.wait()?;
        let connection = Connection::open(server)?;
        if run.server.ends_with("reuse") {
            connection.end()?;
        }
        connection.receive_end()?;
    }
    Ok(())
}

/// Connections of one message each. The client ends its side with the message, or the server leaves first.
fn connections(run: Run<'_>, server: SocketAddr, quiet: &Quiet) -> Result<()> {
    for number in 0..run.warm + REHEARSAL + run.count {
        let bytes = message(MESSAGE, number);
        let open = || {
            let connection = Connection::open(server)?;
            connection.send(&bytes)?;
            if !run.leaves {
                connection.end()?;
            }
            Ok(connection)
        };
        // For its time there is no wait, or that would be most of it.
        let connection = if run.pinned { open()? } else { at_once(run, quiet, open)? };
        connection.receive(&bytes)?;
        connection.receive_end()?;
    }
    Ok(())
}

/// Datagrams to the server's first socket, and their answers, in order.
fn datagrams(run: Run<'_>, server: SocketAddr, quiet: &Quiet) -> Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let send = |number| -> Result<()> { Ok(socket.send(&message(run.size, number)).map(drop)?) };
    let receive = |number| -> Result<()> {
        let mut back = vec![0; run.size + 1];
        let count = socket.recv(&mut back).context("an answer")?;
        ensure!(back[..count] == message(run.size, number), "datagram {number} came back changed");
        Ok(())
    };
    let total = run.warm + REHEARSAL + run.count;
    let one_by_one = if run.pace == Pace::Busy { run.warm } else { total };
    for number in 0..one_by_one {
        if run.settle {
            quiet.wait()?;
        }
        send(number)?;
        receive(number)?;
    }
    if run.pace == Pace::Busy {
        at_once(run, quiet, || (one_by_one..=total).try_for_each(send))?;
        (one_by_one..=total).try_for_each(receive)?;
    }
    Ok(())
}
