//! One connection: its socket, and the one operation that goes round.

use std::net::TcpStream;

use iocp::{
    AssociatedSocket, Completed, CompletionKind, CompletionPort, InFlight, Operation, Submitted,
    UserPacket,
};

use super::counts::Counts;
use std::sync::atomic::Ordering::Relaxed;

/// Bytes of a connection's buffer.
pub(crate) const BUFFER: usize = 64 * 1024;

/// How often one connection may go on at once before others get their turn.
const ROUNDS: usize = 32;

/// What a connection's operation is doing.
enum Step {
    Receiving(InFlight<Vec<u8>>),
    Sending(InFlight<Vec<u8>>),
    /// Gave up its turn; a packet of its own calls it back.
    Waiting(Operation<Vec<u8>>),
}

/// A connection. Dropping it cancels the operation and closes the socket.
pub(crate) struct Connection {
    step: Option<Step>,
    socket: AssociatedSocket<TcpStream>,
}

/// Whether a connection goes on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Goes {
    On,
    Ended,
}

impl Connection {
    pub(crate) fn new(socket: AssociatedSocket<TcpStream>) -> Self {
        Self { step: None, socket }
    }

    /// Starts the round with the first receive.
    pub(crate) fn start(
        &mut self,
        port: &CompletionPort,
        operation: Operation<Vec<u8>>,
        counts: &Counts,
    ) -> Goes {
        self.receive(port, operation, counts)
    }

    /// A packet came for this connection.
    pub(crate) fn advance(&mut self, port: &CompletionPort, counts: &Counts) -> Goes {
        match self.step.take() {
            Some(Step::Receiving(ticket)) => match ticket.finish() {
                Ok(completed) => self.received(port, completed, counts),
                Err(ticket) => self.stay(Step::Receiving(ticket)),
            },
            Some(Step::Sending(ticket)) => match ticket.finish() {
                Ok(completed) => match sent(&completed, counts) {
                    Goes::On => self.receive(port, completed.into_operation(), counts),
                    Goes::Ended => Goes::Ended,
                },
                Err(ticket) => self.stay(Step::Sending(ticket)),
            },
            Some(Step::Waiting(operation)) => self.receive(port, operation, counts),
            None => Goes::Ended,
        }
    }

    /// Receives, and goes on for as long as everything is ready at once.
    fn receive(
        &mut self,
        port: &CompletionPort,
        mut operation: Operation<Vec<u8>>,
        counts: &Counts,
    ) -> Goes {
        for _ in 0..ROUNDS {
            operation.buffer_mut().clear();
            let completed = match self.socket.recv(operation) {
                Submitted::Pending(ticket) => return self.stay(Step::Receiving(ticket)),
                Submitted::Ready(completed) => completed,
                Submitted::Refused(failed) => return ended(&failed.error.into(), counts),
            };
            match self.echo(completed, counts) {
                Ok(sent) => operation = sent,
                Err(goes) => return goes,
            }
        }
        let token = operation.token();
        self.step = Some(Step::Waiting(operation));
        match port.post(UserPacket { token, bytes: 0 }) {
            Ok(()) => Goes::On,
            Err(error) => ended(&error.into(), counts),
        }
    }

    fn received(
        &mut self,
        port: &CompletionPort,
        completed: Completed<Vec<u8>>,
        counts: &Counts,
    ) -> Goes {
        match self.echo(completed, counts) {
            Ok(operation) => self.receive(port, operation, counts),
            Err(goes) => goes,
        }
    }

    /// Sends back what was received. `Ok` if that is done already.
    fn echo(
        &mut self,
        completed: Completed<Vec<u8>>,
        counts: &Counts,
    ) -> Result<Operation<Vec<u8>>, Goes> {
        match completed.result() {
            // The peer has sent all it will: everything was echoed, so this side ends too.
            Ok(0) => return Err(Goes::Ended),
            Ok(_) => {}
            Err(error) => return Err(failed(error.kind, counts)),
        }
        match self.socket.send(completed.into_operation()) {
            Submitted::Pending(ticket) => Err(self.stay(Step::Sending(ticket))),
            Submitted::Ready(completed) => match sent(&completed, counts) {
                Goes::On => Ok(completed.into_operation()),
                Goes::Ended => Err(Goes::Ended),
            },
            Submitted::Refused(failed) => Err(ended(&failed.error.into(), counts)),
        }
    }

    /// Cancels what is in flight: the connection ends when it comes back.
    pub(crate) fn cancel(&self) {
        // A refusal leaves it to the drop of the connection.
        let _ = self.socket.cancel_all();
    }

    fn stay(&mut self, step: Step) -> Goes {
        self.step = Some(step);
        Goes::On
    }
}

fn sent(completed: &Completed<Vec<u8>>, counts: &Counts) -> Goes {
    match completed.result() {
        Ok(bytes) => {
            counts.messages.fetch_add(1, Relaxed);
            counts.bytes.fetch_add(bytes, Relaxed);
            Goes::On
        }
        Err(error) => failed(error.kind, counts),
    }
}

/// A peer that resets its connection is its own business; anything else is an error of ours.
fn failed(kind: CompletionKind, counts: &Counts) -> Goes {
    match kind {
        CompletionKind::Cancelled => return Goes::Ended,
        CompletionKind::Reset | CompletionKind::LocalClose => &counts.resets,
        _ => &counts.errors,
    }
    .fetch_add(1, Relaxed);
    Goes::Ended
}

fn ended(error: &std::io::Error, counts: &Counts) -> Goes {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    match error.kind() {
        ConnectionReset | ConnectionAborted | BrokenPipe => &counts.resets,
        _ => &counts.errors,
    }
    .fetch_add(1, Relaxed);
    Goes::Ended
}
