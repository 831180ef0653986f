//! One connection: sends, answers, reads, in this order, until something has to be waited for.
//!
//! Order matters. The next request is looked at only when the answer before it is sent, so what a
//! client that does not read can make us keep is one answer's piece and one head.

use std::{
    fs::File,
    io::{self, ErrorKind, Read, Write},
    net::Shutdown,
    path::Path,
    time::{Duration, Instant},
};

use super::{
    request::{Request, HEAD_MOST},
    response::Response,
    TcpStream,
};

/// How much of a file is in memory at a time, in bytes.
const PIECE: u64 = 32 * 1024;

/// Steps after which other connections have their turn.
const TURN: usize = 64;

/// What is read and thrown away after the last answer, in bytes, at most.
const LEFTOVER_MOST: usize = 256 * 1024;

/// What is to be done with the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goes {
    /// An event will tell.
    Waits,
    /// There is more to do, but others are waiting: no event will come by itself.
    Again,
    Ended,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    /// Received and not yet answered.
    input: Vec<u8>,
    /// To be sent: from `sent` on.
    pub(crate) output: Vec<u8>,
    pub(crate) sent: usize,
    /// What follows the output: a file, and how much of it is left.
    body: Option<(File, u64)>,
    /// After the last answer: how much more is thrown away.
    closing: Option<usize>,
    told: bool,
    /// Requests that were answered.
    pub(crate) answered: u64,
    /// When an answer last went on.
    since: Instant,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            input: Vec::new(),
            output: Vec::new(),
            sent: 0,
            body: None,
            closing: None,
            told: false,
            answered: 0,
            since: Instant::now(),
        }
    }

    /// A client that is too slow, or gone without a word. Bytes that come one at a time do not
    /// count as progress: a head has to be whole in time.
    pub(crate) fn is_stale(&self, patience: Duration) -> bool {
        self.since.elapsed() > patience
    }

    /// Does all that can be done now, whatever the event was.
    pub(crate) fn advance(&mut self, folder: &Path) -> Goes {
        for _ in 0..TURN {
            match self.step(folder) {
                Ok(true) => {}
                Ok(false) => return Goes::Ended,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Goes::Waits,
                // A client that is gone is no trouble.
                Err(_) => return Goes::Ended,
            }
        }
        Goes::Again
    }

    /// One step. `false`: the connection is over.
    fn step(&mut self, folder: &Path) -> io::Result<bool> {
        if self.sent < self.output.len() {
            self.sent += self.stream.write(&self.output[self.sent..])?;
            self.since = Instant::now();
            return Ok(true);
        }
        if self.body.is_some() {
            return self.next_piece();
        }
        if let Some(left) = self.closing {
            return self.close(left);
        }
        let response = match Request::parse(&self.input) {
            Ok(Some((request, length))) => {
                self.input.drain(..length);
                Response::to(&request, folder)
            }
            Ok(None) if self.input.len() < HEAD_MOST => return self.receive(),
            // Too long, or no request.
            Ok(None) | Err(_) => Response::bad(),
        };
        self.answer(response)?;
        Ok(true)
    }

    fn answer(&mut self, response: Response) -> io::Result<()> {
        self.answered += 1;
        self.since = Instant::now();
        self.output.clear();
        self.output.extend_from_slice(response.text.as_bytes());
        self.sent = 0;
        self.body = response.file;
        if !response.keep_alive {
            self.closing = Some(LEFTOVER_MOST);
        }
        if let Some((_, 0..=PIECE)) = self.body {
            // Head and file in one send.
            self.append_piece()?;
        }
        Ok(())
    }

    /// Replaces the output by the next piece of the file.
    fn next_piece(&mut self) -> io::Result<bool> {
        self.output.clear();
        self.sent = 0;
        self.append_piece()?;
        Ok(true)
    }

    fn append_piece(&mut self) -> io::Result<()> {
        let Some((file, left)) = &mut self.body else { return Ok(()) };
        if *left > 0 {
            let piece = file.take((*left).min(PIECE)).read_to_end(&mut self.output)?;
            if piece == 0 {
                // It became shorter: the length that was promised can only be broken off.
                return Err(ErrorKind::UnexpectedEof.into());
            }
            *left -= piece as u64;
        }
        if *left == 0 {
            self.body = None;
        }
        Ok(())
    }

    fn receive(&mut self) -> io::Result<bool> {
        let mut room = [0; 4096];
        let most = room.len().min(HEAD_MOST - self.input.len());
        let count = self.stream.read(&mut room[..most])?;
        self.input.extend_from_slice(&room[..count]);
        Ok(count > 0)
    }

    /// Tells the client that this was all, and reads what it still sends: closed with bytes unread,
    /// a socket resets the connection, and the answer may never be seen.
    fn close(&mut self, left: usize) -> io::Result<bool> {
        if !self.told {
            self.stream.shutdown(Shutdown::Write)?;
            self.told = true;
        }
        let count = self.stream.read(&mut [0; 4096])?;
        self.closing = Some(left.saturating_sub(count));
        Ok(count > 0 && left > count)
    }
}
