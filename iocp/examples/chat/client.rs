//! One client: its stream, and the line that it has begun.

use std::io::{ErrorKind, Read, Write};

use iocp::poll::{TcpStream, Token};

/// The longest line, its end not counted.
const LONGEST: usize = 2048;

/// A client. Dropping it closes the connection once what is queued is sent.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    begun: Vec<u8>,
}

/// What a turn of reading came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// All that was there.
    All,
    /// There may be more, and no event will tell: ask for one.
    Part,
    /// The end, or an error.
    End,
    /// A line that is too long.
    TooLong,
}

/// What became of a line for this client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Queued,
    /// The high-water mark is reached: it does not read.
    Slow,
    Gone,
}

impl Client {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, begun: Vec::new() }
    }

    /// Reads once, and adds the lines that are whole now to `said`, each with the client's number.
    pub(crate) fn hear(&mut self, token: Token, space: &mut [u8], said: &mut Vec<u8>) -> Heard {
        let count = match self.stream.read(space) {
            Ok(0) => return Heard::End,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Heard::All,
            Err(_) => return Heard::End,
        };
        for piece in space[..count].split_inclusive(|&byte| byte == b'\n') {
            self.begun.extend(piece.iter().filter(|&&byte| byte != b'\r'));
            if self.begun.len() > LONGEST + 1 {
                return Heard::TooLong;
            }
            if self.begun.ends_with(b"\n") {
                said.extend_from_slice(format!("{token}: ").as_bytes());
                said.append(&mut self.begun);
            }
        }
        // A read that filled the space may have left bytes.
        if count == space.len() {
            Heard::Part
        } else {
            Heard::All
        }
    }

    /// Queues lines. A client that has no room for all of them is too slow for this chat.
    pub(crate) fn tell(&mut self, lines: &[u8]) -> Told {
        match self.stream.write(lines) {
            Ok(count) if count == lines.len() => Told::Queued,
            Ok(_) => Told::Slow,
            Err(error) if error.kind() == ErrorKind::WouldBlock => Told::Slow,
            Err(_) => Told::Gone,
        }
    }
}
