//! Answers datagrams on all addresses of IPv4 and of IPv6, on ports of its own, which it says.
//!
//! An answer is the address that was asked, a blank and the question, and comes from that address. Of a question that
//! is too long it says so, and whose it was. Several operations of each socket go round: receive, send, receive.

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket},
};

use iocp::{
    AssociatedSocket, Completed, CompletionKind, CompletionPort, ControlKind, ControlMessage,
    InFlight, Message, Operation, Packet, Packets, Submitted,
};

/// The longest question, and room for the longest address beside it.
const LONGEST: usize = 2048;
const ROOM: usize = LONGEST + 64;
/// Operations of each socket.
const DEPTH: usize = 8;

type Question = Message<Vec<u8>>;

struct Server {
    sockets: [AssociatedSocket<UdpSocket>; 2],
    /// By the token of their operation; whether a question is received.
    in_flight: Vec<Option<(InFlight<Question>, bool)>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let port = CompletionPort::new()?;
    let bind = |any: IpAddr| -> Result<_, Box<dyn Error>> {
        let socket = port.associate_socket(UdpSocket::bind((any, 0))?, 0)?;
        socket.ask_for(ControlKind::PacketInfo)?;
        Ok(socket)
    };
    let sockets = [bind(Ipv4Addr::UNSPECIFIED.into())?, bind(Ipv6Addr::UNSPECIFIED.into())?];
    let addresses = [sockets[0].local_addr()?, sockets[1].local_addr()?];
    let mut server = Server { sockets, in_flight: Vec::new() };
    server.in_flight.resize_with(2 * DEPTH, || None);
    for token in 0..2 * DEPTH {
        server.submit(port.operation(Message::new(Vec::with_capacity(ROOM)), token)?, true)?;
    }
    println!("listening {} {}", addresses[0], addresses[1]);
    let mut packets = Packets::with_capacity(64);
    loop {
        port.wait(&mut packets, None)?;
        for packet in &packets {
            let Packet::Io { token, .. } = packet else { continue };
            let Some((ticket, receives)) = server.in_flight[*token].take() else { continue };
            match ticket.finish() {
                Ok(completed) => {
                    let (operation, receives) = next(completed, receives)?;
                    server.submit(operation, receives)?;
                }
                Err(ticket) => server.in_flight[*token] = Some((ticket, receives)),
            }
        }
    }
}

impl Server {
    fn submit(
        &mut self,
        mut operation: Operation<Question>,
        mut receives: bool,
    ) -> Result<(), Box<dyn Error>> {
        loop {
            let token = operation.token();
            let socket = &self.sockets[token / DEPTH];
            let submitted = match receives {
                true => socket.recv_msg(operation),
                false => socket.send_msg(operation),
            };
            match submitted {
                Submitted::Pending(ticket) => {
                    self.in_flight[token] = Some((ticket, receives));
                    return Ok(());
                }
                Submitted::Ready(completed) => (operation, receives) = next(completed, receives)?,
                Submitted::Refused(refused) => return Err(refused.error.into()),
            }
        }
    }
}

/// What follows: the answer, or else another question.
fn next(
    completed: Completed<Question>,
    received: bool,
) -> Result<(Operation<Question>, bool), Box<dyn Error>> {
    let (kind, is_ok) = (completed.kind(), completed.result().is_ok());
    let mut operation = completed.into_operation();
    let message = operation.buffer_mut();
    if received && (kind == Some(CompletionKind::Truncated) || message.buffer().len() > LONGEST) {
        println!("truncated {}", message.address().ok_or("a sender has an address")?);
    } else if received && is_ok {
        let asked = message.packet_info().ok_or("packet information was asked for")?;
        message.set_control(&[ControlMessage::PacketInfo(asked)])?;
        message.buffer_mut().splice(0..0, format!("{} ", asked.address).into_bytes());
        return Ok((operation, false));
    }
    message.buffer_mut().clear();
    Ok((operation, true))
}
