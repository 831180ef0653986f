//! `iocp`'s typed operations: the same server without `unsafe`.

use std::{
    io::{Error, Result},
    net::TcpStream,
};

use iocp::{
    AssociatedSocket, Completed, CompletionPort, InFlight, Operation, Packet, Packets, Submitted,
};

use super::ENTRIES;
use crate::{arguments::Args, meter};

/// One connection and what it waits for.
pub(super) struct Connection {
    socket: AssociatedSocket<TcpStream>,
    step: Step,
}

/// What is in flight.
enum Step {
    Receiving(InFlight<Vec<u8>>),
    Sending(InFlight<Vec<u8>>),
    Ended,
}

/// Serves until the process ends.
pub(crate) fn serve(streams: Vec<TcpStream>, args: &Args) -> Result<()> {
    let port = CompletionPort::new()?;
    let mut connections = Vec::with_capacity(streams.len());
    for (token, stream) in streams.into_iter().enumerate() {
        connections.push(Connection::new(&port, stream, token, args)?);
    }
    let mut packets = Packets::with_capacity(ENTRIES);
    loop {
        port.wait(&mut packets, None).map_err(Error::from)?;
        for packet in &packets {
            if let Packet::Io { token, .. } = packet {
                connections[*token].advance();
            }
        }
    }
}

impl Connection {
    /// Associates the stream and receives on it.
    pub(super) fn new(
        port: &CompletionPort,
        stream: TcpStream,
        token: usize,
        args: &Args,
    ) -> Result<Self> {
        let socket = port.associate_socket(stream, 0)?;
        let operation = port.operation(Vec::with_capacity(args.buffer), token)?;
        let (step, received) = match socket.recv(operation) {
            Submitted::Pending(ticket) => (Step::Receiving(ticket), None),
            Submitted::Ready(received) => (Step::Ended, Some(received)),
            Submitted::Refused(failed) => return Err(failed.into()),
        };
        let mut connection = Self { socket, step };
        if let Some(received) = received {
            connection.echo(received);
        }
        Ok(connection)
    }

    /// A packet came: goes as far as it can without waiting.
    #[inline]
    pub(super) fn advance(&mut self) {
        let received = match std::mem::replace(&mut self.step, Step::Ended) {
            Step::Receiving(ticket) => match ticket.finish() {
                Ok(received) => Some(received),
                Err(ticket) => return self.step = Step::Receiving(ticket),
            },
            Step::Sending(ticket) => match ticket.finish() {
                Ok(sent) => self.receive(sent.into_operation()),
                Err(ticket) => return self.step = Step::Sending(ticket),
            },
            Step::Ended => return,
        };
        if let Some(received) = received {
            self.echo(received);
        }
    }

    /// Sends what was received, receives again; as long as all finishes at once.
    #[inline(always)]
    fn echo(&mut self, mut received: Completed<Vec<u8>>) {
        while let Ok(1..) = received.result() {
            let sent = match self.socket.send(received.into_operation()) {
                Submitted::Ready(sent) => sent,
                Submitted::Pending(ticket) => return self.step = Step::Sending(ticket),
                Submitted::Refused(_) => return,
            };
            match self.receive(sent.into_operation()) {
                Some(next) => received = next,
                None => return,
            }
        }
    }

    /// Sent: receives into the whole buffer.
    #[inline(always)]
    fn receive(&mut self, mut operation: Operation<Vec<u8>>) -> Option<Completed<Vec<u8>>> {
        meter::message();
        operation.buffer_mut().clear();
        match self.socket.recv(operation) {
            Submitted::Ready(received) => Some(received),
            Submitted::Pending(ticket) => {
                self.step = Step::Receiving(ticket);
                None
            }
            Submitted::Refused(_) => None,
        }
    }
}
