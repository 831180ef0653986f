//! `iocp` with socket reuse: accept into a socket that is associated already, disconnect it.
//!
//! The same arrangement as that of [`reuse`](super::reuse).

use std::{
    io::{Error, Result},
    net::TcpListener,
    os::windows::io::OwnedSocket,
};

use iocp::{
    stream_socket, Accept, AssociatedSocket, Completed, CompletionPort, InFlight, Operation,
    Packet, Packets, Submitted,
};

use super::reuse::{port_config, SOCKETS};
use crate::meter;

/// One socket; its index is the token of its operation.
struct Place {
    socket: AssociatedSocket<OwnedSocket>,
    step: Step,
}

enum Step {
    /// Its turn will come, or it accepts.
    Idle(Operation<()>),
    Ending(InFlight<()>),
    /// Only while it changes.
    Neither,
}

struct Server {
    port: CompletionPort,
    listener: AssociatedSocket<TcpListener>,
    places: Vec<Place>,
    free: Vec<usize>,
    packets: Packets,
}

/// Serves until the process ends.
pub(crate) fn serve(listener: TcpListener) -> Result<()> {
    let port = CompletionPort::with_config(&port_config())?;
    let address = listener.local_addr()?;
    let place = |token| -> Result<Place> {
        let socket = port.associate_socket(stream_socket(&address)?, 0)?;
        Ok(Place { socket, step: Step::Idle(port.operation((), token)?) })
    };
    let places = (0..SOCKETS).map(place).collect::<Result<_>>()?;
    let mut accepting = port.accept_operation(SOCKETS)?;
    let listener = port.associate_socket(listener, 0)?;
    let (free, packets) = ((0..SOCKETS).collect(), Packets::with_capacity(SOCKETS));
    let mut server = Server { port, listener, places, free, packets };
    loop {
        accepting = server.serve_one(accepting)?;
        meter::message();
    }
}

impl Server {
    /// Accepts one connection and begins to end it.
    fn serve_one(&mut self, accepting: Operation<Accept>) -> Result<Operation<Accept>> {
        let index = loop {
            match self.free.pop() {
                Some(index) => break index,
                None => self.wait()?,
            }
        };
        let completed = match self.listener.accept_into(accepting, &self.places[index].socket) {
            Submitted::Ready(completed) => completed,
            Submitted::Refused(failed) => return Err(failed.into()),
            Submitted::Pending(ticket) => self.finish(ticket)?,
        };
        let place = &mut self.places[index];
        let accepted = completed.accepted_into(&self.listener, &place.socket);
        accepted.result.map_err(Error::other)?;
        let Step::Idle(operation) = std::mem::replace(&mut place.step, Step::Neither) else {
            return Err(Error::other("a socket that is free is not idle"));
        };
        match place.socket.disconnect_for_reuse(operation) {
            Submitted::Ready(ended) => {
                place.step = Step::Idle(ended.into_operation());
                self.free.push(index);
            }
            Submitted::Pending(ticket) => place.step = Step::Ending(ticket),
            Submitted::Refused(failed) => return Err(failed.into()),
        }
        Ok(accepted.operation)
    }

    fn finish(&mut self, mut ticket: InFlight<Accept>) -> Result<Completed<Accept>> {
        loop {
            self.wait()?;
            match ticket.finish() {
                Ok(completed) => return Ok(completed),
                Err(still) => ticket = still,
            }
        }
    }

    /// Waits, and takes back the sockets whose connection has ended.
    fn wait(&mut self) -> Result<()> {
        self.port.wait(&mut self.packets, None)?;
        for packet in &self.packets {
            let Packet::Io { token, .. } = packet else { continue };
            let Some(place) = self.places.get_mut(*token) else { continue };
            place.step = match std::mem::replace(&mut place.step, Step::Neither) {
                Step::Ending(ticket) => match ticket.finish() {
                    Ok(ended) => {
                        ended.result().map_err(Error::other)?;
                        self.free.push(*token);
                        Step::Idle(ended.into_operation())
                    }
                    Err(still) => Step::Ending(still),
                },
                other => other,
            };
        }
        Ok(())
    }
}
