//! Ending a connection: so that nothing that was sent is lost, or at once.

use std::{
    fmt,
    time::{Duration, Instant},
};

use crate::{
    associated::AssociatedSocket,
    base::{buffer::IoBufMut, error::CompletionError, error::Error, kind::CompletionKind},
    operation::{Completed, InFlight, Operation, Submitted},
    os::{self, AsSocket},
    port::timer::Timer,
};

/// How long it may take, unless set.
const LIMIT: Duration = Duration::from_secs(10);

/// Receives that are made in one [`advance`](Closing::advance), where each is done at once.
const ROUNDS: u32 = 32;

/// A connection on its way to an end by which nothing is lost that was sent. Made by
/// [`AssociatedSocket::close_gracefully`].
///
/// Closing a socket while a receive is pending, or before all that has arrived was read, can reset the
/// connection: then the peer loses what it has not read yet, also what the system had taken for sent
/// ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/winsock/graceful-shutdown-linger-options-and-socket-closure-2)).
/// So this waits for the sends, ends sending (`shutdown`), reads and throws away what still comes until the
/// peer ends its side too, and only then closes.
///
/// Nothing of that runs by itself: call [`advance`](Self::advance) now, and at each packet of the receive,
/// of a send given to [`after`](Self::after), and of the time limit ([`Packet::Timer`](crate::Packet::Timer)
/// with the token that was given).
///
/// | to end a connection | what was sent | the peer sees |
/// | --- | --- | --- |
/// | `Closing` | arrives, if the peer reads it, and the system has all of it within the limits | the end |
/// | drop | is sent on by the system if nothing is unread and no receive is pending; else may be lost | the end, or a reset |
/// | [`abort`](AssociatedSocket::abort) | is discarded | a reset |
/// | `shutdown` of the socket | stays: the socket is open until it is dropped | the end of one direction |
/// | [`disconnect`](AssociatedSocket::disconnect) | is sent first | the end |
///
/// Dropping it drops the socket.
pub struct Closing<S: AsSocket + 'static, B: IoBufMut> {
    state: State<S, B>,
}

enum State<S: AsSocket + 'static, B: IoBufMut> {
    Open(Box<Open<S, B>>),
    Closed(Closed),
}

struct Open<S: AsSocket + 'static, B: IoBufMut> {
    socket: AssociatedSocket<S>,
    /// `None` if code of the program's has panicked with it.
    receive: Option<LastReceive<B>>,
    sends: Vec<Box<dyn Sending>>,
    timer: Timer,
    until: Instant,
    /// Bytes that may still be read and thrown away.
    left: usize,
    /// The end was sent.
    shut: bool,
    /// The timer is set to now.
    hurries: bool,
    /// The time is over, and the receive was cancelled: it is the last.
    leaves: bool,
}

/// The receive of a connection that is to be closed: what there is of it.
pub enum LastReceive<B: Send + 'static> {
    /// None is in flight.
    Idle(Operation<B>),
    /// In flight, cancelled, or finished: what it brings is thrown away.
    Pending(InFlight<B>),
    /// The peer has ended its side, as the last receive said.
    Ended,
}

/// How a connection was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Closed {
    /// All was sent, and the peer has ended its side.
    Gracefully,
    /// The time was over. If sends were still in flight, the connection was reset, and the peer has not all. If not,
    /// the system has all of it and goes on sending; the socket was closed without the peer's end, whose later bytes
    /// reset the connection.
    TimedOut,
    /// The peer went on sending beyond the limit of bytes: the connection was reset.
    TooMuch,
    /// The connection is broken.
    Failed(CompletionError),
    /// Code of the program's (the source's, or the buffer's) panicked in an earlier [`advance`](Closing::advance).
    /// It was closed as by a drop.
    Panicked,
    /// The crate or the system refused a call on it, such as a receive on a closed port, or into a buffer
    /// without room. It was closed as by a drop.
    Refused(Error),
}

/// A send to wait for, whatever its buffer.
trait Sending: Send {
    /// Whether its packet was taken.
    fn is_done(&self) -> bool;

    /// What came of it then.
    fn take(&mut self) -> Option<Result<usize, CompletionError>>;
}

