//! `iocp`'s typed operations: the same server without `unsafe`.

use std::{
    io::{Error, Result},
    net::TcpStream,
};

use iocp::{
    Associated, Completed, CompletionPort, InFlight, Operation, Packet, Packets, Submitted,
};

use super::ENTRIES;
use crate::{arguments::Args, meter};

/// One connection and what it waits for.
pub(super) struct Connection {
    socket: Associated<TcpStream>,
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
        let socket = port.associate(stream)?;
        let operation = port.operation(Vec::with_capacity(args.buffer), token)?;
        let mut connection = Self { socket, step: Step::Ended };
        connection.receive(operation);
        Ok(connection)
    }

    /// A packet came: goes as far as it can without waiting.
    #[inline]
    pub(super) fn advance(&mut self) {
        match std::mem::replace(&mut self.step, Step::Ended) {
            Step::Receiving(ticket) => match ticket.finish() {
                Ok(completed) => self.echo(completed),
                Err(ticket) => self.step = Step::Receiving(ticket),
            },
            Step::Sending(ticket) => match ticket.finish() {
                Ok(completed) => {
                    meter::message();
                    self.receive(completed.into_operation());
                }
                Err(ticket) => self.step = Step::Sending(ticket),
            },
            Step::Ended => {}
        }
    }

    /// Sends what was received, then receives again; as long as all finishes at once.
    fn echo(&mut self, completed: Completed<Vec<u8>>) {
        if let Some(operation) = self.send(completed) {
            self.receive(operation);
        }
    }

    #[inline]
    fn send(&mut self, completed: Completed<Vec<u8>>) -> Option<Operation<Vec<u8>>> {
        if !matches!(completed.result(), Ok(1..)) {
            return None;
        }
        match self.socket.send(completed.into_operation()) {
            Submitted::Ready(completed) => {
                meter::message();
                Some(completed.into_operation())
            }
            Submitted::Pending(ticket) => {
                self.step = Step::Sending(ticket);
                None
            }
            Submitted::Failed(_) => None,
        }
    }

    #[inline]
    fn receive(&mut self, mut operation: Operation<Vec<u8>>) {
        loop {
            operation.buffer_mut().clear();
            match self.socket.recv(operation) {
                Submitted::Pending(ticket) => {
                    self.step = Step::Receiving(ticket);
                    return;
                }
                Submitted::Ready(completed) => match self.send(completed) {
                    Some(next) => operation = next,
                    None => return,
                },
                Submitted::Failed(_) => return,
            }
        }
    }
}
