//! A stream whose owner was dropped, and which had something to send: stays until all of it has arrived.
//!
//! Closing a socket while a receive is pending, or before all that has come was read, can reset the connection:
//! then the peer loses what it has not read yet, also what the system had taken for sent (facts TCP12). So
//! what is queued is sent, then the end; the receive stays, and what comes is thrown away, until the peer
//! ends its side. Only then the socket is closed.

use super::{inbox::Inbox, sending::Sending, Buffer, Stream};
use crate::base::{error::Error, status::CompletionKind};
use crate::operation::{Completed, InFlight, Operation, Submitted};
use crate::os;
use crate::poll::lingering::PlaceId;
use crate::poll::lists::{Visit, RETRY};
use crate::poll::native::{self, StreamSocket};
use crate::poll::tag::{token, RECV};
use crate::poll::{context::Context, marks::Watch};

/// Receives that are made in one visit, where each is done at once.
const ROUNDS: u32 = 32;

/// What a stream that lingers has beside what it sends.
pub(super) struct Linger {
    receive: Last,
    /// Bytes that may still be thrown away.
    left: usize,
    /// In the order of those that linger, once it is there.
    place: Option<PlaceId>,
    end: Option<End>,
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
enum End {
    Close,
    Reset,
}

impl Stream {
    /// The owner is being dropped: takes its receive over, if the stream is to linger.
    pub(crate) fn take_over(&mut self, inbox: &mut Inbox, at: Context<'_>) {
        self.hand_over(inbox);
        let config = &at.hub.config;
        let lingers = !config.linger.is_zero() && config.max_lingering > 0;
        let Some(sending) =
            self.sending.as_deref_mut().filter(|sending| lingers && sending.is_owed())
        else {
            return;
        };
        at.watch(Watch::NONE);
        // From here on the receive's packet leads to a visit, or is seen to have come.
        inbox.set_direct(None);
        let (receive, left) = (inbox.take_last(), config.linger_bytes);
        sending.linger = Some(Linger { receive, left, place: None, end: None });
    }

    /// The owner was dropped. True if the stream stays: it is in the order of those that linger then.
    pub(crate) fn linger(&mut self, at: Context<'_>) -> bool {
        self.deregister(at);
        self.early = None;
        self.advance_end(at);
        let Some(linger) = self.lingers() else { return false };
        if linger.end.is_none() {
            linger.place = at.hub.lingering.begin(at.index, at.hub);
        }
        linger.place.is_some()
    }

    /// Goes as far to its end as it can without waiting, if it lingers.
    pub(super) fn advance_end(&mut self, at: Context<'_>) {
        let Some(sending) = self.sending.as_deref_mut() else { return };
        if sending.linger.is_none() {
            return;
        }
        let end = go_on(sending, &self.socket, at);
        if end == Some(End::Reset) {
            self.reset(at);
        }
        if let Some(linger) = self.lingers() {
            linger.end = end;
        }
    }

    /// The connection is to be reset when the socket is closed.
    pub(crate) fn reset(&self, at: Context<'_>) {
        // A refusal leaves an orderly end, which is the next best.
        let socket: &native::Stream = &self.socket;
        let _ = os::reset_on_close(os::borrow_socket(socket));
        at.hub.lingering.count_reset();
    }

    fn lingers(&mut self) -> Option<&mut Linger> {
        self.sending.as_mut()?.linger.as_mut()
    }

    /// Whether it has come to its end, of a stream that lingers.
    pub(crate) fn lingering(&self) -> Option<bool> {
        let linger = self.sending.as_ref()?.linger.as_ref()?;
        Some(linger.end.is_some())
    }

    /// Its place in the order of those that linger.
    pub(crate) fn place(&self) -> Option<&PlaceId> {
        self.sending.as_ref()?.linger.as_ref()?.place.as_ref()
    }

    /// Takes the place, to give it back.
    pub(crate) fn take_place(&mut self) -> Option<PlaceId> {
        self.lingers()?.place.take()
    }
}

/// Sends what is queued, then the end; receives, and throws away. `None`: a packet is to come.
fn go_on(sending: &mut Sending, socket: &StreamSocket, at: Context<'_>) -> Option<End> {
    sending.go_on(socket, at);
    if sending.is_broken() || at.hub.is_closed() && sending.has_backlog() {
        return Some(End::Close);
    }
    if sending.is_over() {
        sending.forget_idle();
    }
    // Also while sends are pending: a peer that waits for its own to be read reads nothing.
    let linger = sending.linger.as_mut()?;
    let end = linger.throw_away(socket, at);
    let ended = matches!(linger.receive, Last::Ended);
    if end.is_some() || !sending.is_over() {
        return end;
    }
    // Where the peer has ended too, the close of the socket is the end of this side.
    let closes = ended || sending.shut_down(socket).is_err();
    closes.then_some(End::Close)
}

impl Linger {
    /// Receives until something is in flight, the peer has ended, or it is over.
    fn throw_away(&mut self, socket: &StreamSocket, at: Context<'_>) -> Option<End> {
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
