//! A source's way to its queue.

use std::io;

use super::marks::{Marks, Watch};
use super::{event::Ready, hub::Hub, interests::Interests, lists::Pool, tag::token};
use crate::{base::buffer::IoBuf, base::error::Error, operation::Operation};

/// What a source has of its queue: nothing that leads to another source.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) marks: &'a Marks,
    /// The number of the source.
    pub(crate) index: u32,
}

impl Context<'_> {
    /// What of this the source is registered for.
    pub(crate) fn wanted(self, ready: Ready) -> Ready {
        ready.wanted(self.marks.watch().interests)
    }

    /// The error of a call that finds nothing: `WouldBlock`, or that of a closed queue.
    pub(crate) fn would_block(self) -> io::Error {
        if self.hub.is_closed() {
            return Error::Closed.into();
        }
        io::ErrorKind::WouldBlock.into()
    }

    /// Replaces token and interests, and forgets what is pending for the old ones. Under the lock of
    /// the source's cell.
    pub(crate) fn watch(self, watch: Watch) {
        self.marks.set_watch(watch);
        self.marks.forget_pending(Ready::ALL);
    }

    /// Takes the interests away.
    pub(crate) fn unwatch(self) {
        self.watch(Watch { interests: Interests::NONE, ..self.marks.watch() });
    }

    /// Makes an operation of this source. If the port is full, the source is visited once it has room.
    pub(crate) fn operation<B: IoBuf>(
        self,
        buffer: impl Fn() -> B,
        kind: usize,
    ) -> Result<Operation<B>, Error> {
        let token = token(self.index, kind);
        self.if_room(kind, || self.hub.port.operation(buffer(), token).map_err(Error::from))
    }

    /// As [`operation`](Self::operation), one of the pool's if it has one.
    pub(crate) fn pooled<B: IoBuf>(
        self,
        pool: &Pool<B>,
        buffer: impl Fn() -> B,
        kind: usize,
    ) -> Result<Operation<B>, Error> {
        let token = token(self.index, kind);
        self.if_room(kind, || match pool.take() {
            Some(operation) => {
                operation.set_token(token);
                Ok(operation)
            }
            None => self.hub.port.operation(buffer(), token).map_err(Error::from),
        })
    }

    /// Calls `make`, which the port may refuse because it is full, as [`starve`](Self::starve) says.
    pub(crate) fn if_room<T>(
        self,
        kind: usize,
        make: impl Fn() -> Result<T, Error>,
    ) -> Result<T, Error> {
        match make() {
            Err(Error::Full) => self.starve(kind, make),
            other => other,
        }
    }

    /// Lists the source as refused, then tries `again`: room that came before the listing is not
    /// reported.
    #[cold]
    fn starve<T, E>(self, kind: usize, again: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let before = self.marks.set_starved(kind);
        if !before {
            self.hub.lists.add_starved(self.index);
        }
        self.hub.shed();
        let result = again();
        if result.is_ok() && !before {
            // It stays listed: the visit finds nothing to do.
            self.marks.take_starved(kind);
        }
        result
    }
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;
    use crate::os::sim::{Kernel, Script};
    use crate::poll::{config::Config, tag::RECV};

    /// Room that comes right after the refusal is not reported to a source that is listed later.
    #[test]
    fn a_source_is_listed_before_it_looks_for_room_again() {
        let _kernel = Kernel::new(Script::default());
        let (hub, marks) = (Hub::new(&Config::default()).unwrap(), Marks::default());
        let at = Context { hub: &hub, marks: &marks, index: 7 };
        let again = || {
            assert_eq!(hub.lists.take_starved(), [7]);
            Err::<(), ()>(())
        };
        at.starve(RECV, again).unwrap_err();
        at.starve(RECV, || Err::<(), _>(())).unwrap_err();
        assert!(hub.lists.take_starved().is_empty(), "listed once");
        assert!(marks.take_starved(RECV), "still refused");
        at.starve(RECV, || Ok::<_, ()>(())).unwrap();
        assert!(!marks.take_starved(RECV), "it found room");
    }
}
