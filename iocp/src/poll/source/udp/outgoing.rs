//! The sends of a UDP socket: up to two, one datagram each.

use std::{io, net::SocketAddr, sync::Arc};

use crate::associated::AssociatedSocket;
use crate::operation::{InFlight, Operation, Submitted};
use crate::ops::datagram::Datagram;
use crate::poll::{context::Context, error::code_of, event::Ready, native, tag::SEND};

type Buffer = Datagram<Vec<u8>>;

#[derive(Default)]
pub(super) struct Outgoing {
    sends: [Send; 2],
    /// Why an earlier datagram did not leave.
    failed: Option<i32>,
    pub(super) wants_room: bool,
}

#[derive(Default)]
enum Send {
    #[default]
    None,
    Idle(Operation<Buffer>),
    Flying(InFlight<Buffer>),
}

impl Outgoing {
    /// Sends one datagram.
    pub(super) fn send(
        &mut self,
        socket: &AssociatedSocket<Arc<native::Udp>>,
        at: Context<'_>,
        bytes: &[u8],
        to: SocketAddr,
    ) -> io::Result<usize> {
        if let Some(code) = self.failed.take() {
            return Err(io::Error::from_raw_os_error(code));
        }
        let idle = self.sends.iter_mut().find(|send| !matches!(send, Send::Flying(_)));
        let Some(send) = idle else {
            self.wants_room = true;
            return Err(at.would_block());
        };
        let mut operation = match std::mem::take(send) {
            Send::Idle(operation) if operation.buffer().buffer().capacity() >= bytes.len() => {
                operation
            }
            _ => {
                let capacity = bytes.len().next_power_of_two().max(512);
                at.operation(Datagram::new(Vec::with_capacity(capacity)), SEND)?
            }
        };
        let datagram = operation.buffer_mut();
        datagram.buffer_mut().clear();
        datagram.buffer_mut().extend_from_slice(bytes);
        datagram.set_address(&to);
        match socket.send_to(operation) {
            Submitted::Pending(ticket) => *send = Send::Flying(ticket),
            Submitted::Ready(completed) => {
                let result = completed.result();
                *send = Send::Idle(completed.into_operation());
                result?;
            }
            Submitted::Refused(failed) => {
                *send = Send::Idle(failed.value);
                return Err(failed.error.into());
            }
        }
        Ok(bytes.len())
    }

    /// Sends may have finished. True if one has.
    pub(super) fn sent(&mut self) -> bool {
        let mut freed = false;
        for send in &mut self.sends {
            *send = match std::mem::take(send) {
                Send::Flying(ticket) => match ticket.finish() {
                    Ok(completed) => {
                        freed = true;
                        if let Err(error) = completed.result() {
                            self.failed = Some(code_of(error));
                        }
                        Send::Idle(completed.into_operation())
                    }
                    Err(ticket) => Send::Flying(ticket),
                },
                other => other,
            };
        }
        freed
    }

    pub(super) fn ready(&self) -> Ready {
        let room = self.sends.iter().any(|send| !matches!(send, Send::Flying(_)));
        match self.failed {
            Some(_) => Ready::WRITABLE | Ready::ERROR,
            None if room => Ready::WRITABLE,
            None => Ready::NONE,
        }
    }
}
