//! The receive of a stream whose owner was dropped: what comes is thrown away.

use std::io::Read;

use crate::base::{error::Error, lent::LentBuffer as Buffer, status::CompletionKind};
use crate::operation::{Completed, InFlight, Operation, Submitted};
use crate::poll::error::{is_shortage, is_would_block};
use crate::poll::lingering::PlaceId;
use crate::poll::lists::{Visit, RETRY};
use crate::poll::tag::{token, PROBE};
use crate::poll::{context::Context, native::StreamSocket};

/// Receives that are made in one visit, where each is done at once.
const ROUNDS: u32 = 32;

/// Bytes that are read at a time, onto the stack.
const PIECE: usize = 4096;

/// What a stream that lingers has beside what it sends.
pub(super) struct Linger {
    pub(super) receive: Last,
    /// Bytes that may still be thrown away.
    pub(super) left: usize,
    /// What was queued, and `left`, when its time began.
    pub(super) queued: usize,
    pub(super) heard: usize,
    /// In the order of those that linger, once it is there and until it leaves.
    pub(super) place: Option<PlaceId>,
    /// It was given up, with all sent: it is closed as soon as no receive is in flight.
    pub(super) leaves: bool,
    pub(super) end: Option<End>,
}

/// The receive of a stream whose owner is gone.
#[derive(Default)]
pub(super) enum Last {
    /// No operation was made, or none is left.
    #[default]
    None,
    /// A probe that is not in flight.
    Idle(Operation<Buffer>),
    /// In flight, or finished: of bytes, or a probe.
    Flying(InFlight<Buffer>),
    /// The peer has ended its side, or nothing more can be received.
    Ended,
    /// The connection is broken.
    Failed,
}

/// How a stream is closed that has nothing to wait for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Close,
    Reset,
}

impl Linger {
    /// Receives until a receive is in flight, the peer has ended, or it is over.
    pub(super) fn throw_away(&mut self, socket: &StreamSocket, at: Context<'_>) -> Option<End> {
        for _ in 0..ROUNDS {
            let receive = std::mem::take(&mut self.receive);
            let step = match receive {
                Last::Flying(ticket) => match ticket.finish() {
                    Ok(completed) => self.received(completed, at),
                    Err(ticket) => {
                        self.receive = Last::Flying(ticket);
                        Some(None)
                    }
                },
                Last::Ended => {
                    self.receive = Last::Ended;
                    Some(None)
                }
                Last::Failed => Some(Some(End::Close)),
                idle => {
                    self.receive = idle;
                    self.read(socket, at)
                }
            };
            if let Some(end) = step {
                return end;
            }
        }
        // Others have waited long enough.
        at.hub.report(at.index);
        None
    }

    /// Reads what is there, while no receive is in flight; if nothing is, probes. `None`: there may be more to
    /// do.
    fn read(&mut self, socket: &StreamSocket, at: Context<'_>) -> Option<Option<End>> {
        let mut native = socket.get_ref();
        let set = at.marks.make_nonblocking(|| native.set_nonblocking(true));
        match set.and_then(|()| native.read(&mut [0; PIECE])) {
            Ok(0) => {
                self.receive = Last::Ended;
                None
            }
            Ok(count) => self.count(count),
            Err(error) if is_would_block(&error) => self.probe(socket, at),
            Err(error) if is_shortage(&error) => self.retry(at),
            Err(_) => Some(Some(End::Close)),
        }
    }

    fn probe(&mut self, socket: &StreamSocket, at: Context<'_>) -> Option<Option<End>> {
        if self.leaves {
            return Some(Some(End::Close));
        }
        let operation = match std::mem::take(&mut self.receive) {
            Last::Idle(operation) => operation,
            _ => match at.operation(PROBE, None, Buffer::default) {
                Ok(operation) => operation,
                // Visited when there is room.
                Err(Error::Full(_)) => return Some(None),
                // Closed: what is in flight is all that there will be.
                Err(_) => {
                    self.receive = Last::Ended;
                    return None;
                }
            },
        };
        operation.set_tag(token(at.index, PROBE), None);
        match socket.probe(operation) {
            Submitted::Ready(completed) => self.received(completed, at),
            Submitted::Pending(ticket) => {
                self.receive = Last::Flying(ticket);
                Some(None)
            }
            Submitted::Refused(_) => {
                self.receive = Last::Ended;
                None
            }
        }
    }

    /// A receive has ended: a probe from now on.
    fn received(&mut self, completed: Completed<Buffer>, at: Context<'_>) -> Option<Option<End>> {
        let (probe, result) = (completed.buffer().is_empty(), completed.result());
        let mut operation = completed.into_operation();
        *operation.buffer_mut() = Buffer::default();
        self.receive = Last::Idle(operation);
        match result {
            Ok(0) if !probe => {
                self.receive = Last::Ended;
                None
            }
            Ok(count) => self.count(count),
            Err(error) => match error.kind {
                CompletionKind::AbortedBySystem => None,
                CompletionKind::NoResources => self.retry(at),
                _ => Some(Some(End::Close)),
            },
        }
    }

    /// So many bytes are thrown away.
    fn count(&mut self, count: usize) -> Option<Option<End>> {
        match self.left.checked_sub(count) {
            Some(left) => {
                self.left = left;
                None
            }
            None => Some(Some(End::Reset)),
        }
    }

    /// The system is short of memory.
    fn retry(&self, at: Context<'_>) -> Option<Option<End>> {
        at.hub.lists.add(at.index, Visit::Retry, RETRY);
        Some(None)
    }
}
