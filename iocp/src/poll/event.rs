//! One event, and what it says: [`Ready`].

use std::hash::{Hash, Hasher};
use std::{fmt, ops::BitOr};

use super::interests::Interests;
use crate::base::status::{CompletionKind, NtStatus};

/// The caller's number for a source; any number.
///
/// It is only carried: a token whose source is gone is harmless, and two sources may share one.
pub type Token = usize;

/// What became ready on one source. Plain data: it holds nothing open and goes to any thread.
#[derive(Clone, Copy)]
pub struct Event {
    pub(crate) token: Token,
    /// The number of the source, by which events are merged.
    pub(crate) source: u32,
    pub(crate) ready: Ready,
}

impl PartialEq for Event {
    /// The same readiness of the same token.
    fn eq(&self, other: &Self) -> bool {
        (self.token, self.ready) == (other.token, other.ready)
    }
}

impl Eq for Event {}

impl Hash for Event {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.token, self.ready).hash(state);
    }
}

impl Event {
    /// Adds what became ready since. Under another token it replaces what was ready: the source was
    /// registered anew, which gives an event of all that is ready, or its number is another source's now.
    #[inline]
    pub(crate) fn merge(&mut self, token: Token, ready: Ready) {
        self.ready = if self.token == token { self.ready | ready } else { ready };
        self.token = token;
    }

    /// The token that the source is registered with.
    #[doc(alias = "token")]
    #[must_use]
    #[inline]
    pub fn id(&self) -> Token {
        self.token
    }

    /// There are bytes, an end or an error to read, a connection to accept, a datagram to take; or
    /// a [`Waker`](super::Waker) was used.
    #[must_use]
    #[inline]
    pub fn is_readable(&self) -> bool {
        self.ready.has(Ready::READABLE)
    }

    /// There is room to write, or the next write says an error.
    #[must_use]
    #[inline]
    pub fn is_writable(&self) -> bool {
        self.ready.has(Ready::WRITABLE)
    }

    /// The peer sends no more: after what is buffered, reads say `Ok(0)`, or the error. It may be missing, though
    /// they do: a stream that waits without a [lent buffer](super::Config::lent_bytes) knows only that there is
    /// something to read. Only the read is certain.
    #[must_use]
    #[inline]
    pub fn is_read_closed(&self) -> bool {
        self.ready.has(Ready::READ_CLOSED)
    }

    /// The next read or write, or [`accept`](super::TcpListener::accept), says an error.
    #[must_use]
    #[inline]
    pub fn is_error(&self) -> bool {
        self.ready.has(Ready::ERROR)
    }

    /// For as long as its limit no byte was read or written: of a [stream](super::TcpStream::set_idle_limit) or a
    /// [pipe](super::PipeStream::set_idle_limit).
    #[must_use]
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.ready.has(Ready::IDLE)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("id", &self.token)
            .field("readable", &self.is_readable())
            .field("writable", &self.is_writable())
            .field("read_closed", &self.is_read_closed())
            .field("error", &self.is_error())
            .field("idle", &self.is_idle())
            .finish()
    }
}

/// What is ready: the bits of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Ready(pub(crate) u8);

impl Ready {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const READABLE: Self = Self(Interests::READABLE.bits());
    pub(crate) const WRITABLE: Self = Self(Interests::WRITABLE.bits());
    pub(crate) const READ_CLOSED: Self = Self(4);
    pub(crate) const ERROR: Self = Self(8);
    /// Never in an event: an error that is reported whatever the interests.
    pub(crate) const CONNECT_FAILED: Self = Self(16);

    /// Whatever the interests; never pending.
    pub(crate) const IDLE: Self = Self(32);

    pub(crate) const ALL: Self = Self(31);
    /// All that an event may say of reading.
    pub(crate) const OF_READING: Self =
        Self(Self::READABLE.0 | Self::READ_CLOSED.0 | Self::ERROR.0);

    /// Of a stream whose receive has ended. A success without bytes is the peer's end, except of a `probe`.
    #[cold]
    pub(crate) fn of_receive(status: NtStatus, bytes: u32, probe: bool) -> Self {
        if status.is_success() {
            let ended = if bytes == 0 && !probe { Self::READ_CLOSED } else { Self::NONE };
            return Self::READABLE | ended;
        }
        match status.kind_on_socket(true) {
            // The system has ended it by itself: the read that follows starts the next one.
            CompletionKind::Cancelled | CompletionKind::AbortedBySystem => Self::READABLE,
            CompletionKind::NoResources => Self::READABLE | Self::ERROR,
            _ => Self::OF_READING,
        }
    }

    #[inline]
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    #[inline]
    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    #[inline]
    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The part of this that an event of `of` says: an error goes with either direction, the end with
    /// reading.
    #[inline]
    pub(crate) fn only(self, of: Self) -> Self {
        let wanted = self.0 & of.0 & (Self::READABLE.0 | Self::WRITABLE.0);
        let end = if of.has(Self::READABLE) { Self::READ_CLOSED.0 } else { 0 };
        Self(if wanted == 0 { 0 } else { wanted | self.0 & (Self::ERROR.0 | end) })
    }

    /// The part of this that a source with these interests reports.
    #[inline]
    pub(crate) fn wanted(self, interests: Interests) -> Self {
        self.only(Self(interests.bits()))
    }
}

impl BitOr for Ready {
    type Output = Self;

    #[inline]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
