//! The token of an operation: the number of its source, its kind, and the mark [`DIRECT`].

// The kinds.
pub(crate) const RECV: usize = 0;
/// A receive of nothing.
pub(crate) const PROBE: usize = 1;
pub(crate) const SEND: usize = 2;
pub(crate) const CONNECT: usize = 3;
const KINDS: usize = 3;

/// Set in the token of a receive whose bytes are an event: its token is the key of the packet, and the
/// poller looks at nothing else.
pub(crate) const DIRECT: usize = 4;

/// All marks, of an accept: its kind. Its packet's key is its place in its listener.
pub(crate) const ACCEPT: usize = CONNECT | DIRECT;

const INDEX_SHIFT: u32 = 3;

/// The token of the caller's own operations: of no source, and without [`DIRECT`].
pub(crate) const OWN: usize = (u32::MAX >> INDEX_SHIFT << INDEX_SHIFT) as usize;

/// The upper bits of the token of a source's idle limit; below them is the number of the source. Other timers on the
/// queue's port are the callers' own, of a socket that is closed gracefully.
pub(crate) const IDLE: usize = usize::MAX << 24;

pub(crate) fn token(index: u32, kind: usize) -> usize {
    (index as usize) << INDEX_SHIFT | kind
}

#[inline]
pub(crate) fn kind_of(token: usize) -> usize {
    token & KINDS
}

/// The number of the source in a token that [`token`] made.
#[inline]
pub(crate) fn index_of(token: usize) -> u32 {
    // 24 bits and those that are shifted out.
    #[allow(clippy::cast_possible_truncation)]
    let token = token as u32;
    token >> INDEX_SHIFT
}
