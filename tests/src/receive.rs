//! A receive of a program's own, beside the safe layer.

use std::net::TcpStream;

use iocp_sys::{ERROR_IO_PENDING, OVERLAPPED};

use crate::facts::kit::{
    memory::{Block, Buffer},
    socket::recv,
};

/// A receive of a program's own, with a status block of its own. Block and room are never freed.
#[derive(Debug)]
pub struct Receive {
    block: &'static Block,
    room: Buffer,
}

impl Receive {
    /// `WSARecv` of up to `len` bytes.
    ///
    /// # Panics
    ///
    /// If the system refuses.
    #[must_use]
    pub fn start(socket: &TcpStream, len: usize) -> Self {
        let (block, room) = (Block::new(), Buffer::new(len));
        let answer = recv(socket, room, Some(block));
        assert!([0, ERROR_IO_PENDING].contains(&answer.code), "WSARecv: {answer}");
        Self { block, room }
    }

    /// Its status block.
    #[must_use]
    pub fn block(&self) -> *mut OVERLAPPED {
        self.block.overlapped()
    }

    /// The memory, after its packet was taken from the port.
    ///
    /// # Panics
    ///
    /// If the system is not done with it.
    #[must_use]
    pub fn done(self) -> Vec<u8> {
        assert!(!self.block.is_pending(), "still pending");
        self.room.bytes()
    }
}
