//! `iocp` in zero-read mode: an idle connection lends no buffer, only a probe is in flight.
//!
//! All connections share a few operations with a buffer; when a probe says that there is something,
//! one of them receives it, sends it back and goes back to the pool. One call more per message than
//! a receive with a buffer of its own, for memory that does not grow with idle connections.

use std::{
    io::{Error, Result},
    net::TcpStream,
};

use iocp::{
    AssociatedSocket, Completed, CompletionPort, InFlight, Operation, Packet, Packets, Submitted,
};

use super::ENTRIES;
use crate::{arguments::Args, meter};

/// What a connection takes while it is idle.
struct Connection {
    socket: AssociatedSocket<TcpStream>,
    probing: Option<InFlight<()>>,
}

/// Serves until the process ends.
pub(crate) fn serve(streams: Vec<TcpStream>, args: &Args) -> Result<()> {
    let port = CompletionPort::new()?;
    let mut pooled = port.operation(Vec::with_capacity(args.buffer), 0)?;
    let mut connections = Vec::with_capacity(streams.len());
    for (token, stream) in streams.into_iter().enumerate() {
        let socket = port.associate_socket(stream, 0)?;
        let mut connection = Connection { socket, probing: None };
        pooled = connection.probe(port.operation((), token)?, pooled)?;
        connections.push(connection);
    }
    let mut packets = Packets::with_capacity(ENTRIES);
    loop {
        port.wait(&mut packets, None).map_err(Error::from)?;
        for packet in &packets {
            let Packet::Io { token, .. } = packet else { continue };
            let connection = &mut connections[*token];
            match connection.probing.take().map(InFlight::finish) {
                Some(Ok(probed)) => {
                    let more;
                    (pooled, more) = connection.echo(pooled)?;
                    if more {
                        pooled = connection.probe(probed.into_operation(), pooled)?;
                    }
                }
                Some(Err(ticket)) => connection.probing = Some(ticket),
                None => {}
            }
        }
    }
}

type Buffered = Operation<Vec<u8>>;

impl Connection {
    /// Probes until that takes time; what is there already is sent back at once.
    fn probe(&mut self, mut operation: Operation<()>, mut pooled: Buffered) -> Result<Buffered> {
        loop {
            match self.socket.probe(operation) {
                Submitted::Pending(ticket) => {
                    self.probing = Some(ticket);
                    return Ok(pooled);
                }
                Submitted::Ready(probed) => {
                    let more;
                    (pooled, more) = self.echo(pooled)?;
                    if !more {
                        return Ok(pooled);
                    }
                    operation = probed.into_operation();
                }
                Submitted::Refused(failed) => return Err(failed.into()),
            }
        }
    }

    /// Receives what is there and sends it back; both finish at once. False at the peer's end.
    fn echo(&self, mut pooled: Buffered) -> Result<(Buffered, bool)> {
        pooled.buffer_mut().clear();
        let received = ready(self.socket.recv(pooled))?;
        if !matches!(received.result(), Ok(1..)) {
            return Ok((received.into_operation(), false));
        }
        let sent = ready(self.socket.send(received.into_operation()))?;
        meter::message();
        Ok((sent.into_operation(), true))
    }
}

fn ready(submitted: Submitted<Vec<u8>>) -> Result<Completed<Vec<u8>>> {
    match submitted {
        Submitted::Ready(completed) => Ok(completed),
        Submitted::Refused(failed) => Err(failed.into()),
        Submitted::Pending(_) => Err(Error::other("what is there did not finish at once")),
    }
}
