//! `iocp`'s typed operations: one operation for each connection goes round, and stays for the next one in its place.

use std::{
    io::{Error, Result},
    net::{TcpListener, TcpStream},
};

use iocp::{
    Accept, AssociatedSocket, Completed, CompletionPort, InFlight, Operation, Packet, Packets,
    Submitted,
};

use super::{Work, ENTRIES};

/// The token of the accept; those of connections are their places.
const LISTENER: usize = usize::MAX >> 1;

/// A place for a connection: the operation stays for the next one.
struct Talk {
    socket: Option<AssociatedSocket<TcpStream>>,
    step: Step,
    work: Work,
}

/// What the place's operation does.
enum Step {
    Receiving(InFlight<Vec<u8>>),
    Sending(InFlight<Vec<u8>>),
    Free(Operation<Vec<u8>>),
    /// Only while it changes.
    Changing,
}

struct Server {
    port: CompletionPort,
    listener: AssociatedSocket<TcpListener>,
    accepting: Option<InFlight<Accept>>,
    talks: Vec<Talk>,
    work: Work,
}

/// Serves until the process ends.
pub(super) fn serve(listener: TcpListener, work: Work) -> Result<()> {
    let port = CompletionPort::new()?;
    let listener = port.associate_socket(listener, 0)?;
    let operation = port.accept_operation(LISTENER)?;
    let mut server = Server { port, listener, accepting: None, talks: Vec::new(), work };
    server.accept(operation)?;
    let mut packets = Packets::with_capacity(ENTRIES);
    loop {
        server.port.wait(&mut packets, None)?;
        for packet in &packets {
            match packet {
                Packet::Io { token: LISTENER, .. } => {
                    if let Some(done) = InFlight::take_finished(&mut server.accepting) {
                        let operation = server.accepted(done)?;
                        server.accept(operation)?;
                    }
                }
                Packet::Io { token, .. } => server.talks[*token].advance(),
                _ => {}
            }
        }
    }
}

impl Server {
    fn accept(&mut self, mut operation: Operation<Accept>) -> Result<()> {
        loop {
            match self.listener.accept(operation) {
                Submitted::Pending(ticket) => {
                    self.accepting = Some(ticket);
                    return Ok(());
                }
                Submitted::Ready(done) => operation = self.accepted(done)?,
                Submitted::Refused(failed) => return Err(failed.into()),
            }
        }
    }

    fn accepted(&mut self, done: Completed<Accept>) -> Result<Operation<Accept>> {
        let accepted = done.accepted(&self.listener);
        let (socket, _) = accepted.result.map_err(Error::other)?;
        let free = self.talks.iter().position(|talk| matches!(talk.step, Step::Free(_)));
        let token = free.unwrap_or(self.talks.len());
        if free.is_none() {
            let operation = self.port.operation(Vec::with_capacity(self.work.room), token)?;
            let step = Step::Free(operation);
            self.talks.push(Talk { socket: None, step, work: self.work });
        }
        let talk = &mut self.talks[token];
        talk.socket = Some(self.port.associate_accepted::<TcpStream>(socket, 0)?);
        talk.work = self.work;
        if let Step::Free(operation) = std::mem::replace(&mut talk.step, Step::Changing) {
            talk.receive(operation);
        }
        Ok(accepted.operation)
    }
}

impl Talk {
    /// A packet came.
    fn advance(&mut self) {
        match std::mem::replace(&mut self.step, Step::Changing) {
            Step::Receiving(ticket) => match ticket.finish() {
                Ok(received) => {
                    if let Some(operation) = self.answer(received) {
                        self.receive(operation);
                    }
                }
                Err(ticket) => self.step = Step::Receiving(ticket),
            },
            Step::Sending(ticket) => match ticket.finish() {
                Ok(sent) => {
                    if let Some(operation) = self.is_sent(sent) {
                        self.receive(operation);
                    }
                }
                Err(ticket) => self.step = Step::Sending(ticket),
            },
            other => self.step = other,
        }
    }

    /// Receives, and goes on for as long as everything is done at once.
    fn receive(&mut self, mut operation: Operation<Vec<u8>>) {
        while let Some(socket) = &self.socket {
            operation.buffer_mut().clear();
            let received = match socket.recv(operation) {
                Submitted::Pending(ticket) => return self.step = Step::Receiving(ticket),
                Submitted::Ready(received) => received,
                Submitted::Refused(failed) => return self.close(failed.value),
            };
            match self.answer(received) {
                Some(next) => operation = next,
                None => return,
            }
        }
    }

    /// Sends what was received. `Some`: that is done already.
    fn answer(&mut self, received: Completed<Vec<u8>>) -> Option<Operation<Vec<u8>>> {
        let (result, operation) = (received.result(), received.into_operation());
        match (&self.socket, result) {
            (Some(_), Ok(count @ 1..)) if self.work.one_way => {
                self.work.answered(count);
                Some(operation)
            }
            (Some(socket), Ok(1..)) => match socket.send(operation) {
                Submitted::Ready(sent) => self.is_sent(sent),
                Submitted::Pending(ticket) => {
                    self.step = Step::Sending(ticket);
                    None
                }
                Submitted::Refused(failed) => {
                    self.close(failed.value);
                    None
                }
            },
            _ => {
                self.close(operation);
                None
            }
        }
    }

    fn is_sent(&mut self, sent: Completed<Vec<u8>>) -> Option<Operation<Vec<u8>>> {
        let goes_on = sent.result().is_ok_and(|count| self.work.answered(count));
        let operation = sent.into_operation();
        if goes_on {
            return Some(operation);
        }
        self.close(operation);
        None
    }

    fn close(&mut self, operation: Operation<Vec<u8>>) {
        self.socket = None;
        self.step = Step::Free(operation);
        self.work.closed();
    }
}