impl<W: Send + 'static> Sending for Option<InFlight<W>> {
    fn is_done(&self) -> bool {
        self.as_ref().is_some_and(InFlight::is_done)
    }

    fn take(&mut self) -> Option<Result<usize, CompletionError>> {
        InFlight::take_finished(self).map(|completed| completed.result())
    }
}

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// Begins to close a connection, a byte stream, so that nothing that was sent is lost: see [`Closing`].
    ///
    /// Close the port last: on a closed one nothing is received any more, and no time limit ends.
    ///
    /// `receive`: the receive of the connection, as its ticket, as an idle operation, or as its last result.
    /// What still comes from the peer is read into its buffer, which is [cleared](IoBufMut::clear) before and
    /// must have room then (not that of a probe), and thrown away: for 10 seconds and 64 KiB at most, unless set
    /// otherwise. Two kinds of packets come: those of the receive, with the token of its operation, and
    /// [`Packet::Timer`](crate::Packet::Timer) with this `token` once the time is over. The two may be the same number.
    ///
    /// ```no_run
    /// # #[cfg(windows)] {
    /// use iocp::{AssociatedSocket, Closed, CompletionPort, Error, InFlight, Packets};
    /// use std::net::TcpStream;
    ///
    /// const CLOSING: usize = 1;
    ///
    /// /// Ends one connection, on a port that has nothing else to do.
    /// fn end(
    ///     port: &CompletionPort,
    ///     socket: AssociatedSocket<TcpStream>,
    ///     receiving: InFlight<Vec<u8>>,
    ///     reply: InFlight<Vec<u8>>,
    /// ) -> Result<Closed, Error> {
    ///     let mut closing = socket.close_gracefully(receiving, CLOSING).after(reply);
    ///     let mut packets = Packets::with_capacity(16);
    ///     loop {
    ///         if let Some(closed) = closing.advance() {
    ///             return Ok(closed);
    ///         }
    ///         port.wait(&mut packets, None)?;
    ///     }
    /// }
    /// # }
    /// ```
    pub fn close_gracefully<B: IoBufMut>(
        self,
        receive: impl Into<LastReceive<B>>,
        token: usize,
    ) -> Closing<S, B> {
        let timer = Timer::new(self.core(), token);
        let until = Instant::now() + LIMIT;
        timer.set(until);
        let open = Open {
            socket: self,
            receive: Some(receive.into()),
            sends: Vec::new(),
            timer,
            until,
            left: 65_536,
            shut: false,
            hurries: false,
            leaves: false,
        };
        Closing { state: State::Open(Box::new(open)) }
    }

    /// `SO_LINGER` of 0 seconds, then `closesocket`: ends the connection at once. What the system has not
    /// sent yet is discarded, and the peer sees a reset. For peers that do not read, or are not to be waited
    /// for.
    ///
    /// Operations in flight come back cancelled, or closed.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::AssociatedSocket;
    /// use std::net::TcpStream;
    ///
    /// /// A client that broke the protocol, or that never reads.
    /// fn give_up(socket: AssociatedSocket<TcpStream>) {
    ///     socket.abort(); // its operations end, and their packets come
    /// }
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "SO_LINGER")]
    pub fn abort(self) {
        if let Ok(target) = self.target() {
            // A refusal leaves an orderly end, which is the next best.
            let _ = os::reset_on_close(target.handle);
        }
    }
}

impl<S: AsSocket + 'static, B: IoBufMut> Closing<S, B> {
    /// First waits for this send. Any number, with buffers of any type: each that is in flight when the
    /// socket is closed is cancelled, and what it has not sent yet is lost.
    #[must_use]
    pub fn after<W: Send + 'static>(self, send: InFlight<W>) -> Self {
        self.with(|open| open.sends.push(Box::new(Some(send))))
    }

    /// How long all of it may take from now, 10 seconds unless set: then it is given up
    /// ([`Closed::TimedOut`]). Zero gives up at the next [`advance`](Self::advance) that finds it not ended.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        self.with(|open| {
            let now = Instant::now();
            // As good as never.
            open.until = now.checked_add(limit).unwrap_or(now + Duration::from_secs(1 << 31));
            if !open.hurries {
                open.timer.set(open.until);
            }
        })
    }

    /// How many bytes of the peer's are read and thrown away at most, 65,536 unless set: more reset the
    /// connection. 0 allows none.
    #[must_use]
    pub fn reading_at_most(self, bytes: usize) -> Self {
        self.with(|open| open.left = bytes)
    }

    fn with(mut self, change: impl FnOnce(&mut Open<S, B>)) -> Self {
        if let State::Open(open) = &mut self.state {
            change(open);
        }
        self
    }

    /// Goes as far as it can without waiting: at the beginning, and at each of its packets. Any other does no
    /// harm.
    ///
    /// `None`: a packet is to come. Else the socket is closed; called again, it says the same.
    pub fn advance(&mut self) -> Option<Closed> {
        let closed = match &mut self.state {
            State::Closed(closed) => return Some(*closed),
            State::Open(open) => open.advance()?,
        };
        // Dropped here: the socket is closed.
        let State::Open(open) = std::mem::replace(&mut self.state, State::Closed(closed)) else {
            return Some(closed);
        };
        if closed == Closed::TooMuch || closed == Closed::TimedOut && !open.shut {
            open.socket.abort();
        }
        Some(closed)
    }
}

