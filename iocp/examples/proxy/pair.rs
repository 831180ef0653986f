//! A client, its connection to the target, and the two directions between them.

use std::{
    io::{Error, ErrorKind, Read, Write},
    net::Shutdown,
    time::Duration,
};

use iocp::poll::TcpStream;

/// Pieces that one direction moves in its turn; then it is the others'.
const TURN: usize = 4;

/// How long a peer may take nothing of what is left when both have ended.
const PATIENCE: Duration = Duration::from_secs(300);

/// Two streams. Dropping them sends what is queued, then the ends.
#[derive(Debug)]
pub(crate) struct Pair {
    /// The client's, the target's.
    pub(crate) streams: [TcpStream; 2],
    /// From the client to the target, and the other way.
    ways: [Way; 2],
    is_connected: bool,
}

/// One direction.
#[derive(Debug, Default)]
struct Way {
    /// What was read, and had no room at the other side.
    kept: Vec<u8>,
    /// How much of that has been written since.
    written: usize,
    ended: bool,
    bytes: u64,
}

/// What a turn came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// All that could be moved: an event tells of more.
    All,
    /// There may be more, and no event tells.
    Part,
    /// Both directions have ended.
    Ended,
    /// One side has failed.
    Failed,
}

impl Pair {
    pub(crate) fn new(client: TcpStream, target: TcpStream) -> Self {
        Self {
            streams: [client, target],
            ways: [Way::default(), Way::default()],
            is_connected: false,
        }
    }

    /// Moves in both directions, from the target's first event on: before it is connected no end can be passed on to
    /// it. `piece` is memory to read into.
    pub(crate) fn turn(&mut self, is_target: bool, piece: &mut [u8]) -> Moved {
        self.is_connected |= is_target;
        if !self.is_connected {
            return Moved::All;
        }
        let [client, target] = &mut self.streams;
        let [up, down] = &mut self.ways;
        match (up.turn(client, target, piece), down.turn(target, client, piece)) {
            (Err(_), _) | (_, Err(_)) => Moved::Failed,
            _ if up.ended && down.ended => self.flush(),
            (Ok(true), Ok(true)) => Moved::All,
            _ => Moved::Part,
        }
    }

    /// The pair is over once the system has all of it: a dropped stream would give a slow peer less time. One that takes
    /// nothing is told as idle.
    fn flush(&mut self) -> Moved {
        let mut moved = Moved::Ended;
        for stream in &mut self.streams {
            match stream.flush() {
                Ok(()) => {}
                Err(error) if is_later(&error) && stream.set_idle_limit(Some(PATIENCE)).is_ok() => {
                    moved = Moved::All;
                }
                Err(_) => return Moved::Failed,
            }
        }
        moved
    }

    /// Resets both sides.
    pub(crate) fn abort(self) {
        self.streams.into_iter().for_each(TcpStream::abort);
    }

    /// Bytes of both directions.
    pub(crate) fn bytes(&self) -> u64 {
        self.ways.iter().map(|way| way.bytes).sum()
    }
}

impl Way {
    /// Moves some pieces. `Ok(false)`: there may be more.
    fn turn(
        &mut self,
        from: &mut TcpStream,
        to: &mut TcpStream,
        piece: &mut [u8],
    ) -> Result<bool, Error> {
        for _ in 0..TURN {
            if self.ended || !self.write_kept(to)? {
                return Ok(true);
            }
            let count = match from.read(piece) {
                Ok(0) => {
                    self.ended = true;
                    to.shutdown(Shutdown::Write)?;
                    return Ok(true);
                }
                Ok(count) => count,
                Err(error) if is_later(&error) => return Ok(true),
                Err(error) => return Err(error),
            };
            self.bytes += count as u64;
            let written = match to.write(&piece[..count]) {
                Ok(written) => written,
                Err(error) if is_later(&error) => 0,
                Err(error) => return Err(error),
            };
            self.kept.extend_from_slice(&piece[written..count]);
        }
        Ok(false)
    }

    /// Whether nothing is left.
    fn write_kept(&mut self, to: &mut TcpStream) -> Result<bool, Error> {
        while self.written < self.kept.len() {
            match to.write(&self.kept[self.written..]) {
                Ok(count) => self.written += count,
                Err(error) if is_later(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        // Free memory: most directions never keep anything again.
        self.kept = Vec::new();
        self.written = 0;
        Ok(true)
    }
}

/// Nothing has come yet, or there is no room yet.
fn is_later(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
