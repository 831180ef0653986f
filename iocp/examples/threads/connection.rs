//! One connection: its stream, and what it could not send yet.

use std::io::{self, ErrorKind, Read, Write};

use iocp::poll::TcpStream;

/// Bytes that are read at once: as many as the system is lent.
pub(crate) const SPACE: usize = 10 * 1024;

/// Reads in one turn: then another connection has its own.
const READS: usize = 16;

/// A connection. Dropping it closes it once what was written is sent.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    /// Read, and not written from `written` on.
    kept: Vec<u8>,
    written: usize,
    /// The peer sends no more.
    ended: bool,
    held: bool,
}

/// What a turn came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// An event will tell when there is more to do.
    Wait,
    /// There may be more to do now.
    Again,
    /// The same, but it has to read first: there is no room for what it said.
    Held,
    /// All is sent back, or the connection is broken.
    Over,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, kept: Vec::with_capacity(SPACE), written: 0, ended: false, held: false }
    }

    /// Sends back what there is, for a while. Returns the bytes too.
    pub(crate) fn turn(&mut self) -> (Turn, u64) {
        let mut bytes = 0;
        for _ in 0..READS {
            match self.write(&mut bytes) {
                Ok(()) if self.ended => return (Turn::Over, bytes),
                Ok(()) => {}
                // Nothing is read until there is room: the peer's own sends stop in the end.
                Err(error) if error.kind() == ErrorKind::WouldBlock => return (Turn::Held, bytes),
                Err(_) => return (Turn::Over, bytes),
            }
            match self.read() {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return (Turn::Wait, bytes),
                Err(_) => return (Turn::Over, bytes),
            }
        }
        (Turn::Again, bytes)
    }

    /// Whether it is the first time that the client does not read.
    pub(crate) fn first_held(&mut self) -> bool {
        !std::mem::replace(&mut self.held, true)
    }

    /// Writes what is kept. `Ok` when nothing is kept any more.
    fn write(&mut self, bytes: &mut u64) -> io::Result<()> {
        while self.written < self.kept.len() {
            let count = self.stream.write(&self.kept[self.written..])?;
            self.written += count;
            *bytes += count as u64;
        }
        Ok(())
    }

    /// Reads once, when nothing is kept.
    fn read(&mut self) -> io::Result<()> {
        self.written = 0;
        self.kept.resize(SPACE, 0);
        let read = self.stream.read(&mut self.kept);
        self.kept.truncate(*read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        Ok(())
    }
}
