//! What is registered: the one type behind the numbers.

use super::{
    context::{Context, Settled},
    event::Ready,
    listener::state::Listening,
    stream::state::Stream,
    udp::state::Datagrams,
    waker::Wakeable,
};

/// A registered source; the lock of its place is held whenever it is used.
#[derive(Debug)]
pub(super) enum Source {
    Stream(Stream),
    Listener(Box<Listening>),
    Udp(Box<Datagrams>),
    Waker(Wakeable),
}

impl Source {
    /// An operation of this kind may have finished.
    pub(super) fn finished(&mut self, kind: usize, at: Context<'_>) -> Settled {
        match self {
            Self::Stream(stream) => stream.finished(kind, at),
            Self::Listener(listener) => listener.finished(),
            Self::Udp(datagrams) => datagrams.finished(kind, at),
            Self::Waker(waker) => waker.owed(),
        }
    }

    /// The packet that it was owed has come.
    pub(super) fn owed(&mut self, at: Context<'_>) -> Settled {
        match self {
            Self::Stream(stream) => stream.owed(at),
            Self::Listener(listener) => listener.owed(),
            Self::Udp(datagrams) => datagrams.owed(),
            Self::Waker(waker) => waker.owed(),
        }
    }

    /// What failed is to be tried again.
    pub(super) fn again(&mut self, at: Context<'_>) -> Settled {
        match self {
            Self::Listener(listener) => listener.again(at),
            Self::Stream(stream) => stream.again(at),
            // The number may be another source's by now.
            other => other.owed(at),
        }
    }

    /// The port has room for operations again.
    pub(super) fn drained(&mut self, at: Context<'_>) -> Settled {
        match self {
            Self::Stream(stream) => stream.drained(at),
            Self::Listener(listener) => listener.drained(at),
            Self::Udp(datagrams) => datagrams.drained(at),
            Self::Waker(waker) => Settled::new(waker.token(), Ready::NONE),
        }
    }

    /// Whether its owner is gone, and only what it has to send keeps it.
    pub(super) fn is_lingering(&self) -> bool {
        matches!(self, Self::Stream(stream) if stream.is_lingering())
    }
}
