//! What is registered, as the lock of its cell guards it: one type over the kinds of sources.

pub(crate) mod listener;
pub(crate) mod stream;
pub(crate) mod udp;

use std::{io, sync::Arc};

use self::{listener::Listening, stream::Stream, udp::Datagrams};
use super::event::{Ready, Token};
use super::{context::Context, interests::Interests};
use crate::core::wakes::Wakes;

/// A registered source. The lock of its cell is held whenever it is used; its token and interests are
/// in the marks. What a call returns is reported to whom registered it.
pub(crate) enum Source {
    Stream(Stream),
    Listener(Box<Listening>),
    Udp(Box<Datagrams>),
    Waker(Arc<Wakes>),
}

impl Source {
    /// Replaces token and interests. True if an event must be posted.
    pub(crate) fn register(
        &mut self,
        at: Context<'_>,
        token: Token,
        interests: Interests,
    ) -> io::Result<bool> {
        match self {
            Self::Listener(listener) => listener.register(at, token, interests),
            Self::Udp(datagrams) => datagrams.register(at, token, interests),
            // Their owners do it.
            Self::Stream(_) | Self::Waker(_) => Ok(false),
        }
    }

    /// An operation of this kind may have finished.
    pub(crate) fn finished(&mut self, kind: usize, at: Context<'_>) -> Ready {
        match self {
            Self::Stream(stream) => stream.finished(kind, at),
            Self::Listener(listener) => listener.finished(at),
            Self::Udp(datagrams) => datagrams.finished(kind, at),
            Self::Waker(_) => self.posted(at),
        }
    }

    /// The packet that was posted for its pending event has come.
    pub(crate) fn posted(&mut self, at: Context<'_>) -> Ready {
        match self {
            Self::Stream(stream) => stream.posted(at),
            Self::Listener(listener) => listener.posted(at),
            Self::Udp(datagrams) => datagrams.posted(at),
            Self::Waker(wakes) if wakes.heard() => Ready::READABLE,
            Self::Waker(_) => Ready::NONE,
        }
    }

    /// What failed is to be tried again.
    pub(crate) fn retry(&mut self, at: Context<'_>) -> Ready {
        match self {
            Self::Listener(listener) => listener.retry(at),
            Self::Stream(stream) => stream.sent(at),
            // The number is another source's by now.
            other => other.posted(at),
        }
    }

    /// The port has room for operations again.
    pub(crate) fn drained(&mut self, at: Context<'_>) -> Ready {
        match self {
            Self::Stream(stream) => stream.drained(at),
            Self::Listener(listener) => listener.drained(at),
            Self::Udp(datagrams) => datagrams.drained(at),
            Self::Waker(_) => Ready::NONE,
        }
    }

    /// Its owner is gone. True if it stays until what it has to send is sent.
    pub(crate) fn linger(&mut self, at: Context<'_>) -> bool {
        match self {
            Self::Stream(stream) => stream.linger(at),
            _ => false,
        }
    }

    /// Whether its owner is gone, and only what it has to send keeps it.
    pub(crate) fn is_lingering(&self) -> bool {
        matches!(self, Self::Stream(stream) if stream.is_lingering())
    }

    /// Whether it lingered until now, and nothing is left to send.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self, Self::Stream(stream) if stream.is_over())
    }
}