impl<S: AsSocket + 'static, B: IoBufMut> Open<S, B> {
    fn advance(&mut self) -> Option<Closed> {
        if std::mem::take(&mut self.hurries) {
            self.timer.set(self.until);
        }
        match self.go_on() {
            Ok(true) => Some(Closed::Gracefully),
            Ok(false) if Instant::now() >= self.until => self.give_up(),
            Ok(false) => None,
            Err(closed) => Some(closed),
        }
    }

    /// The time is over. With all sent, a close without a pending receive leaves the peer what it has to read: so
    /// the receive is cancelled, and its packet the last that is waited for.
    fn give_up(&mut self) -> Option<Closed> {
        match &self.receive {
            Some(LastReceive::Pending(ticket)) if self.shut => {
                self.leaves = true;
                // Refused of a handle that is gone, whose operations come back by themselves.
                let _ = ticket.cancel();
                None
            }
            _ => Some(Closed::TimedOut),
        }
    }

    /// Whether nothing is left to be done but to close.
    fn go_on(&mut self) -> Result<bool, Closed> {
        for at in (0..self.sends.len()).rev() {
            if self.sends[at].is_done() {
                // Out of the list first: its buffer's drop may panic.
                let mut send = self.sends.swap_remove(at);
                send.take().unwrap_or(Ok(0)).map_err(Closed::Failed)?;
            }
        }
        if self.sends.is_empty() && !self.shut {
            let target = self.socket.target().map_err(Closed::Refused)?;
            os::shut_down_sending(target.handle)
                .map_err(|code| Closed::Refused(Error::os("shutdown", code)))?;
            self.shut = true;
        }
        // Also while sends are pending: a peer that waits for its own to be read reads nothing.
        for _ in 0..ROUNDS {
            let completed = match self.receive.take().ok_or(Closed::Panicked)? {
                LastReceive::Ended => {
                    self.receive = Some(LastReceive::Ended);
                    return Ok(self.shut);
                }
                LastReceive::Pending(ticket) => match ticket.finish() {
                    Ok(completed) => completed,
                    Err(ticket) => {
                        self.receive = Some(LastReceive::Pending(ticket));
                        return Ok(false);
                    }
                },
                idle @ LastReceive::Idle(_) if self.leaves => {
                    self.receive = Some(idle);
                    return Ok(false);
                }
                LastReceive::Idle(mut operation) => {
                    operation.buffer_mut().clear();
                    match self.socket.recv(operation) {
                        Submitted::Ready(completed) => completed,
                        Submitted::Pending(ticket) => {
                            self.receive = Some(LastReceive::Pending(ticket));
                            return Ok(false);
                        }
                        Submitted::Refused(refused) => return Err(Closed::Refused(refused.error)),
                    }
                }
            };
            let count = match completed.result() {
                // By the program, before it closed: the connection is as it was.
                Err(error) if error.kind == CompletionKind::Cancelled => error.bytes,
                result => result.map_err(Closed::Failed)?,
            };
            self.left = self.left.checked_sub(count).ok_or(Closed::TooMuch)?;
            self.receive = Some(completed.into());
        }
        // Others have waited long enough: the timer calls again.
        self.hurries = true;
        self.timer.set(Instant::now());
        Ok(false)
    }
}

impl<B: Send + 'static> From<Operation<B>> for LastReceive<B> {
    fn from(operation: Operation<B>) -> Self {
        Self::Idle(operation)
    }
}

impl<B: Send + 'static> From<InFlight<B>> for LastReceive<B> {
    fn from(ticket: InFlight<B>) -> Self {
        Self::Pending(ticket)
    }
}

impl<B: Send + 'static> From<Completed<B>> for LastReceive<B> {
    fn from(completed: Completed<B>) -> Self {
        if completed.is_end() {
            return Self::Ended;
        }
        Self::Idle(completed.into_operation())
    }
}

impl<S: AsSocket + 'static, B: IoBufMut> fmt::Debug for Closing<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Closing");
        match &self.state {
            State::Open(open) => shown.field("sends", &open.sends.len()).field("shut", &open.shut),
            State::Closed(closed) => shown.field("closed", closed),
        };
        shown.finish_non_exhaustive()
    }
}

impl<B: Send + 'static> fmt::Debug for LastReceive<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Idle(_) => "Idle",
            Self::Pending(_) => "Pending",
            Self::Ended => "Ended",
        })
    }
}
