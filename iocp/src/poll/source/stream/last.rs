//! The receive of a stream whose owner was dropped: what it brings is thrown away.

use crate::base::{error::Error, status::CompletionKind};
use crate::operation::{Completed, InFlight, Operation, Submitted};
use crate::poll::context::Context;
use crate::poll::lingering::PlaceId;
use crate::poll::lists::{Visit, RETRY};
use crate::poll::native::StreamSocket;
use crate::poll::tag::{token, RECV};

pub(crate) type Buffer = Box<[u8]>;

/// Receives that are made in one visit, where each is done at once.
const ROUNDS: u32 = 32;

/// What a stream that lingers has beside what it sends.
pub(super) struct Linger {
    pub(super) receive: Last,
    /// Bytes that may still be thrown away.
    pub(super) left: usize,
    /// In the order of those that linger, once it is there.
    pub(super) place: Option<PlaceId>,
    pub(super) end: Option<End>,
}

/// The receive of a stream whose owner is gone.
#[derive(Default)]
pub(super) enum Last {
    /// None was made, or nothing of it is left.
    #[default]
    None,
    /// Not in flight.
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
    /// Receives until something is in flight, the peer has ended, or it is over.
    pub(super) fn throw_away(&mut self, socket: &StreamSocket, at: Context<'_>) -> Option<End> {
        for _ in 0..ROUNDS {
            let completed = match std::mem::take(&mut self.receive) {
                Last::None => {
                    let (pool, len) = (&at.hub.reads, at.hub.config.receive_buffer);
                    let pool = at.hub.config.zero_read.then_some(pool);
                    let new = || vec![0; len].into_boxed_slice();
                    match at.operation(RECV, pool, new) {
                        Ok(operation) => self.receive = Last::Idle(operation),
                        // Visited when there is room.
                        Err(Error::Full(_)) => return None,
                        // Closed: what is in flight is all that there will be.
                        Err(_) => self.receive = Last::Ended,
                    }
                    continue;
                }
                Last::Idle(operation) => {
                    operation.set_tag(token(at.index, RECV), None);
                    match socket.recv(operation) {
                        Submitted::Ready(completed) => completed,
                        Submitted::Pending(ticket) => {
                            self.receive = Last::Flying(ticket);
                            return None;
                        }
                        Submitted::Refused(_) => {
                            self.receive = Last::Ended;
                            continue;
                        }
                    }
                }
                Last::Flying(ticket) => match ticket.finish() {
                    Ok(completed) => completed,
                    Err(ticket) => {
                        self.receive = Last::Flying(ticket);
                        return None;
                    }
                },
                Last::Ended => {
                    self.receive = Last::Ended;
                    return None;
                }
                Last::Failed => return Some(End::Close),
            };
            if let Some(end) = self.received(completed, at) {
                return end;
            }
        }
        // Others have waited long enough.
        at.hub.post(at.index);
        None
    }

    /// A receive has ended. `None`: the next is to be made.
    fn received(&mut self, completed: Completed<Buffer>, at: Context<'_>) -> Option<Option<End>> {
        let probe = completed.buffer().is_empty();
        match completed.result() {
            // A buffer is taken for what has come.
            Ok(_) if probe => {}
            Ok(0) => {
                self.receive = Last::Ended;
                if at.hub.config.zero_read {
                    at.hub.reads.keep(completed.into_operation(), &at.hub.lists);
                }
            }
            Ok(count) => {
                let Some(left) = self.left.checked_sub(count) else {
                    return Some(Some(End::Reset));
                };
                self.left = left;
                self.receive = Last::Idle(completed.into_operation());
            }
            Err(error) => match error.kind {
                CompletionKind::AbortedBySystem if probe => {}
                CompletionKind::AbortedBySystem => {
                    self.receive = Last::Idle(completed.into_operation());
                }
                CompletionKind::NoResources => {
                    if !probe {
                        self.receive = Last::Idle(completed.into_operation());
                    }
                    at.hub.lists.add(at.index, Visit::Retry, RETRY);
                    return Some(None);
                }
                _ => return Some(Some(End::Close)),
            },
        }
        None
    }
}
