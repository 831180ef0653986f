//! A registered listener, behind the lock of its cell: its accepts in flight, what they accepted, and why
//! none is in flight.
//!
//! It begins with few accept operations, and has twice as many each time that connections have taken all of
//! them at once, up to a limit. One whose connection nobody has taken is not in flight: so with all of them
//! done no accept goes on, and later connections stay in the system's backlog. The packet of an accept says as
//! its key which it was, so none is searched for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::{any::Any, collections::VecDeque, io, net::SocketAddr, sync::Arc};

use super::other::Other;
use crate::associated::{accepted::AcceptedSocket, AssociatedSocket};
use crate::base::{error::CompletionError, error::Error, status::CompletionKind};
use crate::operation::{Completed, InFlight, Operation, Submitted};
use crate::ops::accept::{Accept, AcceptError, Accepted};
use crate::poll::error::{coded, plain};
use crate::poll::lists::{Visit, RETRY};
use crate::poll::tag::{token, ACCEPT, RECV};
use crate::poll::{context::Context, event::Ready, marks::Watch, native};

/// After so many failed accepts in a row the failure is reported: it is not peers that left then.
const FAILURES: usize = 256;

/// How many accepts a listener begins with.
const FIRST: usize = 2;

/// The socket is dropped first.
pub(crate) struct Listening {
    socket: AssociatedSocket<Arc<native::Listener>>,
    /// How many operations it has, and how many at most.
    depth: usize,
    most: usize,
    idle: Vec<Operation<Accept>>,
    flying: Flying,
    /// Accepted, and not taken.
    done: VecDeque<Completed<Accept>>,
    /// Why no accept can be started: an error that is reported once.
    failed: Option<io::Error>,
    /// Accepts that have failed in a row.
    failures: usize,
    /// Nobody wants to hear of connections: no accept is started.
    paused: bool,
    /// For the owner, who looks without the lock: nothing is to be taken or started, an event tells of the next.
    waits: Arc<AtomicBool>,
}

/// Accepts in flight, each at a place that its packet says.
#[derive(Default)]
struct Flying {
    at: Vec<Option<InFlight<Accept>>>,
    free: Vec<usize>,
    count: usize,
}

impl Flying {
    fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// A free place.
    fn place(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.at.push(None);
            self.at.len() - 1
        })
    }

    fn put(&mut self, place: usize, ticket: InFlight<Accept>) {
        self.at[place] = Some(ticket);
        self.count += 1;
    }

    /// The accept of this place, if its packet was dequeued.
    #[inline]
    fn take_finished(&mut self, place: usize) -> Option<Completed<Accept>> {
        let completed = InFlight::take_finished(self.at.get_mut(place)?)?;
        self.free.push(place);
        self.count -= 1;
        Some(completed)
    }
}

impl Listening {
    /// `waits`: set while its owner's accepts find nothing.
    pub(crate) fn new(
        socket: AssociatedSocket<Arc<native::Listener>>,
        most: usize,
        waits: Arc<AtomicBool>,
    ) -> Self {
        Self {
            socket,
            depth: FIRST.min(most),
            most,
            idle: Vec::new(),
            flying: Flying::default(),
            done: VecDeque::new(),
            failed: None,
            failures: 0,
            paused: true,
            waits,
        }
    }

    /// Cancels the accepts: connections stay in the backlog from now on. What was accepted can be taken.
    pub(crate) fn pause(&mut self) {
        self.paused = true;
        for ticket in self.flying.at.iter().flatten() {
            // One that is not cancelled is done, or takes one more connection.
            let _ = ticket.cancel();
        }
    }

    /// All accepts have a connection that waits to be taken: it gets twice as many.
    #[inline]
    fn deepen(&mut self, at: Context<'_>) {
        let exhausted = self.flying.is_empty() && self.idle.is_empty() && self.failed.is_none();
        if exhausted && self.depth < self.most && !self.paused {
            self.depth = (2 * self.depth).min(self.most);
            self.fill(at);
        }
    }

    /// Takes a connection. The flag says that an event must be posted.
    #[inline]
    pub(crate) fn accept(
        &mut self,
        at: Context<'_>,
    ) -> (io::Result<(AcceptedSocket, SocketAddr)>, bool) {
        loop {
            if let Some(completed) = self.done.pop_front() {
                let Accepted { result, operation } = completed.accepted(&self.socket);
                self.idle.push(operation);
                self.start();
                let result = match result {
                    // The peer left after it was accepted.
                    Err(AcceptError::Completion(_) | AcceptError::Setup(Error::Os { .. })) => {
                        continue
                    }
                    Err(AcceptError::Setup(error)) => Err(error.into()),
                    Ok(accepted) => {
                        self.failures = 0;
                        Ok(accepted)
                    }
                };
                self.note_waits();
                return (result, at.marks.add_pending(self.report(at)));
            }
            if let Some(error) = self.failed.take() {
                if self.flying.is_empty() {
                    // No packet would lead to it.
                    at.hub.lists.add(at.index, Visit::Retry, RETRY);
                }
                return (Err(error), false);
            }
            let stopped = !self.idle.is_empty() || self.flying.is_empty();
            if stopped && !self.paused && !at.hub.is_closed() {
                self.fill(at);
            }
            if self.done.is_empty() && self.failed.is_none() {
                self.note_waits();
                return (Err(at.would_block()), false);
            }
        }
    }

