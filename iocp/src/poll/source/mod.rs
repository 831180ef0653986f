//! A registered source, behind the lock of its cell: one type over streams, listeners, UDP sockets,
//! pipes and wakers.

mod idle;
pub(crate) mod listener;
pub(crate) mod other;
pub(crate) mod pipe;
mod send_slot;
mod slot;
pub(crate) mod stream;
pub(crate) mod udp;
pub(crate) mod waker;

use std::{io, mem::size_of};

use static_assertions::const_assert_eq;

use self::{other::Other, stream::Stream};
use super::{context::Context, event::Ready, lists::Visit, marks::Watch};
use crate::poll::util::impossible;

/// Every call holds the lock of the cell; token and interests are in its marks.
pub(crate) enum Source {
    Stream(Stream),
    /// A thin pointer: so a cell of a stream is no larger for it.
    Other(Box<Box<dyn Other>>),
}

const_assert_eq!(size_of::<Source>(), 2 * size_of::<usize>());

impl Source {
    /// One that is no stream.
    pub(crate) fn other(source: impl Other) -> Self {
        Self::Other(Box::new(Box::new(source)))
    }

    /// Replaces token and interests; after an error there are none. True if an event must be posted.
    pub(crate) fn register(&mut self, at: Context<'_>, watch: Watch) -> io::Result<bool> {
        at.watch(watch);
        let registered = match self {
            Self::Other(other) => other.register(at, watch),
            Self::Stream(_) => impossible(), // its owner registers it
        };
        if registered.is_err() {
            at.unwatch();
        }
        registered
    }

    /// Does what the visit is for. Returns the event that it gives.
    pub(crate) fn visit(&mut self, visit: Visit, at: Context<'_>) -> Ready {
        match self {
            Self::Stream(stream) => stream.visit(visit, at),
            Self::Other(other) => other.visit(visit, at),
        }
    }

    /// The time of its idle limit may have come. Returns the event that it gives.
    pub(crate) fn look_at_idle(&mut self) -> Ready {
        match self {
            Self::Stream(stream) => stream.look_at_idle(),
            Self::Other(other) => other.look_at_idle(),
        }
    }

    /// Others want room: frees the operations that are idle and are made anew when they are wanted.
    pub(crate) fn spare_idle(&mut self) {
        match self {
            // Its sends are the queue's when they are over.
            Self::Stream(_) => {}
            Self::Other(other) => other.spare_idle(),
        }
    }

    /// The owner was dropped. True if the source stays: a stream until what was written has arrived, a waker until
    /// its wake is told.
    pub(crate) fn linger(&mut self, at: Context<'_>) -> bool {
        match self {
            Self::Stream(stream) => stream.linger(at),
            Self::Other(other) => other.linger(at),
        }
    }

    /// Whether it has come to its end, of a source that has stayed since [`linger`](Self::linger).
    pub(crate) fn lingering(&self) -> Option<bool> {
        match self {
            Self::Stream(stream) => stream.lingering(),
            Self::Other(other) => other.lingering(),
        }
    }

    /// The source of this type, if it is one that is no stream.
    pub(crate) fn as_other<T: Other>(&mut self) -> Option<&mut T> {
        match self {
            Self::Other(other) => other.as_any().downcast_mut(),
            _ => None,
        }
    }

    /// The stream, if it is one.
    pub(crate) fn as_stream(&mut self) -> Option<&mut Stream> {
        match self {
            Self::Stream(stream) => Some(stream),
            _ => None,
        }
    }
}
