//! The sends of a UDP socket: up to two, one datagram each.

use std::{io, net::SocketAddr};

use super::{would_block, Datagrams};
use crate::{
    poll::{
        context::{Context, SEND},
        stream::code_of,
    },
    Datagram, Error, InFlight, Operation, Submitted,
};

type Outgoing = Datagram<Vec<u8>>;

#[derive(Debug)]
pub(super) enum Send {
    None,
    Idle(Operation<Outgoing>),
    Flying(InFlight<Outgoing>),
}

impl Datagrams {
    /// Sends one datagram.
    pub(in crate::poll::udp) fn send(
        &mut self,
        at: Context<'_>,
        bytes: &[u8],
        to: SocketAddr,
    ) -> io::Result<usize> {
        if let Some(code) = self.failed.take() {
            return Err(io::Error::from_raw_os_error(code));
        }
        let idle = self.sends.iter_mut().find(|send| !matches!(send, Send::Flying(_)));
        let Some(place) = idle else {
            self.wants_room = true;
            return Err(if at.queue.is_closed() { Error::Closed.into() } else { would_block() });
        };
        let mut operation = match std::mem::replace(place, Send::None) {
            Send::Idle(operation) if operation.buffer().buffer().capacity() >= bytes.len() => {
                operation
            }
            _ => {
                let capacity = bytes.len().next_power_of_two().max(512);
                let datagram = Datagram::new(Vec::with_capacity(capacity));
                at.operation(datagram, SEND, &mut self.starved)?
            }
        };
        let datagram = operation.buffer_mut();
        datagram.buffer_mut().clear();
        datagram.buffer_mut().extend_from_slice(bytes);
        datagram.set_address(&to);
        match self.socket.send_to(operation) {
            Submitted::Pending(ticket) => *place = Send::Flying(ticket),
            Submitted::Ready(completed) => {
                let result = completed.result();
                *place = Send::Idle(completed.into_operation());
                result?;
            }
            Submitted::Refused(failed) => {
                *place = Send::Idle(failed.value);
                return Err(failed.error.into());
            }
        }
        Ok(bytes.len())
    }

    /// Sends may have finished. True if one has.
    pub(super) fn sent(&mut self) -> bool {
        let mut freed = false;
        for place in &mut self.sends {
            match std::mem::replace(place, Send::None) {
                Send::Flying(ticket) => match ticket.finish() {
                    Ok(completed) => {
                        freed = true;
                        if let Err(error) = completed.result() {
                            self.failed = Some(code_of(error));
                        }
                        *place = Send::Idle(completed.into_operation());
                    }
                    Err(ticket) => *place = Send::Flying(ticket),
                },
                other => *place = other,
            }
        }
        freed
    }
}
