//! What a source may use of its queue: hub and marks, and how it makes operations on a port that may be full.

use std::{cell::Cell, io};

use super::marks::{Marks, Watch};
use super::{event::Ready, hub::Hub, interests::Interests, pool::Pool, tag::token};
use crate::{base::buffer::IoBuf, base::error::Error, base::error::Limit, operation::Operation};

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

    /// Takes an operation from the pool, if there is one in it, or makes one of this source. As
    /// [`if_room`](Self::if_room).
    #[inline]
    pub(crate) fn operation<B: IoBuf>(
        self,
        kind: usize,
        pool: Option<&Pool<B>>,
        buffer: impl Fn() -> B,
    ) -> Result<Operation<B>, Error> {
        let token = token(self.index, kind);
        if let Some(operation) = pool.and_then(|pool| pool.take(0)) {
            operation.set_tag(token, None);
            return Ok(operation);
        }
        self.make(token, kind, buffer)
    }

    fn make<B: IoBuf>(
        self,
        token: usize,
        kind: usize,
        buffer: impl Fn() -> B,
    ) -> Result<Operation<B>, Error> {
        let wanted = Cell::new(0);
        let make = || {
            self.hub.port.operation(buffer(), token).map_err(|refused| {
                wanted.set(refused.value.capacity());
                refused.error
            })
        };
        self.if_room(kind, || wanted.get(), make)
    }

    /// As [`operation`](Self::operation), made anew, but behind those that were refused before: whoever ends one and
    /// wants the next is not served before them.
    pub(crate) fn operation_in_turn<B: IoBuf>(
        self,
        kind: usize,
        buffer: impl Fn() -> B,
    ) -> Result<Operation<B>, Error> {
        if !self.hub.lists.has_starved() || self.marks.take_turn() {
            return self.operation(kind, None, buffer);
        }
        let most = usize::try_from(self.hub.config.port.max_operations).unwrap_or(usize::MAX);
        let refuse = || {
            // The next room is told of.
            self.hub.port.core.budget.rearm();
            Err(Error::Full(Limit::Operations(most)))
        };
        self.if_room(kind, || buffer().capacity(), refuse)
    }

    /// Calls `make`. If the port is full: lists the source, which is visited once there is room for the
    /// bytes that it `wants`, and calls it again, because room that came before the listing is not reported.
    pub(crate) fn if_room<T>(
        self,
        kind: usize,
        wants: impl Fn() -> usize,
        make: impl Fn() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let first = make();
        if !matches!(first, Err(Error::Full(_))) {
            return first;
        }
        let before = self.marks.set_starved(kind);
        if !before {
            self.hub.lists.add_starved(self.index, wants());
            // A poller that sleeps looks at the lists.
            self.hub.report(self.index);
        }
        loop {
            let made = make();
            // What the pools keep is room too.
            if matches!(made, Err(Error::Full(_))) && self.hub.give_up_spare() {
                continue;
            }
            if made.is_ok() && !before {
                // It stays listed: the visit finds nothing to do.
                self.marks.take_starved(kind);
            }
            return made;
        }
    }
}

#[cfg(all(test, not(windows)))]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::os::sim::{Kernel, Script};
    use crate::poll::{config::Config, tag::RECV};

    /// Room that comes right after the refusal is not reported to a source that is listed later.
    #[test]
    fn a_source_is_listed_before_it_looks_for_room_again() {
        let _kernel = Kernel::new(Script::default());
        let (hub, marks) = (Hub::new(&Config::default()).unwrap(), Marks::default());
        let at = Context { hub: &hub, marks: &marks, index: 7 };
        let listed = RefCell::new(Vec::new());
        let full = || {
            listed.borrow_mut().push(hub.lists.take_starved(|_| true));
            Err::<(), _>(Error::Full(crate::Limit::Sources))
        };
        at.if_room(RECV, || 0, full).unwrap_err();
        at.if_room(RECV, || 0, full).unwrap_err();
        assert_eq!(listed.take(), [vec![], vec![7], vec![], vec![]], "listed once");
        assert!(marks.take_starved(RECV), "still refused");
        let asked = Cell::new(false);
        at.if_room(
            RECV,
            || 0,
            || asked.replace(true).then_some(()).ok_or(Error::Full(crate::Limit::Sources)),
        )
        .unwrap();
        assert!(!marks.take_starved(RECV), "it found room");
    }
}
