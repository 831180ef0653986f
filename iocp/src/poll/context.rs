//! What a source is given, and gives back, when something of it has finished.

use super::{
    event::{Ready, Token},
    queue::Queue,
};

/// The kinds of operations, beside the number of the source in their tokens.
pub(super) const RECV: usize = 0;
pub(super) const SEND: usize = 1;
pub(super) const CONNECT: usize = 2;
pub(super) const KINDS: usize = 4;

/// The token of an operation.
pub(super) fn token(index: u32, kind: usize) -> usize {
    index as usize * KINDS + kind
}

/// A source's way to its queue while its lock is held.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) queue: &'a Queue,
    pub(super) index: u32,
}

/// What settling a packet came to.
pub(super) struct Settled {
    pub(super) token: Token,
    pub(super) ready: Ready,
    /// The source is over: it lingered until what it had to send was sent.
    pub(super) over: bool,
}

impl Settled {
    pub(super) fn new(token: Token, ready: Ready) -> Self {
        Self { token, ready, over: false }
    }
}
