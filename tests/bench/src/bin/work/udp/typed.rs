//! `iocp`'s typed operations: one for each socket goes round.

use std::{io::Result, net::UdpSocket};

use iocp::{
    AssociatedSocket, Completed, CompletionPort, Datagram, InFlight, Operation, Packet, Packets,
    Submitted,
};

use super::ENTRIES;
use crate::meter;

type Data = Datagram<Vec<u8>>;

struct Socket {
    socket: AssociatedSocket<UdpSocket>,
    ticket: Option<InFlight<Data>>,
    sends: bool,
}

/// Serves until the process ends.
pub(super) fn serve(sockets: Vec<UdpSocket>, room: usize) -> Result<()> {
    let port = CompletionPort::new()?;
    let mut waiting = Vec::with_capacity(sockets.len());
    for (token, socket) in sockets.into_iter().enumerate() {
        let socket = port.associate_socket(socket, 0)?;
        let mut socket = Socket { socket, ticket: None, sends: false };
        socket.receive(port.operation(Datagram::new(Vec::with_capacity(room)), token)?)?;
        waiting.push(socket);
    }
    let mut packets = Packets::with_capacity(ENTRIES);
    loop {
        port.wait(&mut packets, None)?;
        for packet in &packets {
            if let Packet::Io { token, .. } = packet {
                let socket = &mut waiting[*token];
                match InFlight::take_finished(&mut socket.ticket) {
                    Some(done) if socket.sends => socket.is_sent(done)?,
                    Some(done) => socket.answer(done)?,
                    None => {}
                }
            }
        }
    }
}

impl Socket {
    fn receive(&mut self, mut operation: Operation<Data>) -> Result<()> {
        operation.buffer_mut().buffer_mut().clear();
        self.sends = false;
        match self.socket.recv_from(operation) {
            Submitted::Pending(ticket) => self.ticket = Some(ticket),
            Submitted::Ready(received) => return self.answer(received),
            Submitted::Refused(failed) => return Err(failed.into()),
        }
        Ok(())
    }

    /// To where it came from: the address is in the operation.
    fn answer(&mut self, received: Completed<Data>) -> Result<()> {
        received.result().map_err(std::io::Error::other)?;
        self.sends = true;
        match self.socket.send_to(received.into_operation()) {
            Submitted::Pending(ticket) => self.ticket = Some(ticket),
            Submitted::Ready(sent) => return self.is_sent(sent),
            Submitted::Refused(failed) => return Err(failed.into()),
        }
        Ok(())
    }

    fn is_sent(&mut self, sent: Completed<Data>) -> Result<()> {
        sent.result().map_err(std::io::Error::other)?;
        meter::message();
        self.receive(sent.into_operation())
    }
}
