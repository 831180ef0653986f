//! A registered listener, behind the lock of its cell: its accepts in flight, what they accepted, and why
//! none is in flight.
//!
//! It has `depth` accept operations. One whose connection nobody has taken is not in flight: so with all
//! of them done no accept goes on, and later connections stay in the system's backlog.

use std::{collections::VecDeque, io, net::SocketAddr, sync::Arc};

use crate::associated::{accepted::AcceptedSocket, AssociatedSocket};
use crate::base::{error::Error, status::CompletionKind};
use crate::operation::{Completed, InFlight, Operation, Submitted};
use crate::ops::accept::{Accept, AcceptError, Accepted};
use crate::poll::lists::{Visit, RETRY};
use crate::poll::tag::{token, RECV};
use crate::poll::{context::Context, error::plain, event::Ready, interests::Interests, native};

/// After so many failed accepts in a row the failure is reported: it is not peers that left then.
const FAILURES: usize = 256;

/// The socket is dropped first.
pub(crate) struct Listening {
    socket: AssociatedSocket<Arc<native::Listener>>,
    depth: usize,
    idle: Vec<Operation<Accept>>,
    /// In the order in which they were started.
    flying: VecDeque<InFlight<Accept>>,
    /// Accepted, and not taken.
    done: VecDeque<Completed<Accept>>,
    /// Why no accept can be started: an error that is reported once.
    failed: Option<io::Error>,
    /// Accepts that have failed in a row.
    failures: usize,
}

impl Listening {
    pub(crate) fn new(socket: AssociatedSocket<Arc<native::Listener>>, depth: usize) -> Self {
        Self {
            socket,
            depth,
            idle: Vec::with_capacity(depth),
            flying: VecDeque::with_capacity(depth),
            done: VecDeque::with_capacity(depth),
            failed: None,
            failures: 0,
        }
    }

    /// Starts the accepts. True if an event must be posted.
    pub(crate) fn register(&mut self, at: Context<'_>, interests: Interests) -> io::Result<bool> {
        if interests.is_readable() {
            self.fill(at);
            // What stops the first accepts is the error of this call.
            if self.flying.is_empty() && self.done.is_empty() {
                self.failed.take().map_or(Ok(()), Err)?;
            }
        }
        Ok(at.marks.add_pending(self.report(at)))
    }

    pub(crate) fn visit(&mut self, visit: Visit, at: Context<'_>) -> Ready {
        match visit {
            Visit::Finished(_) => self.finished(),
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
        }
        self.report(at)
    }

    /// Finishes the accepts whose packets were dequeued, and starts them again.
    fn finished(&mut self) {
        // Each goes once around, so that they stay in the order in which the system serves them.
        for _ in 0..self.flying.len() {
            let Some(ticket) = self.flying.pop_front() else { break };
            match ticket.finish() {
                Ok(completed) => self.accepted(completed),
                Err(ticket) => self.flying.push_back(ticket),
            }
        }
        self.start();
    }

    /// Takes a connection. The flag says that an event must be posted.
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
                return (result, at.marks.add_pending(self.report(at)));
            }
            if let Some(error) = self.failed.take() {
                if self.flying.is_empty() {
                    // No packet would lead to it.
                    at.hub.lists.add(at.index, Visit::Retry, RETRY);
                }
                return (Err(error), false);
            }
            if !at.hub.is_closed() && (!self.idle.is_empty() || self.flying.is_empty()) {
                self.fill(at);
            }
            if self.done.is_empty() && self.failed.is_none() {
                return (Err(at.would_block()), false);
            }
        }
    }

    /// Makes the operations that are missing, and starts each one that is idle.
    fn fill(&mut self, at: Context<'_>) {
        let token = token(at.index, RECV);
        for count in self.idle.len() + self.flying.len() + self.done.len()..self.depth {
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
        while self.failed.is_none() {
            let Some(operation) = self.idle.pop() else { return };
            match self.socket.accept(operation) {
                Submitted::Pending(ticket) => self.flying.push_back(ticket),
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
    fn accepted(&mut self, completed: Completed<Accept>) {
        let Err(error) = completed.result() else {
            self.done.push_back(completed);
            return;
        };
        self.idle.push(completed.into_operation());
        match error.kind {
            CompletionKind::NoResources => self.failed = Some(plain(error)),
            kind => self.failure(kind, plain(error)),
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

    fn report(&self, at: Context<'_>) -> Ready {
        at.wanted(match self.failed {
            Some(_) => Ready::READABLE | Ready::ERROR,
            None if self.done.is_empty() => Ready::NONE,
            None => Ready::READABLE,
        })
    }
}