    /// Makes the operations that are missing, and starts each one that is idle.
    fn fill(&mut self, at: Context<'_>) {
        let token = token(at.index, ACCEPT);
        for count in self.idle.len() + self.flying.count + self.done.len()..self.depth {
            match at.if_room(RECV, || 0, || at.hub.port.accept_operation(token)) {
                Ok(operation) => self.idle.push(operation),
                Err(error) => {
                    // One is enough to go on; without any the failure is reported.
                    if count == 0 {
                        self.failed = Some(error.into());
                    }
                    break;
                }
            }
        }
        self.start();
    }

    fn start(&mut self) {
        while self.failed.is_none() && !self.paused {
            let Some(operation) = self.idle.pop() else { return };
            let place = self.flying.place();
            // The first time it gets the socket's key.
            self.socket.set_key(place);
            operation.set_tag(operation.token(), Some(place));
            let submitted = self.socket.accept(operation);
            if let Submitted::Pending(ticket) = submitted {
                self.flying.put(place, ticket);
                continue;
            }
            self.flying.free.push(place);
            match submitted {
                Submitted::Pending(_) => {}
                Submitted::Ready(completed) => self.accepted(completed),
                Submitted::Refused(failed) => {
                    self.idle.push(failed.value);
                    match failed.error {
                        Error::Closed => return,
                        error => self.failure(error.kind(), plain(error)),
                    }
                }
            }
        }
    }

    /// An accept has ended.
    #[inline]
    fn accepted(&mut self, completed: Completed<Accept>) {
        match completed.result() {
            Ok(_) => self.done.push_back(completed),
            Err(error) => self.not_accepted(completed, error),
        }
    }

    #[cold]
    fn not_accepted(&mut self, completed: Completed<Accept>, error: CompletionError) {
        self.idle.push(completed.into_operation());
        match error.kind {
            CompletionKind::Cancelled if self.paused => {}
            CompletionKind::NoResources => self.failed = Some(coded(error)),
            kind => self.failure(kind, coded(error)),
        }
    }

    /// Reports a failure, unless it is that of a peer that left and few came in a row.
    fn failure(&mut self, kind: CompletionKind, error: io::Error) {
        use CompletionKind as Kind;
        self.failures += 1;
        // Many statuses say that the peer left before it was accepted.
        let gone = matches!(
            kind,
            Kind::Reset
                | Kind::LocalClose
                | Kind::NotConnected
                | Kind::Unreachable
                | Kind::Cancelled
                | Kind::AbortedBySystem
        );
        if !gone || self.failures >= FAILURES {
            self.failures = 0;
            self.failed = Some(error);
        }
    }

    /// Before an event of what has come is told: who hears of it finds it.
    fn note_waits(&self) {
        let goes_on = self.idle.is_empty() && !self.flying.is_empty();
        let waits = self.done.is_empty() && self.failed.is_none() && goes_on;
        self.waits.store(waits, Ordering::Release);
    }

    fn report(&self, at: Context<'_>) -> Ready {
        at.wanted(match self.failed {
            Some(_) => Ready::READABLE | Ready::ERROR,
            None if self.done.is_empty() => Ready::NONE,
            None => Ready::READABLE,
        })
    }
}

impl Other for Listening {
    /// Starts the accepts, or pauses. True if an event must be posted.
    fn register(&mut self, at: Context<'_>, Watch { interests, .. }: Watch) -> io::Result<bool> {
        if !interests.is_readable() {
            self.pause();
            return Ok(false);
        }
        self.paused = false;
        self.fill(at);
        // What stops the first accepts is the error of this call.
        if self.flying.is_empty() && self.done.is_empty() {
            if let Some(error) = self.failed.take() {
                self.paused = true;
                return Err(error);
            }
        }
        self.note_waits();
        Ok(at.marks.add_pending(self.report(at)))
    }

    fn visit(&mut self, visit: Visit, at: Context<'_>) -> Ready {
        match visit {
            Visit::Accepted(place) => {
                if let Some(completed) = self.flying.take_finished(place) {
                    self.accepted(completed);
                    if !self.idle.is_empty() {
                        self.start();
                    }
                    self.deepen(at);
                }
            }
            Visit::Posted => drop(at.marks.take_pending()),
            Visit::Retry => {
                if self.flying.is_empty() && self.failed.is_none() && !at.hub.is_closed() {
                    self.fill(at);
                }
            }
            Visit::Drained => {
                if !at.marks.take_starved(RECV) {
                    return Ready::NONE;
                }
                self.fill(at);
            }
            // Of a source that had the number before.
            Visit::Finished(_) => {}
        }
        self.note_waits();
        self.report(at)
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
