//! The sending half, as the owner has it: the operation that sends what is sent at once.
//!
//! As long as nothing is on its way a write by the stream's only owner takes no lock. The rest is
//! [`Sending`](super::sending::Sending)'s.

use std::{io, sync::Arc};

use super::state::Socket;
use crate::{poll::link::Link, status::NtStatus, Operation, Submitted};

#[derive(Debug, Default)]
pub(in crate::poll) struct Outbox {
    /// There is one as soon as there is an operation.
    socket: Option<Arc<Socket>>,
    idle: Option<Operation<Vec<u8>>>,
}

impl Outbox {
    #[inline]
    pub(super) fn write(&mut self, link: &Link, bytes: &[u8]) -> io::Result<usize> {
        if link.place().is_busy() {
            return self.write_on(link, bytes);
        }
        let Some(mut operation) = self.idle.take() else { return self.write_on(link, bytes) };
        let buffer = operation.buffer_mut();
        if bytes.is_empty() || bytes.len() > buffer.capacity() {
            self.idle = Some(operation);
            return self.write_on(link, bytes);
        }
        buffer.clear();
        buffer.extend_from_slice(bytes);
        let Some(socket) = &self.socket else { unreachable!("what was lent came with it") };
        match socket.send(operation) {
            Submitted::Ready(completed) if completed.status() == NtStatus::SUCCESS => {
                self.idle = Some(completed.into_operation());
                Ok(bytes.len())
            }
            other => link.with_stream(|stream, at| {
                stream.begun(at, other, bytes.len()).map(|()| bytes.len())
            }),
        }
    }

    /// Writes under the lock, and keeps the operation if that is all.
    #[cold]
    fn write_on(&mut self, link: &Link, bytes: &[u8]) -> io::Result<usize> {
        let idle = self.idle.take();
        link.with_stream(|stream, at| {
            let written = stream.write(at, idle, bytes);
            if !at.place.is_busy() {
                if let Some(sending) = &mut stream.sending {
                    self.idle = sending.lend();
                    self.socket = Some(Arc::clone(&stream.socket));
                }
            }
            written
        })
    }
}
