//! What a source is given, and gives back, when something of it has finished.

use super::{
    event::{Ready, Token},
    place::Place,
    pool::Pool,
    queue::Queue,
};
use crate::{Error, IoBuf, Operation, Refused};

// The kinds of operations, in their tokens beside the number of the source.
pub(super) const RECV: usize = 0;
/// A receive of nothing.
pub(super) const PROBE: usize = 1;
pub(super) const SEND: usize = 2;
pub(super) const CONNECT: usize = 3;
const KINDS: usize = 3;

/// In the token of a receive: bytes that it brings are an event of the key of its packet, and nothing
/// else is to be looked at.
pub(super) const TOLD: usize = 4;

const INDEX_SHIFT: u32 = 3;

/// The token of an operation.
pub(super) fn token(index: u32, kind: usize) -> usize {
    (index as usize) << INDEX_SHIFT | kind
}

/// Whether it is [told](TOLD).
#[inline]
pub(super) fn is_told(token: usize) -> bool {
    token & TOLD != 0
}

/// The kind in a token.
#[inline]
pub(super) fn kind_of(token: usize) -> usize {
    token & KINDS
}

/// The number of the source in a token; all are ours.
#[inline]
pub(super) fn index_of(token: usize) -> u32 {
    // 24 bits and those that are shifted out.
    #[allow(clippy::cast_possible_truncation)]
    let token = token as u32;
    token >> INDEX_SHIFT
}

/// A source's way to its queue while its lock is held.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) queue: &'a Queue,
    pub(super) place: &'a Place,
    pub(super) index: u32,
}

impl Context<'_> {
    /// Makes an operation of this source. If the port has no room for it, the source is visited at
    /// its next room: `starved` says so until then.
    pub(super) fn operation<B: IoBuf>(
        self,
        buffer: B,
        kind: usize,
        starved: &mut bool,
    ) -> Result<Operation<B>, Refused<B>> {
        let make = |buffer| self.queue.port.operation(buffer, token(self.index, kind));
        match make(buffer) {
            Err(Refused { error: Error::Full, value }) => self.starve(starved, || make(value)),
            other => other,
        }
    }

    /// As [`operation`](Self::operation), one of the pool's if it has one.
    pub(super) fn pooled<B: IoBuf>(
        self,
        pool: &Pool<B>,
        buffer: impl Fn() -> B,
        kind: usize,
        starved: &mut bool,
    ) -> Result<Operation<B>, Error> {
        let token = token(self.index, kind);
        let take = || match pool.take() {
            Some(operation) => {
                operation.set_token(token);
                Ok(operation)
            }
            None => self.queue.port.operation(buffer(), token).map_err(Error::from),
        };
        match take() {
            Err(Error::Full) => self.starve(starved, take),
            other => other,
        }
    }

    /// Notes that the port is full, then looks again: room that came before the note told nobody.
    #[cold]
    pub(super) fn starve<T, E>(
        self,
        starved: &mut bool,
        again: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let before = std::mem::replace(starved, true);
        if !before {
            self.queue.lists.add_starved(self.index);
        }
        self.queue.shed();
        let result = again();
        if result.is_ok() {
            // It stays listed, which then comes to nothing.
            *starved = before;
        }
        result
    }
}

/// What settling a packet came to.
pub(super) struct Settled {
    pub(super) token: Token,
    pub(super) ready: Ready,
    /// The source is over: it lingered until what it had to send was sent.
    pub(super) over: bool,
}

impl Settled {
    #[inline]
    pub(super) fn new(token: Token, ready: Ready) -> Self {
        Self { token, ready, over: false }
    }
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;
    use crate::{
        poll::Config,
        sim::{Kernel, Script},
    };

    /// Room that comes right after the refusal is told to nobody who is listed only then.
    #[test]
    fn a_source_is_listed_before_it_looks_for_room_again() {
        let _kernel = Kernel::new(Script::default());
        let queue = Queue::new(&Config::default()).unwrap();
        let place = Place::default();
        let at = Context { queue: &queue, place: &place, index: 7 };
        let mut starved = false;
        let again = || {
            assert_eq!(queue.lists.take_starved(), [7]);
            Err::<(), ()>(())
        };
        at.starve(&mut starved, again).unwrap_err();
        assert!(starved, "still refused");
        at.starve(&mut starved, || Err::<(), _>(())).unwrap_err();
        assert!(queue.lists.take_starved().is_empty(), "listed once");
        starved = false;
        at.starve(&mut starved, || Ok::<_, ()>(())).unwrap();
        assert!(!starved, "it found room");
    }
}
