//! A client, its connection to the target, and the two directions between them.

use std::{
    io::{Error, ErrorKind, Read, Write},
    net::Shutdown,
    time::Duration,
};

use iocp::poll::{Event, TcpStream};

/// Pieces that one direction moves in its turn; then it is the others'.
const TURN: usize = 4;

/// How long a peer may take nothing of what is left when the other has ended or failed.
const PATIENCE: Duration = Duration::from_secs(300);

/// Two streams.
#[derive(Debug)]
pub(crate) struct Pair {
    /// The client's, the target's.
    pub(crate) sides: [Side; 2],
    /// From the client to the target, and the other way.
    ways: [Way; 2],
    is_connected: bool,
}

#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) stream: TcpStream,
    /// Nothing can be written to it any more. What it had sent before may still be there to read.
    has_failed: bool,
}

/// One direction.
#[derive(Debug, Default)]
struct Way {
    /// What was read, and had no room at the other side.
    kept: Vec<u8>,
    /// How much of that has been written since.
    written: usize,
    goes: Goes,
    bytes: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Goes {
    #[default]
    On,
    /// The end was passed on.
    Ended,
    /// All that had come before an error was passed on.
    Broken,
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
    /// A side has failed, and the other has what it had sent before.
    Failed,
}

impl Pair {
    pub(crate) fn new(client: TcpStream, target: TcpStream) -> Self {
        Self {
            sides: [client, target].map(|stream| Side { stream, has_failed: false }),
            ways: [Way::default(), Way::default()],
            is_connected: false,
        }
    }

    /// Moves in both directions, from the target's first event on: before it is connected no end can be passed on to
    /// it. `side`: whose event it was. `piece` is memory to read into.
    pub(crate) fn turn(&mut self, side: usize, event: &Event, piece: &mut [u8]) -> Moved {
        // A peer has taken nothing for too long, or nothing can be sent to it.
        self.sides[side].has_failed |= event.is_idle() || event.is_error();
        if event.is_idle() {
            return Moved::Failed;
        }
        self.is_connected |= side == 1;
        if !self.is_connected {
            return Moved::All;
        }
        let [client, target] = &mut self.sides;
        let [up, down] = &mut self.ways;
        let all = [up.turn(client, target, piece), down.turn(target, client, piece)];
        if up.is_over(target) && down.is_over(client) {
            return self.flush();
        }
        if client.has_failed || target.has_failed {
            self.be_patient();
        }
        if all == [true, true] {
            Moved::All
        } else {
            Moved::Part
        }
    }

    /// The pair is over once the system has all of it: a dropped stream would give a slow peer less time, an aborted
    /// one none.
    fn flush(&mut self) -> Moved {
        for side in self.sides.iter_mut().filter(|side| !side.has_failed) {
            match side.stream.flush() {
                Ok(()) => {}
                Err(error) if is_later(&error) => {
                    self.be_patient();
                    return Moved::All;
                }
                Err(_) => side.has_failed = true,
            }
        }
        match self.sides.iter().any(|side| side.has_failed) {
            true => Moved::Failed,
            false => Moved::Ended,
        }
    }

    /// A peer that takes nothing of what is left is told as idle.
    fn be_patient(&self) {
        for side in self.sides.iter().filter(|side| !side.has_failed) {
            // A stream without a queue cannot have a limit; these have one.
            let _ = side.stream.set_idle_limit(Some(PATIENCE));
        }
    }

    /// Ends it. A side that has not failed, and was told the end, has its stream dropped, by which what the system has
    /// is sent. The others are reset.
    pub(crate) fn end(self) {
        let [up, down] = self.ways;
        for (side, way) in self.sides.into_iter().zip([down, up]) {
            if side.has_failed || way.goes != Goes::Ended {
                side.stream.abort();
            }
        }
    }

    /// Bytes of both directions.
    pub(crate) fn bytes(&self) -> u64 {
        self.ways.iter().map(|way| way.bytes).sum()
    }
}

impl Way {
    /// Moves some pieces. `false`: there may be more.
    fn turn(&mut self, from: &mut Side, to: &mut Side, piece: &mut [u8]) -> bool {
        for _ in 0..TURN {
            if self.is_over(to) || !self.write_kept(to) {
                return true;
            }
            let count = match from.stream.read(piece) {
                Ok(0) => {
                    self.goes = Goes::Ended;
                    to.has_failed |= to.stream.shutdown(Shutdown::Write).is_err();
                    return true;
                }
                Ok(count) => count,
                Err(error) if is_later(&error) => return true,
                Err(_) => {
                    self.goes = Goes::Broken;
                    from.has_failed = true;
                    return true;
                }
            };
            self.bytes += count as u64;
            let written = to.write(&piece[..count]);
            self.kept.extend_from_slice(&piece[written..count]);
        }
        false
    }

    /// Whether nothing is left.
    fn write_kept(&mut self, to: &mut Side) -> bool {
        while self.written < self.kept.len() {
            match to.write(&self.kept[self.written..]) {
                0 => return false,
                count => self.written += count,
            }
        }
        // Free memory: most directions never keep anything again.
        self.kept = Vec::new();
        self.written = 0;
        true
    }

    /// Nothing comes any more, or nobody takes it.
    fn is_over(&self, to: &Side) -> bool {
        self.goes != Goes::On || to.has_failed
    }
}

impl Side {
    /// How many bytes it took: none while it has no room, or once it has failed.
    fn write(&mut self, bytes: &[u8]) -> usize {
        match self.stream.write(bytes) {
            Ok(count) => count,
            Err(error) => {
                self.has_failed |= !is_later(&error);
                0
            }
        }
    }
}

/// Nothing has come yet, or there is no room yet.
fn is_later(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
